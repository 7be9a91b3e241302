/**
 * Requests for `/stream/<id>`, answered out of the page that offers the file. Nothing is remembered here between two
 * requests: a browser ends a service worker when it likes, and starts it again for the next one.
 */
/// <reference lib="webworker" />
import type { StreamAnswer, StreamAsked, StreamRange } from '../src/protocol/page-ports.ts'
import { askedRange } from './byte-range.ts'
import { pulledParts } from './parts.ts'

declare const self: ServiceWorkerGlobalScope

/** A page that offers nothing may not know the question, so none of the pages has the file when this time is over. */
const ANSWER_MS = 10_000

/** A file opened in a tab of its own is a document of our origin, and an SVG may hold scripts: none runs, nothing is fetched. */
const LOCKED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

export async function stream({ headers }: Request, id: string): Promise<Response> {
  const found = await askWindows(id)
  if (found === undefined) return new Response(null, { status: 404 })
  const { port, sizeBytes, contentType } = found
  const asked = askedRange(headers.get('Range'), sizeBytes)
  if (asked === 'unsatisfiable') {
    port.postMessage('cancelled')
    return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${sizeBytes}` } })
  }
  const { from, to } = asked === 'whole' ? { from: 0, to: sizeBytes } : asked
  port.postMessage({ from, to } satisfies StreamRange)
  return new Response(pulledParts(port), {
    status: asked === 'whole' ? 200 : 206,
    headers: {
      'Content-Type': contentType,
      'Content-Length': String(to - from),
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...(asked === 'whole' ? {} : { 'Content-Range': `bytes ${from}-${to - 1}/${sizeBytes}` }),
      // In a sandbox the browser does not show a PDF. It shows it outside of our origin anyway.
      ...(contentType === 'application/pdf' ? {} : { 'Content-Security-Policy': LOCKED }),
    },
  })
}

type Found = Exclude<StreamAnswer, 'unknown'> & { readonly port: MessagePort }

/** The first window that has it. `undefined` when all say no, or the time is over. */
async function askWindows(id: string): Promise<Found | undefined> {
  const windows = await self.clients.matchAll({ type: 'window' })
  let silent = windows.length
  if (silent === 0) return undefined
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(undefined), ANSWER_MS)
    const settle = (found: Found | undefined): void => {
      clearTimeout(limit)
      resolve(found)
    }
    for (const window of windows) {
      const { port1: port, port2: theirs } = new MessageChannel()
      port.onmessage = ({ data }: MessageEvent<StreamAnswer>) => {
        if (data !== 'unknown') settle({ ...data, port })
        else if (--silent === 0) settle(undefined)
      }
      window.postMessage({ type: 'stream-asked', id } satisfies StreamAsked, [theirs])
    }
  })
}
