/**
 * What a person may expect of packs that are as they are now, from what was measured of the keepers around them: how many
 * more losses they survive, the chance that they are kept for a year, and between which bounds the number of their shards
 * will be. Uncertain where little was measured: the rate at which keepers go is drawn from what the measurement leaves
 * open (Gamma posterior under Jeffreys' prior for a Poisson rate).
 */
import type { Random } from '../core/clock.ts'
import type { Millis } from '../core/units.ts'
import { atLeast, diesWithin, lossUnrepaired, TRANSFER, YEAR, type GroupCode } from './forecast.ts'
import { lossesAYear } from './renewal.ts'

/**
 * What a coordinator has seen of its keepers, each weighed by the shards it kept in proportion to the average: those who
 * keep nothing say nothing about shards.
 */
export interface MeasuredChurn {
  /** Time for which keepers were watched, added up over all of them. */
  readonly watched: Millis
  /** How often one was away for longer than its grace. */
  readonly gone: number
  /** How many of them came back, and how long after that on the average. */
  readonly returned: number
  readonly returnedAfter: Millis
  /** Share of the time online of those who were not gone, in (0, 1]. */
  readonly availability: number
  /** Mean grace. */
  readonly grace: Millis
}

export interface Outlook {
  /** Keepers that may vanish at once before anything is lost; below 0 something is. */
  readonly survives: number
  /** Chance that the pack is kept for a year while repair works: what is likely, and what 95 of 100 futures reach. */
  readonly keepsYear: { readonly likely: number; readonly least: number }
}

/** Keepers share engines, operators and bugs: nothing is promised beyond this, whatever comes out. */
const MOST_PROMISED = 1 - 1e-6
const DRAWS = 400
/** 95 of 100 of a normal distribution lie below. */
const Z_95 = 1.645

/** Packs that go together: those of one placement group, which share their keepers, by the worst of them. */
export interface Standing {
  readonly code: GroupCode
  /** Distinct shards that count now. */
  readonly live: number
}

/** How long shards live, at least: a longer mean than this is what 95 of 100 futures have. */
export const lifetimeAtLeast = (measured: MeasuredChurn): Millis => lifetimeOf(measured, Z_95)

/** @param groups at least one; all of them are needed, and keepers of one say nothing of those of another */
export function outlookOf(groups: readonly Standing[], measured: MeasuredChurn): Outlook {
  const kept = (z: number): number => {
    const churn = { ...measured, lifetime: lifetimeOf(measured, z) }
    // What is already under way, and then the cycles of a year.
    const underWay = Math.min(YEAR, churn.grace + TRANSFER)
    const codes = new Set(groups.map(({ code }) => code))
    const losses = new Map([...codes].map((code) => [code, lossesAYear(code, churn)]))
    const all = groups.reduce((chance, { code, live }) => {
      const now = lossUnrepaired(code.k, live, underWay, churn.lifetime)
      return chance * (1 - now) * Math.exp(-(losses.get(code) ?? 0))
    }, 1)
    return Math.min(MOST_PROMISED, all)
  }
  return { survives: sureToSurvive(groups, measured), keepsYear: { likely: kept(0), least: kept(Z_95) } }
}

/**
 * `survivedLosses` without the keepers that have vanished and are not missed yet, as many as 95 of 100 cases have of them;
 * that something is lost already is said only of what counts no more.
 */
function sureToSurvive(groups: readonly Standing[], measured: MeasuredChurn): number {
  const vanished = diesWithin(measured.grace, lifetimeOf(measured, 0))
  const each = groups.map(({ code, live }) => {
    const spare = live - code.k
    let unseen = 0
    while (unseen < spare && atLeast(unseen + 1, live, vanished) > 0.05) unseen += 1
    return spare - unseen
  })
  return Math.min(...each)
}

/** Keepers that may vanish at once before anything is lost; below 0 something is. */
export const survivedLosses = (groups: readonly Standing[]): number =>
  Math.min(...groups.map(({ code, live }) => live - code.k))

/** @param z 0 for what is likely, more for shorter lives */
function lifetimeOf({ watched, gone, returned, grace }: MeasuredChurn, z: number): Millis {
  const vanished = Math.max(0, gone - returned)
  // Those who vanished were watched for a grace in which they lived no more; of what is measured that is never all.
  return Math.max(watched - vanished * grace, watched / 100) / rateQuantile(vanished, z)
}

/** Numbers of shards that count after a time, each as likely as the other, in rising order. */
export const futuresOf = (
  code: GroupCode,
  live: number,
  after: Millis,
  measured: MeasuredChurn,
  random: Random,
): readonly number[] =>
  Array.from({ length: DRAWS }, () => liveAfter(code, live, after, measured, random)).sort((one, other) => one - other)

export interface Band {
  readonly least: number
  readonly most: number
}

/** Between which bounds it will be in 90 of 100 of them, or more: counts are whole. @param futures as `futuresOf` gives them */
export const bandOf = (futures: readonly number[]): Band => ({
  least: quantile(futures, 0.05),
  most: quantile(futures, 0.95),
})

/** One future: shards go one by one, some come back, and at the threshold all are made again. */
function liveAfter(code: GroupCode, live: number, after: Millis, measured: MeasuredChurn, random: Random): number {
  const mean = measured.watched / rate(measured.gone, random)
  const share = (measured.returned + 0.5) / (measured.gone + 1)
  let counting = live
  let [now, repairedAt] = [0, live > code.repairAt ? Infinity : TRANSFER]
  // Some of those that do not count now are only away.
  const missing = code.n - live
  const away = Math.min(1, (live * share * measured.returnedAfter) / mean / Math.max(1, missing))
  let back = Array.from({ length: missing }, () => exponential(measured.returnedAfter, random)).filter(
    () => random.fraction() < away,
  )
  for (;;) {
    const goes = counting === 0 ? Infinity : now + exponential(mean / counting, random)
    const comes = Math.min(...back, Infinity)
    const next = Math.min(goes, comes, repairedAt)
    if (next > after) return counting
    now = next
    if (next === repairedAt) {
      // Whoever comes back from now on finds the shard made again.
      counting = code.n
      repairedAt = Infinity
      back = []
    } else if (next === comes) {
      counting = Math.min(code.n, counting + 1)
      back = back.filter((at) => at !== comes)
    } else {
      counting -= 1
      if (random.fraction() < share) back.push(now + exponential(measured.returnedAfter, random))
      if (counting <= code.repairAt && repairedAt === Infinity) repairedAt = now + TRANSFER
    }
  }
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN

const exponential = (mean: Millis, random: Random): Millis => -Math.log1p(-random.fraction()) * mean

/** Events to expect in a time in which `seen` were seen (Marsaglia and Tsang 2000, "A simple method for generating gamma variables"). */
function rate(seen: number, random: Random): number {
  const d = Math.max(0, seen) + 0.5 + 1 - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(random)
    const v = (1 + c * x) ** 3
    if (v <= 0 || Math.log(1 - random.fraction()) >= 0.5 * x * x + d - d * v + d * Math.log(v)) continue
    // Drawn for one more event than there was, and thinned to the right shape: the method wants a shape above 1.
    return d * v * (1 - random.fraction()) ** (1 / (d - 2 / 3))
  }
}

/** A quantile of what `rate` draws (Wilson and Hilferty 1931, within 4 %). @param z that of a normal distribution */
function rateQuantile(seen: number, z: number): number {
  const shape = Math.max(0, seen) + 0.5
  return shape * Math.max(0.1, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3
}

/** Box and Muller 1958. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction())
