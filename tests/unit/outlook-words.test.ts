import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { language, t } from '../../src/app/language.svelte.ts'
import { groundsOf, survivesMessage, yearMessage } from '../../src/app/outlook-words.ts'
import type { OwnOutlook, SourceOutlook } from '../../src/backup/own-outlook.ts'
import { outlookOf } from '../../src/durability/outlook.ts'
import { DAY } from '../../src/core/units.ts'

beforeAll(() => language.speak('en'))

const of = (least: number, likely: number): SourceOutlook => ({
  survives: 1,
  keepsYear: { least, likely },
  atRisk: false,
  filled: 1,
  groups: [],
})
const year = (outlook: SourceOutlook): string => t(yearMessage(outlook))
/** The numbers of a sentence, as shares. */
const shares = (text: string): number[] => [...text.matchAll(/[\d.]+(?=%)/g)].map(([number]) => Number(number) / 100)

test('a chance is told by steps that are never above it, and never beyond what can be known', () => {
  expect(year(of(0.99991, 0.99998))).toBe('more than 99.99% likely to last the year')
  expect(year(of(0.955, 0.9993))).toBe('95% to 99.9% likely to last the year')
  expect(year(of(0.02, 0.07))).toBe('less than 10% likely to last the year')
  expect(year(of(0.02, 0.42))).toBe('0% to 40% likely to last the year')
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (likely, part) => {
        const told = shares(year(of(likely * part, likely)))
        expect(Math.max(...told)).toBeLessThanOrEqual(likely + 1e-9)
        expect(Math.max(...told)).toBeLessThanOrEqual(0.999999)
      },
    ),
  )
  const churn = { watched: 1e6 * DAY, gone: 0, returned: 0, returnedAfter: 0, availability: 1, grace: DAY }
  const best = outlookOf([{ code: { k: 16, n: 48, repairAt: 30 }, live: 48 }], churn)
  expect(t(yearMessage(best))).toBe('more than 99.9999% likely to last the year')
})

test('what cannot be known is not told', () => {
  expect(t(yearMessage({ keepsYear: undefined }))).toMatch(/too little is known/)
  const sources = new Map([['photos', { ...of(1, 1), keepsYear: undefined }]])
  const young = {
    sources,
    keepers: 3,
    days: 2,
    shared: [],
    measured: undefined,
    dependent: false,
    trial: false,
    restAtRisk: false,
  }
  expect(groundsOf(young)).toEqual([])
  expect(groundsOf({ ...young, restAtRisk: true }).map((ground) => t(ground))).toEqual([
    expect.stringMatching(/those of your other devices, need is at risk/),
  ])
})

test('a network on trial is told from the first day on, and that a second copy is to be kept', () => {
  const sources = new Map([['photos', { ...of(1, 1), keepsYear: undefined }]])
  const shared = [{ what: 'network' as const, keepers: 6, of: 6 }]
  const young = {
    sources,
    keepers: 6,
    days: 0,
    shared,
    measured: undefined,
    dependent: true,
    trial: true,
    restAtRisk: false,
  }
  const [network, dependent, trial, copy, ...more] = groundsOf(young).map((ground) => t(ground))
  expect(network).toBe('6 of 6 keepers are in one network and may go together.')
  expect(dependent).toMatch(/do not fail independently/)
  expect(trial).toMatch(/on trial/)
  expect(copy).toMatch(/keep a second copy/)
  expect(more).toEqual([])
})

test('how many may vanish, and what it is known from, are whole sentences', () => {
  const survives = [-3, 0, 1, 14].map((survives) => t(survivesMessage({ ...of(1, 1), survives })))
  expect(survives).toEqual([
    'Some of it cannot be brought back until keepers return',
    'Not one more keeper may vanish now',
    'Keeps even if 1 more keeper vanishes',
    'Keeps even if 14 more keepers vanish',
  ])
  const own: OwnOutlook = {
    sources: new Map([['photos', of(0.9, 0.99)]]),
    keepers: 230,
    days: 95,
    shared: [
      { what: 'network', keepers: 6, of: 48 },
      { what: 'platform', keepers: 20, of: 48 },
    ],
    measured: undefined,
    dependent: false,
    trial: false,
    restAtRisk: false,
  }
  const [known, network, platform, unknowable] = groundsOf(own).map((ground) => t(ground))
  expect(known).toBe('Known from 230 keepers over 3 months.')
  expect(network).toBe('6 of 48 keepers are in one network and may go together.')
  expect(platform).toMatch(/^20 of 48 run in the same kind of browser/)
  expect(unknowable).toMatch(/one operator/)
  expect(t(groundsOf({ ...own, days: 59 })[0] ?? { id: 'app.name' })).toBe('Known from 230 keepers over 59 days.')
})
