/** A thousand false keepers beside a thousand honest ones, and what it takes to hold a group. */
import { DAY, GB, type Millis } from '../../src/core/units.ts'
import { LASTING_AGE } from '../../src/durability/lean.ts'
import { drawWeight } from '../../src/durability/presence.ts'
import { LEAN } from '../../src/durability/redundancy.ts'
import { costToHold } from '../../src/durability/sybil-cost.ts'
import { chance } from '../e2e/chance.ts'
import { captured, waveOfSybils } from '../sim/sybils.ts'

export async function sybils() {
  const { next, seed } = chance('sybils')
  const days = Array.from({ length: 17 }, (_, day) => day)
  const placed = await waveOfSybils({ honest: 1000, sybils: 1000, days, groupsADay: 10, repaired: 10 }, next)
  const shareOf = (some: typeof placed): number =>
    some.reduce((sum, { withSybils }) => sum + withSybils, 0) / some.reduce((sum, { shards }) => sum + shards, 0)
  const before = Math.max(...placed.filter(({ day }) => day < 14).map((day) => shareOf([day])))
  if (before >= 0.1) throw new Error(`They got ${before} of new shards on a day.`)
  // Keepers have been here as long as they stay on the average, and are weighed so.
  const network = (lifetime: Millis, from: Millis) => ({
    weight: 1000 * meanWeight(lifetime, from),
    lifetime,
    groups: 1000,
    shardBytes: 20_000 * GB,
  })
  const costsOf = (code: { k: number; n: number }, of: ReturnType<typeof network>, waits: readonly number[]) =>
    waits.flatMap((waited) =>
      (['given', 'any'] as const).map((whom) => ({ n: code.n, of: whom, ...costToHold(code, whom, waited * DAY, of) })),
    )
  const costs = [
    ...costsOf({ k: 16, n: 48 }, network(60 * DAY, 0), [0, 76, 351]),
    ...costsOf(LEAN, network(180 * DAY, LASTING_AGE), [76, 351]),
  ]
  const held = captured({ k: 16, n: 48 }, { honest: 1000, sybils: 430, waited: 2.5, groups: 200 }, next)
  return {
    seed,
    worstDayBefore: before,
    share: shareOf(placed.filter(({ day }) => day < 14)),
    after: shareOf(placed.filter(({ day }) => day >= 15)),
    costs,
    held,
  }
}

/** Of keepers with 20 GB of room whose ages beyond one are exponential. */
function meanWeight(lifetime: Millis, from: Millis): number {
  const steps = 1000
  const ages = Array.from({ length: steps }, (_, i) => from - lifetime * Math.log(1 - (i + 0.5) / steps))
  return ages.reduce((sum, age) => sum + drawWeight(20 * GB, age), 0) / steps
}
