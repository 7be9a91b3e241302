/** Measures this tab while nobody sees it, by timers of the page and of a worker, and remembers it over a reload. */
import { DAY, MINUTE, type Millis } from '../core/units.ts'
import type { HiddenRecord, Work } from '../store/hidden-record.ts'
import type { PageMemory } from '../store/indexeddb-page-memory.ts'
import { TICK_MS, TickCounter } from './hidden-ticks.ts'
import { WorkCounter } from './hidden-work.ts'
import { startWorkerTicks } from './worker-ticks.ts'

/** A browser that throws the tab away takes at most so much of the measure with it. */
const SAVE_MS: Millis = MINUTE
/** What is older says little of the browser as it is set now. */
const OLDEST_MS: Millis = DAY

type Memory = Pick<PageMemory, 'hiddenRecord' | 'setHiddenRecord'>

export class HiddenWatch {
  readonly #memory: Memory
  readonly #totals: () => Work
  #since: Millis
  #ticks: TickCounter
  #work: WorkCounter
  #savedAt = performance.now()

  private constructor(memory: Memory, totals: () => Work, known: HiddenRecord | undefined) {
    this.#memory = memory
    this.#totals = totals
    this.#since = known?.since ?? Date.now()
    this.#ticks = new TickCounter(known?.ticks)
    this.#work = new WorkCounter(known)
  }

  /** Measures for as long as the page lives. @param totals what this tab has done since it was opened */
  static async start(memory: Memory, totals: () => Work): Promise<HiddenWatch> {
    const known = await memory.hiddenRecord().catch(() => undefined)
    const isOfNow = known !== undefined && Math.abs(Date.now() - known.since) < OLDEST_MS
    const watch = new HiddenWatch(memory, totals, isOfNow ? known : undefined)
    watch.#run()
    return watch
  }

  get record(): HiddenRecord {
    return { since: this.#since, ticks: this.#ticks.hidden, ...this.#work.counted }
  }

  /** Forgets what was measured: to see whether a cure has helped. */
  async again(): Promise<void> {
    this.#since = Date.now()
    this.#ticks = new TickCounter()
    this.#work = new WorkCounter()
    await this.#save()
  }

  #run(): void {
    setInterval(() => {
      this.#ticks.page(performance.now(), document.hidden)
      this.#look()
    }, TICK_MS)
    document.addEventListener('visibilitychange', () => {
      this.#look()
      void this.#save()
    })
    // Not before it is needed: most visits are short and seen.
    const startWorker = () =>
      startWorkerTicks(TICK_MS, (at) => {
        this.#ticks.worker(at, document.hidden)
        // The page's own timer may be slowed to a tick a minute, and then says nothing of how fast bytes go.
        this.#look()
      })
    const onHidden = () => {
      if (!document.hidden) return
      document.removeEventListener('visibilitychange', onHidden)
      startWorker()
    }
    document.addEventListener('visibilitychange', onHidden)
    onHidden()
    this.#look()
  }

  #look(): void {
    const now = performance.now()
    this.#work.look(now, document.hidden, this.#totals())
    if (document.hidden && now - this.#savedAt >= SAVE_MS) void this.#save()
  }

  /** What cannot be written down is measured all the same. */
  #save(): Promise<void> {
    this.#savedAt = performance.now()
    return this.#memory.setHiddenRecord(this.record).catch(() => undefined)
  }
}
