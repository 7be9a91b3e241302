/** One path in many snapshots: only the directories on the way are read, and one that is the same in several only once. */
import { toHex, utf8, type Bytes } from '../core/bytes.ts'
import type { SnapshotSource } from './manifest.ts'
import { readTree, type ReadChunk } from './tree.ts'
import { compareNames, displayName, type DirectoryEntry, type TreeEntry } from './tree-entry.ts'

/** The source as the directory that it is in a restore. */
export function sourceEntry({ name, root, modifiedMicros, mode }: SnapshotSource): DirectoryEntry {
  return { kind: 'directory', name: utf8(name), ids: root, modifiedMicros, mode }
}

export class PathFinder {
  readonly #names: readonly string[]
  /** What lies on the path below a node, by the node's ids and its depth. */
  readonly #found = new Map<string, Promise<TreeEntry | undefined>>()

  /** @param path as people see it: the name of a source, then names of entries, between slashes */
  constructor(path: string) {
    this.#names = path.split('/')
  }

  /**
   * What is at the path in a snapshot; `undefined` when nothing is.
   * @throws KeeptabError what `read` throws, `malformed`; what has failed is tried again the next time
   */
  async find(sources: readonly SnapshotSource[], read: ReadChunk): Promise<TreeEntry | undefined> {
    const source = sources.find(({ name }) => name === this.#names[0])
    let entry: TreeEntry | undefined = source && sourceEntry(source)
    for (let depth = 1; depth < this.#names.length; depth += 1) {
      if (entry?.kind !== 'directory') return undefined
      entry = await this.#within(entry.ids, depth, read)
    }
    return entry
  }

  #within(ids: Bytes, depth: number, read: ReadChunk): Promise<TreeEntry | undefined> {
    const key = `${depth} ${toHex(ids)}`
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const found = named(ids, this.#names[depth] ?? '', read)
    this.#found.set(key, found)
    found.catch(() => this.#found.delete(key))
    return found
  }
}

/** Reads a directory up to the name. */
async function named(ids: Bytes, name: string, read: ReadChunk): Promise<TreeEntry | undefined> {
  const raw = utf8(name)
  // A name that is no UTF-8 is shown with replacements, and may lie anywhere.
  const isOrdered = !name.includes('\uFFFD')
  for await (const entry of readTree(ids, read)) {
    const order = compareNames(entry.name, raw)
    if (order === 0 || (!isOrdered && displayName(entry.name) === name)) return entry
    if (isOrdered && order > 0) return undefined
  }
  return undefined
}
