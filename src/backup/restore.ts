/** Restoring: from words and a coordinator to verified bytes in a folder or a ZIP, whoever of the keepers is gone. */
import type { Bytes } from '../core/bytes.ts'
import { codeOf, KeeptabError, messageOf, throwIfAborted, toPlain, type ErrorCode } from '../core/errors.ts'
import type { ChunkId, PackId, SnapshotId } from '../core/ids.ts'
import type { ByteCount } from '../core/units.ts'
import { keysOf } from '../identity/keys.ts'
import type { FileSealer } from '../snapshot/file-sealer.ts'
import { chunkIdsIn } from '../snapshot/id-list.ts'
import type { Manifest } from '../snapshot/manifest.ts'
import { sourceEntry } from '../snapshot/path-finder.ts'
import { fileChunks, readTree } from '../snapshot/tree.ts'
import { displayName, type FileEntry, type TreeEntry } from '../snapshot/tree-entry.ts'
import type { Notice, RestoreResult } from './events.ts'
import type { OwnerContext } from './owner-context.ts'
import type { SnapshotReader } from './snapshot-reader.ts'
import {
  findSnapshots,
  hasCome,
  patiently,
  readerFor,
  survivable,
  type FoundSnapshot,
  type RestoreOptions,
} from './snapshots.ts'
import type { Different, RestoreTarget, Standing, TargetBefore } from './target.ts'

/** Packs gathered ahead of the file that is being written. */
const PACKS_AHEAD = 3
/** Entries looked at to find them. */
const ENTRIES_AHEAD = 512

const awaited = new Set<ErrorCode>(['too-few-shards', 'coordinator-unreachable'])

/** One line of the listing of a snapshot, depth first. */
export interface ListedEntry {
  readonly path: string
  readonly kind: TreeEntry['kind']
  readonly sizeBytes: number
  readonly modifiedMicros: number | undefined
  readonly mode: number | undefined
}

/** Everything in a snapshot. @throws KeeptabError `snapshot-unknown`, `too-few-shards` */
export async function* listTree(
  owner: OwnerContext,
  snapshot: SnapshotId | FoundSnapshot,
  options: RestoreOptions = {},
): AsyncGenerator<ListedEntry> {
  const { reader, manifest } = await openSnapshot(owner, snapshot, options)
  for await (const { path, entry } of steps(
    reader,
    manifest,
    () => true,
    ({ thrown }) => {
      throw thrown
    },
  )) {
    if (entry === undefined) continue
    const sizeBytes = entry.kind === 'file' ? entry.sizeBytes : 0
    const mode = entry.kind === 'symlink' ? undefined : entry.mode
    yield { path, kind: entry.kind, sizeBytes, modifiedMicros: entry.modifiedMicros, mode }
  }
}

export interface TargetOptions extends RestoreOptions {
  /**
   * Called before anything is written, when something different stands where it would be.
   * @returns where to write: the same target, once it was told that it may replace, or another one, which is looked at too.
   *   What it throws ends the restore.
   */
  readonly onDifferent?: (different: Different) => Promise<RestoreTarget>
}

const refuseDifferent = ({ count, example }: Different): never => {
  throw new KeeptabError('target-differs', example, { count, path: example })
}

/**
 * Brings back a snapshot, or the named paths of it with all that is in them.
 * What cannot be brought back is listed in the result and does not stop the rest.
 * @param paths as `listTree` shows them; `undefined` for everything
 * @throws KeeptabError `too-few-shards` when not even the list of files can be read, or when not one file came back;
 *   `path-unknown`; `snapshot-unknown`; `target-differs` when something else is in the place of it and `onDifferent` is absent;
 *   `target-refused` when the target as a whole refuses; `aborted`
 */
export async function restore(
  owner: OwnerContext,
  snapshot: SnapshotId | FoundSnapshot,
  paths: readonly string[] | undefined,
  target: RestoreTarget,
  options: TargetOptions = {},
): Promise<RestoreResult> {
  const opened = await openSnapshot(owner, snapshot, options)
  const sealer = owner.sealerOf(keysOf(owner.identity, opened.manifest.epoch))
  return restoreOpened(opened, paths, target, options, sealer)
}

