/** What repairs move where owners that are still there make the missing shards themselves: by how many of them are. */
import { DAY } from '../../src/core/units.ts'
import { chanceOf } from '../e2e/chance.ts'
import { simulateChurn, type ChurnOptions, type ChurnResult } from '../sim/churn.ts'

const SHARES = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
const SEEDS = 10
/** Bytes moved per stored byte and month, by the days of a life. */
const LINES = [
  { days: 60, most: 1.5 },
  { days: 90, most: 1 },
] as const

/** `from`: the least of the shares from which on the line is held. */
export function owners(usual: Omit<ChurnOptions, 'packs' | 'years'>) {
  return LINES.flatMap(({ days, most }) =>
    [undefined, 8].map((ownerHours) => {
      const rows = SHARES.map((share) => {
        const options = { ...usual, packs: 500, years: 1, lifetime: days * DAY, owners: share, ownerHours }
        const runs = Array.from({ length: SEEDS }, (_, seed) => simulateChurn(options, chanceOf(seed + 1)))
        const sum = (of: (result: ChurnResult) => number) => runs.reduce((all, run) => all + of(run), 0)
        return {
          share,
          traffic: sum(({ trafficPerByteMonth }) => trafficPerByteMonth) / SEEDS,
          byOwners: sum(({ ownRepairs }) => ownRepairs) / sum(({ repairs }) => repairs),
          packsLost: sum(({ packsLost }) => packsLost),
          packYears: sum(({ packYears }) => packYears),
          fewestShards: Math.min(...runs.map(({ fewestShards }) => fewestShards)),
        }
      })
      const from = SHARES[rows.findLastIndex(({ traffic }) => traffic > most) + 1]
      return { days, most, ownerHours, from, rows }
    }),
  )
}
