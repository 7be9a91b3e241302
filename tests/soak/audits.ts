/** A thousand keepers that threw away a tenth, for a week, and a thousand honest ones, for ten years. */
import { live, seeded, type Audited } from '../sim/audited.ts'

const RUNS = 1000
const keeper: Audited = { shards: 1000, dropped: 0, says: 'nothing', late: 0.05 }

/** Shares of those found within seven days, by what they say, and of honest ones that were never suspended. */
export function auditsOfYears() {
  const random = seeded('audits')
  const share = (days: number, who: Audited, holds: (worst: string) => boolean): number =>
    Array.from({ length: RUNS }, () => live(who, days, random)).filter(({ worst }) => holds(worst)).length / RUNS
  const found = (says: Audited['says'], states: readonly string[]): number =>
    share(7, { ...keeper, dropped: 0.1, says }, (worst) => states.includes(worst))
  return {
    wrong: found('wrong', ['suspended', 'out']),
    nothing: found('nothing', ['suspended', 'out']),
    missing: found('missing', ['warned', 'suspended', 'out']),
    honest: share(3652, keeper, (worst) => worst !== 'suspended' && worst !== 'out'),
  }
}
