/** Restoring: from words and a coordinator to verified bytes in a folder or a ZIP, whoever of the keepers is gone. */
import { utf8, type Bytes } from '../core/bytes.ts'
import { codeOf, KeeptabError, messageOf, throwIfAborted } from '../core/errors.ts'
import type { ChunkId, DeviceId, PackId, SnapshotId } from '../core/ids.ts'
import { chunkIdsIn } from '../snapshot/id-list.ts'
import { asPast, type Manifest } from '../snapshot/manifest.ts'
import { fileChunks, readTree } from '../snapshot/tree.ts'
import type { FileEntry, TreeEntry } from '../snapshot/tree-entry.ts'
import type { Notice, RestoreEvent, RestoreResult, SnapshotSummary } from './events.ts'
import { newestHeads } from './heads.ts'
import type { OwnerContext } from './owner-context.ts'
import { displayName } from './scan.ts'
import { SnapshotReader } from './snapshot-reader.ts'
import type { RestoreTarget } from './target.ts'

export interface RestoreOptions {
  readonly signal?: AbortSignal
  readonly onEvent?: (event: RestoreEvent) => void
}

/** Packs gathered ahead of the file that is being written. */
const PACKS_AHEAD = 3
/** Entries looked at to find them. */
const ENTRIES_AHEAD = 512

/** One line of the listing of a snapshot, depth first. */
export interface ListedEntry {
  readonly path: string
  readonly kind: TreeEntry['kind']
  readonly sizeBytes: number
  readonly modifiedMicros: number | undefined
  readonly mode: number | undefined
}

/**
 * All snapshots of all devices of the account, newest first.
 * Of a device whose history is forked those of both ends are listed; what only one of them has is `disputed`.
 * @throws KeeptabError `nothing-to-restore`; `too-few-shards` when no device's list can be read
 */
export async function listSnapshots(owner: OwnerContext, options: RestoreOptions = {}): Promise<SnapshotSummary[]> {
  return (await findSnapshots(owner, options)).map(({ summary }) => summary)
}

/** Everything in a snapshot. @throws KeeptabError `snapshot-unknown`, `too-few-shards` */
export async function* listTree(
  owner: OwnerContext,
  snapshot: SnapshotId,
  options: RestoreOptions = {},
): AsyncGenerator<ListedEntry> {
  const { reader, manifest } = await openSnapshot(owner, snapshot, options)
  for await (const { path, entry } of steps(
    reader,
    manifest,
    () => true,
    () => undefined,
  )) {
    if (entry === undefined) continue
    const sizeBytes = entry.kind === 'file' ? entry.sizeBytes : 0
    const mode = entry.kind === 'symlink' ? undefined : entry.mode
    yield { path, kind: entry.kind, sizeBytes, modifiedMicros: entry.modifiedMicros, mode }
  }
}

/**
 * Brings back a snapshot, or the named paths of it with all that is in them.
 * What cannot be brought back is listed in the result and does not stop the rest.
 * @param paths as `listTree` shows them; `undefined` for everything
 * @throws KeeptabError `too-few-shards` when not even the list of files can be read, or when not one file came back;
 *   `path-unknown`; `snapshot-unknown`; `target-refused` when the target as a whole refuses; `aborted`
 */
