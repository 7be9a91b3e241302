/** Keepers that are there for eight hours of the day against such that always are: what comes back, and when. */
import { DAY } from '../../src/core/units.ts'
import { chanceOf } from '../e2e/chance.ts'
import { simulateChurn, type ChurnOptions, type ChurnResult } from '../sim/churn.ts'

const SEEDS = 3
const ROWS = [
  { keepers: 'always', hours: undefined, code: { k: 16, n: 48, repairAt: 30 } },
  { keepers: '8 hours a day', hours: 8, code: { k: 16, n: 48, repairAt: 30 } },
  // 1.6 times the redundancy.
  { keepers: '8 hours a day', hours: 8, code: { k: 16, n: 76, repairAt: 48 } },
] as const

/** Shares of the tries that a pack came back in, tries spread over the whole time. */
export function hoursOfKeepers(usual: Omit<ChurnOptions, 'packs' | 'years'>) {
  return [60, 90].flatMap((days) =>
    ROWS.map(({ keepers, hours, code }) => {
      const options = { ...usual, code, hours, packs: 40, years: 1, availability: 0.99, lifetime: days * DAY }
      const runs = Array.from({ length: SEEDS }, (_, seed) => simulateChurn(options, chanceOf(seed + 1)))
      const mean = (of: (result: ChurnResult) => number) => runs.reduce((sum, run) => sum + of(run), 0) / SEEDS
      return {
        days,
        keepers,
        n: code.n,
        now: mean(({ restoreNow }) => restoreNow),
        in8h: mean(({ restore8h }) => restore8h),
        in24h: mean(({ restore24h }) => restore24h),
        in30d: mean(({ restore30d }) => restore30d),
        packsLost: runs.reduce((sum, { packsLost }) => sum + packsLost, 0),
        packYears: runs.reduce((sum, { packYears }) => sum + packYears, 0),
        fewestShards: Math.min(...runs.map(({ fewestShards }) => fewestShards)),
        traffic: mean(({ trafficPerByteMonth }) => trafficPerByteMonth),
      }
    }),
  )
}
