/**
 * Packs of this device made again out of what is still here: the files that were backed up, and the directories and lists
 * of the newest snapshot. Chunks are cut and sealed as they were then, so the pack is the same to the byte, or it is noticed:
 * every shard is compared with the root that was signed. What is not here any more is read out of the pack itself, chunk
 * by chunk, as long as that is less than half of it.
 */
import { concat, equal, toHex, type Bytes } from '../core/bytes.ts'
import { absentOn, codeOf, throwIfAborted, type ErrorCode } from '../core/errors.ts'
import type { ChunkId, PackId } from '../core/ids.ts'
import { MiB, type ByteCount } from '../core/units.ts'
import type { PackRecord } from '../protocol/records.ts'
import { Locator } from '../backup/locator.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import { PartialPack } from '../backup/partial-pack.ts'
import { chunksAtHand } from '../backup/past-tree.ts'
import type { Source, SourceDirectory, SourceEntry } from '../backup/source.ts'
import { evenPieces } from '../snapshot/chunker.ts'
import type { SealSteps } from '../snapshot/file-sealer.ts'
import { parseSegment } from '../snapshot/chunk-index.ts'
import { chunkIdsIn } from '../snapshot/id-list.ts'
import { parseManifest, type Manifest } from '../snapshot/manifest.ts'
import { PackBuilder, sealedSpan } from '../snapshot/pack.ts'
import { chunkId, sealChunk, type ChunkKind, type SealedChunk } from '../snapshot/seal.ts'
import { fileChunks, readTree, type ReadChunk } from '../snapshot/tree.ts'

export interface RemadePack {
  /** All n of them, each of its root. */
  readonly shards: readonly Bytes[]
  /** Bytes of it that came from keepers. */
  readonly readBytes: ByteCount
}

/** A file of the newest snapshot that holds chunks of packs that are wanted. */
interface WantedFile {
  readonly root: SourceDirectory
  /** Names from the root of its source on. */
  readonly path: readonly Bytes[]
  readonly chunks: readonly ChunkId[]
}

/** Every few packs a file is read from its start. Chunks of longer ones come from keepers, as long as those can give them. */
const LONGEST_FILE: ByteCount = 256 * MiB

/** What cannot be read here is not here. */
const NOT_HERE: readonly ErrorCode[] = ['not-found', 'malformed', 'limit-exceeded', 'source-unreadable']

export class SourcePacks {
  readonly #owner: OwnerContext
  readonly #locator: Locator
  readonly #manifest: Manifest
  /** Packs of the manifest itself, and its bytes. */
  readonly #last: { readonly packs: readonly PackId[]; readonly bytes: Bytes }
  readonly #sources: readonly Source[]
  readonly #signal: AbortSignal | undefined
  readonly #read: ReadChunk
  /** Of packs that were looked for. */
  readonly #contents = new Map<PackId, readonly ChunkId[]>()
  readonly #kinds = new Map<ChunkId, ChunkKind>()
  readonly #pieces = new Map<ChunkId, Bytes>()
  readonly #files: WantedFile[] = []

  private constructor(
    owner: OwnerContext,
    last: { readonly packs: readonly PackId[]; readonly bytes: Bytes },
    manifest: Manifest,
    sources: readonly Source[],
    signal: AbortSignal | undefined,
  ) {
    this.#owner = owner
    this.#locator = new Locator(owner.coordinator)
    this.#last = last
    this.#manifest = manifest
    this.#sources = sources
    this.#signal = signal
    this.#read = chunksAtHand(owner)
  }

  /** @param owner of one key epoch. @returns `undefined` when this device has not backed up in that epoch, or does not remember it */
  static async open(
    owner: OwnerContext,
    sources: readonly Source[],
    signal: AbortSignal | undefined,
  ): Promise<SourcePacks | undefined> {
    const last = await owner.state.rememberedManifest()
    const manifest = last && parseManifest(last.bytes)
    if (last === undefined || manifest?.epoch !== owner.identity.daily.epoch) return undefined
    return new SourcePacks(owner, last, manifest, sources, signal)
  }

