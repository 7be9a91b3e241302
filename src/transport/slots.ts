/** A number of places; who finds none waits for one, first come, first served. */
import { KeeptabError } from '../core/errors.ts'

export class Slots {
  #free: number
  #waiting: { enter: () => void; refuse: (reason: KeeptabError) => void }[] = []
  #closed = false

  constructor(count: number) {
    this.#free = count
  }

  /** @throws KeeptabError `aborted` when the signal fires first, `connection-lost` when the slots are closed first */
  async enter(signal?: AbortSignal): Promise<void> {
    if (this.#closed) throw new KeeptabError('connection-lost')
    if (this.#free > 0) {
      this.#free--
      return
    }
    await new Promise<void>((resolve, reject) => {
      const place = { enter, refuse }
      const abort = () => {
        this.#waiting = this.#waiting.filter((one) => one !== place)
        reject(new KeeptabError('aborted'))
      }
      function enter() {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      function refuse(reason: KeeptabError) {
        signal?.removeEventListener('abort', abort)
        reject(reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiting.push(place)
    })
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next.enter()
  }

  /** Turns away everyone who waits and everyone who comes. */
  close(): void {
    this.#closed = true
    for (const { refuse } of this.#waiting.splice(0)) refuse(new KeeptabError('connection-lost'))
  }
}
