/** Requests for `/download/<id>`: a stream out of the page that offers it, for the browser to save. */
import type { DownloadFacts } from '../src/protocol/page-ports.ts'
import { pulledParts } from './parts.ts'
import { askWindows } from './windows.ts'

/** @param address under its name the worker holds a lock until it ends: a port tells nobody that its other end is gone */
export async function download(address: string): Promise<Response> {
  await new Promise<void>((held) => {
    void navigator.locks.request(address, () => new Promise(() => held()))
  })
  const found = await askWindows<DownloadFacts>(address)
  // Without a content the browser stays where it is: no page of ours is lost to a download that is over.
  if (found === undefined) return new Response(null, { status: 204 })
  return new Response(pulledParts(found.port), {
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.name)}`,
      'X-Content-Type-Options': 'nosniff',
    },
  })
}
