/** Requests for `/stream/<id>`, answered out of the page that offers the file. */
import type { StreamFacts, StreamRange } from '../src/protocol/page-ports.ts'
import { askedRange } from './byte-range.ts'
import { pulledParts } from './parts.ts'
import { askWindows } from './windows.ts'

/** A file opened in a tab of its own is a document of our origin, and an SVG may hold scripts: none runs, nothing is fetched. */
const LOCKED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

export async function stream({ headers }: Request, address: string): Promise<Response> {
  const found = await askWindows<StreamFacts>(address)
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
