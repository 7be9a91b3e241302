/** A keeper's inventory: everything it can serve, in signed pages, so that a coordinator that lost its table has it again. */
import type { Bytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { absentOn, codeOf, throwIfAborted } from '../core/errors.ts'
import type { AccountId } from '../core/ids.ts'
import { HEAD_NOT_WANTED, type Coordinator } from '../coordinator/coordinator.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import { HEADS_ASKED } from '../protocol/coordinator-messages.ts'
import { INVENTORY_PAGE, openHead, packIdOf, signInventoryPage, type Head } from '../protocol/records.ts'
import type { KeptShard, ShardStore } from '../store/shard-store.ts'

export interface InventoryContext {
  readonly identity: DeviceIdentity
  readonly coordinator: Coordinator
  readonly store: ShardStore
  /** The coordinator's. */
  readonly clock: Clock
  /** Once it has fired nothing more is said. */
  readonly signal: AbortSignal
}

/**
 * Lists the store and reports it, with the records the coordinator does not know.
 * Records go first where they are wanted, then their page again, so that no shard of the page is left out. A coordinator
 * that lost records may have lost heads too, and one that lost only heads has no record to ask for: those it misses of
 * the owners listed here come last, when it knows the packs they point to.
 * @returns how many shards there are
 * @throws KeeptabError `aborted`, `store-failed`, and as the coordinator
 */
export async function reportInventory(context: InventoryContext): Promise<number> {
  const { identity, coordinator, store, clock, signal } = context
  const takenAt = clock.now()
  const shards: KeptShard[] = []
  for await (const shard of store.list()) shards.push(shard)
  const pages = Math.max(1, Math.ceil(shards.length / INVENTORY_PAGE))
  for (let page = 0; page < pages; page += 1) {
    const listed = shards.slice(page * INVENTORY_PAGE, (page + 1) * INVENTORY_PAGE)
    const signed = await signInventoryPage(identity.deviceKey, { takenAt, page, pages, shards: listed })
    throwIfAborted(signal)
    const { unknown } = await coordinator.reportInventory(signed)
    for (const pack of unknown) {
      const record = await store.record(pack)
      throwIfAborted(signal)
      // A damaged one would be refused, and all that is kept with it.
      if (record !== undefined && (await packIdOf(record)) === pack) await coordinator.putRecord(record)
    }
    throwIfAborted(signal)
    if (unknown.length > 0) await coordinator.reportInventory(signed)
  }
  await reportHeads(context, new Set(shards.map(({ owner }) => owner)))
  return shards.length
}

/** Tells that this keeper has nothing any more, which it can for as long as it still has its key. @throws KeeptabError as the coordinator */
export async function reportNothing({
  identity,
  coordinator,
  clock,
}: Omit<InventoryContext, 'store' | 'signal'>): Promise<void> {
  await coordinator.reportInventory(
    await signInventoryPage(identity.deviceKey, { takenAt: clock.now(), page: 0, pages: 1, shards: [] }),
  )
}

/** Publishes the heads of these owners that the coordinator does not have. They prove themselves, whoever brings them. */
async function reportHeads(
  { coordinator, store, signal }: InventoryContext,
  owners: Iterable<AccountId>,
): Promise<void> {
  let seen: Head[] = []
  const report = async () => {
    throwIfAborted(signal)
    for (const { signed } of await coordinator.missingHeads(seen)) {
      throwIfAborted(signal)
      await absentOn(HEAD_NOT_WANTED, () => coordinator.publishHead(signed))
    }
    seen = []
  }
  for (const owner of owners) {
    for (const signed of await store.heads(owner)) seen.push(...(await opened(signed)))
    if (seen.length >= HEADS_ASKED) await report()
  }
  if (seen.length > 0) await report()
}

/** A head from the disk; none when it does not open any more, which must not keep the others from being told. */
async function opened(signed: Bytes): Promise<Head[]> {
  try {
    return [await openHead(signed)]
  } catch (thrown) {
    if (codeOf(thrown) === 'internal') throw thrown
    return []
  }
}
