/** Looking through what was backed up, and bringing it back: from this account or from 24 words, into a folder or a ZIP. */
import type { KeeperTrouble, Notice, RestoreEvent, RestoreResult, SnapshotSummary } from '../backup/events.ts'
import type { SnapshotLibrary } from '../backup/library.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import type { TargetOptions } from '../backup/restore.ts'
import type { FoundSnapshot } from '../backup/snapshots.ts'
import type { OnNotice, RestoreTarget } from '../backup/target.ts'
import { codeOf, throwIfAborted } from '../core/errors.ts'
import type { DeviceId, SnapshotId } from '../core/ids.ts'
import { Pause } from '../core/pause.ts'
import { unlessAborted } from '../core/unless-aborted.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { AccountState } from './account.svelte.ts'
import type { BrowseState } from './browse.svelte.ts'
import type { Answer, Question } from './chosen-folder.ts'
import { closeSoon, type Engine } from './compose.ts'
import type { FindState, Found } from './find.svelte.ts'
import type { KeptFileState, KeptVersion } from './kept-file.svelte.ts'
import { Pace, type TimeLeft } from './time-left.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** Lines of a list that are kept for the screen; all of them are counted. */
const SHOWN = 200

type Progress = Extract<RestoreEvent, { type: 'progress' }>
type Comparing = Extract<RestoreEvent, { type: 'comparing' }>

/** How bytes on their way to the disk have ended: those of a restore, or of one file by its name. */
export type Ended =
  | { readonly how: 'back' | 'back-partly' | 'not-back'; readonly name?: undefined }
  | { readonly how: 'saved' | 'not-saved'; readonly name: string }

const loadService = () => import('../backup/restore.ts')
const loadBrowse = () => import('./browse.svelte.ts')
const loadDownload = () => import('./download.ts')

export class RestoreState {
  readonly #account: AccountState
  readonly #engineOf: (identity: DeviceIdentity) => Promise<Engine>
  readonly #guestEngine: (identity: DeviceIdentity) => Promise<Engine>
  readonly #mayReadAhead: () => boolean
  #guest: Promise<Engine> | undefined
  #looking = $state.raw<{ readonly owner: OwnerContext; readonly library: SnapshotLibrary }>()
  #stop = new AbortController()
  #patience = new AbortController()
  #pause = new Pause()
  /** Ends what is read of the snapshots that are listed. */
  #leave = new AbortController()
  #stopLookingForRemoved = new AbortController()
  #pace = new Pace()

