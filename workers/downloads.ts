/** Requests for `/download/<id>`: a stream out of the page that offers it, for the browser to save. */
import type { DownloadFacts } from '../src/protocol/page-ports.ts'
import { pulledParts } from './parts.ts'
import { askWindows } from './windows.ts'

/** Each stream is read once: a second request for it, as of a browser that tries a download again, gets nothing and takes nothing. */
export async function download(address: string): Promise<Response> {
  const found = (await isFirst(address)) ? await askWindows<DownloadFacts>(address) : undefined
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

/** Whether nobody has begun with it. The lock is held until this worker ends: a port tells nobody that its other end is gone. */
const isFirst = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    void navigator.locks.request(address, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock && new Promise(() => undefined)
    })
  })
