/**
 * What churn does to a placement group, in closed form (durability.md). Shards die for good at rate 1/lifetime, each by
 * itself. A death is noticed after the grace; when no more than `repairAt` shards count, a repair meets k survivors,
 * moves shards and brings the group back to n. What keepers have in common (an engine, a network, an operator, a bug) is
 * not in it: a yearly loss below 1e-6 is beyond what this can know.
 */
import { DAY, HOUR, type Millis } from '../core/units.ts'

export const YEAR: Millis = 365 * DAY
/** How long a peer stays online at a time, on the average. */
export const MEAN_SPELL: Millis = 6 * HOUR
/** What a repair needs to move its shards. */
export const TRANSFER: Millis = 12 * HOUR

export interface GroupCode {
  readonly k: number
  readonly n: number
  /** Shards at or under which the group is brought back to n; at least k, below n. */
  readonly repairAt: number
}

export interface Churn {
  /** Mean time until a shard is gone for good. */
  readonly lifetime: Millis
  /** Share of the time that a keeper is online, in (0, 1]. */
  readonly availability: number
  /** Absence after which a keeper counts as gone. */
  readonly grace: Millis
}

/** Losses that a group must expect in a year: `prompt` while repair runs as it should, `flaky` when its delay is exponential. */
export interface YearlyLoss {
  readonly prompt: number
  readonly flaky: number
}

/**
 * The columns FIXED and EXPONENTIAL of durability.md. Above about 0.1 it is a rate of losses rather than a chance, and
 * may exceed 1.
 */
export function yearlyLoss(code: GroupCode, churn: Churn): YearlyLoss {
  const { k, repairAt } = code
  const delay = repairDelay(code, churn)
  const cycles = YEAR / (timeUntilRepair(code, churn) + delay)
  const died = diesWithin(delay, churn.lifetime)
  let flaky = 1
  for (let live = repairAt; live >= k; live -= 1) flaky *= 1 / (1 + churn.lifetime / (live * delay))
  return { prompt: cycles * atLeast(repairAt - k + 1, repairAt, died), flaky: cycles * flaky }
}

/** Chance that somebody dies within a time. */
export const diesWithin = (time: Millis, lifetime: Millis): number => -Math.expm1(-(time / lifetime))

/** Chance that a group of `live` shards which nobody repairs is lost after `time`. */
export const lossUnrepaired = (k: number, live: number, time: Millis, lifetime: Millis): number =>
  atLeast(live - k + 1, live, diesWithin(time, lifetime))

/** Bytes that repairs move in 30 days for each byte that is stored: k read and the missing ones written, each time. */
export function repairTraffic(code: GroupCode, churn: Churn): number {
  const { k, n, repairAt } = code
  return ((k + n - repairAt) / k) * ((30 * DAY) / (timeUntilRepair(code, churn) + repairDelay(code, churn)))
}

/** Chance that k of `live` shards have been met within `wait`, their keepers coming and going by themselves. */
export const restoreChance = (k: number, live: number, availability: number, wait: Millis): number =>
  atLeast(k, live, availability >= 1 ? 1 : 1 - (1 - availability) * Math.exp(-(wait / meanAbsence(availability))))

/** Chance of `wanted` or more successes in `tries`, each with chance `each` (binomial), summed from the rare side. */
export function atLeast(wanted: number, tries: number, each: number): number {
  if (wanted <= 0) return 1
  if (wanted > tries || each <= 0) return 0
  if (each >= 1) return 1
  if (wanted < tries * each) return 1 - atLeast(tries - wanted + 1, tries, 1 - each)
  let logChoose = 0
  for (let i = 1; i <= wanted; i += 1) logChoose += Math.log((tries - wanted + i) / i)
  let term = Math.exp(logChoose + wanted * Math.log(each) + (tries - wanted) * Math.log1p(-each))
  let sum = 0
  for (let hits = wanted; hits <= tries; hits += 1) {
    sum += term
    term *= ((tries - hits) / (hits + 1)) * (each / (1 - each))
  }
  return Math.min(1, sum)
}

/** From a full group to the repair, all deaths noticed at once. */
function timeUntilRepair({ n, repairAt }: GroupCode, { lifetime }: Churn): Millis {
  let time = 0
  for (let live = repairAt + 1; live <= n; live += 1) time += lifetime / live
  return time
}

/** From the death that asks for a repair until it is done. */
const repairDelay = (code: GroupCode, churn: Churn): Millis => churn.grace + gathering(code, churn) + TRANSFER

/** Until k of `repairAt` survivors have been met: those online now, then the others as they come. */
function gathering({ k, repairAt }: GroupCode, { availability }: Churn): Millis {
  const away = (1 - availability) * repairAt
  if (repairAt - away >= k) return 0
  // All of them when there is none to spare; the last of m to come is met about as late as the last but one.
  return meanAbsence(availability) * Math.log(away / Math.max(1, repairAt - k))
}

/** Between two spells online. */
export const meanAbsence = (availability: number): Millis => (MEAN_SPELL * (1 - availability)) / availability
