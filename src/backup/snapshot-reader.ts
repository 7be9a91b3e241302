/** Reading what was backed up: head → manifest → index → packs → chunks, each verified, packs kept for a while. */
import { concat, type Bytes } from '../core/bytes.ts'
import { codeOf, KeeptabError, throwIfAborted } from '../core/errors.ts'
import type { ChunkId, PackId } from '../core/ids.ts'
import { Pause } from '../core/pause.ts'
import { MiB, type ByteCount, type Millis } from '../core/units.ts'
import { keysOf } from '../identity/keys.ts'
import type { Visitor } from '../identity/visitor.ts'
import type { LocatedPack } from '../protocol/coordinator-messages.ts'
import { openPackRecord } from '../protocol/records.ts'
import { ChunkIndex, parseSegment, type PackContents } from '../snapshot/chunk-index.ts'
import { chunkIdsIn, joinIds } from '../snapshot/id-list.ts'
import { parseManifest, type IndexReference, type Manifest } from '../snapshot/manifest.ts'
import { openPack, readChunk, type PackEntry } from '../snapshot/pack.ts'
import type { SealKeys } from '../snapshot/seal.ts'
import type { KeeperTrouble } from './events.ts'
import { Gatherer } from './gather.ts'
import { interruptible } from './interruptible.ts'
import { Locator } from './locator.ts'
import type { OwnerContext } from './owner-context.ts'
import { PartialPack } from './partial-pack.ts'

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
  /** Shards that are enough for it. */
  readonly k: number
  readonly bytes: Bytes
  readonly entries: ReadonlyMap<ChunkId, PackEntry>
}

/** So many chunks of trees are read out of one pack singly; who wants more of it gets it as a whole. */
const SINGLE_TREE_CHUNKS = 4

export interface ReaderOptions {
  readonly signal?: AbortSignal | undefined
  /** Reads only what is asked for, as far as that goes (partial-pack.ts): for looking, not for bringing everything back. */
  readonly sparing?: boolean
  /** Between two looks for keepers that have come; ten seconds when absent. */
  readonly askAgainMs?: Millis | undefined
  /** While it is on, nothing is read. */
  readonly pause?: Pause | undefined
}

/** Whoever is told that too few keepers are there may ask for them again after this time. */
const ASK_AGAIN_MS: Millis = 10_000
/** So many looks leave a keeper out that gave nothing at one of them. */
const REST_LOOKS = 3
/** Packs that are located with one question. */
const LOCATED_AT_ONCE = 100

/** In a row, for holders of one pack: some move shards to others, and some that only say to have one come and go. */
const MOST_LOOKS = 4

const wholeOnly = { opened: Promise.resolve(undefined), treeChunks: 0 }

export class SnapshotReader {
  readonly #owner: OwnerContext
  readonly #gatherer: Gatherer
  readonly #locator: Locator
  readonly #signal: AbortSignal | undefined
  readonly #sparing: boolean
  readonly #askAgainMs: Millis
  readonly #pause: Pause
  /** Packs of which only parts are read, and how many chunks of trees were; `undefined` where that does not go. */
  readonly #partial = new Map<PackId, { readonly opened: Promise<PartialPack | undefined>; treeChunks: number }>()
  /** In the order of last use. */
  readonly #packs = new Map<PackId, Promise<OpenedPack>>()
  readonly #sizes = new Map<PackId, number>()
  /** When too few of its shards could be had, in the time of `performance.now()`. */
  readonly #missedAt = new Map<PackId, Millis>()
  #index = new ChunkIndex()
  /** Packs whose chunks are in the index. */
  readonly #indexed = new Set<PackId>()
  /** The ids of the chunks of those that no snapshot has needed so far. */
  readonly #named = new Map<PackId, Bytes>()
  /** The segments that said so, by their pieces. */
  readonly #segments = new Set<string>()

  constructor(owner: OwnerContext, onTrouble: (trouble: KeeperTrouble) => void, options: ReaderOptions = {}) {
    this.#owner = owner
    this.#askAgainMs = options.askAgainMs ?? ASK_AGAIN_MS
    this.#pause = options.pause ?? new Pause()
    this.#gatherer = new Gatherer(owner, onTrouble, REST_LOOKS * this.#askAgainMs)
    const { signal } = options
    this.#locator = new Locator(signal === undefined ? owner.coordinator : interruptible(owner.coordinator, signal))
    this.#signal = signal
    this.#sparing = options.sparing ?? false
  }

