/** What is backed up, as every way of choosing it looks to the scan: directories that list entries. */
import type { Bytes } from '../core/bytes.ts'
import type { ByteCount } from '../core/units.ts'
import type { ByteStream } from '../snapshot/file-sealer.ts'
import type { EntryMeta } from '../snapshot/tree-entry.ts'

interface Named extends EntryMeta {
  /** One path component as the file system has it, byte for byte. */
  readonly name: Bytes
}

export type SourceEntry =
  | (Named & {
      readonly kind: 'file'
      readonly sizeBytes: ByteCount
      /** When the system last noted anything about it, in µs: also a new name, or a time that was set. Absent where it is not told. */
      readonly changedMicros?: number
      /** Opens it; each call reads from the start. */ readonly content: () => Promise<ByteStream>
    })
  | (Named & { readonly kind: 'directory'; readonly directory: SourceDirectory })
  /** Recorded, never followed. */
  | (Named & { readonly kind: 'symlink'; readonly target: Bytes })
  /** Neither file, directory nor link, such as a pipe: nothing in it could be kept, so it is left out and told. `what` it is. */
  | (Named & { readonly kind: 'special'; readonly what: string })
  /** Refused by the system: told to the person, never silent. */
  | (Named & { readonly kind: 'unreadable'; readonly reason: string })

export interface SourceDirectory {
  /** All entries, in any order. @throws KeeptabError `source-unreadable` */
  list(): Promise<SourceEntry[]>
}

/** Ignore rules of a source besides those that lie in it. */
export interface SourceRules {
  /** In the grammar of a `.keeptabignore` at its root; such files come later and so have the last word. */
  readonly text: string
  /** Whether the list of defaults holds. */
  readonly defaults: boolean
}

export interface Source {
  /** What the person calls it; the first component of its paths in a restore. */
  readonly name: string
  readonly root: SourceDirectory
  /** Dates and rights of the chosen directory itself, where the way of choosing tells them. */
  readonly meta?: EntryMeta
  /** Without them, the defaults. */
  readonly rules?: SourceRules
  /** How it was chosen, which decides what it cannot see (browser.md). */
  readonly way: 'folder' | 'files' | 'drop' | 'path'
}
