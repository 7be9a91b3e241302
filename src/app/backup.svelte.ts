/** The sources of this browser and the way of their bytes to the keepers: what is chosen, what runs, and when. */
import type { Preview } from '../backup/scan.ts'
import type { Millis } from '../core/units.ts'
import { unlessAborted } from '../core/unless-aborted.ts'
import type { BackupPlan, LastBackup, PageMemory, UnfinishedBackup } from '../store/indexeddb-page-memory.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import type { Source } from '../backup/source.ts'
import { eventLog } from './event-log.ts'
import type { AccountState } from './account.svelte.ts'
import type { Engine } from './compose.ts'
import type { Hold } from './power.svelte.ts'
import { OutlookState } from './outlook.svelte.ts'
import { RunningBackup } from './running-backup.svelte.ts'
import { firstPlan, Schedule } from './schedule.svelte.ts'
import { backupSentence, safetyOf, type BackupFacts, type Safety } from './sentences.ts'
import { SourceList } from './source-list.svelte.ts'
import type { SourceState } from './source.svelte.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** Who looks at what a backup would hold is not overtaken by the schedule for so long. */
const DECIDING_MS: Millis = 10 * 60_000
const HALF = 0.5

export type Way = 'running' | 'counting' | 'preview' | 'choose' | 'resume' | 'now'

export class BackupState {
  readonly #memory: PageMemory
  readonly #account: AccountState
  readonly #engine: () => Promise<Engine>
  readonly list: SourceList
  readonly run = new RunningBackup()
  /** Whether drills give a reason to worry about the source of this name. */
  failedToComeBack: (name: string) => boolean = () => false
  readonly schedule: Schedule
  readonly outlook: OutlookState
  #stop: AbortController | undefined
  /** Begun, and waiting for what holds it to pass. */
  #goesOn = false
  /** Ends when nothing runs, and nothing is done behind the last one any more. */
  #ended: Promise<void> = Promise.resolve()

  /** What the next backup would hold; absent while it is counted or when nothing has changed since the last. */
  preview = $state.raw<Preview>()
  #previewedAt = 0
  #choosingNow = false
  counting = $state(false)
  /** Why nothing is backed up although it was begun. */
  held = $state.raw<Hold>()
  counted = $state.raw<{ files: number; bytes: number }>()
  /** The backup that runs was begun by the schedule and has found nothing new yet. */
  #quiet = $state(false)
  last = $state.raw<LastBackup>()
  unfinished = $state.raw<UnfinishedBackup>()
  /** Packs that somebody had condemned although a snapshot needs them, found behind the last one. */
  takenBack = $state(0)
  /** The person has cancelled the last one. */
  cancelled = $state(false)
  trouble = $state.raw<Trouble>()

