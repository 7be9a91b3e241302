/** When folders are read again by themselves. Rules without a clock: timers of hidden tabs sleep, the time of day does not. */
import { AGAIN_MS } from '../backup/drill-due.ts'
import { lastOf } from '../core/clock.ts'
import type { Millis } from '../core/units.ts'
import type { BackupPlan } from '../store/indexeddb-page-memory.ts'

export const everyMs: Readonly<Record<Exclude<BackupPlan['every'], 'hand'>, Millis>> = {
  quarter: 15 * 60_000,
  hour: 60 * 60_000,
  day: 24 * 60 * 60_000,
}
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

/** When the next backup is due; `undefined` while only the person can start one. Times that have passed mean now. */
export function dueAt({ now, every, paused, everFinished, unfinished, lastAt, changed }: DueFacts): Millis | undefined {
  if (paused || every === 'hand' || !(everFinished || unfinished)) return undefined
  const regular = (lastOf(now, lastAt) ?? 0) + (unfinished ? Math.min(AGAIN_MS, everyMs[every]) : everyMs[every])
  if (changed === undefined) return regular
  return Math.min(regular, Math.min(changed.lastAt + QUIET_MS, changed.firstAt + UNREST_MS))
}
