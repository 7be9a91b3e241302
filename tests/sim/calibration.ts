/** How often the number of shards of a pack turns out to be within the band that was forecast for it. */
import { DAY } from '../../src/core/units.ts'
import { liveBand, type Band } from '../../src/durability/outlook.ts'
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