  /** `opening`: a snapshot was chosen, and its sources are read. */
  phase = $state<'start' | 'looking' | 'snapshots' | 'opening' | 'tree' | 'running' | 'done'>('start')
  /** Single files on their way to the disk, also when their screen was left. */
  saves = $state.raw<readonly KeptFileState[]>([])
  /** Those that are there since the last step, where no screen of theirs says so. */
  saved = $state.raw<readonly KeptFileState[]>([])
  /** What has come to its end since this screen was last looked at. */
  ended = $state.raw<Ended>()
  /** When all that were begun are there, or have failed. */
  #saved: Promise<unknown> = Promise.resolve()
  /** Bytes are on their way to the disk. */
  readonly running = $derived(this.phase === 'running' || this.saves.length > 0)
  /** It runs and is held: nothing is read until it goes on. */
  paused = $state(false)
  /** Something different is in the chosen folder, and the person says what becomes of it. */
  question = $state.raw<Question & { readonly answer: (answer: Answer) => void }>()
  /** Bytes move: not while it is paused, nor while the person is asked. */
  readonly moving = $derived(
    (this.phase === 'running' && !this.paused && this.question === undefined) ||
      this.saves.some(({ paused }) => !paused),
  )
  /** Where it writes to. */
  way = $state<'folder' | 'zip'>('zip')
  /** The new folder in the chosen one, where it writes into such a one. */
  beside = $state<string>()
  /** The 24 words as they stand in the form. */
  typed = $state('')
  /** At this visit, words have made this browser a device of their account: it may be somebody else's. */
  adopted = $state(false)
  /** They came with the address, from the QR code or the link of a kit. */
  typedByKit = $state(false)
  /** Newest first. */
  readonly snapshots = $derived<readonly SnapshotSummary[]>(
    this.#looking?.library.snapshots.map(({ summary }) => summary) ?? [],
  )
  /** The list is from the last visit: there is no network now. */
  readonly remembered = $derived(this.#looking?.library.isRemembered ?? false)
  /** Taken out of the list by somebody in the last 30 days, newest first; absent until it was looked for. */
  removed = $state.raw<readonly SnapshotSummary[]>()
  lookingForRemoved = $state(false)
  /** What devices call themselves, where that is known. */
  deviceNames = $state.raw<ReadonlyMap<DeviceId, string>>()
  /** Looks for names in all snapshots. */
  find = $state.raw<FindState>()
  browse = $state.raw<BrowseState>()
  /** The file that is looked at, over whatever is behind it. */
  file = $state.raw<KeptFileState>()
  /** What is in the folder already is looked at first; absent before and after that. */
  comparing = $state.raw<Comparing>()
  progress = $state.raw<Progress>()
  left = $state.raw<TimeLeft>()
  bytesPerSecond = $state(0)
  /** So many files and folders wait for keepers that are not online; 0 when not even their list can be had. */
  waiting = $state<number>()
  /** Written under another name. */
  notices = $state.raw<readonly Notice[]>([])
  noticeCount = $state(0)
  /** Keepers that did not answer, or answered wrongly. */
  keepersInTrouble = $state.raw<readonly KeeperTrouble[]>([])
  /** The same of what was read ahead: for whoever opens it. */
  #ahead: readonly KeeperTrouble[] = []
  /** The coordinator showed an older backup than keepers have seen. */
  rolledBack = $state(false)
  /** The coordinator told a head that is none of this account. */
  headRefused = $state(false)
  /** A device's keys are in use in two places: its backups of both are listed. */
  forked = $state(false)
  /** Devices whose backups cannot be listed now. */
  unread = $state.raw<readonly DeviceId[]>([])
  result = $state.raw<RestoreResult>()
  trouble = $state.raw<Trouble>()

  constructor(
    account: AccountState,
    engineOf: (identity: DeviceIdentity) => Promise<Engine>,
    guestEngine: (identity: DeviceIdentity) => Promise<Engine>,
    mayReadAhead: () => boolean,
  ) {
    this.#account = account
    this.#engineOf = engineOf
    this.#guestEngine = guestEngine
    this.#mayReadAhead = mayReadAhead
  }

  /** Fills in the words of a kit. Nothing is looked for before the person says so: a link may come from anybody. */
  offerWords(words: string): void {
    this.typed = words
    this.typedByKit = true
    if (this.phase === 'running' || this.phase === 'looking') return
    this.trouble = undefined
    this.#closeFile()
    this.phase = 'start'
  }

  /** The form was left. */
  forgetTyped(): void {
    this.typed = ''
    this.typedByKit = false
  }

  /** Lists what the account of this browser has. */
  lookHere(): Promise<void> {
    return this.#attempt('start', async () => {
      this.#endGuest()
      await this.#list(this.#engineOf(await this.#account.ensure()))
    })
  }

  /**
   * Lists what the account of the words in the form has, and empties the form. A browser without an account becomes a
   * device of it, once something was found; in one that has another account the words are used for this restore and
   * forgotten.
   */
  lookWithWords(): Promise<void> {
    return this.#attempt('start', async () => {
      const text = this.typed
      this.#endGuest()
      const identity = await this.#account.identityOfWords(text)
      const here = this.#account.identity
      if (here === undefined) {
        await this.#list(this.#engineOf(identity), async () => {
          await this.#account.adopt(identity, text)
          this.adopted = true
        })
      } else if (here.account === identity.account && this.#account.out === undefined) {
        await this.#account.typedAgain(identity, text)
        await this.#list(this.#engineOf(here))
      } else {
        await this.#list((this.#guest = this.#guestEngine(identity)))
      }
      this.forgetTyped()
    })
  }

  /** Looks for what somebody has taken out of the list, who may have had a device and not been its owner. */
  async lookForRemoved(): Promise<void> {
    if (this.lookingForRemoved) return
    const { owner, library } = this.#opened()
    const { signal } = (this.#stopLookingForRemoved = new AbortController())
    this.trouble = undefined
    this.lookingForRemoved = true
    try {
      const { findRemoved } = await import('../backup/retention.ts')
      const found = await findRemoved(owner, { ...this.#options(), signal })
      throwIfAborted(signal)
      library.alsoOpens(found)
      this.removed = found.map(({ summary }) => summary)
    } catch (thrown) {
      if (signal.aborted) return // the list was left
      this.trouble = troubleOf(thrown)
    }
    this.lookingForRemoved = false
  }

  /** A snapshot of the list, or one that was looked for, and where it lies. */
  found(id: SnapshotId): FoundSnapshot {
    return this.#opened().library.find(id)
  }

  /**
   * Reads what opening the newest snapshot shows, while the list is looked at, unless bytes are to be saved.
   * @returns ends it
   */
  readAhead(): () => void {
    const stop = new AbortController()
    const [newest] = this.snapshots
    if (newest !== undefined && !this.remembered && this.#mayReadAhead()) {
      const { library } = this.#opened()
      loadBrowse().catch(() => undefined)
      library.readAhead(newest.id, stop.signal).catch(() => undefined) // told to whoever opens it
    }
    return () => stop.abort()
  }

  /** Shows what is in a snapshot; of the one that was opened last what is ticked and open there, too. */
  open(snapshot: SnapshotSummary): Promise<void> {
    return this.#attempt('snapshots', async () => {
      const { signal } = this.#stop
      this.phase = 'opening'
      this.#need(snapshot)
      const { BrowseState } = await loadBrowse()
      const isOpen = this.browse?.snapshot.id === snapshot.id
      const browse = isOpen ? this.browse : await BrowseState.open(this.#opened().library, snapshot)
      if (signal.aborted) return // the person went back
      if (!isOpen) this.browse?.leave()
      this.browse = browse
      this.phase = 'tree'
      void browse?.show(browse.side)
      loadDownload().catch(() => undefined) // a click opens the browser's dialog only while it is fresh
    })
  }

  /** Shows one file: that version first, then the others. */
  async look(path: string, version: KeptVersion): Promise<void> {
    this.#nextStep()
    this.#need(version.snapshot)
    try {
      const { KeptFileState } = await import('./kept-file.svelte.ts')
      this.file?.close()
      this.file = new KeptFileState(this.#opened().library, path, version)
    } catch (thrown) {
      this.trouble = troubleOf(thrown)
    }
  }

  /** Saves the version of the file that is looked at, and goes on with that when its screen is left. Only in answer to a click. */
  async saveFile(file: KeptFileState): Promise<void> {
    if (this.saves.includes(file)) return // clicked twice
    const saved = file.save()
    this.#saved = Promise.all([this.#saved, saved])
    this.saves = [...this.saves, file]
    const isThere = await saved
    this.saves = this.saves.filter((one) => one !== file)
    if (isThere) this.ended = { how: 'saved', name: file.name }
    else if (file.trouble !== undefined) this.ended = { how: 'not-saved', name: file.name }
    if (file !== this.file) this.trouble ??= file.trouble
    if (isThere && !(file === this.file && file.saved)) this.saved = [...this.saved.filter((one) => one !== file), file]
  }

  /** Shows what a search has found: a file itself, anything else where it lies in its snapshot. */
  async lookAtFound({ path, snapshot, file }: Found): Promise<void> {
    if (file !== undefined) {
      await this.look(path, { snapshot, entry: file })
      return
    }
    if (this.phase !== 'tree') await this.open(snapshot)
    if (this.phase === 'tree') await this.browse?.reveal(path)
  }

  /** Into a folder that the person picks. Only in answer to a click. */
  restoreToFolder(): Promise<void> {
    return this.#attempt('tree', async () => {
      const folder = await window.showDirectoryPicker?.({ id: 'keeptab-restore', mode: 'readwrite' })
      if (folder === undefined || this.browse === undefined) return
      const { createdAt } = this.browse.snapshot
      const { chosenFolder } = await import('./chosen-folder.ts')
      this.way = 'folder'
      const person = {
        ask: (question: Question) => this.#ask(question),
        onBeside: (name: string) => (this.beside = name),
      }
      const { target, onDifferent } = chosenFolder(folder, this.#onTargetNotice, person, createdAt)
      await this.#restore(target, { onDifferent })
    })
  }

  /** As a ZIP that is written while it comes. Only in answer to a click. */
  restoreToZip(): Promise<void> {
    return this.#attempt('tree', async () => {
      const stop = this.#stop
      const { askWhereToSave } = await loadDownload()
      const save = await askWhereToSave('keeptab-restore.zip')
      const { zipDownload } = await import('../backup/zip.ts')
      const { target, stream, abort } = zipDownload(this.#onTargetNotice)
      const saved = save(stream)
      // What broke the saving off says more than that the restore was stopped for it.
      let broken: unknown
      this.way = 'zip'
      saved.catch((thrown: unknown) => {
        broken ??= thrown
        stop.abort()
      })
      try {
        await this.#restore(target, {}, saved)
      } catch (thrown) {
        const cause = broken ?? thrown
        abort(cause)
        throw cause
      }
    })
  }

  /** Whoever looks at the screen sees what has come to its end. */
  seen(): void {
    this.ended = undefined
  }

  stop(): void {
    this.#stop.abort()
  }

  /** Reads nothing more, at once, until `goOn`; what is on its way is read then. */
  pause(): void {
    this.#pause.begin()
    this.paused = true
    this.left = undefined
    this.bytesPerSecond = 0
  }

  goOn(): void {
    this.#pace = new Pace()
    this.paused = false
    this.#pause.end()
  }

  /** Waits for no keeper any more: what is not back stays away. */
  goOnWithout(): void {
    this.#patience.abort()
  }

  /** One step back: from a file to where it was found, from the result to the tree, then to the snapshots, then to the start. */
  back(): void {
    this.#nextStep()
    if (this.file !== undefined) {
      this.#closeFile()
      return
    }
    this.#stop.abort()
    if (this.phase === 'tree') this.browse?.leave()
    this.phase = this.phase === 'done' ? 'tree' : this.phase === 'snapshots' ? 'start' : 'snapshots'
    if (this.phase !== 'start') return
    this.find?.stop()
    this.#endLookingForRemoved()
    this.#endGuest()
  }

  /** From the start to the list that is here already. @returns whether there is one: that of a guest went with them */
  showList(): boolean {
    if (this.phase === 'start' && this.#looking !== undefined) this.phase = 'snapshots'
    return this.phase === 'snapshots'
  }

  /** From the tree to what the last restore out of it came to. @returns whether that is still known */
  showResult(): boolean {
    if (this.phase === 'tree' && this.result?.snapshot === this.browse?.snapshot.id) this.phase = 'done'
    return this.phase === 'done'
  }

  /** What is listed came by words of another account, and goes with its list. */
  get asGuest(): boolean {
    return this.#guest !== undefined
  }

  /** What was said belongs to the step before. */
  #nextStep(): void {
    this.trouble = undefined
    this.saved = []
  }

  #closeFile(): void {
    this.file?.close()
    this.file = undefined
  }

  /** Who came with words of another account is gone, and nothing more is read of what they have. */
  #endGuest(): void {
    const guest = this.#guest
    if (guest === undefined) return
    this.#leaveList()
    this.#looking = this.#guest = undefined
    void this.#saved.then(() => closeSoon(guest))
  }

  #endLookingForRemoved(): void {
    this.#stopLookingForRemoved.abort()
    this.lookingForRemoved = false
  }

  /** Nothing more is read of what is listed, but what is being saved out of it. */
  #leaveList(): void {
    this.#endLookingForRemoved()
    const leave = this.#leave
    void this.#saved.then(() => leave.abort())
  }

  /** @param onFound before anything is shown */
  async #list(starting: Promise<Engine>, onFound?: () => Promise<void>): Promise<void> {
    this.#leaveList()
    this.#leave = new AbortController()
    this.file?.close()
    this.browse?.leave()
    this.#looking = this.file = this.browse = this.removed = undefined
    const [{ SnapshotLibrary }, { FindState }, engine] = await Promise.all([
      import('../backup/library.ts'),
      import('./find.svelte.ts'),
      starting,
    ])
    const { owner, trees } = engine
    const options = { ...this.#options(), signal: this.#leave.signal }
    const library = await listed(
      () => SnapshotLibrary.open(owner, trees, options),
      () => SnapshotLibrary.remembered(owner, trees, options),
    )
    await onFound?.()
    this.#looking = { owner, library }
    this.deviceNames = library.names
    this.find = new FindState(library, this.snapshots)
    this.phase = 'snapshots'
    if (!this.remembered) void this.#nameDevices(owner, library)
  }

  /** Only for people's eyes: without names the list is as good. */
  async #nameDevices(owner: OwnerContext, library: SnapshotLibrary): Promise<void> {
    try {
      const { listDevices, namesOf } = await import('../backup/devices.ts')
      const names = namesOf(await listDevices(owner))
      if (library === this.#looking?.library) this.deviceNames = names
      await library.keepNames(names)
    } catch {
      // Said on the screen of devices.
    }
  }

  /** @param saved when all that the target was given is where it belongs */
  async #restore(target: RestoreTarget, asking: TargetOptions, saved?: Promise<void>): Promise<void> {
    const { restore } = await loadService()
    const { browse } = this
    if (browse === undefined) return
    const { owner, library } = this.#opened()
    this.#pace = new Pace()
    this.comparing = this.progress = this.left = this.result = this.beside = undefined
    this.bytesPerSecond = 0
    this.notices = []
    this.keepersInTrouble = []
    this.noticeCount = 0
    this.#pause = new Pause()
    this.phase = 'running'
    const paths = browse.chosen.size === 0 ? undefined : [...browse.chosen]
    const found = library.find(browse.snapshot.id)
    this.#patience = new AbortController()
    const options = { ...asking, ...this.#options(), patience: this.#patience.signal, pause: this.#pause }
    this.result = await restore(owner, found, paths, target, options)
    await saved
    this.phase = 'done'
    this.ended = { how: this.result.missing.length === 0 ? 'back' : 'back-partly' }
  }

  /** @throws KeeptabError `aborted` when it is stopped instead of answered */
  async #ask(question: Question): Promise<Answer> {
    const { signal } = this.#stop
    const answered = new Promise<Answer>((answer) => (this.question = { ...question, answer }))
    try {
      return await unlessAborted(answered, signal)
    } finally {
      this.question = undefined
    }
  }

  readonly #onTargetNotice: OnNotice = (what, path, detail) => {
    this.noticeCount += 1
    if (this.notices.length < SHOWN) this.notices = [...this.notices, { what, path, detail }]
  }

  #options() {
    return { signal: this.#stop.signal, onEvent: (event: RestoreEvent) => this.#on(event) }
  }

  #on(event: RestoreEvent): void {
    switch (event.type) {
      case 'comparing':
        this.comparing = event
        break
      case 'progress':
        this.comparing = undefined
        this.#pace.add(performance.now(), event.bytesDone)
        this.progress = event
        this.waiting = undefined
        if (this.paused) break // it was on its way
        this.left = this.#pace.left(event.bytesTotal)
        this.bytesPerSecond = this.#pace.bytesPerSecond()
        break
      case 'notice':
        break // what cannot be brought back is in the result
      case 'keeper-trouble':
        if (this.#isAhead()) this.#ahead = [...this.#ahead.slice(1 - SHOWN), event.trouble]
        else this.keepersInTrouble = [...this.keepersInTrouble.slice(1 - SHOWN), event.trouble]
        break
      case 'rolled-back':
        this.rolledBack = true
        break
      case 'head-refused':
        this.headRefused = true
        break
      case 'forked':
        this.forked = true
        break
      case 'device-unread':
        this.unread = [...this.unread, event.device]
        break
      case 'waiting':
        this.waiting = event.entries
        break
    }
  }

  /** Nobody has asked for more than the list, and what is read is read ahead. */
  #isAhead(): boolean {
    const isLooking = this.file !== undefined || this.lookingForRemoved || this.find?.running === true
    return this.phase === 'snapshots' && !isLooking && this.saves.length === 0
  }

  /** What is in a snapshot is wanted now: what was met while it was read ahead matters. */
  #need({ id }: SnapshotSummary): void {
    if (id !== this.snapshots[0]?.id) return
    this.keepersInTrouble = [...this.keepersInTrouble, ...this.#ahead].slice(-SHOWN)
    this.#ahead = []
  }

  #opened() {
    if (this.#looking === undefined) throw new Error('A snapshot was opened before any was listed.')
    return this.#looking
  }

  /** @param otherwise the phase to be in when it fails */
  async #attempt(otherwise: RestoreState['phase'], work: () => Promise<void>): Promise<void> {
    this.#nextStep()
    const stop = (this.#stop = new AbortController())
    if (otherwise === 'start') {
      this.phase = 'looking'
      this.keepersInTrouble = this.#ahead = []
      this.rolledBack = this.headRefused = this.forked = false
      this.unread = []
    }
    try {
      await work()
    } catch (thrown) {
      if (this.#stop !== stop) return // it was left for something else, which goes on
      this.trouble = troubleOf(thrown)
      if (this.phase === 'running' && this.trouble !== undefined) this.ended = { how: 'not-back' }
      this.phase = otherwise
    }
    if (this.#stop !== stop) return
    this.waiting = undefined
    this.paused = false
  }
}

/** What the network has; without one what is remembered, if anything is. */
async function listed(
  open: () => Promise<SnapshotLibrary>,
  remembered: () => Promise<SnapshotLibrary | undefined>,
): Promise<SnapshotLibrary> {
  // Whoever is known to be offline need not wait until the coordinator has not answered for a while.
  const before = navigator.onLine ? undefined : await remembered()
  if (before !== undefined) return before
  try {
    return await open()
  } catch (thrown) {
    const library = codeOf(thrown) === 'coordinator-unreachable' ? await remembered() : undefined
    if (library === undefined) throw thrown
    return library
  }
}