  /** The manifest in these packs of a head. @throws KeeptabError `too-few-shards`, `decrypt-failed`, `malformed`, … */
  async manifest(packs: readonly PackId[]): Promise<Manifest> {
    const parts: Bytes[] = []
    const epochs = new Set<number>()
    for (const pack of packs) {
      // Nothing else is in it, so it is read as a whole, whoever is sparing: from any k keepers, and once.
      const { bytes, keys, entries, epoch } = await this.pack(pack)
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
    this.#index = new ChunkIndex()
    this.#indexed.clear()
    this.#segments.clear()
    this.#named.clear()
    await this.addIndexOf(manifest)
  }

  /**
   * Makes the chunks of one more snapshot findable. Of a chunk that is in several packs the one stays that came first:
   * give the newest snapshot first, which knows best what is still there, and names what all before it have named.
   */
  async addIndexOf({ packs, indexes }: Manifest): Promise<void> {
    const needed = new Set(packs)
    for (const pack of needed) this.#addNamed(pack)
    const ofIndexes = new Set(indexes.flatMap(({ pieces }) => pieces.map(({ pack }) => pack)))
    if (packs.every((pack) => this.#indexed.has(pack) || ofIndexes.has(pack))) return
    for (const reference of indexes) {
      const key = reference.pieces.map(({ chunk }) => chunk).join()
      if (this.#segments.has(key)) continue
      const segment = await this.segments([reference])
      this.#segments.add(key)
      for (const contents of segment) {
        const { pack, chunks } = contents
        if (needed.has(pack) || this.#indexed.has(pack)) this.#addToIndex(contents)
        else this.#named.set(pack, concat(this.#named.get(pack) ?? new Uint8Array(0), joinIds(chunks)))
      }
    }
  }

  #addNamed(pack: PackId): void {
    const chunks = this.#named.get(pack)
    if (chunks === undefined) return
    this.#named.delete(pack)
    this.#addToIndex({ pack, chunks: chunkIdsIn(chunks) })
  }

  #addToIndex(contents: PackContents): void {
    this.#index.add(contents)
    this.#indexed.add(contents.pack)
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

  /** Length of the plain bytes of a chunk: known from the directory of its pack. */
  async plainLength(chunk: ChunkId): Promise<ByteCount> {
    const entry = (await this.#directory(this.packOf(chunk))).entries.get(chunk)
    return foundIn(entry).plainLength
  }

  /** A whole pack out of shards that have their roots. @throws KeeptabError as for `manifest` */
  pack(id: PackId): Promise<OpenedPack> {
    const missedAt = this.#missedAt.get(id)
    if (this.#sparing && missedAt !== undefined && performance.now() - missedAt > this.#askAgainMs)
      this.#packs.delete(id)
    const found = this.#packs.get(id) ?? this.#gather(id)
    this.#packs.delete(id)
    this.#packs.set(id, found)
    return found
  }

  /** Begins to gather a pack that will be needed soon. */
  prefetch(pack: PackId): void {
    this.pack(pack).catch(() => undefined) // told to whoever needs it
  }

  /**
   * Waits until a pack that could not be had before can be. Shards that were read stay until enough of their keepers have
   * been online, who may never be so at once.
   * @param orElapsed something else is to be tried again after a while
   * @returns whether one can, or none is missed and it is time to try again; not when `patience` has fired
   * @throws KeeptabError `aborted`
   */
  async waitForMissed(patience: AbortSignal, orElapsed = false): Promise<boolean> {
    const until = this.#signal === undefined ? patience : AbortSignal.any([patience, this.#signal])
    while (await elapsed(this.#askAgainMs, until)) {
      if (this.#pause.isOn) continue
      if ((await this.#regain(until)) || orElapsed || this.#missedAt.size === 0) return true
    }
    throwIfAborted(this.#signal)
    return false
  }

  /** Whether one of these packs could not be had, and still is missed. */
  misses(packs: readonly PackId[]): boolean {
    return packs.some((pack) => this.#missedAt.has(pack))
  }

  /** @throws KeeptabError what was met with the first of these packs that is missed */
  async recall(packs: readonly PackId[]): Promise<void> {
    for (const pack of packs) if (this.misses([pack])) await this.#packs.get(pack)
  }

  /** @returns whether something that was missed need not be missed any more */
  async #regain(until: AbortSignal): Promise<boolean> {
    const missed = [...this.#missedAt.keys()]
    let come = false
    for (let i = 0; i < missed.length; i += LOCATED_AT_ONCE) {
      const asked = missed.slice(i, i + LOCATED_AT_ONCE).map((id) => this.#locator.locate(id))
      for (const answer of await Promise.allSettled(asked)) {
        if (until.aborted) return come
        if (answer.status === 'rejected') continue
        const { pack } = answer.value
        if (!(await this.#collectSome(answer.value, until).catch(() => false))) continue
        this.#missedAt.delete(pack)
        this.#packs.delete(pack)
        come = true
      }
    }
    return come
  }

  /** Tickets are asked for only where somebody has come. */
  #collectSome(located: LocatedPack, until: AbortSignal): Promise<boolean> {
    return this.#visit(async (visit, signal) => {
      const hasCome = this.#gatherer.fresh(located).length > 0
      const now = hasCome ? await this.#locator.locate(located.pack, visit) : located
      return this.#gatherer.collectSome(now, visit, signal)
    }, until)
  }

  /** Reads under a name; after a pause under a new one, because tickets do not last. */
  #visit<T>(work: (visit: Visitor, signal: AbortSignal) => Promise<T>, signal = this.#signal): Promise<T> {
    return this.#pause.around((running) => this.#owner.transport.visit((visit) => work(visit, running)), signal)
  }

  async #chunkIn(pack: PackId, chunk: ChunkId): Promise<Bytes> {
    await this.#pause.over(this.#signal)
    const partial = await this.#partially(pack)
    if (partial !== undefined) {
      const entry = foundIn(partial.opened.entries.get(chunk))
      if (entry.kind !== 'tree' || (partial.counts.treeChunks += 1) <= SINGLE_TREE_CHUNKS) {
        try {
          return await partial.opened.chunk(entry)
        } catch (thrown) {
          throwIfAborted(this.#signal)
          if (codeOf(thrown) === 'internal') throw thrown
          this.#partial.set(pack, wholeOnly)
        }
      }
    }
    const { bytes, keys, entries } = await this.pack(pack)
    return readChunk(keys, bytes, foundIn(entries.get(chunk)))
  }

  /** What is in a pack. */
  async #directory(pack: PackId): Promise<Pick<OpenedPack, 'entries' | 'epoch'>> {
    return (await this.#partially(pack))?.opened ?? (await this.pack(pack))
  }

  /** The pack to be read in parts; `undefined` where it is here already, or has to be read as a whole. */
  async #partially(id: PackId) {
    if (!this.#sparing || this.#packs.has(id)) return undefined
    let counts = this.#partial.get(id)
    if (counts === undefined) {
      const opened = PartialPack.open(this.#owner, this.#locator, id, this.#signal).catch((thrown: unknown) => {
        throwIfAborted(this.#signal)
        if (codeOf(thrown) === 'internal') throw thrown
        return undefined
      })
      counts = { opened, treeChunks: 0 }
      this.#partial.set(id, counts)
    }
    const opened = await counts.opened
    return opened && { opened, counts }
  }

  async #gather(id: PackId): Promise<OpenedPack> {
    this.#missedAt.delete(id)
    try {
      const { record, bytes } = await this.#visit(async (visit, signal) => {
        const located = await this.#locator.locate(id, visit)
        return { record: located.record, bytes: await this.#gathered(located, visit, signal) }
      })
      const { epoch, k } = await openPackRecord(record)
      const keys = keysOf(this.#owner.identity, epoch)
      const entries = await openPack(keys, bytes)
      this.#sizes.set(id, bytes.length)
      this.#evict(id)
      return { keys, epoch, k, bytes, entries: new Map(entries.map((entry) => [entry.id, entry])) }
    } catch (thrown) {
      // What no keeper can give now is not asked for again with every file of it; what else failed is tried again.
      if (codeOf(thrown) === 'too-few-shards') this.#missedAt.set(id, performance.now())
      else this.#packs.delete(id)
      throw thrown
    }
  }

  /** The sealed pack; looked for again where its shards have gone, a few times, as long as others say to have some. */
  async #gathered(
    located: LocatedPack,
    visit: Visitor,
    signal: AbortSignal,
    asked: ReadonlySet<string> = new Set(),
    looks = 1,
  ): Promise<Bytes> {
    try {
      return await this.#gatherer.gather(located, visit, signal)
    } catch (thrown) {
      if (codeOf(thrown) !== 'too-few-shards' || looks === MOST_LOOKS) throw thrown
      const now = await this.#locator.locate(located.pack, visit)
      const before = new Set([...asked, ...placesOf(located)])
      if (placesOf(now).every((place) => before.has(place))) throw thrown
      return this.#gathered(now, visit, signal, before, looks + 1)
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

const placesOf = ({ holders }: LocatedPack): string[] => holders.map(({ index, keeper }) => `${index} ${keeper}`)

function foundIn(entry: PackEntry | undefined): PackEntry {
  if (entry === undefined) throw new KeeptabError('malformed', 'A pack does not hold what the index says.')
  return entry
}

/** @returns whether the time went by before the signal fired */
const elapsed = (ms: Millis, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve(!signal.aborted)
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
