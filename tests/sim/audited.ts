/** A keeper under audit for days or years: the rules of schedule and reputation, with no disk and no network around them. */
import type { Random } from '../../src/core/clock.ts'
import {
  afterAnswer,
  again,
  ANSWER_MS,
  COUNTED_SHARDS,
  leavesADay,
  MOST_ROUNDS,
  soon,
} from '../../src/durability/audit-schedule.ts'
import { after, newReputation, standingOf, type AuditResult, type Standing } from '../../src/durability/reputation.ts'
import { chanceOf } from '../e2e/chance.ts'
import { MEAN_SPELL } from '../../src/durability/forecast.ts'
import { DAY, HOUR, type Millis } from '../../src/core/units.ts'

/** Chance as the rules take it. */
export function seeded(seed: number): Random {
  const { next } = chanceOf(seed)
  return { fraction: next, bytes: (length) => Uint8Array.from({ length }, () => Math.floor(256 * next())) }
}

export interface Audited {
  /** How many shards it keeps. */
  readonly shards: number
  /** How many days it has been honest before: 0 is a new keeper, 14 a vetted one. */
  readonly honestFor: number
  /** Share of them that it throws away then, and what it does when it is asked for one. */
  readonly dropped: number
  readonly says: 'wrong' | 'missing' | 'nothing'
  /** Chance that an answer it could give comes late. */
  readonly late: number
  /** When it is online: all the time when left out, the same eight hours of each day, or half of the time, six hours at a time. */
  readonly there?: 'always' | 'eight hours' | 'half'
}

export interface AuditedLife {
  readonly asked: number
  readonly results: Readonly<Record<AuditResult, number>>
  /** The worst that it came to, and the last. */
  readonly worst: Standing['state']
  readonly last: Standing
  /** Day of the first leaf that was found out to be gone. */
  readonly foundOn: number | undefined
}

const order: readonly Standing['state'][] = ['vetted', 'new', 'warned', 'suspended', 'out']

/** @param days how long, after the days of honesty */
export function live(
  { shards, honestFor, dropped, says, late, there = 'always' }: Audited,
  days: number,
  random: Random,
): AuditedLife {
  const nextThere = presences[there](random)
  /** What waits for one that is away is asked soon after it has come. */
  const asking = (askAt: Millis): Millis => {
    for (let at = askAt; ;) {
      const from = nextThere(at)
      if (from === at) return at
      at = soon(from, random)
    }
  }
  const end = (honestFor + days) * DAY
  const draw = drawOf(dropped === 0 ? 1 : shards, random)
  const results = { proven: 0, wrong: 0, missing: 0, silent: 0, late: 0 }
  let reputation = newReputation(0)
  let times = { owedAt: 0, askAt: 0 }
  let pending: { readonly isGone: boolean; readonly rounds: number } | undefined
  let [asked, worst, foundOn] = [0, 'vetted' as Standing['state'], undefined as number | undefined]
  const heard = (result: AuditResult, now: number) => {
    results[result] += 1
    reputation = after(reputation, result, now)
    const { state } = standingOf(reputation, now)
    if (order.indexOf(state) > order.indexOf(worst)) worst = state
    if (['wrong', 'missing', 'silent'].includes(result)) foundOn ??= now / DAY - honestFor
  }
  for (let now = asking(times.askAt); now < end; now = asking(times.askAt)) {
    asked += 1
    pending ??= { isGone: now >= honestFor * DAY && draw() < dropped * shards, rounds: 0 }
    const isLate = pending.isGone ? says === 'nothing' : random.fraction() < late
    if (isLate) {
      const at = now + ANSWER_MS
      const rounds: number = pending.rounds + 1
      heard('late', at)
      pending = { ...pending, rounds }
      if (rounds < MOST_ROUNDS) {
        times = { ...times, askAt: again(at, random) }
        continue
      }
      heard('silent', at)
    } else {
      heard(pending.isGone && says !== 'nothing' ? says : 'proven', now)
    }
    pending = undefined
    times = afterAnswer(times.owedAt, now, leavesADay(shards), random)
  }
  return { asked, results, worst, last: standingOf(reputation, end), foundOn }
}

/** When it is online next, at a time or after it; asked for times that only grow. */
const presences: Readonly<Record<NonNullable<Audited['there']>, (random: Random) => (at: Millis) => Millis>> = {
  'always': () => (at) => at,
  'eight hours': (random) => {
    const first = random.fraction() * DAY
    return (at) => {
      const hour = (((at - first) % DAY) + DAY) % DAY
      return hour < 8 * HOUR ? at : Math.ceil(at + DAY - hour)
    }
  },
  'half': (random) => {
    let [online, until] = [random.fraction() < 0.5, 0]
    return (at) => {
      let from = at
      while (until <= from || !online) {
        from = Math.max(from, until)
        online = !online
        until = Math.ceil(until - MEAN_SPELL * Math.log1p(-random.fraction()))
      }
      return from
    }
  },
}

/** Numbers of shards, drawn as the coordinator does: of many the next one on the ring, and it goes to another place. */
function drawOf(shards: number, random: Random): () => number {
  if (shards < COUNTED_SHARDS) return () => Math.floor(random.fraction() * shards)
  const places = Array.from({ length: shards }, () => random.fraction())
  return () => {
    const point = random.fraction()
    let [next, nearest] = [0, 1]
    for (const [shard, place] of places.entries()) {
      const ahead = place < point ? place - point + 1 : place - point
      if (ahead < nearest) [next, nearest] = [shard, ahead]
    }
    places[next] = random.fraction()
    return next
  }
}
