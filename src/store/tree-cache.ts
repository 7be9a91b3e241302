/**
 * What was seen of snapshots, kept so that they can be looked through again without a network. Everything in it can be
 * had again from keepers: it may be thrown away at any time, and nothing is ever restored from it.
 */
import type { Bytes } from '../core/bytes.ts'
import type { AccountId, ChunkId, SnapshotId } from '../core/ids.ts'
import { MiB, type ByteCount } from '../core/units.ts'

/** So many bytes of chunks are kept: what some thousand backups of a usual disk leave behind. */
export const KEPT_TREE_BYTES: ByteCount = 256 * MiB

/**
 * Contract: `tests/contract/tree-cache.ts`. No method throws: what cannot be read is absent, what cannot be written is not kept. Whoever reads checks what it gets.
 */
export interface TreeCache {
  /** Plain bytes of a chunk of kind `tree`. */
  chunk(id: ChunkId): Promise<Bytes | undefined>
  /** Beyond a limit those go that were kept first. */
  keepChunks(chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void>
  /** What a manifest says of the sources of a snapshot. */
  sources(snapshot: SnapshotId): Promise<Bytes | undefined>
  keepSources(snapshot: SnapshotId, bytes: Bytes): Promise<void>
  /** The list of snapshots of an account as it was last seen; keeping replaces it. */
  list(account: AccountId): Promise<Bytes | undefined>
  keepList(account: AccountId, bytes: Bytes): Promise<void>
  /** Forgets everything. */
  clear(): Promise<void>
}
