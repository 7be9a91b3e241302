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

/** From the service worker to every window, with a port: who offers what this address asks for? */
export interface OfferAsked {
  readonly type: 'offer-asked'
  /** `/stream/<uuid>` or `/download/<uuid>` */
  readonly address: string
}

/** A window's answer on that port. */
export type OfferAnswer = 'unknown' | StreamFacts | DownloadFacts

/** Of an address under `/stream/`. */
export interface StreamFacts {
  readonly sizeBytes: ByteCount
  readonly contentType: string
}

/** Of an address under `/download/`: what the file is to be called. */
export interface DownloadFacts {
  readonly name: string
}

/** The service worker's choice, once, before it asks for parts: from one offset up to another. */
export interface StreamRange {
  readonly from: ByteCount
  readonly to: ByteCount
}
