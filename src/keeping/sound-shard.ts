/** A shard off the disk, checked against what its owner signed before anybody is given it. */
import { equal, type Bytes } from '../core/bytes.ts'
import { absentOn, type ErrorCode } from '../core/errors.ts'
import { leafHashes, rootOfLeafHashes } from '../core/merkle.ts'
import { MAX_SHARD_BYTES } from '../core/shard-sizes.ts'
import { openPackRecord, packIdOf, type PackRecord } from '../protocol/records.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
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

export interface Kept {
  readonly store: ShardStore
  /** Has the record of every pack, too. */
  readonly coordinator: Pick<Coordinator, 'record'>
}

/**
 * `spoilt`: it is there, but it is not what was signed, and it was not when it was read once more either: memory and cables
 * err as well. `unproven`: it is there, and nothing can be said of it, because its record is gone or damaged and the
 * coordinator has none either now, or it is of a form that this version does not know; a later version, or whoever has the
 * record, may still want it, so it stays.
 * @throws KeeptabError `store-failed`, and as the coordinator where it was asked: then nothing is known yet
 */
export async function soundShard(
  { store, coordinator }: Kept,
  shard: ShardName,
): Promise<SoundShard | 'missing' | 'spoilt' | 'unproven'> {
  let record = await store.record(shard.pack)
  if (record === undefined || (await packIdOf(record)) !== shard.pack) {
    record = await mendedRecord({ store, coordinator }, shard)
  }
  const opened = record && (await absentOn(NOT_OPENED, () => openPackRecord(record)))
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

/** The record that should lie beside a shard, from the coordinator; `undefined` where the shard is gone, or that has none now. */
async function mendedRecord({ store, coordinator }: Kept, shard: ShardName): Promise<Bytes | undefined> {
  if (!(await store.has(shard))) return undefined
  const record = await absentOn(['not-found'], () => coordinator.record(shard.pack))
  if (record === undefined || (await packIdOf(record)) !== shard.pack) return undefined
  await store.keepRecord(shard.pack, record).catch(() => undefined) // a full disk keeps nothing from being proven now
  return record
}
