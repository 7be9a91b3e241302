/**
 * Re-coding: what was coded while the network was small moves to the code that it earns now, the weakest and oldest packs
 * first. Only an owner can, because only it can sign roots. The chunks go into new packs as they are sealed, so nothing of
 * the format is touched: a list that named the old packs is written again and names the new ones.
 *
 * Order of writes: new shards, their records, the list of which chunk is where, lists of past snapshots, the newest list,
 * and last of all the head. Until then every list names the old packs, and they stay for as long as any list of any device
 * names them, and for the 30 days of everything that is condemned. A kill leaves at most packs that no list names, which
 * go as all such packs do, and the next time begins with what is left.
 */
import { concat, type Bytes } from '../core/bytes.ts'
import { throwIfAborted } from '../core/errors.ts'
import type { ChunkId, PackId, SnapshotId } from '../core/ids.ts'
import { MiB, type ByteCount } from '../core/units.ts'
import { KEEPER_PATIENCE_MS } from '../backup/backup.ts'
import { Gatherer } from '../backup/gather.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import { ownRecord } from '../backup/own-record.ts'
import { PackWriter } from '../backup/pack-writer.ts'
import {
  asAbsent,
  collectGarbage,
  ownManifest,
  pastManifest,
  readersOf,
  rewrite,
  type RetentionOptions,
} from '../backup/retention.ts'
import type { SnapshotReader } from '../backup/snapshot-reader.ts'
import type { Source } from '../backup/source.ts'
import { Spreader } from '../backup/spread.ts'
import { takenIn, writeManifest, writeSegments } from '../backup/write-lists.ts'
import type { LocatedPack } from '../protocol/coordinator-messages.ts'
import type { PackRecord } from '../protocol/records.ts'
import type { PackContents } from '../snapshot/chunk-index.ts'
import { encodeManifest, type IndexReference, type Manifest, type PastSnapshot } from '../snapshot/manifest.ts'
import { openPack, sealedSpan } from '../snapshot/pack.ts'
import type { ChunkKind } from '../snapshot/seal.ts'
import { SourcePacks } from './source-packs.ts'

/** Sealed bytes that are moved before lists and head are written for them. */
const PASS_BYTES: ByteCount = 64 * MiB
/** Packs located with one question, and made again from the source at once. */
const BATCH = 4

/** What is kept of a past manifest: each has a history of its own, and all of them would not fit into memory. */
interface PastList {
  readonly past: PastSnapshot
  readonly epoch: number
  /** Weak ones that it names. */
  readonly packs: readonly PackId[]
}

interface PassResult {
  readonly moved: number
  /** Packs for the next pass. Those that were tried and have not moved are none of them. */
  readonly left: readonly PackId[]
  /** Weak packs that no list of this device names. */
  readonly unnamed: readonly PackId[]
}

/**
 * Moves all packs that lists of this device name to the code of the network, if that is a stronger one.
 * @returns how many packs have moved
 * @throws KeeptabError as `backup` and `rewrite`
 */
export async function recode(
  owner: OwnerContext,
  sources: readonly Source[],
  options: RetentionOptions = {},
): Promise<number> {
  await owner.follow?.()
  const self = { ...owner } // one key epoch
  const { groups } = await self.coordinator.health()
  if (groups.length === 0) return 0
  const { code } = await spreaderOf(self, options).openGroup()
  if (groups.every((group) => group.code.k >= code.k)) return 0
  const weak = (await self.coordinator.ownPacks())
    .filter(({ k }) => k < code.k)
    .sort((a, b) => a.k - b.k || (a.committedAt ?? 0) - (b.committedAt ?? 0))
    .map(({ pack }) => pack)
  const run = (some: readonly PackId[]) => new Pass(self, sources, options).run(some)
  const first = await run(weak)
  let { moved, left } = first
  while (left.length > 0) {
    const pass = await run(left)
    moved += pass.moved
    left = pass.left
  }
  // Also for packs that have moved before, and were too young then to be condemned.
  if (moved > 0 || (await isAnyLeft(self, first.unnamed))) await collectGarbage(self, options)
  return moved
}

/** Whether some of these packs are not condemned. */
async function isAnyLeft({ coordinator }: OwnerContext, packs: readonly PackId[]): Promise<boolean> {
  if (packs.length === 0) return false
  const condemned = new Set((await coordinator.condemned()).packs.map(({ pack }) => pack))
  return packs.some((pack) => !condemned.has(pack))
}

const spreaderOf = (owner: OwnerContext, { patienceMs, signal }: RetentionOptions): Spreader =>
  new Spreader(owner, nobody, patienceMs ?? KEEPER_PATIENCE_MS, signal)

