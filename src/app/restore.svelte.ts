/** Bringing a snapshot back: from this account or from 24 words, into a folder or a ZIP. */
import { SvelteSet } from 'svelte/reactivity'
import type { KeeperTrouble, Notice, RestoreEvent, RestoreResult, SnapshotSummary } from '../backup/events.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import type { OnNotice, RestoreTarget } from '../backup/target.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { AccountState } from './account.svelte.ts'
import { closeSoon, type Engine } from './compose.ts'
import { askWhereToSave } from './download.ts'
import { SnapshotTree, type TreeNode } from './snapshot-tree.ts'
import { Pace, type TimeLeft } from './time-left.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** Lines of a list that are kept for the screen; all of them are counted. */
const SHOWN = 200

type Progress = Extract<RestoreEvent, { type: 'progress' }>

const loadService = () => import('../backup/restore.ts')

export class RestoreState {
  readonly #account: AccountState
  readonly #engineOf: (identity: DeviceIdentity) => Promise<Engine>
  readonly #guestEngine: (identity: DeviceIdentity) => Promise<Engine>
  #guest: Promise<Engine> | undefined
  #owner: OwnerContext | undefined
  #stop = new AbortController()
  #pace = new Pace()

  phase = $state<'start' | 'looking' | 'snapshots' | 'tree' | 'running' | 'done'>('start')
  /** The 24 words as they stand in the form. */
  typed = $state('')
  /** They came with the address, from the QR code or the link of a kit. */
  typedByKit = $state(false)
  snapshots = $state.raw<readonly SnapshotSummary[]>([])
  snapshot = $state.raw<SnapshotSummary>()
  top = $state.raw<TreeNode>()
  /** Entries listed so far. */
  listed = $state(0)
  readonly chosen = new SvelteSet<string>()
  progress = $state.raw<Progress>()
  left = $state.raw<TimeLeft>()
  waiting = $state<'coordinator' | 'keepers'>()
  /** Written under another name, or not at all. */
  notices = $state.raw<readonly Notice[]>([])
  noticeCount = $state(0)
  /** Keepers that did not answer, or answered wrongly. */
  keepersInTrouble = $state.raw<readonly KeeperTrouble[]>([])
  /** The coordinator showed an older backup than keepers have seen. */
  rolledBack = $state(false)
  /** A device's keys are in use in two places: its backups of both are listed. */
  forked = $state(false)
  result = $state.raw<RestoreResult>()
  trouble = $state.raw<Trouble>()

  constructor(
    account: AccountState,
    engineOf: (identity: DeviceIdentity) => Promise<Engine>,
    guestEngine: (identity: DeviceIdentity) => Promise<Engine>,
  ) {
    this.#account = account
    this.#engineOf = engineOf
    this.#guestEngine = guestEngine
  }

