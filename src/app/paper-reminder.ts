/** When to ask whether the paper with the words is still there. Rules without a screen. */
import { DAY, type Millis } from '../core/units.ts'

/** A quarter of a year. */
export const QUARTER_MS: Millis = 91 * DAY
export const POSTPONED_MS: Millis = 7 * DAY

export interface ReminderTimes {
  /** When words were last read off the paper. */
  readonly provedAt: Millis
  /** When somebody last said "in a week". */
  readonly postponedAt?: Millis | undefined
}

/** When the paper is asked for next. */
export const reminderDueAt = ({ provedAt, postponedAt }: ReminderTimes): Millis =>
  Math.max(provedAt + QUARTER_MS, (postponedAt ?? -Infinity) + POSTPONED_MS)

/**
 * The same times once a clock that ran ahead was put right: what lies in the future happened now. A wrong clock then
 * delays the next question by a quarter at most, and not by years.
 */
export const notInTheFuture = <Times extends ReminderTimes>(times: Times, now: Millis): Times => ({
  ...times,
  provedAt: Math.min(times.provedAt, now),
  postponedAt: times.postponedAt && Math.min(times.postponedAt, now),
})
