/**
 * What is known of a peer's coming and going, and what follows from it: how long it may be away before it counts as gone.
 * Rules without clocks: every time comes in, by a clock that leaves out what nobody saw.
 */
import { closedMs, isOpenAt, type WeekHours } from '../core/week-hours.ts'
import { DAY, GB, HOUR, MINUTE, type ByteCount, type Millis } from '../core/units.ts'

/** Grace of a peer whose absences are not known yet, and its bounds afterwards (durability.md, Defaults). */
const FIRST_GRACE_MS = 48 * HOUR
const SHORTEST_GRACE_MS = 24 * HOUR
const LONGEST_GRACE_MS = 96 * HOUR
/** The same of the patience with which an endangered pack counts its keepers. */
const FIRST_PATIENCE_MS = 12 * HOUR
const SHORTEST_PATIENCE_MS = HOUR
const LONGEST_PATIENCE_MS = SHORTEST_GRACE_MS
/** So many absences must be known before they say how long the next one may be. */
const FEWEST_ABSENCES = 10
/** Of the newest so many. */
const MOST_ABSENCES = 100
/** A socket that is back so soon was never away. */
const BLINK_MS = 10 * MINUTE
/** An announced absence is waited for so long beyond the grace, in one piece and in all within a window. */
export const LONGEST_ANNOUNCED_MS = 7 * DAY
const ANNOUNCED_BUDGET_MS = 14 * DAY
const ANNOUNCED_WINDOW_MS = 90 * DAY
/** So much of each hour of the day is remembered: what a peer did a month ago fades. */
const HOUR_MEMORY_MS = 30 * HOUR

export interface PresenceHistory {
  readonly firstSeenAt: Millis
  readonly online: boolean
  /** When it came, or left. */
  readonly since: Millis
  /** When it said it would be back; meaningful while it is away. */
  readonly backAt: Millis | undefined
  /** Hours in UTC that it had said it keeps when it left; `undefined`: always. Outside of them it is not missed. */
  readonly hours: WeekHours | undefined
  /** Of each hour of the day in UTC: milliseconds it was watched, and of those online. 24 of each. */
  readonly watchedMs: readonly Millis[]
  readonly onlineMs: readonly Millis[]
  /** How long it was away without a word, the newest last. */
  readonly absencesMs: readonly Millis[]
  /** What was waited for beyond the grace because it had been announced. */
  readonly announced: readonly { readonly at: Millis; readonly ms: Millis }[]
}

/** A peer that is seen for the first time, online. */
export const firstSeen = (at: Millis): PresenceHistory => ({
  firstSeenAt: at,
  online: true,
  since: at,
  backAt: undefined,
  hours: undefined,
  watchedMs: none,
  onlineMs: none,
  absencesMs: [],
  announced: [],
})

/** The peer is online. Changes nothing for one that was. */
export function came(history: PresenceHistory, at: Millis): PresenceHistory {
  if (history.online) return history
  const awayMs = Math.max(0, at - history.since)
  const heededMs = Math.min(announcedMs(history), awayMs)
  const closed = (from: Millis): Millis => (history.hours === undefined ? 0 : closedMs(history.hours, from, at))
  const missedMs = awayMs - Math.min(awayMs, closed(history.since))
  const beyondGraceMs = Math.min(announcedMs(history), Math.max(0, missedMs - graceOf(history)))
  const unannouncedMs = awayMs - heededMs - closed(at - (awayMs - heededMs))
  return {
    ...watched(history, at),
    online: true,
    since: at,
    backAt: undefined,
    absencesMs:
      unannouncedMs < BLINK_MS ? history.absencesMs : [...history.absencesMs, unannouncedMs].slice(-MOST_ABSENCES),
    announced: [
      ...history.announced.filter((one) => one.at > at - ANNOUNCED_WINDOW_MS),
      ...(beyondGraceMs > 0 ? [{ at, ms: beyondGraceMs }] : []),
    ],
  }
}

/** The peer is offline. Changes nothing for one that was. @param backAt when it said it would be back @param hours its hours */
export const went = (history: PresenceHistory, at: Millis, backAt?: Millis, hours?: WeekHours): PresenceHistory =>
  history.online ? { ...watched(history, at), online: false, since: at, backAt, hours } : history

/** How long it may be away without a word: the 99th percentile of what it has been, within bounds. */
export const graceOf = ({ absencesMs }: PresenceHistory): Millis =>
  absencesMs.length < FEWEST_ABSENCES
    ? FIRST_GRACE_MS
    : clamp(percentile(absencesMs, 0.99), SHORTEST_GRACE_MS, LONGEST_GRACE_MS)

/** How long an endangered pack waits for it: 9 of 10 of its absences are shorter. */
const patienceOf = ({ absencesMs }: PresenceHistory): Millis =>
  absencesMs.length < FEWEST_ABSENCES
    ? FIRST_PATIENCE_MS
    : clamp(percentile(absencesMs, 0.9), SHORTEST_PATIENCE_MS, LONGEST_PATIENCE_MS)

