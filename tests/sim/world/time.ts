/**
 * Time and everything else that a process shares with its machine, made one seed's: timers, clocks, crypto and turns of
 * the event loop. Between two timers everything that waits for promises goes on until nothing does.
 */
import { seededSubtle } from './subtle.ts'

/** As much of Node's timer as anybody here uses. */
class VirtualTimer {
  cancelled = false
  /** Of an interval, the timer of its next turn. */
  next: VirtualTimer | undefined
  readonly at: number
  readonly seq: number
  readonly run: () => void

  constructor(at: number, seq: number, run: () => void) {
    this.at = at
    this.seq = seq
    this.run = run
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}

/** Timers of this length and longer are those of somebody who looks after something from time to time. */
const PATIENT_MS = 5000

const realImmediate = globalThis.setImmediate
/** Lets everything that waits for promises go on. */
const settled = (): Promise<void> => new Promise((resolve) => realImmediate(resolve))

export class VirtualTime {
  /**
   * Patient timers come as late as the next multiple of this, as those of a hidden page or a busy machine do: what makes
   * months cheap. 0: to the millisecond.
   */
  grainMs = 0
  /** Timers that have run. */
  steps = 0
  #now: number
  #seq = 0
  /** A binary heap. */
  readonly #heap: VirtualTimer[] = []

  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  /** Runs once. @returns calls it off */
  after(ms: number, run: () => void): () => void {
    const timer = this.#add(ms, run)
    return () => void (timer.cancelled = true)
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#add(ms, resolve))
  }

  /** Timers that wait, but for those that were called off. */
  get waiting(): number {
    return this.#heap.filter(({ cancelled }) => !cancelled).length
  }

  /** Lets time pass until this is done. @throws Error when nobody is going to end it */
  async until<T>(work: Promise<T>): Promise<T> {
    const progress = { ended: false }
    const end = (): void => void (progress.ended = true)
    work.then(end, end)
    for (;;) {
      await settled()
      if (progress.ended) return work
      const next = this.#take()
      if (next === undefined) throw new Error('Everybody waits, and for nothing that will come.')
      this.#now = Math.max(this.#now, next.at)
      this.steps += 1
      next.run()
    }
  }

  /** Runs `work` with this time in place of the machine's. */
  async installed<T>(work: () => Promise<T>): Promise<T> {
    const timers = {
      setTimeout: (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => this.#add(ms, () => run(...args)),
      setInterval: (run: () => void, ms: number) => this.#every(ms, run),
      setImmediate: (run: () => void) => this.#add(0, run),
      MessageChannel: turnsOf((run) => void this.#add(0, run)),
      Blob: PlainBlob,
    }
    const restore = [
      replaced(globalThis, { ...timers, ...clearing }),
      replaced(Date, { now: () => Math.floor(this.#now) }),
      replaced(performance, { now: () => this.#now }),
      replaced(AbortSignal, { timeout: (ms: number) => this.#timeout(ms) }),
      replaced(crypto, { subtle: seededSubtle }),
    ]
    try {
      return await this.until(work())
    } finally {
      for (const back of restore) back()
    }
  }

  #add(ms: number, run: () => void): VirtualTimer {
    const exact = this.#now + Math.max(0, ms)
    const at = this.grainMs === 0 || ms < PATIENT_MS ? exact : Math.ceil(exact / this.grainMs) * this.grainMs
    const timer = new VirtualTimer(at, this.#seq, run)
    this.#seq += 1
    const heap = this.#heap
    heap.push(timer)
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1
      if (!isBefore(timer, heap[parent])) break
      swap(heap, i, parent)
      i = parent
    }
    return timer
  }

  #take(): VirtualTimer | undefined {
    const heap = this.#heap
    for (;;) {
      const [first] = heap
      const last = heap.pop()
      if (first === undefined || last === undefined) return undefined
      if (heap.length > 0) {
        heap[0] = last
        for (let i = 0; ;) {
          const [left, right] = [2 * i + 1, 2 * i + 2]
          const least = right < heap.length && isBefore(heap[right], heap[left]) ? right : left
          if (least >= heap.length || !isBefore(heap[least], last)) break
          swap(heap, i, least)
          i = least
        }
      }
      if (!first.cancelled) return first
    }
  }

  /** One handle for all its runs. */
  #every(ms: number, run: () => void): VirtualTimer {
    const handle = new VirtualTimer(0, 0, run)
    const again = (): void => {
      handle.next = this.#add(ms, () => {
        again()
        run()
      })
    }
    again()
    return handle
  }

  #timeout(ms: number): AbortSignal {
    const stop = new AbortController()
    this.#add(ms, () => stop.abort(new DOMException('It took too long.', 'TimeoutError')))
    return stop.signal
  }
}

const clear = (timer: unknown): void => {
  if (!(timer instanceof VirtualTimer)) return
  timer.cancelled = true
  clear(timer.next)
}
const clearing = { clearTimeout: clear, clearInterval: clear, clearImmediate: clear }

const isBefore = (a: VirtualTimer | undefined, b: VirtualTimer | undefined): boolean =>
  a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.seq < b.seq))

function swap(heap: VirtualTimer[], i: number, j: number): void {
  const [one, other] = [heap[i], heap[j]]
  if (one === undefined || other === undefined) return
  heap[i] = other
  heap[j] = one
}

/** @returns puts everything back */
function replaced(on: object, by: Readonly<Record<string, unknown>>): () => void {
  const before = Object.keys(by).map((name) => [name, Object.getOwnPropertyDescriptor(on, name)] as const)
  for (const [name, value] of Object.entries(by)) {
    Object.defineProperty(on, name, { value, configurable: true, writable: true })
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(on, name)
      else Object.defineProperty(on, name, descriptor)
    }
  }
}

/** A channel of which only the next turn is wanted. */
const turnsOf = (soon: (run: () => void) => void) =>
  class {
    readonly port1: { onmessage?: () => void; close: () => void } = { close: () => undefined }
    readonly port2 = { postMessage: () => soon(() => this.port1.onmessage?.()) }
  }

/** A Blob that is read without the machine's help. */
class PlainBlob extends Blob {
  readonly #parts: readonly Uint8Array[]

  constructor(parts: Uint8Array[]) {
    super(parts as BlobPart[])
    this.#parts = parts.map((part) => part.slice())
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const parts = this.#parts
    return new ReadableStream({
      start(controller) {
        for (const part of parts) if (part.length > 0) controller.enqueue(part as Uint8Array<ArrayBuffer>)
        controller.close()
      },
    })
  }
}
