/**
 * Backing up: sources in, a snapshot out. Every step is safe to kill: packs are journaled before they leave, chunks in
 * journaled packs are not packed again, and the head that makes a snapshot exist is written last of all.
 */
import type { Bytes } from '../core/bytes.ts'
import { codeOf, KeeptabError, messageOf, throwIfAborted, type ErrorCode } from '../core/errors.ts'
import { idOf, parseSnapshotId, type ChunkId, type PackId } from '../core/ids.ts'
import type { ByteCount, Millis } from '../core/units.ts'
import { openHead, openPackRecord, signHead, type Head } from '../protocol/records.ts'
import { absorbed, ChunkIndex, encodeSegment, inSegments, type PackContents } from '../snapshot/chunk-index.ts'
import { evenPieces } from '../snapshot/chunker.ts'
import {
  asPast,
  encodeManifest,
  parseManifest,
  type IndexReference,
  type Manifest,
  type SnapshotSource,
} from '../snapshot/manifest.ts'
import { sealChunk } from '../snapshot/seal.ts'
import { TreeBuilder } from '../snapshot/tree.ts'
import type { JournaledPack } from '../store/owner-state.ts'
import type { BackupEvent, BackupResult, Notice } from './events.ts'
import { linkTo, newestHeads } from './heads.ts'
import { keepHead } from './keeper-client.ts'
import type { OwnerContext } from './owner-context.ts'
import { PackWriter } from './pack-writer.ts'
import { preview, walk, type Step } from './scan.ts'
import { SnapshotReader } from './snapshot-reader.ts'
import type { Source } from './source.ts'
import { Spreader } from './spread.ts'

export interface BackupOptions {
  readonly signal?: AbortSignal
  readonly onEvent?: (event: BackupEvent) => void
  /** How long to wait for keepers to come online before giving up with what is done; half a minute by default. */
  readonly patienceMs?: Millis
}

/** A backup is begun again when a pack it relied on is gone from the network; more often than this it fails. */
const ATTEMPTS = 3
const KEEPER_PATIENCE_MS: Millis = 30_000
/** Keepers of each pack of the manifest that are given the new head to remember. */
const HEAD_WITNESSES = 12

/**
 * Backs up all sources as one snapshot.
 * @throws KeeptabError `not-enough-keepers`, `coordinator-unreachable`, `head-forked` when this device's own history is,
 *   `source-unreadable` when nothing at all could be read, `store-failed`, `aborted`. What was sent stays sent: the next call goes on from there.
 */
export async function backup(
  owner: OwnerContext,
  sources: readonly Source[],
  options: BackupOptions = {},
): Promise<BackupResult> {
  if (sources.length === 0) throw new KeeptabError('source-unreadable', 'Nothing was chosen.')
  // One failure stops everything that is under way, not only what waits for it.
  const stop = new AbortController()
  const run = new BackupRun(
    owner,
    sources,
    options,
    AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]),
  )
  try {
    for (let attempt = 1; ; attempt += 1) {
      const result = await run.attempt()
      if (result !== undefined) return result
      if (attempt === ATTEMPTS)
        throw new KeeptabError('internal', 'Packs vanish from the coordinator as fast as they are sent.')
    }
  } finally {
    stop.abort()
  }
}

class BackupRun {
  readonly #owner: OwnerContext
  readonly #sources: readonly Source[]
  readonly #onEvent: (event: BackupEvent) => void
  readonly #signal: AbortSignal
  readonly #patienceMs: Millis
  readonly #sentBefore: number
  readonly #reader: SnapshotReader
  readonly #counts = { bytesRead: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0, bytesKept: 0 }

  constructor(owner: OwnerContext, sources: readonly Source[], options: BackupOptions, signal: AbortSignal) {
    this.#owner = owner
    this.#sources = sources
    this.#onEvent = options.onEvent ?? (() => undefined)
    this.#signal = signal
    this.#patienceMs = options.patienceMs ?? KEEPER_PATIENCE_MS
    this.#sentBefore = owner.transport.counted.sentBytes
    this.#reader = new SnapshotReader(owner, () => undefined, signal)
  }

