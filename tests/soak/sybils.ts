/** A thousand false keepers beside a thousand honest ones, and what it takes to hold a group. */
import { DAY, GB } from '../../src/core/units.ts'
import { drawWeight } from '../../src/durability/presence.ts'
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
  // Lives of 60 days: keepers have been here as long as that on the average, and are weighed so.
  const weight = 1000 * meanWeight()
  const network = { weight, lifetime: 60 * DAY, groups: 1000, shardBytes: 20_000 * GB }
  const costs = [0, 76, 351].flatMap((waited) =>
    (['given', 'any'] as const).map((of) => ({ of, ...costToHold({ k: 16, n: 48 }, of, waited * DAY, network) })),
  )
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

/** Of keepers with 20 GB of room whose ages are exponential with a mean of 60 days. */
function meanWeight(): number {
  const steps = 1000
  const ages = Array.from({ length: steps }, (_, i) => -60 * DAY * Math.log(1 - (i + 0.5) / steps))
  return ages.reduce((sum, age) => sum + drawWeight(20 * GB, age), 0) / steps
}
