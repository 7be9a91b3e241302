/**
 * What repairs move where keepers are unlike each other and those that have stayed are given more, and where owners that
 * are still there make the missing shards themselves: by how many of them are.
 */
import { DAY } from '../../src/core/units.ts'
import { chanceOf } from '../e2e/chance.ts'
import { simulateChurn, type ChurnOptions, type ChurnResult } from '../sim/churn.ts'

const SEEDS = 10
/** Bytes moved per stored byte and month, by the days of a life. */
const LINES = [
  { days: 60, most: 1.5 },
  { days: 90, most: 1 },
] as const

type Keepers = Pick<ChurnOptions, 'lifetimes' | 'preferLasting' | 'ownerHours'> & { readonly shares: readonly number[] }

const alike = { lifetimes: 'alike', preferLasting: false, shares: [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1] } as const
const keepers: readonly Keepers[] = [
  alike,
  { ...alike, ownerHours: 8 },
  { lifetimes: 'mixed', preferLasting: true, shares: [0, 0.1, 0.2, 0.3, 0.5] },
]

/** `from`: the least of the shares from which on the line is held. */
export function owners(usual: Omit<ChurnOptions, 'packs' | 'years'>) {
  return LINES.flatMap(({ days, most }) =>
    keepers.map(({ shares, ...kind }) => {
      const rows = shares.map((share) => {
        const options = { ...usual, ...kind, packs: 500, years: 1, lifetime: days * DAY, owners: share }
        const runs = Array.from({ length: SEEDS }, (_, seed) => simulateChurn(options, chanceOf(seed + 1)))
        const sum = (of: (result: ChurnResult) => number) => runs.reduce((all, run) => all + of(run), 0)
        const each = runs.map(({ trafficPerByteMonth }) => trafficPerByteMonth).sort((a, b) => a - b)
        return {
          share,
          traffic: sum(({ trafficPerByteMonth }) => trafficPerByteMonth) / SEEDS,
          least: each[0],
          most: each.at(-1),
          byOwners: sum(({ ownRepairs }) => ownRepairs) / sum(({ repairs }) => repairs),
          packsLost: sum(({ packsLost }) => packsLost),
          packYears: sum(({ packYears }) => packYears),
          fewestShards: Math.min(...runs.map(({ fewestShards }) => fewestShards)),
        }
      })
      const from = shares[rows.findLastIndex(({ traffic }) => traffic > most) + 1]
      return { days, most, ...kind, from, rows }
    }),
  )
}
