/** The folders of this browser and the way of their bytes to the keepers. */
import type { BackupEvent, KeeperTrouble, Notice } from '../backup/events.ts'
import type { Preview } from '../backup/scan.ts'
import type { Source } from '../backup/source.ts'
import { toHex } from '../core/bytes.ts'
import type { LastBackup, PageMemory, RememberedFolder } from '../store/indexeddb-page-memory.ts'
import type { AccountState } from './account.svelte.ts'
import type { Engine } from './compose.ts'
import { dropped } from './dropped.ts'
import { fileListSources } from './file-list-source.ts'
import { askToRead, folderSource, mayRead } from './folder-source.ts'
import type { Hold } from './power.svelte.ts'
import { backupSentence, safetyOf, type BackupFacts, type Safety } from './sentences.ts'
import { Pace, type TimeLeft } from './time-left.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** Lines of a list that are kept for the screen; all of them are counted. */
const SHOWN = 200

export class FolderState {
  readonly id: string
  readonly name: string
  readonly way: RememberedFolder['way']
  readonly handle: FileSystemDirectoryHandle | undefined
  /** Can be read now. */
  source = $state.raw<Source>()
  files = $state<number>()
  bytes = $state<number>()
  backedUpAt = $state<number>()

  constructor(folder: RememberedFolder, source: Source | undefined) {
    this.id = folder.id
    this.name = folder.name
    this.way = folder.way
    this.handle = folder.handle
    this.source = source
    this.files = folder.files
    this.bytes = folder.bytes
    this.backedUpAt = folder.backedUpAt
  }

  remembered(): RememberedFolder {
    const { id, name, way, handle, files, bytes, backedUpAt } = this
    return { id, name, way, handle, files, bytes, backedUpAt }
  }
}

type Progress = Extract<BackupEvent, { type: 'progress' }>

export class BackupState {
  readonly #memory: PageMemory
  readonly #account: AccountState
  readonly #engine: () => Promise<Engine>
  #stop: AbortController | undefined
  /** Started by a person, and waiting for what holds it to pass. */
  #goesOn = false
  #pace = new Pace()

  folders = $state.raw<readonly FolderState[]>([])
  /** What the next backup would hold; absent while it is counted or when nothing has changed since the last. */
  preview = $state.raw<Preview>()
  counting = $state(false)
  running = $state(false)
  scanned = $state.raw<{ files: number; bytes: number }>()
  progress = $state.raw<Progress>()
  left = $state.raw<TimeLeft>()
  bytesPerSecond = $state(0)
  /** The ring: places of the group that hold their part. */
  spread = $state.raw({ stored: 0, of: 0, needed: 0 })
  waiting = $state<'coordinator' | 'keepers'>()
  /** Why nothing is backed up although the person has started it. */
  held = $state.raw<Hold>()
  /** The coordinator has lost newer backups than it shows. */
  rolledBack = $state(false)
  notices = $state.raw<readonly Notice[]>([])
  noticeCount = $state(0)
  /** Keepers that did not take their part; the work goes on with others. */
  keepersInTrouble = $state.raw<readonly KeeperTrouble[]>([])
  last = $state.raw<LastBackup>()
  trouble = $state.raw<Trouble>()

  readonly facts = $derived.by((): BackupFacts => ({
    folders: this.folders.length,
    covered: this.folders.filter(({ backedUpAt }) => backedUpAt !== undefined).length,
    running: this.running,
    someStored: this.spread.stored > 0,
    finished: this.last?.finished?.state,
    wordsConfirmed: this.#account.confirmed,
    brokenOff: !this.running && this.last !== undefined && this.last.finished === undefined,
    oneMachine: this.#account.coordinator?.oneMachine ?? this.last?.finished?.oneMachine ?? false,
  }))
  readonly safety = $derived(safetyOf(this.facts))
  readonly sentence = $derived(backupSentence(this.facts))
  /** Folders that the next backup can read. */
  readonly ready = $derived(this.folders.filter(({ source }) => source !== undefined))
  /** Whether a click on `start` can lead to a backup. */
  readonly canStart = $derived(this.folders.some(({ source, handle }) => source !== undefined || handle !== undefined))

  constructor(memory: PageMemory, account: AccountState, engine: () => Promise<Engine>) {
    this.#memory = memory
    this.#account = account
    this.#engine = engine
  }