  /** One whole pass; `undefined` when packs that it relied on turned out to be gone and must be sent again. */
  async attempt(): Promise<BackupResult | undefined> {
    const { files, directories, bytes, leftOut } = await preview(this.#sources, { signal: this.#signal })
    const unreadable = this.#sources.map(({ name }) =>
      leftOut.find(({ path, what }) => path === name && what === 'unreadable'),
    )
    // A disk that is not there must not become a newest snapshot without anything in it.
    if (!unreadable.includes(undefined)) throw new KeeptabError('source-unreadable', unreadable[0]?.detail)
    this.#onEvent({ type: 'scanned', files, directories, bytes })
    Object.assign(this.#counts, { bytesRead: 0, bytesTotal: bytes, filesDone: 0, filesTotal: files, bytesKept: 0 })

    const past = await this.#past()
    const spreader = new Spreader(this.#owner, this.#onEvent, this.#patienceMs, this.#signal)
    const kept = ({ sourceBytes }: { sourceBytes: number }) => {
      this.#counts.bytesKept += sourceBytes
      this.#progress()
    }
    const data = new PackWriter(this.#owner, spreader, kept, this.#signal)
    const meta = new PackWriter(this.#owner, spreader, kept, this.#signal)
    await this.#resume(spreader, kept)

    const used = new UsedChunks(this.#owner, past.named)
    const written: SnapshotSource[] = []
    for (const source of this.#sources) written.push(await this.#source(source, data, meta, used))
    // All data is on its way before what describes it, all of that before the index, and so on to the head.
    // Data is journaled first: of a chunk that is in both, the same pack is remembered each time.
    await data.flush()
    await Promise.all([data.finish(), meta.finish()])

    const fresh = [...data.written, ...meta.written]
    const contents = [...fresh, ...used.unnamed(new Set(fresh.map(({ pack }) => pack)))]
    const indexes = await this.#index(meta, past, contents)
    const needed = new Set([...used.packs, ...contents.map(({ pack }) => pack)])
    for (const { pieces } of indexes) for (const { pack } of pieces) needed.add(pack)

    const lost = await this.#lost([...needed])
    if (lost.length > 0) {
      for (const pack of lost) await this.#owner.state.forget(pack)
      return undefined
    }
    const manifest: Manifest = {
      snapshot: idOf(parseSnapshotId, this.#owner.random.bytes(16)),
      createdAt: this.#owner.clock.now(),
      epoch: this.#owner.identity.daily.epoch,
      sources: written,
      packs: [...needed],
      indexes,
      history: past.history,
    }
    const head = await this.#publish(manifest, past.head, meta)
    return {
      snapshot: manifest.snapshot,
      state: await this.#state([...needed, ...head.manifest]),
      files: this.#counts.filesDone,
      bytesRead: this.#counts.bytesRead,
      bytesSent: this.#owner.transport.counted.sentBytes - this.#sentBefore,
    }
  }

  /** What earlier snapshots of the account leave to build on; other devices' chunks are learned, so nothing goes twice. */
  async #past(): Promise<Past> {
    const histories = await newestHeads(this.#owner, this.#onEvent, this.#signal)
    const own = histories.find(({ device }) => device === this.#owner.identity.device)?.ends ?? []
    const [head, rival] = own
    if (rival !== undefined) {
      throw new KeeptabError(
        'head-forked',
        'The keys of this device are in use in two places, so its history cannot go on. Make this a new device of the ' +
          'account with the 24 words, and back up from it: nothing that is known to keepers is sent again.',
        { device: rival.device, sequence: rival.sequence },
      )
    }
    for (const { manifest } of histories.flatMap(({ ends }) => ends)) {
      if (manifest !== head?.manifest) await readable(async () => this.#learn(await this.#reader.manifest(manifest)))
    }
    return head === undefined
      ? { head: undefined, indexes: [], named: new ChunkIndex(), history: [] }
      : this.#ownPast(head)
  }

  /** Learns the index segments of a snapshot that are not known here yet. */
  async #learn({ indexes }: Manifest): Promise<void> {
    const { state } = this.#owner
    for (const reference of indexes) {
      const known = await state.packsOf(reference.pieces.map(({ chunk }) => chunk))
      if (known.every((pack) => pack !== undefined)) continue
      for (const { pack, chunks } of await this.#reader.segments([reference])) await state.learn(pack, chunks)
      // Last, because knowing the pieces says that what is in them has been learned.
      for (const { pack, chunk } of reference.pieces) await state.learn(pack, [chunk])
    }
  }

  /** @throws KeeptabError `too-few-shards` when the last manifest is neither remembered nor to be had: its history must not be lost */
  async #ownPast(head: Head): Promise<Past> {
    const remembered = await this.#owner.state.rememberedManifest()
    const manifest =
      remembered?.packs.join() === head.manifest.join()
        ? parseManifest(remembered.bytes)
        : await this.#reader.manifest(head.manifest)
    // Makes up for a local state that was lost, and does nothing else.
    await readable(() => this.#learn(manifest))
    const history = [asPast(manifest, head.manifest), ...manifest.history]
    return { head, ...(await this.#indexOf(manifest)), history }
  }

  /** The index segments that can be read, and what they name. The others are left behind: what is used of them is named again. */
  async #indexOf(manifest: Manifest): Promise<Pick<Past, 'indexes' | 'named'>> {
    const needed = new Set(manifest.packs)
    const named = new ChunkIndex()
    const indexes: IndexReference[] = []
    for (const reference of manifest.indexes) {
      const segment = await readable(() => this.#reader.segments([reference]))
      if (segment === undefined) continue
      indexes.push(reference)
      for (const contents of segment) if (needed.has(contents.pack)) named.add(contents)
    }
    return { indexes, named }
  }

  /** Packs that an earlier run journaled and did not finish. */
  async #resume(spreader: Spreader, onKept: (pack: JournaledPack) => void): Promise<void> {
    await Promise.all(
      (await this.#owner.state.journaled()).map(async (pack) => {
        try {
          await spreader.spread(pack)
          onKept(pack)
        } catch (thrown) {
          if (!(await this.#isStranded(pack, thrown, spreader))) throw thrown
          // What was to go there is packed again for another group.
          await this.#owner.state.forget(pack.id)
        }
      }),
    )
  }

  /** Whether a journaled pack can never be kept where it was meant to go: its group is lost, or has no way to be happy. */
  async #isStranded(pack: JournaledPack, thrown: unknown, spreader: Spreader): Promise<boolean> {
    if (codeOf(thrown) === 'not-found') return true
    return codeOf(thrown) === 'not-enough-keepers' && (await spreader.openGroup()).id !== pack.group
  }

  async #source(source: Source, data: PackWriter, meta: PackWriter, used: UsedChunks): Promise<SnapshotSource> {
    const counts = { files: 0, directories: 0, symlinks: 0, leftOut: 0, bytes: 0 }
    const onNotice = (notice: Notice) => {
      if (notice.what !== 'ignored') counts.leftOut += 1
      this.#onEvent({ type: 'notice', notice })
    }
    const put = async (plain: Bytes): Promise<ChunkId> => {
      const [id] = (await this.#seal(new Blob([plain]), 'tree', meta, used)).chunks
      if (id === undefined) throw new KeeptabError('internal', 'A tree chunk was cut in two.')
      return id
    }
    const tree = new TreeBuilder(this.#owner.identity.daily.gear, put)
    for await (const step of walk(source, { onNotice, signal: this.#signal })) {
      throwIfAborted(this.#signal)
      if (step.at === 'directory') {
        counts.directories += 1
        tree.enter(step.entry.name, step.entry)
      } else if (step.at === 'leave') await tree.leave()
      else if (step.at === 'symlink') {
        counts.symlinks += 1
        tree.symlink(step.entry.name, step.entry.target, step.entry)
      } else {
        const sizeBytes = await this.#file(step, tree, data, used, onNotice)
        if (sizeBytes === undefined) continue
        counts.files += 1
        counts.bytes += sizeBytes
      }
    }
    return { ...source.meta, name: source.name, way: source.way, root: await tree.finish(), ...counts }
  }

  /** One file into the tree. `undefined` when it could not be read; that is said, and the backup goes on. */
  async #file(
    { entry, path }: Extract<Step, { at: 'file' }>,
    tree: TreeBuilder,
    writer: PackWriter,
    used: UsedChunks,
    onNotice: (notice: Notice) => void,
  ): Promise<number | undefined> {
    try {
      const readBefore = this.#counts.bytesRead
      const { chunks, sizeBytes } = await this.#seal(await entry.content(), 'file', writer, used, (cutBytes) => {
        this.#counts.bytesRead = readBefore + cutBytes
        this.#progress()
      })
      // The size in the tree is that of the bytes that were read: a file that grows meanwhile stays whole in itself.
      if (sizeBytes !== entry.sizeBytes) {
        onNotice({ path, what: 'changed-while-read', detail: `${entry.sizeBytes} bytes became ${sizeBytes}` })
      }
      await tree.file(entry.name, sizeBytes, chunks, entry)
      this.#counts.filesDone += 1
      this.#counts.bytesRead = readBefore + sizeBytes
      this.#progress()
      return sizeBytes
    } catch (thrown) {
      if (codeOf(thrown) !== 'source-unreadable') throw thrown
      onNotice({ path, what: 'unreadable', detail: messageOf(thrown) })
      return undefined
    }
  }

  async #seal(
    stream: Parameters<OwnerContext['sealer']['seal']>[0],
    kind: 'file' | 'tree',
    writer: PackWriter,
    used: UsedChunks,
    onCut: (cutBytes: ByteCount) => void = () => undefined,
  ) {
    const sealed = await this.#owner.sealer.seal(stream, kind, {
      known: (chunks, cutBytes) => {
        onCut(cutBytes)
        return writer.known(chunks)
      },
      emit: (chunks) => writer.add(chunks),
      signal: this.#signal,
    })
    await used.add(sealed.chunks)
    return sealed
  }

  /** The index of the new packs, merged with the last few segments where that keeps their number small. */
  async #index(meta: PackWriter, past: Past, contents: readonly PackContents[]): Promise<IndexReference[]> {
    if (contents.length === 0) return [...past.indexes]
    const chunksOf = (packs: readonly PackContents[]) => packs.reduce((sum, { chunks }) => sum + chunks.length, 0)
    const taken = absorbed(
      past.indexes.map(({ chunks }) => chunks),
      chunksOf(contents),
    )
    const old = taken === 0 ? [] : await readable(() => this.#reader.segments(past.indexes.slice(-taken)))
    // Segments that cannot be read now stay as they are; they are merged another time.
    const stay = old === undefined ? past.indexes : past.indexes.slice(0, past.indexes.length - taken)
    const written: IndexReference[] = []
    for (const segment of inSegments([...(old ?? []), ...contents])) {
      const ids: ChunkId[] = []
      const before = meta.written.length // a long segment fills packs while it is added
      for (const plain of evenPieces(encodeSegment(segment))) {
        const piece = await sealChunk(this.#owner.identity.daily, 'index', plain)
        ids.push(piece.id)
        await meta.add([piece])
      }
      await meta.finish()
      const packs = new Map(
        meta.written.slice(before).flatMap(({ pack, chunks }) => chunks.map((chunk) => [chunk, pack])),
      )
      written.push({
        chunks: chunksOf(segment),
        pieces: ids.map((chunk) => ({ chunk, pack: known(packs.get(chunk)) })),
      })
    }
    return [...stay, ...written]
  }

  /** Packs that nobody could bring back: not known to the coordinator, or fewer than k of its shards are held. */
  async #lost(packs: readonly PackId[]): Promise<PackId[]> {
    const located = new Map((await this.#owner.coordinator.locatePacks(packs)).map((pack) => [pack.pack, pack]))
    const lost: PackId[] = []
    for (const pack of packs) {
      const place = located.get(pack)
      const held = new Set(place?.holders.map(({ index }) => index)).size
      if (place === undefined) lost.push(pack)
      else if (held < place.happy && held < (await openPackRecord(place.record)).k) lost.push(pack)
    }
    return lost
  }

  async #publish(manifest: Manifest, previous: Head | undefined, meta: PackWriter): Promise<Head> {
    const before = meta.written.length
    const bytes = encodeManifest(manifest)
    for (const plain of evenPieces(bytes)) {
      await meta.add([await sealChunk(this.#owner.identity.daily, 'manifest', plain)])
    }
    await meta.finish()
    const packs = meta.written.slice(before).map(({ pack }) => pack)
    await this.#owner.state.rememberManifest({ packs, bytes })
    throwIfAborted(this.#signal)
    const signed = await signHead(this.#owner.identity, {
      sequence: (previous?.sequence ?? 0) + 1,
      previous: previous === undefined ? null : await linkTo(previous),
      manifest: packs,
    })
    const head = await openHead(signed)
    await this.#owner.coordinator.publishHead(signed)
    await this.#owner.state.pinHead(head.device, signed)
    await this.#witness(head)
    return head
  }

  /** Keepers remember the head too: the only defence against rollback for someone who lost everything. */
  async #witness(head: Head): Promise<void> {
    // Of every pack of the manifest: to a coordinator that lost all of it, whoever brings the last of them brings the head.
    const located = await this.#owner.coordinator.locatePacks(head.manifest)
    const keepers = new Set(
      located.flatMap(({ holders }) => holders.slice(0, HEAD_WITNESSES).map(({ keeper }) => keeper)),
    )
    await Promise.allSettled(
      [...keepers].map(async (keeper) => {
        await keepHead(await this.#owner.transport.connect(keeper, { signal: this.#signal }), head.signed)
      }),
    )
  }

  async #state(packs: readonly PackId[]): Promise<BackupResult['state']> {
    const located = await this.#owner.coordinator.locatePacks(packs)
    const happy = located.filter(({ happiness, happy: wanted }) => happiness >= wanted)
    return happy.length === packs.length ? 'safe' : 'spreading'
  }

  #progress(): void {
    const bytesSent = this.#owner.transport.counted.sentBytes - this.#sentBefore
    this.#onEvent({ type: 'progress', ...this.#counts, bytesSent })
  }
}

/** What the newest snapshot of this device says, for the next one. */
interface Past {
  readonly head: Head | undefined
  readonly indexes: readonly IndexReference[]
  /** Which chunks those index segments name, and in which packs. */
  readonly named: ChunkIndex
  readonly history: Manifest['history']
}

/**
 * Which old packs a snapshot leans on, and the chunks of those that no kept index segment names yet. Chunk by chunk:
 * of a pack that another device or an unfinished run has made, an index names only what was used of it so far.
 */
class UsedChunks {
  readonly packs = new Set<PackId>()
  readonly #owner: OwnerContext
  readonly #named: ChunkIndex
  readonly #unnamed = new Map<PackId, Set<ChunkId>>()

  constructor(owner: OwnerContext, named: ChunkIndex) {
    this.#owner = owner
    this.#named = named
  }

  async add(chunks: readonly ChunkId[]): Promise<void> {
    const packs = await this.#owner.state.packsOf(chunks)
    chunks.forEach((chunk, i) => {
      const pack = packs[i]
      if (pack === undefined) return // in the open pack: the writer lists it when it is closed
      this.packs.add(pack)
      if (this.#named.packOf(chunk) === pack) return
      const used = this.#unnamed.get(pack) ?? new Set()
      this.#unnamed.set(pack, used.add(chunk))
    })
  }

  /** @param fresh packs of this run, whose contents are listed whole anyway */
  unnamed(fresh: ReadonlySet<PackId>): PackContents[] {
    return [...this.#unnamed].flatMap(([pack, chunks]) => (fresh.has(pack) ? [] : [{ pack, chunks: [...chunks] }]))
  }
}

const UNREADABLE: readonly ErrorCode[] = [
  'too-few-shards',
  'malformed',
  'limit-exceeded',
  'decrypt-failed',
  'decompress-failed',
  'unsupported-version',
]

/** What `read` gives, or `undefined` when the old snapshot cannot be read now: a backup must not wait for that. */
async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (thrown) {
    if (UNREADABLE.includes(codeOf(thrown))) return undefined
    throw thrown
  }
}

function known(pack: PackId | undefined): PackId {
  if (pack === undefined) throw new KeeptabError('internal', 'An index was not written.')
  return pack
}
