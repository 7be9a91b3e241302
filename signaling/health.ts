/** Tells owners how their packs are: what was seen when each was last looked at, added up. */
import type { Clock } from '../src/core/clock.ts'
import type { DeviceId } from '../src/core/ids.ts'
import type { HealthLevel } from '../src/durability/health.ts'
import type { Networks } from '../src/durability/networks.ts'
import { redundancyOf } from '../src/durability/redundancy.ts'
import { isVetted, newReputation, renewed } from '../src/durability/reputation.ts'
import { isTrial } from '../src/durability/vetting.ts'
import { ENDANGERED_NAMED, type OwnHealth } from '../src/protocol/coordinator-messages.ts'
import type { Database, Stores } from './db/stores.ts'
import { crowdingOf, isCurrent } from './placement.ts'
import type { Caller } from './tokens.ts'

const ENDANGERED: readonly HealthLevel[] = ['urgent', 'alarm', 'lost']

export interface HealthDesk {
  of(caller: Caller): Promise<OwnHealth>
}

export function createHealth({
  database,
  clock,
  networks,
}: {
  readonly database: Database
  readonly clock: Clock
  readonly networks: Networks
}): HealthDesk {
  /** What is said of a group for who its keepers are. */
  const keptBy = async (
    stores: Stores,
    slots: readonly { readonly keeper: DeviceId }[],
    code: { readonly k: number; readonly n: number },
  ) => {
    const known = await stores.reputations.of(slots.map(({ keeper }) => keeper))
    const now = clock.now()
    const unvetted = slots.filter(({ keeper }) => !isVetted(renewed(known.get(keeper) ?? newReputation(now), now), now))
    const redundancy = redundancyOf(code.k, code.n)
    return {
      crowding: await crowdingOf(stores, slots, code, { networks }),
      trial: redundancy === undefined || isTrial(redundancy, unvetted.length),
    }
  }

  return {
    of: ({ account }) =>
      database.transaction(async (stores) => {
        const { packs, groups } = stores
        const counts = await packs.healthOf(account)
        const byGroup = new Map<string, OwnHealth['groups'][number]>()
        let unknown = 0
        for (const { group, k, n, health, packs } of counts) {
          if (health === undefined) {
            unknown += packs
            continue
          }
          const known = byGroup.get(group) ?? {
            group,
            code: { k, n },
            ...(await keptBy(stores, (await groups.slots({ id: group, owner: account })).filter(isCurrent), { k, n })),
            packs: [],
          }
          byGroup.set(group, { ...known, packs: [...known.packs, { ...health, packs }] })
        }
        const endangered = await packs.atLevels(account, ENDANGERED, ENDANGERED_NAMED)
        return {
          groups: [...byGroup.values()],
          endangered: endangered.map(({ id, group, health }) => ({ pack: id, group, ...health })),
          unknown,
        }
      }),
  }
}
