/** What `streams.spec` runs in the page of the app: files that are computed, offered under addresses of the page. */
import { askWhereToSave } from '../../src/app/download.ts'
import { offerStream, type OfferedStream } from '../../src/app/streams.ts'
import type { StreamType } from '../../src/app/stream-types.ts'
import type { Bytes } from '../../src/core/bytes.ts'
import { codeOf } from '../../src/core/errors.ts'
import { waveByte } from './wave.ts'

const PART_BYTES = 64 * 1024

/** How a file was read. */
interface Reading {
  /** Parts that were given out. */
  parts: number
  /** Reads that are under way. */
  open: number
}

const offered = new Map<string, { stream: OfferedStream; reading: Reading }>()

async function offer(
  sizeBytes: number,
  type: StreamType,
  byteAt: (offset: number) => number,
  breaksAt = Infinity,
): Promise<string> {
  const reading: Reading = { parts: 0, open: 0 }
  async function* bytes(from: number, to: number): AsyncGenerator<Bytes> {
    reading.open += 1
    try {
      for (let start = from; start < to; start += PART_BYTES) {
        if (start + PART_BYTES > breaksAt) throw new Error('The keepers are gone.')
        reading.parts += 1
        const length = Math.min(PART_BYTES, to - start)
        yield await Promise.resolve(Uint8Array.from({ length }, (_, index) => byteAt(start + index)))
      }
    } finally {
      reading.open -= 1
    }
  }
  const stream = await offerStream({ sizeBytes, bytes }, type)
  offered.set(stream.url, { stream, reading })
  return stream.url
}

const streams = {
  /** Sound of so many seconds. */
  wave: (seconds: number, breaksAt?: number) => {
    const { sizeBytes, byteAt } = waveByte(seconds)
    return offer(sizeBytes, 'audio/wav', byteAt, breaksAt)
  },

  text(text: string, type: StreamType): Promise<string> {
    const bytes = new TextEncoder().encode(text)
    return offer(bytes.length, type, (offset) => bytes[offset] ?? 0)
  },

  readingOf: (url: string): Reading | undefined => offered.get(url)?.reading,
  close: (url: string): void => offered.get(url)?.stream.close(),

  /** Status, headers and body of an answer. A body that breaks off is `undefined`. */
  async asked(url: string, range?: string) {
    const response = await fetch(url, range === undefined ? {} : { headers: { Range: range } })
    const body = await response.arrayBuffer().then(
      (buffer) => Array.from(new Uint8Array(buffer)),
      () => undefined,
    )
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  },

  /** Takes the first part of an answer and leaves. */
  async leave(url: string): Promise<void> {
    const { body } = await fetch(url)
    const reader = body?.getReader()
    await reader?.read()
    await reader?.cancel()
  },

  /** Plays at a place. @returns where it is after a moment of it, and how long the whole is, in seconds */
  async play(url: string, seconds: number): Promise<{ at: number; duration: number }> {
    const audio = document.querySelector('audio') ?? document.body.appendChild(document.createElement('audio'))
    audio.muted = true
    if (!audio.src.endsWith(url)) audio.src = url
    await new Promise<void>((resolve, reject) => {
      audio.onerror = () => reject(new Error(audio.error?.message))
      audio.onseeked = () => {
        audio.ontimeupdate = () => audio.currentTime > seconds && resolve()
      }
      audio.currentTime = seconds
      audio.play().catch(reject)
    })
    audio.pause()
    return { at: audio.currentTime, duration: audio.duration }
  },

  /** Whether an image can be shown. */
  async shows(url: string): Promise<boolean> {
    const image = new Image()
    image.src = url
    return image.decode().then(
      () => true,
      () => false,
    )
  },

  /** Does something before a frame is put into the page. */
  beforeFrames(work: () => Promise<unknown>): void {
    document.body.append = (...nodes) => void work().then(() => Element.prototype.append.apply(document.body, nodes))
  },

  /** Saves a file of so many parts, the last of them when it may be read. @returns how that ended */
  async save(parts: number, mayEnd: Promise<unknown> = Promise.resolve(), partBytes = PART_BYTES): Promise<string> {
    let given = 0
    const stream = new ReadableStream<Bytes>({
      async pull(controller) {
        if (given === parts - 1) await mayEnd
        if (given === parts) controller.close()
        else controller.enqueue(new Uint8Array(partBytes).fill(++given))
      },
    })
    const save = await askWhereToSave('parts.zip')
    return save(stream).then(() => 'saved', codeOf)
  },

  async refusal(): Promise<string> {
    return offer(1, 'image/png', () => 0).then(() => 'none', codeOf)
  },
}

export type Streams = typeof streams
Object.assign(globalThis, { streams })