export async function restore(
  owner: OwnerContext,
  snapshot: SnapshotId,
  paths: readonly string[] | undefined,
  target: RestoreTarget,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  const { reader, manifest } = await openSnapshot(owner, snapshot, options)
  const onEvent = options.onEvent ?? (() => undefined)
  const chosen = chooser(paths)
  const missing: Notice[] = []
  const miss = (path: string, thrown: unknown) => {
    if (options.signal?.aborted || !survivable.has(codeOf(thrown))) throw thrown
    const notice: Notice = { path, what: 'refused', detail: messageOf(thrown) }
    firstMiss ??= thrown
    missing.push(notice)
    onEvent({ type: 'notice', notice })
  }
  let firstMiss: unknown

  const totals = await measure(reader, manifest, chosen, miss)
  const unmatched = paths?.find((path) => !chosen.matched.has(clean(path)))
  if (unmatched !== undefined) throw new KeeptabError('path-unknown', unmatched, { path: unmatched })
  missing.length = 0 // the walk below says it again, in order
  const done = { filesDone: 0, bytesDone: 0 }
  const progress = () => {
    onEvent({ type: 'progress', ...done, ...totals })
  }
  progress()

  for await (const { path, entry, ahead } of lookAhead(steps(reader, manifest, chosen.wants, miss), reader)) {
    throwIfAborted(options.signal)
    for (const pack of ahead) reader.prefetch(pack)
    try {
      if (entry === undefined) await target.leaveDirectory()
      else if (entry.kind === 'directory') await target.enterDirectory(entry.name, entry)
      else if (entry.kind === 'symlink') await target.symlink(entry.name, entry.target, entry)
      else {
        const content = counted(fileBytes(reader, entry), (bytes) => {
          done.bytesDone += bytes
          progress()
        })
        await target.file(entry.name, entry.sizeBytes, entry, content)
        done.filesDone += 1
        progress()
      }
    } catch (thrown) {
      miss(path, thrown)
    }
  }
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- passed on as it came
  if (done.filesDone === 0 && totals.filesTotal > 0 && firstMiss !== undefined) throw firstMiss
  await target.finish()
  return { snapshot, files: done.filesDone, bytes: done.bytesDone, missing }
}

/** What one file or directory may meet without stopping the rest. */
const survivable = new Set([
  'too-few-shards',
  'malformed',
  'decrypt-failed',
  'decompress-failed',
  'target-refused',
  'limit-exceeded',
  'epoch-behind',
])

interface FoundSnapshot {
  readonly summary: SnapshotSummary
  readonly manifest: readonly PackId[]
}

async function findSnapshots(owner: OwnerContext, { signal, onEvent }: RestoreOptions): Promise<FoundSnapshot[]> {
  await owner.follow?.()
  const histories = await newestHeads(owner, onEvent ?? (() => undefined), signal)
  if (histories.length === 0) throw new KeeptabError('nothing-to-restore')
  const found: FoundSnapshot[] = []
  let failure: unknown
  for (const { device, ends } of histories) {
    const read: FoundSnapshot[][] = []
    for (const { manifest } of ends) {
      const reader = readerFor(owner, { ...(signal && { signal }), ...(onEvent && { onEvent }) })
      try {
        read.push(snapshotsIn(await reader.manifest(manifest), manifest, device))
      } catch (thrown) {
        if (signal?.aborted || !survivable.has(codeOf(thrown))) throw thrown
        failure = thrown
      }
    }
    found.push(...together(read, ends.length))
  }
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- passed on as it came
  if (found.length === 0 && failure !== undefined) throw failure
  return found.sort((a, b) => b.summary.createdAt - a.summary.createdAt)
}

/** The snapshots of all ends of one history, each once. What is not in every end, or in one that cannot be read, is disputed. */
function together(read: readonly (readonly FoundSnapshot[])[], ends: number): FoundSnapshot[] {
  const inEnds = new Map<SnapshotId, FoundSnapshot[]>()
  for (const found of read.flat()) inEnds.set(found.summary.id, [...(inEnds.get(found.summary.id) ?? []), found])
  return [...inEnds.values()].flatMap(([found, ...others]) =>
    found === undefined ? [] : [{ ...found, summary: { ...found.summary, disputed: others.length + 1 < ends } }],
  )
}

function snapshotsIn(manifest: Manifest, packs: readonly PackId[], device: DeviceId): FoundSnapshot[] {
  return [asPast(manifest, packs), ...manifest.history].map((past) => ({
    summary: {
      id: past.snapshot,
      device,
      createdAt: past.createdAt,
      sources: past.sources,
      files: past.files,
      bytes: past.bytes,
      disputed: false,
    },
    manifest: past.manifest,
  }))
}

async function openSnapshot(owner: OwnerContext, id: SnapshotId, options: RestoreOptions) {
  const found = (await findSnapshots(owner, options)).find(({ summary }) => summary.id === id)
  if (found === undefined) throw new KeeptabError('snapshot-unknown', undefined, { snapshot: id })
  const reader = readerFor(owner, options)
  const manifest = await reader.manifest(found.manifest)
  await reader.useIndexOf(manifest)
  return { reader, manifest }
}

