/** What follows from what readers say of a keeper, and from what others say of a reader. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterWord, hasReached, newHand, reached, type Hand } from '../../src/durability/hand.ts'
import {
  borneOut,
  nextWeek,
  SERVED_AGAIN,
  shardsOfLook,
  verdictOf,
  type ReadOutcome,
  type ReadReport,
} from '../../src/durability/reading.ts'
import { leavesADay } from '../../src/durability/audit-schedule.ts'
import { MAX_SHARD_BYTES } from '../../src/core/shard-sizes.ts'
import { DAY, HOUR, KiB, MB } from '../../src/core/units.ts'
import { idOf, parseDeviceId } from '../../src/core/ids.ts'
import { concat, u32 } from '../../src/core/bytes.ts'
import { seeded } from '../sim/audited.ts'

const u32s = (i: number) => concat(...Array.from({ length: 8 }, () => u32(i)))

/** Said one after another, each by somebody else. */
const said = (outcomes: readonly ReadReport['outcome'][], gapMs = 2 * HOUR): ReadReport[] =>
  outcomes.map((outcome, i) => ({ reader: idOf(parseDeviceId, u32s(i)), outcome, at: i * gapMs }))
const times = <T extends ReadReport['outcome']>(count: number, outcome: T): T[] =>
  Array.from({ length: count }, () => outcome)

describe('a keeper of which a whole shard is read', () => {
  it('is left alone after one read that went well, and after one that did not is read by others until two got a shard', () => {
    expect(verdictOf([])).toBeUndefined()
    expect(verdictOf(said(['served']))).toBe('serves')
    expect(verdictOf(said(['withheld']))).toBeUndefined()
    expect(verdictOf(said(['withheld', 'served']))).toBeUndefined()
    expect(verdictOf(said(['unreached', 'served']))).toBeUndefined()
    expect(verdictOf(said(['withheld', 'unreached', 'served', 'served']))).toBe('serves')
  })

  it('withholds when five who reached it say so, over four hours at least, and never on the word of fewer', () => {
    expect(verdictOf(said(times(5, 'withheld')))).toBe('withholds')
    expect(verdictOf(said([...times(4, 'withheld'), 'served', 'withheld']))).toBe('withholds')
    expect(verdictOf(said(times(5, 'withheld'), HOUR - 1))).toBeUndefined()
    const outcome = fc.constantFrom<ReadOutcome>('served', 'withheld', 'unreached')
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 24 }), fc.option(fc.nat(3), { nil: undefined }), (outcomes, left) => {
        const verdict = verdictOf(said(outcomes), left)
        if (verdict === 'withholds')
          expect(outcomes.filter((one) => one === 'withheld').length).toBeGreaterThanOrEqual(5)
        if (verdict === 'unreachable') expect(outcomes).toEqual(expect.not.arrayContaining(['served']))
      }),
    )
  })

  it('is unreachable only when twelve could not reach it and nobody could, so that a bad line lasts for years', () => {
    expect(verdictOf(said(times(11, 'unreached')))).toBeUndefined()
    expect(verdictOf(said(times(12, 'unreached')))).toBe('unreachable')
    // Every other peer gets through to it: weeks of ten years in which it falls.
    const random = seeded(1)
    let fallen = 0
    for (let week = 0; week < 10 * 52 * 20; week += 1) {
      const outcomes: ReadOutcome[] = []
      let verdict = verdictOf([])
      while (verdict === undefined) {
        outcomes.push(random.fraction() < 0.5 ? 'served' : 'unreached')
        verdict = verdictOf(said(outcomes))
      }
      if (verdict !== 'serves') fallen += 1
    }
    expect(fallen / 20).toBeLessThan(0.6) // in ten years, of each keeper: 520 ÷ 2¹² would be 0.13
  })

  it('is good again when three have read a shard, whatever one liar says in between', () => {
    expect(verdictOf(said(times(SERVED_AGAIN - 1, 'served')), 1)).toBeUndefined()
    expect(verdictOf(said(['served', 'withheld', 'served', 'served']), 0)).toBe('serves')
    // What the others said may have been forgotten.
    expect(verdictOf(said(['served']), 0)).toBe('serves')
  })

  it('is never judged by those who blame it without having been asked: they only make one more read of it', () => {
    const blamed = times(30, 'blamed')
    expect(verdictOf(said(blamed))).toBeUndefined()
    expect(verdictOf(said([...blamed, ...times(4, 'withheld')]))).toBeUndefined()
    expect(verdictOf(said([...blamed, ...times(5, 'withheld')]))).toBe('withholds')
    expect(verdictOf(said([...blamed, ...times(5, 'withheld')], HOUR - 1))).toBeUndefined()
    expect(verdictOf(said([...blamed, 'served']))).toBeUndefined()
    expect(verdictOf(said([...blamed, 'served', 'served']))).toBe('serves')
  })

  it('costs no more than a thousandth of what it keeps in a day, with its leaves, from 280 MB on', () => {
    for (let bytes = 280 * MB; bytes < 1000 * MB; bytes += MB) {
      const leaves = leavesADay(Math.floor(bytes / MAX_SHARD_BYTES))
      expect(leaves * (16 * KiB + 700) + MAX_SHARD_BYTES / 7).toBeLessThan(bytes / 1000)
    }
  })
})

