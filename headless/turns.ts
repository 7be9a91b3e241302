/** Work that must not overlap: one thing at a time for each key, in the order of asking; different keys do not wait. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Resolves and rejects as `work` does; a failure lets the next one run all the same. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(key) ?? Promise.resolve()).then(work)
    const settled = mine
      .catch(() => undefined)
      .then(() => {
        if (this.#last.get(key) === settled) this.#last.delete(key)
      })
    this.#last.set(key, settled)
    return mine
  }
}
