/** What an owner's device remembers between runs. All of it can be lost: words and a coordinator bring everything back. */
import type { Bytes } from '../core/bytes.ts'
import type { ChunkId, GroupId, PackId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'

/** A pack on its way, complete before its first shard leaves, so that a kill changes nothing about it (decision 2). */
export interface JournaledPack {
  readonly id: PackId
  /** The signed pack record. */
  readonly record: Bytes
  /** The sealed pack, k × shardBytes bytes; shards are made from it again after a kill. */
  readonly pack: Bytes
  readonly group: GroupId
  readonly chunks: readonly ChunkId[]
  /** Source bytes that the pack carries, for progress. */
  readonly sourceBytes: number
}

/** The manifest of this device's newest snapshot, so that the next one can build on it while keepers are away. */
export interface RememberedManifest {
  /** The packs that hold it, as in the head: says which head it belongs to. */
  readonly packs: readonly PackId[]
  readonly bytes: Bytes
  /** When the scan began whose result it is; absent where that is not known. */
  readonly scannedAt?: Millis | undefined
}

/** `sent` from before its head is sent, so that a kill before that was heard to be taken loses nothing; then `newest`. */
export type ManifestStage = 'sent' | 'newest'

/** Takes some of the chunks that are no longer wanted at hand, and meanwhile asks nothing of the state they come from. */
export type OnLeaving = (chunks: ReadonlyMap<ChunkId, Bytes>) => Promise<void>

/** Contract: `tests/contract/owner-state.ts`. Every method may throw KeeptabError `store-failed`. */
export interface OwnerState {
  /**
   * For each chunk the pack that holds it: journaled or committed; `undefined` when it was never packed. Of several the
   * first that was known, until it is forgotten; the others are then not remembered.
   */
  packsOf(chunks: readonly ChunkId[]): Promise<(PackId | undefined)[]>
  /** Writes pack and chunks in one step; again, it replaces the pack in its place. When it resolves it survives a power cut. */
  journal(pack: JournaledPack): Promise<void>
  /** The packs on their way, oldest first. */
  journaled(): Promise<JournaledPack[]>
  /** The pack's record is at the coordinator: its bytes are no longer needed, its chunks stay known. */
  committed(pack: PackId): Promise<void>
  /** Chunks learned from an index at another device, or from a lost local state. */
  learn(pack: PackId, chunks: readonly ChunkId[]): Promise<void>
  /** The pack cannot be relied on any more: its chunks are to be packed again. */
  forget(pack: PackId): Promise<void>
  /** The signed bytes of the newest head seen for each device; `pinHead` replaces that device's. */
  pinnedHeads(): Promise<Bytes[]>
  pinHead(device: string, signed: Bytes): Promise<void>
  /** For each removed device the signed statement that its backups are given up; `pinGivenUp` replaces that device's. */
  pinnedGivenUp(): Promise<Bytes[]>
  pinGivenUp(device: string, signed: Bytes): Promise<void>
  /** Replaces what was remembered at this stage, `newest` when left out. When it resolves it survives a power cut. */
  rememberManifest(manifest: RememberedManifest, stage?: ManifestStage): Promise<void>
  rememberedManifest(stage?: ManifestStage): Promise<RememberedManifest | undefined>
  /**
   * Lays the plain bytes of tree and index chunks where the next backup finds them without asking a keeper. Only a
   * convenience: any of them may be lost, and whoever reads one checks it against its id.
   */
  layAtHand(chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void>
  atHand(chunk: ChunkId): Promise<Bytes | undefined>
  /** Clears away all others. Some of them may stay. @param onLeaving is given each that goes, before it does */
  onlyAtHand(chunks: ReadonlySet<ChunkId>, onLeaving?: OnLeaving): Promise<void>
  close(): Promise<void>
}
