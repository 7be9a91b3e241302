/**
 * What keepers say they hold. It admits losses, and it is what placement is rebuilt from when it was lost
 * (protocol.md, decision 3).
 */
import type { Bytes } from '../src/core/bytes.ts'
import { CLOCK_TOLERANCE_MS, type Clock } from '../src/core/clock.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { DeviceId, GroupId, PackId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import { openInventoryPage, openPackRecord, type InventoryPage } from '../src/protocol/records.ts'
import type { Database, GroupName, Holder, StoredPack, Stores } from './db/stores.ts'
import { noteLost } from './churn.ts'
import { isCurrent } from './placement.ts'
import type { Caller } from './tokens.ts'

/** 500 shards each: a million shards, a terabyte. */
const MOST_PAGES = 2000
/**
 * Shards that a keeper may claim of packs nobody has shown the record of: four pages, where an honest one needs one at a
 * time, because it brings the records of a page before it goes on.
 */
const MOST_CLAIMS = 2000
/** Shards of known packs that a keeper may say to have and was not given, as far as is known here: 50 GB in shards of a MiB. */
const MOST_BESIDE = 50_000
/** Shards of a keeper that sends a page twice, or begins another inventory before one has come to an end: as many as fit into one. */
const MOST_HELD = 1_000_000

export interface Inventories {
  /**
   * Takes one page. With the last one of an inventory, what it did not list is forgotten.
   * @returns packs whose record is wanted
   * @throws KeeptabError `forbidden` for another device's page, `limit-exceeded` for too many pages or too many shards of
   *   packs without a record, with nothing changed; `signature-invalid`, `malformed`
   */
  report(caller: Caller, page: Bytes): Promise<PackId[]>
  /**
   * Takes a signed pack record from whoever has it: its name is its hash and its owner has signed it.
   * @throws KeeptabError `not-found` when nobody holds a shard of it, `signature-invalid`, `certificate-invalid`, `malformed`
   */
  putRecord(value: Bytes): Promise<PackId>
  /** The record of a pack, to a keeper whose own copy is damaged. @throws KeeptabError `not-found` where it keeps no shard of it */
  record(caller: Caller, pack: PackId): Promise<Bytes>
}

