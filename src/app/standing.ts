/** What the network thinks of this keeper, in sentences: the state, why it is so, what ends it, and what was shown. */
import type { KeeperStanding } from '../protocol/coordinator-messages.ts'
import { OUT_BELOW, SLOW_BELOW, SUSPENDED_BELOW, WARNED_BELOW } from '../durability/reputation.ts'
import { chance, percent, when } from './figures.ts'
import type { Message } from './language.svelte.ts'

export interface StandingSentences {
  readonly state: Message
  readonly why: Message
  /** Absent where there is nothing to mend. */
  readonly cure: Message | undefined
  readonly shown: Message
  /** Absent when everything was shown. */
  readonly failed: Message | undefined
  /** Absent while nothing was asked. */
  readonly scores: readonly Message[]
  /** How much of its time it is there. */
  readonly here: Message
}

export function standingSentences(standing: KeeperStanding): StandingSentences {
  const { state, reason, passed, failed, lastProvenAt, hereShare } = standing
  return {
    state: { id: `keep.standing.${state}` },
    why: { id: `keep.standing.why.${reason}` },
    cure: cureOf(standing),
    shown:
      lastProvenAt === undefined
        ? { id: 'keep.standing.none' }
        : { id: 'keep.standing.proven', values: { count: passed, when: when(lastProvenAt) } },
    failed: failed === 0 ? undefined : { id: 'keep.standing.failed', values: { count: failed } },
    scores: passed + failed === 0 ? [] : scoresOf(standing),
    here:
      hereShare === undefined
        ? { id: 'keep.standing.here.unknown' }
        : {
            id: 'keep.standing.here',
            values: { day: Math.round(24 * hereShare), week: Math.round(168 * hereShare) },
          },
  }
}

/** Where something else than a score has led to the state, the scores would say that all is well. */
const isOfScores: Readonly<Record<KeeperStanding['reason'], boolean>> = {
  young: true,
  proven: true,
  late: true,
  lost: true,
  wrong: false,
  silent: false,
  withheld: false,
  unreachable: false,
}

const scoresOf = (standing: KeeperStanding): readonly Message[] => {
  const { auditScore, onlineScore } = standing
  // Rounded down: with a full score nothing is missing.
  const score = { id: 'keep.standing.score', values: { score: chance(Math.floor(1000 * auditScore) / 1000) } } as const
  const inTime = { id: 'keep.standing.in-time', values: { score: percent(onlineScore, 1) } } as const
  return isOfScores[standing.reason] ? [score, scoreBounds(), inTime, inTimeBounds()] : [score, inTime]
}

const scoreBounds = (): Message => ({
  id: 'keep.standing.score.bounds',
  values: { warned: chance(WARNED_BELOW), suspended: chance(SUSPENDED_BELOW), out: chance(OUT_BELOW) },
})
const inTimeBounds = (): Message => ({ id: 'keep.standing.in-time.bounds', values: { slow: chance(SLOW_BELOW) } })

function cureOf({ state, reason, leaves: count, notBefore }: KeeperStanding): Message | undefined {
  const until = when(notBefore ?? 0)
  switch (state) {
    case 'vetted':
      return undefined
    case 'new':
      return { id: 'keep.standing.cure.new', values: { count, until } }
    case 'warned':
      return { id: 'keep.standing.cure.warned', values: { count } }
    case 'out':
      return { id: 'keep.standing.cure.out', values: { until } }
    case 'suspended':
      if (reason === 'withheld' || reason === 'unreachable')
        return { id: 'keep.standing.cure.unread', values: { count } }
      return notBefore === undefined
        ? { id: 'keep.standing.cure.suspended', values: { count } }
        : { id: 'keep.standing.cure.suspended.until', values: { count, until } }
  }
}
