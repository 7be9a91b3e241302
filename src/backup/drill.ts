/**
 * The restore drill: a sample of what is kept is brought back from nothing, by the code that restores from words, and
 * thrown away. It has the daily branch of keys and a coordinator, as whoever typed the words would, and an empty memory:
 * nothing that this device remembers can stand in for what is gone.
 *
 * Every head, the list of snapshots of every device, and record and placement of the packs (all of a small backup,
 * `PACKS_CHECKED` of a large one) are looked at each time, because they cost little. Of contents a sample of
 * `DRILL_BYTES` is drawn (draw.ts). Damage that strikes a share of packs is found with the chance
 * 1 − (1 − share)^packs read; `docs/decisions.md` has the numbers.
 */
import type { Bytes } from '../core/bytes.ts'
import type { Random } from '../core/clock.ts'
import { codeOf, detailOf, KeeptabError, throwIfAborted, type ErrorCode } from '../core/errors.ts'
import type { ChunkId, DeviceId, PackId, SnapshotId } from '../core/ids.ts'
import { MiB, type ByteCount, type Millis } from '../core/units.ts'
import type { ErasureCodec } from '../erasure/erasure-codec.ts'
import { keysOf } from '../identity/keys.ts'
import type { LocatedPack } from '../protocol/coordinator-messages.ts'
import { openHead } from '../protocol/records.ts'
import type { SnapshotSource } from '../snapshot/manifest.ts'
import { fileChunks } from '../snapshot/tree.ts'
import type { FileEntry } from '../snapshot/tree-entry.ts'
import type { OwnerState } from '../store/owner-state.ts'
import { drawFiles, findFiles, shuffled, type DrawnFile } from './draw.ts'
import type { HeadEvent, RestoreEvent } from './events.ts'
import { newestHeads, type DeviceHeads } from './heads.ts'
import { ownRecord } from './own-record.ts'
import type { OwnerContext } from './owner-context.ts'
import { restoreOpened, type OpenedSnapshot } from './restore.ts'
import { newestFirst, readerFor, snapshotsOf, type FoundSnapshot, type RestoreOptions } from './snapshots.ts'
import type { RestoreTarget } from './target.ts'

/** A drill begins nothing new once so many bytes of shards were used; what it has begun it ends. */
const DRILL_BYTES: ByteCount = 128 * MiB
/** Packs whose record and placement are looked at, about 7 KB each at (16,48). */
const PACKS_CHECKED = 1024
const FILES_A_SOURCE = 32
/** Of a longer file only some chunks in a row are read, wherever in it they lie. */
const LONG_FILE_BYTES: ByteCount = 4 * MiB
const CHUNKS_IN_A_ROW = 8
/** What is wrong with one backup may be wrong with all of its packs: more is not listed. */
const MOST_FAILURES = 100

/** What could not be had, from the top of a restore to its bottom. */
export type DrillStage = 'head' | 'manifest' | 'record' | 'placement' | 'index' | 'tree' | 'content'

export interface DrillFailure {
  readonly stage: DrillStage
  readonly code: ErrorCode
  readonly detail: string
  /** Whose backup; absent where it is not known. */
  readonly device?: DeviceId | undefined
  /** Absent where it is all of that device. */
  readonly source?: string | undefined
  readonly path?: string | undefined
  readonly pack?: PackId | undefined
  /** Nothing is known to be lost: those of its keepers that were not there may have what is missing. */
  readonly away: boolean
}

/** One source in one snapshot, of which something was drawn. */
export interface DrilledSource {
  readonly device: DeviceId
  readonly snapshot: SnapshotId
  readonly name: string
  /** Brought back and compared; of a long file the part that was read. */
  readonly files: number
  readonly bytes: ByteCount
  /** All that was drawn of it came back, and nothing is known to be wrong with what its device has backed up. */
  readonly proven: boolean
}

