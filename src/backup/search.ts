/** Searching by name, in one snapshot or in all: everything whose name has the words in it, as it is found. */
import { toHex, type Bytes } from '../core/bytes.ts'
import type { SnapshotId } from '../core/ids.ts'
import { sourceEntry } from '../snapshot/path-finder.ts'
import { readTree, type ReadChunk } from '../snapshot/tree.ts'
import { displayName, type TreeEntry } from '../snapshot/tree-entry.ts'
import { canLookOn, type SnapshotLibrary } from './library.ts'

/** One entry that was looked at. */
export interface Looked {
  readonly path: string
  /** The snapshot it was looked at in. */
  readonly snapshot: SnapshotId
  /** Absent for a directory whose list cannot be read now. */
  readonly entry: TreeEntry | undefined
  /** Its name has the words in it, and no snapshot before had a match at this path. */
  readonly matches: boolean
}

/**
 * Goes through snapshots, in each source first its upper directories, and says of every entry whether its name has what
 * is looked for in it: all of the words, in any order, whatever the case. A directory that has not changed from one
 * snapshot to another is looked at once, and nothing that lies in it again.
 * @param snapshots newest first
 */
export async function* search(
  library: SnapshotLibrary,
  snapshots: readonly SnapshotId[],
  words: string,
): AsyncGenerator<Looked, void, undefined> {
  const wanted = plain(words).split(/\s+/).filter(Boolean)
  const seen = new Set<string>()
  const matched = new Set<string>()
  for (const snapshot of snapshots) {
    const look: Look = { snapshot, read: library.tree(snapshot), wanted, seen, matched }
    try {
      for (const source of await library.sources(snapshot)) yield* within(sourceEntry(source).ids, source.name, look)
    } catch (thrown) {
      if (!canLookOn(thrown)) throw thrown
      yield { path: '', snapshot, entry: undefined, matches: false }
    }
  }
}

interface Look {
  readonly snapshot: SnapshotId
  readonly read: ReadChunk
  readonly wanted: readonly string[]
  /** Directories that were looked at, by path and content. */
  readonly seen: Set<string>
  /** Paths with a match. */
  readonly matched: Set<string>
}

async function* within(ids: Bytes, path: string, look: Look): AsyncGenerator<Looked, void, undefined> {
  const { snapshot, read, wanted, seen, matched } = look
  const key = `${toHex(ids)} ${path}`
  if (seen.has(key)) return
  const directories: { readonly ids: Bytes; readonly path: string }[] = []
  try {
    for await (const entry of readTree(ids, read)) {
      const name = displayName(entry.name)
      const inside = `${path}/${name}`
      const text = plain(name)
      const matches = wanted.every((word) => text.includes(word)) && !matched.has(inside)
      if (matches) matched.add(inside)
      yield { path: inside, snapshot, entry, matches }
      if (entry.kind === 'directory') directories.push({ ids: entry.ids, path: inside })
    }
    seen.add(key)
  } catch (thrown) {
    if (!canLookOn(thrown)) throw thrown
    yield { path, snapshot, entry: undefined, matches: false }
  }
  for (const one of directories) yield* within(one.ids, one.path, look)
}

/** Without differences that a person does not see: one form of accents, and no case. */
const plain = (text: string): string => text.normalize('NFC').toLowerCase()