/** A snapshot whose manifest is read and whose chunks its reader can find. */
export interface OpenedSnapshot {
  readonly reader: SnapshotReader
  readonly manifest: Manifest
}

/**
 * As `restore`, for whoever brings back several parts of one snapshot, one after the other.
 * @param sealer of the epoch of the snapshot: cuts what the target has already, so that what is equal is not read again
 */
export async function restoreOpened(
  { reader, manifest }: OpenedSnapshot,
  paths: readonly string[] | undefined,
  to: RestoreTarget,
  options: TargetOptions,
  sealer?: FileSealer,
): Promise<RestoreResult> {
  const onEvent = options.onEvent ?? (() => undefined)
  const chosen = chooser(paths)
  const survive = (thrown: unknown) => {
    if (options.signal?.aborted || !survivable.has(codeOf(thrown))) throw thrown
  }
  /** Whether it may be another time, and there is patience for that. */
  const mayCome = (thrown: unknown): boolean =>
    options.signal?.aborted !== true && options.patience?.aborted === false && awaited.has(codeOf(thrown))
  const missing: Notice[] = []
  let firstMiss: unknown
  const miss = ({ path, thrown }: Pick<Miss, 'path' | 'thrown'>) => {
    const error = { ...toPlain(thrown), stack: undefined }
    const notice: Notice = { path, what: 'refused', detail: messageOf(thrown), error }
    firstMiss ??= thrown
    missing.push(notice)
    onEvent({ type: 'notice', notice })
  }

  const unread = new Set<string>()
  const done = { filesDone: 0, bytesDone: 0 }
  /** Files that an earlier restore has left in the target, as they should be: their raw paths. */
  const there = new Set<string>()
  const isThere = (rawPath: string) => there.has(rawPath)
  let different: Different = { count: 0, example: '' }
  const differs = (path: string) => {
    different = { count: different.count + 1, example: different.count === 0 ? path : different.example }
  }
  /** @param rest what is left to do; everything when absent */
  const count = (before?: TargetBefore, rest?: Rest) => {
    unread.clear()
    const missed = ({ path, thrown }: Miss) => {
      if (!mayCome(thrown)) survive(thrown)
      unread.add(path) // the walk below says so, in order
    }
    const all = steps(reader, manifest, chosen.wants, missed, rest, isThere)
    const look = (files: number, bytes: ByteCount) => {
      throwIfAborted(options.signal)
      if (before !== undefined) onEvent({ type: 'comparing', files, bytes })
    }
    return measure(all, before, look, async ({ path, rawPath, entry }, standing, onBytes) => {
      if (standing === 'different' || entry?.kind !== 'file') differs(path)
      else if (await isOf(entry, standing, reader, sealer, options, onBytes)) {
        there.add(rawPath)
        done.filesDone += 1
        done.bytesDone += entry.sizeBytes
      } else if (standing.size > 0) differs(path)
    })
  }
  let target = to
  let totals = await count(target.before?.())
  const isKnown = (path: string) => chosen.matched.has(path) || outerPaths(path).some((outer) => unread.has(outer))
  const unmatched = paths?.find((path) => !isKnown(clean(path)))
  if (unmatched !== undefined) throw new KeeptabError('path-unknown', unmatched, { path: unmatched })
  while (different.count > 0) {
    const into = await (options.onDifferent ?? refuseDifferent)(different)
    throwIfAborted(options.signal)
    if (into === target) break
    target = into
    different = { count: 0, example: '' }
    there.clear()
    done.filesDone = done.bytesDone = 0
    totals = await count(target.before?.())
  }
  const progress = () => {
    onEvent({ type: 'progress', ...done, ...totals })
  }
  progress()

  /** @returns what too few keepers had, while it may be waited for */
  const walk = async (rest?: Rest): Promise<readonly Miss[]> => {
    const later: Miss[] = []
    if (rest !== undefined) target.again()
    const meet = (missed: Miss) => {
      if (mayCome(missed.thrown)) {
        later.push(missed)
        return
      }
      survive(missed.thrown)
      miss(missed)
    }
    const all = steps(reader, manifest, chosen.wants, meet, rest, isThere)
    for await (const { path, rawPath, entry, isBack, packs, ahead } of lookAhead(all, reader)) {
      throwIfAborted(options.signal)
      for (const pack of ahead) reader.prefetch(pack)
      const { bytesDone } = done
      try {
        if (entry === undefined) await target.leaveDirectory()
        else if (isBack) target.skip(entry.name)
        else if (entry.kind === 'directory') await target.enterDirectory(entry.name, entry)
        else if (entry.kind === 'symlink') await target.symlink(entry.name, entry.target, entry)
        else {
          // Rather than bring a part of it for nothing; its name counts all the same.
          await reader.recall(packs).catch((thrown: unknown) => {
            target.skip(entry.name)
            throw thrown
          })
          const content = counted(fileBytes(reader, entry), (bytes) => {
            done.bytesDone += bytes
            progress()
          })
          await target.file(entry.name, entry.sizeBytes, entry, content)
          done.filesDone += 1
          progress()
        }
      } catch (thrown) {
        done.bytesDone = bytesDone
        meet({ path, rawPath, thrown, left: { from: 0, inside: new Map() } })
      }
    }
    return later
  }
  let later = await walk()
  const wasAway = () => later.some(({ thrown }) => codeOf(thrown) === 'coordinator-unreachable')
  while (later.length > 0 && (await hasCome(reader, options, later.length, wasAway()))) {
    const rest = restOf(later)
    if (unread.size > 0) {
      totals = await count()
      await count(target.before?.(), rest) // what differs is refused
    }
    later = await walk(rest)
  }
  for (const missed of later) miss(missed)
  // What seemed to lie in a list that could not be read may not be in it.
  for (const path of paths ?? []) {
    if (!isKnown(clean(path))) miss({ path, thrown: new KeeptabError('path-unknown', path, { path }) })
  }
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- passed on as it came
  if (done.filesDone === 0 && firstMiss !== undefined) throw firstMiss
  await target.finish()
  return { snapshot: manifest.snapshot, files: done.filesDone, bytes: done.bytesDone, missing }
}

