/** A shard off the disk, checked against what its owner signed before anybody is given it. */
import { equal, type Bytes } from '../core/bytes.ts'
import { absentOn, type ErrorCode } from '../core/errors.ts'
import { leafHashes, rootOfLeafHashes } from '../core/merkle.ts'
import { MAX_SHARD_BYTES } from '../core/shard-sizes.ts'
import { openPackRecord, type PackRecord } from '../protocol/records.ts'
import type { ShardName, ShardStore } from '../store/shard-store.ts'

const NOT_SIGNED: readonly ErrorCode[] = ['malformed', 'signature-invalid', 'certificate-invalid']

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
  // With a damaged record nothing can be proven; the coordinator has another, and others make the shard again.
  const opened = await absentOn(NOT_SIGNED, () => openPackRecord(record))
  if (opened?.id !== shard.pack) return 'spoilt'
  const hashes = await leafHashes(bytes)
  const root = opened.roots[shard.index]
  return root !== undefined && equal(rootOfLeafHashes(hashes), root) ? { record, opened, bytes, hashes } : 'spoilt'
}
