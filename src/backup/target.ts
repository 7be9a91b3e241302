/** Where a restore writes: a folder in the browser, a directory on disk, a stream of ZIP bytes. */
import type { Bytes } from '../core/bytes.ts'
import type { EntryMeta } from '../snapshot/tree-entry.ts'

export type { EntryMeta }

/**
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

/** Entries come in the order in which they will be given, and are looked for under the names that they will get. */
export interface TargetBefore {
  enterDirectory(name: Bytes): Promise<void>
  leaveDirectory(): void
  /** What the file would be written over. */
  file(name: Bytes): Promise<Blob | undefined>
}

/** What a target reports about a name it could not use as it is. @param detail the name it got */
export type OnNotice = (what: 'renamed', path: string, detail: string) => void
