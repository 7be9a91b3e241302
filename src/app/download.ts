/** Saving a stream of unknown length as a file, without holding it in memory where the browser allows that. */
import { messageOf } from '../core/errors.ts'
import type { OfferDownload, PartAnswer, PartRequest } from '../protocol/page-ports.ts'
import { controllingWorker } from './controlling-worker.ts'
import { givePart, keepWorkerAlive } from './part-port.ts'
import { refuse } from './refusal.ts'

/** Until an address of a blob that was clicked is given up; by then the browser has opened it. */
const CLICKED_MS = 10_000

/** Takes the stream. Resolves when all of it is handed over, rejects when the person or the browser broke it off. */
export type SaveStream = (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => Promise<void>

/**
 * Asks where to save, now: browsers want that in answer to a click, before the work begins.
 * @throws DOMException `AbortError` when the person closed the dialog
 */
export async function askWhereToSave(name: string): Promise<SaveStream> {
  if (window.showSaveFilePicker !== undefined) {
    const handle = await window.showSaveFilePicker({ suggestedName: name })
    return async (stream) => {
      const open = handle.createWritable()
      await open.then((file) => stream.pipeTo(file)).catch(refuse(name))
    }
  }
  return async (stream) => {
    const worker = await controllingWorker()
    return worker === undefined ? saveBlob(stream, name) : saveThroughWorker(worker, stream, name)
  }
}

/** The service worker answers a request for `/download/<id>` with the stream, part by part when it asks for more. */
async function saveThroughWorker(
  worker: ServiceWorker,
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  name: string,
): Promise<void> {
  const id = crypto.randomUUID()
  const { port1: port, port2: theirs } = new MessageChannel()
  const reader = stream.getReader()
  const letWorkerSleep = keepWorkerAlive()
  const frame = document.createElement('iframe')
  frame.hidden = true
  document.body.append(frame)
  try {
    await new Promise<void>((resolve, reject) => {
      const answer = async () => {
        if (await givePart(port, () => reader.read())) resolve()
      }
      port.onmessage = ({ data }: MessageEvent<'offered' | PartRequest>) => {
        // Not before: the request could overtake the offer, and a page that finds no download would be shown in place of ours.
        // A navigation that is answered with an attachment becomes a download. In a frame of its own: Firefox breaks off
        // the requests of a page that navigates, even though the page stays.
        if (data === 'offered') frame.src = `/download/${id}`
        else if (data === 'cancelled') reject(new DOMException('The download was cancelled.', 'AbortError'))
        else answer().catch(reject)
      }
      worker.postMessage({ type: 'offer-download', id, name } satisfies OfferDownload, [theirs])
    })
  } catch (thrown) {
    port.postMessage({ failed: messageOf(thrown) } satisfies PartAnswer)
    await reader.cancel(thrown)
    throw thrown
  } finally {
    letWorkerSleep()
    frame.remove()
  }
}

/** Also for what is small, and where there is no service worker: the browser keeps the parts, on disk when they get large. */
export async function saveBlob(stream: ReadableStream<Uint8Array<ArrayBuffer>>, name: string): Promise<void> {
  const url = URL.createObjectURL(await new Response(stream).blob())
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), CLICKED_MS)
}
