/** Pack records: committed when enough keepers have signed for their shards, and told where they lie. */
import { equal, type Bytes } from '../src/core/bytes.ts'
import { CLOCK_TOLERANCE_MS, type Clock } from '../src/core/clock.ts'
import type { SigningKey } from '../src/core/crypto.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { DeviceId, GroupId, PackId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import type { Networks } from '../src/durability/networks.ts'
import { happiness, type ShardPlace } from '../src/durability/placement.ts'
import { isOut, type Reputation } from '../src/durability/reputation.ts'
import { redundancyOf } from '../src/durability/redundancy.ts'
import type { LocatedPack } from '../src/protocol/coordinator-messages.ts'
import { openPackRecord, openShardReceipt, type PackRecord, type ShardReceipt } from '../src/protocol/records.ts'
import type { Database, Holder, StoredGroup, StoredPack, Stores } from './db/stores.ts'
import { lastTakenAt } from './inventory.ts'
import { knownPlaces } from './candidates.ts'
import { crowdingAt } from './placement.ts'
import { withTickets } from './read-tickets.ts'
import { isSetAside } from './spoilt-codes.ts'
import type { Caller } from './tokens.ts'

/** So many times the shards of a pack are looked for at keepers that are not counted. */
const MOST_BESIDES = 2

export interface Packs {
  /**
   * Commits a pack once its receipts reach the group's `happy`; more receipts may follow. One that is committed to another
   * group, as when its owner did not hear of that and sent it again, stays there, and these receipts count for nothing.
   * @throws KeeptabError `conflict` when they do not; `forbidden` for another account's record, or a keeper that never
   *   had that index; `not-found` for a group that its account has not; `signature-invalid`, `certificate-invalid`, `malformed`
   */
  commit(
    caller: Caller,
    commit: { record: Bytes; group: GroupId; receipts: readonly Bytes[] },
  ): Promise<{ pack: PackId; happiness: number }>
  /**
   * The caller's own packs, in the order asked; others and unknown ones are left out. Holders are those that count, and
   * where too few of them are here others that say to have a shard.
   * @param reader whom the tickets are for, if any */
  locate(caller: Caller, ids: readonly PackId[], reader?: DeviceId): Promise<LocatedPack[]>
}