  /** How well one folder is kept: that of the whole, unless no backup holds it yet. */
  safetyOf(folder: FolderState): Safety {
    if (this.running && folder.source !== undefined) return this.facts.someStored ? 'spreading' : 'here-only'
    if (folder.backedUpAt === undefined) return 'here-only'
    return safetyOf({ ...this.facts, folders: 1, covered: 1 })
  }

  async load(): Promise<void> {
    this.last = await this.#memory.lastBackup()
    const folders = await this.#memory.folders()
    this.folders = await Promise.all(
      folders.map(async (folder) => {
        const readable = folder.handle !== undefined && (await mayRead(folder.handle))
        return new FolderState(folder, readable ? sourceOf(folder) : undefined)
      }),
    )
  }

  /** Opens the browser's folder dialog. Only in answer to a click. */
  pickFolder(): Promise<void> {
    return this.#attempt(async () => {
      const handle = await window.showDirectoryPicker?.({ id: 'keeptab-source', mode: 'read' })
      if (handle !== undefined) await this.#add([{ source: folderSource(handle, 'folder'), handle }])
    })
  }

  /** @param files of an `<input webkitdirectory>` */
  addFiles(files: FileList): Promise<void> {
    return this.#attempt(() => this.#add(fileListSources(files).map((source) => ({ source }))))
  }

  /** Must be called while the drop is being handled. */
  addDropped(items: DataTransferItemList): Promise<void> {
    const found = dropped(items)
    return this.#attempt(async () => this.#add(await found))
  }

  /** Asks for the permission that the browser has taken back. Only in answer to a click. */
  reconnect(folder: FolderState): Promise<void> {
    return this.#attempt(async () => {
      if (folder.handle === undefined || !(await askToRead(folder.handle))) return
      folder.source = sourceOf(folder.remembered())
    })
  }

  remove(folder: FolderState): Promise<void> {
    return this.#attempt(async () => {
      await this.#memory.forgetFolder(folder.id)
      this.folders = this.folders.filter((other) => other !== folder)
      await this.#count()
    })
  }

  /**
   * Backs up every folder that can be read. What an earlier try has spread is not sent again. Only in answer to a click,
   * because it asks again for permissions that the browser has taken back.
   */
  async start(): Promise<void> {
    if (this.running) return
    for (const folder of this.folders) if (folder.source === undefined) await this.reconnect(folder)
    const folders = this.ready
    if (folders.length === 0) return
    if (this.held !== undefined) {
      this.#goesOn = true
      return
    }
    const { signal } = (this.#stop = new AbortController())
    this.#pace = new Pace()
    this.running = true
    this.rolledBack = false
    const counted = this.preview !== undefined
    this.preview = this.progress = this.scanned = this.left = this.waiting = undefined
    this.notices = []
    this.keepersInTrouble = []
    this.noticeCount = this.bytesPerSecond = 0
    this.spread = { stored: 0, of: 0, needed: 0 }
    const startedAt = Date.now()
    await this.#attempt(async () => {
      if (!counted) await this.#count(signal)
      this.preview = undefined
      await this.#remember({ startedAt })
      await this.#account.ensure()
      const [{ backup }, { owner }] = await Promise.all([import('../backup/backup.ts'), this.#engine()])
      const { snapshot, state } = await backup(
        owner,
        folders.flatMap(({ source }) => source ?? []),
        { signal, onEvent: (event) => this.#on(event) },
      )
      const at = Date.now()
      for (const folder of folders) {
        folder.backedUpAt = at
        await this.#memory.rememberFolder(folder.remembered())
      }
      const { oneMachine } = await owner.coordinator.info()
      await this.#remember({ startedAt, finished: { at, snapshot, state, oneMachine } })
    })
    this.running = false
    this.waiting = undefined
    this.#goOn()
  }

  stop(): void {
    this.#goesOn = false
    this.#stop?.abort()
  }

  /** Breaks off for a reason that passes by itself, and goes on then. @param why `undefined`: it has passed */
  hold(why: Hold | undefined): void {
    this.held = why
    if (why === undefined) this.#goOn()
    else if (this.running) {
      this.#goesOn = true
      this.#stop?.abort()
    }
  }

  /** Nobody is here to click again: whatever was readable still is. */
  #goOn(): void {
    if (!this.#goesOn || this.held !== undefined || this.running) return
    this.#goesOn = false
    void this.start()
  }

  async #add(chosen: readonly { source: Source; handle?: FileSystemDirectoryHandle }[]): Promise<void> {
    for (const { source, handle } of chosen) {
      const known = await this.#known(source, handle)
      if (known !== undefined) {
        known.source = { ...source, name: known.name }
        continue
      }
      const name = unused(
        source.name,
        this.folders.map((folder) => folder.name),
      )
      const way = source.way === 'path' ? 'files' : source.way
      const folder = new FolderState({ id: crypto.randomUUID(), name, way, handle }, { ...source, name })
      this.folders = [...this.folders, folder]
      await this.#memory.rememberFolder(folder.remembered())
    }
    await this.#count()
  }

  /** The folder that was chosen again: the same on disk, or where the browser cannot tell, alike in name and content. */
  async #known(source: Source, handle: FileSystemDirectoryHandle | undefined): Promise<FolderState | undefined> {
    for (const folder of this.folders) {
      const [a, b] = [folder.handle, handle]
      if (a !== undefined && b !== undefined) {
        if (await a.isSameEntry(b)) return folder
      } else if (a === b && folder.name === source.name) {
        if (folder.source === undefined || (await sharesAName(folder.source, source))) return folder
      }
    }
    return undefined
  }

  /** Also for the figures in the list of folders. */
  async #count(signal?: AbortSignal): Promise<void> {
    this.preview = undefined
    if (this.ready.length === 0) return
    this.counting = true
    try {
      const { preview } = await import('../backup/scan.ts')
      const found = await preview(
        this.ready.flatMap(({ source }) => source ?? []),
        { onProgress: (files, bytes) => (this.scanned = { files, bytes }), ...(signal && { signal }) },
      )
      this.ready.forEach((folder, i) => {
        folder.files = found.sources[i]?.files
        folder.bytes = found.sources[i]?.bytes
      })
      this.preview = found
    } finally {
      this.counting = false
      this.scanned = undefined
    }
  }

  #on(event: BackupEvent): void {
    if (event.type !== 'waiting') this.waiting = undefined
    switch (event.type) {
      case 'scanned':
        this.scanned = event
        break
      case 'progress':
        this.#pace.add(performance.now(), event.bytesRead)
        this.progress = event
        this.bytesPerSecond = this.#pace.bytesPerSecond()
        this.left = this.#pace.left(event.bytesTotal)
        break
      case 'spread':
        // Several packs are on their way at once: a keeper that has taken its part of one does not hand it back.
        this.spread = { ...event, stored: Math.max(event.stored, this.spread.of === event.of ? this.spread.stored : 0) }
        break
      case 'notice':
        this.noticeCount += 1
        if (this.notices.length < SHOWN) this.notices = [...this.notices, event.notice]
        break
      case 'keeper-trouble':
        this.keepersInTrouble = [...this.keepersInTrouble.slice(1 - SHOWN), event.trouble]
        break
      case 'rolled-back':
        this.rolledBack = true
        break
      case 'forked': // of this device it ends the backup; of another the restore tells, where it matters
        break
      case 'waiting':
        this.waiting = event.for
        break
    }
  }

  async #remember(last: LastBackup): Promise<void> {
    await this.#memory.setLastBackup(last)
    this.last = last
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.trouble = undefined
    try {
      await work()
    } catch (thrown) {
      this.trouble = troubleOf(thrown)
    }
  }
}

function sourceOf({ name, way, handle }: RememberedFolder): Source | undefined {
  return handle && { ...folderSource(handle, way === 'drop' ? 'drop' : 'folder'), name }
}

async function sharesAName(a: Source, b: Source): Promise<boolean> {
  const [inA, inB] = await Promise.all(
    [a, b].map(async ({ root }) => (await root.list()).map(({ name }) => toHex(name))),
  )
  return inA?.some((name) => inB?.includes(name)) ?? false
}

/** Two folders of one name would meet in a restore. */
function unused(name: string, names: readonly string[]): string {
  if (!names.includes(name)) return name
  let number = 2
  while (names.includes(`${name} (${number})`)) number += 1
  return `${name} (${number})`
}
