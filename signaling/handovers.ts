/**
 * Handovers: a keeper gives a shard up, and the coordinator says who takes it. The shard counts as the old keeper's until
 * its successor has signed for it; a place of a group is only who takes new shards, so it goes to the successor at once.
 */
import { equal, type Bytes } from '../src/core/bytes.ts'
import type { DeviceId, GroupId, PackId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import type { Handover } from '../src/protocol/coordinator-messages.ts'
import { openPackRecord, openShardReceipt, signPlacementTicket, type PlacementTicket } from '../src/protocol/records.ts'
import { eligibleFor, weighted } from './candidates.ts'
import type { Holder, Stores, StoredGroup, StoredKeeper, StoredSlot } from './db/stores.ts'
import { stillHeld } from './packs.ts'
import { isCurrent, restMs, type PlacementParts } from './placement.ts'
import type { Caller } from './tokens.ts'

/** One move takes minutes; a keeper that needs longer asks again. */
const TICKET_MS: Millis = 60 * 60_000

interface ShardName {
  readonly pack: PackId
  readonly index: number
}

export interface Handovers {
  /**
   * Who takes over shards of this keeper. Those it is not known to hold and those that nobody can take are left out.
   * @param not keepers that did not take what they were sent before. It moves no place but the caller's own.
   */
  plan(caller: Caller, request: { shards: readonly ShardName[]; not: readonly DeviceId[] }): Promise<Handover[]>
  /**
   * Moves shards to those who signed for them, each from one holder to the other in one transaction. A receipt that does
   * not count is left out, and its shard stays where it was. A receipt that was handed in before counts again.
   * @throws KeeptabError `malformed`, `signature-invalid`
   */
  complete(caller: Caller, receipts: readonly Bytes[]): Promise<ShardName[]>
}

export function createHandovers(parts: PlacementParts): Handovers {
  const { database, key, clock, random, oneMachine, isOnline } = parts

  /** A holder of the same index already, or who takes its new shards, or who took over others of it, or anyone who fits. */
  const successor = async (
    stores: Stores,
    { group, slots, candidates }: KnownGroup,
    shard: Holder,
    holders: readonly Holder[],
    not: ReadonlySet<DeviceId>,
  ): Promise<StoredKeeper | undefined> => {
    const others = [
      ...slots.filter((slot) => isCurrent(slot) && slot.index !== shard.index).map(({ keeper }) => keeper),
      ...holders.filter(({ index }) => index !== shard.index && index < group.n).map(({ keeper }) => keeper),
    ].filter((keeper) => keeper !== shard.keeper)
    const occupied = [...(await stores.devices.places(others)).values()]
    const taken = new Set(occupied.flatMap(({ account, block }) => (oneMachine ? [account] : [account, block])))
    const resting = new Set(
      slots.filter(({ ended }) => ended && ended.at + restMs[ended.reason] > clock.now()).map(({ keeper }) => keeper),
    )
    const fitting = candidates.filter(
      ({ keeper, account, block }) =>
        keeper !== shard.keeper && !not.has(keeper) && !resting.has(keeper) && !taken.has(account) && !taken.has(block),
    )
    const among = (wanted: readonly DeviceId[]) => fitting.find(({ keeper }) => wanted.includes(keeper))
    const ofIndex = slots.filter(({ index }) => index === shard.index)
    return (
      among(holders.filter(({ index }) => index === shard.index).map(({ keeper }) => keeper)) ??
      among(ofIndex.filter(isCurrent).map(({ keeper }) => keeper)) ??
      among(ofIndex.map(({ keeper }) => keeper)) ??
      fitting[0]
    )
  }

  /** The caller's own place goes to its successor; a place that is another's stays, and the successor gets old shards only. */
  const assign = async (
    { groups }: Stores,
    { group, slots }: KnownGroup,
    { index, keeper }: Holder,
    next: DeviceId,
  ): Promise<StoredSlot[]> => {
    const at = clock.now()
    const current = slots.find((slot) => slot.index === index && isCurrent(slot))
    if (current?.keeper === next) return slots
    if (current?.keeper === keeper) await groups.end(group.id, index, keeper, at, 'handed-over')
    if (current === undefined || current.keeper === keeper) await groups.assign(group.id, index, next, at)
    else await groups.assignPast(group.id, index, next, at)
    return groups.slots(group.id)
  }

  const know = async (stores: Stores, id: GroupId): Promise<KnownGroup | undefined> => {
    const group = await stores.groups.get(id)
    if (group === undefined) return undefined
    const candidates = weighted(await eligibleFor(stores, group.owner, isOnline), random)
    return { group, slots: await stores.groups.slots(id), candidates }
  }

  return {
    async plan(caller, { shards, not }) {
      const tickets = await database.transaction(async (stores) => {
        const all = await stores.packs.holders(shards.map(({ pack }) => pack))
        const known = new Map<GroupId, KnownGroup | undefined>()
        const planned: { pack: PackId; ticket: PlacementTicket }[] = []
        for (const { pack, index } of shards) {
          const holders = all.filter((holder) => holder.pack === pack)
          const shard = holders.find((holder) => holder.index === index && holder.keeper === caller.device)
          if (shard === undefined) continue
          if (!known.has(shard.group)) known.set(shard.group, await know(stores, shard.group))
          const group = known.get(shard.group)
          const next = group && (await successor(stores, group, shard, holders, new Set(not)))
          if (group === undefined || next === undefined) continue
          group.slots = await assign(stores, group, shard, next.keeper)
          const { id, owner } = group.group
          const ticket = { group: id, owner, keeper: next.keeper, index, carrier: caller.device }
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
          const slots = await stores.groups.slots(group)
          if (!slots.some((slot) => slot.index === index && slot.keeper === keeper)) continue
          const before = (await stores.packs.holders([pack])).filter((holder) => holder.index === index)
          const old = before.find((holder) => holder.keeper === caller.device)
          if (old !== undefined && old.group !== group) continue
          // Only what this keeper held makes another one a holder here; an owner hands its receipts in with its pack.
          if (old !== undefined) await stores.packs.addHolders(await stillHeld(stores, [receipt], clock.now()))
          const after = (await stores.packs.holders([pack])).filter((holder) => holder.index === index)
          if (!after.some((holder) => holder.keeper === keeper)) continue
          await stores.packs.removeHolder({ pack, index, keeper: caller.device })
          done.push({ pack, index })
        }
        return done
      })
    },
  }
}

interface KnownGroup {
  readonly group: StoredGroup
  slots: StoredSlot[]
  /** In the order in which they are asked. */
  readonly candidates: readonly StoredKeeper[]
}
