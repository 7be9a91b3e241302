/** What is forecast of packs, held against what comes: the number of their shards, and whether they last the year. */
import { DAY } from '../../src/core/units.ts'
import { bandOf, futuresOf, outlookOf, type Band } from '../../src/durability/outlook.ts'
import { chanceOf } from '../e2e/chance.ts'
import { simulateChurn, type ChurnOptions } from './churn.ts'

/** By then so much was measured as a young network has. */
const FORECAST_DAY = 120
/** Forecasts draw from another stretch of chance than the network does. */
const FORECASTS_AFTER = 1000
export const HORIZON_DAYS = [7, 30, 90] as const

/** After each of the horizons, as shares of the packs. */
export interface Coverage {
  /** Those whose number of shards came to lie within their band of 90 %. */
  readonly within: readonly number[]
  /**
   * How many should, by the forecast itself: a band of whole numbers holds all that lies at its ends, which is more than
   * 90 %, by much where few shards go. Taken of other futures than those that the band was made of.
   */
  readonly told: readonly number[]
  /** Those within a band that holds just 90 % of its futures: of those at its ends so many count as are needed. */
  readonly exactly: readonly number[]
  /** Standard error of the difference of the first two, networks being independent and the packs of one not: they share keepers. */
  readonly error: readonly number[]
}

/** In as many networks as there are seeds. */
export function coverage(options: Omit<ChurnOptions, 'years'>, seeds: readonly number[]): Coverage {
  const networks = seeds.map((seed) => coverageOfOne(options, seed))
  const over = (of: (days: Covered) => number) =>
    HORIZON_DAYS.map((_, i) => networks.map((one) => of(one[i] as Covered)))
  return {
    within: over(({ within }) => within).map(mean),
    told: over(({ told }) => told).map(mean),
    exactly: over(({ exactly }) => exactly).map(mean),
    error: over(({ within, told }) => within - told).map((each) => Math.sqrt(variance(each) / each.length)),
  }
}

interface Covered {
  readonly within: number
  readonly told: number
  readonly exactly: number
}

/** By horizons. */
function coverageOfOne(options: Omit<ChurnOptions, 'years'>, seed: number): Covered[] {
  const years = (FORECAST_DAY + Math.max(...HORIZON_DAYS) + 1) / 365
  const { next: fraction } = chanceOf(FORECASTS_AFTER + seed)
  const random = { fraction, bytes: (length: number) => new Uint8Array(length) }
  let bands: readonly (readonly Foretold[])[] = []
  const covered: Covered[] = []
  simulateChurn({ ...options, years }, chanceOf(seed), ({ day, counted, recent }) => {
    if (day === FORECAST_DAY)
      bands = HORIZON_DAYS.map((days) =>
        counted.map((live) => {
          const draw = () => futuresOf(options.code, live, days * DAY, recent, random)
          const [futures, others] = [draw(), draw()]
          const band = bandOf(futures)
          return { futures, band, told: mean(others.map((one) => Number(holds(band, one)))) }
        }),
      )
    const horizon = HORIZON_DAYS.findIndex((days) => day === FORECAST_DAY + days)
    const own = bands[horizon]
    if (own === undefined) return
    covered[horizon] = {
      within: mean(counted.map((live, pack) => Number(holds((own[pack] as Foretold).band, live)))),
      told: mean(own.map(({ told }) => told)),
      exactly: mean(
        counted.map((live, pack) => {
          const rank = rankOf(live, (own[pack] as Foretold).futures, fraction())
          return Number(rank >= 0.05 && rank <= 0.95)
        }),
      ),
    }
  })
  return covered
}

interface Foretold {
  readonly futures: readonly number[]
  readonly band: Band
  readonly told: number
}

const holds = ({ least, most }: Band, live: number): boolean => live >= least && live <= most

/** Share of the futures below, and a drawn part of those that are equal (the randomized probability integral transform). */
function rankOf(live: number, futures: readonly number[], drawn: number): number {
  const below = futures.filter((one) => one < live).length
  const equal = futures.filter((one) => one === live).length
  return (below + drawn * equal) / futures.length
}

const mean = (of: readonly number[]): number => of.reduce((sum, each) => sum + each, 0) / of.length

function variance(of: readonly number[]): number {
  const middle = mean(of)
  return of.reduce((sum, each) => sum + (each - middle) ** 2, 0) / (of.length - 1)
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
