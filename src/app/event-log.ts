/** What happened lately, for a report that a person may hand to a stranger: times, codes and the first digits of ids. */
import type { ErrorCode } from '../core/errors.ts'
import type { DeviceId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'

type Happening =
  | 'tab-opened'
  | 'tab-leads'
  | 'tab-hidden'
  | 'tab-shown'
  | 'tab-frozen'
  | 'tab-resumed'
  | 'network-lost'
  | 'network-back'
  | 'live-open'
  | 'live-lost'
  | 'live-replaced'
  | 'live-epoch-began'
  | 'live-revoked'
  | 'link-opened'
  | 'link-failed'
  | 'link-closed'
  | 'coordinator-failed'
  | 'trouble'
  | 'storage-gone'
  | 'page-error'
  | 'held'
  | 'released'
  | 'packs-repaired'
  | 'packs-recoded'

export interface LogEntry {
  readonly at: Millis
  readonly what: Happening
  readonly code?: ErrorCode
  /** The first digits of the other device. */
  readonly peer?: string
}

/** As many as tell of an hour of trouble and are read in a minute. */
const MOST = 300
const PEER_DIGITS = 8

class EventLog {
  #entries: LogEntry[] = []

  get entries(): readonly LogEntry[] {
    return this.#entries
  }

  note(what: Happening, about: { readonly code?: ErrorCode; readonly device?: DeviceId } = {}): void {
    const { code, device } = about
    const peer = device?.slice(0, PEER_DIGITS)
    const entry = { at: Date.now(), what, ...(code && { code }), ...(peer !== undefined && { peer }) }
    this.#entries = [...this.#entries.slice(1 - MOST), entry]
  }
}

/** Of this page; gone with it. */
export const eventLog = new EventLog()

/** Notes what happens to the page as a whole. Once for a page. */
export function logThePage(): void {
  eventLog.note('tab-opened')
  document.addEventListener('visibilitychange', () => eventLog.note(document.hidden ? 'tab-hidden' : 'tab-shown'))
  document.addEventListener('freeze', () => eventLog.note('tab-frozen'))
  document.addEventListener('resume', () => eventLog.note('tab-resumed'))
  addEventListener('offline', () => eventLog.note('network-lost'))
  addEventListener('online', () => eventLog.note('network-back'))
  // Only that there was one: its text could hold a name.
  addEventListener('error', () => eventLog.note('page-error'))
  addEventListener('unhandledrejection', () => eventLog.note('page-error'))
}