export function createPacks(parts: {
  readonly database: Database
  /** Signs read tickets. */
  readonly key: SigningKey
  readonly clock: Clock
  readonly oneMachine: boolean
  readonly isOnline: (device: DeviceId) => boolean
  readonly networks: Networks
}): Packs {
  const { database, clock, oneMachine, isOnline } = parts

  /** What a keeper that is out says to hold does not count. */
  const spreadIn = (places: readonly ShardPlace[], known: ReadonlyMap<DeviceId, Reputation>): number =>
    happiness(
      places.filter(({ keeper }) => !isOut(known.get(keeper), clock.now())),
      { oneMachine },
    )

  const spreadOf = async (stores: Stores, holders: readonly Holder[]): Promise<number> =>
    spreadIn(await placesOf(stores, holders), await stores.reputations.of(holders.map(({ keeper }) => keeper)))

  const asTold = ({ index, keeper }: Holder) => ({ index, keeper, online: isOnline(keeper) })

  /**
   * Where fewer than k shards of a pack are here: keepers that say to have others and are not counted, one shard of each,
   * those first that are here and known for longest, so that a crowd that comes to hide them comes behind them.
   */
  const besides = async (
    stores: Stores,
    pack: StoredPack,
    holders: readonly Holder[],
  ): Promise<LocatedPack['holders']> => {
    const here = new Set(holders.filter(({ keeper }) => isOnline(keeper)).map(({ index }) => index))
    if (here.size >= pack.k) return []
    const counted = new Set(holders.map(({ keeper }) => keeper))
    const claimed = new Map<DeviceId, Holder[]>()
    for (const claim of await stores.packs.claims([pack.id])) {
      if (counted.has(claim.keeper) || here.has(claim.index)) continue
      claimed.set(claim.keeper, [...(claimed.get(claim.keeper) ?? []), claim])
    }
    const presences = await stores.presences.get([...claimed.keys()])
    const rank = (keeper: DeviceId): number =>
      (presences.get(keeper)?.history.firstSeenAt ?? clock.now()) + (isOnline(keeper) ? 0 : clock.now())
    const first = [...claimed].toSorted(([a], [b]) => rank(a) - rank(b)).slice(0, MOST_BESIDES * pack.n)
    const told = new Set<number>()
    return first.flatMap(([, own]) => {
      const claim = own.find(({ index }) => !told.has(index)) ?? own[0]
      if (claim === undefined) return []
      told.add(claim.index)
      return [{ ...asTold(claim), beside: true as const }]
    })
  }

  return {
    async commit(caller, { record, group: groupId, receipts }) {
      const pack = await openPackRecord(record)
      if (pack.owner !== caller.account) throw new KeeptabError('forbidden', 'The record is of another account.')
      const signed = await Promise.all(receipts.map((receipt) => openShardReceipt(receipt)))
      for (const receipt of signed) checkReceipt(receipt, pack, groupId)

      return database.transaction(async (stores) => {
        const { groups, packs, condemnations } = stores
        const group = await groups.get({ id: groupId, owner: caller.account })
        if (group === undefined) throw new KeeptabError('not-found', 'There is no such placement group.')
        const redundancy = checkGroup(group, pack)
        const known = (await packs.get([pack.id])).get(pack.id)
        const isElsewhere = known?.committedAt !== undefined && known.group !== groupId
        if (isElsewhere) {
          const kept = holdersIn(known.group, pack, await packs.holders([pack.id]))
          const indices = new Set(kept.map(({ index }) => index))
          if (indices.size >= pack.k) return { pack: pack.id, happiness: await spreadOf(stores, kept) }
          // Lost where it was, and sent again by an owner that has it still.
        }
        await checkKeepers(stores, group, signed)
        if (known === undefined) await packs.settleClaims(pack.id)
        const droppedAt = (await condemnations.get([pack.id])).get(pack.id)?.droppedAt
        if (droppedAt !== undefined) {
          // Sent again, byte for byte, after it was given up: only what lies somewhere since then counts.
          for (const holder of await packs.holders([pack.id])) await packs.removeHolder(holder)
          await condemnations.remove(pack.id)
        }
        const since = signed.filter(({ storedAt }) => storedAt > (droppedAt ?? -1))
        await packs.addHolders(await stillHeld(stores, since, clock.now()))
        const holders = holdersIn(groupId, pack, await packs.holders([pack.id]))
        const spread = await spreadOf(stores, holders)
        if (known?.committedAt === undefined || isElsewhere) {
          if (spread < redundancy.happy) {
            throw new KeeptabError('conflict', `Its shards are in ${spread} places, ${redundancy.happy} are needed.`)
          }
          const { id, owner, k, n } = pack
          await packs.add({ id, owner, group: groupId, k, n, committedAt: clock.now() }, record)
          if (isElsewhere) await packs.move(id, groupId)
          await groups.addBytes(group, pack.k * pack.shardBytes)
        }
        // So that its owner is told before long how it is.
        await stores.repairs.lookAt([pack.id])
        return { pack: pack.id, happiness: spread }
      })
    },

    async locate(caller, ids, reader) {
      const located = await database.transaction(async (stores) => {
        const located: LocatedPack[] = []
        const packs = await stores.packs.get(ids)
        const all = await stores.packs.holders(ids)
        const keepers = all.map(({ keeper }) => keeper)
        const reputations = await stores.reputations.of(keepers)
        const presences = await stores.presences.get(keepers)
        const known = await knownPlaces(stores, keepers, parts.networks, clock.now())
        const placeOf = new Map(known.map((place) => [place.keeper, place]))
        for (const id of ids) {
          const pack = packs.get(id)
          const record = await stores.packs.record(id)
          const happy = pack && redundancyOf(pack.k, pack.n)?.happy
          if (pack?.owner !== caller.account || record === undefined || happy === undefined) continue
          // Which group it belongs to is only a keeper's word before it is committed; its shards prove themselves.
          // What nobody could repair is nowhere safe. Whoever restores reads it as it is.
          const isSpoilt = isSetAside(pack, clock.now())
          const isCommitted = pack.committedAt !== undefined
          const holders = isCommitted ? holdersIn(pack.group, pack, all) : holdersOf(pack, all)
          located.push({
            pack: id,
            record,
            happy,
            ...(isSpoilt && reader === undefined && { spoilt: true as const }),
            happiness: isSpoilt
              ? 0
              : spreadIn(
                  placed(
                    holders.filter(({ keeper }) => presences.get(keeper)?.gone !== true),
                    placeOf,
                  ),
                  reputations,
                ),
            crowding: crowdingAt(
              [...new Set(holders.map(({ keeper }) => keeper))].flatMap((keeper) => placeOf.get(keeper) ?? []),
              pack,
            ),
            holders: [...holders.map(asTold), ...(await besides(stores, pack, holders))],
          })
        }
        return located
      })
      if (reader === undefined) return located
      return Promise.all(
        located.map(async (one) => ({ ...one, holders: await withTickets(parts, one.pack, one.holders, reader) })),
      )
    },
  }
}

