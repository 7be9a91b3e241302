/** One snapshot as somebody looks through it: directories are read as they are opened. */
import { SvelteSet } from 'svelte/reactivity'
import type { SnapshotLibrary } from '../backup/library.ts'
import type { SnapshotSummary } from '../backup/events.ts'
import type { Bytes } from '../core/bytes.ts'
import type { ByteCount } from '../core/units.ts'
import type { FileEntry, TreeEntry } from '../snapshot/tree-entry.ts'
import { ComparisonState } from './comparison.svelte.ts'
import { FindState } from './find.svelte.ts'
import { byName } from './name-order.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** Entries of a long directory between two signs of progress. */
const TELL_EVERY = 5_000

/** One line of a listing. */
export interface Item {
  readonly path: string
  readonly name: string
  readonly kind: TreeEntry['kind']
  /** Of a file; of a source all that is in it. */
  readonly sizeBytes: ByteCount | undefined
  /** Files in a source. */
  readonly files: number | undefined
  readonly modifiedMicros: number | undefined
  readonly folder: FolderState | undefined
  readonly file: FileEntry | undefined
}

export class FolderState {
  readonly #library: SnapshotLibrary
  readonly #snapshot: SnapshotSummary
  readonly #ids: Bytes
  /** Its list, while it is on its way. */
  #read = $state.raw<Promise<void>>()
  readonly reading = $derived(this.#read !== undefined)
  readonly path: string
  open = $state(false)
  /** Directories first, and each kind by name; absent until they are read. */
  items = $state.raw<readonly Item[]>()
  /** Entries read so far. */
  listed = $state(0)
  trouble = $state.raw<Trouble>()

  constructor(library: SnapshotLibrary, snapshot: SnapshotSummary, ids: Bytes, path: string) {
    this.#library = library
    this.#snapshot = snapshot
    this.#ids = ids
    this.path = path
  }

  async toggle(): Promise<void> {
    if (this.open) this.open = false
    else await this.show()
  }

  /** Opens it, and resolves when its entries are read or cannot be. */
  async show(): Promise<void> {
    this.open = true
    if (this.items !== undefined) return
    this.#read ??= this.#readItems().finally(() => (this.#read = undefined))
    await this.#read
  }

  async #readItems(): Promise<void> {
    this.trouble = undefined
    this.listed = 0
    try {
      const [{ readTree }, { displayName }] = await Promise.all([
        import('../snapshot/tree.ts'),
        import('../snapshot/tree-entry.ts'),
      ])
      const [folders, others]: [Item[], Item[]] = [[], []]
      for await (const entry of readTree(this.#ids, this.#library.tree(this.#snapshot.id))) {
        const item = this.#item(entry, displayName(entry.name))
        if (item.folder === undefined) others.push(item)
        else folders.push(item)
        if ((folders.length + others.length) % TELL_EVERY === 0) this.listed = folders.length + others.length
      }
      this.items = [folders, others].flatMap((items) => byName(items, ({ name }) => name))
    } catch (thrown) {
      this.trouble = troubleOf(thrown)
      this.open = false
    }
  }

  #item(entry: TreeEntry, name: string): Item {
    const path = `${this.path}/${name}`
    return {
      path,
      name,
      kind: entry.kind,
      sizeBytes: entry.kind === 'file' ? entry.sizeBytes : undefined,
      files: undefined,
      modifiedMicros: entry.modifiedMicros,
      folder: entry.kind === 'directory' ? new FolderState(this.#library, this.#snapshot, entry.ids, path) : undefined,
      file: entry.kind === 'file' ? entry : undefined,
    }
  }
}

export class BrowseState {
  readonly snapshot: SnapshotSummary
  /** One line for each source, by name. */
  readonly top: readonly Item[]
  /** Paths to bring back; none means everything. */
  readonly chosen = new SvelteSet<string>()
  readonly find: FindState
  readonly comparison: ComparisonState
  /** What is looked at: the files, or what differs from another moment. */
  side = $state<'files' | 'changes'>('files')

  private constructor(library: SnapshotLibrary, snapshot: SnapshotSummary, top: readonly Item[]) {
    this.snapshot = snapshot
    this.top = top
    this.find = new FindState(library, [snapshot])
    this.comparison = new ComparisonState(library, snapshot)
  }

  /** @throws KeeptabError as `SnapshotLibrary.sources` */
  static async open(library: SnapshotLibrary, snapshot: SnapshotSummary): Promise<BrowseState> {
    const top = (await library.sources(snapshot.id)).map(({ name, root, files, bytes, modifiedMicros }): Item => {
      const folder = new FolderState(library, snapshot, root, name)
      return { path: name, name, kind: 'directory', sizeBytes: bytes, files, modifiedMicros, folder, file: undefined }
    })
    const state = new BrowseState(
      library,
      snapshot,
      byName(top, ({ name }) => name),
    )
    // Nobody wants to open the only thing there is.
    if (top.length === 1) void top[0]?.folder?.show()
    return state
  }

  /** What was found, and is to be seen however far down its folder it is. */
  revealed = $state<string>()

  /** Opens the folders on the way to a path, and the one that is there. */
  async reveal(path: string): Promise<void> {
    this.revealed = path
    this.side = 'files'
    this.find.clear()
    let items: readonly Item[] | undefined = this.top
    while (items !== undefined) {
      const folder: FolderState | undefined = items.find((item) => holds(item.path, path))?.folder
      await folder?.show()
      items = folder?.items
    }
  }

  /** Chooses a path, or no longer; of what is chosen as a whole no part is chosen besides. */
  choose(path: string, on: boolean): void {
    if (!on) {
      this.chosen.delete(path)
      return
    }
    for (const inner of [...this.chosen]) if (holds(path, inner)) this.chosen.delete(inner)
    this.chosen.add(path)
  }

  /** Nothing more is looked for. */
  leave(): void {
    this.find.stop()
    this.comparison.stop()
  }

  async show(side: 'files' | 'changes'): Promise<void> {
    this.side = side
    if (side === 'changes') await this.comparison.begin()
  }
}

/** Whether a path is the other one, or a directory that it lies in. */
export const holds = (outer: string, path: string): boolean => path === outer || path.startsWith(`${outer}/`)

/** Whether the path or a directory it lies in was chosen. */
export const isWithin = (path: string, chosen: ReadonlySet<string>): boolean =>
  chosen.has(path) || [...chosen].some((outer) => holds(outer, path))
