/**
 * When a keeper is asked to prove a leaf: eight times a day at random times while it is online, less often when it keeps
 * little, and what it missed while it was away is made up for when it is back, up to one day's worth.
 */
import type { Random } from '../core/clock.ts'
import { DAY, MINUTE, type Millis } from '../core/units.ts'

/** With so many a keeper that has thrown away a tenth is found within seven days in 99 of 100 cases (threats.md, T2). */
const LEAVES_A_DAY = 8
/**
 * From so many shards on (300 MB) a keeper is asked for all of them. Below it is asked in proportion, or audits would move
 * more than a thousandth of what it keeps; at least once a day, and as often as anybody until it is vetted, because
 * vetting counts leaves and a new keeper has few shards.
 */
export const FULL_RATE_SHARDS = 300

/** @param shards how many it keeps; more than `FULL_RATE_SHARDS` need not be counted */
export const leavesADay = (shards: number, isVetted: boolean): number =>
  isVetted ? Math.min(LEAVES_A_DAY, Math.max(1, (LEAVES_A_DAY * shards) / FULL_RATE_SHARDS)) : LEAVES_A_DAY

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
