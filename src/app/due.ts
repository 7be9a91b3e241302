/** When folders are read again by themselves. Rules without a clock: timers of hidden tabs sleep, the time of day does not. */
import { DAY, HOUR, MINUTE, type Millis } from '../core/units.ts'
import type { BackupPlan } from '../store/indexeddb-page-memory.ts'

export const everyMs: Readonly<Record<Exclude<BackupPlan['every'], 'hand'>, Millis>> = {
  quarter: 15 * 60_000,
  hour: 60 * 60_000,
  day: 24 * 60 * 60_000,
}
/** What was begun and did not end is tried again sooner. */
const AGAIN_MS: Millis = 10 * 60_000
/** Folders whose changes the browser tells are read when nothing has changed for this long, and after so long at the latest. */
const QUIET_MS: Millis = 5_000
const UNREST_MS: Millis = 2 * 60_000

export interface DueFacts {
  readonly now: Millis
  readonly every: BackupPlan['every']
  readonly paused: boolean
  /** The first backup is the person's own decision. */
  readonly everFinished: boolean
  /** One was begun and did not end. */
  readonly unfinished: boolean
  /** When the last one ended, or was tried: `lastOf` all that is known. */
  readonly lastAt: Millis | undefined
  /** Changes that the browser has told since: the first and the last. */
  readonly changed: { readonly firstAt: Millis; readonly lastAt: Millis } | undefined
}

/** The newest of these times that is not in the future: a clock that was set back must not put anything off. */
export const lastOf = (now: Millis, ...times: readonly (Millis | undefined)[]): Millis | undefined =>
  times.reduce((last, at) => (at === undefined || at > now || at < (last ?? 0) ? last : at), undefined)

/** When the next backup is due; `undefined` while only the person can start one. Times that have passed mean now. */
export function dueAt({ now, every, paused, everFinished, unfinished, lastAt, changed }: DueFacts): Millis | undefined {
  if (paused || every === 'hand' || !(everFinished || unfinished)) return undefined
  const regular = (lastOf(now, lastAt) ?? 0) + (unfinished ? Math.min(AGAIN_MS, everyMs[every]) : everyMs[every])
  if (changed === undefined) return regular
  return Math.min(regular, Math.min(changed.lastAt + QUIET_MS, changed.firstAt + UNREST_MS))
}

/** What is kept is proven to come back this often. */
const PROVE_EVERY_MS: Millis = 7 * DAY
/** What did not come back is tried again after this time: damage, and what only misses keepers that were away. */
const FAILED_AGAIN_MS: Millis = DAY
const AWAY_AGAIN_MS: Millis = 4 * HOUR
/** A page that was just opened, or has just made its first backup, has other things to do. */
const SETTLED_MS: Millis = 10 * MINUTE

export interface DrillDueFacts {
  readonly now: Millis
  /** Since when this page knows of a backup. */
  readonly seenAt: Millis
  /** When a drill last ended without a failure. */
  readonly provenAt: Millis | undefined
  readonly failed: { readonly at: Millis; readonly away: boolean } | undefined
  /** When this page has begun one that did not end. */
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
