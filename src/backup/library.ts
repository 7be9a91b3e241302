/**
 * All snapshots of an account, to look through: directories as they are opened, files as they are asked for. What was
 * seen is kept in a cache, which answers alone while there is no network.
 */
import { z } from 'zod'
import type { Bytes } from '../core/bytes.ts'
import { codeOf, KeeptabError, throwIfAborted } from '../core/errors.ts'
import {
  idBytes,
  idOf,
  parseDeviceId,
  parseSnapshotId,
  type ChunkId,
  type DeviceId,
  type SnapshotId,
} from '../core/ids.ts'
import { fixedBytes } from '../core/signed.ts'
import { MiB, type ByteCount, type Millis } from '../core/units.ts'
import { decode, encode } from '../core/wire.ts'
import { keysOf } from '../identity/keys.ts'
import { idList, joinIds, packIdsIn } from '../snapshot/id-list.ts'
import { parseManifest, type Manifest, type SnapshotSource } from '../snapshot/manifest.ts'
import { chunkIds } from '../snapshot/seal.ts'
import { treeChunks, type ReadChunk } from '../snapshot/tree.ts'
import type { FileEntry } from '../snapshot/tree-entry.ts'
import type { TreeCache } from '../store/tree-cache.ts'
import type { RestoreEvent } from './events.ts'
import { FileRanges } from './file-ranges.ts'
import { encodeMoment, parseMoment, readable, type Moment } from './moment.ts'
import type { OwnerContext } from './owner-context.ts'
import type { SnapshotReader } from './snapshot-reader.ts'
import {
  findSnapshots,
  newestFirst,
  readerFor,
  snapshotsIn,
  survivable,
  type FoundSnapshot,
  type RestoreOptions,
} from './snapshots.ts'

/** Chunks of trees kept in memory. */
const KEPT_BYTES = 16 * MiB
/** Of them read ahead: the list of some hundred thousand files. */
const AHEAD_BYTES = 8 * MiB
/** Fresh chunks are laid down together, at the latest after this time. */
const LAY_DOWN_MS: Millis = 300
/** Manifests are kept between what is asked of a snapshot first and last; their lists of packs may be long. */
const MANIFESTS_KEPT = 64

type DeviceNames = ReadonlyMap<DeviceId, string>

/** What is kept of a list. */
interface Listed {
  readonly snapshots: readonly FoundSnapshot[]
  readonly names: DeviceNames
}

/** Whether a failure is only of what was to be read, and something else may still be looked at. */
export const canLookOn = (thrown: unknown): boolean =>
  survivable.has(codeOf(thrown)) || codeOf(thrown) === 'coordinator-unreachable'

export class SnapshotLibrary {
  /** Newest first. */
  readonly snapshots: readonly FoundSnapshot[]
  /** Those that were taken out of the list in the last 30 days, once they were looked for. */
  #removed: readonly FoundSnapshot[] = []
  /** The list is from the last visit, and nothing is asked of the network. */
  readonly isRemembered: boolean
  /** What devices called themselves when that was last heard. */
  readonly names: DeviceNames
  readonly #owner: OwnerContext
  readonly #cache: TreeCache
  readonly #options: RestoreOptions
  readonly #reader: SnapshotReader
  readonly #moments = new Map<SnapshotId, Promise<Moment>>()
  /** The last few that were read. */
  readonly #manifests = new Map<SnapshotId, Promise<Manifest>>()
  /** Snapshots whose index the reader has. */
  readonly #indexed = new Map<SnapshotId, Promise<void>>()
  /** The last index that the reader is to take in. */
  #indexing = Promise.resolve()
  /** A reader that knows the index of one snapshot alone, while it is needed for that one. */
  #single: { readonly id: SnapshotId; readonly reader: Promise<SnapshotReader> } | undefined
  /** In the order of last use. */
  readonly #chunks = new Map<ChunkId, Bytes>()
  /** Chunks of a snapshot that are on their way, by both names. */
  readonly #underWay = new Map<string, Promise<Bytes>>()
  #chunkBytes = 0
  #fresh = new Map<ChunkId, Bytes>()

