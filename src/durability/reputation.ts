/**
 * What a keeper's word is worth: two scores out of its audits, and the state that follows from them.
 *
 * A score is a beta reputation with forgetting (Jøsang and Ismail 2002, "The Beta Reputation System"; Storj uses it for
 * its nodes): evidence for and against, both multiplied by λ < 1 before each new piece, and score = for ÷ (for + against).
 * With λ the evidence never weighs more than 1 ÷ (1 − λ) pieces. Everybody begins with all of it in favour; that a new
 * keeper is not known yet is the business of vetting, which counts days and leaves.
 *
 * The audit score is strict: a leaf that is gone warns at once. The online score is mild: answers that are late never do
 * more than warn. A wrong leaf needs no score. Whether it gives back what it proves is told by others (`durability/reading`), and is
 * no matter of scores either: enough of them agree, or nothing follows.
 */
import { DAY, type Millis } from '../core/units.ts'
import { SERVED_AGAIN, type ReadVerdict } from './reading.ts'

/** Full weight of the evidence, in pieces: what everybody begins with. A hundred are about twelve days of audits. */
const AUDIT_WEIGHT = 100
const ONLINE_WEIGHT = 50
const AUDIT_MEMORY = 1 - 1 / AUDIT_WEIGHT
const ONLINE_MEMORY = 1 - 1 / ONLINE_WEIGHT

/** One lost leaf of a hundred warns, until about seventy others were proven. */
export const WARNED_BELOW = 0.995
/** Five lost of a hundred. */
export const SUSPENDED_BELOW = 0.95
export const OUT_BELOW = 0.8
/** A leaf that was not shown for a day weighs as much as two that were said to be gone: honesty costs less. */
const SILENT_WEIGHT = 2
/** A quarter of the questions that came late. Four of them, which two hours can hold, are far from it. */
export const SLOW_BELOW = 0.75

export const VETTED_AFTER_MS: Millis = 14 * DAY
const VETTED_LEAVES = 100

/** Days and leaves in a row after which a suspension ends: a week of audits, but one day of them for mere silence. */
const cures: Readonly<Record<SuspendedFor, { readonly leaves: number; readonly days: number }>> = {
  wrong: { leaves: 56, days: 7 },
  lost: { leaves: 56, days: 0 },
  silent: { leaves: 8, days: 0 },
}
/** A second wrong leaf within so long is no accident. */
const WRONG_AGAIN_MS: Millis = 90 * DAY
/** Whoever is out may begin anew after so long: a new device could do so at once, and only honest people would stay away. */
export const OUT_MS: Millis = 90 * DAY

/** How a question ended: the leaf · a false one · said to be gone · never shown · not in time, this once. */
export type AuditResult = 'proven' | 'wrong' | 'missing' | 'silent' | 'late'

type SuspendedFor = 'wrong' | 'lost' | 'silent'

/** What is remembered of a keeper. */
export interface Reputation {
  /** When it began, or began anew. */
  readonly since: Millis
  /** Evidence for and against: leaves that were proven and leaves that were not. */
  readonly proven: number
  readonly lost: number
  /** Answers that came in time, and those that did not. */
  readonly prompt: number
  readonly late: number
  /** Leaves since then. */
  readonly passed: number
  readonly failed: number
  readonly lastProvenAt: Millis | undefined
  readonly lastWrongAt: Millis | undefined
  readonly barred: Barred | undefined
  /** Others get nothing from it. */
  readonly unread: Unread | undefined
}

/** Suspended or out. */
export interface Barred {
  readonly state: 'suspended' | 'out'
  readonly why: SuspendedFor
  readonly at: Millis
  /** Leaves that were proven in a row since. */
  readonly streak: number
}

/** Suspended whatever it proves: what nobody gets is of no use to anybody, and does not count. */
export interface Unread {
  readonly why: 'withheld' | 'unreachable'
  readonly at: Millis
  /** Reads that are still to go well. */
  readonly left: number
}

export type StandingState = 'new' | 'vetted' | 'warned' | 'suspended' | 'out'
export type StandingReason = 'young' | 'proven' | 'late' | SuspendedFor | Unread['why']

