/** What a backup tells while it runs, as a screen shows it. */
import type { BackupEvent, KeeperTrouble } from '../backup/events.ts'
import type { Millis } from '../core/units.ts'
import { LeftOutGatherer } from './left-out.ts'
import { reach } from './reach.svelte.ts'
import type { SourceProgress, SourceState } from './source.svelte.ts'
import { Pace, type TimeLeft } from './time-left.ts'

/** Lines of a list that are kept for the screen. */
const SHOWN = 200
/** Thousands of small files tell more than a screen can show: it is told of the newest state this often. */
const SHOW_EVERY_MS: Millis = 150
/** The pace is looked at this often also when nothing moves. */
const PACE_EVERY_MS: Millis = 1000

type Progress = Extract<BackupEvent, { type: 'progress' }>

export class RunningBackup {
  running = $state(false)
  scanned = $state.raw<{ files: number; bytes: number }>()
  progress = $state.raw<Progress>()
  left = $state.raw<TimeLeft>()
  bytesPerSecond = $state(0)
  /** The ring: places of the group that hold their part. */
  spread = $state.raw({ stored: 0, of: 0, needed: 0 })
  readonly waiting = $derived.by(() =>
    reach.isAwaited ? 'coordinator' : this.#waitsForKeepers ? 'keepers' : undefined,
  )
  /** The coordinator has lost newer backups than it shows. */
  rolledBack = $state(false)
  /** Keepers that did not take their part; the work goes on with others. */
  keepersInTrouble = $state.raw<readonly KeeperTrouble[]>([])

  #waitsForKeepers = $state(false)
  #sources: readonly SourceState[] = []
  #leftOut: LeftOutGatherer[] = []
  #pace = new Pace()
  #newest: Progress | undefined
  /** By place in the list. */
  #newestOf: (SourceProgress | undefined)[] = []
  #showing: ReturnType<typeof setTimeout> | undefined
  #pacing: ReturnType<typeof setInterval> | undefined

  begin(sources: readonly SourceState[]): void {
    this.#sources = sources
    this.#pace = new Pace()
    this.#newest = undefined
    this.#newestOf = []
    this.#forgetFindings()
    for (const source of sources) source.progress = undefined
    this.progress = this.scanned = this.left = undefined
    this.#waitsForKeepers = false
    this.rolledBack = false
    this.keepersInTrouble = []
    this.bytesPerSecond = 0
    this.spread = { stored: 0, of: 0, needed: 0 }
    this.running = true
    this.#pacing = setInterval(() => this.#measure(), PACE_EVERY_MS)
  }

  /** It has its snapshot: what is known of each source that was read is noted there. */
  finished(): void {
    this.#show()
    for (const [i, source] of this.#sources.entries()) {
      if (source.away === undefined) source.leftOut = this.#leftOut[i]?.gathered()
    }
  }

  end(): void {
    clearInterval(this.#pacing)
    this.#show()
    this.running = false
    this.left = undefined
    this.#waitsForKeepers = false
  }

  on(event: BackupEvent): void {
    this.#waitsForKeepers = event.type === 'waiting'
    switch (event.type) {
      case 'scanned':
        this.#forgetFindings() // a backup that begins again finds everything again
        this.scanned = event
        break
      case 'progress':
        this.#newest = event
        this.#showSoon()
        break
      case 'source':
        this.#newestOf[event.source] = event
        this.#showSoon()
        break
      case 'source-away': {
        const source = this.#sources[event.source]
        if (source !== undefined) source.away = event
        break
      }
      case 'spread':
        // Several packs are on their way at once: a keeper that has taken its part of one does not hand it back.
        this.spread = { ...event, stored: Math.max(event.stored, this.spread.of === event.of ? this.spread.stored : 0) }
        break
      case 'notice':
        this.#leftOut[event.source]?.add(event.notice)
        break
      case 'keeper-trouble':
        this.keepersInTrouble = [...this.keepersInTrouble.slice(1 - SHOWN), event.trouble]
        break
      case 'rolled-back':
        this.rolledBack = true
        break
      case 'head-refused': // the restore tells
      case 'forked': // of this device it ends the backup; of another the restore tells, where it matters
        break
      case 'waiting': // see above
        break
    }
  }

  #forgetFindings(): void {
    this.#leftOut = this.#sources.map(() => new LeftOutGatherer())
    for (const source of this.#sources) source.away = undefined
  }

  #showSoon(): void {
    this.#showing ??= setTimeout(() => this.#show(), SHOW_EVERY_MS)
  }

  #show(): void {
    clearTimeout(this.#showing)
    this.#showing = undefined
    if (this.#newest !== undefined) this.progress = this.#newest
    this.#newestOf.forEach((progress, i) => {
      const source = this.#sources[i]
      if (source !== undefined) source.progress = progress
    })
    this.#newestOf = []
  }

  #measure(): void {
    if (this.#newest === undefined) return
    this.#pace.add(performance.now(), this.#newest.bytesSpread)
    this.bytesPerSecond = this.#pace.bytesPerSecond()
    this.left = this.#pace.left(this.#newest.bytesTotal)
  }
}
