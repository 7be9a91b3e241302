/**
 * Handovers: a keeper gives a shard up, and the coordinator says who takes it. The shard counts as the old keeper's until
 * its successor has signed for it; a place of a group is only who takes new shards, so it goes to the successor at once.
 */
import { equal, type Bytes } from '../src/core/bytes.ts'
import type { AccountId, DeviceId, PackId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import type { Handover } from '../src/protocol/coordinator-messages.ts'
import { openPackRecord, openShardReceipt, signPlacementTicket, type PlacementTicket } from '../src/protocol/records.ts'
import type { Holder, Stores } from './db/stores.ts'
import { stillHeld } from './packs.ts'
import type { PlacementParts } from './placement.ts'
import { createSuccessors, type KnownGroup } from './successors.ts'
import type { Caller } from './tokens.ts'

/** One move takes minutes; a keeper that needs longer asks again. */
const TICKET_MS: Millis = 60 * 60_000

interface ShardName {
  readonly pack: PackId
  readonly index: number
}

export interface Handovers {
  /**
   * Who takes over shards of this keeper: those that count, and those that do not but were given to it once, because what
   * it sends proves itself. Others are left out, and those that nobody can take now.
   * @param not keepers that did not take what they were sent before. It moves no place but the caller's own.
   */
  plan(caller: Caller, request: { shards: readonly ShardName[]; not: readonly DeviceId[] }): Promise<Handover[]>
  /**
   * Moves shards to those who signed for them, each from one holder to the other in one transaction. A receipt that does
   * not count is left out, and its shard stays where it was. A receipt that was handed in before counts again.
   * @throws KeeptabError `malformed`, `signature-invalid`
   */
  complete(caller: Caller, receipts: readonly Bytes[]): Promise<ShardName[]>
  /**
   * Those of these shards that nobody takes over and nobody needs from this keeper: of packs that are not known here, not
   * even by a record that a keeper has brought, and of packs that are well without it and of which it was given none. A
   * holder that is gone needs it: a coordinator that was put back to an older copy may not know who came after.
   */
  unneeded(caller: Caller, shards: readonly ShardName[]): Promise<ShardName[]>
}

export function createHandovers(parts: PlacementParts): Handovers {
  const { database, key, clock } = parts
  const successors = createSuccessors(parts)

  return {
    async plan(caller, { shards, not }) {
      const tickets = await database.transaction(async (stores) => {
        const all = await stores.packs.holders(shards.map(({ pack }) => pack))
        const packs = await stores.packs.get(shards.map(({ pack }) => pack))
        const known = new Map<string, KnownGroup | undefined>()
        const planned: { pack: PackId; ticket: PlacementTicket }[] = []
        for (const { pack, index } of shards) {
          const holders = all.filter((holder) => holder.pack === pack)
          const stored = packs.get(pack)
          // What was dropped for good nobody takes over.
          if (stored === undefined) continue
          const shard = heldBy(caller.device, index, holders)
          if (shard === undefined && !(await wasGiven(stores, caller, stored.owner, index))) continue
          const id = shard?.group ?? stored.group
          const name = `${stored.owner} ${id}`
          if (!known.has(name)) known.set(name, await successors.know(stores, { id, owner: stored.owner }))
          const group = known.get(name)
          const vacancy = { index, holders, leaving: new Set([caller.device]), not: new Set(not) }
          const next = group && (await successors.find(stores, group, vacancy))
          if (group === undefined || next === undefined) continue
          await successors.assign(stores, group, vacancy, next.keeper, 'handed-over')
          const ticket = { group: id, owner: group.group.owner, keeper: next.keeper, index, carrier: caller.device }
          planned.push({ pack, ticket: { ...ticket, expiresAt: clock.now() + TICKET_MS } })
        }
        return planned
      })
      return Promise.all(
        tickets.map(async ({ pack, ticket }) => {
          const { index, group, keeper } = ticket
          return { pack, index, group, keeper, ticket: await signPlacementTicket(key, ticket) }
        }),
      )
    },

    async complete(caller, receipts) {
      const signed = await Promise.all(receipts.map((receipt) => openShardReceipt(receipt)))
      const records = await database.transaction(({ packs }) =>
        Promise.all([...new Set(signed.map(({ pack }) => pack))].map((pack) => packs.record(pack))),
      )
      const opened = await Promise.all(
        records.flatMap((record) => (record === undefined ? [] : [openPackRecord(record)])),
      )
      const packs = new Map(opened.map((pack) => [pack.id, pack]))
      const right = signed.filter(({ pack, index, root }) => {
        const signedRoot = packs.get(pack)?.roots[index]
        return signedRoot !== undefined && equal(signedRoot, root)
      })
      return database.transaction(async (stores) => {
        const done: ShardName[] = []
        for (const receipt of right) {
          const { pack, index, keeper, group } = receipt
          if (keeper === caller.device) continue
          const stored = (await stores.packs.get([pack])).get(pack)
          const slots = stored === undefined ? [] : await stores.groups.slots({ id: group, owner: stored.owner })
          if (!slots.some((slot) => slot.index === index && slot.keeper === keeper)) continue
          const old = heldBy(caller.device, index, await stores.packs.holders([pack]))
          if ((old ?? stored)?.group !== group) continue
          // Only what this keeper was given makes another one a holder here; an owner hands its receipts in with its pack.
          const mayGive = old ?? (stored && (await wasGiven(stores, caller, stored.owner, index)))
          if (mayGive) await stores.packs.addHolders(await stillHeld(stores, [receipt], clock.now()))
          const after = (await stores.packs.holders([pack])).filter((holder) => holder.index === index)
          if (!after.some((holder) => holder.keeper === keeper)) continue
          await stores.packs.removeHolder({ pack, index, keeper: caller.device })
          done.push({ pack, index })
        }
        return done
      })
    },

    unneeded: (caller, shards) =>
      database.transaction(async (stores) => {
        const ids = shards.map(({ pack }) => pack)
        const packs = await stores.packs.get(ids)
        const all = await stores.packs.holders(ids)
        const presences = await stores.presences.get(all.map(({ keeper }) => keeper))
        const found: ShardName[] = []
        for (const { pack, index } of shards) {
          const stored = packs.get(pack)
          if (stored === undefined) {
            found.push({ pack, index })
            continue
          }
          const holders = all.filter((holder) => holder.pack === pack && holder.index === index)
          if (heldBy(caller.device, index, holders) !== undefined) continue
          const isKept = holders.some(({ keeper }) => presences.get(keeper)?.gone !== true)
          const isWell = isKept || stored.health?.level === 'healthy'
          if (isWell && !(await wasGiven(stores, caller, stored.owner, index))) found.push({ pack, index })
        }
        return found
      }),
  }
}

const heldBy = (keeper: DeviceId, index: number, holders: readonly Holder[]): Holder | undefined =>
  holders.find((holder) => holder.index === index && holder.keeper === keeper)

const wasGiven = ({ groups }: Stores, { device }: Caller, owner: AccountId, index: number): Promise<boolean> =>
  groups.wasGiven(device, index, owner)
