/** When a restore drill is due. Rules without a clock, for a page and for the command line. */
import { lastOf } from '../core/clock.ts'
import { DAY, HOUR, MINUTE, type Millis } from '../core/units.ts'

/** What was begun and did not end is tried again sooner. */
export const AGAIN_MS: Millis = 10 * MINUTE
/** What is kept is proven to come back this often. */
const PROVE_EVERY_MS: Millis = 7 * DAY
/** What did not come back is tried again after this time: damage, and what only misses keepers that were away. */
const FAILED_AGAIN_MS: Millis = DAY
const AWAY_AGAIN_MS: Millis = 4 * HOUR
/** Where the first backup was just made, or a page was just opened, there are other things to do. */
const SETTLED_MS: Millis = 10 * MINUTE

export interface DrillDueFacts {
  readonly now: Millis
  /** Since when there is a backup to prove, as far as this page or this data folder knows. */
  readonly seenAt: Millis
  /** When a drill last ended without a failure. */
  readonly provenAt: Millis | undefined
  readonly failed: { readonly at: Millis; readonly away: boolean } | undefined
  /** When one was begun that did not end. */
  readonly triedAt: Millis | undefined
}

/** When the next drill is due. Times that have passed mean now. */
export function drillDueAt({ now, seenAt, provenAt, failed, triedAt }: DrillDueFacts): Millis {
  const last = lastOf(now, failed?.at ?? provenAt)
  const every = failed === undefined ? PROVE_EVERY_MS : failed.away ? AWAY_AGAIN_MS : FAILED_AGAIN_MS
  const tried = lastOf(now, triedAt)
  return Math.max(
    last === undefined ? 0 : last + every,
    (lastOf(now, seenAt) ?? 0) + SETTLED_MS,
    tried === undefined ? 0 : tried + AGAIN_MS,
  )
}