describe('whoever is asked to read', () => {
  it('is contradicted by the verdict where it said otherwise, and by none where it got nowhere', () => {
    const reports = said(['withheld', 'unreached', 'served', 'served'])
    const { right, wrong } = borneOut(reports, 'serves')
    expect([right.length, wrong.length]).toEqual([2, 1])
    expect(wrong[0]).toBe(reports[0])
    expect(borneOut(reports, 'unreachable')).toEqual({ right: [], wrong: [] })
    expect(borneOut(said([...times(5, 'withheld'), 'served']), 'withholds').wrong).toHaveLength(1)
    expect(borneOut(said(['blamed', 'served', 'served']), 'serves').wrong).toHaveLength(1)
    expect(borneOut(said(['blamed', ...times(5, 'withheld')]), 'withholds').right).toHaveLength(6)
  })

  const through = (words: readonly boolean[], from: Hand = newHand): Hand =>
    words.reduce((hand, wasRight) => afterWord(hand, wasRight, 0), from)

  it('is asked no more after three lies in a row or when a third of its words are lies, and anew after 90 days', () => {
    expect(through([false, false]).barredUntil).toBeUndefined()
    const liar = through([false, false, false])
    expect(liar.barredUntil).toBe(90 * DAY)
    expect(afterWord(liar, false, 91 * DAY).barredUntil).toBeUndefined()
    const random = seeded(1)
    const mostly = (truth: number) => through(Array.from({ length: 2000 }, () => random.fraction() < truth)).barredUntil
    expect(mostly(0.97)).toBeUndefined()
    expect(mostly(0.5)).toBeDefined()
  })

  it('is believed that it could not reach a keeper only when it has reached one lately', () => {
    expect(hasReached(newHand, DAY)).toBe(false)
    expect(hasReached(reached(newHand, 0), 29 * DAY)).toBe(true)
    expect(hasReached(reached(newHand, 0), 31 * DAY)).toBe(false)
  })

  it('lies together with a fifth of all in vain: an honest keeper falls in fewer than one of 400 weeks', () => {
    const random = seeded(1)
    let fallen = 0
    const weeks = 40_000
    for (let week = 0; week < weeks; week += 1) {
      const outcomes: ReadOutcome[] = []
      let verdict = verdictOf([])
      while (verdict === undefined) {
        outcomes.push(random.fraction() < 0.2 ? 'withheld' : 'served')
        verdict = verdictOf(said(outcomes))
      }
      if (verdict === 'withholds') fallen += 1
    }
    expect(fallen / weeks).toBeLessThan(1 / 400)
    expect(fallen / weeks).toBeGreaterThan(1 / 1200)
  })
})

it('looks at several shards in a row cost a keeper no more than one shard a week, and all are such where it is doubted', () => {
  const random = seeded(1)
  let [shards, passed, series] = [0, 0, 0]
  for (let i = 0; i < 20_000; i += 1) {
    const look = shardsOfLook(false, random)
    series += Number(look > 1)
    shards += look
    passed += nextWeek(0, random, look)
    expect(shardsOfLook(true, random)).toBeGreaterThan(1)
  }
  expect(shards / (passed / (7 * DAY))).toBeCloseTo(1, 1)
  expect(series / 20_000).toBeCloseTo(0.25, 1)
})
