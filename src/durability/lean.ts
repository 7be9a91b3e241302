/**
 * When a placement group may have the lean code, (16,32): when keepers that have stayed for long were seen to stay on so
 * long, and those of the group to be there so much, that by the closed form it is lost no more often and comes back no
 * later than (16,48) among keepers like those that the default codes are made for. What keepers have in common is not in
 * the closed form, so its caps are never waived.
 */
import { DAY, HOUR, type Millis } from '../core/units.ts'
import { waived, capsOf, crowding, type KnownPlace } from './failure-domains.ts'
import { restoreChance, yearlyLoss, type Churn } from './forecast.ts'
import { lifetimeAtLeast, type MeasuredChurn } from './outlook.ts'
import { LEAN, NORMAL, NORMAL_NETWORK } from './redundancy.ts'

/** Whoever has been here for so long counts as one that stays; that such keepers do is measured of them alone. */
export const LASTING_AGE: Millis = 90 * DAY

/** How long keepers of that age stay on. */
export interface LastingLives {
  /** In the last half year; `undefined` when nobody was watched. */
  readonly long: MeasuredChurn | undefined
  /** In the last 30 days of it, because lives may become shorter. */
  readonly recent: MeasuredChurn | undefined
}

/** (16,48) keeps what is promised of it from lives of 60 days on, online half of the time (durability.md). */
const BASELINE: Churn = { lifetime: 60 * DAY, availability: 0.5, grace: 2 * DAY }
/** A normal network of keepers that stay, watched for a quarter: less says too little of how lives end. */
const FEWEST_WATCHED: Millis = NORMAL_NETWORK * 90 * DAY
/** Of a restore that asks at once, in a working day, and overnight. */
const WAITS: readonly Millis[] = [0, 8 * HOUR, 24 * HOUR]

/** Whether a lean group is lost no more often, lives taken to be as short as 95 of 100 are not. */
export function lastsLean({ long, recent }: LastingLives): boolean {
  if (long === undefined || recent === undefined || long.watched < FEWEST_WATCHED) return false
  const loss = yearlyLoss(LEAN, {
    lifetime: Math.min(lifetimeAtLeast(long), lifetimeAtLeast(recent)),
    availability: Math.min(long.availability, recent.availability),
    grace: Math.max(long.grace, recent.grace),
  })
  const bearable = yearlyLoss(NORMAL, BASELINE)
  return loss.prompt <= bearable.prompt && loss.flaky <= bearable.flaky
}

/**
 * Whether a whole pack and one that is about to be repaired come back no later.
 * @param availability of the keepers of the group in their emptiest hour, in [0, 1]
 */
export const comesBackLean = (availability: number): boolean =>
  WAITS.every((wait) =>
    (['n', 'repairAt'] as const).every(
      (live) =>
        restoreChance(LEAN.k, LEAN[live], availability, wait) >=
        restoreChance(NORMAL.k, NORMAL[live], BASELINE.availability, wait),
    ),
  )

/** Whether the caps of the lean code hold for these places; that there is one operator is not held against it. */
export const keepsCaps = (places: readonly KnownPlace[]): boolean =>
  waived(crowding(places), capsOf(LEAN)).every((domain) => domain === 'operator')