function checkReceipt(receipt: ShardReceipt, pack: PackRecord, group: GroupId): void {
  const root = pack.roots[receipt.index]
  if (receipt.pack !== pack.id || receipt.group !== group || root === undefined || !equal(receipt.root, root)) {
    throw new KeeptabError('malformed', 'A receipt is for something else.')
  }
}

function checkGroup(group: StoredGroup, pack: PackRecord) {
  const redundancy = redundancyOf(pack.k, pack.n)
  if (redundancy === undefined || group.k !== pack.k || group.n !== pack.n) {
    throw new KeeptabError('malformed', 'The record has another code than its placement group.')
  }
  return redundancy
}

/** A receipt counts from a keeper that this coordinator sent there, now or in the past. */
async function checkKeepers({ groups }: Stores, group: StoredGroup, receipts: readonly ShardReceipt[]): Promise<void> {
  const slots = await groups.slots(group)
  const assigned = new Set(slots.map(({ index, keeper }) => `${index} ${keeper}`))
  if (receipts.some(({ index, keeper }) => !assigned.has(`${index} ${keeper}`))) {
    throw new KeeptabError('forbidden', 'A receipt is from a keeper that was not given that index.')
  }
}

/**
 * Leaves out receipts for shards whose loss the keeper has admitted since, or which it could not prove since, as an old
 * receipt does not bring them back; and those from the future, which no inventory could take back.
 */
export async function stillHeld(stores: Stores, receipts: readonly ShardReceipt[], now: Millis): Promise<Holder[]> {
  const { packs, audits } = stores
  const listed = await packs.holders(receipts.map(({ pack }) => pack))
  const isListed = new Set(listed.map(({ index, keeper }) => `${index} ${keeper}`))
  const disproofs = await audits.disproofs(receipts.map(({ pack }) => pack))
  const disprovedAt = new Map(disproofs.map(({ pack, index, keeper, at }) => [`${pack} ${index} ${keeper}`, at]))
  const held: Holder[] = []
  for (const { pack, index, keeper, group, storedAt } of receipts) {
    if (storedAt > now + CLOCK_TOLERANCE_MS) continue
    const takenAt = await lastTakenAt(stores, keeper, now)
    if (takenAt !== undefined && storedAt < takenAt && !isListed.has(`${index} ${keeper}`)) continue
    if (storedAt <= (disprovedAt.get(`${pack} ${index} ${keeper}`) ?? -1)) continue
    held.push({ pack, index, keeper, group, seenAt: storedAt })
  }
  return held
}

/** Those that hold a shard of this pack as one of this group. */
export const holdersIn = (group: GroupId, pack: { id: PackId; n: number }, holders: readonly Holder[]): Holder[] =>
  holdersOf(pack, holders).filter((holder) => holder.group === group)

/** Those that hold a shard of this pack; a keeper may claim any index before the record is known. */
export const holdersOf = ({ id, n }: { id: PackId; n: number }, holders: readonly Holder[]): Holder[] =>
  holders.filter((holder) => holder.pack === id && holder.index < n)

/** Where the shards of these holders lie, those whose place is known. */
export async function placesOf({ devices }: Stores, holders: readonly Holder[]): Promise<ShardPlace[]> {
  return placed(holders, await devices.places(holders.map(({ keeper }) => keeper)))
}

const placed = (
  holders: readonly Holder[],
  places: ReadonlyMap<DeviceId, Pick<ShardPlace, 'account' | 'block'>>,
): ShardPlace[] =>
  holders.flatMap(({ keeper, index }) => {
    const place = places.get(keeper)
    return place === undefined ? [] : [{ ...place, keeper, index }]
  })