/** @param mostBeside as `MOST_BESIDE` @param mostHeld as `MOST_HELD` */
export const createInventories = (
  database: Database,
  clock: Clock,
  mostBeside = MOST_BESIDE,
  mostHeld = MOST_HELD,
): Inventories => ({
  async report({ device }, signed) {
    const page = await openInventoryPage(signed)
    if (page.keeper !== device) throw new KeeptabError('forbidden', 'The inventory is of another device.')
    if (page.pages > MOST_PAGES) throw new KeeptabError('limit-exceeded', `At most ${MOST_PAGES} pages are taken.`)
    // It would be the newest until then, and hide every loss that comes after it.
    if (page.takenAt > clock.now() + CLOCK_TOLERANCE_MS) throw new KeeptabError('malformed', 'It is from the future.')
    return database.transaction(async (stores) => {
      const { inventories, packs, condemnations } = stores
      const newest = await lastTakenAt(stores, device, clock.now())
      if (newest !== undefined && page.takenAt < newest) return []
      const hasTooMany = async () => (await stores.audits.count(device, mostHeld + 1)) > mostHeld
      // With other shards each time, a page that is sent again and again would have no end either.
      const isAgain = page.takenAt === newest || (await inventories.hasPage(device, page.takenAt, page.page))
      if (isAgain && (await hasTooMany()))
        throw new KeeptabError('limit-exceeded', `At most ${mostHeld} shards of a keeper are noted.`)
      const running = await inventories.running(device)
      if (running !== undefined && running !== page.takenAt) {
        // One that is over already, unless it is of a clock that was put back since.
        if (page.takenAt < running && running <= clock.now() + CLOCK_TOLERANCE_MS) return []
        // A keeper begins again where it was stopped. One that never comes to an end must not be noted without end.
        await inventories.abandon(device)
        if (await hasTooMany()) await inventories.disown(device)
      }
      // Seen before this clock was put back, it could not be found to be lost until that time has come again.
      await inventories.unsee(device, clock.now() + CLOCK_TOLERANCE_MS)
      const ids = page.shards.map(({ pack }) => pack)
      const known = await packs.get(ids)
      const { held, beside } = await believable(stores, page, known)
      // Nobody wants the record of a pack that is to be dropped; that a keeper has shards of it is noted, so that it hears.
      const condemned = await condemnations.get(ids)
      const isKnown = (pack: PackId) => known.has(pack) || condemned.get(pack)?.droppedAt !== undefined
      await packs.addHolders(held.filter(({ pack }) => isKnown(pack)))
      const unproven = held.filter(({ pack }) => !isKnown(pack))
      await packs.addClaims(unproven)
      if (unproven.length > 0 && (await packs.claimCounts(device, 0)).unknown > MOST_CLAIMS) {
        throw new KeeptabError('limit-exceeded', `At most ${MOST_CLAIMS} shards of packs without a record are noted.`)
      }
      // Of this inventory: what was noted of the one before goes with the last page, unless it is noted again.
      if (beside.length > 0 && (await packs.claimCounts(device, page.takenAt)).known < mostBeside) {
        await packs.addClaims(beside)
      }
      await rebuild(stores, ids, clock.now())
      const pagesIn = await inventories.addPage(device, page.takenAt, page.page)
      if (pagesIn === page.pages) {
        await noteLost(stores, device, await inventories.complete(device, page.takenAt), clock.now())
      }
      // Only records that `putRecord` will take: one that it refused would keep the rest of the inventory from coming in.
      return [...new Set(unproven.map(({ pack }) => pack))]
    })
  },

  record: ({ device }, pack) =>
    database.transaction(async ({ packs }) => {
      const isKept = (await packs.holders([pack])).some(({ keeper }) => keeper === device)
      const record = isKept ? await packs.record(pack) : undefined
      if (record === undefined) throw new KeeptabError('not-found', 'It keeps no shard of that pack.')
      return record
    }),

  async putRecord(value) {
    const record = await openPackRecord(value)
    return database.transaction(async (stores) => {
      const [claim] = await stores.packs.claims([record.id])
      const known = (await stores.packs.get([record.id])).get(record.id)
      const group = known?.group ?? claim?.group
      if (group === undefined) throw new KeeptabError('not-found', 'Nobody keeps a shard of it.')
      const { id, owner, k, n } = record
      await stores.packs.add({ id, owner, group, k, n, committedAt: undefined }, value)
      if (known === undefined) await stores.packs.settleClaims(record.id)
      await rebuild(stores, [record.id], clock.now())
      return record.id
    })
  },
})

/**
 * When a keeper took its last whole inventory. `undefined` also when that is in the future: it came in before this clock was
 * put back, and would make everything that comes now too old to be believed.
 */
export async function lastTakenAt({ inventories }: Stores, keeper: DeviceId, now: Millis): Promise<Millis | undefined> {
  const takenAt = await inventories.takenAt(keeper)
  return takenAt === undefined || takenAt > now + CLOCK_TOLERANCE_MS ? undefined : takenAt
}

/**
 * The shards of a page that count. Where the coordinator knows whom it gave an index to, only those; where it has lost
 * that, everyone who says so: a reader checks every shard against its root anyway. `beside`: the others of known packs. A
 * coordinator that was put back to an older copy does not know whom it gave them to since.
 */
