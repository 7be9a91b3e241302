/** What a person is told of keepers that vanish: the same number as ever, for what would be left. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mostToVanish, whatIf } from '../../src/app/what-if.ts'
import type { SourceOutlook } from '../../src/backup/own-outlook.ts'
import { DAY } from '../../src/core/units.ts'
import { outlookOf, type MeasuredChurn } from '../../src/durability/outlook.ts'
import { redundancyOf } from '../../src/durability/redundancy.ts'

const code = redundancyOf(16, 48) ?? { k: 16, n: 48, repairAt: 30 }
const measured: MeasuredChurn = {
  watched: 200 * 90 * DAY,
  gone: 300,
  returned: 100,
  returnedAfter: DAY,
  availability: 0.6,
  grace: 2 * DAY,
}
/** A source in groups of (16,48) with so many shards each. */
const source = (...lives: number[]): SourceOutlook => {
  const groups = lives.map((live) => ({ code, live }))
  return { ...outlookOf(groups, measured), atRisk: false, filled: 1, groups }
}

test('nobody vanishes: it is the number that is told anyway', () => {
  const { survives, keepsYear } = source(46, 33)
  expect(whatIf(source(46, 33), measured, { vanish: 0, shorter: false })).toEqual({ survives, keepsYear })
})

test('each that vanishes leaves no more to spare and no better chance, down to a loss that is called one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 48 }), fc.integer({ min: 16, max: 48 }), fc.boolean(), (a, b, shorter) => {
      const of = source(a, b)
      let before = whatIf(of, measured, { vanish: 0, shorter })
      expect(mostToVanish(of)).toBe(Math.max(a, b))
      for (let vanish = 1; vanish <= mostToVanish(of); vanish += 1) {
        const now = whatIf(of, measured, { vanish, shorter })
        const spare = Math.max(0, Math.min(a, b) - vanish) - 16
        // Some of those that are left may have vanished unseen.
        if (spare > 0) expect(now.survives).toBeLessThanOrEqual(Math.min(spare, before.survives))
        else expect(now.survives).toBe(spare)
        for (const bound of ['least', 'likely'] as const)
          expect(now.keepsYear?.[bound]).toBeLessThanOrEqual(before.keepsYear?.[bound] ?? 0)
        if (now.survives < 0) expect(now.keepsYear).toEqual({ least: 0, likely: 0 })
        before = now
      }
    }),
    { numRuns: 20 },
  )
})

test('keepers that stay half as long are what was measured in half of the time, and no better', () => {
  const half = { ...measured, watched: measured.watched / 2 }
  for (const vanish of [0, 10, 20, 25]) {
    const shorter = whatIf(source(46), measured, { vanish, shorter: true })
    expect(shorter).toEqual(outlookOf([{ code, live: 46 - vanish }], half))
    const { keepsYear } = whatIf(source(46), measured, { vanish, shorter: false })
    expect(shorter.keepsYear?.likely).toBeLessThanOrEqual(keepsYear?.likely ?? 0)
  }
})

test('while too little is known of the keepers, only what is left to spare is told', () => {
  expect(whatIf(source(46), undefined, { vanish: 12, shorter: true })).toEqual({ survives: 18, keepsYear: undefined })
})
