/**
 * The hours of the week in which a keeper says that it keeps. Outside of them its absence is not held against it. So that
 * nobody escapes by them, whoever is there is asked at any hour, another statement holds from a day later on, one that is
 * changed again before that never does, too few hours are none, and whoever keeps less is given less.
 */
import { DAY, type Millis } from '../core/units.ts'
import { openHours, type WeekHours } from '../core/week-hours.ts'

/** In UTC; without hours: always. */
export interface StatedHours {
  readonly hours?: WeekHours | undefined
  /** What holds from a time on. */
  readonly next?: { readonly hours?: WeekHours | undefined; readonly from: Millis } | undefined
}

/** Three hours a day. Who says that it keeps for less of the week is judged as one that has said nothing. */
const FEWEST_HOURS = 21

/** What is known after it has said so. Its word holds from the first midnight on that is a day away. */
export function restated(before: StatedHours, said: WeekHours | undefined, now: Millis): StatedHours {
  const hours = inForce(before, now)
  if (isSame(hours, said)) return { hours }
  const { next } = before
  if (next !== undefined && next.from > now && isSame(next.hours, said)) return before
  return { hours, next: { hours: said, from: Math.ceil((now + DAY) / DAY) * DAY } }
}

/** The hours that hold now; `undefined`: always. */
export function hoursAt(stated: StatedHours, now: Millis): WeekHours | undefined {
  const hours = inForce(stated, now)
  return hours === undefined || openHours(hours) < FEWEST_HOURS ? undefined : hours
}

/** Share of the week that it can be expected to be there, by its word and by what was seen. @param seen in [0, 1], where it was watched for long enough */
export const shareKept = (hours: WeekHours | undefined, seen: number | undefined): number =>
  Math.min(seen ?? 1, hours === undefined ? 1 : openHours(hours) / 168)

const inForce = ({ hours, next }: StatedHours, now: Millis): WeekHours | undefined =>
  next !== undefined && next.from <= now ? next.hours : hours

const isSame = (one: WeekHours | undefined, other: WeekHours | undefined): boolean =>
  one === other || (one?.length === other?.length && one?.every((day, i) => day === other?.[i]) === true)