async function believable(
  stores: Stores,
  page: InventoryPage,
  known: ReadonlyMap<PackId, StoredPack>,
): Promise<{ held: Holder[]; beside: Holder[] }> {
  const { groups } = stores
  const { keeper, takenAt } = page
  // A keeper may have taken a shard for a group that was lost and signed for it again for another: once its owner has
  // committed a pack, its group is settled. Before, it is the keeper's word, and one that lies must not shut out others.
  const groupOf = ({ pack, group }: InventoryPage['shards'][number]): GroupId => {
    const committed = known.get(pack)
    return committed?.committedAt === undefined ? group : committed.group
  }
  const assigned = new Map<string, ReadonlySet<string> | undefined>()
  const nameOf = ({ pack, group }: Pick<Holder, 'pack' | 'group'>): string => `${known.get(pack)?.owner ?? ''} ${group}`
  for (const shard of page.shards) {
    const group = groupOf(shard)
    const name = nameOf({ pack: shard.pack, group })
    if (assigned.has(name)) continue
    const owner = known.get(shard.pack)?.owner
    // Whose a pack is that nobody has shown the record of is not known; a group that was drawn here has an id of its own.
    const made = owner === undefined ? await groups.ofId(group) : [await groups.get({ id: group, owner })]
    const drawn = made.find((one) => one?.rebuilt === false)
    const slots = drawn === undefined ? [] : await groups.slots(drawn)
    assigned.set(name, slots.length === 0 ? undefined : new Set(slots.map((slot) => `${slot.index} ${slot.keeper}`)))
  }
  const gone = await disproved(stores, page)
  const said = page.shards
    .map((shard) => ({ pack: shard.pack, index: shard.index, keeper, group: groupOf(shard), seenAt: takenAt }))
    .filter(({ pack, index }) => !gone.has(`${pack} ${index}`))
  const counts = (one: Holder): boolean => assigned.get(nameOf(one))?.has(`${one.index} ${keeper}`) ?? true
  return {
    held: said.filter(counts),
    beside: said.filter((one) => !counts(one) && one.index < (known.get(one.pack)?.n ?? 0)),
  }
}

/** Shards that its keeper did not prove, unless it was given them again and has signed for them since. */
async function disproved({ audits, packs }: Stores, { keeper, shards }: InventoryPage): Promise<ReadonlySet<string>> {
  const disproofs = (await audits.disproofs(shards.map(({ pack }) => pack))).filter((one) => one.keeper === keeper)
  const held = await packs.holders(disproofs.map(({ pack }) => pack))
  const isHeld = new Set(held.filter((one) => one.keeper === keeper).map(({ pack, index }) => `${pack} ${index}`))
  return new Set(disproofs.map(({ pack, index }) => `${pack} ${index}`).filter((name) => !isHeld.has(name)))
}

/**
 * Makes the groups of known packs again where they are missing, and puts their holders back into empty slots. Each keeper
 * has one place in a group: whoever took over an index later keeps other packs of it at the former one, and stays their holder.
 */
async function rebuild(stores: Stores, ids: readonly PackId[], at: number): Promise<void> {
  const { groups, packs } = stores
  const known = await packs.get(ids)
  const lost = new Map<string, { readonly name: GroupName; indexes: Set<number>; keepers: Set<DeviceId> }>()
  const keyOf = ({ group, owner }: Pick<StoredPack, 'group' | 'owner'>): string => `${owner} ${group}`
  const oneOfEach = new Map(Array.from(known.values(), (pack) => [keyOf(pack), pack]))
  for (const [key, { group: id, owner, k, n }] of oneOfEach) {
    const name = { id, owner }
    const slots = await groups.slots(name)
    if (slots.length === 0) await groups.markRebuilt(name)
    await groups.add({ ...name, k, n, storedBytes: 0, rebuilt: true, madeAt: at })
    if ((await groups.get(name))?.rebuilt !== true) continue
    const current = slots.filter(isCurrent)
    lost.set(key, {
      name,
      indexes: new Set(current.map(({ index }) => index)),
      keepers: new Set(current.map(({ keeper }) => keeper)),
    })
  }
  if (lost.size === 0) return
  for (const { pack, group, index, keeper } of await packs.holders(ids)) {
    const of = known.get(pack)
    const taken = of && lost.get(keyOf({ group, owner: of.owner }))
    if (
      of === undefined ||
      taken === undefined ||
      taken.indexes.has(index) ||
      taken.keepers.has(keeper) ||
      index >= of.n
    )
      continue
    taken.indexes.add(index)
    taken.keepers.add(keeper)
    await groups.assign(taken.name, index, keeper, at)
  }
}
