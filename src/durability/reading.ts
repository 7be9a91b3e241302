/**
 * Whether a keeper gives back what it keeps. A leaf proves that a shard is there, and not that anybody would get it: so a
 * stranger reads whole shards of it, one for each week, as one who restores or repairs would. The stranger's word proves nothing, because
 * nobody else sees what went between the two; it is asked of others, far apart from each other, until enough of them agree.
 */
import type { Random } from '../core/clock.ts'
import type { DeviceId } from '../core/ids.ts'
import { DAY, HOUR, type Millis } from '../core/units.ts'

/**
 * What a reader met: the whole shard as its owner signed it · somebody who answered, and gave something else or nothing ·
 * nobody, or a connection that broke, which the keeper need not have done.
 */
export type ReadOutcome = 'served' | 'withheld' | 'unreached'

/** What one reader said, and when. Each is asked once until there is a verdict, or a week later when nobody else is left. */
export interface ReadReport {
  readonly reader: DeviceId
  /** `blamed`: by a repairer that nobody asked about the keeper. The verdict is held against it, and never made of it. */
  readonly outcome: ReadOutcome | 'blamed'
  readonly at: Millis
}

/** `unclear`: neither can be said, and nothing follows. */
export type ReadVerdict = 'serves' | 'withholds' | 'unreachable' | 'unclear'

/** Nobody else is asked about a read that went well, two make good one that did not, and three end a suspension. */
const SERVED = 2
export const SERVED_AGAIN = 3
/**
 * So many say that they got nothing, before two got something. With a fifth of all readers lying together, that befalls an
 * honest keeper in one of 600 weeks in which they are believed, and each of them is believed about three times
 * (`durability/hand`).
 */
const WITHHELD = 5
/** A line may be reached from some places and not from others: many must have failed, and nobody come through. */
const UNREACHED = 12
/** Between the first and the last of them: an outage of two hours is nobody's fault. */
const LEAST_SPAN_MS: Millis = 4 * HOUR
const MOST_REPORTS = 24

/**
 * @param reports by time
 * @param left of one that is suspended: reads that are still to go well. Not counted here, because reports are forgotten
 * @returns `undefined` while more have to be asked
 */
export function verdictOf(reports: readonly ReadReport[], left?: number): ReadVerdict | undefined {
  const asked = reports.filter(({ outcome }) => outcome !== 'blamed')
  const count = (wanted: ReadOutcome): number => asked.filter(({ outcome }) => outcome === wanted).length
  const [served, withheld, unreached] = [count('served'), count('withheld'), count('unreached')]
  const isServing = left === undefined ? served >= (served === reports.length ? 1 : SERVED) : left <= 0
  if (isServing) return 'serves'
  const spanMs = (asked.at(-1)?.at ?? 0) - (asked[0]?.at ?? 0)
  if (withheld >= WITHHELD && spanMs >= LEAST_SPAN_MS) return 'withholds'
  if (served === 0 && unreached >= UNREACHED && spanMs >= LEAST_SPAN_MS) return 'unreachable'
  return asked.length >= MOST_REPORTS ? 'unclear' : undefined
}

/** What was said and is borne out by the verdict, and what it contradicts. Who did not get through has said nothing of the keeper. */
export function borneOut<R extends ReadReport>(
  reports: readonly R[],
  verdict: ReadVerdict,
): { readonly right: readonly R[]; readonly wrong: readonly R[] } {
  const served = reports.filter(({ outcome }) => outcome === 'served')
  const against = reports.filter(({ outcome }) => outcome === 'withheld' || outcome === 'blamed')
  if (verdict === 'serves') return { right: served, wrong: against }
  return verdict === 'withholds' ? { right: against, wrong: served } : { right: [], wrong: [] }
}

const between = (from: Millis, to: Millis, random: Random): Millis => Math.round(from + (to - from) * random.fraction())

/** Of so many looks one goes on under the same name, as a restore does, to so many shards, for a keeper that gives the first alone. */
const LOOKS_IN_SERIES = 4
const SERIES = 3

/** Shards of one look. @param isDoubted somebody has got nothing: then one shard alone would clear whoever gives no second */
export const shardsOfLook = (isDoubted: boolean, random: Random): number =>
  isDoubted || random.fraction() * LOOKS_IN_SERIES < 1 ? SERIES : 1

/**
 * When the next shard is read of a keeper of whom all is well: a shard for each week, and it cannot tell when.
 * @param shards that were read now: after several it is left alone for as many weeks, so that it moves no more
 */
export const nextWeek = (now: Millis, random: Random, shards = 1): Millis =>
  now + shards * between(3.5 * DAY, 10.5 * DAY, random)
/** For a keeper that has been away or has begun to keep: within a few hours. */
export const beforeLong = (now: Millis, random: Random): Millis => now + between(0, 3 * HOUR, random)
/** For one of whom a reader has got nothing. */
export const askAnother = (now: Millis, random: Random): Millis => now + between(HOUR, 3 * HOUR, random)
/** For one that is suspended. */
export const tryAgain = (now: Millis, random: Random): Millis => now + between(DAY / 2, DAY, random)
