/** The sources of this browser: chosen, remembered, reconnected, and told apart. */
import type { Source, SourceRules } from '../backup/source.ts'
import { KeeptabError } from '../core/errors.ts'
import { unusedName } from '../core/unused-name.ts'
import type { Conflict, PageMemory } from '../store/indexeddb-page-memory.ts'
import { dropped, type Dropped } from './dropped.ts'
import { fileListSources } from './file-list-source.ts'
import { askToRead, folderSource, mayRead } from './folder-source.ts'
import type { Message } from './language.svelte.ts'
import { SourceState } from './source.svelte.ts'
import { nameInText } from './visible-name.ts'

/** As many as a snapshot can hold. */
const MAX_SOURCES = 1024
/** So many names tell a list of files from others. */
const MAX_NAMES = 1000

export class SourceList {
  readonly #memory: PageMemory
  all = $state.raw<readonly SourceState[]>([])
  /** What became of the last choice, when it was not simply added. */
  said = $state.raw<readonly Message[]>([])
  /** Sources that the next backup can read. */
  readonly ready = $derived(this.all.filter((source) => source.ready))
  /** Sources that a click could make readable. */
  readonly askable = $derived(
    this.all.filter(({ source, handle, paused }) => source === undefined && handle !== undefined && !paused),
  )

  constructor(memory: PageMemory) {
    this.#memory = memory
  }

  async load(): Promise<void> {
    const folders = await this.#memory.folders()
    this.all = await Promise.all(
      folders.map(async (folder) => {
        const source = new SourceState(folder, undefined)
        if (folder.handle !== undefined && (await mayRead(folder.handle))) source.connect()
        return source
      }),
    )
  }

  /** Opens the browser's folder dialog. Only in answer to a click. */
  async pick(): Promise<void> {
    const handle = await window.showDirectoryPicker?.({ id: 'keeptab-source', mode: 'read' })
    if (handle !== undefined) await this.#add([{ source: folderSource(handle, 'folder'), handle }])
  }

  /** @param files of an `<input webkitdirectory>` */
  addFiles(files: readonly File[]): Promise<void> {
    return this.#add(fileListSources(files).map((source) => ({ source })))
  }

  noneChosen(): void {
    this.said = [{ id: 'backup.said.none' }]
  }

  /** Must be called while the drop is being handled. */
  async addDropped(items: DataTransferItemList): Promise<void> {
    const found = dropped(items)
    await this.#add(await found)
  }

  /** Asks for the permission that the browser has taken back. Only in answer to a click. @returns whether it was given */
  async reconnect(source: SourceState): Promise<boolean> {
    if (source.handle === undefined || !(await askToRead(source.handle))) return false
    source.connect()
    return true
  }

  /** Looks again which folders may be read: the browser takes permissions back without a word. */
  async lookAgain(): Promise<void> {
    await Promise.all(
      this.all.map(async (source) => {
        if (source.handle === undefined) return
        if (await mayRead(source.handle)) {
          if (source.source === undefined) source.connect()
        } else source.source = undefined
      }),
    )
  }

  async remove(source: SourceState): Promise<void> {
    await this.#memory.forgetFolder(source.id)
    this.all = this.all.filter((other) => other !== source)
    this.said = []
  }

  async setRules(source: SourceState, rules: SourceRules): Promise<void> {
    source.rules = rules.text.trim() === '' && rules.defaults ? undefined : rules
    await this.save(source)
  }

  async setPaused(source: SourceState, paused: boolean): Promise<void> {
    source.paused = paused
    await this.save(source)
  }

  save(source: SourceState): Promise<void> {
    return this.#memory.rememberFolder(source.remembered())
  }

  /** @throws KeeptabError `limit-exceeded`: nothing of the choice was taken */
  async #add(chosen: readonly Dropped[]): Promise<void> {
    this.said = []
    const all = [...this.all]
    const again: { known: SourceState; source: Source; names: SourceState['names'] }[] = []
    for (const { source, handle } of chosen) {
      const names = handle === undefined ? await topNames(source) : undefined
      const known = await knownIn(all, source.name, handle, names)
      if (known === undefined) all.push(await newSource(all, source, handle, names))
      else again.push({ known, source, names })
    }
    const added = all.slice(this.all.length)
    if (all.length > MAX_SOURCES) {
      throw new KeeptabError('limit-exceeded', undefined, { what: 'folders', most: MAX_SOURCES })
    }
    this.all = all
    for (const { known, source, names } of again) {
      // A list of files is replaced by a newer one; a folder that is read again each time is the same.
      if (known.handle !== undefined && known.source !== undefined) {
        this.#say({ id: 'backup.said.twice', values: { name: nameInText(known.name) } })
      }
      known.choose(source, names)
    }
    for (const source of added) await this.save(source)
    for (const { known, names } of again) if (names !== undefined) await this.save(known)
  }

  #say(message: Message): void {
    this.said = [...this.said, message]
  }
}

/** One that is chosen for the first time. @param all that are in the list before it */
async function newSource(
  all: readonly SourceState[],
  source: Source,
  handle: FileSystemDirectoryHandle | undefined,
  names: SourceState['names'],
): Promise<SourceState> {
  // Two sources of one name would meet in a restore.
  const name = unusedName(
    source.name,
    all.map((other) => other.name),
  )
  const conflict: Conflict | undefined =
    name === source.name ? await overlap(all, handle) : { what: 'renamed', other: source.name }
  const way = source.way === 'path' ? 'files' : source.way
  return new SourceState({ id: crypto.randomUUID(), name, way, handle, conflict, names }, { ...source, name })
}

/**
 * The source that was chosen again: the same on disk, or where the browser cannot tell, of the same name and with the same
 * things in it. Of a list of an earlier version nobody knows what was in it: it is the same if it is the only one so named.
 */
async function knownIn(
  all: readonly SourceState[],
  name: string,
  handle: FileSystemDirectoryHandle | undefined,
  names: SourceState['names'],
): Promise<SourceState | undefined> {
  if (handle !== undefined) {
    for (const other of all) if (await other.handle?.isSameEntry(handle)) return other
    return undefined
  }
  const named = all.filter((other) => other.handle === undefined && other.chosenName === name)
  const [nearest] = named
    .map((other) => ({ other, shared: sharedNames(other.names ?? [], names ?? []) }))
    .sort((a, b) => b.shared - a.shared)
  if (nearest === undefined || nearest.shared > 0) return nearest?.other
  return named.length === 1 && nearest.other.names === undefined ? nearest.other : undefined
}

/** Whether it lies in another source or around one: then the same files are listed twice, and stored once. */
async function overlap(
  all: readonly SourceState[],
  handle: FileSystemDirectoryHandle | undefined,
): Promise<Conflict | undefined> {
  if (handle === undefined) return undefined
  for (const { handle: other, name } of all) {
    if (other === undefined) continue
    if ((await other.resolve(handle)) !== null) return { what: 'inside', other: name }
    if ((await handle.resolve(other)) !== null) return { what: 'around', other: name }
  }
  return undefined
}

/** What is at the top of a source, in order, as far as it is remembered. */
const topNames = async ({ root }: Source): Promise<readonly string[]> =>
  (await root.list())
    .map(({ name }) => new TextDecoder().decode(name))
    .sort()
    .slice(0, MAX_NAMES)

/** How many are in both; 0 unless that is half of the smaller one or more: a file or two may be called alike anywhere. */
function sharedNames(a: readonly string[], b: readonly string[]): number {
  const inB = new Set(b)
  const shared = a.filter((name) => inB.has(name)).length
  return shared >= Math.min(a.length, b.length) / 2 ? shared : 0
}
