import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bandOf, futuresOf, outlookOf, type MeasuredChurn } from '../../src/durability/outlook.ts'
import { chanceOf } from '../e2e/chance.ts'
import { coverage, yearsLosses } from '../sim/calibration.ts'
import { DAY } from '../../src/core/units.ts'

const code = { k: 16, n: 48, repairAt: 30 }
const random = (seed: number) => ({ fraction: chanceOf(seed).next, bytes: (length: number) => new Uint8Array(length) })
/** Of so many keepers, watched for a hundred days. */
const measured = (keepers: number, gone: number, more: Partial<MeasuredChurn> = {}): MeasuredChurn => ({
  watched: keepers * 100 * DAY,
  gone,
  returned: 0,
  returnedAfter: DAY,
  availability: 0.5,
  grace: 2 * DAY,
  ...more,
})
const network = {
  repair: true,
  availability: 0.5,
  lifetimes: 'alike' as const,
  absences: 'short' as const,
  grace: 2 * DAY,
  preferLasting: false,
}

describe('the outlook', () => {
  test('a pack survives the loss of all keepers but k and those that may have vanished unseen, and nothing that is certain is promised', () => {
    const { survives, keepsYear } = outlookOf([{ code, live: 40 }], measured(500, 400))
    // One of 63 vanishes within a grace of two days: two of forty, in 95 of 100 cases.
    expect(survives).toBe(22)
    expect(keepsYear.likely).toBe(1 - 1e-6)
    expect(outlookOf([{ code, live: 15 }], measured(500, 400))).toEqual({
      survives: -1,
      keepsYear: { likely: 0, least: 0 },
    })
  })

  test('the less was measured, the less is promised at least; what is likely stays', () => {
    const small = { k: 2, n: 6, repairAt: 4 }
    const much = outlookOf([{ code: small, live: 6 }], measured(1000, 1000)).keepsYear
    const little = outlookOf([{ code: small, live: 6 }], measured(20, 20)).keepsYear
    expect(little.least).toBeLessThan(much.least)
    expect(little.likely).toBeCloseTo(much.likely, 2)
    expect(much.least).toBeLessThan(much.likely)
  })

  test('keepers that go more often promise no longer a year, nor does one that is missing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 6 }), fc.integer({ min: 20, max: 2000 }), (live, gone) => {
        const small = { k: 2, n: 6, repairAt: 4 }
        const of = (shards: number, left: number) =>
          outlookOf([{ code: small, live: shards }], measured(1000, left)).keepsYear.likely
        expect(of(live, 2 * gone)).toBeLessThanOrEqual(of(live, gone))
        expect(of(live - 1, gone)).toBeLessThanOrEqual(of(live, gone))
      }),
      { numRuns: 30 },
    )
  })

  test('every keeper that vanishes leaves fewer to spare and no better chance; what is shared by groups is not lost twice', () => {
    const small = { k: 4, n: 12, repairAt: 9 }
    const lives = Array.from({ length: 13 }, (_, live) => outlookOf([{ code: small, live }], measured(100, 100)))
    for (const [live, outlook] of lives.entries()) {
      // One of fifty may have vanished unseen; that something is lost is said of what counts no more.
      expect(outlook.survives).toBe(live <= 4 ? live - 4 : live - 5)
      expect(outlook.keepsYear.least).toBeLessThanOrEqual(outlook.keepsYear.likely)
      if (live === 0) continue
      expect(outlook.keepsYear.likely).toBeGreaterThanOrEqual(lives[live - 1]?.keepsYear.likely ?? 1)
      expect(outlook.keepsYear.least).toBeGreaterThanOrEqual(lives[live - 1]?.keepsYear.least ?? 1)
    }
    const one = outlookOf([{ code: small, live: 10 }], measured(100, 100))
    const both = outlookOf(
      [
        { code: small, live: 10 },
        { code: small, live: 7 },
      ],
      measured(100, 100),
    )
    expect(both.survives).toBe(2)
    expect(both.keepsYear.likely).toBeLessThan(one.keepsYear.likely)
  })

  test('a band holds what is there now when no time passes, and is wider later', () => {
    const of = measured(300, 500)
    const liveBand = (live: number, after: number) => bandOf(futuresOf(code, live, after, of, random(3)))
    expect(liveBand(41, 0)).toEqual({ least: 41, most: 41 })
    const [week, quarter] = [7, 90].map((days) => liveBand(48, days * DAY))
    expect((quarter?.most ?? 0) - (quarter?.least ?? 0)).toBeGreaterThan((week?.most ?? 0) - (week?.least ?? 0))
    expect(quarter?.least).toBeGreaterThanOrEqual(code.k)
  })

  test.each(['alike', 'mixed'] as const)(
    'what was forecast of keepers that are %s comes true about as often as was said',
    (lifetimes) => {
      const { within, told, exactly } = coverage(
        { ...network, lifetimes, peers: 200, packs: 60, code, lifetime: 60 * DAY },
        [1, 2],
      )
      // Packs of one network share their keepers, so two networks say little more than two coins: the soak has twenty.
      for (const share of within) expect(share).toBeGreaterThan(0.8)
      for (const share of exactly) expect(share).toBeLessThan(0.97)
      // What lies at the ends of a band of whole shards is all in it.
      for (const share of told) expect(Math.abs(share - 0.95)).toBeLessThan(0.02)
    },
  )

  test.each([
    ['(2,6)', { code: { k: 2, n: 6, repairAt: 4 }, lifetime: 30 * DAY, packs: 300 }],
    ['(10,20)', { code: { k: 10, n: 20, repairAt: 15 }, lifetime: 20 * DAY, packs: 100 }],
  ])('%s is not told to last a year more often than it does, where losses can be counted', (_name, of) => {
    const { told, counted } = yearsLosses({ ...network, peers: 200, ...of }, 1)
    expect(counted).toBeGreaterThan(10)
    expect(told).toBeGreaterThanOrEqual(counted)
    expect(told).toBeLessThan(2 * counted)
  })
})
