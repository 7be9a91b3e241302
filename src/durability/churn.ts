/**
 * What a coordinator notes of the lives of its keepers, and what that comes to. Each keeper is weighed by the shards it
 * keeps, and what is then left of the numbers is what so unequal keepers say: one that keeps half of everything is one
 * keeper, however much it keeps.
 */
import { HOUR, MINUTE } from '../core/units.ts'
import type { MeasuredChurn } from './outlook.ts'

/** Sums over keepers and time. Shards are those of a keeper at a time, minutes those it was watched and not gone. */
export interface ChurnTally {
  /** Shards × minutes. */
  readonly watched: number
  /** Shards² × minutes. */
  readonly squares: number
  /** Shards × minutes online. */
  readonly online: number
  /** Shards × minutes × hours of grace. */
  readonly grace: number
  /** Shards that stopped counting: their keeper was gone longer than its grace or turned out, or they were lost alone. */
  readonly gone: number
  /** Shards that counted again because their keeper came back. Who was turned out begins anew. */
  readonly returned: number
  /** Shards × minutes from the one to the other. */
  readonly returnedAfter: number
}

/** The same of keepers that have stayed for long (`lean`), under names of their own. */
export type LastingName = `lasting.${keyof ChurnTally}`

/** What there is to know of the churn of a network. */
export interface KnownChurn {
  /** Keepers that keep something and count now. */
  readonly keepers: number
  /** For how many days keepers were watched. */
  readonly days: number
  /** Absent before anybody was watched. */
  readonly measured?: MeasuredChurn | undefined
}

/** Before so much has been seen, nothing is said of a year. */
const FEWEST_KEEPERS = 6
const FEWEST_DAYS = 14
/** Of the newest so many days, where enough lives ended in them. */
const RECENT_DAYS = 30
/** So many say within a quarter or so how long lives are. */
const ENOUGH_GONE = 20

/** `undefined` when nobody was watched. */
export function measuredChurn(tally: ChurnTally): MeasuredChurn | undefined {
  const { watched, squares, online, grace, gone, returned, returnedAfter } = tally
  if (watched <= 0 || squares <= 0) return undefined
  // Shards of the keeper of a shard, on the average (Kish 1965: so many units are worth one).
  const each = squares / watched
  return {
    watched: (watched / each) * MINUTE,
    gone: gone / each,
    returned: Math.min(gone, returned) / each,
    returnedAfter: returned > 0 ? (returnedAfter / returned) * MINUTE : 0,
    availability: Math.min(1, Math.max(0.01, online / watched)),
    grace: (grace / watched) * HOUR,
  }
}

/**
 * What the newest days say: as many as it takes to see enough keepers go. A network that is young is full of keepers that
 * soon leave, and those who are left stay on, so what was seen at first says little of the number of shards in weeks. The
 * chance to last a year is told of all days instead: that is the more careful, and no more is lost than it says.
 * @param days the newest last; those on which nobody looked may be left out
 */
export function recentChurn(days: readonly ChurnTally[]): MeasuredChurn | undefined {
  let count = Math.min(days.length, RECENT_DAYS)
  const newest = () => measuredChurn(sumOf(days.slice(days.length - count)))
  while (count < days.length && (newest()?.gone ?? 0) < ENOUGH_GONE) count += 1
  return newest()
}

/** Of several days. */
export const sumOf = (days: readonly ChurnTally[]): ChurnTally =>
  days.reduce(
    (sum, day) => ({
      watched: sum.watched + day.watched,
      squares: sum.squares + day.squares,
      online: sum.online + day.online,
      grace: sum.grace + day.grace,
      gone: sum.gone + day.gone,
      returned: sum.returned + day.returned,
      returnedAfter: sum.returnedAfter + day.returnedAfter,
    }),
    { watched: 0, squares: 0, online: 0, grace: 0, gone: 0, returned: 0, returnedAfter: 0 },
  )

/** What was measured, once it is enough to say something of a year. */
export const enoughOf = ({ keepers, days, measured }: KnownChurn): MeasuredChurn | undefined =>
  keepers >= FEWEST_KEEPERS && days >= FEWEST_DAYS ? measured : undefined
