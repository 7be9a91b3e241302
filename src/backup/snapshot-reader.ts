/** Reading what was backed up: head → manifest → index → packs → chunks, each verified, packs kept for a while. */
import { concat, type Bytes } from '../core/bytes.ts'
import { codeOf, KeeptabError } from '../core/errors.ts'
import type { ChunkId, PackId } from '../core/ids.ts'
import { MiB } from '../core/units.ts'
import { keysOf } from '../identity/keys.ts'
import type { LocatedPack } from '../protocol/coordinator-messages.ts'
import { openPackRecord } from '../protocol/records.ts'
import { ChunkIndex, parseSegment, type PackContents } from '../snapshot/chunk-index.ts'
import { parseManifest, type IndexReference, type Manifest } from '../snapshot/manifest.ts'
import { openPack, readChunk, type PackEntry } from '../snapshot/pack.ts'
import type { SealKeys } from '../snapshot/seal.ts'
import type { KeeperTrouble } from './events.ts'
import { Gatherer } from './gather.ts'
import type { OwnerContext } from './owner-context.ts'

/** Rebuilt packs kept in memory. */
const PACK_CACHE_BYTES = 32 * MiB
/**
 * So many are kept however long they are: those a restore reads ahead, and one or two for the lists it walks meanwhile.
 * With fewer, what was read ahead would be thrown away before its turn and read again, over and over.
 */
const FEWEST_PACKS = 5

interface OpenedPack {
  /** Those of the pack's key epoch. */
  readonly keys: SealKeys
  readonly epoch: number
  readonly bytes: Bytes
  readonly entries: ReadonlyMap<ChunkId, PackEntry>
}

export class SnapshotReader {
  readonly #owner: OwnerContext
  readonly #gatherer: Gatherer
  readonly #signal: AbortSignal | undefined
  /** In the order of last use. */
  readonly #packs = new Map<PackId, Promise<OpenedPack>>()
  readonly #sizes = new Map<PackId, number>()
  #index = new ChunkIndex()

  constructor(owner: OwnerContext, onTrouble: (trouble: KeeperTrouble) => void, signal: AbortSignal | undefined) {
    this.#owner = owner
    this.#gatherer = new Gatherer(owner, onTrouble)
    this.#signal = signal
  }

  /** The manifest in these packs of a head. @throws KeeptabError `too-few-shards`, `decrypt-failed`, `malformed`, … */
  async manifest(packs: readonly PackId[]): Promise<Manifest> {
    const parts: Bytes[] = []
    const epochs = new Set<number>()
    for (const pack of packs) {
      const { bytes, keys, entries, epoch } = await this.#pack(pack)
      epochs.add(epoch)
      for (const entry of entries.values()) {
        if (entry.kind === 'manifest') parts.push(await readChunk(keys, bytes, entry))
      }
    }
    const manifest = parseManifest(concat(...parts))
    if (epochs.size !== 1 || !epochs.has(manifest.epoch)) {
      throw new KeeptabError('malformed', 'A manifest is not of the key epoch it names.')
    }
    return manifest
  }

  /** What index segments say. @throws KeeptabError as for `manifest` */
  async segments(references: readonly IndexReference[]): Promise<PackContents[]> {
    const contents: PackContents[] = []
    for (const { pieces } of references) {
      const parts = []
      for (const { chunk, pack } of pieces) parts.push(await this.#chunkIn(pack, chunk))
      contents.push(...parseSegment(concat(...parts)))
    }
    return contents
  }

  /** Makes the chunks of a snapshot findable. */
  async useIndexOf(manifest: Manifest): Promise<void> {
    const needed = new Set(manifest.packs)
    const index = new ChunkIndex()
    for (const contents of await this.segments(manifest.indexes)) if (needed.has(contents.pack)) index.add(contents)
    this.#index = index
  }

  /** The pack a chunk is in. @throws KeeptabError `malformed` when the index does not name it */
  packOf(chunk: ChunkId): PackId {
    const pack = this.#index.packOf(chunk)
    if (pack === undefined) throw new KeeptabError('malformed', 'The index does not name a chunk that the tree needs.')
    return pack
  }

  /** The plain bytes of a chunk. */
  chunk(chunk: ChunkId): Promise<Bytes> {
    return this.#chunkIn(this.packOf(chunk), chunk)
  }

  /** Begins to gather a pack that will be needed soon. */
  prefetch(pack: PackId): void {
    this.#pack(pack).catch(() => undefined) // told to whoever needs it
  }

  async #chunkIn(pack: PackId, chunk: ChunkId): Promise<Bytes> {
    const { bytes, keys, entries } = await this.#pack(pack)
    const entry = entries.get(chunk)
    if (entry === undefined) throw new KeeptabError('malformed', 'A pack does not hold what the index says.')
    return readChunk(keys, bytes, entry)
  }

  #pack(id: PackId): Promise<OpenedPack> {
    const found = this.#packs.get(id) ?? this.#gather(id)
    this.#packs.delete(id)
    this.#packs.set(id, found)
    return found
  }

  async #gather(id: PackId): Promise<OpenedPack> {
    try {
      const located = await this.#locate(id)
      const bytes = await this.#gathered(located)
      const { epoch } = await openPackRecord(located.record)
      const keys = keysOf(this.#owner.identity, epoch)
      const entries = await openPack(keys, bytes)
      this.#sizes.set(id, bytes.length)
      this.#evict(id)
      return { keys, epoch, bytes, entries: new Map(entries.map((entry) => [entry.id, entry])) }
    } catch (thrown) {
      // What no keeper can give now is not asked for again with every file of it; what else failed is tried again.
      if (codeOf(thrown) !== 'too-few-shards') this.#packs.delete(id)
      throw thrown
    }
  }

  async #locate(id: PackId): Promise<LocatedPack> {
    const [located] = await this.#owner.coordinator.locatePacks([id])
    if (located?.pack === id) return located
    throw new KeeptabError('too-few-shards', 'The coordinator does not know where a pack is.', { reachable: 0 })
  }

  /** The sealed pack; looked for again where its shards have gone, as long as some went elsewhere meanwhile. */
  async #gathered(located: LocatedPack): Promise<Bytes> {
    try {
      return await this.#gatherer.gather(located, this.#signal)
    } catch (thrown) {
      if (codeOf(thrown) !== 'too-few-shards') throw thrown
      const now = await this.#locate(located.pack)
      const before = new Set(located.holders.map(({ index, keeper }) => `${index} ${keeper}`))
      if (now.holders.every(({ index, keeper }) => before.has(`${index} ${keeper}`))) throw thrown
      return this.#gathered(now)
    }
  }

  #evict(newest: PackId): void {
    let total = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0)
    for (const id of [...this.#packs.keys()]) {
      if (total <= PACK_CACHE_BYTES || this.#sizes.size <= FEWEST_PACKS) return
      const size = this.#sizes.get(id)
      if (size === undefined || id === newest) continue // on its way, or just here
      this.#packs.delete(id)
      this.#sizes.delete(id)
      total -= size
    }
  }
}