export interface DrillReport {
  readonly endedAt: Millis
  readonly sources: readonly DrilledSource[]
  /** Sources of newest snapshots whose turn did not come this time. */
  readonly sourcesLeft: number
  readonly files: number
  readonly bytes: ByteCount
  /** Packs whose record and placement were looked at, of how many, and those that were rebuilt. */
  readonly packsChecked: number
  readonly packs: number
  readonly packsRead: number
  /** Shard bytes that were used: what the drill has cost, but for what keepers sent in vain. */
  readonly bytesRead: ByteCount
  /** Empty: the drill has proven what it drew. The first hundred. */
  readonly failures: readonly DrillFailure[]
}

export interface DrillOptions extends RestoreOptions {
  /** Draws the sample; the owner's when left out. */
  readonly random?: Random
  readonly budgetBytes?: ByteCount
  /** What failed the last time: looked at again whatever is drawn, so that a lucky draw does not pass for a cure. */
  readonly again?: readonly Pick<DrillFailure, 'device' | 'source' | 'path' | 'pack'>[]
  readonly onProgress?: (done: { readonly files: number; readonly bytesRead: ByteCount }) => void
}

/**
 * Runs a drill to its end. What does not come back is in the report.
 * @param emptyState a memory in which nothing is; the sandbox's alone, and of no use afterwards
 * @throws KeeptabError `nothing-to-restore` when this account has no backup; `coordinator-unreachable`,
 *   `too-many-requests`, `device-revoked`, `epoch-behind`, `aborted`: then nothing is proven and nothing is wrong
 */
export async function drill(
  owner: OwnerContext,
  emptyState: OwnerState,
  options: DrillOptions = {},
): Promise<DrillReport> {
  await owner.follow?.()
  return new Drill(owner, emptyState, options).run()
}

/** Says nothing about what is kept: the drill itself cannot go on. */
const NO_FINDING: ReadonlySet<ErrorCode> = new Set([
  'aborted',
  'coordinator-unreachable',
  'too-many-requests',
  'not-signed-in',
  'device-revoked',
  'store-failed',
  'internal',
])

/** Where in a restore something happens. */
type Where = Pick<DrillFailure, 'stage' | 'device' | 'source' | 'path' | 'pack'>

class Drill {
  readonly #owner: OwnerContext
  readonly #options: DrillOptions
  readonly #sandbox: OwnerContext
  readonly #random: Random
  readonly #sources: Omit<DrilledSource, 'proven'>[] = []
  readonly #failures: DrillFailure[] = []
  /** Whose each pack is, of those that a drawn snapshot or any list of snapshots needs. */
  readonly #packs = new Map<PackId, DeviceId>()
  #packsChecked = 0
  #sourcesLeft = 0
  #cost = { packs: 0, bytes: 0 }
  #files = 0

  constructor(owner: OwnerContext, state: OwnerState, options: DrillOptions) {
    const { identity, coordinator, transport, sealerOf, clock, random } = owner
    this.#owner = owner
    this.#options = options
    this.#random = options.random ?? random
    const codec = counting(owner.codec, (bytes) => {
      this.#cost = { packs: this.#cost.packs + 1, bytes: this.#cost.bytes + bytes }
      this.#progress()
    })
    this.#sandbox = { identity, coordinator, transport, codec, state, sealerOf, clock, random }
  }

  async run(): Promise<DrillReport> {
    const found = await this.#listed(await this.#heads())
    for (const { manifest, summary } of found) this.#need(manifest, summary.device)
    const drawn = this.#drawSnapshots(found)
    for (const [i, snapshot] of drawn.entries()) {
      await this.#prove(snapshot, this.#share(drawn.length - i))
    }
    await this.#checkPacks()
    const failures = this.#failures
    const isWrong = (device: DeviceId, name: string) =>
      failures.some((one) => (one.device ?? device) === device && (one.source ?? name) === name)
    return {
      endedAt: this.#owner.clock.now(),
      sources: this.#sources.map((one) => ({ ...one, proven: !isWrong(one.device, one.name) })),
      sourcesLeft: this.#sourcesLeft,
      files: this.#files,
      bytes: this.#sources.reduce((sum, { bytes }) => sum + bytes, 0),
      packsChecked: this.#packsChecked,
      packs: this.#packs.size,
      packsRead: this.#cost.packs,
      bytesRead: this.#cost.bytes,
      failures,
    }
  }

