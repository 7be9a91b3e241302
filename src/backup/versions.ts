/** All versions of one path over all snapshots: file first. */
import { fileKey } from '../snapshot/compare.ts'
import { PathFinder } from '../snapshot/path-finder.ts'
import type { FileEntry } from '../snapshot/tree-entry.ts'
import { throwIfAborted } from '../core/errors.ts'
import { unlessAborted } from '../core/unless-aborted.ts'
import type { SnapshotSummary } from './events.ts'
import { canLookOn, type SnapshotLibrary } from './library.ts'
import type { FoundSnapshot } from './snapshots.ts'

/** Snapshots looked into at once: enough to hide the way to a keeper. */
const AT_ONCE = 24
/** Snapshots between two signs of progress. */
const TELL_EVERY = 8

/** One content that a path has had. */
export interface FileVersion {
  readonly entry: FileEntry
  /** The newest and the oldest snapshot that has it, as far as is known, and how many do. */
  readonly newest: SnapshotSummary
  readonly oldest: SnapshotSummary
  readonly snapshots: number
}

/** What is known so far. */
export interface VersionsSoFar {
  /** Newest first, each content once. */
  readonly versions: readonly FileVersion[]
  readonly looked: number
  readonly of: number
  /** Snapshots that could not be looked into now. */
  readonly unreadable: number
}

/**
 * Looks for a path in every snapshot, the newest first, and tells what it has found after the first and then after each few.
 * @throws KeeptabError `aborted` as soon as the signal fires, and what no snapshot can be read for
 */
export async function* versionsOf(
  library: SnapshotLibrary,
  path: string,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<VersionsSoFar, void, undefined> {
  const finder = new PathFinder(path)
  const found = new Map<string, FileVersion>()
  const { snapshots } = library
  let unreadable = 0
  const look = async ({ summary: { id } }: FoundSnapshot) => {
    try {
      return await finder.find(await library.sources(id), library.tree(id))
    } catch (thrown) {
      if (!canLookOn(thrown)) throw thrown
      return 'unreadable' as const
    }
  }
  for await (const [looked, { summary }, entry] of inOrder(snapshots, look, signal)) {
    if (entry === 'unreadable') unreadable += 1
    else if (entry?.kind === 'file') {
      const key = fileKey(entry)
      const known = found.get(key)
      const newest = known?.newest ?? summary
      found.set(key, { entry: known?.entry ?? entry, newest, oldest: summary, snapshots: (known?.snapshots ?? 0) + 1 })
    }
    if (looked === 1 || looked % TELL_EVERY === 0 || looked === snapshots.length)
      yield { versions: [...found.values()], looked, of: snapshots.length, unreadable }
  }
}

/** What the work gives for each of a list, in its order, with its place from 1; the next few are begun before it is their turn. */
async function* inOrder<T, R>(
  list: readonly T[],
  work: (one: T) => Promise<R>,
  signal: AbortSignal,
): AsyncGenerator<readonly [number, T, R], void, undefined> {
  const underWay: Promise<R>[] = []
  for (const [i, one] of list.entries()) {
    throwIfAborted(signal)
    for (const next of list.slice(i + underWay.length, i + AT_ONCE)) {
      const begun = work(next)
      begun.catch(() => undefined) // told when it is its turn
      underWay.push(begun)
    }
    const [first] = underWay.splice(0, 1)
    if (first !== undefined) yield [i + 1, one, await unlessAborted(first, signal)]
  }
}