  private constructor(
    owner: OwnerContext,
    cache: TreeCache,
    options: RestoreOptions,
    reader: SnapshotReader,
    { snapshots, names }: Listed,
    isRemembered: boolean,
  ) {
    this.#owner = owner
    this.#cache = cache
    this.#options = options
    this.#reader = reader
    this.snapshots = snapshots
    this.names = names
    this.isRemembered = isRemembered
  }

  /**
   * Asks for the list of snapshots, and keeps it. Of a device whose list cannot be read now, what was listed before stays.
   * @param options their signal ends everything that is read through the library
   * @throws KeeptabError as `listSnapshots`
   */
  static async open(owner: OwnerContext, cache: TreeCache, options: RestoreOptions = {}): Promise<SnapshotLibrary> {
    const unread = new Set<DeviceId>()
    const onEvent = (event: RestoreEvent) => {
      if (event.type === 'device-unread') unread.add(event.device)
      options.onEvent?.(event)
    }
    const reader = readerFor(owner, options, { sparing: true })
    const found = await findSnapshots(owner, { ...options, onEvent }, reader)
    const before = await listedBefore(owner, cache)
    const known = before.snapshots.filter(({ summary }) => unread.has(summary.device))
    const listed = { snapshots: [...found, ...known].sort(newestFirst), names: before.names }
    await cache.keepList(owner.identity.account, encodeList(listed))
    return new SnapshotLibrary(owner, cache, options, reader, listed, false)
  }

  /**
   * What was seen at the last visit and what this device has backed up itself, without the network.
   * `undefined` when there is nothing.
   */
  static async remembered(
    owner: OwnerContext,
    cache: TreeCache,
    options: RestoreOptions = {},
  ): Promise<SnapshotLibrary | undefined> {
    const { snapshots: seen, names } = await listedBefore(owner, cache)
    const own = (await backedUpHere(owner, cache)).filter(
      ({ summary: { id } }) => !seen.some((one) => one.summary.id === id),
    )
    if (seen.length + own.length === 0) return undefined
    const reader = readerFor(owner, options, { sparing: true })
    const listed = { snapshots: [...own, ...seen].sort(newestFirst), names }
    return new SnapshotLibrary(owner, cache, options, reader, listed, true)
  }

  /** Remembers what devices call themselves now, for when nobody can be asked. */
  async keepNames(names: DeviceNames): Promise<void> {
    await this.#cache.keepList(this.#owner.identity.account, encodeList({ snapshots: this.snapshots, names }))
  }

  /** Snapshots that are in no list (`findRemoved`) can be opened like all others from now on. */
  alsoOpens(removed: readonly FoundSnapshot[]): void {
    this.#removed = removed
  }

