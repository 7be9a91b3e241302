/**
 * What a person lets keeping use of a device: space, rates, the bytes of a month, the hours of a week. Rules without
 * clocks: the time comes in, and so does what the person's wall clock shows at it.
 */
import { HOUR, type ByteCount, type Millis } from '../core/units.ts'
import { ALL_DAY, bits, isOpen, utcTime, type WeekHours } from '../core/week-hours.ts'

export interface KeepingLimits {
  readonly limitBytes: ByteCount
  /** Bytes in a second that go out; absent: as many as the line takes. */
  readonly uploadRate?: ByteCount | undefined
  readonly downloadRate?: ByteCount | undefined
  /** Bytes that go out and come in within a month of the calendar. */
  readonly monthBytes?: ByteCount | undefined
  /** Absent: always. */
  readonly hours?: WeekHours | undefined
}

/** From ten in the evening to seven in the morning. */
export const nights: WeekHours = Array.from({ length: 7 }, () => bits((hour) => hour >= 22 || hour < 7))
export const weekends: WeekHours = Array.from({ length: 7 }, (_, weekday) => (weekday >= 5 ? ALL_DAY : 0))

/** The grid with some of its hours opened or closed. */
export const withHours = (
  hours: WeekHours,
  open: boolean,
  which: (weekday: number, hour: number) => boolean,
): WeekHours =>
  Array.from({ length: 7 }, (_, weekday) =>
    bits((hour) => (which(weekday, hour) ? open : isOpen(hours, weekday, hour))),
  )

/** What calendar and wall clock show at a time, where the person is. */
export interface WallTime {
  /** 0 is Monday. */
  readonly weekday: number
  readonly hour: number
  /** Such as `2026-11`. */
  readonly month: string
}
export type WallClock = (at: Millis) => WallTime

/** The wall clock of this machine. */
export const machineWallClock: WallClock = (at) => {
  const date = new Date(at)
  const month = `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}`
  return { weekday: (date.getDay() + 6) % 7, hour: date.getHours(), month }
}

/**
 * Hours of the wall clock as hours in UTC, in the week from a time on: those of which every quarter is open. A change of
 * the clock moves them, so they are asked for again now and then.
 */
export function inUtc(hours: WeekHours, from: Millis, wallClock: WallClock): WeekHours {
  const days = Array.from({ length: 7 }, () => 0)
  for (let i = 0; i < 168; i += 1) {
    const at = (Math.floor(from / HOUR) + i) * HOUR
    const open = [0, 1, 2, 3].every((quarter) => {
      const { weekday, hour } = wallClock(at + quarter * QUARTER_MS)
      return isOpen(hours, weekday, hour)
    })
    const { weekday, hour } = utcTime(at)
    if (open) days[weekday] = (days[weekday] ?? 0) | (1 << hour)
  }
  return days
}

/** Why a keeper takes nothing new. In a pause it still serves what it keeps; out of its hours and its month it does not. */
export interface Rest {
  readonly why: 'pause' | 'hours' | 'month'
  /** When it goes on by itself, whatever else stands in the way till then; absent: when its person says so. */
  readonly until?: Millis
}

export interface Pause {
  /** Absent: until its person says so. */
  readonly until?: Millis | undefined
}

export interface RestRules {
  readonly limits: Pick<KeepingLimits, 'hours' | 'monthBytes'>
  readonly pause: Pause | undefined
  /** What was moved in a month, and which. */
  readonly moved: { readonly month: string; readonly bytes: ByteCount }
  readonly wallClock: WallClock
}

/** All time zones are whole quarters of an hour from UTC, so their hours and months begin with one. */
const QUARTER_MS: Millis = HOUR / 4
/** Longer than a month and the week of hours after it, with the hour that a change of the clock may take. */
const FARTHEST_MS: Millis = 40 * 24 * 60 * 60_000

/** Whether a keeper rests at a time, why, and until when. `undefined`: it takes and serves. */
export function restAt(now: Millis, rules: RestRules): Rest | undefined {
  const why = reasonAt(now, rules)
  if (why === undefined) return undefined
  const until = firstOpen(now, rules)
  return until === undefined ? { why } : { why, until }
}

function reasonAt(at: Millis, { limits, pause, moved, wallClock }: RestRules): Rest['why'] | undefined {
  const { weekday, hour, month } = wallClock(at)
  if (limits.monthBytes !== undefined && moved.month === month && moved.bytes >= limits.monthBytes) return 'month'
  if (limits.hours !== undefined && !isOpen(limits.hours, weekday, hour)) return 'hours'
  if (pause !== undefined && (pause.until === undefined || pause.until > at)) return 'pause'
  return undefined
}

function firstOpen(now: Millis, rules: RestRules): Millis | undefined {
  if (rules.pause !== undefined && rules.pause.until === undefined) return undefined
  const from = Math.max(now, rules.pause?.until ?? now)
  if (reasonAt(from, rules) === undefined) return from
  // Looked up and not computed: what a wall clock shows is not a sum, twice a year.
  for (let at = quarterAfter(from); at <= from + FARTHEST_MS; at += QUARTER_MS) {
    if (reasonAt(at, rules) === undefined) return at
  }
  return undefined
}

const quarterAfter = (at: Millis): Millis => (Math.floor(at / QUARTER_MS) + 1) * QUARTER_MS
