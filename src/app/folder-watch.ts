/** Tells of changes in folders where the browser has an observer for them. Without one nothing is told, and rescans find it. */

/** The parts of the API that are used; only Chromium has it. */
interface Observer {
  observe(handle: FileSystemDirectoryHandle, options: { recursive: boolean }): Promise<void>
  disconnect(): void
}
type ObserverClass = new (onRecords: (records: readonly { readonly type: string }[]) => void) => Observer

interface Watchable {
  readonly id: string
  readonly handle: FileSystemDirectoryHandle
}

/** What a browser tells of the folders that it watches for us. */
export interface FolderNews {
  /** Something has changed in one of them; often in a row. */
  readonly changed: () => void
  /** So many are watched now. */
  readonly watched: (folders: number) => void
}

/** The folders that the browser watches for us. */
export class FolderWatches {
  readonly #news: FolderNews
  readonly #stops = new Map<string, () => void>()
  /** One list after the other, so that no folder is watched twice. */
  #turn: Promise<void> = Promise.resolve()

  constructor(news: FolderNews) {
    this.#news = news
  }

  /** Watches these and no others, as far as the browser agrees to. */
  only(folders: readonly Watchable[]): Promise<void> {
    return (this.#turn = this.#turn.then(() => this.#only(folders)))
  }

  async #only(folders: readonly Watchable[]): Promise<void> {
    const wanted = new Map(folders.map(({ id, handle }) => [id, handle]))
    for (const [id, stop] of this.#stops) {
      if (wanted.has(id)) continue
      stop()
      this.#stops.delete(id)
    }
    for (const [id, handle] of wanted) {
      if (this.#stops.has(id)) continue
      const stop = await watch(handle, this.#news.changed, () => this.#ended(id))
      if (stop !== undefined) this.#stops.set(id, stop)
    }
    this.#news.watched(this.#stops.size)
  }

  /** The browser has given it up. Rescans find what changes there, and it is watched again from the next list on. */
  #ended(id: string): void {
    this.#stops.delete(id)
    this.#news.watched(this.#stops.size)
  }
}

/** @param onEnd the browser has given it up, which may be the last that is heard of a change @returns how to end it; `undefined` where the browser cannot or will not: rescans find what changes there */
async function watch(
  handle: FileSystemDirectoryHandle,
  onChange: () => void,
  onEnd: () => void,
): Promise<(() => void) | undefined> {
  const { FileSystemObserver } = globalThis as { FileSystemObserver?: ObserverClass }
  if (FileSystemObserver === undefined) return undefined
  const end = new AbortController()
  const observer = new FileSystemObserver((records) => {
    if (records.some(({ type }) => type === 'errored')) {
      end.abort()
      onEnd()
    }
    onChange()
  })
  try {
    await observer.observe(handle, { recursive: true })
    // It may have ended while that was awaited.
    return end.signal.aborted ? undefined : () => observer.disconnect()
  } catch {
    observer.disconnect()
    return undefined
  }
}
