/** What happens when, in the order of time; of one time, in the order in which it was planned. */
import type { Millis } from '../../src/core/units.ts'

interface Event {
  readonly at: Millis
  readonly order: number
  readonly run: () => void
}

/** A binary heap. */
export class EventQueue {
  readonly #heap: Event[] = []
  #now: Millis = 0
  #planned = 0

  get now(): Millis {
    return this.#now
  }

  at(at: Millis, run: () => void): void {
    const event = { at, order: this.#planned, run }
    this.#planned += 1
    let place = this.#heap.length
    for (; place > 0; place = (place - 1) >> 1) {
      const above = this.#heap[(place - 1) >> 1]
      if (above === undefined || isBefore(above, event)) break
      this.#heap[place] = above
    }
    this.#heap[place] = event
  }

  /** Runs everything up to `end`, also what is planned meanwhile. */
  runUntil(end: Millis): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#now = next.at
      this.#removeFirst()
      next.run()
    }
    this.#now = end
  }

  #removeFirst(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    let place = 0
    for (;;) {
      const [left, right] = [this.#heap[2 * place + 1], this.#heap[2 * place + 2]]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      const below = isRight ? right : left
      if (isBefore(last, below)) break
      this.#heap[place] = below
      place = 2 * place + (isRight ? 2 : 1)
    }
    this.#heap[place] = last
  }
}

const isBefore = (one: Event, other: Event): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order)
