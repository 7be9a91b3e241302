/**
 * Asks the windows of the app which of them has what a request is for. Nothing is remembered here between two requests: a
 * browser ends a service worker when it likes, puts a newer one in its place, and starts it again for the next request.
 */
/// <reference lib="webworker" />
import type { OfferAnswer, OfferAsked } from '../src/protocol/page-ports.ts'

declare const self: ServiceWorkerGlobalScope

/** A page that offers nothing may not know the question, so none of the pages has it when this time is over. */
const ANSWER_MS = 10_000

export type Found<Facts> = Facts & { readonly port: MessagePort }

/** The first window that has what is at this address. `undefined` when all say no, or the time is over. */
export async function askWindows<Facts extends Exclude<OfferAnswer, 'unknown'>>(
  address: string,
): Promise<Found<Facts> | undefined> {
  const windows = await self.clients.matchAll({ type: 'window' })
  let silent = windows.length
  if (silent === 0) return undefined
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(undefined), ANSWER_MS)
    const settle = (found: Found<Facts> | undefined): void => {
      clearTimeout(limit)
      resolve(found)
    }
    for (const window of windows) {
      const { port1: port, port2: theirs } = new MessageChannel()
      port.onmessage = ({ data }: MessageEvent<'unknown' | Facts>) => {
        if (data !== 'unknown') settle({ ...data, port })
        else if (--silent === 0) settle(undefined)
      }
      window.postMessage({ type: 'offer-asked', address } satisfies OfferAsked, [theirs])
    }
  })
}
