/** What is forecast of packs, held against what comes: the number of their shards, and whether they last the year. */
import { DAY } from '../../src/core/units.ts'
import { liveBand, outlookOf, type Band } from '../../src/durability/outlook.ts'
import { chanceOf } from '../e2e/chance.ts'
import { simulateChurn, type ChurnOptions } from './churn.ts'

/** By then so much was measured as a young network has. */
const FORECAST_DAY = 120
export const HORIZON_DAYS = [7, 30, 90] as const

/** Share of the packs within their band after each of the horizons, in as many networks as there are seeds. */
export function coverage(options: Omit<ChurnOptions, 'years'>, seeds: number): number[] {
  const years = (FORECAST_DAY + Math.max(...HORIZON_DAYS) + 1) / 365
  const within = HORIZON_DAYS.map(() => 0)
  for (let seed = 1; seed <= seeds; seed += 1) {
    const ownChance = chanceOf(1000 + seed)
    const random = { fraction: ownChance.next, bytes: (length: number) => new Uint8Array(length) }
    let bands: readonly Band[][] = []
    simulateChurn({ ...options, years }, chanceOf(seed), ({ day, counted, measured }) => {
      if (day === FORECAST_DAY)
        bands = HORIZON_DAYS.map((days) =>
          counted.map((live) => liveBand(options.code, live, days * DAY, measured, random)),
        )
      const horizon = HORIZON_DAYS.findIndex((days) => day === FORECAST_DAY + days)
      for (const [pack, live] of counted.entries()) {
        const band = bands[horizon]?.[pack]
        if (band !== undefined && live >= band.least && live <= band.most) within[horizon] = (within[horizon] ?? 0) + 1
      }
    })
  }
  return within.map((hits) => hits / options.packs / seeds)
}

export interface YearsLosses {
  /** Packs whose loss within a year screens lead to expect: the sum over all of them of what 1 lacks to `likely`. */
  readonly told: number
  /** Those that were lost in it. */
  readonly counted: number
  readonly packs: number
}

/** Of the year after the forecast, in as many networks as there are seeds. */
export function yearsLosses(options: Omit<ChurnOptions, 'years'>, seeds: number): YearsLosses {
  const years = (FORECAST_DAY + 365 + 1) / 365
  let [told, counted] = [0, 0]
  for (let seed = 1; seed <= seeds; seed += 1) {
    let lostBefore: readonly number[] = []
    simulateChurn({ ...options, years }, chanceOf(seed), (observed) => {
      if (observed.day === FORECAST_DAY) {
        lostBefore = observed.lost
        const chances = observed.counted.map((live) => outlookOf([{ code: options.code, live }], observed.measured))
        told += chances.reduce((sum, { keepsYear }) => sum + (1 - keepsYear.likely), 0)
      }
      if (observed.day === FORECAST_DAY + 365)
        counted += observed.lost.filter((times, pack) => times > (lostBefore[pack] ?? 0)).length
    })
  }
  return { told, counted, packs: seeds * options.packs }
}
