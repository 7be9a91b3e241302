/**
 * Re-coding: what was coded while the network was small moves to the code that it earns now, the weakest packs
 * first. Only an owner can, because only it can sign roots. The chunks go into new packs as they are sealed, so nothing of
 * the format is touched: a list that named the old packs is written again and names the new ones.
 *
 * What another device of the account has moved already is not moved again: its packs are named instead (moved-chunks.ts).
 *
 * Order of writes: new shards, their records, the list of which chunk is where, lists of past snapshots, the newest list,
 * and last of all the head. Until then every list names the old packs, and they stay for as long as any list of any device
 * names them, and for the 30 days of everything that is condemned. A kill leaves at most packs that no list names, which
 * go as all such packs do, and the next time begins with what is left.
 */
import type { Bytes } from '../core/bytes.ts'
import { throwIfAborted } from '../core/errors.ts'
import type { ChunkId, PackId, SnapshotId } from '../core/ids.ts'
import { KEEPER_PATIENCE_MS } from '../backup/backup.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import {
  asAbsent,
  collectGarbage,
  ownManifest,
  pastManifest,
  readersOf,
  rewrite,
  type Readers,
  type RetentionOptions,
} from '../backup/retention.ts'
import type { Source } from '../backup/source.ts'
import { ownRecord } from '../backup/own-record.ts'
import { Spreader } from '../backup/spread.ts'
import { takenIn, writeManifest, writeSegments } from '../backup/write-lists.ts'
import { LOCATE_PACKS, type OwnPack } from '../protocol/coordinator-messages.ts'
import { openHead } from '../protocol/records.ts'
import { encodeManifest, type IndexReference, type Manifest, type PastSnapshot } from '../snapshot/manifest.ts'
import { MovedChunks } from './moved-chunks.ts'
import { PackMove } from './pack-move.ts'
import { inEpoch } from './past-epoch.ts'

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
  /** Ended key epochs of which lists name weak packs. */
  readonly epochs: ReadonlySet<number>
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
  if (!groups.some((group) => isWeaker(group.code, code))) return 0
  const weak = await inTurn(
    self,
    await weakerThan(
      self,
      code,
      groups.map((group) => group.code),
    ),
  )
  const { manifest } = await ownManifest(self, options)
  const passes = async (writer: OwnerContext): Promise<PassResult> => {
    const known = new MovedChunks(writer, code.k, new Set(weak), options)
    const run = (some: readonly PackId[]) => new Pass(self, writer, sources, known, options).run(some)
    const first = await run(weak)
    let { moved, left } = first
    while (left.length > 0) {
      const pass = await run(left)
      moved += pass.moved
      left = pass.left
    }
    return { ...first, moved }
  }
  const first = await passes(self)
  let { moved } = first
  for (const epoch of first.epochs) {
    const writer = await inEpoch(self, epoch, manifest)
    if (writer !== undefined) moved += (await passes(writer)).moved
  }
  // Also for packs that have moved before, and were too young then to be condemned.
  if (moved > 0 || (await isAnyLeft(self, first.unnamed))) await collectGarbage(self, options)
  return moved
}

/** Fewer shards that are enough; or as many, and fewer in all, as of the lean code where keepers no longer stay long enough for it. */
const isWeaker = (code: Code, than: Code): boolean => code.k < than.k || (code.k === than.k && code.n < than.n)

interface Code {
  readonly k: number
  readonly n: number
}

/** Packs of a weaker code. How many shards one has in all its record says, and it is asked for only where codes differ in that. */
async function weakerThan(owner: OwnerContext, code: Code, codes: readonly Code[]): Promise<OwnPack[]> {
  const packs = await owner.coordinator.ownPacks()
  const weaker = packs.filter(({ k }) => k < code.k)
  if (!codes.some((one) => one.k === code.k && isWeaker(one, code))) return weaker
  const alike = new Map(packs.filter(({ k }) => k === code.k).map((one) => [one.pack, one]))
  const ids = [...alike.keys()]
  for (let i = 0; i < ids.length; i += LOCATE_PACKS) {
    for (const located of await owner.coordinator.locatePacks(ids.slice(i, i + LOCATE_PACKS))) {
      const one = alike.get(located.pack)
      if (one !== undefined && isWeaker(await ownRecord(owner, located), code)) weaker.push(one)
    }
  }
  return weaker
}

/**
 * The weakest first, and of those the oldest; every second device of the account begins with the newest. So two that move
 * at the same time meet once, instead of doing everything twice.
 */