/** Online, or away as it often is; away longer than it usually is; presumed dead until it comes back. */
export type Attendance = 'here' | 'late' | 'gone'

export function attendanceAt(history: PresenceHistory, now: Millis): Attendance {
  const goneAt = goneAtOf(history)
  if (goneAt === undefined) return 'here'
  if (now >= goneAt) return 'gone'
  return now >= missedSince(history, patienceOf(history)) ? 'late' : 'here'
}

/** When it counts as gone unless it comes back before; `undefined` while it is online. */
export const goneAtOf = (history: PresenceHistory): Millis | undefined =>
  history.online ? undefined : missedSince(history, graceOf(history))

/**
 * When it has been away for so long beyond what it announced, counting its own hours only; a week later than otherwise at
 * most, so that few hours are no way never to be missed.
 */
function missedSince(history: PresenceHistory, ms: Millis): Millis {
  const from = history.since + announcedMs(history)
  const { hours } = history
  if (hours === undefined) return from + ms
  const latest = from + ms + LONGEST_ANNOUNCED_MS
  let left = ms
  for (let at = from; at < latest;) {
    const end = Math.min(latest, (Math.floor(at / HOUR) + 1) * HOUR)
    if (isOpenAt(hours, at)) {
      if (left <= end - at) return at + left
      left -= end - at
    }
    at = end
  }
  return latest
}

/** Share of the time that it was there, of what is remembered of it; `undefined` while that is less than two days. */
export function shareSeen({
  watchedMs,
  onlineMs,
}: Pick<PresenceHistory, 'watchedMs' | 'onlineMs'>): number | undefined {
  const sum = (some: readonly Millis[]): Millis => some.reduce((all, ms) => all + ms, 0)
  return sum(watchedMs) < 2 * DAY ? undefined : sum(onlineMs) / sum(watchedMs)
}

/** The same up to now, of one that is there or away at this moment. */
export const shareHere = (history: PresenceHistory, now: Millis): number | undefined => shareSeen(watched(history, now))

/** Share of its time that it is online in an hour of the day in UTC, 0…23; `undefined` where it was never watched. */
export function shareOnline({ watchedMs, onlineMs }: PresenceHistory, hour: number): number | undefined {
  const all = watchedMs[hour] ?? 0
  return all === 0 ? undefined : (onlineMs[hour] ?? 0) / all
}

/**
 * How much more often than others a keeper is given shards that has been here for so long: those who have stayed are those
 * who stay, where keepers are unlike each other. Between one and sixty, so that newcomers are not left out.
 */
export const stayWeight = (age: Millis): number => Math.min(60, (1 + Math.max(0, age) / (30 * DAY)) ** 2)

/** Room beyond this is not counted: free space is a claim, and whoever claimed without end would be drawn without end. */
const MOST_ROOM: ByteCount = 50 * GB
/** Nobody is drawn less often than one that is there for an hour a day. */
const LEAST_SHARE = 1 / 24

/** How often a keeper is drawn, against others: its room, as far as it counts, by how long it has been here and how much of the week. */
export const drawWeight = (freeBytes: ByteCount, age: Millis, share = 1): number =>
  Math.min(freeBytes, MOST_ROOM) * stayWeight(age) * Math.max(LEAST_SHARE, share)

/** How much longer than its grace it is waited for because it said when it would be back. */
function announcedMs({ online, since, backAt, announced }: PresenceHistory): Millis {
  if (online || backAt === undefined) return 0
  const used = announced.filter(({ at }) => at > since - ANNOUNCED_WINDOW_MS).reduce((sum, { ms }) => sum + ms, 0)
  return clamp(backAt - since, 0, Math.min(LONGEST_ANNOUNCED_MS, Math.max(0, ANNOUNCED_BUDGET_MS - used)))
}

/** Writes the time since its last coming or going into the hours of the day. */
function watched(history: PresenceHistory, until: Millis): PresenceHistory {
  const [watchedMs, onlineMs] = [[...history.watchedMs], [...history.onlineMs]]
  // Of a longer time every hour is full of it anyway.
  const from = Math.max(history.since, until - 24 * HOUR_MEMORY_MS)
  for (let at = from; at < until;) {
    const hour = Math.floor(at / HOUR) % 24
    const end = Math.min(until, (Math.floor(at / HOUR) + 1) * HOUR)
    const all = (watchedMs[hour] ?? 0) + end - at
    const there = (onlineMs[hour] ?? 0) + (history.online ? end - at : 0)
    const fade = Math.min(1, HOUR_MEMORY_MS / all)
    watchedMs[hour] = Math.round(all * fade)
    onlineMs[hour] = Math.round(there * fade)
    at = end
  }
  return { ...history, watchedMs, onlineMs }
}

/** The nearest rank (Hyndman and Fan 1996, definition 1). @param values at least one */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))

const none: readonly Millis[] = Array.from({ length: 24 }, () => 0)