const readerFor = (owner: OwnerContext, { signal, onEvent }: RestoreOptions): SnapshotReader =>
  new SnapshotReader(owner, (trouble) => onEvent?.({ type: 'keeper-trouble', trouble }), signal)

/** One step of the way back, depth first; without an entry the directory entered last is left. */
interface Step {
  readonly path: string
  readonly entry: TreeEntry | undefined
}

/** Walks a snapshot. Each source is a directory of its own name. A directory whose list cannot be read is missed whole. */
async function* steps(
  reader: SnapshotReader,
  manifest: Manifest,
  wants: (path: string) => boolean,
  miss: (path: string, thrown: unknown) => void,
): AsyncGenerator<Step> {
  for (const source of manifest.sources) {
    const { modifiedMicros, mode, root: ids } = source
    const entry: TreeEntry = { kind: 'directory', name: utf8(source.name), ids, modifiedMicros, mode }
    if (wants(source.name)) yield* walkEntry(reader, entry, source.name, wants, miss)
  }
}

async function* walkEntry(
  reader: SnapshotReader,
  entry: TreeEntry,
  path: string,
  wants: (path: string) => boolean,
  miss: (path: string, thrown: unknown) => void,
): AsyncGenerator<Step> {
  yield { path, entry }
  if (entry.kind !== 'directory') return
  try {
    for await (const child of readTree(entry.ids, (id) => reader.chunk(id))) {
      const childPath = `${path}/${displayName(child.name)}`
      if (wants(childPath)) yield* walkEntry(reader, child, childPath, wants, miss)
    }
  } catch (thrown) {
    miss(path, thrown)
  }
  yield { path, entry: undefined }
}

/** Counts what was chosen, so that progress has an end. */
async function measure(
  reader: SnapshotReader,
  manifest: Manifest,
  chosen: Chooser,
  miss: (path: string, thrown: unknown) => void,
): Promise<{ filesTotal: number; bytesTotal: number }> {
  let [filesTotal, bytesTotal] = [0, 0]
  for await (const { entry } of steps(reader, manifest, chosen.wants, miss)) {
    if (entry?.kind !== 'file') continue
    filesTotal += 1
    bytesTotal += entry.sizeBytes
  }
  return { filesTotal, bytesTotal }
}

interface Chooser {
  readonly wants: (path: string) => boolean
  /** Chosen paths that were met. */
  readonly matched: ReadonlySet<string>
}

/** A path is wanted when it is chosen, lies in what is chosen, or leads to it. */
function chooser(paths: readonly string[] | undefined): Chooser {
  const chosen = paths?.map(clean)
  const matched = new Set<string>()
  return {
    matched,
    wants: (path) => {
      if (chosen === undefined) return true
      return chosen.some((one) => {
        if (path === one) matched.add(one)
        return path === one || path.startsWith(`${one}/`) || one.startsWith(`${path}/`)
      })
    },
  }
}

const clean = (path: string): string => path.replace(/^\.?\/+|\/+$/g, '')

/** The same steps, each with the packs that the steps after it will need first. */
async function* lookAhead(
  source: AsyncGenerator<Step>,
  reader: SnapshotReader,
): AsyncGenerator<Step & { ahead: readonly PackId[] }> {
  const queue: { step: Step; packs: readonly PackId[] }[] = []
  let ended = false
  for (;;) {
    while (!ended && queue.length < ENTRIES_AHEAD && packsIn(queue).length <= PACKS_AHEAD) {
      const next = await source.next()
      if (next.done === true) ended = true
      else queue.push({ step: next.value, packs: packsOf(next.value.entry, reader) })
    }
    const first = queue.shift()
    if (first === undefined) return
    yield { ...first.step, ahead: packsIn([first, ...queue]).slice(0, PACKS_AHEAD) }
  }
}

const packsIn = (queue: readonly { packs: readonly PackId[] }[]): PackId[] => [
  ...new Set(queue.flatMap(({ packs }) => packs)),
]

/** The packs of a file, in order. Nothing for one whose chunk list is itself in chunks: it is read as it comes. */
function packsOf(entry: TreeEntry | undefined, reader: SnapshotReader): PackId[] {
  if (entry?.kind !== 'file' || entry.indirect) return []
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
