/** What was measured of a tab that works unseen, and beside it how fast it is while somebody looks. */
import type { ByteCount, Millis } from '../core/units.ts'

export interface HiddenTicks {
  /** So long the page was hidden while it was measured. */
  readonly hiddenMs: Millis
  /** The longest time between two ticks of the page while it was hidden. */
  readonly longestGapMs: Millis
  /** The same of the worker. */
  readonly longestStandstillMs: Millis
  /** Ticks of the page that came, of those that should have come. */
  readonly ticks: number
  readonly expected: number
}

/** What a tab did since some time. */
export interface Work {
  /** Shard bytes that went out and came in over all links. */
  readonly sentBytes: ByteCount
  readonly receivedBytes: ByteCount
  /** Those of them that were sent and taken in for others. */
  readonly servedBytes: ByteCount
  readonly takenBytes: ByteCount
  /** Questions of the coordinator that were settled, and those of them that it had the answer to in time. */
  readonly asked: number
  readonly inTime: number
}

export interface HiddenRecord {
  readonly since: Millis
  readonly ticks: HiddenTicks
  /** Done while hidden. */
  readonly work: Work
  /** Bytes a second, of the newest seconds in which there was much to move. */
  readonly hiddenRates: readonly number[]
  readonly seenRates: readonly number[]
}
