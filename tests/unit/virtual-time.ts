import type { Stopwatch } from '../../src/keeping/rate.ts'

/** Time that passes when the test says so. Whoever is called is called at its time, or later when time comes in steps. */
export class VirtualTime implements Stopwatch {
  #now: number
  #timers: { readonly at: number; readonly run: () => void }[] = []

  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run }
    this.#timers.push(timer)
    return () => (this.#timers = this.#timers.filter((one) => one !== timer))
  }

  /** @param stepMs how late timers may be, as those of a hidden page are */
  async pass(ms: number, stepMs = 0): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await settled()
      const next = this.#timers.reduce((least, { at }) => Math.min(least, at), Infinity)
      const at = stepMs === 0 ? next : Math.ceil(next / stepMs) * stepMs
      if (at > end) break
      this.#now = Math.max(this.#now, at)
      const due = this.#timers.filter((timer) => timer.at <= this.#now)
      this.#timers = this.#timers.filter((timer) => timer.at > this.#now)
      for (const { run } of due) run()
    }
    this.#now = end
    await settled()
  }
}

/** Lets everything that waits for promises go on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
