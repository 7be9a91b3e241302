/** Reads folders again by itself: on time, and where the browser tells of changes, soon after them. */
import { lastOf } from '../core/clock.ts'
import type { Millis } from '../core/units.ts'
import type { BackupPlan } from '../store/indexeddb-page-memory.ts'
import { dueAt, type DueFacts } from './due.ts'
import { FolderWatches } from './folder-watch.ts'
import type { SourceState } from './source.svelte.ts'

/** Longest sleep: a machine that was asleep and a clock that was set are noticed this soon. */
const LOOK_EVERY_MS: Millis = 60_000
/** Shortest: what is due but cannot be done now is not asked for in a row. */
const SOONEST_MS: Millis = 1000

export interface ScheduleEnds {
  /** What decides; of the state as it is now. */
  readonly facts: () => Omit<DueFacts, 'now' | 'every' | 'paused' | 'lastAt' | 'changed'> & {
    readonly lastAt: Millis | undefined
    /** Nothing can be begun now. */
    readonly busy: boolean
  }
  /** Begins a backup that asks nobody anything. */
  readonly start: () => Promise<void>
  readonly save: (plan: BackupPlan) => Promise<void>
}

export const firstPlan: BackupPlan = { every: 'hour', paused: false, everyByte: false }

export class Schedule {
  readonly #ends: ScheduleEnds
  plan = $state.raw(firstPlan)
  /** How many folders the browser watches for us. */
  watched = $state(0)
  #timer: ReturnType<typeof setTimeout> | undefined
  #triedAt: Millis | undefined
  #changed: DueFacts['changed']
  #running = false
  readonly #watches = new FolderWatches({
    changed: () => this.changed(),
    watched: (folders) => (this.watched = folders),
  })

  constructor(ends: ScheduleEnds) {
    this.#ends = ends
  }

  /** From now on, for as long as the page lives. */
  run(): void {
    if (this.#running) return
    this.#running = true
    // A hidden tab's timers may be late by minutes: whenever the page is looked at, the clock is too.
    document.addEventListener('visibilitychange', () => this.look())
    addEventListener('online', () => this.look())
    addEventListener('focus', () => this.look())
    this.look()
  }

  async set(plan: BackupPlan): Promise<void> {
    this.plan = plan
    await this.#ends.save(plan)
    this.look()
  }

  /** Listens to the folders of these that can be read. */
  async watch(sources: readonly SourceState[]): Promise<void> {
    await this.#watches.only(
      sources.flatMap(({ id, handle, ready }) => (handle !== undefined && ready ? [{ id, handle }] : [])),
    )
  }

  /** A backup begins, by itself or not: it will see all changes that were told until now. */
  begun(): void {
    this.#triedAt = Date.now()
    this.#changed = undefined
  }

  /** Something has changed in a folder, or may have while it could not be read. */
  changed(): void {
    const now = Date.now()
    this.#changed = { firstAt: this.#changed?.firstAt ?? now, lastAt: now }
    this.look()
  }

  /** Starts what is due, or sleeps until something may be. */
  look(): void {
    if (!this.#running) return
    clearTimeout(this.#timer)
    const { busy, lastAt, ...facts } = this.#ends.facts()
    const now = Date.now()
    const { every, paused } = this.plan
    const last = lastOf(now, lastAt, this.#triedAt)
    const at = dueAt({ now, every, paused, lastAt: last, changed: this.#changed, ...facts })
    if (!busy && at !== undefined && at <= now) void this.#ends.start().finally(() => this.look())
    const sleepMs = Math.min(LOOK_EVERY_MS, Math.max(SOONEST_MS, (at ?? Infinity) - now))
    this.#timer = setTimeout(() => this.look(), sleepMs)
  }
}