  /**
   * Those of `packs` of which at least half of the chunks are here, as far as the newest snapshot tells.
   * @param lost those of them that keepers cannot give: for these also long files are read
   */
  async here(packs: ReadonlySet<PackId>, lost: ReadonlySet<PackId> = new Set()): Promise<Set<PackId>> {
    await this.#findContents(packs)
    const wanted = new Set([...this.#contents.values()].flat())
    const inLost = new Set([...lost].flatMap((pack) => this.#contents.get(pack) ?? []))
    if (wanted.size > 0) await this.#findChunks(wanted, inLost)
    const isHere = (chunks: readonly ChunkId[]) =>
      2 * chunks.filter((id) => this.#kinds.has(id)).length >= chunks.length
    return new Set([...this.#contents].filter(([, chunks]) => isHere(chunks)).map(([pack]) => pack))
  }

  /**
   * Makes packs again that `here` has named. All of them are in memory at once, sealed. One that does not become what was
   * signed is left out: a file is another one by now, or the compressor is.
   */
  async *make(
    records: readonly PackRecord[],
  ): AsyncGenerator<{ readonly id: PackId } & Partial<RemadePack>, void, undefined> {
    const wanted = new Set(records.flatMap(({ id }) => this.#contents.get(id) ?? []))
    const sealed = new Map<ChunkId, SealedChunk>()
    await this.#sealFiles(wanted, sealed)
    await this.#sealLists(wanted, sealed)
    for (const record of records) yield { id: record.id, ...(await this.#build(record, sealed)) }
  }

  /** What is in packs, in their order: of those with files and directories the lists say it, of others the manifest. */
  async #findContents(packs: ReadonlySet<PackId>): Promise<void> {
    const add = (pack: PackId, chunks: readonly ChunkId[]) => {
      if (packs.has(pack)) this.#contents.set(pack, [...(this.#contents.get(pack) ?? []), ...chunks])
    }
    this.#contents.clear()
    for (const { pieces } of this.#manifest.indexes) {
      const parts: Bytes[] = []
      for (const { chunk, pack } of pieces) {
        add(pack, [chunk])
        this.#kinds.set(chunk, 'index')
        const part = await here(() => this.#read(chunk))
        if (part !== undefined) parts.push(part)
      }
      if (parts.length < pieces.length) continue
      for (const { pack, chunks } of parseSegment(concat(...parts))) add(pack, chunks)
    }
    const [pack, other] = this.#last.packs
    if (pack === undefined || other !== undefined || !packs.has(pack)) return
    for (const plain of evenPieces(this.#last.bytes)) {
      const id = await chunkId(this.#owner.identity.daily, plain)
      add(pack, [id])
      this.#kinds.set(id, 'manifest')
      this.#pieces.set(id, plain)
    }
  }

  /** Where the newest snapshot has these chunks. */
  async #findChunks(wanted: ReadonlySet<ChunkId>, inLost: ReadonlySet<ChunkId>): Promise<void> {
    this.#files.length = 0
    const note = (chunk: ChunkId, kind: ChunkKind, among = wanted): boolean => {
      if (!among.has(chunk)) return false
      this.#kinds.set(chunk, kind)
      return true
    }
    const walk = async (root: SourceDirectory | undefined, ids: Bytes, path: readonly Bytes[]): Promise<void> => {
      throwIfAborted(this.#signal)
      for (const id of chunkIdsIn(ids)) note(id, 'tree')
      await here(async () => {
        for await (const entry of readTree(ids, this.#read)) {
          const inside = [...path, entry.name]
          if (entry.kind === 'directory') await walk(root, entry.ids, inside)
          if (entry.kind !== 'file' || root === undefined) continue
          if (entry.indirect) for (const id of chunkIdsIn(entry.ids)) note(id, 'tree')
          const among = entry.sizeBytes > LONGEST_FILE ? inLost : wanted
          const chunks: ChunkId[] = []
          for await (const id of fileChunks(entry, this.#read)) if (note(id, 'file', among)) chunks.push(id)
          if (chunks.length > 0) this.#files.push({ root, path: inside, chunks })
        }
      })
    }
    for (const { name, root } of this.#manifest.sources) {
      await walk(this.#sources.find((source) => source.name === name)?.root, root, [])
    }
  }

  async #sealFiles(wanted: ReadonlySet<ChunkId>, sealed: Map<ChunkId, SealedChunk>): Promise<void> {
    const isMissing = (id: ChunkId): boolean => wanted.has(id) && !sealed.has(id)
    const names = new Map<SourceDirectory, Map<string, SourceEntry>>()
    for (const { root, path, chunks } of this.#files) {
      if (!chunks.some(isMissing)) continue
      throwIfAborted(this.#signal)
      await here(async () => {
        const entry = await entryAt(root, path, names)
        if (entry?.kind !== 'file') return
        const found = new AbortController()
        const steps: SealSteps = {
          known: (ids) => Promise.resolve(ids.map((id) => !isMissing(id))),
          emit: (fresh) => {
            for (const chunk of fresh) sealed.set(chunk.id, chunk)
            if (!chunks.some(isMissing)) found.abort() // the rest of the file is not read
            return Promise.resolve()
          },
          signal: AbortSignal.any([found.signal, ...(this.#signal ? [this.#signal] : [])]),
        }
        const sealer = this.#owner.sealerOf(this.#owner.identity.daily)
        await sealer.seal(await entry.content(), 'file', steps).catch((thrown: unknown) => {
          throwIfAborted(this.#signal)
          if (!found.signal.aborted || codeOf(thrown) !== 'aborted') throw thrown
        })
      })
    }
  }

  async #sealLists(wanted: ReadonlySet<ChunkId>, sealed: Map<ChunkId, SealedChunk>): Promise<void> {
    for (const id of wanted) {
      const kind = this.#kinds.get(id)
      if (kind === undefined || kind === 'file' || sealed.has(id)) continue
      const plain = this.#pieces.get(id) ?? (await here(() => this.#read(id)))
      if (plain !== undefined) sealed.set(id, await sealChunk(this.#owner.identity.daily, kind, plain, id))
    }
  }

  async #build(record: PackRecord, sealed: ReadonlyMap<ChunkId, SealedChunk>): Promise<RemadePack | undefined> {
    const found = (this.#contents.get(record.id) ?? []).map((id) => sealed.get(id))
    const all = found.filter((chunk) => chunk !== undefined)
    const rest = all.length === found.length ? { chunks: all, readBytes: 0 } : await this.#complete(record, sealed)
    if (rest === undefined) return undefined
    const { k, n, shardBytes, roots } = record
    const { codec, identity } = this.#owner
    const builder = new PackBuilder(k)
    for (const chunk of rest.chunks) if (!builder.add(chunk)) return undefined
    const pack = await builder.finish(identity.daily)
    if (pack.shardBytes !== shardBytes) return undefined
    const made = await codec.encode({ k, n }, pack.bytes, { signal: this.#signal })
    const isSame = made.roots.every((root, i) => roots[i] !== undefined && equal(root, roots[i]))
    return isSame ? { shards: made.shards, readBytes: rest.readBytes } : undefined
  }

  /** All chunks of a pack in its order, those that are not here from its keepers. `undefined` when that is more than half. */
  async #complete(
    { id, k, shardBytes }: PackRecord,
    sealed: ReadonlyMap<ChunkId, SealedChunk>,
  ): Promise<{ readonly chunks: readonly SealedChunk[]; readonly readBytes: ByteCount } | undefined> {
    try {
      const part = await PartialPack.open(this.#owner, this.#locator, id, this.#signal)
      const entries = [...part.entries.values()]
      const [first] = entries
      const missing = entries.filter((entry) => !sealed.has(entry.id))
      const spans = missing.map(sealedSpan)
      const readBytes = spans.reduce((sum, { from, to }) => sum + to - from, first?.offset ?? 0)
      if (2 * readBytes > k * shardBytes) return undefined
      const read = new Map<ChunkId, SealedChunk>()
      for (const entry of missing) {
        const plain = await part.chunk(entry)
        read.set(entry.id, await sealChunk(this.#owner.identity.daily, entry.kind, plain, entry.id))
      }
      const chunks = entries.map((entry) => sealed.get(entry.id) ?? read.get(entry.id))
      return { chunks: chunks.filter((chunk) => chunk !== undefined), readBytes }
    } catch (thrown) {
      throwIfAborted(this.#signal)
      if (codeOf(thrown) === 'internal') throw thrown
      return undefined
    }
  }
}

/** @param names of directories that were listed before */
async function entryAt(
  root: SourceDirectory,
  path: readonly Bytes[],
  names: Map<SourceDirectory, Map<string, SourceEntry>>,
): Promise<SourceEntry | undefined> {
  let entry: SourceEntry | undefined
  let directory: SourceDirectory | undefined = root
  for (const name of path) {
    if (directory === undefined) return undefined
    let listed = names.get(directory)
    if (listed === undefined) {
      listed = new Map((await directory.list()).map((one) => [toHex(one.name), one]))
      names.set(directory, listed)
    }
    entry = listed.get(toHex(name))
    directory = entry?.kind === 'directory' ? entry.directory : undefined
  }
  return entry
}

const here = <T>(read: () => Promise<T>): Promise<T | undefined> => absentOn(NOT_HERE, read)
