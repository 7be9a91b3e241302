import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MB, MiB } from '../../src/core/units.ts'
import {
  afterAnswer,
  again,
  ANSWER_MS,
  COUNTED_SHARDS,
  LEAF_COST,
  leavesADay,
  MOST_ROUNDS,
  soon,
} from '../../src/durability/audit-schedule.ts'
import { seeded } from '../sim/audited.ts'

const fraction = (value: number) => ({ fraction: () => value, bytes: () => new Uint8Array(0) })

describe('how often a keeper is asked', () => {
  it('costs less than a thousandth of what it keeps a day, with a whole shard read a week, from 280 MB on', () => {
    for (let storedBytes = 280 * MB; storedBytes < 400 * MB; storedBytes += MB) {
      for (const shardBytes of [MiB, MiB / 2, MiB / 4]) {
        const shards = Math.floor(storedBytes / shardBytes)
        const bytesADay = leavesADay(shards) * LEAF_COST + shardBytes / 7
        expect(bytesADay / storedBytes).toBeLessThan(0.001)
      }
    }
  })

  it('is eight times a day whatever it keeps, and hardly less where that would move more than a thousandth', () => {
    for (const shards of [0, 1, 266, COUNTED_SHARDS, 100_000]) expect(leavesADay(shards)).toBe(8)
    for (let shards = 267; shards < COUNTED_SHARDS; shards += 1) expect(leavesADay(shards)).toBeGreaterThan(7.4)
  })
})

describe('when a keeper is asked', () => {
  /** Times at which a keeper is asked that is online in these hours of every day, and answers at once. */
  const asked = (days: number, leaves: number, isOnline: (at: number) => boolean) => {
    const random = seeded(1)
    const all: number[] = []
    let times = { owedAt: 0, askAt: 0 }
    for (let now = 0; now < days * DAY; now += 60_000) {
      if (now < times.askAt) continue
      if (!isOnline(now)) {
        times = { ...times, askAt: soon(now, random) }
        continue
      }
      all.push(now)
      times = afterAnswer(times.owedAt, now, leaves, random)
    }
    return all
  }

  it('is so many times a day in the long run, whether it is there all day or four hours of it', () => {
    for (const isOnline of [() => true, (at: number) => at % DAY < 4 * HOUR]) {
      for (const leaves of [8, 3, 1]) {
        const count = asked(100, leaves, isOnline).length
        expect(count).toBeGreaterThan(100 * leaves - leaves - 2)
        expect(count).toBeLessThan(100 * leaves + 2)
      }
    }
  })

  it('makes up for one day at most after a long absence', () => {
    const absent = (at: number) => at < DAY || at > 40 * DAY
    const after = asked(41, 8, absent).filter((at) => at > 40 * DAY)
    expect(after.length).toBeGreaterThan(12)
    expect(after.length).toBeLessThan(19)
  })

  it('comes at every hour of the day', () => {
    const hours = new Set(asked(60, 8, () => true).map((at) => Math.floor((at % DAY) / HOUR)))
    expect(hours.size).toBe(24)
  })

  it('never goes back, and never lies further ahead than two gaps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 * DAY }),
        fc.integer({ min: 0, max: 100 * DAY }),
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (owedAt, now, leaves, value) => {
          const next = afterAnswer(owedAt, now, leaves, fraction(value))
          expect(next.askAt).toBeGreaterThanOrEqual(now)
          expect(next.askAt).toBeLessThanOrEqual(now + (2 * DAY) / leaves)
          expect(Number.isSafeInteger(next.askAt) && Number.isSafeInteger(next.owedAt)).toBe(true)
        },
      ),
    )
  })

  it('asks for a leaf that was not shown for more than two hours before it is given up, and for less than a day', () => {
    for (const [value, compare] of [
      [0, (ms: number) => expect(ms).toBeGreaterThan(2 * HOUR)],
      [0.999, (ms: number) => expect(ms).toBeLessThan(DAY)],
    ] as const) {
      let now = 0
      for (let round = 1; round < MOST_ROUNDS; round += 1) now = again(now + ANSWER_MS, fraction(value))
      compare(now)
    }
  })
})
