/** What is forecast of packs, held against what comes: the number of their shards, and whether they last the year. */
import { DAY } from '../../src/core/units.ts'
import { bandOf, futuresOf, outlookOf } from '../../src/durability/outlook.ts'
import { chanceOf } from '../e2e/chance.ts'
import { simulateChurn, type ChurnOptions } from './churn.ts'

/** By then so much was measured as a young network has. */
const FORECAST_DAY = 120
export const HORIZON_DAYS = [7, 30, 90] as const

/** Shares of the packs within their band of 90 % after each of the horizons. */
export interface Coverage {
  readonly within: readonly number[]
  /**
   * The same of a band that holds just 90 % of its futures: of those at its ends so many count as are needed. A band of
   * whole numbers holds more than 90 %, by much where there are few of them.
   */
  readonly exactly: readonly number[]
}

/** In as many networks as there are seeds. */
export function coverage(options: Omit<ChurnOptions, 'years'>, seeds: number): Coverage {
  const years = (FORECAST_DAY + Math.max(...HORIZON_DAYS) + 1) / 365
  const [within, exactly] = [HORIZON_DAYS.map(() => 0), HORIZON_DAYS.map(() => 0)]
  for (let seed = 1; seed <= seeds; seed += 1) {
    const ownChance = chanceOf(1000 + seed)
    const random = { fraction: ownChance.next, bytes: (length: number) => new Uint8Array(length) }
    let futures: readonly (readonly number[])[][] = []
    simulateChurn({ ...options, years }, chanceOf(seed), ({ day, counted, recent }) => {
      if (day === FORECAST_DAY)
        futures = HORIZON_DAYS.map((days) =>
          counted.map((live) => futuresOf(options.code, live, days * DAY, recent, random)),
        )
      const horizon = HORIZON_DAYS.findIndex((days) => day === FORECAST_DAY + days)
      for (const [pack, live] of counted.entries()) {
        const own = futures[horizon]?.[pack]
        if (own === undefined) continue
        const { least, most } = bandOf(own)
        within[horizon] = (within[horizon] ?? 0) + Number(live >= least && live <= most)
        const rank = rankOf(live, own, ownChance.next())
        exactly[horizon] = (exactly[horizon] ?? 0) + Number(rank >= 0.05 && rank <= 0.95)
      }
    })
  }
  const shares = (hits: readonly number[]) => hits.map((each) => each / options.packs / seeds)
  return { within: shares(within), exactly: shares(exactly) }
}

/** Share of the futures below, and a drawn part of those that are equal (the randomized probability integral transform). */
function rankOf(live: number, futures: readonly number[], drawn: number): number {
  const below = futures.filter((one) => one < live).length
  const equal = futures.filter((one) => one === live).length
  return (below + drawn * equal) / futures.length
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
