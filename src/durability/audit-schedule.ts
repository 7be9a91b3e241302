/**
 * When a keeper is asked to prove a leaf: eight times a day at random times while it is online, and what it missed while
 * it was away is made up for when it is back, up to one day's worth.
 */
import type { Random } from '../core/clock.ts'
import { LEAF_BYTES } from '../core/merkle.ts'
import { DAY, KiB, MB, MiB, MINUTE, type ByteCount, type Millis } from '../core/units.ts'

/** With so many a keeper that has thrown away a tenth is found within seven days in 99 of 100 cases (threats.md, T2). */
const LEAVES_A_DAY = 8
/** What a leaf moves: itself, its way to the root, the question, the signature and HTTP (`tests/contract/audits.test.ts`). */
export const LEAF_COST: ByteCount = LEAF_BYTES + KiB
/** What an audit may move a day, as a share of what a keeper keeps, where that is 280 MB or more: so many shards, each a mebibyte. */
const MOST_MOVED = 0.001
const SMALLEST_MEASURED = Math.floor((280 * MB) / MiB)
/** So many are counted of what a keeper has, and no more: eight leaves are within that share of so many mebibytes. */
export const COUNTED_SHARDS = 280

/**
 * Eight, whatever a keeper keeps: what it has thrown away is found after as many leaves, of few shards as of many. Only
 * just above 280 MB there are fewer, as many as the share of its bytes that audits may move leaves beside the whole shard
 * that is read every week.
 * @param shards how many it keeps; `COUNTED_SHARDS` where there are more
 */
export function leavesADay(shards: number): number {
  if (shards < SMALLEST_MEASURED) return LEAVES_A_DAY
  return Math.min(LEAVES_A_DAY, (MOST_MOVED * shards * MiB - MiB / 7) / LEAF_COST)
}

/**
 * An answer may take so long. A hidden tab hears the question at once, but its timers may run once a minute and its line
 * may be slow; and nothing is gained by less, because no other keeper would give the leaf away (`docs/decisions.md`).
 */
export const ANSWER_MS: Millis = 2 * MINUTE
/** A leaf that was not answered so often, one time after another, counts as lost. */
export const MOST_ROUNDS = 8

/** When a keeper is asked. */
export interface AuditTimes {
  /** The next leaf was owed from then on. */
  readonly owedAt: Millis
  /** Not asked before. */
  readonly askAt: Millis
}

/** For a keeper that has been asked and has answered, or has nothing. @param leaves how many a day */
export function afterAnswer(owedAt: Millis, now: Millis, leaves: number, random: Random): AuditTimes {
  const gap = DAY / leaves
  const next = Math.min(Math.max(owedAt, now - DAY) + gap, now + gap)
  if (next <= now) return { owedAt: Math.round(next), askAt: soon(now, random) }
  // Somewhere in the time until the one after it is owed, so that a keeper cannot tell when it comes.
  return { owedAt: Math.round(next), askAt: Math.round(next + gap * random.fraction()) }
}

/** For a keeper that has come online while a question to it was waiting. */
export const soon = (now: Millis, random: Random): Millis => Math.round(now + 30 * MINUTE * random.fraction())

/**
 * For a leaf that was not answered: 30 to 90 minutes later. `MOST_ROUNDS` of them take four hours at least, so that an
 * outage of two hours costs nobody its good standing, and twelve at most.
 */
export const again = (now: Millis, random: Random): Millis =>
  Math.round(now + 30 * MINUTE + 60 * MINUTE * random.fraction())
