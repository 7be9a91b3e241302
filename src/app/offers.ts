/** Addresses of this page that lead to nothing but what the page itself has: the service worker asks its windows for them. */
import type { OfferAnswer, OfferAsked } from '../protocol/page-ports.ts'
import { keepWorkerAlive } from './part-port.ts'

/** What answers on the port of each request for an address. */
const offers = new Map<string, (port: MessagePort) => void>()
let letWorkerSleep: (() => void) | undefined

/** @returns withdraws it: the address leads nowhere from then on */
export function offerAddress(address: string, answer: (port: MessagePort) => void): () => void {
  offers.set(address, answer)
  letWorkerSleep ??= keepWorkerAlive()
  navigator.serviceWorker.addEventListener('message', onMessage) // once, however often it is said
  return () => {
    if (!offers.delete(address) || offers.size > 0) return
    letWorkerSleep?.()
    letWorkerSleep = undefined
  }
}

function onMessage({ data, ports: [port] }: MessageEvent<Partial<OfferAsked>>): void {
  if (data.type !== 'offer-asked' || data.address === undefined || port === undefined) return
  const answer = offers.get(data.address)
  if (answer === undefined) port.postMessage('unknown' satisfies OfferAnswer)
  else answer(port)
}
