/** A shard off the disk, checked against what its owner signed before anybody is given it. */
import { equal, type Bytes } from '../core/bytes.ts'
import { leafHashes, rootOfLeafHashes } from '../core/merkle.ts'
import { MAX_SHARD_BYTES } from '../core/shard-sizes.ts'
import { openPackRecord, type PackRecord } from '../protocol/records.ts'
import type { ShardName, ShardStore } from '../store/shard-store.ts'

export interface SoundShard {
  readonly record: Bytes
  readonly opened: PackRecord
  readonly bytes: Bytes
  /** Of its Merkle tree. */
  readonly hashes: readonly Bytes[]
}

/** `spoilt`: it is there, but it is not what was signed. @throws KeeptabError `store-failed` */
export async function soundShard(store: ShardStore, shard: ShardName): Promise<SoundShard | 'missing' | 'spoilt'> {
  const record = await store.record(shard.pack)
  const bytes = await store.read(shard, 0, MAX_SHARD_BYTES)
  if (record === undefined || bytes === undefined) return 'missing'
  const opened = await openPackRecord(record)
  const hashes = await leafHashes(bytes)
  const root = opened.roots[shard.index]
  return root !== undefined && equal(rootOfLeafHashes(hashes), root) ? { record, opened, bytes, hashes } : 'spoilt'
}
