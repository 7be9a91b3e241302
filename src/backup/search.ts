/** Searching a snapshot by name: everything whose name has the words in it, as it is found. */
import { codeOf } from '../core/errors.ts'
import type { SnapshotId } from '../core/ids.ts'
import { sourceEntry } from '../snapshot/path-finder.ts'
import { readTree, type ReadChunk } from '../snapshot/tree.ts'
import { displayName, type TreeEntry } from '../snapshot/tree-entry.ts'
import type { SnapshotLibrary } from './library.ts'
import { survivable } from './snapshots.ts'

/** One entry that was looked at. */
export interface Looked {
  readonly path: string
  /** Absent for a directory whose list cannot be read now. */
  readonly entry: TreeEntry | undefined
  readonly matches: boolean
}

/**
 * Goes through a snapshot, each source first its upper directories, and says of every entry whether its name has what is
 * looked for in it: all of the words, in any order, whatever the case.
 */
export async function* search(
  library: SnapshotLibrary,
  snapshot: SnapshotId,
  words: string,
): AsyncGenerator<Looked, void, undefined> {
  const wanted = plain(words).split(/\s+/).filter(Boolean)
  const read = library.tree(snapshot)
  for (const source of await library.sources(snapshot))
    yield* within(sourceEntry(source).ids, source.name, wanted, read)
}

async function* within(
  ids: Parameters<typeof readTree>[0],
  path: string,
  wanted: readonly string[],
  read: ReadChunk,
): AsyncGenerator<Looked, void, undefined> {
  const directories: { ids: typeof ids; path: string }[] = []
  try {
    for await (const entry of readTree(ids, read)) {
      const name = displayName(entry.name)
      const inside = `${path}/${name}`
      const text = plain(name)
      yield { path: inside, entry, matches: wanted.every((word) => text.includes(word)) }
      if (entry.kind === 'directory') directories.push({ ids: entry.ids, path: inside })
    }
  } catch (thrown) {
    if (!survivable.has(codeOf(thrown)) && codeOf(thrown) !== 'coordinator-unreachable') throw thrown
    yield { path, entry: undefined, matches: false }
  }
  for (const one of directories) yield* within(one.ids, one.path, wanted, read)
}

/** Without differences that a person does not see: one form of accents, and no case. */
const plain = (text: string): string => text.normalize('NFC').toLowerCase()
