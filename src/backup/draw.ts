/** Which files of a source a drill brings back: drawn by chance, so that no place of a backup is never looked at. */
import { KeeptabError } from '../core/errors.ts'
import type { Random } from '../core/clock.ts'
import type { SnapshotSource } from '../snapshot/manifest.ts'
import { PathFinder } from '../snapshot/path-finder.ts'
import { readTree, type ReadChunk } from '../snapshot/tree.ts'
import { displayName, type DirectoryEntry, type FileEntry } from '../snapshot/tree-entry.ts'

/** A source of at most so many entries is walked whole; in a larger one a way down is drawn for each file. */
const WALKED_ENTRIES = 10_000
/** Ways down tried for each file: some end in an empty directory, or at a file that was drawn before. */
const TRIES = 3

export interface DrawnFile {
  /** As a restore takes it. */
  readonly path: string
  readonly entry: FileEntry
}

/** A list in an order drawn by chance. */
export function shuffled<T>(list: readonly T[], random: Random): T[] {
  const order = [...list]
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random.fraction() * (i + 1))
    const [a, b] = [order[i], order[j]]
    if (a !== undefined && b !== undefined) [order[i], order[j]] = [b, a]
  }
  return order
}

/**
 * At most so many different files of a source. Of a small source every file has the same chance. Of a large one a
 * directory's chance does not grow with what is in it, so a file among few is drawn more often than one among many.
 * @throws KeeptabError what `read` throws; `malformed`, also when a source that was walked whole does not hold what its
 *   snapshot says
 */
export async function drawFiles(
  source: SnapshotSource,
  read: ReadChunk,
  most: number,
  random: Random,
): Promise<DrawnFile[]> {
  if (source.files + source.directories + source.symlinks <= WALKED_ENTRIES) return ofAll(source, read, most, random)
  const drawn = new Map<string, DrawnFile>()
  for (let tries = TRIES * most; tries > 0 && drawn.size < most; tries -= 1) {
    const file = await wayDown(source, read, random)
    if (file !== undefined) drawn.set(file.path, file)
  }
  return [...drawn.values()]
}

/** Those of these paths of a source at which a file lies. @throws KeeptabError as `drawFiles` */
export async function findFiles(
  source: SnapshotSource,
  read: ReadChunk,
  paths: readonly string[],
): Promise<DrawnFile[]> {
  const found: DrawnFile[] = []
  for (const path of paths) {
    const entry = await new PathFinder(path).find([source], read)
    if (entry?.kind === 'file') found.push({ path, entry })
  }
  return found
}

async function ofAll(source: SnapshotSource, read: ReadChunk, most: number, random: Random): Promise<DrawnFile[]> {
  const met = { files: 0, directories: 0, symlinks: 0, bytes: 0 }
  const drawn: DrawnFile[] = []
  const open = [{ path: source.name, ids: source.root }]
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    for await (const entry of readTree(directory.ids, read)) {
      const path = `${directory.path}/${displayName(entry.name)}`
      if (entry.kind === 'directory') {
        met.directories += 1
        open.push({ path, ids: entry.ids })
      } else if (entry.kind === 'symlink') met.symlinks += 1
      else {
        met.files += 1
        met.bytes += entry.sizeBytes
        // Each of the files met so far is among those that are drawn with the same chance.
        const place = drawn.length < most ? drawn.length : Math.floor(random.fraction() * met.files)
        if (place < most) drawn[place] = { path, entry }
      }
    }
  }
  const { files, directories, symlinks, bytes } = source
  if (files !== met.files || directories !== met.directories || symlinks !== met.symlinks || bytes !== met.bytes) {
    throw new KeeptabError('malformed', 'The folders of a source hold something else than its snapshot says.')
  }
  return shuffled(drawn, random)
}

async function wayDown(source: SnapshotSource, read: ReadChunk, random: Random): Promise<DrawnFile | undefined> {
  for (let { name: path, root: ids } = source; ;) {
    let [file, files]: [FileEntry | undefined, number] = [undefined, 0]
    let [directory, directories]: [DirectoryEntry | undefined, number] = [undefined, 0]
    for await (const entry of readTree(ids, read)) {
      if (entry.kind === 'file' && random.fraction() * (files += 1) < 1) file = entry
      if (entry.kind === 'directory' && random.fraction() * (directories += 1) < 1) directory = entry
    }
    if (directory === undefined || random.fraction() * (files + directories) >= directories) {
      return file && { path: `${path}/${displayName(file.name)}`, entry: file }
    }
    path = `${path}/${displayName(directory.name)}`
    ids = directory.ids
  }
}
