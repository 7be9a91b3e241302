/** One file over time: its versions, a look into each, and saving one without restoring anything else. */
import type { SnapshotLibrary } from '../backup/library.ts'
import type { SnapshotSummary } from '../backup/events.ts'
import type { FileVersion } from '../backup/versions.ts'
import { concat, type Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import { Pause } from '../core/pause.ts'
import { KiB, type ByteCount } from '../core/units.ts'
import { fileKey } from '../snapshot/compare.ts'
import type { FileEntry } from '../snapshot/tree-entry.ts'
import { askWhereToSave } from './download.ts'
import { streamKind, streamTypeOf } from './stream-types.ts'
import { offerStream, type OfferedStream } from './streams.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** So much of a text is shown. */
const TEXT_BYTES: ByteCount = 256 * KiB

export type Preview =
  | { readonly kind: 'image' | 'video' | 'audio' | 'pdf'; readonly url: string }
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  /** Nothing that a browser shows. */
  | { readonly kind: 'none' }
  /** It could not be read: see `trouble`. */
  | { readonly kind: 'unread' }

/** One content of the file, and a snapshot that has it. */
export interface KeptVersion {
  readonly snapshot: SnapshotSummary
  readonly entry: FileEntry
}

export class KeptFileState {
  readonly #library: SnapshotLibrary
  readonly path: string
  /** Where it lies, and its own name. */
  readonly folder: string
  readonly name: string
  /** Newest first. */
  versions = $state.raw<readonly FileVersion[]>([])
  /** Snapshots looked into for it, and of how many; those that cannot be read now. */
  looked = $state.raw({ done: 0, of: 0, unreadable: 0 })
  /** There may be more versions. */
  looking = $state(true)
  /** The version that is looked at. */
  shown = $state.raw<KeptVersion>()
  /** Absent while it is read. */
  preview = $state.raw<Preview>()
  saving = $state.raw<{ readonly done: ByteCount; readonly of: ByteCount }>()
  /** It is being saved and held: nothing is read until it goes on. */
  paused = $state(false)
  saved = $state(false)
  trouble = $state.raw<Trouble>()
  #stream: OfferedStream | undefined
  readonly #stop = new AbortController()
  #pause = new Pause()
  #stopSaving = new AbortController()
  readonly #stopLooking = new AbortController()

  /** @param start the version to look at first */
  constructor(library: SnapshotLibrary, path: string, start: KeptVersion) {
    this.#library = library
    this.path = path
    const slash = path.lastIndexOf('/')
    this.folder = path.slice(0, slash)
    this.name = path.slice(slash + 1)
    void this.show(start)
    void this.#findVersions()
  }

  /** Looks into a version, as far as a browser can. */
  async show(version: KeptVersion): Promise<void> {
    this.#stream?.close()
    this.#stream = this.preview = this.trouble = undefined
    this.saved = false
    this.shown = version
    try {
      const preview = await this.#previewOf(version)
      if (this.shown === version && !this.#stop.signal.aborted) this.preview = preview
    } catch (thrown) {
      if (this.shown !== version || this.#stop.signal.aborted) return
      this.trouble = troubleOf(thrown)
      this.preview = { kind: 'unread' }
    }
  }

  isShown({ entry }: FileVersion): boolean {
    return this.shown !== undefined && fileKey(this.shown.entry) === fileKey(entry)
  }

  /**
   * The picture or film is of a kind that this browser cannot show after all, or could not be read.
   * @param address of what the browser failed at: perhaps that of a version that was shown before
   */
  cannotShow(address: string | null): void {
    const stream = this.#stream
    if (stream === undefined || stream.url !== address) return
    stream.close()
    this.#stream = undefined
    if (stream.failure !== undefined) this.trouble = troubleOf(stream.failure)
    this.preview = { kind: this.trouble === undefined ? 'none' : 'unread' }
  }

  /** Saves the version that is looked at. Only in answer to a click. @returns whether it is there; `trouble` says why not */
  async save(): Promise<boolean> {
    const { shown } = this
    if (shown === undefined || this.saving !== undefined) return false
    let isThere = false
    const { snapshot, entry } = shown
    this.trouble = undefined
    this.saved = false
    this.#stopSaving = new AbortController()
    try {
      const save = await askWhereToSave(this.name)
      this.saving = { done: 0, of: entry.sizeBytes }
      await save(streamOf(this.#counted(snapshot, entry), this.#pause, this.#stopSaving.signal))
      isThere = true
      this.saved = this.shown === shown
    } catch (thrown) {
      this.trouble = troubleOf(thrown)
    }
    this.saving = undefined
    this.goOn()
    return isThere
  }

  /** Reads nothing more of what is being saved until `goOn`; what is on its way still comes. */
  pause(): void {
    this.#pause.begin()
    this.paused = true
  }

  goOn(): void {
    this.#pause.end()
    this.paused = false
  }

  /** Breaks off what is being saved, and leaves nothing of it where the browser lets that be. */
  stopSaving(): void {
    this.#stopSaving.abort()
  }

  /** Looks for no more versions: those that were found stay. */
  stopLooking(): void {
    this.#stopLooking.abort()
  }

  /** The screen was left; what is being saved goes on. */
  close(): void {
    this.#stop.abort()
    this.stopLooking()
    this.#stream?.close()
    this.preview = undefined
  }

  async *#counted(snapshot: SnapshotSummary, entry: FileEntry): AsyncGenerator<Bytes> {
    let done = 0
    for await (const bytes of this.#library.file(snapshot.id, entry).bytes(0, entry.sizeBytes)) {
      yield bytes
      done += bytes.length
      this.saving = { done, of: entry.sizeBytes }
    }
  }

  async #previewOf(version: KeptVersion): Promise<Preview> {
    const file = this.#library.file(version.snapshot.id, version.entry)
    const type = streamTypeOf(this.name)
    if (type !== undefined) {
      const stream = await offerStream(file, type)
      // Another version was chosen meanwhile, or the file was left.
      if (this.shown !== version || this.#stop.signal.aborted) stream.close()
      else this.#stream = stream
      return { kind: streamKind(type), url: stream.url }
    }
    const until = Math.min(file.sizeBytes, TEXT_BYTES)
    const parts: Bytes[] = []
    for await (const bytes of file.bytes(0, until)) parts.push(bytes)
    return textOf(concat(...parts), until < file.sizeBytes)
  }

  async #findVersions(): Promise<void> {
    try {
      const { versionsOf } = await import('../backup/versions.ts')
      const { signal } = this.#stopLooking
      for await (const { versions, looked, of, unreadable } of versionsOf(this.#library, this.path, signal)) {
        this.versions = versions
        this.looked = { done: looked, of, unreadable }
      }
    } catch (thrown) {
      this.trouble ??= troubleOf(thrown)
    }
    this.looking = false
  }
}

/** Bytes as text, where they are text. @param isCut more of the file follows, so the last character may be cut, too */
function textOf(bytes: Bytes, isCut: boolean): Preview {
  if (bytes.includes(0)) return { kind: 'none' }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut }), isCut }
  } catch {
    return { kind: 'none' }
  }
}

/** One part at a time, when it is asked for and nothing is held. It breaks with `aborted` as soon as the signal fires. */
function streamOf(parts: AsyncGenerator<Bytes>, pause: Pause, signal: AbortSignal): ReadableStream<Bytes> {
  return new ReadableStream(
    {
      start(controller) {
        signal.addEventListener('abort', () => controller.error(new KeeptabError('aborted')))
      },
      async pull(controller) {
        await pause.over(signal)
        const next = await parts.next()
        if (next.done === true) controller.close()
        else controller.enqueue(next.value)
      },
      async cancel() {
        await parts.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
