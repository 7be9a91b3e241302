/** How long something still takes: a range, out of the pace lately and the pace all along. */
import type { ByteCount, Millis } from '../core/units.ts'

/** The pace "lately" is that of this time. */
const LATELY_MS: Millis = 15_000
/** Before this much time and this part of the work nobody can tell. */
const EARLIEST_MS: Millis = 4_000
const EARLIEST_PART = 0.02

export interface TimeLeft {
  readonly fromMs: Millis
  readonly toMs: Millis
}

export class Pace {
  readonly #samples: { at: Millis; done: ByteCount }[] = []
  #first: { at: Millis; done: ByteCount } | undefined

  /** @param at of one steady clock */
  add(at: Millis, done: ByteCount): void {
    this.#first ??= { at, done }
    this.#samples.push({ at, done })
    while ((this.#samples[1]?.at ?? at) <= at - LATELY_MS) this.#samples.shift()
  }

  /** Bytes per second lately; 0 when nothing is known. */
  bytesPerSecond(): number {
    return rate(this.#samples[0], this.#samples.at(-1))
  }

  /** `undefined` while it would be a guess, or when nothing moves. */
  left(total: ByteCount): TimeLeft | undefined {
    const [first, last] = [this.#first, this.#samples.at(-1)]
    if (first === undefined || last === undefined) return undefined
    if (last.at - first.at < EARLIEST_MS || last.done < EARLIEST_PART * total) return undefined
    const rates = [this.bytesPerSecond(), rate(first, last)]
    if (Math.min(...rates) <= 0) return undefined
    const leftMs = (pace: number) => (1000 * Math.max(0, total - last.done)) / pace
    return { fromMs: leftMs(Math.max(...rates)), toMs: leftMs(Math.min(...rates)) }
  }
}

function rate(
  from: { at: Millis; done: ByteCount } | undefined,
  to: { at: Millis; done: ByteCount } | undefined,
): number {
  if (from === undefined || to === undefined || to.at <= from.at) return 0
  return (1000 * (to.done - from.done)) / (to.at - from.at)
}
