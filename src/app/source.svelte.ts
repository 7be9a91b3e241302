/** One source in the list: what is remembered of it, and how far a backup is with it. */
import type { BackupEvent } from '../backup/events.ts'
import type { Source, SourceRules } from '../backup/source.ts'
import type { Millis } from '../core/units.ts'
import type { Conflict, LeftOut, RememberedFolder } from '../store/indexeddb-page-memory.ts'
import { awaySource } from './away-source.ts'
import { folderSource } from './folder-source.ts'

/** What a backup reads of a source: another choice may take its place meanwhile. */
export type Chosen = Pick<SourceState, 'source' | 'chosenAt'>

export type SourceProgress = Extract<BackupEvent, { type: 'source' }>

export class SourceState {
  readonly id: string
  readonly name: string
  readonly way: RememberedFolder['way']
  readonly handle: FileSystemDirectoryHandle | undefined
  /** Can be read now, as far as the browser says. */
  source = $state.raw<Source>()
  /** When it was chosen last. Without a handle, nothing that happened on the disk since then can be seen in it. */
  chosenAt: Millis
  /** Without a handle: what is at the top of it, to tell whether the same is chosen again. */
  names: readonly string[] | undefined
  files = $state<number>()
  bytes = $state<number>()
  backedUpAt = $state<number>()
  rules = $state.raw<SourceRules>()
  paused = $state(false)
  conflict = $state.raw<Conflict>()
  leftOut = $state.raw<LeftOut>()
  /** In the backup that runs, or the last one of this visit. */
  progress = $state.raw<SourceProgress>()
  /** Why the last backup of this visit could not read it, and whether the snapshot has its last version. */
  away = $state.raw<{ readonly carried: boolean; readonly detail: string }>()

  /** Fully with keepers, as far as it is read. */
  readonly allKept = $derived(this.progress === undefined || this.progress.bytesKept >= this.progress.bytesRead)

  constructor(folder: RememberedFolder, source: Source | undefined) {
    this.id = folder.id
    this.name = folder.name
    this.way = folder.way
    this.handle = folder.handle
    this.source = source
    this.chosenAt = folder.chosenAt ?? folder.backedUpAt ?? Date.now()
    this.files = folder.files
    this.bytes = folder.bytes
    this.backedUpAt = folder.backedUpAt
    this.rules = folder.rules
    this.paused = folder.paused ?? false
    this.conflict = folder.conflict
    this.leftOut = folder.leftOut
    this.names = folder.names
  }

  remembered(): RememberedFolder {
    const { id, name, way, handle, chosenAt, files, bytes, backedUpAt, rules, paused, conflict, leftOut, names } = this
    return { id, name, way, handle, chosenAt, files, bytes, backedUpAt, rules, paused, conflict, leftOut, names }
  }

  /** It is chosen again. */
  choose(source: Source, names: SourceState['names']): void {
    this.names = names
    this.source = { ...source, name: this.name }
    this.chosenAt = Date.now()
  }

  /** A backup that began with it so is over and safe. A list of files stays as it was chosen, so it is not read twice. */
  letGo({ source }: Chosen): void {
    if (this.handle !== undefined || this.away !== undefined || this.source !== source) return
    this.source = undefined
  }

  /** What it was called when it was chosen: another one may have had that name before. */
  get chosenName(): string {
    return this.conflict?.what === 'renamed' ? this.conflict.other : this.name
  }

  /** Can be part of a backup now. */
  get ready(): boolean {
    return this.source !== undefined && !this.paused
  }

  /** A list of files that only the person can make readable, by choosing it again. */
  get mustBeChosen(): boolean {
    return this.source === undefined && this.handle === undefined && !this.paused
  }

  /** For a backup: as it is, or as it was when it is paused or cannot be read. */
  forBackup(): Source {
    if (this.paused) return awaySource(this.name, this.way, 'paused')
    if (this.source === undefined) return awaySource(this.name, this.way, 'NotAllowedError')
    return { ...this.source, name: this.name, ...(this.rules && { rules: this.rules }) }
  }

  /** The browser may read its folder now. */
  connect(): void {
    if (this.handle !== undefined) this.source = folderSource(this.handle, this.way === 'drop' ? 'drop' : 'folder')
  }
}