async function inTurn({ coordinator, identity }: OwnerContext, packs: readonly OwnPack[]): Promise<PackId[]> {
  const heads = await Promise.all((await coordinator.heads()).map(openHead))
  const devices = heads.filter(({ epoch }) => epoch === identity.daily.epoch).map(({ device }) => device)
  const turn = devices.sort().indexOf(identity.device) % 2 === 1 ? -1 : 1
  return [...packs]
    .sort((a, b) => a.k - b.k || turn * ((a.committedAt ?? 0) - (b.committedAt ?? 0)))
    .map(({ pack }) => pack)
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
  /** The same device in the key epoch of what this pass moves. */
  readonly #writer: OwnerContext
  readonly #options: RetentionOptions
  readonly #signal: AbortSignal | undefined
  readonly #readers: Readers
  readonly #known: MovedChunks
  readonly #move: PackMove

  constructor(
    owner: OwnerContext,
    writer: OwnerContext,
    sources: readonly Source[],
    known: MovedChunks,
    options: RetentionOptions,
  ) {
    this.#owner = owner
    this.#writer = writer
    this.#options = options
    this.#signal = options.signal
    this.#readers = readersOf(owner, options)
    this.#known = known
    const spreader = spreaderOf(writer, options)
    this.#move = new PackMove(writer, sources, spreader, this.#readers.whole, known, options.signal)
  }

  /** @param weak in the order of urgency. @returns none `left` when no list that can be read names any of them */
  async run(weak: readonly PackId[]): Promise<PassResult> {
    const { head, manifest, histories } = await ownManifest(this.#owner, this.#options)
    const { epoch } = this.#writer.identity.daily
    const nothing: PassResult = { moved: 0, left: [], unnamed: [], epochs: new Set() }
    if (manifest.epoch !== this.#owner.identity.daily.epoch) return nothing // the next backup moves on from it
    const isNow = epoch === manifest.epoch
    const readable = await this.#pastLists(manifest.history, weak)
    const past = readable.filter((list) => list.epoch === epoch)
    const named = new Set([...(isNow ? manifest.packs : []), ...past.flatMap(({ packs }) => packs)])
    const isWeak = new Set(weak)
    const isWeakList = ({ past }: PastList) => past.manifest.some((pack) => isWeak.has(pack))
    const ofNow = isNow ? head.manifest.filter((pack) => isWeak.has(pack)) : []
    const ofLists = [...ofNow, ...past.flatMap((list) => list.past.manifest.filter((pack) => isWeak.has(pack)))]
    const wanted = weak.filter((pack) => named.has(pack))
    const { tried, records } = await this.#move.choose(wanted)
    const others = readable.flatMap(({ past, packs }) => [...past.manifest, ...packs])
    const listed = new Set([
      ...head.manifest,
      ...manifest.packs,
      ...manifest.history.flatMap((one) => one.manifest),
      ...others,
    ])
    const unnamed = weak.filter((pack) => !listed.has(pack))
    const ended = readable.filter((list) => list.epoch < manifest.epoch && (isWeakList(list) || list.packs.length > 0))
    const epochs = new Set(ended.map((list) => list.epoch))
    if (tried.length === 0 && ofLists.length === 0) return { ...nothing, unnamed, epochs }

    if (records.length > 0) await this.#known.lookInto(histories)
    await this.#move.run(records)
    const { replaced } = this.#move
    const reference = await this.#index(isNow ? manifest.indexes : [])
    const lists = new Map<SnapshotId, readonly PackId[]>()
    for (const one of past) {
      if (!isWeakList(one) && !one.packs.some((pack) => replaced.has(pack))) continue
      const list = await this.#pastList(one.past)
      if (list === undefined) continue
      const bytes = encodeManifest(this.#over(list, reference))
      lists.set(one.past.snapshot, await writeManifest(this.#writer.identity.daily, this.#move.writers.manifest, bytes))
    }
    const done = new Set([...tried, ...ofLists])
    const pass = { moved: replaced.size, left: wanted.filter((pack) => !done.has(pack)), unnamed, epochs }
    if (pass.moved === 0 && lists.size === 0 && ofNow.length === 0) return pass
    // Before the head: what a backup relies on from now on is kept whether the head is written or not.
    const { needed } = this.#move
    if (isNow) {
      for (const pack of replaced) await this.#owner.state.forget(pack)
      for (const { pack, chunks } of needed) await this.#owner.state.learn(pack, chunks)
    }
    const listOf = (one: PastSnapshot): PastSnapshot => ({ ...one, manifest: lists.get(one.snapshot) ?? one.manifest })
    const change = (newest: Manifest): Manifest => ({
      ...(isNow ? this.#over(newest, reference) : newest),
      history: newest.history.map(listOf),
    })
    await rewrite(
      this.#owner,
      this.#options,
      change,
      needed.map(({ pack }) => pack),
    )
    return pass
  }

  /** Lists of past snapshots, those that can be read now; the others keep what they name. */
  async #pastLists(history: readonly PastSnapshot[], weak: readonly PackId[]): Promise<PastList[]> {
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
    return await pastManifest(this.#readers.sparing, past).catch(asAbsent(this.#signal))
  }

  /** What the new packs hold, written as a backup writes it. */
  async #index(indexes: readonly IndexReference[]): Promise<NewIndex> {
    const { contents, replaced, writers } = this.#move
    if (contents.length === 0) return { taken: new Set(), references: [] }
    const taken = takenIn(indexes, contents)
    const old = await this.#readers.whole.segments(taken).catch(asAbsent(this.#signal))
    const stay = (old ?? []).filter(({ pack }) => !replaced.has(pack))
    const pieces = new Map<ChunkId, Bytes>()
    const { daily } = this.#writer.identity
    const references = await writeSegments(daily, writers.index, [...stay, ...contents], (id, plain) => {
      pieces.set(id, plain)
      return Promise.resolve()
    })
    await this.#owner.state.layAtHand(pieces)
    return { taken: new Set(old === undefined ? [] : taken.map(nameOf)), references }
  }

  /** The same list over the new packs. */
  #over(manifest: Manifest, { taken, references }: NewIndex): Manifest {
    const { replaced } = this.#move
    if (!manifest.packs.some((pack) => replaced.has(pack))) return manifest
    const stay = manifest.indexes.filter((reference) => !taken.has(nameOf(reference)))
    const indexes = [
      ...stay.map(({ chunks, pieces }) => ({
        chunks,
        pieces: pieces.map(({ chunk, pack }) => ({ chunk, pack: this.#move.placeOf(chunk, pack) })),
      })),
      ...references,
    ]
    const packs = manifest.packs.flatMap((pack) => this.#move.placesOf(pack))
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
