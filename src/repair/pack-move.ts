/** What was in weak packs, on its way into packs of the code of the network: each chunk as it is sealed. */
import { concat, type Bytes } from '../core/bytes.ts'
import type { ChunkId, PackId } from '../core/ids.ts'
import { MiB, type ByteCount } from '../core/units.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import { ownRecord } from '../backup/own-record.ts'
import { PackWriter } from '../backup/pack-writer.ts'
import { asAbsent } from '../backup/retention.ts'
import type { SnapshotReader } from '../backup/snapshot-reader.ts'
import type { Source } from '../backup/source.ts'
import type { Spreader } from '../backup/spread.ts'
import type { PackRecord } from '../protocol/records.ts'
import type { PackContents } from '../snapshot/chunk-index.ts'
import { openPack, sealedSpan } from '../snapshot/pack.ts'
import type { ChunkKind } from '../snapshot/seal.ts'
import type { MovedChunks } from './moved-chunks.ts'
import { SourcePacks } from './source-packs.ts'

/** Sealed bytes that are moved before lists and head are written for them. */
const PASS_BYTES: ByteCount = 64 * MiB
/** Packs located with one question, and made again from the source at once. */
const BATCH = 4

export class PackMove {
  /** Packs hold chunks of one kind each, as those of a backup do. */
  readonly writers: Readonly<Record<ChunkKind, PackWriter>>
  readonly #owner: OwnerContext
  readonly #sources: readonly Source[]
  readonly #reader: SnapshotReader
  readonly #known: MovedChunks
  readonly #signal: AbortSignal | undefined
  /** Old packs, and what was in them. */
  readonly #replaced = new Map<PackId, readonly ChunkId[]>()
  /** Packs of other devices, and what of the old ones is in them. */
  readonly #adopted = new Map<PackId, Set<ChunkId>>()
  /** Where chunks are now. */
  readonly #places = new Map<ChunkId, PackId>()

  /** @param owner of one key epoch. @param reader of whole packs */
  constructor(
    owner: OwnerContext,
    sources: readonly Source[],
    spreader: Spreader,
    reader: SnapshotReader,
    known: MovedChunks,
    signal: AbortSignal | undefined,
  ) {
    this.#owner = owner
    this.#sources = sources
    this.#reader = reader
    this.#known = known
    this.#signal = signal
    const writer = () => new PackWriter(owner, spreader, { onKept: nobody, onMoved: nobody }, signal)
    this.writers = { file: writer(), tree: writer(), index: writer(), manifest: writer() }
  }

  get replaced(): ReadonlySet<PackId> {
    return new Set(this.#replaced.keys())
  }

  /** Packs of files and trees that are named from now on, and what of them. */
  get contents(): PackContents[] {
    return [...this.writers.file.written, ...this.writers.tree.written, ...this.#others]
  }

  /** The same and packs of lists: everything that is needed from now on. */
  get needed(): PackContents[] {
    return [...Object.values(this.writers).flatMap(({ written }) => written), ...this.#others]
  }

  get #others(): PackContents[] {
    return [...this.#adopted].map(([pack, chunks]) => ({ pack, chunks: [...chunks] }))
  }

  /** Where a chunk is that was in this pack. */
  placeOf(chunk: ChunkId, pack: PackId): PackId {
    return this.#replaced.has(pack) ? (this.#places.get(chunk) ?? pack) : pack
  }

  /** All packs that have what was in this one. */
  placesOf(pack: PackId): PackId[] {
    return this.#replaced.get(pack)?.map((chunk) => this.placeOf(chunk, pack)) ?? [pack]
  }

  /** The first of these packs, as many as go with one head, and their records, those of this key epoch. */
  async choose(packs: readonly PackId[]): Promise<{
    readonly tried: readonly PackId[]
    readonly records: readonly PackRecord[]
  }> {
    const tried: PackId[] = []
    const records: PackRecord[] = []
    for (let i = 0, bytes = 0; i < packs.length && bytes < PASS_BYTES; i += BATCH) {
      const some = packs.slice(i, i + BATCH)
      tried.push(...some)
      for (const located of await this.#owner.coordinator.locatePacks(some)) {
        const record = await ownRecord(this.#owner, located)
        if (record.epoch !== this.#owner.identity.daily.epoch) continue
        bytes += record.k * record.shardBytes
        records.push(record)
      }
    }
    return { tried, records }
  }

  /** The chunks of these packs into new ones, those that nobody has moved. A pack that cannot be had now stays as it is. */
  async run(records: readonly PackRecord[]): Promise<void> {
    const packs = await SourcePacks.open(this.#owner, this.#sources, this.#signal)
    const here = (await packs?.here(new Set(records.map(({ id }) => id)))) ?? new Set()
    for (let i = 0; i < records.length; i += BATCH) {
      const batch = records.slice(i, i + BATCH)
      const made = new Map<PackId, Bytes>()
      const wanted = batch.filter(({ id }) => here.has(id))
      if (packs !== undefined && wanted.length > 0)
        for await (const { id, shards } of packs.make(wanted)) {
          const record = wanted.find((one) => one.id === id)
          if (record !== undefined && shards !== undefined) made.set(id, concat(...shards.slice(0, record.k)))
        }
      for (const { id } of batch) {
        const bytes = made.get(id) ?? (await this.#reader.pack(id).catch(asAbsent(this.#signal)))?.bytes
        if (bytes !== undefined) await this.#one(id, bytes)
      }
    }
    for (const writer of Object.values(this.writers)) await writer.finish()
    for (const { pack, chunks } of this.needed) for (const chunk of chunks) this.#places.set(chunk, pack)
  }

  async #one(pack: PackId, bytes: Bytes): Promise<void> {
    const entries = await openPack(this.#owner.identity.daily, bytes)
    for (const entry of entries) {
      const other = await this.#known.packOf(entry.id)
      if (other !== undefined) {
        this.#adopted.set(other, (this.#adopted.get(other) ?? new Set()).add(entry.id))
        continue
      }
      const { from, to } = sealedSpan(entry)
      await this.writers[entry.kind].add([{ ...entry, sealed: bytes.slice(from, to) }])
    }
    this.#replaced.set(
      pack,
      entries.map(({ id }) => id),
    )
  }
}

const nobody = (): void => undefined
