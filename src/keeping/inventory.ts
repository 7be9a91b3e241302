/** A keeper's inventory: everything it can serve, in signed pages, so that a coordinator that lost its table has it again. */
import type { Clock } from '../core/clock.ts'
import { codeOf } from '../core/errors.ts'
import type { AccountId } from '../core/ids.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import { INVENTORY_PAGE, signInventoryPage } from '../protocol/records.ts'
import type { KeptShard, ShardStore } from '../store/shard-store.ts'

export interface InventoryContext {
  readonly identity: DeviceIdentity
  readonly coordinator: Coordinator
  readonly store: ShardStore
  /** The coordinator's. */
  readonly clock: Clock
}

/**
 * Lists the store and reports it, with the records the coordinator does not know.
 * Records go first where they are wanted, then their page again, so that no shard of the page is left out. A coordinator
 * that lacks records may have lost heads too, so it gets those that owners of such records have left here.
 * @returns how many shards there are
 */
export async function reportInventory({ identity, coordinator, store, clock }: InventoryContext): Promise<number> {
  const takenAt = clock.now()
  const shards: KeptShard[] = []
  for await (const shard of store.list()) shards.push(shard)
  const pages = Math.max(1, Math.ceil(shards.length / INVENTORY_PAGE))
  const ownersUnknown = new Set<AccountId>()
  for (let page = 0; page < pages; page += 1) {
    const listed = shards.slice(page * INVENTORY_PAGE, (page + 1) * INVENTORY_PAGE)
    const signed = await signInventoryPage(identity.deviceKey, { takenAt, page, pages, shards: listed })
    const { unknown } = await coordinator.reportInventory(signed)
    for (const pack of unknown) {
      const record = await store.record(pack)
      if (record !== undefined) await coordinator.putRecord(record)
    }
    if (unknown.length > 0) await coordinator.reportInventory(signed)
    for (const { pack, owner } of listed) if (unknown.includes(pack)) ownersUnknown.add(owner)
  }
  for (const owner of ownersUnknown) {
    for (const head of await store.heads(owner)) await coordinator.publishHead(head).catch(unlessNotWanted)
  }
  return shards.length
}

/** The coordinator has a later head, or not yet all packs of its manifest: another keeper brings them, and the head again. */
function unlessNotWanted(thrown: unknown): void {
  if (!['conflict', 'not-found'].includes(codeOf(thrown))) throw thrown
}