async function openSnapshot(
  owner: OwnerContext,
  snapshot: SnapshotId | FoundSnapshot,
  options: RestoreOptions,
): Promise<OpenedSnapshot> {
  const found = typeof snapshot === 'string' ? await findSnapshot(owner, snapshot, options) : snapshot
  const reader = readerFor(owner, options)
  return patiently(reader, options, async () => {
    const manifest = await reader.manifest(found.manifest)
    await reader.useIndexOf(manifest)
    return { reader, manifest }
  })
}

async function findSnapshot(owner: OwnerContext, id: SnapshotId, options: RestoreOptions): Promise<FoundSnapshot> {
  const found = (await findSnapshots(owner, options)).find(({ summary }) => summary.id === id)
  if (found === undefined) throw new KeeptabError('snapshot-unknown', undefined, { snapshot: id })
  return found
}

/** One step of the way back, depth first; without an entry the directory entered last is left. */
interface Step {
  readonly path: string
  /** The same, one character for each byte: names that are no text may be shown alike. */
  readonly rawPath: string
  readonly entry: TreeEntry | undefined
  /** The target has it, from a walk before or from an earlier restore. */
  readonly isBack: boolean
}

/** What is left of an entry after a walk: what it lists from a place on, and what is left inside of what comes before, by raw name. */
interface Rest {
  from: number
  readonly inside: Map<string, Rest>
}

const nothingLeft = (): Rest => ({ from: Infinity, inside: new Map() })

/** What a walk could not bring back, and what is left of it. */
interface Miss {
  readonly path: string
  readonly rawPath: string
  readonly thrown: unknown
  readonly left: Rest
}

/** What is left of a snapshot. */
function restOf(misses: readonly Miss[]): Rest {
  const top = nothingLeft()
  for (const { rawPath, left } of misses) {
    let at = top
    for (const name of rawPath.split('/')) {
      const inside = at.inside.get(name) ?? nothingLeft()
      at.inside.set(name, inside)
      at = inside
    }
    at.from = left.from
    for (const [name, inside] of left.inside) at.inside.set(name, inside)
  }
  return top
}

