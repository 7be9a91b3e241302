/**
 * Backing up: sources in, a snapshot out. Every step is safe to kill: packs are journaled before they leave, chunks in
 * journaled packs are not packed again, and the head that makes a snapshot exist is written last of all.
 */
import { concat, equal, type Bytes } from '../core/bytes.ts'
import { absentOn, codeOf, detailOf, KeeptabError, throwIfAborted, type ErrorCode } from '../core/errors.ts'
import { idOf, parseSnapshotId, type ChunkId, type PackId } from '../core/ids.ts'
import { MiB, type ByteCount, type Millis } from '../core/units.ts'
import { unlessAborted } from '../core/unless-aborted.ts'
import { openPackRecord, type Head } from '../protocol/records.ts'
import { ChunkIndex, parseSegment, type PackContents } from '../snapshot/chunk-index.ts'
import {
  asPast,
  encodeManifest,
  parseManifest,
  pruned,
  type IndexReference,
  type Manifest,
  type SnapshotSource,
} from '../snapshot/manifest.ts'
import type { ByteStream, SealedStream } from '../snapshot/file-sealer.ts'
import type { TreeEntry } from '../snapshot/tree-entry.ts'
import { fileChunks, readTree, TreeBuilder, type ReadChunk } from '../snapshot/tree.ts'
import type { JournaledPack, OnLeaving } from '../store/owner-state.ts'
import type { TreeCache } from '../store/tree-cache.ts'
import { AvoidingState } from './avoiding-state.ts'
import type { BackupEvent, BackupResult, Notice } from './events.ts'
import { newestHeads } from './heads.ts'
import { encodeMoment } from './moment.ts'
import { timeToPrune, type OwnerContext } from './owner-context.ts'
import { PackWriter } from './pack-writer.ts'
import { interruptible } from './interruptible.ts'
import { holdPacks, publishAgain, publishManifest, rememberedOf } from './publish.ts'
import { chunksAtHand, chunksOfTree, isUnchanged, PastDirectory, UNREADABLE } from './past-tree.ts'
import { preview, walk, type Step } from './scan.ts'
import { SnapshotReader } from './snapshot-reader.ts'
import type { Source } from './source.ts'
import { Spreader } from './spread.ts'
import { Tally } from './tally.ts'
import { UsedChunks } from './used-chunks.ts'
import { takenIn, writeSegments } from './write-lists.ts'

export interface BackupOptions {
  readonly signal?: AbortSignal
  readonly onEvent?: (event: BackupEvent) => void
  /** How long to wait for keepers to come online before giving up with what is done; half a minute by default. */
  readonly patienceMs?: Millis
  /** Reads every file, also those whose size and time say that they have not changed. */
  readonly everyByte?: boolean
  /** Where directories of past snapshots go that are no longer wanted at hand, to be looked through without keepers. */
  readonly trees?: TreeCache
}

/** A backup is begun again when what it relied on is gone, or the account has changed; more often than this it fails. */
const ATTEMPTS = 3
export const KEEPER_PATIENCE_MS: Millis = 30_000
/** Chunks for the next backup are laid down in portions of this size. */
const AT_HAND_BATCH_BYTES = MiB

/**
 * Backs up all sources as one snapshot. A source that cannot be read now stays in it as the last snapshot had it. When
 * nothing has changed since then, there is no new snapshot.
 * @throws KeeptabError `not-enough-keepers`, `coordinator-unreachable`, `head-forked` when this device's own history is,
 *   `source-unreadable` when nothing at all could be read, `store-failed`, `device-revoked`, `aborted`. What was sent stays sent: the next call goes on from there.
 */
export async function backup(
  owner: OwnerContext,
  sources: readonly Source[],
  options: BackupOptions = {},
): Promise<BackupResult> {
  if (sources.length === 0) throw new KeeptabError('source-unreadable', 'Nothing was chosen.')
  const { signal = new AbortController().signal } = options
  const follow = owner.follow && unlessPaused(owner.follow, signal)
  await follow?.()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inOneEpoch(owner, sources, options)
    } catch (thrown) {
      const code = codeOf(thrown)
      // A device was removed while this went on: all of it again, under keys that the removed one does not have.
      const isBehind = code === 'epoch-behind' && follow !== undefined
      // The coordinator was put back to an older copy, and has lost where packs were to go, or that they are there: what
      // that leaves is found at the start.
      if ((code !== 'not-found' && !isBehind) || attempt === ATTEMPTS) throw thrown
      if (isBehind) await follow()
    }
  }
}

