/** Which shards a keeper gives up first when it keeps more than it is willing to. */
import type { ByteCount } from '../core/units.ts'
import type { KeptShard } from '../store/shard-store.ts'

/**
 * All shards in the order in which they go. Those of one placement group and index go together, so that as few groups as
 * can be get a second keeper at an index: the smallest such unit that frees enough, or else the largest one and on.
 */
export function givingOrder(shards: readonly KeptShard[], excessBytes: ByteCount): KeptShard[] {
  const units = new Map<string, { readonly shards: KeptShard[]; bytes: ByteCount }>()
  for (const shard of shards) {
    const key = `${shard.group} ${shard.index}`
    const unit = units.get(key) ?? { shards: [] as KeptShard[], bytes: 0 }
    unit.shards.push(shard)
    unit.bytes += shard.sizeBytes
    units.set(key, unit)
  }
  const left = [...units.values()].sort((a, b) => a.bytes - b.bytes)
  const order: KeptShard[] = []
  for (let missing = excessBytes; left.length > 0;) {
    const enough = left.findIndex(({ bytes }) => bytes >= missing)
    const [unit] = left.splice(enough < 0 ? left.length - 1 : enough, 1)
    if (unit === undefined) break
    order.push(...unit.shards)
    missing = Math.max(0, missing - unit.bytes)
  }
  return order
}
