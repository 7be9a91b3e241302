/** A stream that is pulled out of a page through a port. */
import type { PartAnswer, PartRequest } from '../src/protocol/page-ports.ts'

/** Pulls one part at a time: the page reads on only when the browser has taken what it has. */
export function pulledParts(port: MessagePort): ReadableStream<Uint8Array<ArrayBuffer>> {
  const ask = (request: PartRequest): void => port.postMessage(request)
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: (controller) =>
        new Promise<void>((resolve) => {
          port.onmessage = ({ data }: MessageEvent<PartAnswer>) => {
            if ('bytes' in data) controller.enqueue(data.bytes)
            else if ('end' in data) controller.close()
            else controller.error(new Error(data.failed))
            resolve()
          }
          ask('more')
        }),
      cancel: () => ask('cancelled'),
    },
    { highWaterMark: 0 },
  )
}
