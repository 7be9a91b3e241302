/** Time and chance come into the pure modules through these two, so that a test decides both. */
import type { Bytes } from './bytes.ts'
import { DAY, type Millis } from './units.ts'

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. May jump; never measure a duration with it. */
  now(): Millis
}

export interface Random {
  /** Fresh unpredictable bytes. */
  bytes(length: number): Bytes
  /** Uniform in [0, 1). Not for secrets. */
  fraction(): number
}

/** The clocks of a peer and a coordinator may differ by so much (T18). */
export const CLOCK_TOLERANCE_MS: Millis = 5 * 60_000

/** The day of a time, from 1970 on, in UTC. */
export const dayOf = (at: Millis): number => Math.floor(at / DAY)

/** The newest of these times that is not in the future: a clock that was set back must not put anything off. */
export const lastOf = (now: Millis, ...times: readonly (Millis | undefined)[]): Millis | undefined =>
  times.reduce((last, at) => (at === undefined || at > now || at < (last ?? 0) ? last : at), undefined)
