/**
 * Folders and files of a disk as sources: everything the system shows, by raw byte names, with times, modes and links.
 * This is the way of choosing that hides nothing; what cannot be read is listed as such.
 */
import { constants, type BigIntStats } from 'node:fs'
import { lstat, open, readdir, readlink, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { Source, SourceDirectory, SourceEntry } from '../src/backup/source.ts'
import { own, type Bytes } from '../src/core/bytes.ts'
import { KeeptabError } from '../src/core/errors.ts'
import { MiB, type ByteCount } from '../src/core/units.ts'
import type { EntryMeta } from '../src/snapshot/tree-entry.ts'
import { isDataDir } from './data-dir.ts'
import { reasonOf, systemCode } from './durable-files.ts'
import { SourceNames, type Place } from './source-names.ts'

const READ_BYTES = MiB
/** Entries looked at together while a directory is listed. */
const ENTRIES_IN_FLIGHT = 64

/**
 * One source for each folder, named after it; files named singly are one source for each folder they lie in. In the order
 * of their paths, so that the same ones make the same snapshot in whatever order they were named.
 * A link named here is opened, because a person who names it means what it leads to; links further down never are.
 * Where nothing is now, such as a disk that is not plugged in, is a source that cannot be read: the others go on.
 * @param names of places that were named before; those of new ones are added
 * @throws KeeptabError `source-unreadable` when a path leads to something that is neither a folder nor a file, or to a data
 *   folder of Keeptab
 */
export async function pathSources(paths: readonly string[], names = new SourceNames()): Promise<Source[]> {
  const folders = new Map<string, EntryMeta>()
  const filesOf = new Map<string, Set<string>>()
  const addFile = (path: string) => filesOf.set(dirname(path), (filesOf.get(dirname(path)) ?? new Set()).add(path))
  const missing: string[] = []
  for (const path of paths.map((text) => resolve(text))) {
    const stats = await stat(path, { bigint: true }).catch(() => undefined)
    const kind = stats && kindOf(stats)
    if (stats === undefined) missing.push(path)
    if (stats === undefined || kind === 'directory') folders.set(path, stats ? metaOf(stats) : {})
    else if (kind === 'file') addFile(path)
    else throw new KeeptabError('source-unreadable', `${path}: it is ${kind}.`)
    if (kind === 'directory' && (await isDataDir(Buffer.from(path))))
      throw new KeeptabError('source-unreadable', `${path}: it is ${DATA_FOLDER}.`)
  }
  // One of several files of a folder, as far as can be told.
  for (const path of missing) {
    const isFile = filesOf.has(dirname(path)) || names.has({ kind: 'files', path: dirname(path) })
    if (!isFile || names.has({ kind: 'folder', path })) continue
    folders.delete(path)
    addFile(path)
  }
  const places: (Place & Pick<Source, 'root' | 'meta'>)[] = [
    ...[...folders].map(([path, meta]) => ({ kind: 'folder' as const, path, root: folder(Buffer.from(path)), meta })),
    ...[...filesOf].map(([path, files]) => ({ kind: 'files' as const, path, root: singleFiles([...files]) })),
  ]
  // New places get their names in the order in which they are given, as before names were remembered.
  return places
    .map(({ kind, path, ...source }) => ({
      path,
      source: { ...source, name: names.of({ kind, path }), way: 'path' as const },
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ source }) => source)
}

const folder = (path: Buffer): SourceDirectory => ({
  async list() {
    const names = await readdir(path, { encoding: 'buffer' }).catch(refuse(path))
    const entries: SourceEntry[] = []
    while (entries.length < names.length) {
      const batch = names.slice(entries.length, entries.length + ENTRIES_IN_FLIGHT)
      entries.push(
        ...(await Promise.all(batch.map((name) => entryAt(Buffer.concat([path, slash, name]), name, lstat)))),
      )
    }
    return entries
  },
})

const singleFiles = (paths: readonly string[]): SourceDirectory => ({
  async list() {
    const entries = await Promise.all(
      paths.map((path) => entryAt(Buffer.from(path), Buffer.from(basename(path)), stat)),
    )
    const [first, ...others] = entries
    // Their disk is away: as with a folder, all of them stay as they were.
    if (first?.kind === 'unreadable' && others.every(({ kind }) => kind === 'unreadable'))
      throw new KeeptabError('source-unreadable', `${paths[0] ?? ''}: ${first.reason}.`)
    return entries
  },
})

const DATA_FOLDER = 'a data folder of Keeptab'
const slash = Buffer.from('/')

const metaOf = (stats: BigIntStats): EntryMeta => ({
  modifiedMicros: microsOf(stats.mtimeNs),
  mode: Number(stats.mode) & 0o7777,
})

/** @param look `lstat`, or `stat` for what a person named */
async function entryAt(path: Buffer, rawName: Buffer, look: typeof lstat): Promise<SourceEntry> {
  const name = own(rawName)
  try {
    const stats = await look(path, { bigint: true })
    const known = { name, ...metaOf(stats) }
    const kind = kindOf(stats)
    // What is in it changes with every backup, and a second device with its keys would fork the history of this one.
    if (kind === 'directory' && (await isDataDir(path))) return { ...known, kind: 'special', what: DATA_FOLDER }
    if (kind === 'directory') return { ...known, kind, directory: folder(path) }
    if (kind === 'symlink') return { ...known, kind, target: own(await readlink(path, { encoding: 'buffer' })) }
    if (kind !== 'file') return { ...known, kind: 'special', what: kind }
    const sizeBytes = Number(stats.size)
    return {
      ...known,
      kind,
      sizeBytes,
      changedMicros: microsOf(stats.ctimeNs),
      content: () => Promise.resolve(readFile(path, sizeBytes, look === stat)),
    }
  } catch (thrown) {
    return { name, kind: 'unreadable', reason: reasonOf(thrown) }
  }
}

/** What something is; where it cannot be backed up, the words for a person. */
function kindOf(stats: BigIntStats) {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'symlink'
  if (stats.isFIFO()) return 'a named pipe'
  if (stats.isSocket()) return 'a socket'
  return 'a device'
}

/** Rounded down also before 1970, where a plain bigint division would round up. */
const microsOf = (nanoseconds: bigint): number =>
  Number((nanoseconds - (((nanoseconds % 1000n) + 1000n) % 1000n)) / 1000n)

/**
 * The bytes a file has now, from one open descriptor and with one buffer at a time. A file that shrank ends early; of
 * one that grew more than `sizeBytes` comes, so that the reader notices.
 * @throws KeeptabError `source-unreadable`
 */
async function* readFile(path: Buffer, sizeBytes: ByteCount, mayBeLink: boolean): AsyncGenerator<Bytes> {
  // What was a file a moment ago may be a link or a pipe by now; opening a pipe would wait for its writer.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (mayBeLink ? 0 : constants.O_NOFOLLOW)
  const file = await open(path, flags).catch(refuse(path))
  try {
    if (!(await file.stat()).isFile())
      throw new KeeptabError('source-unreadable', `${path.toString()}: no file any more.`)
    for (let position = 0; ;) {
      const bytes = await readAt(file, position, Math.min(READ_BYTES, sizeBytes + 1)).catch(refuse(path))
      if (bytes.length === 0) return
      yield bytes
      position += bytes.length
    }
  } finally {
    await file.close()
  }
}

/** A fresh buffer each time: whoever gets it may keep it or hand it to a worker. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Bytes> {
  const buffer = new Uint8Array(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}

/** Turns an error of `node:fs` into the typed one, with a reason that a person understands. */
function refuse(path: string | Buffer): (thrown: unknown) => never {
  return (thrown) => {
    const code = systemCode(thrown)
    throw new KeeptabError(
      'source-unreadable',
      `${path.toString()}: ${reasonOf(thrown)}.`,
      { systemCode: code },
      thrown,
    )
  }
}
