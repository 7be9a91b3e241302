/** A rate that bytes may not exceed: whoever wants to move some waits until they are paid for, in turn. */
import { KeeptabError } from '../core/errors.ts'
import type { ByteCount, Millis } from '../core/units.ts'

/** Time that does not jump, and a way to be called in it. */
export interface Stopwatch {
  now(): Millis
  /** Runs once, not before so long. @returns calls it off */
  after(ms: Millis, run: () => void): () => void
}

export const machineStopwatch: Stopwatch = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

interface Waiting {
  readonly bytes: ByteCount
  readonly who: string
  readonly go: () => void
}

/** What may be saved up while nobody waits: enough that timers that are late by a second, as in a hidden page, cost nothing. */
const SAVED_SECONDS = 1

/**
 * A token bucket, empty at first: no span of time has more than its share and one second's. Those who wait take turns by name, so that one who asks for much does not keep the others waiting.
 */
export class Rate {
  readonly #stopwatch: Stopwatch
  #bytesPerSecond: number | undefined
  #queue: Waiting[] = []
  /** Names in the order in which they were served last. */
  #served: string[] = []
  #paidBytes = 0
  #paidAt: Millis
  #cancel: (() => void) | undefined

  constructor(stopwatch: Stopwatch, bytesPerSecond?: number) {
    this.#stopwatch = stopwatch
    this.#paidAt = stopwatch.now()
    this.#bytesPerSecond = bytesPerSecond
  }

  /** From now on; `undefined` lets everything through. */
  set(bytesPerSecond: number | undefined): void {
    this.#collect()
    this.#bytesPerSecond = bytesPerSecond
    this.#proceed()
  }

  /** How long somebody who comes now would wait, at most. */
  waitMs(bytes: ByteCount): Millis {
    if (this.#bytesPerSecond === undefined) return 0
    const ahead = this.#queue.reduce((sum, one) => sum + one.bytes, bytes)
    return (ahead / this.#bytesPerSecond) * 1000
  }

  /** Resolves when so many bytes may move. @throws KeeptabError `aborted` when the signal fires first; nothing is paid then */
  take(bytes: ByteCount, who: string, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(new KeeptabError('aborted'))
    if (this.#bytesPerSecond === undefined) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#queue = this.#queue.filter((one) => one !== waiting)
        reject(new KeeptabError('aborted'))
        this.#proceed()
      }
      const go = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const waiting = { bytes, who, go }
      signal?.addEventListener('abort', leave, { once: true })
      this.#collect()
      this.#queue.push(waiting)
      this.#proceed()
    })
  }

  /** Pays in what has come up since. */
  #collect(): void {
    const now = this.#stopwatch.now()
    const perSecond = this.#bytesPerSecond ?? 0
    this.#paidBytes += ((now - this.#paidAt) / 1000) * perSecond
    if (this.#queue.length === 0) this.#paidBytes = Math.min(this.#paidBytes, perSecond * SAVED_SECONDS)
    this.#paidAt = now
  }

  #proceed(): void {
    this.#cancel?.()
    this.#cancel = undefined
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const missing = this.#bytesPerSecond === undefined ? 0 : next.bytes - this.#paidBytes
      // Less than a thousandth of a byte is what sums of fractions leave.
      if (missing > 0.001) {
        const waitMs = (missing / (this.#bytesPerSecond ?? 1)) * 1000
        this.#cancel = this.#stopwatch.after(waitMs, () => {
          this.#collect()
          this.#proceed()
        })
        return
      }
      this.#paidBytes -= next.bytes
      this.#serve(next)
    }
  }

  /** The first of whoever was served longest ago. */
  #next(): Waiting | undefined {
    const turn = (one: Waiting) => this.#served.indexOf(one.who)
    return this.#queue.reduce<Waiting | undefined>(
      (best, one) => (best === undefined || turn(one) < turn(best) ? one : best),
      undefined,
    )
  }

  #serve(next: Waiting): void {
    this.#queue = this.#queue.filter((one) => one !== next)
    this.#served = [...this.#served.filter((who) => who !== next.who), next.who].slice(-256)
    next.go()
  }
}