  /** Fills in the words of a kit. Nothing is looked for before the person says so: a link may come from anybody. */
  offerWords(words: string): void {
    this.typed = words
    this.typedByKit = true
    if (this.phase === 'running' || this.phase === 'looking') return
    this.trouble = undefined
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
      closeSoon(this.#guest)
      this.#guest = undefined
      const identity = await this.#account.identityOfWords(text)
      const here = this.#account.identity
      if (here === undefined) {
        await this.#list(this.#engineOf(identity))
        await this.#account.adopt(identity, text)
      } else if (here.account === identity.account && this.#account.out === undefined) {
        await this.#account.typedAgain(identity, text)
        await this.#list(this.#engineOf(here))
      } else {
        await this.#list((this.#guest = this.#guestEngine(identity)))
      }
      this.forgetTyped()
    })
  }

  /** Shows what is in a snapshot. */
  open(snapshot: SnapshotSummary): Promise<void> {
    return this.#attempt('snapshots', async () => {
      const { listTree } = await loadService()
      const owner = this.#ownerOrThrow()
      this.snapshot = snapshot
      this.top = undefined
      this.listed = 0
      this.chosen.clear()
      this.phase = 'tree'
      const tree = new SnapshotTree()
      for await (const entry of listTree(owner, snapshot.id, this.#options())) {
        tree.add(entry)
        this.listed += 1
      }
      this.top = tree.top
    })
  }

  /** Into a folder that the person picks. Only in answer to a click. */
  restoreToFolder(): Promise<void> {
    return this.#attempt('tree', async () => {
      const folder = await window.showDirectoryPicker?.({ id: 'keeptab-restore', mode: 'readwrite' })
      if (folder === undefined) return
      const { folderTarget } = await import('./folder-target.ts')
      await this.#restore(folderTarget(folder, this.#onTargetNotice))
    })
  }

  /** As a ZIP that is written while it comes. Only in answer to a click. */
  restoreToZip(): Promise<void> {
    return this.#attempt('tree', async () => {
      const save = await askWhereToSave('keeptab-restore.zip')
      const { zipDownload } = await import('../backup/zip.ts')
      const { target, stream, abort } = zipDownload(this.#onTargetNotice)
      const saved = save(stream)
      saved.catch(() => this.#stop.abort())
      try {
        await this.#restore(target)
      } catch (thrown) {
        abort(thrown)
        throw thrown
      }
      await saved
    })
  }

  stop(): void {
    this.#stop.abort()
  }

  /** One step back: from the result to the tree, from there to the snapshots, from there to the start. */
  back(): void {
    this.#stop.abort()
    this.trouble = undefined
    this.phase = this.phase === 'done' ? 'tree' : this.phase === 'tree' ? 'snapshots' : 'start'
  }

  async #list(engine: Promise<Engine>): Promise<void> {
    const [{ listSnapshots }, { owner }] = await Promise.all([import('../backup/snapshots.ts'), engine])
    this.#owner = owner
    this.snapshots = await listSnapshots(owner, this.#options())
    this.phase = 'snapshots'
  }

  async #restore(target: RestoreTarget): Promise<void> {
    const { restore } = await loadService()
    const { snapshot } = this
    if (snapshot === undefined) return
    this.#pace = new Pace()
    this.progress = this.left = this.result = undefined
    this.notices = []
    this.keepersInTrouble = []
    this.noticeCount = 0
    this.phase = 'running'
    const paths = this.chosen.size === 0 ? undefined : [...this.chosen]
    this.result = await restore(this.#ownerOrThrow(), snapshot.id, paths, target, this.#options())
    this.phase = 'done'
  }

  readonly #onTargetNotice: OnNotice = (what, path, detail) => this.#notice({ what, path, detail })

  #notice(notice: Notice): void {
    this.noticeCount += 1
    if (this.notices.length < SHOWN) this.notices = [...this.notices, notice]
  }

  #options() {
    return { signal: this.#stop.signal, onEvent: (event: RestoreEvent) => this.#on(event) }
  }

  #on(event: RestoreEvent): void {
    this.waiting = event.type === 'waiting' ? event.for : undefined
    switch (event.type) {
      case 'progress':
        this.#pace.add(performance.now(), event.bytesDone)
        this.progress = event
        this.left = this.#pace.left(event.bytesTotal)
        break
      case 'notice':
        this.#notice(event.notice)
        break
      case 'keeper-trouble':
        this.keepersInTrouble = [...this.keepersInTrouble.slice(1 - SHOWN), event.trouble]
        break
      case 'rolled-back':
        this.rolledBack = true
        break
      case 'forked':
        this.forked = true
        break
      case 'waiting':
        break
    }
  }

  #ownerOrThrow(): OwnerContext {
    if (this.#owner === undefined) throw new Error('A snapshot was opened before any was listed.')
    return this.#owner
  }

  /** @param otherwise the phase to be in when it fails */
  async #attempt(otherwise: RestoreState['phase'], work: () => Promise<void>): Promise<void> {
    this.trouble = undefined
    this.#stop = new AbortController()
    if (otherwise === 'start') {
      this.phase = 'looking'
      this.keepersInTrouble = []
      this.rolledBack = this.forked = false
    }
    try {
      await work()
    } catch (thrown) {
      this.trouble = troubleOf(thrown)
      this.phase = otherwise
    }
    this.waiting = undefined
  }
}