  // ---- heads and lists

  async #heads(): Promise<readonly DeviceHeads[]> {
    const ask = async () => {
      const told: HeadEvent[] = []
      const histories = await newestHeads(this.#sandbox, (event) => void told.push(event), this.#options.signal)
      return { told, histories }
    }
    let heads = await this.#at({ stage: 'head' }, ask)
    // Another device may have published between the two questions; then the second answer is whole.
    if (heads?.told.some(({ type }) => type === 'rolled-back')) heads = await this.#at({ stage: 'head' }, ask)
    if (heads === undefined) return []
    for (const event of heads.told) {
      this.#options.onEvent?.(event)
      if (event.type === 'head-refused') this.#fail({ stage: 'head' }, new KeeptabError(event.code))
      else {
        const code = event.type === 'forked' ? 'head-forked' : 'head-rolled-back'
        this.#fail({ stage: 'head', device: event.device }, new KeeptabError(code))
      }
    }
    await this.#compareWithMemory(heads.histories)
    return heads.histories
  }

  /** The one thing that this device's memory is asked, once the heads are here: whether they are all. */
  async #compareWithMemory(histories: readonly DeviceHeads[]): Promise<void> {
    const { state, identity } = this.#owner
    const pinned = await Promise.all((await state.pinnedHeads()).map(openHead))
    const own = pinned.find(({ account, device }) => account === identity.account && device === identity.device)
    if (own === undefined && histories.length === 0) throw new KeeptabError('nothing-to-restore')
    const newest = histories.find(({ device }) => device === identity.device)?.ends[0]?.sequence ?? 0
    if (own !== undefined && newest < own.sequence) {
      const code = histories.length === 0 ? 'nothing-to-restore' : 'head-rolled-back'
      this.#fail({ stage: 'head', device: own.device }, new KeeptabError(code))
    }
  }

  async #listed(histories: readonly DeviceHeads[]): Promise<FoundSnapshot[]> {
    const found: FoundSnapshot[] = []
    for (const history of histories) {
      const { device } = history
      const listed = await this.#at({ stage: 'manifest', device }, () =>
        snapshotsOf(this.#sandbox, [history], this.#reading()),
      )
      found.push(...(listed ?? []))
    }
    return found.sort(newestFirst)
  }

  // ---- what is drawn

  /** The newest snapshot of each device, and one of all that are older. */
  #drawSnapshots(found: readonly FoundSnapshot[]): FoundSnapshot[] {
    const newest = found.filter(
      ({ summary }, i) => found.findIndex((other) => other.summary.device === summary.device) === i,
    )
    const [older] = shuffled(
      found.filter((one) => !newest.includes(one)),
      this.#random,
    )
    return shuffled([...newest, ...(older ? [older] : [])], this.#random)
  }

  /** The cost at which one of so many that are left has had its part. */
  #share(left: number, until = this.#options.budgetBytes ?? DRILL_BYTES): ByteCount {
    return this.#cost.bytes + (until - this.#cost.bytes) / left
  }

  async #prove({ summary, manifest: lies }: FoundSnapshot, until: ByteCount): Promise<void> {
    const { device } = summary
    if (this.#cost.bytes >= until) {
      this.#sourcesLeft += summary.sources.length
      return
    }
    const reader = readerFor(this.#sandbox, this.#reading())
    const manifest = await this.#at({ stage: 'manifest', device }, async () => {
      const read = await reader.manifest(lies)
      if (read.snapshot === summary.id) return read
      throw new KeeptabError('malformed', 'The list of a snapshot is that of another one.')
    })
    if (manifest === undefined) return
    this.#need(manifest.packs, device)
    const indexed = await this.#at({ stage: 'index', device }, async () => {
      await reader.useIndexOf(manifest)
      return true
    })
    if (indexed === undefined) return
    const drawn = shuffled(manifest.sources, this.#random)
    const isAgain = ({ name }: SnapshotSource) => this.#again(device, name).length > 0
    const sources = [...drawn.filter(isAgain), ...drawn.filter((source) => !isAgain(source))]
    for (const [i, source] of sources.entries()) {
      const share = this.#share(sources.length - i, until)
      if (this.#cost.bytes < share) await this.#proveSource({ reader, manifest }, source, device, share)
      else this.#sourcesLeft += 1
    }
  }

  async #proveSource(
    opened: OpenedSnapshot,
    source: SnapshotSource,
    device: DeviceId,
    until: ByteCount,
  ): Promise<void> {
    const { name } = source
    const { reader, manifest } = opened
    const read = (chunk: ChunkId): Promise<Bytes> => reader.chunk(chunk)
    const again = this.#again(device, name)
    const files = await this.#at({ stage: 'tree', device, source: name }, async () => [
      ...(await findFiles(source, read, again)),
      ...(await drawFiles(source, read, FILES_A_SOURCE, this.#random)),
    ])
    if (files === undefined) return
    const done = { files: 0, bytes: 0 }
    for (const [i, file] of files.entries()) {
      if (i > 0 && i >= again.length && this.#cost.bytes >= until) break
      const bytes = await this.#at({ stage: 'content', device, source: name, path: file.path }, () =>
        file.entry.sizeBytes > LONG_FILE_BYTES ? this.#readPart(opened, file.entry) : this.#bringBack(opened, file),
      )
      if (bytes === undefined) continue
      done.files += 1
      done.bytes += bytes
      this.#files += 1
      this.#progress()
    }
    this.#sources.push({ device, snapshot: manifest.snapshot, name, ...done })
  }

  /** Paths of a source that did not come back the last time. */
  #again(device: DeviceId, name: string): readonly string[] {
    const struck = (this.#options.again ?? []).filter((one) => one.device === device && one.source === name)
    return struck.flatMap(({ path }) => path ?? [])
  }

  /** A whole file into the sandbox. @returns its bytes */
  async #bringBack(opened: OpenedSnapshot, { path, entry }: DrawnFile): Promise<ByteCount> {
    const target = emptySandbox()
    const { files } = await restoreOpened(opened, [path], target, this.#reading())
    if (files === 0 || target.sizes().some((size) => size.said !== size.met)) {
      throw new KeeptabError('malformed', 'A file did not come back as it was recorded.')
    }
    return entry.sizeBytes
  }

  /** Some chunks in a row, each checked against its name. @returns their bytes */
  async #readPart({ reader }: OpenedSnapshot, entry: FileEntry): Promise<ByteCount> {
    const read = (chunk: ChunkId): Promise<Bytes> => reader.chunk(chunk)
    let row: ChunkId[] = []
    let met = 0
    for await (const chunk of fileChunks(entry, read)) {
      // Each place so far is where the row begins with the same chance.
      if (this.#random.fraction() * (met += 1) < 1) row = []
      if (row.length < CHUNKS_IN_A_ROW) row.push(chunk)
    }
    let bytes = 0
    for (const chunk of row) bytes += (await read(chunk)).length
    if (bytes > entry.sizeBytes) throw new KeeptabError('malformed', 'A file has another length than was recorded.')
    return bytes
  }

  // ---- packs

  #need(packs: readonly PackId[], device: DeviceId): void {
    for (const pack of packs) this.#packs.set(pack, device)
  }

  async #checkPacks(): Promise<void> {
    const again = (this.#options.again ?? []).flatMap(({ pack }) => (pack && this.#packs.has(pack) ? pack : []))
    const all = [...again, ...shuffled([...this.#packs.keys()], this.#random)]
    const chosen = [...new Set(all)].slice(0, PACKS_CHECKED)
    if (chosen.length === 0) return
    const located = new Map((await this.#sandbox.coordinator.locatePacks(chosen)).map((one) => [one.pack, one]))
    this.#packsChecked = chosen.length
    for (const pack of chosen) {
      throwIfAborted(this.#options.signal)
      const device = this.#packs.get(pack)
      const needed = await this.#at({ stage: 'record', device, pack }, () => this.#checkRecord(located.get(pack)))
      const counted = located.get(pack)?.holders.filter(({ beside }) => !beside)
      const listed = new Set(counted?.map(({ index }) => index)).size
      if (needed === undefined || listed >= needed) continue
      this.#fail(
        { stage: 'placement', device, pack },
        new KeeptabError('too-few-shards', undefined, { needed, listed }),
      )
    }
  }

  /** As whoever gathers the pack looks at its record. @returns how many shards it needs */
  async #checkRecord(located: LocatedPack | undefined): Promise<number> {
    if (located === undefined) throw new KeeptabError('not-found')
    const record = await ownRecord(this.#sandbox, located)
    keysOf(this.#sandbox.identity, record.epoch)
    return record.k
  }

  // ---- what is said

  #reading(): RestoreOptions {
    const { signal, onEvent } = this.#options
    const told = (event: RestoreEvent) => {
      if (event.type === 'keeper-trouble' || event.type === 'waiting') onEvent?.(event)
    }
    return { ...(signal && { signal }), onEvent: told }
  }

  #progress(): void {
    this.#options.onProgress?.({ files: this.#files, bytesRead: this.#cost.bytes })
  }

  /** What the work returns; `undefined` when it has failed, which is noted. */
  async #at<T>(where: Where, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (thrown) {
      throwIfAborted(this.#options.signal)
      if (NO_FINDING.has(codeOf(thrown))) throw thrown
      this.#fail(where, thrown)
      return undefined
    }
  }

  #fail(where: Where, thrown: unknown): void {
    if (this.#failures.length === MOST_FAILURES) return
    this.#failures.push({ ...where, code: codeOf(thrown), detail: detailOf(thrown), away: isAway(thrown) })
  }
}

/** Whether those keepers that did not answer could make up for what was missing. */
function isAway(thrown: unknown): boolean {
  if (codeOf(thrown) !== 'too-few-shards') return false
  const { needed, reachable, away } = (thrown as Partial<KeeptabError>).data ?? {}
  return Number(reachable) + Number(away) >= Number(needed)
}

/** The same codec; hears of the shard bytes that went into each pack it rebuilds. */
const counting = (codec: ErasureCodec, onBytes: (bytes: ByteCount) => void): ErasureCodec => ({
  encode: (...args) => codec.encode(...args),
  rebuild: (...args) => codec.rebuild(...args),
  decode(code, shards, options) {
    onBytes(shards.reduce((sum, { bytes }) => sum + bytes.length, 0))
    return codec.decode(code, shards, options)
  },
})

/** Takes what a restore brings, counts it and keeps nothing. */
function emptySandbox(): RestoreTarget & { readonly sizes: () => readonly { said: ByteCount; met: ByteCount }[] } {
  const sizes: { said: ByteCount; met: ByteCount }[] = []
  const nothing = () => Promise.resolve()
  return {
    sizes: () => sizes,
    enterDirectory: nothing,
    leaveDirectory: nothing,
    symlink: nothing,
    again: () => undefined,
    skip: () => undefined,
    finish: nothing,
    async file(_name, said, _meta, content) {
      let met = 0
      for await (const bytes of content) met += bytes.length
      sizes.push({ said, met })
    },
  }
}