/** A state, why it is so, and what ends it. */
export interface Standing {
  readonly state: StandingState
  readonly reason: StandingReason
  /**
   * Leaves to prove until it is better: in a row where it is barred, none of who is vetted or out. Where others get nothing,
   * reads that are to go well.
   */
  readonly leaves: number
  /** Not better before. */
  readonly notBefore: Millis | undefined
  /** Between 0 and 1. */
  readonly auditScore: number
  readonly onlineScore: number
}

export const newReputation = (at: Millis): Reputation => ({
  since: at,
  proven: AUDIT_WEIGHT,
  lost: 0,
  prompt: ONLINE_WEIGHT,
  late: 0,
  passed: 0,
  failed: 0,
  lastProvenAt: undefined,
  lastWrongAt: undefined,
  barred: undefined,
  unread: undefined,
})

/** Whoever has been out for long enough is new. */
export const renewed = (reputation: Reputation, now: Millis): Reputation =>
  reputation.barred?.state === 'out' && now >= reputation.barred.at + OUT_MS ? newReputation(now) : reputation

/** The reputation after one more result. */
export function after(before: Reputation, result: AuditResult, now: Millis): Reputation {
  const reputation = renewed(before, now)
  switch (result) {
    case 'late':
      return { ...reputation, ...online(reputation, { late: 1 }) }
    case 'proven':
      return cured(proven(reputation, now), now)
    case 'missing':
      return judged(failed(reputation, 1), now)
    case 'silent':
      return judged(suspended(failed(reputation, SILENT_WEIGHT), 'silent', now), now)
    case 'wrong': {
      const isSecond = reputation.lastWrongAt !== undefined && now < reputation.lastWrongAt + WRONG_AGAIN_MS
      const worse = { ...failed(reputation, 1), lastWrongAt: now }
      return isSecond ? out(worse, 'wrong', now) : judged(suspended(worse, 'wrong', now), now)
    }
  }
}

/** Whether placement may take it for one of those that are known. */
export const isVetted = ({ since, passed }: Pick<Reputation, 'since' | 'passed'>, now: Millis): boolean =>
  passed >= VETTED_LEAVES && now >= since + VETTED_AFTER_MS

/** What follows for a keeper that is suspended for giving nothing, or may have to be. @param left reads that are still to go well of one that is suspended */
export function afterVerdict(
  reputation: Reputation,
  verdict: ReadVerdict | undefined,
  left: number | undefined,
  now: Millis,
): Reputation {
  const { unread } = reputation
  switch (verdict) {
    case 'serves':
      return { ...reputation, unread: undefined }
    case 'withholds':
      return { ...reputation, unread: { why: 'withheld', at: unread?.at ?? now, left: SERVED_AGAIN } }
    case 'unreachable':
      return { ...reputation, unread: { why: 'unreachable', at: unread?.at ?? now, left: SERVED_AGAIN } }
    default:
      return unread === undefined || left === undefined ? reputation : { ...reputation, unread: { ...unread, left } }
  }
}

/** Whether what it keeps counts for nothing: it is out, or others do not get it. */
export const isOut = (reputation: Reputation | undefined, now: Millis): boolean => {
  const current = reputation && renewed(reputation, now)
  return current?.barred?.state === 'out' || current?.unread !== undefined
}

/** Whether it is given nothing new: it is suspended, or out. */
export const isBarred = ({ barred, unread }: Reputation): boolean => barred !== undefined || unread !== undefined

export function standingOf(before: Reputation, now: Millis): Standing {
  const reputation = renewed(before, now)
  const { barred, unread, since, passed } = reputation
  const scores = { auditScore: auditScore(reputation), onlineScore: onlineScore(reputation) }
  if (barred?.state === 'out') {
    return { state: 'out', reason: barred.why, leaves: 0, notBefore: barred.at + OUT_MS, ...scores }
  }
  if (barred !== undefined) {
    const { leaves, days } = cures[barred.why]
    const more = Math.max(leaves - barred.streak, untilScore(reputation, SUSPENDED_BELOW))
    const notBefore = days === 0 ? undefined : barred.at + days * DAY
    return { state: 'suspended', reason: barred.why, leaves: more, notBefore, ...scores }
  }
  if (unread !== undefined) {
    return { state: 'suspended', reason: unread.why, leaves: unread.left, notBefore: undefined, ...scores }
  }
  if (scores.auditScore < WARNED_BELOW) {
    const leaves = untilScore(reputation, WARNED_BELOW)
    return { state: 'warned', reason: 'lost', leaves, notBefore: undefined, ...scores }
  }
  if (scores.onlineScore < SLOW_BELOW) {
    return { state: 'warned', reason: 'late', leaves: untilPrompt(reputation), notBefore: undefined, ...scores }
  }
  if (isVetted(reputation, now)) {
    return { state: 'vetted', reason: 'proven', leaves: 0, notBefore: undefined, ...scores }
  }
  const leaves = Math.max(0, VETTED_LEAVES - passed)
  return { state: 'new', reason: 'young', leaves, notBefore: since + VETTED_AFTER_MS, ...scores }
}

