/** A shard off the disk, checked against what its owner signed before anybody is given it. */
import { equal, type Bytes } from '../core/bytes.ts'
import { absentOn, type ErrorCode } from '../core/errors.ts'
import type { PackId } from '../core/ids.ts'
import { leafHashes, rootOfLeafHashes } from '../core/merkle.ts'
import { MAX_SHARD_BYTES } from '../core/shard-sizes.ts'
import { openPackRecord, packIdOf, type PackRecord } from '../protocol/records.ts'
import type { ShardName, ShardStore } from '../store/shard-store.ts'

const NOT_OPENED: readonly ErrorCode[] = [
  'malformed',
  'signature-invalid',
  'certificate-invalid',
  'unsupported-version',
  'limit-exceeded',
]

export interface SoundShard {
  readonly record: Bytes
  readonly opened: PackRecord
  readonly bytes: Bytes
  /** Of its Merkle tree. */
  readonly hashes: readonly Bytes[]
}

/**
 * `spoilt`: it is there, but it is not what was signed, and it was not when it was read once more either: memory and cables
 * err as well. `unproven`: it is there, and nothing can be said of it, because its record is gone or damaged, or of a form
 * that this version does not know; a later version, or whoever has the record, may still want it, so it stays.
 * @throws KeeptabError `store-failed`
 */
export async function soundShard(
  store: ShardStore,
  shard: ShardName,
): Promise<SoundShard | 'missing' | 'spoilt' | 'unproven'> {
  const record = await store.record(shard.pack)
  const opened = record && (await signedRecord(record, shard.pack))
  for (let reads = 0; reads < 2; reads += 1) {
    const bytes = await store.read(shard, 0, MAX_SHARD_BYTES)
    if (bytes === undefined) return 'missing'
    if (record === undefined || opened === undefined) return 'unproven'
    const hashes = await leafHashes(bytes)
    const root = opened.roots[shard.index]
    if (root !== undefined && equal(rootOfLeafHashes(hashes), root)) return { record, opened, bytes, hashes }
  }
  return 'spoilt'
}

async function signedRecord(record: Bytes, pack: PackId): Promise<PackRecord | undefined> {
  if ((await packIdOf(record)) !== pack) return undefined
  return absentOn(NOT_OPENED, () => openPackRecord(record))
}
