/** What `stream.ts` runs in the page of the app: a kept film, looked at before it is restored. */
import { newDeviceOf, startEngine } from '../../src/app/compose.ts'
import { offerStream } from '../../src/app/streams.ts'
import { SnapshotLibrary } from '../../src/backup/library.ts'
import type { Millis } from '../../src/core/units.ts'
import { rootOf } from '../../src/identity/recovery.ts'
import { PathFinder } from '../../src/snapshot/path-finder.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'

/** Played after a seek, so that what the browser reads ahead is counted. */
const PLAYED_SECONDS = 3

let owner: OwnerContext | undefined
const receivedBytes = (): number => owner?.transport.counted.receivedBytes ?? 0

const film = {
  /** From the words to a film that could start. */
  async open(words: string, path: string): Promise<{ ms: Millis; receivedBytes: number; duration: number }> {
    const from = performance.now()
    const engine = await startEngine(await newDeviceOf(rootOf(words)), undefined)
    owner = engine.owner
    const library = await SnapshotLibrary.open(owner, engine.trees)
    const [newest] = library.snapshots
    if (newest === undefined) throw new Error('there is no snapshot')
    const { id } = newest.summary
    const entry = await new PathFinder(path).find(await library.sources(id), library.tree(id))
    if (entry?.kind !== 'file') throw new Error(`no file is at ${path}`)
    const { url } = await offerStream(library.file(id, entry), 'video/webm')
    const video = document.body.appendChild(document.createElement('video'))
    video.muted = true
    video.src = url
    await happened(video, 'loadeddata')
    await video.play()
    return { ms: performance.now() - from, receivedBytes: receivedBytes(), duration: video.duration }
  },

  /** @returns the time until the film plays there, and all that had come by a while later */
  async seek(seconds: number): Promise<{ ms: Millis; receivedBytes: number }> {
    const video = document.querySelector('video')
    if (video === null) throw new Error('no film is open')
    const from = performance.now()
    video.currentTime = seconds
    await happened(video, 'seeked')
    await reaches(video, seconds + 0.04)
    const ms = performance.now() - from
    await reaches(video, seconds + PLAYED_SECONDS)
    return { ms, receivedBytes: receivedBytes() }
  },

  /** A picture, encoded by the browser itself. */
  keyFrame(width: number, height: number): Promise<number[]> {
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('there is no canvas')
    context.fillStyle = 'teal'
    context.fillRect(0, 0, width / 2, height)
    return new Promise((resolve, reject) => {
      const encoder = new VideoEncoder({
        output: (chunk) => {
          const bytes = new Uint8Array(chunk.byteLength)
          chunk.copyTo(bytes)
          resolve([...bytes])
        },
        error: reject,
      })
      encoder.configure({ codec: 'vp8', width, height })
      const frame = new VideoFrame(canvas, { timestamp: 0 })
      encoder.encode(frame, { keyFrame: true })
      frame.close()
      encoder.flush().catch(reject)
    })
  },
}

function happened(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, () => resolve(), { once: true })
    video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true })
  })
}

function reaches(video: HTMLVideoElement, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (video.currentTime >= seconds) resolve()
      else requestAnimationFrame(look)
    }
    look()
  })
}

export type FilmPage = typeof film
Object.assign(globalThis, { film })
