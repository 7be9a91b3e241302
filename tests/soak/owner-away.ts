/** X6: what becomes of a backup whose owner is away for 60 days while two keepers of five are replaced, by code. */
import { DAY } from '../../src/core/units.ts'
import { YEAR } from '../../src/durability/forecast.ts'
import { CODES } from '../../src/durability/redundancy.ts'
import { chanceOf } from '../e2e/chance.ts'
import { simulateChurn, type ChurnOptions, type ChurnResult } from '../sim/churn.ts'

const SEEDS = 10
const AWAY = 60 * DAY
/** So many of the keepers of its first day are gone for good on the last one. */
export const REPLACED = 0.4
/** The mean life that this makes. */
export const LIFETIME = AWAY / Math.log(1 / (1 - REPLACED))

/** Nobody but strangers, who have no keys, makes anything again: no owner is there. */
export const ownerAway = (usual: Omit<ChurnOptions, 'packs' | 'years'>) =>
  CODES.filter(({ k, n }) => n === 3 * k).flatMap(({ k, n, repairAt, trial }) =>
    // A backup begins with as many keepers as are online, so there must be enough of them for the smaller codes.
    (n === 48 ? [0.3, 0.5, 0.7] : [0.5, 0.7]).map((availability) => {
      // The most with which this code is used.
      const peers = { 6: 14, 12: 31, 24: 63 }[n] ?? usual.peers
      const code = { k, n, repairAt }
      const options = {
        ...usual,
        peers,
        code,
        availability,
        lifetime: LIFETIME,
        packs: 500,
        years: AWAY / YEAR,
        owners: 0,
      }
      const runs = Array.from({ length: SEEDS }, (_, seed) => simulateChurn(options, chanceOf(seed + 1)))
      const sum = (of: (result: ChurnResult) => number) => runs.reduce((all, run) => all + of(run), 0)
      return {
        code: `(${k},${n})`,
        trial,
        peers,
        availability,
        replaced: sum(({ replaced }) => replaced) / SEEDS,
        packs: 500 * SEEDS,
        packsLost: sum(({ packsLost }) => packsLost),
        fewestShards: Math.min(...runs.map(({ fewestShards }) => fewestShards)),
        repairs: sum(({ repairs }) => repairs),
      }
    }),
  )
