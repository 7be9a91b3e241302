/** Tells owners how their packs are: what was seen when each was last looked at, added up. */
import type { HealthLevel } from '../src/durability/health.ts'
import type { Networks } from '../src/durability/networks.ts'
import { ENDANGERED_NAMED, type OwnHealth } from '../src/protocol/coordinator-messages.ts'
import type { Database } from './db/stores.ts'
import { crowdingOf, isCurrent } from './placement.ts'
import type { Caller } from './tokens.ts'

const ENDANGERED: readonly HealthLevel[] = ['urgent', 'alarm', 'lost']

export interface HealthDesk {
  of(caller: Caller): Promise<OwnHealth>
}

export const createHealth = (database: Database, networks: Networks): HealthDesk => ({
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
          crowding: await crowdingOf(stores, (await groups.slots(group)).filter(isCurrent), { k, n }, { networks }),
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
})
