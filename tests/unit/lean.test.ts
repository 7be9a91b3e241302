/** When a group may have the lean code, (16,32), and what its thresholds rest on. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/core/units.ts'
import { lossUnrepaired, restoreChance, yearlyLoss } from '../../src/durability/forecast.ts'
import { comesBackLean, lastsLean } from '../../src/durability/lean.ts'
import type { MeasuredChurn } from '../../src/durability/outlook.ts'
import { LEAN, NORMAL, redundancyFor, redundancyOf } from '../../src/durability/redundancy.ts'

/** As so many lasting keepers were seen to live for so many days and then to be missed after a grace, none of them back. */
const seen = (keepers: number, days: number, lifeDays: number, graceDays = 2): MeasuredChurn => ({
  watched: keepers * days * DAY,
  gone: (keepers * days) / (lifeDays + graceDays),
  returned: 0,
  returnedAfter: 0,
  availability: 0.8,
  grace: graceDays * DAY,
})
const lives = (keepers: number, lifeDays: number, recentDays = lifeDays, graceDays = 2) => ({
  long: seen(keepers, 180, lifeDays, graceDays),
  recent: seen(keepers, 30, recentDays, graceDays),
})
/** Yearly loss of (16,48) with lives of 60 days, online half of the time. */
const bearable = yearlyLoss(NORMAL, { lifetime: 60 * DAY, availability: 0.5, grace: 2 * DAY })
const lossOf = (lifeDays: number, graceDays = 2) =>
  yearlyLoss(LEAN, { lifetime: lifeDays * DAY, availability: 0.8, grace: graceDays * DAY })

describe('the lean code', () => {
  it('is chosen from the life on from which the closed form gives no greater loss, where so many are measured that chance is out of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 400 }), fc.integer({ min: 1, max: 4 }), (lifeDays, graceDays) => {
        const isCarried = lastsLean(lives(1e7, lifeDays, lifeDays, graceDays))
        const at = lossOf(lifeDays, graceDays)
        expect(isCarried).toBe(at.prompt <= bearable.prompt && at.flaky <= bearable.flaky)
      }),
    )
    expect([150, 153].map((days) => lastsLean(lives(1e7, days)))).toEqual([false, true])
  })

  it('asks for longer lives the fewer were measured: the lower bound must carry it', () => {
    const least = (keepers: number): number => {
      let days = 100
      while (days < 5000 && !lastsLean(lives(keepers, days))) days += 1
      return days
    }
    const found = [64, 200, 1000, 10_000].map(least)
    expect(found.toSorted((a, b) => b - a)).toEqual(found)
    // Thirty days of 64 keepers with lives of 200 days are ten deaths: 95 of 100 such counts are of at most sixteen.
    expect(found[0]).toBeGreaterThan(200)
    expect(found[0]).toBeLessThan(400)
    expect(found[3]).toBeLessThan(165)
  })

  it('is never chosen with too few measured lives, however long they are, nor before any are', () => {
    expect(lastsLean(lives(64, 5000))).toBe(true)
    expect(lastsLean(lives(31, 5000))).toBe(false)
    expect(lastsLean({ long: seen(1e6, 180, 5000), recent: undefined })).toBe(false)
    expect(lastsLean({ long: undefined, recent: undefined })).toBe(false)
  })

  it('is never chosen once lives have become shorter, long before the half year shows it', () => {
    expect(lastsLean(lives(1000, 400))).toBe(true)
    expect(lastsLean(lives(1000, 400, 140))).toBe(false)
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 600 }),
        fc.integer({ min: 20, max: 600 }),
        fc.integer({ min: 64, max: 5000 }),
        (long, recent, keepers) => {
          const both = lastsLean(lives(keepers, long, recent))
          if (both) expect(lossOf(Math.min(long, recent)).prompt).toBeLessThanOrEqual(bearable.prompt)
          if (!both) expect(lastsLean(lives(keepers, long, recent - 10))).toBe(false)
        },
      ),
    )
  })

  it('is chosen only for keepers that are there so much that nothing comes back later than from (16,48) with half of them online', () => {
    for (let percent = 0; percent <= 100; percent += 1) {
      const chances = ([code, a]: readonly [typeof LEAN, number]) =>
        [code.n, code.repairAt].flatMap((live) => [0, 8, 24].map((hours) => restoreChance(16, live, a, hours * HOUR)))
      const normal = chances([NORMAL, 0.5])
      const isLater = chances([LEAN, percent / 100]).some((chance, i) => chance < (normal[i] ?? 1))
      expect(comesBackLean(percent / 100)).toBe(!isLater)
    }
    expect([0, 0.5, 0.69].map(comesBackLean)).toEqual([false, false, false])
    expect([0.71, 1].map(comesBackLean)).toEqual([true, true])
  })

  it('is in no more danger at its urgent and alarm thresholds than (16,48) at its own, with the lives that it asks for', () => {
    const delay = 2.5 * DAY
    for (const level of ['urgentAt', 'alarmAt'] as const) {
      const lean = lossUnrepaired(16, LEAN[level], delay, 151 * DAY)
      expect(lean).toBeLessThanOrEqual(lossUnrepaired(16, NORMAL[level], delay, 60 * DAY))
    }
    expect([LEAN.n, LEAN.happy, LEAN.repairAt, LEAN.urgentAt, LEAN.alarmAt, LEAN.k]).toEqual(
      [LEAN.n, LEAN.happy, LEAN.repairAt, LEAN.urgentAt, LEAN.alarmAt, LEAN.k].toSorted((a, b) => b - a),
    )
  })

  it('is a known code, and no network has it for its size alone', () => {
    expect(redundancyOf(16, 32)).toEqual(LEAN)
    for (let keepers = 0; keepers < 2000; keepers += 1) expect(redundancyFor(keepers)?.n).not.toBe(32)
  })
})
