/** All versions of one path over all snapshots: file first. */
import { fileKey } from '../snapshot/compare.ts'
import { PathFinder } from '../snapshot/path-finder.ts'
import type { FileEntry } from '../snapshot/tree-entry.ts'
import { throwIfAborted } from '../core/errors.ts'
import type { SnapshotSummary } from './events.ts'
import { canLookOn, type SnapshotLibrary } from './library.ts'

/** Snapshots looked into at once: enough to hide the way to a keeper. */
const AT_ONCE = 12

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
 * Looks for a path in every snapshot, the newest first, and tells what it has found after each few.
 * @throws KeeptabError `aborted`, and what no snapshot can be read for
 */
export async function* versionsOf(
  library: SnapshotLibrary,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<VersionsSoFar, void, undefined> {
  const finder = new PathFinder(path)
  const found = new Map<string, FileVersion>()
  const { snapshots } = library
  let unreadable = 0
  for (let at = 0; at < snapshots.length; at += AT_ONCE) {
    throwIfAborted(signal)
    const batch = snapshots.slice(at, at + AT_ONCE)
    const entries = await Promise.all(
      batch.map(async ({ summary }) => {
        try {
          return await finder.find(await library.sources(summary.id), library.tree(summary.id))
        } catch (thrown) {
          if (!canLookOn(thrown)) throw thrown
          unreadable += 1
          return undefined
        }
      }),
    )
    for (const [i, { summary }] of batch.entries()) {
      const entry = entries[i]
      if (entry?.kind !== 'file') continue
      const key = fileKey(entry)
      const known = found.get(key)
      const newest = known?.newest ?? summary
      found.set(key, { entry: known?.entry ?? entry, newest, oldest: summary, snapshots: (known?.snapshots ?? 0) + 1 })
    }
    yield { versions: [...found.values()], looked: at + batch.length, of: snapshots.length, unreadable }
  }
}
