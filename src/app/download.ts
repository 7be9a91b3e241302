/** Saving as a file: what is in memory, and streams of unknown length that are never held there where the browser allows that. */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError, messageOf, nameOf } from '../core/errors.ts'
import type { Millis } from '../core/units.ts'
import type { DownloadFacts, PartAnswer, PartRequest } from '../protocol/page-ports.ts'
import { controllingWorker } from './controlling-worker.ts'
import { offerAddress } from './offers.ts'
import { givePart } from './part-port.ts'
import { refuse } from './refusal.ts'
import { saveBlob } from './save-blob.ts'

/** Until a browser has asked for a download that it was pointed to, on a busy machine. */
const ASKED_MS: Millis = 10_000
/**
 * For so long the frame stays whose navigation becomes a download, after all of it is handed over: no page hears when it has.
 * What is small is handed over before, and is lost with the frame.
 */
const FRAME_STAYS_MS: Millis = 60_000

/** Takes the stream. Resolves when all of it is handed over, rejects when the person or the browser broke it off. */
export type SaveStream = (stream: ReadableStream<Bytes>) => Promise<void>

/**
 * Asks where to save, now: browsers want that in answer to a click, before the work begins.
 * @throws DOMException `AbortError` when the person closed the dialog
 */
export async function askWhereToSave(name: string): Promise<SaveStream> {
  const handle = await askInDialog(name)
  if (handle !== undefined) return (stream) => writeTo(handle, stream)
  return async (stream) => {
    if ((await controllingWorker()) === undefined) await saveCollected(stream, name)
    else await saveThroughWorker(stream, name)
  }
}

/**
 * Saves what is in memory: where the person says, in a browser that asks, else among the downloads. Of those no page hears
 * whether they are there.
 * @returns what the file is called now
 * @throws DOMException as `askWhereToSave`. @throws KeeptabError `target-refused` when the chosen place took it not
 */
export async function saveFile(file: Blob, name: string): Promise<string> {
  const handle = await askInDialog(name)
  if (handle === undefined) saveBlob(file, name)
  else await writeTo(handle, file.stream())
  return handle?.name ?? name
}

/** `undefined` where the browser has no such dialog, or does not open it now, as when the click was too long ago. */
async function askInDialog(name: string): Promise<FileSystemFileHandle | undefined> {
  try {
    return await window.showSaveFilePicker?.({ suggestedName: name })
  } catch (thrown) {
    if (nameOf(thrown) === 'AbortError') throw thrown
    return undefined
  }
}

const writeTo = (handle: FileSystemFileHandle, stream: ReadableStream<Bytes>): Promise<void> =>
  handle
    .createWritable()
    .then((file) => stream.pipeTo(file))
    .catch(refuse(handle.name))

async function saveCollected(stream: ReadableStream<Bytes>, name: string): Promise<void> {
  saveBlob(await new Response(stream).blob(), name)
}

/**
 * The service worker answers a request for `/download/<id>` out of this page, part by part when it asks for more. A browser
 * that never asks gets a blob.
 */
async function saveThroughWorker(stream: ReadableStream<Bytes>, name: string): Promise<void> {
  const address = `/download/${crypto.randomUUID()}`
  let withdraw: (() => void) | undefined
  const asked = new Promise<MessagePort | undefined>((resolve) => {
    withdraw = offerAddress(address, resolve)
    setTimeout(resolve, ASKED_MS)
  })
  // A navigation that is answered with an attachment becomes a download. In a frame of its own: Firefox breaks off the
  // requests of a page that navigates, even though the page stays.
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.src = address
  document.body.append(frame)
  try {
    const port = await asked
    if (port === undefined) await saveCollected(stream, name)
    else await giveAll(port, stream, address, name)
  } finally {
    withdraw?.()
    setTimeout(() => frame.remove(), FRAME_STAYS_MS)
  }
}

/** Resolves when all is handed over. @param address under whose name the worker holds a lock for as long as it runs */
async function giveAll(port: MessagePort, stream: ReadableStream<Bytes>, address: string, name: string): Promise<void> {
  const reader = stream.getReader()
  const done = new AbortController()
  try {
    await new Promise<void>((resolve, reject) => {
      const answer = async () => {
        if (await givePart(port, () => reader.read())) resolve()
      }
      reader.closed.catch(reject) // also while the browser has enough for now and asks for nothing
      port.onmessage = ({ data }: MessageEvent<PartRequest>) => {
        if (data === 'cancelled') reject(new DOMException('The download was cancelled.', 'AbortError'))
        else answer().catch(reject)
      }
      const lost = (): void => reject(new KeeptabError('download-lost'))
      navigator.locks.request(address, { signal: done.signal }, lost).catch(() => undefined) // done first
      port.postMessage({ name } satisfies DownloadFacts)
    })
  } catch (thrown) {
    port.postMessage({ failed: messageOf(thrown) } satisfies PartAnswer)
    await reader.cancel(thrown)
    throw thrown
  } finally {
    done.abort()
  }
}
