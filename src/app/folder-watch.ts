/** Tells of changes in folders where the browser has an observer for them. Without one nothing is told, and rescans find it. */

/** The parts of the API that are used; only Chromium has it. */
interface Observer {
  observe(handle: FileSystemDirectoryHandle, options: { recursive: boolean }): Promise<void>
  disconnect(): void
}
type ObserverClass = new (onChange: () => void) => Observer

/** The folders that the browser watches for us. */
export class FolderWatches {
  readonly #onChange: () => void
  readonly #stops = new Map<string, () => void>()

  /** @param onChange runs for every change, often in a row */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Watches these and no others. @returns how many the browser agreed to */
  async only(folders: readonly { readonly id: string; readonly handle: FileSystemDirectoryHandle }[]): Promise<number> {
    const wanted = new Map(folders.map(({ id, handle }) => [id, handle]))
    for (const [id, stop] of this.#stops) {
      if (wanted.has(id)) continue
      stop()
      this.#stops.delete(id)
    }
    for (const [id, handle] of wanted) {
      if (this.#stops.has(id)) continue
      const stop = await watch(handle, this.#onChange)
      if (stop !== undefined) this.#stops.set(id, stop)
    }
    return this.#stops.size
  }
}

/** @returns how to end it; `undefined` where the browser cannot or will not: rescans find what changes there */
async function watch(handle: FileSystemDirectoryHandle, onChange: () => void): Promise<(() => void) | undefined> {
  const { FileSystemObserver } = globalThis as { FileSystemObserver?: ObserverClass }
  if (FileSystemObserver === undefined) return undefined
  const observer = new FileSystemObserver(() => onChange())
  try {
    await observer.observe(handle, { recursive: true })
    return () => observer.disconnect()
  } catch {
    observer.disconnect()
    return undefined
  }
}
