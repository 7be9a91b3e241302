/** How long something still takes: a range, out of the pace lately and the pace all along. */
import type { ByteCount, Millis } from '../core/units.ts'

/** The pace "lately" is that of this time, of this part of the whole time when that is longer, and of so many steps. */
const LATELY_MS: Millis = 15_000
const LATELY_PART = 1 / 4
const LATELY_STEPS = 8
/** Before this much time and this part of the work nobody can tell. */
const EARLIEST_MS: Millis = 4_000
const EARLIEST_PART = 0.02

export interface TimeLeft {
  readonly fromMs: Millis
  readonly toMs: Millis
}

interface Sample {
  readonly at: Millis
  readonly done: ByteCount
}

/**
 * Work moves in steps: what lies between them says nothing, so the pace is taken from step to step, and what came before
 * the first (looking around, filling the first pack) does not count.
 */
export class Pace {
  /** Each step of lately, oldest first. */
  #steps: Sample[] = []
  #start: ByteCount | undefined
  #first: Sample | undefined
  #now: Millis = 0

  /** @param at of one steady clock. To be called from time to time also when nothing moves, so that a stop is seen. */
  add(at: Millis, done: ByteCount): void {
    this.#now = at
    this.#start ??= done
    if (done === (this.#steps.at(-1)?.done ?? this.#start)) return
    this.#first ??= { at, done }
    this.#steps.push({ at, done })
    const since = at - Math.max(LATELY_MS, LATELY_PART * (at - this.#first.at))
    const next = () => this.#steps[1]?.at ?? at
    while (this.#steps.length > LATELY_STEPS + 1 && next() <= since) this.#steps.shift()
  }

  /** Bytes per second lately; 0 when nothing is known. */
  bytesPerSecond(): number {
    return this.#rateSince(this.#steps[0])
  }

  /** `undefined` while it would be a guess, or when nothing moves. */
  left(total: ByteCount): TimeLeft | undefined {
    const [first, last] = [this.#first, this.#steps.at(-1)]
    if (first === undefined || last === undefined) return undefined
    if (this.#now - first.at < EARLIEST_MS || last.done < EARLIEST_PART * total) return undefined
    const rates = [this.bytesPerSecond(), this.#rateSince(first)]
    if (Math.min(...rates) <= 0) return undefined
    const leftMs = (pace: number) => (1000 * Math.max(0, total - last.done)) / pace
    return { fromMs: leftMs(Math.max(...rates)), toMs: leftMs(Math.min(...rates)) }
  }

  #rateSince(from: Sample | undefined): number {
    const to = this.#steps.at(-1)
    if (from === undefined || to === undefined || to.at <= from.at) return 0
    // A step that is later than any is expected to be counts as standing still.
    const gap = (to.at - from.at) / Math.max(1, this.#steps.length - 1)
    const until = this.#now - to.at > 3 * gap + EARLIEST_MS ? this.#now : to.at
    return (1000 * (to.done - from.done)) / (until - from.at)
  }
}