  readonly sources = $derived.by(() => this.list.all)
  readonly running = $derived.by(() => this.run.running)
  readonly progress = $derived.by(() => this.run.progress)
  readonly spread = $derived.by(() => this.run.spread)
  readonly paused = $derived.by(() => this.schedule.plan.paused)
  /** Keepers are asked for lost parts of packs behind a backup, and those made again. */
  #repairing = $state(false)
  /** It runs, and there is something to send. */
  readonly sending = $derived(this.running && !(this.#quiet && this.spread.stored === 0))
  /** A drill beside it would find what is about to be mended. */
  readonly atWork = $derived(this.sending || this.#repairing)

  readonly facts = $derived.by((): BackupFacts => ({
    folders: this.sources.length,
    covered: this.sources.filter(({ backedUpAt }) => backedUpAt !== undefined).length,
    running: this.sending,
    someStored: this.spread.stored > 0,
    finished: this.last?.finished?.state,
    wordsConfirmed: this.#account.confirmed,
    brokenOff: !this.running && this.unfinished !== undefined,
    chooseAgain:
      this.list.ready.length + this.list.askable.length === 0 && this.sources.some((source) => this.#asksAgain(source)),
    paused: this.paused,
    oneMachine: this.#account.coordinator?.oneMachine ?? this.last?.finished?.oneMachine ?? false,
    atRisk: this.sources.filter((source) => this.isAtRisk(source) || this.#isUnproven(source)).length,
  }))
  readonly safety = $derived(safetyOf(this.facts))
  readonly sentence = $derived(backupSentence(this.facts))
  /** How full the ring of everything is while something is at risk: as that of what is worst off. */
  readonly fillAtRisk = $derived(Math.min(1, ...this.sources.map((source) => this.fillOf(source))))
  /** What leads to the next backup now; of `now` and `resume` it is a click on `start`. */
  readonly way = $derived.by((): Way => {
    if (this.running) return 'running'
    if (this.counting) return 'counting'
    if (this.preview !== undefined) return 'preview'
    if (this.list.ready.length === 0 && this.list.askable.length === 0) return 'choose'
    return this.unfinished !== undefined || this.paused ? 'resume' : 'now'
  })

  constructor(memory: PageMemory, account: AccountState, engine: () => Promise<Engine>) {
    this.#memory = memory
    this.#account = account
    this.#engine = engine
    this.list = new SourceList(memory)
    this.outlook = new OutlookState(engine)
    this.schedule = new Schedule({
      facts: () => ({
        everFinished: this.last?.finished !== undefined,
        unfinished: this.unfinished !== undefined,
        lastAt: this.last?.finished?.at,
        busy:
          this.running ||
          this.counting ||
          this.#choosingNow ||
          this.held !== undefined ||
          this.list.ready.length === 0 ||
          this.#account.identity === undefined ||
          (this.preview !== undefined && Date.now() - this.#previewedAt < DECIDING_MS),
      }),
      start: () => this.#startAlone(),
      save: (plan) => this.#memory.setBackupPlan(plan),
    })
  }

  /** How well one source is kept: that of the whole, unless no backup holds it yet or something of it is on its way. */
  safetyOf(source: SourceState): Safety {
    if (this.isAtRisk(source) || this.#isUnproven(source)) return 'at-risk'
    const held = source.backedUpAt !== undefined
    const begun = source.ready && (this.running || (!held && this.facts.brokenOff))
    if (begun && (held ? !source.allKept : this.facts.someStored)) return 'spreading'
    if (!held) return 'here-only'
    return safetyOf({ ...this.facts, running: false, brokenOff: false, folders: 1, covered: 1, atRisk: 0 })
  }

  /** It was chosen as a list, and choosing it again would do what the last backup has not done. */
  #asksAgain(source: SourceState): boolean {
    const { mustBeChosen, backedUpAt, chosenAt } = source
    if (!mustBeChosen) return false
    const isOwed = backedUpAt === undefined || (this.unfinished !== undefined && backedUpAt < chosenAt)
    const isThin = this.last?.finished?.state === 'spreading' || this.isAtRisk(source) || this.#isUnproven(source)
    return isOwed || isThin
  }

  #isUnproven({ name, backedUpAt }: SourceState): boolean {
    return backedUpAt !== undefined && this.failedToComeBack(name)
  }

  isAtRisk({ name, backedUpAt }: SourceState): boolean {
    return backedUpAt !== undefined && this.outlook.of(name)?.atRisk === true
  }

  /**
   * How full the ring of a source is, as far as risk goes: half, as in the mark of the tab, until somebody knows, and no
   * fuller where all is there and does not come back.
   */
  fillOf(source: SourceState): number {
    const filled = this.outlook.of(source.name)?.filled ?? HALF
    if (this.#isUnproven(source)) return Math.min(HALF, filled)
    return this.isAtRisk(source) ? filled : 1
  }

  async load(): Promise<void> {
    const [last, unfinished, plan] = await Promise.all([
      this.#memory.lastBackup(),
      this.#memory.unfinishedBackup(),
      this.#memory.backupPlan(),
      this.list.load(),
    ])
    this.last = last?.finished === undefined ? undefined : last
    // As earlier versions wrote it down.
    this.unfinished = unfinished ?? (last !== undefined && last.finished === undefined ? last : undefined)
    this.schedule.plan = plan ?? firstPlan
  }

  /** Goes on with what was interrupted, and from then on works by itself, as far as that asks nobody anything. */
  async wake(): Promise<void> {
    this.schedule.run()
    await this.schedule.watch(this.sources)
    const known = this.#account.identity !== undefined
    if (this.unfinished !== undefined && !this.paused && known && this.list.ready.length > 0) void this.#startAlone()
    if (known && this.last?.finished !== undefined) void this.outlook.look()
  }

  /** Opens the browser's folder dialog. Only in answer to a click. */
  pickFolder(): Promise<void> {
    return this.#choosing(() => this.list.pick())
  }

  /** @param files of an `<input webkitdirectory>`: none where the person broke off, and of a folder that holds none */
  async addFiles(files: readonly File[]): Promise<void> {
    if (files.length === 0) this.list.noneChosen()
    else await this.#choosing(() => this.list.addFiles(files))
  }

  /** Must be called while the drop is being handled. */
  addDropped(items: DataTransferItemList): Promise<void> {
    return this.#choosing(() => this.list.addDropped(items))
  }

  /** Asks for the permission that the browser has taken back. Only in answer to a click. */
  reconnect(source: SourceState): Promise<void> {
    return this.#attempt(async () => {
      if (!(await this.list.reconnect(source))) return
      await this.schedule.watch(this.sources)
      this.schedule.changed()
    })
  }

  remove(source: SourceState): Promise<void> {
    return this.#attempt(async () => {
      await this.list.remove(source)
      await this.schedule.watch(this.sources)
      if (this.preview !== undefined) await this.#count()
    })
  }

  setRules(source: SourceState, rules: { text: string; defaults: boolean }): Promise<void> {
    return this.#attempt(async () => {
      await this.list.setRules(source, rules)
      if (!this.running) await this.#count()
    })
  }

