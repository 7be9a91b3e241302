/** Keepers that throw away a tenth, new and vetted, with few shards and with many, for a week, and honest ones for ten years. */
import { chance } from '../e2e/chance.ts'
import { live, seeded, type Audited } from '../sim/audited.ts'

const HONEST = 1000
/** So many that chance alone does not take a share that is half a hundredth above its line below it. */
const DISHONEST = 5000
const keeper: Audited = { shards: 1000, honestFor: 0, dropped: 0, says: 'nothing', late: 0.05 }
const who = [0, 15].flatMap((honestFor) => [10, 100, 266, 267, 1000].map((shards) => ({ honestFor, shards })))

/** Shares of those found within seven days, by what they say, and of honest ones that were never suspended. */
export function auditsOfYears() {
  const random = seeded(chance('audits').seed)
  const share = (runs: number, days: number, who: Audited, holds: (worst: string) => boolean): number =>
    Array.from({ length: runs }, () => live(who, days, random)).filter(({ worst }) => holds(worst)).length / runs
  const found = (says: Audited['says'], states: readonly string[]) =>
    who.map(({ honestFor, shards }) => {
      const thief = { ...keeper, honestFor, shards, dropped: 0.1, says }
      return { honestFor, shards, says, found: share(DISHONEST, 7, thief, (worst) => states.includes(worst)) }
    })
  /** Vetted ones that are not always there: what they miss while away is made up for. */
  const partly = (says: Audited['says'], states: readonly string[]) =>
    (['eight hours', 'half'] as const).flatMap((there) =>
      [10, 267].map((shards) => {
        const thief = { ...keeper, honestFor: 15, shards, dropped: 0.1, says, there }
        return { there, shards, says, found: share(DISHONEST, 7, thief, (worst) => states.includes(worst)) }
      }),
    )
  return {
    partly: [
      ...partly('wrong', ['suspended', 'out']),
      ...partly('nothing', ['suspended', 'out']),
      ...partly('missing', ['warned', 'suspended', 'out']),
    ],
    found: [
      ...found('wrong', ['suspended', 'out']),
      ...found('nothing', ['suspended', 'out']),
      ...found('missing', ['warned', 'suspended', 'out']),
    ],
    honest: share(HONEST, 3652, keeper, (worst) => worst !== 'suspended' && worst !== 'out'),
  }
}