  /** @throws KeeptabError `snapshot-unknown` */
  find(id: SnapshotId): FoundSnapshot {
    const found = [...this.snapshots, ...this.#removed].find(({ summary }) => summary.id === id)
    if (found === undefined) throw new KeeptabError('snapshot-unknown', undefined, { snapshot: id })
    return found
  }

  /** @throws KeeptabError as reading a manifest does; `coordinator-unreachable` for one that was not seen, without the network */
  async sources(id: SnapshotId): Promise<readonly SnapshotSource[]> {
    return (await this.#moment(id)).sources
  }

  /**
   * Reads chunks of the trees of a snapshot. What it returns throws KeeptabError as reading a chunk does, and without the
   * network `coordinator-unreachable` for what was not seen.
   */
  tree(id: SnapshotId): ReadChunk {
    return async (chunk) => {
      const kept = this.#chunks.get(chunk)
      if (kept !== undefined) {
        this.#chunks.delete(chunk)
        this.#chunks.set(chunk, kept)
        return kept
      }
      const key = `${id} ${chunk}`
      const underWay = this.#underWay.get(key) ?? this.#brought(id, chunk).finally(() => this.#underWay.delete(key))
      this.#underWay.set(key, underWay)
      return underWay
    }
  }

  /**
   * Reads what somebody who opens this snapshot sees first: its sources and the beginning of what is in each, until
   * `AHEAD_BYTES` are here. What is on its way when the signal fires still comes: who has opened it meanwhile shares it.
   * @throws KeeptabError as `sources` and `tree`
   */
  async readAhead(id: SnapshotId, signal: AbortSignal): Promise<void> {
    const read = this.tree(id)
    let bytes: ByteCount = 0
    const isOver = () => signal.aborted || bytes >= AHEAD_BYTES
    for (const { root } of await this.sources(id)) {
      if (isOver()) return
      for await (const { length } of treeChunks(root, read)) {
        bytes += length
        if (isOver()) return
      }
    }
  }

  /** A file of a snapshot, to be read at any place. */
  file(id: SnapshotId, entry: FileEntry): FileRanges {
    const source = {
      chunk: (chunk: ChunkId) => this.#read(id, (reader) => reader.chunk(chunk)),
      plainLength: (chunk: ChunkId) => this.#read(id, (reader) => reader.plainLength(chunk)),
    }
    return new FileRanges(entry, source, this.tree(id))
  }

  #moment(id: SnapshotId): Promise<Moment> {
    let moment = this.#moments.get(id)
    if (moment === undefined) {
      moment = this.#readMoment(id)
      this.#moments.set(id, moment)
      moment.catch(() => this.#moments.delete(id))
    }
    return moment
  }

  async #readMoment(id: SnapshotId): Promise<Moment> {
    const seen = await this.#cache.sources(id)
    const moment = seen && parseMoment(id, seen)
    if (moment !== undefined) return moment
    this.#needNetwork()
    const manifest = await this.#manifest(id)
    await this.#cache.keepSources(id, encodeMoment(manifest))
    return { sources: manifest.sources, epoch: manifest.epoch }
  }

  /** A manifest without what is said of other snapshots, read once for all that is asked of this one at about the same time. */
  #manifest(id: SnapshotId): Promise<Manifest> {
    const kept = this.#manifests.get(id)
    if (kept !== undefined) return kept
    const whole = this.#reader.manifest(this.find(id).manifest)
    const read = whole.then((manifest) => ({ ...manifest, history: [], retention: undefined }))
    this.#manifests.set(id, read)
    read.catch(() => this.#manifests.delete(id))
    const [oldest] = this.#manifests.keys()
    if (this.#manifests.size > MANIFESTS_KEPT && oldest !== undefined) this.#manifests.delete(oldest)
    return read
  }

  async #brought(id: SnapshotId, chunk: ChunkId): Promise<Bytes> {
    const bytes = (await this.#seen(id, chunk)) ?? (await this.#fetched(id, chunk))
    this.#hold(chunk, bytes)
    return bytes
  }

  /** A chunk that was seen, or that this device has at hand from its own backup; checked against its name. */
  async #seen(id: SnapshotId, chunk: ChunkId): Promise<Bytes | undefined> {
    const bytes = (await this.#cache.chunk(chunk)) ?? (await this.#owner.state.atHand(chunk))
    if (bytes === undefined) return undefined
    const { epoch } = await this.#moment(id)
    const [name] = await chunkIds(keysOf(this.#owner.identity, epoch), [bytes])
    return name === chunk ? bytes : undefined
  }

  async #fetched(id: SnapshotId, chunk: ChunkId): Promise<Bytes> {
    const bytes = await this.#read(id, (reader) => reader.chunk(chunk))
    if (this.#fresh.size === 0) setTimeout(() => void this.#layDown(), LAY_DOWN_MS)
    this.#fresh.set(chunk, bytes)
    return bytes
  }

  async #read<T>(id: SnapshotId, read: (reader: SnapshotReader) => Promise<T>): Promise<T> {
    const reader = await this.#readerOf(id)
    try {
      return await read(reader)
    } catch (thrown) {
      throwIfAborted(this.#options.signal)
      if (!survivable.has(codeOf(thrown))) throw thrown
      // The index of all that was opened so far may name a pack that is gone; that of this one alone knows better.
      return read(await this.#singleReader(id))
    }
  }

  #singleReader(id: SnapshotId): Promise<SnapshotReader> {
    if (this.#single?.id === id) return this.#single.reader
    const knowing = async () => {
      const reader = readerFor(this.#owner, this.#options, { sparing: true })
      await reader.addIndexOf(await reader.manifest(this.find(id).manifest))
      return reader
    }
    const single = (this.#single = { id, reader: knowing() })
    single.reader.catch(() => {
      if (this.#single === single) this.#single = undefined
    })
    return single.reader
  }

  async #layDown(): Promise<void> {
    const fresh = this.#fresh
    this.#fresh = new Map()
    await this.#cache.keepChunks(fresh)
  }

  /** The reader, once it knows where the chunks of this snapshot are. */
  async #readerOf(id: SnapshotId): Promise<SnapshotReader> {
    this.#needNetwork()
    let indexed = this.#indexed.get(id)
    if (indexed === undefined) {
      indexed = this.#manifest(id).then((whole) => this.#addIndexOf(whole))
      this.#indexed.set(id, indexed)
      indexed.catch(() => this.#indexed.delete(id))
    }
    await indexed
    return this.#reader
  }

  /** One index after the other: what one has named is not read for the next. */
  #addIndexOf(manifest: Manifest): Promise<void> {
    const before = this.#indexing.catch(() => undefined) // told to whoever needs that one
    this.#indexing = before.then(() => this.#reader.addIndexOf(manifest))
    return this.#indexing
  }

  #hold(chunk: ChunkId, bytes: Bytes): void {
    if (this.#chunks.has(chunk)) return
    this.#chunks.set(chunk, bytes)
    this.#chunkBytes += bytes.length
    for (const [oldest, { length }] of this.#chunks) {
      if (this.#chunkBytes <= KEPT_BYTES) return
      this.#chunks.delete(oldest)
      this.#chunkBytes -= length
    }
  }

  #needNetwork(): void {
    if (this.isRemembered)
      throw new KeeptabError('coordinator-unreachable', 'This was not looked at before.', { seen: false })
  }
}

/** The list as it was last kept. */
async function listedBefore({ identity }: OwnerContext, cache: TreeCache): Promise<Listed> {
  const list = await cache.list(identity.account)
  return (list && parseList(list)) ?? { snapshots: [], names: new Map() }
}

/** The snapshots in this device's own newest manifest, whose trees it has at hand. */
async function backedUpHere(owner: OwnerContext, cache: TreeCache): Promise<FoundSnapshot[]> {
  const remembered = await owner.state.rememberedManifest()
  const manifest = remembered && readable(() => parseManifest(remembered.bytes))
  if (manifest === undefined) return []
  await cache.keepSources(manifest.snapshot, encodeMoment(manifest))
  return snapshotsIn(manifest, remembered?.packs ?? [], owner.identity.device)
}

// ---- what lies in the cache

const listSchema = z.strictObject({
  v: z.literal(1),
  snapshots: z.array(
    z.strictObject({
      id: fixedBytes(16),
      device: fixedBytes(32),
      createdAt: z.int().min(0),
      sources: z.array(z.string()),
      files: z.int().min(0),
      bytes: z.int().min(0),
      disputed: z.boolean(),
      manifest: idList(4096),
    }),
  ),
  /** Absent in lists that were kept before there were names in them. */
  names: z.array(z.strictObject({ device: fixedBytes(32), name: z.string() })).optional(),
})

const encodeList = ({ snapshots, names }: Listed): Bytes =>
  encode({
    v: 1,
    snapshots: snapshots.map(({ summary, manifest }) => ({
      ...summary,
      id: idBytes(summary.id),
      device: idBytes(summary.device),
      manifest: joinIds(manifest),
    })),
    names: [...names].map(([device, name]) => ({ device: idBytes(device), name })),
  })

/** `undefined` when it is no list, or one of another version. */
const parseList = (bytes: Bytes): Listed | undefined =>
  readable(() => {
    const { snapshots, names = [] } = decode(listSchema, bytes)
    return {
      snapshots: snapshots.map(({ manifest, id, device, ...summary }) => ({
        summary: { ...summary, id: idOf(parseSnapshotId, id), device: idOf(parseDeviceId, device) },
        manifest: packIdsIn(manifest),
      })),
      names: new Map(names.map(({ device, name }) => [idOf(parseDeviceId, device), name])),
    }
  })