const auditScore = ({ proven, lost }: Reputation): number => proven / (proven + lost)
const onlineScore = ({ prompt, late }: Reputation): number => prompt / (prompt + late)

const online = ({ prompt, late }: Reputation, more: { prompt?: number; late?: number }) => ({
  prompt: ONLINE_MEMORY * prompt + (more.prompt ?? 0),
  late: ONLINE_MEMORY * late + (more.late ?? 0),
})

function proven(reputation: Reputation, now: Millis): Reputation {
  const { barred } = reputation
  return {
    ...reputation,
    ...online(reputation, { prompt: 1 }),
    proven: AUDIT_MEMORY * reputation.proven + 1,
    lost: AUDIT_MEMORY * reputation.lost,
    passed: reputation.passed + 1,
    lastProvenAt: now,
    barred: barred && { ...barred, streak: barred.streak + 1 },
  }
}

const failed = (reputation: Reputation, weight: number): Reputation => ({
  ...reputation,
  proven: AUDIT_MEMORY * reputation.proven,
  lost: AUDIT_MEMORY * reputation.lost + weight,
  failed: reputation.failed + 1,
  barred: reputation.barred && { ...reputation.barred, streak: 0 },
})

/** What weighs more stays: silence does not shorten what a wrong leaf has earned. */
function suspended(reputation: Reputation, why: SuspendedFor, at: Millis): Reputation {
  const { barred } = reputation
  const isWorse = barred !== undefined && (barred.state === 'out' || cures[barred.why].leaves > cures[why].leaves)
  return isWorse ? reputation : { ...reputation, barred: { state: 'suspended', why, at, streak: 0 } }
}

const out = (reputation: Reputation, why: SuspendedFor, at: Millis): Reputation => ({
  ...reputation,
  barred: reputation.barred?.state === 'out' ? reputation.barred : { state: 'out', why, at, streak: 0 },
})

/** What the score alone demands. */
function judged(reputation: Reputation, now: Millis): Reputation {
  const score = auditScore(reputation)
  if (score < OUT_BELOW) return out(reputation, reputation.barred?.why ?? 'lost', now)
  return score < SUSPENDED_BELOW && reputation.barred === undefined ? suspended(reputation, 'lost', now) : reputation
}

/** Ends a suspension whose cure is complete. After a wrong leaf a keeper is new again; after the others it is as it was. */
function cured(reputation: Reputation, now: Millis): Reputation {
  const { barred, lastWrongAt, unread } = reputation
  if (barred?.state !== 'suspended') return reputation
  const { leaves, notBefore } = standingOf(reputation, now)
  if (leaves > 0 || now < (notBefore ?? now)) return reputation
  return barred.why === 'wrong' ? { ...newReputation(now), lastWrongAt, unread } : { ...reputation, barred: undefined }
}

/** Leaves to prove until the audit score is no longer under a bound. */
function untilScore({ proven, lost }: Reputation, bound: number): number {
  let [pro, contra, leaves] = [proven, lost, 0]
  for (; pro / (pro + contra) < bound; leaves += 1) [pro, contra] = [AUDIT_MEMORY * pro + 1, AUDIT_MEMORY * contra]
  return leaves
}

function untilPrompt({ prompt, late }: Reputation): number {
  let [pro, contra, leaves] = [prompt, late, 0]
  for (; pro / (pro + contra) < SLOW_BELOW; leaves += 1)
    [pro, contra] = [ONLINE_MEMORY * pro + 1, ONLINE_MEMORY * contra]
  return leaves
}