/** So much as goes with one head. */
class Pass {
  readonly #owner: OwnerContext
  readonly #sources: readonly Source[]
  readonly #options: RetentionOptions
  readonly #signal: AbortSignal | undefined
  readonly #lists: SnapshotReader
  /** Packs hold chunks of one kind each, as those of a backup do. */
  readonly #writers: Readonly<Record<ChunkKind, PackWriter>>
  /** Old packs, and what was in them. */
  readonly #replaced = new Map<PackId, readonly ChunkId[]>()
  /** Where chunks are now. */
  readonly #moved = new Map<ChunkId, PackId>()

  constructor(owner: OwnerContext, sources: readonly Source[], options: RetentionOptions) {
    this.#owner = owner
    this.#sources = sources
    this.#options = options
    this.#signal = options.signal
    this.#lists = readersOf(owner, options).sparing
    const spreader = spreaderOf(owner, options)
    const writer = () => new PackWriter(owner, spreader, { onKept: nobody, onMoved: nobody }, options.signal)
    this.#writers = { file: writer(), tree: writer(), index: writer(), manifest: writer() }
  }

  /** @param weak in the order of urgency. @returns none `left` when no list that can be read names any of them */
  async run(weak: readonly PackId[]): Promise<PassResult> {
    const { head, manifest } = await ownManifest(this.#owner, this.#options)
    const { epoch } = this.#owner.identity.daily
    if (manifest.epoch !== epoch) return { moved: 0, left: [], unnamed: [] } // the next backup moves on from it
    const readable = await this.#pastLists(manifest, weak)
    const past = readable.filter((list) => list.epoch === epoch)
    const named = new Set([...manifest.packs, ...past.flatMap(({ packs }) => packs)])
    const isWeak = new Set(weak)
    const ofLists = [head.manifest, ...past.map((list) => list.past.manifest)].flat().filter((pack) => isWeak.has(pack))
    const wanted = weak.filter((pack) => named.has(pack))
    const { tried, located } = await this.#chosen(wanted)
    const others = readable.flatMap(({ packs }) => packs)
    const listed = new Set([...head.manifest, ...manifest.history.flatMap((one) => one.manifest), ...others])
    const unnamed = weak.filter((pack) => !named.has(pack) && !listed.has(pack))
    if (tried.length === 0 && ofLists.length === 0) return { moved: 0, left: [], unnamed }

    await this.#move(located)
    const reference = await this.#index(manifest)
    const lists = new Map<SnapshotId, readonly PackId[]>()
    for (const one of past) {
      const isOld = one.past.manifest.some((pack) => isWeak.has(pack))
      if (!isOld && !one.packs.some((pack) => this.#replaced.has(pack))) continue
      const list = await this.#pastList(one.past)
      if (list === undefined) continue
      const bytes = encodeManifest(this.#over(list, reference))
      lists.set(one.past.snapshot, await writeManifest(this.#owner.identity.daily, this.#writers.manifest, bytes))
    }
    const done = new Set([...tried, ...ofLists])
    const pass = { moved: this.#replaced.size, left: wanted.filter((pack) => !done.has(pack)), unnamed }
    if (pass.moved === 0 && lists.size === 0 && !head.manifest.some((pack) => isWeak.has(pack))) return pass
    // Before the head: what a backup relies on from now on is kept whether the head is written or not.
    for (const pack of this.#replaced.keys()) await this.#owner.state.forget(pack)
    for (const { pack, chunks } of this.#written) await this.#owner.state.learn(pack, chunks)
    const change = (newest: Manifest): Manifest => ({
      ...this.#over(newest, reference),
      history: newest.history.map((one) => ({ ...one, manifest: lists.get(one.snapshot) ?? one.manifest })),
    })
    await rewrite(
      this.#owner,
      this.#options,
      change,
      this.#written.map(({ pack }) => pack),
    )
    return pass
  }

  get #written(): PackContents[] {
    return Object.values(this.#writers).flatMap(({ written }) => written)
  }

  /** Lists of past snapshots, those that can be read now; the others keep what they name. */
  async #pastLists({ history }: Manifest, weak: readonly PackId[]): Promise<PastList[]> {
    const lists: PastList[] = []
    for (const past of history) {
      const manifest = await this.#pastList(past)
      if (manifest === undefined) continue
      const named = new Set(manifest.packs)
      lists.push({ past, epoch: manifest.epoch, packs: weak.filter((pack) => named.has(pack)) })
    }
    return lists
  }

  async #pastList(past: PastSnapshot): Promise<Manifest | undefined> {
    throwIfAborted(this.#signal)
    return await pastManifest(this.#lists, past).catch(asAbsent(this.#signal))
  }

  /** The first of these packs, as many as go with one head. */
  async #chosen(packs: readonly PackId[]): Promise<{
    readonly tried: readonly PackId[]
    readonly located: readonly (LocatedPack & { opened: PackRecord })[]
  }> {
    const tried: PackId[] = []
    const located: (LocatedPack & { opened: PackRecord })[] = []
    for (let i = 0, bytes = 0; i < packs.length && bytes < PASS_BYTES; i += BATCH) {
      const some = packs.slice(i, i + BATCH)
      tried.push(...some)
      for (const one of await this.#owner.coordinator.locatePacks(some)) {
        const opened = await ownRecord(this.#owner, one)
        if (opened.epoch !== this.#owner.identity.daily.epoch) continue
        bytes += opened.k * opened.shardBytes
        located.push({ ...one, opened })
      }
    }
    return { tried, located }
  }

  /** The chunks of these packs into new ones. A pack that cannot be had now stays as it is. */
  async #move(located: readonly (LocatedPack & { opened: PackRecord })[]): Promise<void> {
    const gatherer = new Gatherer(this.#owner, nobody, 0)
    const packs = await SourcePacks.open(this.#owner, this.#sources, this.#signal)
    const here = (await packs?.here(new Set(located.map(({ pack }) => pack)))) ?? new Set()
    for (let i = 0; i < located.length; i += BATCH) {
      const batch = located.slice(i, i + BATCH)
      const made = new Map<PackId, Bytes>()
      const wanted = batch.filter(({ pack }) => here.has(pack)).map(({ opened }) => opened)
      if (packs !== undefined && wanted.length > 0)
        for await (const { id, shards } of packs.make(wanted)) {
          const record = wanted.find((one) => one.id === id)
          if (record !== undefined && shards !== undefined) made.set(id, concat(...shards.slice(0, record.k)))
        }
      for (const one of batch) {
        const bytes =
          made.get(one.pack) ?? (await gatherer.gather(one, undefined, this.#signal).catch(asAbsent(this.#signal)))
        if (bytes !== undefined) await this.#moveOne(one.pack, bytes)
      }
    }
    for (const writer of Object.values(this.#writers)) await writer.finish()
    for (const { pack, chunks } of this.#written) for (const chunk of chunks) this.#moved.set(chunk, pack)
  }

  async #moveOne(pack: PackId, bytes: Bytes): Promise<void> {
    const entries = await openPack(this.#owner.identity.daily, bytes)
    for (const entry of entries) {
      const { from, to } = sealedSpan(entry)
      await this.#writers[entry.kind].add([{ ...entry, sealed: bytes.slice(from, to) }])
    }
    this.#replaced.set(
      pack,
      entries.map(({ id }) => id),
    )
  }

  /** What the new packs hold, written as a backup writes it. */
  async #index({ indexes }: Manifest): Promise<NewIndex> {
    const contents = [...this.#writers.file.written, ...this.#writers.tree.written]
    if (contents.length === 0) return { taken: new Set(), references: [] }
    const { whole } = readersOf(this.#owner, this.#options)
    const taken = takenIn(indexes, contents)
    const old = await whole.segments(taken).catch(asAbsent(this.#signal))
    const stay = (old ?? []).filter(({ pack }) => !this.#replaced.has(pack))
    const pieces = new Map<ChunkId, Bytes>()
    const { daily } = this.#owner.identity
    const references = await writeSegments(daily, this.#writers.index, [...stay, ...contents], (id, plain) => {
      pieces.set(id, plain)
      return Promise.resolve()
    })
    await this.#owner.state.layAtHand(pieces)
    return { taken: new Set(old === undefined ? [] : taken.map(nameOf)), references }
  }

  /** The same list over the new packs. */
  #over(manifest: Manifest, { taken, references }: NewIndex): Manifest {
    if (!manifest.packs.some((pack) => this.#replaced.has(pack))) return manifest
    const stay = manifest.indexes.filter((reference) => !taken.has(nameOf(reference)))
    const indexes = [
      ...stay.map(({ chunks, pieces }) => ({
        chunks,
        pieces: pieces.map(({ chunk, pack }) => ({
          chunk,
          pack: this.#replaced.has(pack) ? (this.#moved.get(chunk) ?? pack) : pack,
        })),
      })),
      ...references,
    ]
    const packs = manifest.packs.flatMap((pack) => {
      const chunks = this.#replaced.get(pack)
      return chunks === undefined ? [pack] : chunks.map((chunk) => this.#moved.get(chunk) ?? pack)
    })
    for (const { pieces } of references) packs.push(...pieces.map(({ pack }) => pack))
    return { ...manifest, indexes, packs: [...new Set(packs)].sort() }
  }
}

interface NewIndex {
  /** Names of the segments that went into the new ones. */
  readonly taken: ReadonlySet<string>
  readonly references: readonly IndexReference[]
}

const nameOf = ({ pieces }: IndexReference): string => pieces.map(({ chunk }) => chunk).join()

const nobody = (): void => undefined
