/** The sources of this browser: chosen, remembered, reconnected, and told apart. */
import type { Source, SourceRules } from '../backup/source.ts'
import { toHex } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { Conflict, PageMemory } from '../store/indexeddb-page-memory.ts'
import { dropped, type Dropped } from './dropped.ts'
import { fileListSources } from './file-list-source.ts'
import { askToRead, folderSource, mayRead } from './folder-source.ts'
import type { Message } from './language.svelte.ts'
import { SourceState } from './source.svelte.ts'
import { nameInText } from './visible-name.ts'

/** As many as a snapshot can hold. */
const MAX_SOURCES = 1024

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
  addFiles(files: FileList): Promise<void> {
    return this.#add(fileListSources(files).map((source) => ({ source })))
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
    const known = await Promise.all(chosen.map(({ source, handle }) => this.#known(source, handle)))
    if (this.all.length + known.filter((one) => one === undefined).length > MAX_SOURCES) {
      throw new KeeptabError('limit-exceeded', undefined, { what: 'folders', most: MAX_SOURCES })
    }
    for (const { source, handle } of chosen) {
      const known = await this.#known(source, handle)
      if (known !== undefined) {
        // A list of files is replaced by a newer one; a folder that is read again each time is the same.
        if (handle !== undefined && known.source !== undefined) {
          this.#say({ id: 'backup.said.twice', values: { name: nameInText(known.name) } })
        }
        known.choose(source)
        continue
      }
      const names = this.all.map((other) => other.name)
      const name = unused(source.name, names)
      const conflict: Conflict | undefined =
        name === source.name ? await this.#overlap(handle) : { what: 'renamed', other: source.name }
      const way = source.way === 'path' ? 'files' : source.way
      const added = new SourceState({ id: crypto.randomUUID(), name, way, handle, conflict }, { ...source, name })
      this.all = [...this.all, added]
      await this.save(added)
    }
  }

  #say(message: Message): void {
    this.said = [...this.said, message]
  }

  /** The source that was chosen again: the same on disk, or where the browser cannot tell, alike in name and content. */
  async #known(source: Source, handle: FileSystemDirectoryHandle | undefined): Promise<SourceState | undefined> {
    for (const other of this.all) {
      const [a, b] = [other.handle, handle]
      if (a !== undefined && b !== undefined) {
        if (await a.isSameEntry(b)) return other
      } else if (a === b && other.name === source.name) {
        const before = other.source ?? other.spent
        if (before === undefined || (await sharesAName(before, source))) return other
      }
    }
    return undefined
  }

  /** Whether it lies in another source or around one: then the same files are listed twice, and stored once. */
  async #overlap(handle: FileSystemDirectoryHandle | undefined): Promise<Conflict | undefined> {
    if (handle === undefined) return undefined
    for (const { handle: other, name } of this.all) {
      if (other === undefined) continue
      if ((await other.resolve(handle)) !== null) return { what: 'inside', other: name }
      if ((await handle.resolve(other)) !== null) return { what: 'around', other: name }
    }
    return undefined
  }
}

async function sharesAName(a: Source, b: Source): Promise<boolean> {
  const [inA, inB] = await Promise.all(
    [a, b].map(async ({ root }) => (await root.list()).map(({ name }) => toHex(name))),
  )
  return inA?.some((name) => inB?.includes(name)) ?? false
}

/** Two sources of one name would meet in a restore. */
function unused(name: string, names: readonly string[]): string {
  if (!names.includes(name)) return name
  let number = 2
  while (names.includes(`${name} (${number})`)) number += 1
  return `${name} (${number})`
}