/**
 * Walks a snapshot. Each source is a directory of its own name. A directory whose list cannot be read is missed.
 * @param rest what is left to do; everything when absent
 * @param isThere whether a file, by its raw path, is in the target already
 */
async function* steps(
  reader: SnapshotReader,
  manifest: Manifest,
  wants: (path: string) => boolean,
  miss: (missed: Miss) => void,
  rest?: Rest,
  isThere: (rawPath: string) => boolean = () => false,
): AsyncGenerator<Step> {
  const entries = manifest.sources.map((source) => sourceEntry(source))
  yield* walkList(reader, entries, { path: '', rawPath: '' }, wants, miss, rest, isThere)
}

const within = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`)

async function* walkList(
  reader: SnapshotReader,
  list: Iterable<TreeEntry> | AsyncIterable<TreeEntry>,
  place: Pick<Step, 'path' | 'rawPath'>,
  wants: (path: string) => boolean,
  miss: (missed: Miss) => void,
  rest: Rest | undefined,
  isThere: (rawPath: string) => boolean,
): AsyncGenerator<Step> {
  let at = 0
  const left = new Map(rest?.inside)
  try {
    for await (const entry of list) {
      const rawName = String.fromCharCode(...entry.name)
      const path = within(place.path, displayName(entry.name))
      const rawPath = within(place.rawPath, rawName)
      const isBefore = rest !== undefined && at < rest.from
      const inside = left.get(rawName)
      left.delete(rawName)
      at += 1
      if (!wants(path)) continue
      if ((isBefore && inside === undefined) || isThere(rawPath)) {
        yield { path, rawPath, entry, isBack: true }
        continue
      }
      yield { path, rawPath, entry, isBack: false }
      if (entry.kind !== 'directory') continue
      const children = readTree(entry.ids, (id) => reader.chunk(id))
      yield* walkList(reader, children, { path, rawPath }, wants, miss, inside, isThere)
      yield { path, rawPath, entry: undefined, isBack: false }
    }
  } catch (thrown) {
    miss({ ...place, thrown, left: { from: Math.max(at, rest?.from ?? 0), inside: left } })
  }
}

/**
 * Counts what was chosen, so that progress has an end.
 * @param onLook hears how much was looked at
 * @param onMet hears of each entry in whose place something is already, and says how much of it it has read
 */
async function measure(
  all: AsyncIterable<Step>,
  before: TargetBefore | undefined,
  onLook: (files: number, bytes: ByteCount) => void,
  onMet: (step: Step, standing: 'different' | Blob, onBytes: (bytes: ByteCount) => void) => Promise<void>,
): Promise<{ filesTotal: number; bytesTotal: number }> {
  let [filesTotal, bytesTotal] = [0, 0]
  onLook(0, 0)
  for await (const step of all) {
    const { entry } = step
    const standing = before && (await standingAt(before, step))
    if (standing !== undefined && standing !== 'nothing') {
      await onMet(step, standing, (bytes) => onLook(filesTotal, bytesTotal + bytes))
    }
    if (entry?.kind !== 'file') continue
    filesTotal += 1
    bytesTotal += entry.sizeBytes
    onLook(filesTotal, bytesTotal)
  }
  return { filesTotal, bytesTotal }
}

function standingAt(before: TargetBefore, { entry, isBack }: Step): Promise<Standing | Blob> | undefined {
  if (entry === undefined) before.leaveDirectory()
  else if (isBack) before.skip(entry.name)
  else if (entry.kind === 'directory') return before.enterDirectory(entry.name)
  else if (entry.kind === 'symlink') return before.symlink(entry.name, entry.target)
  else return before.file(entry.name, entry.sizeBytes, entry)
  return undefined
}

/** Whether these bytes are cut into the chunks of the file. */
async function isOf(
  entry: FileEntry,
  blob: Blob,
  reader: SnapshotReader,
  sealer: FileSealer | undefined,
  { signal, pause }: RestoreOptions,
  onBytes: (bytes: ByteCount) => void,
): Promise<boolean> {
  if (sealer === undefined || blob.size !== entry.sizeBytes) return false
  const expected = fileChunks(entry, (chunk) => reader.chunk(chunk))
  let isSame = true as boolean
  try {
    await sealer.seal(blob, 'file', {
      known: async (chunks, cutBytes) => {
        await pause?.over(signal)
        onBytes(cutBytes)
        for (const chunk of chunks) isSame &&= (await expected.next()).value === chunk
        return chunks.map(() => true)
      },
      emit: () => Promise.resolve(),
      signal,
    })
    return isSame && (await expected.next()).done === true
  } catch (thrown) {
    throwIfAborted(signal)
    if (codeOf(thrown) === 'internal') throw thrown
    return false // read anew, which says what is wrong
  }
}

interface Chooser {
  readonly wants: (path: string) => boolean
  /** Chosen paths that were met. */
  readonly matched: ReadonlySet<string>
}

/** A path is wanted when it is chosen, lies in what is chosen, or leads to it. */
function chooser(paths: readonly string[] | undefined): Chooser {
  const chosen = new Set(paths?.map(clean))
  const leading = new Set([...chosen].flatMap(outerPaths))
  const matched = new Set<string>()
  return {
    matched,
    wants: (path) => {
      if (paths === undefined) return true
      if (chosen.has(path)) matched.add(path)
      return chosen.has(path) || leading.has(path) || outerPaths(path).some((outer) => chosen.has(outer))
    },
  }
}

/** Every directory on the way to a path, from the top. */
function outerPaths(path: string): string[] {
  const outer: string[] = []
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) outer.push(path.slice(0, at))
  return outer
}

const clean = (path: string): string => path.replace(/^\.?\/+|\/+$/g, '')

/** A step, the packs that it needs, and those that it and the steps after it will need first. */
interface Prepared extends Step {
  readonly packs: readonly PackId[]
  readonly ahead: readonly PackId[]
}

async function* lookAhead(source: AsyncGenerator<Step>, reader: SnapshotReader): AsyncGenerator<Prepared> {
  const queue: { step: Step; packs: readonly PackId[] }[] = []
  // A file that is not begun needs none of its packs, and what has been kept of them stays where it is.
  const needed = (some: typeof queue): PackId[] => [
    ...new Set(some.flatMap(({ packs }) => (reader.misses(packs) ? [] : packs))),
  ]
  let ended = false
  for (;;) {
    while (!ended && queue.length < ENTRIES_AHEAD && needed(queue).length <= PACKS_AHEAD) {
      const next = await source.next()
      if (next.done === true) ended = true
      else queue.push({ step: next.value, packs: packsOf(next.value, reader) })
    }
    const first = queue.shift()
    if (first === undefined) return
    yield { ...first.step, packs: first.packs, ahead: needed([first, ...queue]).slice(0, PACKS_AHEAD) }
  }
}

/**
 * The packs of a file, in order. Nothing for one whose chunk list is itself in chunks: it is read as it comes; nor for one
 * that is back.
 */
function packsOf({ entry, isBack }: Step, reader: SnapshotReader): PackId[] {
  if (entry?.kind !== 'file' || entry.indirect || isBack) return []
  try {
    return [...new Set(chunkIdsIn(entry.ids).map((chunk) => reader.packOf(chunk)))]
  } catch {
    return [] // said when the file itself is read
  }
}

/** The verified bytes of a file, chunk by chunk. @throws KeeptabError `malformed` when they are not as many as signed for */
async function* fileBytes(reader: SnapshotReader, entry: FileEntry): AsyncGenerator<Bytes> {
  const read = (chunk: ChunkId) => reader.chunk(chunk)
  let sizeBytes = 0
  for await (const chunk of fileChunks(entry, read)) {
    const bytes = await read(chunk)
    sizeBytes += bytes.length
    yield bytes
  }
  if (sizeBytes !== entry.sizeBytes) throw new KeeptabError('malformed', 'A file has another length than was recorded.')
}

async function* counted(content: AsyncIterable<Bytes>, onBytes: (count: number) => void): AsyncGenerator<Bytes> {
  for await (const bytes of content) {
    yield bytes
    onBytes(bytes.length)
  }
}
