/**
 * Which snapshots of a device stay as time goes on. A rule says how far back snapshots are kept at which distance: of
 * each hour, day, week, month or year that a rule reaches, the newest snapshot stays.
 *
 * Calendars are UTC, and a week begins on Monday. Devices of one account are in several time zones, and one that travels,
 * or a clock that is put forward in spring, would move the borders of days under snapshots that were chosen by them.
 *
 * What holds exactly, for one rule and a time that does not go back: pruning again changes nothing, and pruning on the
 * way, however often, leaves what pruning once at the end would. For each distance reaches back from now, so that what a
 * distance keeps later it keeps earlier too; and the newest of an hour or a year is the newest of what is left of it.
 */
import { dayOf } from '../core/clock.ts'
import type { SnapshotId } from '../core/ids.ts'
import { HOUR, DAY, type Millis } from '../core/units.ts'

/** For how many days back, 0 not at all, one snapshot stays of each … */
export interface KeepingRule {
  /** moment: every snapshot. */
  readonly all: number
  readonly hourly: number
  readonly daily: number
  readonly weekly: number
  readonly monthly: number
  readonly yearly: number
}

/** What a rule may say to keep something for ever: a hundred years. */
export const FOR_EVER_DAYS = 36_525

/** The rules that people choose from, by name; `everything` is none. */
export const PRESETS = {
  everything: undefined,
  thinning: { all: 1, hourly: 7, daily: 31, weekly: 92, monthly: 731, yearly: FOR_EVER_DAYS },
  lean: { all: 1, hourly: 0, daily: 7, weekly: 31, monthly: 366, yearly: 0 },
} as const satisfies Readonly<Record<string, KeepingRule | undefined>>
export type PresetName = keyof typeof PRESETS

/** The name of a rule; `undefined` for one that has none. */
export const presetOf = (rule: KeepingRule | undefined): PresetName | undefined =>
  (Object.keys(PRESETS) as PresetName[]).find((name) => isSame(PRESETS[name], rule))

interface Dated {
  readonly snapshot: SnapshotId
  readonly createdAt: Millis
}

/**
 * The snapshots that do not stay, in the order given. The newest always stays, and what is protected.
 * @param rule `undefined`: everything stays
 */
export function prunable<T extends Dated>(
  snapshots: readonly T[],
  rule: KeepingRule | undefined,
  isProtected: (id: SnapshotId) => boolean,
  now: Millis,
): T[] {
  if (rule === undefined) return []
  const kept = new Set<SnapshotId>()
  const newestFirst = [...snapshots].sort(isNewer)
  if (newestFirst[0] !== undefined) kept.add(newestFirst[0].snapshot)
  for (const distance of Object.keys(bucketOf) as (keyof KeepingRule)[]) {
    const seen = new Set<number | SnapshotId>()
    for (const one of newestFirst) {
      const bucket = bucketOf[distance](one)
      if (!seen.has(bucket) && now - one.createdAt < rule[distance] * DAY) kept.add(one.snapshot)
      seen.add(bucket)
    }
  }
  return snapshots.filter(({ snapshot }) => !kept.has(snapshot) && !isProtected(snapshot))
}

/** Newest first; of one time, always the same first. */
const isNewer = (a: Dated, b: Dated): number => b.createdAt - a.createdAt || (a.snapshot < b.snapshot ? 1 : -1)

const bucketOf: Readonly<Record<keyof KeepingRule, (one: Dated) => number | SnapshotId>> = {
  all: ({ snapshot }) => snapshot,
  hourly: ({ createdAt }) => Math.floor(createdAt / HOUR),
  daily: ({ createdAt }) => dayOf(createdAt),
  // 1970-01-01 was a Thursday.
  weekly: ({ createdAt }) => Math.floor((dayOf(createdAt) + 3) / 7),
  monthly: ({ createdAt }) => monthOf(dayOf(createdAt)),
  yearly: ({ createdAt }) => Math.floor(monthOf(dayOf(createdAt)) / 12),
}

/** Months since the year 0, counted from March, so that the day of a leap year is the last of its year; then from January. */
function monthOf(day: number): number {
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const year = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  return 12 * (era * 400 + year) + monthFromMarch + 2
}

function isSame(one: KeepingRule | undefined, other: KeepingRule | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return (Object.keys(bucketOf) as (keyof KeepingRule)[]).every((distance) => one[distance] === other[distance])
}
