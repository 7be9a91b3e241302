/** Where a restore writes: a folder in the browser, a directory on disk, a stream of ZIP bytes. */
import type { Bytes } from '../core/bytes.ts'
import type { EntryMeta } from '../snapshot/tree-entry.ts'

export type { EntryMeta }

/**
 * What is there already and differs from the backup is not replaced: such an entry is refused, unless the target was told
 * that it may. An empty file in the place of a file holds nothing to lose, and counts as nothing.
 *
 * Entries come depth first: a directory before what is in it, and `leave` after. Names are raw path components of the
 * backup and hostile (T27): the target decides what to write and says so by `renamed`.
 * A directory that was refused counts as entered: what is in it still comes and is refused too, then `leaveDirectory`.
 * Nothing outside the target is ever touched and no link is ever written through.
 */
export interface RestoreTarget {
  enterDirectory(name: Bytes, meta: EntryMeta): Promise<void>
  leaveDirectory(): Promise<void>
  /** Bytes come verified and in order. The file may appear under its name only when `content` has ended. */
  file(name: Bytes, sizeBytes: number, meta: EntryMeta, content: AsyncIterable<Bytes>): Promise<void>
  symlink(name: Bytes, target: Bytes, meta: EntryMeta): Promise<void>
  /** From the top once more, for what could not be had before: every entry is named again, given or skipped. */
  again(): void
  /** An entry of the current directory that was given in an earlier walk: only its name counts. */
  skip(name: Bytes): void
  /** What is there before anything is written, walked beside the list of what will be; absent where nothing can be. */
  before?(): TargetBefore
  /** All is in; only now a ZIP gets its directory and dates of directories are set. */
  finish(): Promise<void>
}

/**
 * Entries come in the order in which they will be given, and are looked for under the names that they will get.
 * What cannot be looked at counts as nothing here, and is met when the entry is given.
 */
export interface TargetBefore {
  enterDirectory(name: Bytes): Promise<Standing>
  leaveDirectory(): void
  file(name: Bytes, sizeBytes: number, meta: EntryMeta): Promise<Standing | Blob>
  symlink(name: Bytes, target: Bytes): Promise<Standing>
  /** An entry that is not looked at: only its name counts. */
  skip(name: Bytes): void
}

/**
 * What an entry would be written over: nothing that would be lost, or something else. Of a file a target that cannot tell
 * gives the bytes that are there.
 */
export type Standing = 'nothing' | 'different'

/** What stands in a target where something else would be written. */
export interface Different {
  readonly count: number
  /** The path in the backup of one of them. */
  readonly example: string
}

/** What a target reports about a name it could not use as it is. @param detail the name it got */
export type OnNotice = (what: 'renamed', path: string, detail: string) => void
