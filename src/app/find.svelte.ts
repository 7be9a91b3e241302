/** Looking for names, in one snapshot or over all of them. */
import type { SnapshotLibrary } from '../backup/library.ts'
import type { SnapshotSummary } from '../backup/events.ts'
import type { FileEntry } from '../snapshot/tree-entry.ts'
import { byPath } from './name-order.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** Results that are kept for the screen; all of them are counted. */
const SHOWN = 500
/** Entries between two signs of progress. */
const TELL_EVERY = 500
/** So many results are told as they are found. */
const TOLD_AT_ONCE = 50

export interface Found {
  readonly path: string
  /** The newest snapshot that has it. */
  readonly snapshot: SnapshotSummary
  readonly file: FileEntry | undefined
}

export class FindState {
  readonly #library: SnapshotLibrary
  readonly #within: readonly SnapshotSummary[]
  #run = 0
  /** Shows what the search under way has found since it last did. */
  #tell: () => void = () => undefined
  words = $state('')
  /** What was looked for; absent before, and once it was put away. */
  asked = $state<string>()
  running = $state(false)
  /** By path. */
  found = $state.raw<readonly Found[]>([])
  count = $state(0)
  /** Entries looked at so far. */
  looked = $state(0)
  /** Directories, or whole snapshots, that cannot be read now. */
  unread = $state(0)
  trouble = $state.raw<Trouble>()
  #ended = $state(false)
  /** All was looked at, so there is no more than what was found. */
  readonly complete = $derived(this.#ended && this.unread === 0)

  /** More than one is searched, so it matters which one has what was found. */
  readonly overSeveral: boolean

  /** @param within newest first */
  constructor(library: SnapshotLibrary, within: readonly SnapshotSummary[]) {
    this.#library = library
    this.#within = within
    this.overSeveral = within.length > 1
  }

  /** Looks for the words that are typed; a search under way ends. */
  async start(): Promise<void> {
    const words = this.words.trim()
    this.clear()
    if (words === '') return
    const run = this.#run
    this.asked = words
    this.running = true
    try {
      await this.#look(words, () => run === this.#run)
    } catch (thrown) {
      if (run === this.#run) {
        this.#tell()
        this.trouble = troubleOf(thrown)
      }
    }
    if (run === this.#run) this.running = false
  }

  /** Leaves what was found so far. */
  stop(): void {
    this.#tell()
    this.#end()
  }

  clear(): void {
    this.#end()
    this.asked = this.trouble = undefined
    this.#ended = false
    this.found = []
    this.count = this.looked = this.unread = 0
  }

  #end(): void {
    this.#run += 1
    this.running = false
    this.#tell = () => undefined
  }

  async #look(words: string, goesOn: () => boolean): Promise<void> {
    const { search } = await import('../backup/search.ts')
    const ids = this.#within.map(({ id }) => id)
    const found: Found[] = []
    let [count, looked, unread] = [0, 0, 0]
    if (!goesOn()) return
    const tell = (this.#tell = () => {
      if (found.length > this.found.length) this.found = byPath(found, ({ path }) => path)
      this.count = count
      this.looked = looked
      this.unread = unread
    })
    for await (const { path, snapshot, entry, matches } of search(this.#library, ids, words)) {
      if (!goesOn()) return
      looked += 1
      if (entry === undefined) unread += 1
      if (matches) {
        count += 1
        const of = found.length < SHOWN ? this.#within.find(({ id }) => id === snapshot) : undefined
        if (of !== undefined) found.push({ path, snapshot: of, file: entry?.kind === 'file' ? entry : undefined })
      }
      if (looked % TELL_EVERY === 0 || (matches && count <= TOLD_AT_ONCE)) tell()
    }
    if (!goesOn()) return
    tell()
    this.#ended = true
  }
}
