/**
 * What the page and its service worker tell each other. Both come from one build, so nothing here is parsed; and no class
 * or function crosses, only plain values.
 */
import type { Bytes } from '../core/bytes.ts'
import type { ByteCount } from '../core/units.ts'

/** From the service worker, on a port that parts are pulled through. */
export type PartRequest = 'more' | 'cancelled'
/** To the service worker, one for each `more`; nothing comes after an end or a failure. */
export type PartAnswer = { readonly bytes: Bytes } | { readonly end: true } | { readonly failed: string }

/** From a page, with the port of the download. It is answered `offered` on the port; from then on it can be asked for. */
export interface OfferDownload {
  readonly type: 'offer-download'
  readonly id: string
  readonly name: string
}

/** From the service worker to every window, with a port: who offers this stream? */
export interface StreamAsked {
  readonly type: 'stream-asked'
  readonly id: string
}

/** A window's answer on that port. */
export type StreamAnswer = 'unknown' | { readonly sizeBytes: ByteCount; readonly contentType: string }

/** The service worker's choice, once, before it asks for parts: from one offset up to another. */
export interface StreamRange {
  readonly from: ByteCount
  readonly to: ByteCount
}
