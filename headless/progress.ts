/** How far a transfer is, how fast it goes and how long it will take, in words that are never falsely exact. */
import type { Clock } from '../src/core/clock.ts'
import { GB, MB, type ByteCount, type Millis } from '../src/core/units.ts'

export interface ProgressState {
  readonly doneBytes: ByteCount
  readonly totalBytes: ByteCount
  /** Bytes per second over the last while; `undefined` until enough was seen. */
  readonly rate: number | undefined
  /** Shortest and longest time it may still take; `undefined` until enough was seen. */
  readonly left: { readonly fromMs: Millis; readonly toMs: Millis } | undefined
}

/** How far back the rate looks, and how much must be seen before anything is said. */
const WINDOW_MS: Millis = 30_000
const SHORT_WINDOW_MS: Millis = 8000
const FIRST_WORD_MS: Millis = 3000

/** Measures progress from the counts that go by. */
export class ProgressMeter {
  readonly #clock: Clock
  #samples: { readonly at: Millis; readonly bytes: ByteCount }[] = []
  #totalBytes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(doneBytes: ByteCount, totalBytes: ByteCount): void {
    const at = this.#clock.now()
    const last = this.#samples.at(-1)
    // A clock that was set back makes everything measured before meaningless.
    if (last !== undefined && at < last.at) this.#samples = []
    // Ten samples a second are plenty; the newest always counts.
    if (this.#samples.length > 1 && at - (this.#samples.at(-2)?.at ?? 0) < 100) this.#samples.pop()
    this.#samples.push({ at, bytes: doneBytes })
    this.#samples = this.#samples.filter((sample) => at - sample.at <= WINDOW_MS)
    this.#totalBytes = totalBytes
  }

  state(): ProgressState {
    const doneBytes = this.#samples.at(-1)?.bytes ?? 0
    const totalBytes = this.#totalBytes
    const rate = this.#rate(WINDOW_MS)
    const recent = this.#rate(SHORT_WINDOW_MS)
    if (!rate || !recent) return { doneBytes, totalBytes, rate, left: undefined }
    const leftMs = (speed: number): Millis => (1000 * (totalBytes - doneBytes)) / speed
    // Networks of home computers waver: a fifth to either side of what was seen fast and slow.
    const left = { fromMs: 0.8 * leftMs(Math.max(rate, recent)), toMs: 1.2 * leftMs(Math.min(rate, recent)) }
    return { doneBytes, totalBytes, rate, left }
  }

  /** Bytes per second over the samples of the last `windowMs`. */
  #rate(windowMs: Millis): number | undefined {
    const last = this.#samples.at(-1)
    const first = this.#samples.find((sample) => last !== undefined && last.at - sample.at <= windowMs)
    if (first === undefined || last === undefined || last.at - first.at < FIRST_WORD_MS) return undefined
    return (1000 * (last.bytes - first.bytes)) / (last.at - first.at)
  }
}

const BAR_CELLS = 24

/** One line without its end. @param columns room on a terminal, filled with a drawn bar when there is enough; 0 for none */
export function bar({ doneBytes, totalBytes, rate, left }: ProgressState, columns: number): string {
  const part = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes)
  const facts = [
    // 100 % is said when all of it is there, not when it rounds to that.
    `${Math.floor(100 * part)} %`,
    `${sizeText(doneBytes)} of ${sizeText(totalBytes)}`,
    ...(rate === undefined ? [] : [`${sizeText(rate)}/s`]),
    ...(left === undefined || part === 1 ? [] : [`${rangeText(left.fromMs, left.toMs)} left`]),
  ].join('  ')
  if (columns < facts.length + BAR_CELLS + 2) return columns === 0 ? facts : facts.slice(0, columns)
  const filled = Math.floor(BAR_CELLS * part)
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}  ${facts}`
}

/** `1.2 GB`: decimal units, as people type them. */
export function sizeText(bytes: ByteCount): string {
  const [unit, size] = bytes >= GB ? ['GB', GB] : bytes >= MB ? ['MB', MB] : bytes >= 1000 ? ['kB', 1000] : ['B', 1]
  const amount = bytes / size
  return `${size > 1 && amount < 100 ? amount.toFixed(1) : Math.round(amount)} ${unit}`
}

/** A span such as `3–5 min`, at least a few seconds long. */
export function rangeText(fromMs: Millis, toMs: Millis): string {
  if (toMs < 10_000) return 'a few seconds'
  const [unit, ms] = toMs >= 2 * 3_600_000 ? ['h', 3_600_000] : toMs >= 120_000 ? ['min', 60_000] : ['s', 1000]
  // Seconds are said in fives.
  const step = unit === 's' ? 5 : 1
  const from = step * Math.floor(fromMs / ms / step)
  const to = step * Math.ceil(toMs / ms / step)
  return from === 0 ? `up to ${to} ${unit}` : from === to ? `about ${to} ${unit}` : `${from}–${to} ${unit}`
}
