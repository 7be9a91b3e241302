/** Keeps the screen on while the person watches bytes move: asked for when wanted, given back as soon as not. */
import { eventLog } from './event-log.ts'

export class WakeLock {
  #wanted = false
  #sentinel: WakeLockSentinel | undefined

  constructor() {
    // The browser lets go of it whenever the page is hidden.
    document.addEventListener('visibilitychange', () => void this.#follow())
  }

  /** @param wanted a backup or a restore is running in front of the person */
  want(wanted: boolean): void {
    this.#wanted = wanted
    void this.#follow()
  }

  async #follow(): Promise<void> {
    const { wakeLock } = navigator as { wakeLock?: Navigator['wakeLock'] }
    if (!this.#wanted) await this.#letGo()
    else if (wakeLock !== undefined && !document.hidden && !this.#holds()) {
      // Refused on a low battery, say: the work goes on all the same.
      const sentinel = await wakeLock.request('screen').catch(() => undefined)
      if (sentinel !== undefined) await this.#take(sentinel)
    }
  }

  /** While it was asked for, it may have become unwanted, or another may have been given. */
  async #take(sentinel: WakeLockSentinel): Promise<void> {
    if (!this.#wanted || this.#holds()) {
      await sentinel.release()
      return
    }
    this.#sentinel = sentinel
    eventLog.note('held')
    sentinel.addEventListener('release', () => eventLog.note('released'), { once: true })
  }

  async #letGo(): Promise<void> {
    const sentinel = this.#sentinel
    this.#sentinel = undefined
    await sentinel?.release()
  }

  #holds(): boolean {
    return this.#sentinel?.released === false
  }
}
