/**
 * Whether a peer that is asked to read or to repair for others is asked again. What it says of a keeper is held against
 * what others say of the same keeper, and a job that came to nothing against what the next one made of it. Evidence is
 * forgotten as it is for keepers (`durability/reputation`), only sooner. It costs nobody anything but this work.
 */
import { DAY, type Millis } from '../core/units.ts'

/** Full weight of the evidence, in pieces. */
const WEIGHT = 10
const MEMORY = 1 - 1 / WEIGHT
/** Three in a row, and more than a third of all. */
const CONTRADICTED = 2.5
const CONTRADICTED_SHARE = 1 / 3
/** Whoever is not asked any more is new again after so long. */
const FORGOTTEN_MS: Millis = 90 * DAY
/** Who has reached no keeper for so long may have a line that reaches none, and its not reaching one more says nothing. */
const REACHES_MS: Millis = 30 * DAY

export interface Hand {
  readonly borneOut: number
  readonly contradicted: number
  /** When it last said of a keeper that it had reached it. */
  readonly reachedAt: Millis | undefined
  /** Not asked before. */
  readonly barredUntil: Millis | undefined
}

export const newHand: Hand = { borneOut: 0, contradicted: 0, reachedAt: undefined, barredUntil: undefined }

export function afterWord(before: Hand, wasRight: boolean, now: Millis): Hand {
  const isOver = before.barredUntil !== undefined && before.barredUntil <= now
  const hand = isOver ? { ...newHand, reachedAt: before.reachedAt } : before
  const borneOut = MEMORY * hand.borneOut + (wasRight ? 1 : 0)
  const contradicted = MEMORY * hand.contradicted + (wasRight ? 0 : 1)
  const isBarred = contradicted >= CONTRADICTED && contradicted > CONTRADICTED_SHARE * (borneOut + contradicted)
  return { ...hand, borneOut, contradicted, barredUntil: isBarred && !wasRight ? now + FORGOTTEN_MS : hand.barredUntil }
}

export const reached = (hand: Hand, now: Millis): Hand => ({ ...hand, reachedAt: now })

export const hasReached = ({ reachedAt }: Hand, now: Millis): boolean =>
  reachedAt !== undefined && reachedAt + REACHES_MS > now
