/** Hours of the week: which of them are open, and what that makes of a stretch of time. The week begins on Monday. */
import { dayOf } from './clock.ts'
import { DAY, HOUR, type Millis } from './units.ts'

/** Seven days from Monday; of each its 24 hours as bits, the lowest for midnight to one. A set bit: it is open then. */
export type WeekHours = readonly number[]

export const ALL_DAY = 2 ** 24 - 1
export const always: WeekHours = Array.from({ length: 7 }, () => ALL_DAY)

export const isOpen = (hours: WeekHours, weekday: number, hour: number): boolean =>
  ((hours[weekday] ?? 0) & (1 << hour)) !== 0

/** The 24 bits of a day. */
export function bits(open: (hour: number) => boolean): number {
  let all = 0
  for (let hour = 0; hour < 24; hour += 1) if (open(hour)) all |= 1 << hour
  return all
}

/** How many hours of the week are open. */
export const openHours = (hours: WeekHours): number =>
  hours.reduce((sum, day) => sum + day.toString(2).replaceAll('0', '').length, 0)

/** What the clock shows at a time in UTC; 0 is Monday. 1970 began with a Thursday. */
export const utcTime = (at: Millis): { readonly weekday: number; readonly hour: number } => ({
  weekday: (dayOf(at) + 3) % 7,
  hour: Math.floor(at / HOUR) % 24,
})

/** Whether hours in UTC are open at a time. */
export function isOpenAt(hours: WeekHours, at: Millis): boolean {
  const { weekday, hour } = utcTime(at)
  return isOpen(hours, weekday, hour)
}

/** When hours in UTC are open next, from a time on; the time itself while they are. Those that never open do so at once. */
export function nextOpen(hours: WeekHours, from: Millis): Millis {
  for (let at = from; at < from + 8 * DAY; at = (Math.floor(at / HOUR) + 1) * HOUR) if (isOpenAt(hours, at)) return at
  return from
}

/** How much of a stretch of time is outside of hours in UTC. */
export function closedMs(hours: WeekHours, from: Millis, to: Millis): Millis {
  const weeks = Math.max(0, Math.floor((to - from) / (7 * DAY)))
  let sum = weeks * (168 - openHours(hours)) * HOUR
  for (let at = from + weeks * 7 * DAY; at < to;) {
    const end = Math.min(to, (Math.floor(at / HOUR) + 1) * HOUR)
    if (!isOpenAt(hours, at)) sum += end - at
    at = end
  }
  return sum
}