  /**
   * Backs up every source that can be read. What an earlier try has spread is not sent again. Only in answer to a click,
   * because it asks again for permissions that the browser has taken back.
   */
  async start(): Promise<void> {
    if (this.running) return
    await this.#attempt(async () => {
      for (const source of this.list.askable) await this.list.reconnect(source)
      if (this.paused) await this.schedule.set({ ...this.schedule.plan, paused: false })
    })
    await this.#start()
  }

  /** Stops what is sent, at once, until `start`: also over a reload. What was sent stays sent. */
  async pause(): Promise<void> {
    this.#goesOn = false
    this.#stop?.abort()
    await this.#attempt(() => this.schedule.set({ ...this.schedule.plan, paused: true }))
  }

  /** Gives the backup up. What was sent stays with keepers, and a later backup uses it. */
  async cancel(): Promise<void> {
    this.#goesOn = false
    this.#stop?.abort()
    await this.#ended
    await this.#attempt(async () => {
      await this.#noteUnfinished(undefined)
      if (this.paused) await this.schedule.set({ ...this.schedule.plan, paused: false })
      this.cancelled = true
    })
  }

  /** Breaks off for a reason that passes by itself, and goes on then. @param why `undefined`: it has passed */
  hold(why: Hold | undefined): void {
    this.held = why
    if (why === undefined) {
      this.#goOn()
      return
    }
    if (this.running) this.#goesOn = true
    this.#stop?.abort()
  }

  /** Nobody is here to click again: whatever was readable still is. */
  #goOn(): void {
    if (!this.#goesOn || this.held !== undefined || this.running) return
    this.#goesOn = false
    void this.#start()
  }

  /** Leaves one source out from now on; the others go on. */
  pauseSource(source: SourceState): Promise<void> {
    return this.#attempt(async () => {
      const again = this.running
      this.#stop?.abort()
      await this.list.setPaused(source, true)
      await this.#ended
      if (again && this.list.ready.length > 0) void this.#start()
    })
  }

  /** Takes it in again, at once. Only in answer to a click. */
  resumeSource(source: SourceState): Promise<void> {
    return this.#attempt(async () => {
      await this.list.setPaused(source, false)
      if (source.source === undefined && source.handle !== undefined) await this.list.reconnect(source)
      this.#stop?.abort()
      await this.#ended
      await this.schedule.watch(this.sources)
      if (this.paused) await this.schedule.set({ ...this.schedule.plan, paused: false })
      void this.#start()
    })
  }

  /** Changes when folders are read again, and how. */
  replan(plan: BackupPlan): Promise<void> {
    return this.#attempt(() => this.schedule.set(plan))
  }

  async #startAlone(): Promise<void> {
    await this.list.lookAgain()
    if (this.paused || this.running) return // another look may have begun one meanwhile
    this.#quiet = true
    await this.#start()
    this.#quiet = false
  }

  #start(): Promise<void> {
    if (this.running || this.list.ready.length === 0) return Promise.resolve()
    if (this.held !== undefined) {
      this.#goesOn = true
      return Promise.resolve()
    }
    return (this.#ended = this.#backup(this.#ended))
  }

  /** Writes the list of snapshots while no backup does: what is done behind one is broken off, and the next one waits. */
  alone(change: () => Promise<void>): Promise<void> {
    if (!this.running) this.#stop?.abort()
    const changed = this.#ended.then(change)
    this.#ended = changed.catch(() => undefined)
    return changed
  }

  /** @param before what is still done behind the last one is broken off */
  async #backup(before: Promise<void>): Promise<void> {
    const sources = this.sources
    this.#stop?.abort()
    const { signal } = (this.#stop = new AbortController())
    this.run.begin(sources)
    this.schedule.begun()
    this.preview = undefined
    this.cancelled = false
    this.list.said = []
    const startedAt = Date.now()
    let lookAfter: (() => Promise<void>) | undefined
    await this.#attempt(async () => {
      await this.#noteUnfinished({ startedAt })
      await unlessAborted(this.#account.ensure(), signal)
      await before
      const [{ backup, lastLookAt }, { owner, trees }] = await unlessAborted(
        Promise.all([import('../backup/backup.ts'), this.#engine()]),
        signal,
      )
      const lookedAt = await lastLookAt(owner)
      // Asked first: once it has its snapshot, nothing that a network does can make it a failure.
      const { oneMachine } = await unlessAborted(owner.coordinator.info(), signal)
      const read = sources.map((source) => source.forBackup())
      const chosen = sources.map((state) => ({ state, source: state.source, chosenAt: state.chosenAt }))
      const { snapshot, state } = await backup(owner, read, {
        signal,
        everyByte: this.schedule.plan.everyByte,
        trees,
        onEvent: (event) => this.run.on(event),
      })
      this.run.finished()
      const at = Date.now()
      for (const { state: source, chosenAt } of chosen) {
        if (source.away === undefined) {
          // Of a list of files it holds what was there when they were chosen, however long that backup was paused.
          source.backedUpAt = source.handle === undefined ? chosenAt : at
          source.files = source.progress?.filesDone
          source.bytes = source.progress?.bytesRead
        } else if (source.away.carried) continue
        // The newest snapshot does not hold it, whatever older ones do: nothing may call it safe.
        else source.backedUpAt = undefined
        if (this.sources.includes(source)) await this.list.save(source)
      }
      const last = { startedAt, finished: { at, snapshot, state, oneMachine } }
      await this.#memory.setLastBackup(last)
      this.last = last
      await this.#noteUnfinished(undefined)
      // What is not spread far enough is looked after by the next backup, which needs something to read.
      if (state === 'safe') for (const one of chosen) one.state.letGo(one)
      await this.schedule.watch(this.sources)
      lookAfter = async () => {
        await this.#clearUp(owner, lookedAt, signal).catch(() => undefined)
        await this.#lookAfterPacks(owner, read, lookedAt, signal)
      }
      void this.outlook.look()
    })
    // Not before all is written down: until then it is neither done nor broken off.
    this.#repairing = lookAfter !== undefined
    this.run.end()
    this.#goOn()
    this.schedule.look()
    await lookAfter?.().catch(() => undefined) // nothing of the backup: tried again behind a later one
    this.#repairing = false
  }

  /** What nothing needs any more begins to go; what something needs that somebody has condemned is taken back. */
  async #clearUp(owner: OwnerContext, lookedAt: Millis | undefined, signal: AbortSignal): Promise<void> {
    const { collectGarbage, isCollectionDue } = await import('../backup/retention.ts')
    if (!(await isCollectionDue(owner, lookedAt))) return
    const { takenBack } = await collectGarbage(owner, { signal })
    if (takenBack.length > 0) this.takenBack = takenBack.length
  }

  /** What keepers have lost is made again; once a day, what was coded in a smaller network moves. */
  async #lookAfterPacks(
    owner: OwnerContext,
    sources: readonly Source[],
    lookedAt: Millis | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { repairOwn } = await import('../repair/own-repair.ts')
    if ((await repairOwn(owner, sources, signal)).packs > 0) eventLog.note('packs-repaired')
    this.#repairing = false
    const { isFirstOfDay } = await import('../backup/retention.ts')
    if (!isFirstOfDay(owner, lookedAt)) return
    const { recode } = await import('../repair/recode.ts')
    if ((await recode(owner, sources, { signal })) > 0) eventLog.note('packs-recoded')
  }

  async #noteUnfinished(unfinished: UnfinishedBackup | undefined): Promise<void> {
    await this.#memory.setUnfinishedBackup(unfinished)
    this.unfinished = unfinished
  }

  #choosing(choose: () => Promise<void>): Promise<void> {
    return this.#attempt(async () => {
      this.#choosingNow = true
      try {
        await choose()
        await this.schedule.watch(this.sources)
        await this.#count()
      } finally {
        this.#choosingNow = false
      }
    })
  }

  /** Also for the figures in the list. */
  async #count(): Promise<void> {
    this.preview = undefined
    const { ready } = this.list
    if (ready.length === 0) return
    this.counting = true
    try {
      const { preview } = await import('../backup/scan.ts')
      const found = await preview(
        ready.map((source) => source.forBackup()),
        { onProgress: (files, bytes) => (this.counted = { files, bytes }) },
      )
      ready.forEach((source, i) => {
        source.files = found.sources[i]?.files
        source.bytes = found.sources[i]?.bytes
      })
      this.preview = found
      this.#previewedAt = Date.now()
    } finally {
      this.counting = false
      this.counted = undefined
    }
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
