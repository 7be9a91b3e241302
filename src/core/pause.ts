/** Holding work for a while: what is under way is broken off, and done again when it goes on. */
import { unlessAborted } from './unless-aborted.ts'

export class Pause {
  /** Fires when what runs now is to be broken off. */
  #running = new AbortController()
  #over: Promise<void> = Promise.resolve()
  #end: () => void = () => undefined

  get isOn(): boolean {
    return this.#running.signal.aborted
  }

  begin(): void {
    if (this.isOn) return
    this.#over = new Promise((resolve) => (this.#end = resolve))
    this.#running.abort()
  }

  end(): void {
    if (!this.isOn) return
    this.#running = new AbortController()
    this.#end()
  }

  /** Resolves as soon as it is not on. @throws KeeptabError `aborted` when the signal fires before */
  async over(signal?: AbortSignal): Promise<void> {
    while (this.isOn) await (signal === undefined ? this.#over : unlessAborted(this.#over, signal))
  }

  /**
   * Does the work while it is not on; what it breaks off is done from the start again.
   * @param work rejects soon after its signal has fired
   * @throws what `work` does; KeeptabError `aborted` when the signal fires while it waits
   */
  async around<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      await this.over(signal)
      const running = this.#running.signal
      try {
        return await work(signal === undefined ? running : AbortSignal.any([running, signal]))
      } catch (thrown) {
        if (!running.aborted || signal?.aborted) throw thrown
      }
    }
  }
}
