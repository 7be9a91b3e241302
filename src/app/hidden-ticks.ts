/**
 * How far the browser slows a page that nobody sees, measured all the time: a timer of the page beside one of a worker,
 * which a browser does not slow. Where both stand still, the whole tab did.
 */
import type { Millis } from '../core/units.ts'
import type { HiddenTicks } from '../store/hidden-record.ts'

export const noTicks: HiddenTicks = { hiddenMs: 0, longestGapMs: 0, longestStandstillMs: 0, ticks: 0, expected: 0 }

export const TICK_MS: Millis = 1000
/** A second late is the browser's usual rounding; from here on answers come late too. */
const LONG_GAP_MS: Millis = 5000

export const hiddenGapsAreLong = ({ longestGapMs }: HiddenTicks): boolean => longestGapMs > LONG_GAP_MS

/** Counts ticks of one page. Pure: the time comes in. */
export class TickCounter {
  #ticks: HiddenTicks
  #last: Millis | undefined
  #lastOfWorker: Millis | undefined

  constructor(known: HiddenTicks = noTicks) {
    this.#ticks = known
  }

  get hidden(): HiddenTicks {
    return this.#ticks
  }

  /** A tick of the page's timer. */
  page(now: Millis, isHidden: boolean): void {
    const gapMs = now - (this.#last ?? now)
    this.#last = isHidden ? now : undefined
    if (!isHidden || gapMs === 0) return
    const { hiddenMs, longestGapMs, ticks, expected } = this.#ticks
    this.#ticks = {
      ...this.#ticks,
      hiddenMs: hiddenMs + gapMs,
      longestGapMs: Math.max(longestGapMs, gapMs),
      ticks: ticks + 1,
      expected: expected + Math.max(1, Math.round(gapMs / TICK_MS)),
    }
  }

  /** A tick of the worker's timer, by the worker's own clock. */
  worker(now: Millis, isHidden: boolean): void {
    const gapMs = now - (this.#lastOfWorker ?? now)
    this.#lastOfWorker = isHidden ? now : undefined
    if (!isHidden) return
    this.#ticks = { ...this.#ticks, longestStandstillMs: Math.max(this.#ticks.longestStandstillMs, gapMs) }
  }
}