/** The account is followed all the same, and by the next run again. */
const unlessPaused =
  (follow: () => Promise<void>, signal: AbortSignal): (() => Promise<void>) =>
  () =>
    unlessAborted(follow(), signal)

async function inOneEpoch(
  owner: OwnerContext,
  sources: readonly Source[],
  options: BackupOptions,
): Promise<BackupResult> {
  // One failure stops everything that is under way, not only what waits for it.
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])])
  const state = new AvoidingState(owner.state)
  const coordinator = interruptible(owner.coordinator, signal)
  const run = new BackupRun({ ...owner, state, coordinator }, state, sources, options, signal) // one snapshot, one key epoch
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

/** When the last backup of this device looked at its sources, as far as that is known. */
export const lastLookAt = async ({ state }: OwnerContext): Promise<Millis | undefined> =>
  (await state.rememberedManifest())?.scannedAt

/** What the system tells of a file now, though it cannot be read. */
type FileNow = Parameters<typeof isUnchanged>[0]

/** What the last snapshot has of it, as far as that can be read. */
type Then = TreeEntry | undefined

const unreadableFor = (reason: string | undefined): KeeptabError =>
  new KeeptabError('source-unreadable', reason, { reason })

class BackupRun {
  readonly #owner: OwnerContext
  readonly #state: AvoidingState
  readonly #sources: readonly Source[]
  readonly #onEvent: (event: BackupEvent) => void
  readonly #signal: AbortSignal
  readonly #patienceMs: Millis
  readonly #sentBefore: number
  readonly #reader: SnapshotReader
  readonly #everyByte: boolean
  readonly #trees: TreeCache | undefined
  readonly #tally: Tally
  readonly #readAtHand: ReadChunk
  /** Chunks of trees and indexes that belong at hand after this run, and those of them that are not there yet. */
  readonly #wantedAtHand = new Set<ChunkId>()
  /** Those that were read there and are what they should be. */
  readonly #foundAtHand = new Set<ChunkId>()
  #newAtHand = new Map<ChunkId, Bytes>()
  #newAtHandBytes = 0
  /** Packs that were found gone in this run: what is at hand of them is in no pack any more. */
  readonly #gone = new Set<PackId>()
  #underWayBytes: () => number = () => 0
  #fileBytesRead = 0
  /** Of nothing in the snapshot it could be that it has changed since the last scan and was not looked at in this one. */
  #allRead = true

