/**
 * The time at the coordinator, as a keeper knows it. Receipts and inventories are compared by their times at the
 * coordinator, for years, so they must not depend on how right the clock of the keeper's machine is on that day.
 */
import { CLOCK_TOLERANCE_MS, type Clock } from '../core/clock.ts'
import type { Millis } from '../core/units.ts'
import type { Stopwatch } from './rate.ts'

export class CoordinatorClock implements Clock {
  readonly #clock: Clock
  readonly #stopwatch: Pick<Stopwatch, 'now'>
  #heardAt: { readonly clock: Millis; readonly stopwatch: Millis }
  #aheadMs: Millis = 0
  #latest: Millis = 0

  /** @param told the coordinator's time just now */
  constructor(clock: Clock, stopwatch: Pick<Stopwatch, 'now'>, told: Millis) {
    this.#clock = clock
    this.#stopwatch = stopwatch
    this.#heardAt = this.#machine()
    this.set(told)
  }

  /** Hears the coordinator's time again. */
  set(told: Millis): void {
    this.#heardAt = this.#machine()
    this.#aheadMs = told - this.#heardAt.clock
    // The machine's clock has jumped: what it made of the time was wrong.
    if (this.#latest > told + CLOCK_TOLERANCE_MS) this.#latest = told
  }

  /** Never goes back by the little that one answer of the coordinator took longer than another. */
  now(): Millis {
    this.#latest = Math.max(this.#latest, this.#clock.now() + this.#aheadMs)
    return this.#latest
  }

  /** This machine's clock was put forward or back since the coordinator was heard, or the machine slept: it is to be asked again. */
  get isDoubtful(): boolean {
    const { clock, stopwatch } = this.#machine()
    const passed = { clock: clock - this.#heardAt.clock, stopwatch: stopwatch - this.#heardAt.stopwatch }
    return Math.abs(passed.clock - passed.stopwatch) > CLOCK_TOLERANCE_MS
  }

  #machine() {
    return { clock: this.#clock.now(), stopwatch: this.#stopwatch.now() }
  }
}