  constructor(
    owner: OwnerContext,
    state: AvoidingState,
    sources: readonly Source[],
    options: BackupOptions,
    signal: AbortSignal,
  ) {
    this.#owner = owner
    this.#state = state
    this.#sources = sources
    this.#onEvent = options.onEvent ?? (() => undefined)
    this.#signal = signal
    this.#patienceMs = options.patienceMs ?? KEEPER_PATIENCE_MS
    this.#sentBefore = owner.transport.counted.sentBytes
    this.#reader = new SnapshotReader(owner, () => undefined, { signal })
    this.#everyByte = options.everyByte ?? false
    this.#trees = options.trees
    const atHand = chunksAtHand(owner)
    this.#readAtHand = async (id) => {
      const bytes = await atHand(id)
      this.#foundAtHand.add(id)
      return bytes
    }
    this.#tally = new Tally(this.#onEvent, {
      sentBytes: () => owner.transport.counted.sentBytes - this.#sentBefore,
      underWayBytes: () => this.#underWayBytes(),
    })
  }

  /** One whole pass; `undefined` when packs that it relied on turned out to be gone and must be sent again. */
  async attempt(): Promise<BackupResult | undefined> {
    const scannedAt = this.#owner.clock.now()
    const { files, directories, bytes, leftOut, sources } = await preview(this.#sources, { signal: this.#signal })
    const unreadable = this.#sources.map(({ name }) =>
      leftOut.find(({ path, what }) => path === name && what === 'unreadable'),
    )
    // A disk that is not there must not become a newest snapshot without anything in it.
    if (!unreadable.includes(undefined)) throw unreadableFor(unreadable[0]?.detail)
    this.#onEvent({ type: 'scanned', files, directories, bytes })
    this.#tally.begin(sources)

    const past = await this.#past()
    await this.#avoidCondemned(past)
    const spreader = new Spreader(this.#owner, this.#onEvent, this.#patienceMs, this.#signal)
    const events = { onKept: this.#tally.kept.bind(this.#tally), onMoved: this.#tally.moved.bind(this.#tally) }
    const data = new PackWriter(this.#owner, spreader, events, this.#signal)
    const meta = new PackWriter(this.#owner, spreader, events, this.#signal)
    this.#underWayBytes = () => data.underWayBytes
    await this.#resume(spreader)

    const used = new UsedChunks(this.#owner.state, past.named)
    const written: SnapshotSource[] = []
    this.#allRead = true
    let reason: string | undefined
    for (const [i, source] of this.#sources.entries()) {
      const away = unreadable[i]
      const entry = away === undefined ? await this.#source(source, i, data, meta, used, past) : { away: away.detail }
      if (!('away' in entry)) written.push(entry)
      else {
        this.#allRead = false
        reason = entry.away
        const carried = await this.#carry(source, past, used)
        if (carried !== undefined) written.push(carried)
        this.#onEvent({ type: 'source-away', source: i, carried: carried !== undefined, detail: entry.away })
      }
    }
    // All of them went while they were read, and none was in a snapshot before.
    if (written.length === 0) throw unreadableFor(reason)
    // All data is on its way before what describes it, all of that before the index, and so on to the head.
    // Data is journaled first: of a chunk that is in both, the same pack is remembered each time.
    await data.flush()
    await Promise.all([data.finish(), meta.finish()])

    const fresh = [...data.written, ...meta.written]
    const contents = [...fresh, ...used.unnamed(new Set(fresh.map(({ pack }) => pack)))]
    const indexes = await this.#index(meta, past, contents)
    const needed = new Set([...used.packs, ...contents.map(({ pack }) => pack)])
    for (const { pieces } of indexes) for (const { pack } of pieces) needed.add(pack)

    const held = await holdPacks(this.#owner, [...needed])
    const lost = [...held.gone, ...(await this.#lost([...needed], used.away))]
    if (lost.length > 0) return this.#forget(lost)
    await publishAgain(this.#owner, past.forgotten, held, this.#signal)
    await this.#layAtHand()
    // What was not read now was last looked at before: the next scan may rely on that, and on nothing later.
    const reliedOn = this.#allRead ? scannedAt : past.scannedAt
    const counts = {
      files: this.#tally.filesDone,
      bytesRead: this.#fileBytesRead,
    }
    if (
      past.manifest !== undefined &&
      past.head !== undefined &&
      contents.length === 0 &&
      sameSources(past.manifest, written) &&
      // Whoever has only the words begins with the manifest: one that keepers have lost is made again.
      (await this.#lost(past.head.manifest)).length === 0
    ) {
      const { manifest, head } = past
      // What was read again is what it was, so the next scan may rely on this one.
      await this.#owner.state.rememberManifest({
        packs: head.manifest,
        bytes: encodeManifest(manifest),
        scannedAt: reliedOn,
      })
      const state = await this.#safety([...manifest.packs, ...head.manifest])
      return { snapshot: manifest.snapshot, state, unchanged: true, ...counts, bytesSent: this.#sentBytes }
    }
    const createdAt = this.#owner.clock.now()
    const manifest = pruned(
      {
        snapshot: idOf(parseSnapshotId, this.#owner.random.bytes(16)),
        createdAt,
        epoch: this.#owner.identity.daily.epoch,
        sources: written,
        packs: [...needed],
        indexes,
        history: past.history,
        retention: past.retention,
      },
      await timeToPrune(this.#owner),
    )
    const head = await publishManifest(this.#owner, {
      manifest,
      needed: [...needed],
      held,
      previous: past.head,
      writer: meta,
      scannedAt: reliedOn,
      signal: this.#signal,
    })
    if (!('sequence' in head)) return this.#forget(head)
    await this.#trees?.keepSources(manifest.snapshot, encodeMoment(manifest))
    await this.#clearAtHand(past)
    return {
      snapshot: manifest.snapshot,
      state: await this.#safety([...needed, ...head.manifest]),
      unchanged: false,
      ...counts,
      bytesSent: this.#sentBytes,
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
    for (const { manifest, epoch } of histories.flatMap(({ ends }) => ends)) {
      // Of another key epoch no chunk has the same name.
      if (manifest === head?.manifest || epoch !== this.#owner.identity.daily.epoch) continue
      await readable(async () => this.#learn(await this.#reader.manifest(manifest)))
    }
    const forgotten = histories.flatMap(({ ends, isRolledBack }) => (isRolledBack && ends.length === 1 ? ends : []))
    if (head === undefined) return { ...nothingKnown(), head, forgotten, history: [], retention: undefined }
    return { ...(await this.#ownPast(head)), forgotten }
  }

  /** Learns the index segments of a snapshot that are not known here yet. */
  async #learn({ indexes }: Manifest): Promise<void> {
    const { state } = this.#owner
    for (const reference of indexes) {
      const known = await state.packsOf(reference.pieces.map(({ chunk }) => chunk))
      if (known.every((pack) => pack !== undefined)) continue
      const learn = async (pack: PackId, chunks: readonly ChunkId[]): Promise<void> => {
        if (!this.#gone.has(pack)) await state.learn(pack, chunks)
      }
      for (const { pack, chunks } of await this.#reader.segments([reference])) await learn(pack, chunks)
      // Last, because knowing the pieces says that what is in them has been learned.
      for (const { pack, chunk } of reference.pieces) await learn(pack, [chunk])
    }
  }

  /** @throws KeeptabError `too-few-shards` when the last manifest is neither remembered nor to be had: its history must not be lost */
  async #ownPast(head: Head): Promise<OwnPast> {
    const remembered = await rememberedOf(this.#owner, head)
    const manifest =
      remembered === undefined ? await this.#reader.manifest(head.manifest) : parseManifest(remembered.bytes)
    const history = [asPast(manifest, head.manifest), ...manifest.history]
    const { retention } = manifest
    // What an ended epoch holds stays there: a snapshot is wholly under keys that no removed device has.
    if (manifest.epoch !== this.#owner.identity.daily.epoch) {
      return { ...nothingKnown(), head, history, retention }
    }
    const scannedAt = remembered?.scannedAt
    // Makes up for a local state that was lost, and does nothing else.
    await readable(() => this.#learn(manifest))
    const read = this.#pastReader(manifest)
    return { head, manifest, read, scannedAt, ...(await this.#indexOf(manifest)), history, retention }
  }

  /** The index segments that can be read, and what they name. The others are left behind: what is used of them is named again. */
  async #indexOf(manifest: Manifest): Promise<Pick<Past, 'indexes' | 'named'>> {
    const needed = new Set(manifest.packs)
    const named = new ChunkIndex()
    const indexes: IndexReference[] = []
    for (const reference of manifest.indexes) {
      if (reference.pieces.some(({ pack }) => this.#gone.has(pack))) continue
      const segment = await this.#segment(reference)
      if (segment === undefined) continue
      indexes.push(reference)
      for (const contents of segment) if (needed.has(contents.pack)) named.add(contents)
    }
    return { indexes, named }
  }

  /** A segment from what is at hand, or else from keepers. */
  async #segment(reference: IndexReference): Promise<PackContents[] | undefined> {
    const parts: Bytes[] = []
    for (const { chunk } of reference.pieces) {
      const bytes = await readable(() => this.#readAtHand(chunk), NOT_AT_HAND)
      if (bytes === undefined) break
      this.#wantedAtHand.add(chunk)
      parts.push(bytes)
    }
    if (parts.length === reference.pieces.length) return parseSegment(concat(...parts))
    return readable(() => this.#reader.segments([reference]))
  }

  /** Packs that an earlier run journaled and did not finish. */
  async #resume(spreader: Spreader): Promise<void> {
    await Promise.all(
      (await this.#owner.state.journaled()).map(async (pack) => {
        if ((await openPackRecord(pack.record)).epoch !== this.#owner.identity.daily.epoch) {
          await this.#owner.state.forget(pack.id)
          return
        }
        try {
          await spreader.spread(pack)
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

  /** Reads a source into a tree; or says that it went away meanwhile. */
  async #source(
    source: Source,
    place: number,
    data: PackWriter,
    meta: PackWriter,
    used: UsedChunks,
    past: Past,
  ): Promise<SnapshotSource | { readonly away: string }> {
    const counts = { files: 0, directories: 0, symlinks: 0, leftOut: 0, bytes: 0 }
    const unread: Notice[] = []
    const onNotice = (notice: Notice) => {
      if (notice.what === 'unreadable' || notice.what === 'last-version') unread.push(notice)
      if (notice.what !== 'ignored' && notice.what !== 'last-version') counts.leftOut += 1
      this.#onEvent({ type: 'notice', notice, source: place })
    }
    const put = async (plain: Bytes): Promise<ChunkId> => {
      const [id] = (await this.#seal(new Blob([plain]), 'tree', meta, used)).chunks
      if (id === undefined) throw new KeeptabError('internal', 'A tree chunk was cut in two.')
      await this.#wantAtHand(id, plain)
      return id
    }
    const root = past.manifest?.sources.find(({ name }) => name === source.name)?.root
    const directories = [new PastDirectory(() => Promise.resolve(root), past.read)]
    const tree = new TreeBuilder(this.#owner.identity.daily.gear, put)
    const keep = this.#keeper(tree, counts, used, past)
    /** What cannot be read stays as the last snapshot has it, as far as that has it. */
    const stay = async (path: string, reason: string, then: readonly Then[], now?: FileNow): Promise<void> => {
      let all = then.length > 0
      for (const entry of then) all = entry !== undefined && (await keep(entry, now)) && all
      onNotice({ path, what: all ? 'last-version' : 'unreadable', detail: reason })
    }
    for await (const step of walk(source, { onNotice, signal: this.#signal })) {
      throwIfAborted(this.#signal)
      const here = directories.at(-1)
      if (here === undefined) throw new KeeptabError('internal', 'A directory was left that was not entered.')
      if (step.at === 'unreadable') {
        const then = step.name === undefined ? await here.all() : [await here.find(step.name)]
        await stay(step.path, step.reason, then)
      } else if (step.at === 'directory') {
        counts.directories += 1
        directories.push(here.within(step.entry.name))
        tree.enter(step.entry.name, step.entry)
      } else if (step.at === 'leave') {
        directories.pop()
        await tree.leave()
      } else if (step.at === 'symlink') {
        counts.symlinks += 1
        tree.symlink(step.entry.name, step.entry.target, step.entry)
      } else {
        const kept = await this.#keptChunks(step, here, used, past)
        const file = kept ?? (await this.#file(step, place, data, used, onNotice))
        if (typeof file === 'string') {
          await stay(step.path, file, [await here.find(step.entry.name)], step.entry)
          continue
        }
        await tree.file(step.entry.name, file.sizeBytes, file.chunks, step.entry)
        const gone = this.#tally.bytesRead(place)
        if (kept !== undefined) this.#tally.kept(new Map([[place, file.sizeBytes]]))
        this.#tally.read(place, kept === undefined ? gone : gone + file.sizeBytes, 1)
        counts.files += 1
        counts.bytes += file.sizeBytes
      }
    }
    const away = unread.length === 0 ? undefined : await whyAway(source)
    return away === undefined
      ? { ...source.meta, name: source.name, way: source.way, root: await tree.finish(), ...counts }
      : { away }
  }

  /** The chunks of a file that is as the last snapshot has it, all of them still kept. `undefined`: it must be read. */
  async #keptChunks(
    { entry }: Extract<Step, { at: 'file' }>,
    directory: PastDirectory,
    used: UsedChunks,
    { scannedAt, read }: Past,
  ): Promise<SealedStream | undefined> {
    if (this.#everyByte || scannedAt === undefined) return undefined
    const then = await directory.find(entry.name)
    if (then?.kind !== 'file' || !isUnchanged(entry, then, scannedAt)) return undefined
    const chunks: ChunkId[] = []
    const isThere = await readable(async () => {
      for await (const chunk of fileChunks(then, read)) chunks.push(chunk)
      return used.addIfKept(chunks)
    })
    return isThere === true ? { chunks, sizeBytes: then.sizeBytes } : undefined
  }

  /** Puts entries of the last snapshot into the tree with all that is in them; `false` when some of it is not kept any more. */
  #keeper(
    tree: TreeBuilder,
    counts: { files: number; directories: number; symlinks: number; bytes: number },
    used: UsedChunks,
    { scannedAt, read }: Past,
  ): (then: TreeEntry, now?: FileNow) => Promise<boolean> {
    const keep = async (then: TreeEntry, now?: FileNow): Promise<boolean> => {
      if (then.kind === 'symlink') {
        tree.symlink(then.name, then.target, then)
        counts.symlinks += 1
        return true
      }
      if (then.kind === 'directory') {
        tree.enter(then.name, then)
        counts.directories += 1
        const isKept = await readable(async () => {
          let all = true
          for await (const inner of readTree(then.ids, read)) all = (await keep(inner)) && all
          return all
        })
        await tree.leave()
        return isKept === true
      }
      const chunks: ChunkId[] = []
      const isKept = await readable(async () => {
        for await (const chunk of fileChunks(then, read)) chunks.push(chunk)
        return used.addIfKept(chunks, true)
      })
      if (isKept !== true) return false
      await tree.file(then.name, then.sizeBytes, chunks, then)
      counts.files += 1
      counts.bytes += then.sizeBytes
      if (scannedAt === undefined || now === undefined || !isUnchanged(now, then, scannedAt)) this.#allRead = false
      return true
    }
    return keep
  }

  /** Reads chunks of the last snapshot's trees: what is at hand, or else from keepers. */
  #pastReader(manifest: Manifest): ReadChunk {
    let indexed: Promise<void> | undefined
    return async (id) => {
      const atHand = await readable(() => this.#readAtHand(id), NOT_AT_HAND)
      if (atHand !== undefined) return atHand
      await (indexed ??= this.#reader.useIndexOf(manifest))
      return this.#reader.chunk(id)
    }
  }

  /** What the last snapshot has of a source, if all of it is still kept. */
  async #carry(source: Source, past: Past, used: UsedChunks): Promise<SnapshotSource | undefined> {
    const last = past.manifest?.sources.find(({ name }) => name === source.name)
    if (last === undefined) return undefined
    const read: ReadChunk = async (id) => {
      const bytes = await past.read(id)
      await this.#wantAtHand(id, bytes)
      return bytes
    }
    const isThere = await readable(async () => {
      for await (const { chunks } of chunksOfTree(last.root, read))
        if (!(await used.addIfKept(chunks, true))) return false
      return true
    })
    return isThere === true ? last : undefined
  }

  /** One file, cut and on its way; or why it could not be read. */
  async #file(
    { entry, path }: Extract<Step, { at: 'file' }>,
    place: number,
    writer: PackWriter,
    used: UsedChunks,
    onNotice: (notice: Notice) => void,
  ): Promise<SealedStream | string> {
    try {
      const readBefore = this.#tally.bytesRead(place)
      const sealed = await this.#seal(await entry.content(), 'file', writer, used, place, (cutBytes) => {
        this.#tally.read(place, readBefore + cutBytes)
      })
      this.#fileBytesRead += sealed.sizeBytes
      // The size in the tree is that of the bytes that were read: a file that grows meanwhile stays whole in itself.
      if (sealed.sizeBytes !== entry.sizeBytes) {
        onNotice({ path, what: 'changed-while-read', detail: `${entry.sizeBytes} bytes became ${sealed.sizeBytes}` })
      }
      return sealed
    } catch (thrown) {
      if (codeOf(thrown) !== 'source-unreadable') throw thrown
      return detailOf(thrown)
    }
  }

  async #wantAtHand(id: ChunkId, plain: Bytes): Promise<void> {
    if (this.#wantedAtHand.has(id)) return
    this.#wantedAtHand.add(id)
    if (this.#foundAtHand.has(id)) return
    this.#newAtHand.set(id, plain)
    this.#newAtHandBytes += plain.length
    if (this.#newAtHandBytes > AT_HAND_BATCH_BYTES) await this.#layAtHand()
  }

  async #layAtHand(): Promise<void> {
    const chunks = this.#newAtHand
    this.#newAtHand = new Map()
    this.#newAtHandBytes = 0
    if (chunks.size > 0) await this.#owner.state.layAtHand(chunks)
  }

  /** What only past snapshots have goes on to where those are looked through; indexes are of no use there. */
  async #clearAtHand({ indexes }: Past): Promise<void> {
    const trees = this.#trees
    const ofIndexes = new Set(indexes.flatMap(({ pieces }) => pieces.map(({ chunk }) => chunk)))
    const onLeaving: OnLeaving | undefined =
      trees && ((chunks) => trees.keepChunks(new Map([...chunks].filter(([id]) => !ofIndexes.has(id)))))
    await this.#owner.state.onlyAtHand(this.#wantedAtHand, onLeaving)
  }

  async #seal(
    stream: ByteStream,
    kind: 'file' | 'tree',
    writer: PackWriter,
    used: UsedChunks,
    place = 0,
    onCut: (cutBytes: ByteCount) => void = () => undefined,
  ): Promise<SealedStream> {
    let cutBefore = 0
    /** Of the chunks that were asked about last, those that are packed, and how many bytes all of them have. */
    let asked: { packs: (PackId | 'open' | undefined)[]; bytes: ByteCount } = { packs: [], bytes: 0 }
    const countKnown = (freshBytes: ByteCount) => {
      if (kind === 'file' && asked.bytes > freshBytes) writer.countKnown(asked.packs, place, asked.bytes - freshBytes)
    }
    const sealed = await this.#owner.sealerOf(this.#owner.identity.daily).seal(stream, kind, {
      known: async (chunks, cutBytes) => {
        asked = { packs: await writer.packsOf(chunks), bytes: cutBytes - cutBefore }
        cutBefore = cutBytes
        onCut(cutBytes)
        const known = asked.packs.map((pack) => pack !== undefined)
        if (!known.includes(false)) countKnown(0)
        return known
      },
      emit: async (chunks) => {
        countKnown(chunks.reduce((sum, { plainLength }) => sum + plainLength, 0))
        await writer.add(chunks, place)
      },
      signal: this.#signal,
    })
    await used.add(sealed.chunks)
    return sealed
  }

  /** The index of the new packs, merged with the last few segments where that keeps their number small. */
  async #index(meta: PackWriter, past: Past, contents: readonly PackContents[]): Promise<IndexReference[]> {
    if (contents.length === 0) return [...past.indexes]
    const taken = takenIn(past.indexes, contents)
    const old = taken.length === 0 ? [] : await readable(() => this.#reader.segments(taken))
    if (old !== undefined)
      for (const { pieces } of taken) for (const { chunk } of pieces) this.#wantedAtHand.delete(chunk)
    // Segments that cannot be read now stay as they are; they are merged another time.
    const stay = old === undefined ? past.indexes : past.indexes.slice(0, past.indexes.length - taken.length)
    const keep = this.#wantAtHand.bind(this)
    const written = await writeSegments(this.#owner.identity.daily, meta, [...(old ?? []), ...contents], keep)
    return [...stay, ...written]
  }

  /** What was condemned and no snapshot of this device needs is not relied on (protocol.md, decision 5). */
  async #avoidCondemned({ manifest }: Past): Promise<void> {
    const { packs } = await this.#owner.coordinator.condemned()
    const needed = new Set(manifest?.packs)
    this.#state.avoid(new Set(packs.map(({ pack }) => pack).filter((pack) => !needed.has(pack))))
  }

  /** So that what is in these packs is sent again. */
  async #forget(packs: readonly PackId[]): Promise<undefined> {
    for (const pack of packs) {
      this.#gone.add(pack)
      await this.#owner.state.forget(pack)
    }
  }

  /** Packs that nobody is sure to bring back: not known to the coordinator, no code word, or fewer than k of its shards count. */
  async #lost(packs: readonly PackId[], away: ReadonlySet<PackId> = new Set()): Promise<PackId[]> {
    const located = new Map((await this.#owner.coordinator.locatePacks(packs)).map((pack) => [pack.pack, pack]))
    const lost: PackId[] = []
    for (const pack of packs) {
      const place = located.get(pack)
      const held = new Set(place?.holders.filter(({ beside }) => !beside).map(({ index }) => index)).size
      if (place === undefined) lost.push(pack)
      // What was made again in this run and is the same was none: whoever said so lied. What cannot be made again now stays.
      else if (place.spoilt && !this.#gone.has(pack) && !away.has(pack)) lost.push(pack)
      else if (held < place.happy && held < (await openPackRecord(place.record)).k) lost.push(pack)
    }
    return lost
  }

  async #safety(packs: readonly PackId[]): Promise<BackupResult['state']> {
    const located = await this.#owner.coordinator.locatePacks(packs)
    const happy = located.filter(({ happiness, happy: wanted }) => happiness >= wanted)
    return happy.length === packs.length ? 'safe' : 'spreading'
  }

  get #sentBytes(): ByteCount {
    return this.#owner.transport.counted.sentBytes - this.#sentBefore
  }
}

/** What the newest snapshot of this device says, for the next one. */
interface OwnPast {
  readonly head: Head | undefined
  readonly manifest: Manifest | undefined
  /** Reads chunks of its trees: what is at hand, or else from keepers. */
  readonly read: ReadChunk
  /** When the scan for it began, if this device knows. */
  readonly scannedAt: Millis | undefined
  readonly indexes: readonly IndexReference[]
  /** Which chunks those index segments name, and in which packs. */
  readonly named: ChunkIndex
  readonly history: Manifest['history']
  readonly retention: Manifest['retention']
}

interface Past extends OwnPast {
  /** The newest heads of devices, of any, that the coordinator does not tell. */
  readonly forgotten: readonly Head[]
}

/** Of a snapshot there is not, or none that anything may be named from. */
const nothingKnown = () => ({
  manifest: undefined,
  read: () => Promise.reject(new KeeptabError('not-found', 'There is no last snapshot.')),
  scannedAt: undefined,
  indexes: [],
  named: new ChunkIndex(),
})

/** What `read` gives, or `undefined` when the old snapshot cannot be read now: a backup must not wait for that. */
const readable = <T>(read: () => Promise<T>, unreadable = UNREADABLE): Promise<T | undefined> =>
  absentOn(unreadable, read)

/** Chunks at hand are a convenience: one that is gone or damaged is done without. */
const NOT_AT_HAND: readonly ErrorCode[] = ['not-found', 'malformed']

/** Why a source cannot be listed any more; `undefined` when it can. */
async function whyAway({ root }: Source): Promise<string | undefined> {
  try {
    await root.list()
    return undefined
  } catch (thrown) {
    if (codeOf(thrown) !== 'source-unreadable') throw thrown
    return detailOf(thrown)
  }
}

const sameSources = (past: Manifest, sources: readonly SnapshotSource[]): boolean =>
  past.sources.length === sources.length &&
  past.sources.every((then, i) => {
    const now = sources[i]
    return now !== undefined && equal(then.root, now.root) && factsOf(then) === factsOf(now)
  })

const factsOf = ({ name, way, files, directories, symlinks, leftOut, bytes, modifiedMicros, mode }: SnapshotSource) =>
  JSON.stringify([name, way, files, directories, symlinks, leftOut, bytes, modifiedMicros, mode])
