/**
 * Audits: keepers are asked over their live socket to prove leaves of what they hold, and what comes of it is noted.
 * What a keeper was asked for lies in the database until it is answered, so that the same leaf is asked after a restart;
 * until when it has to answer is known to this process alone, so that a restart counts against nobody.
 */
import type { Bytes } from '../src/core/bytes.ts'
import { dayOf, type Clock, type Random } from '../src/core/clock.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { DeviceId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import { isOpenAt } from '../src/core/week-hours.ts'
import { chooseLeaf, provesLeaf, rankOf, type Draw } from '../src/durability/audit-proof.ts'
import {
  afterAnswer,
  again,
  ANSWER_MS,
  COUNTED_SHARDS,
  leavesADay,
  MOST_ROUNDS,
  soon,
} from '../src/durability/audit-schedule.ts'
import { shareHere } from '../src/durability/presence.ts'
import { nextWeek } from '../src/durability/reading.ts'
import {
  after,
  isOut,
  newReputation,
  renewed,
  standingOf,
  type AuditResult,
  type Reputation,
} from '../src/durability/reputation.ts'
import { hoursAt } from '../src/durability/stated-hours.ts'
import type { AuditQuestion, KeeperStanding, LiveMessage } from '../src/protocol/coordinator-messages.ts'
import { openAuditAnswer, openPackRecord, type AuditAnswer } from '../src/protocol/records.ts'
import type { Beacon } from './beacon.ts'
import { noteLost, noteTurn, watch } from './churn.ts'
import type { AuditStore, Database, Disproof, Holder, PendingAudit, StoredAudit, Stores } from './db/stores.ts'
import type { Caller } from './tokens.ts'

/** Keepers that are asked in one go. */
const BATCH = 100
/** Choices of one question, of a keeper of whose shards some cannot be asked. */
const MOST_TRIES = 8
/** A beat that comes so late has slept, or its clock has jumped: what was not answered meanwhile may be lost on this side. */
const LONGEST_BEAT_MS: Millis = 10 * 60_000

export interface Audits {
  /** A keeper that waited to come back is asked before long. */
  cameOnline(keeper: DeviceId): Promise<void>
  /** Asks whose time has come, and notes who has not answered in time. Every minute or so. */
  beat(): Promise<void>
  /**
   * Takes a signed answer. One to a question that is no longer open changes nothing.
   * @throws KeeptabError `forbidden` for another device's answer, `malformed` for one to something else than was asked,
   *   `signature-invalid`
   */
  answer(caller: Caller, signed: Bytes): Promise<KeeperStanding>
  standing(caller: Caller): Promise<KeeperStanding>
  /** Asks a keeper before long, for a leaf of this shard; when the day ends until then, for another one. */
  askFor(stores: Stores, shard: Pick<Holder, 'pack' | 'index' | 'keeper'>): Promise<void>
}

export function createAudits(parts: {
  readonly database: Database
  readonly beacon: Beacon
  readonly clock: Clock
  readonly random: Random
  readonly isOnline: (device: DeviceId) => boolean
  readonly tell: (device: DeviceId, message: LiveMessage) => void
}): Audits {
  const { database, beacon, clock, random, isOnline, tell } = parts
  /** Questions on their way, and until when the answers have time. */
  const asked = new Map<DeviceId, { readonly id: string; readonly deadlineAt: Millis }>()
  let beatAt: Millis | undefined
  let beating: Promise<void> = Promise.resolve()

  /** What a keeper is asked now: what it has not answered yet, or a new leaf. `undefined` when it is not to be asked. */
  const nextQuestion = (keeper: DeviceId): Promise<AuditQuestion | undefined> =>
    database.transaction(async (stores) => {
      const now = clock.now()
      const audit = await stores.audits.get(keeper)
      if (audit?.askAt === undefined || audit.askAt > now) return undefined
      const standing = standingOf(await reputationOf(stores, keeper, now), now)
      if (standing.state === 'out') {
        await stores.audits.put({ ...audit, pending: undefined, askAt: standing.notBefore })
        return undefined
      }
      const isOpen = audit.pending !== undefined && (await holds(stores, keeper, audit.pending))
      const next = isOpen ? audit : await withNewLeaf(stores, audit)
      if (next.pending === undefined) {
        const times = afterAnswer(now, now, await rateOf(stores, keeper), random)
        await stores.audits.put({ ...next, ...times })
        return undefined
      }
      await stores.audits.put({ ...next, askAt: undefined })
      const { id, day, pack, index, leaf } = next.pending
      const { number } = next
      return { type: 'audit', audit: id, day, number, pack, index, leaf, answerWithinMs: ANSWER_MS }
    })

  /** Chooses by the beacon. Without a pending leaf when the keeper has nothing that can be asked. */
  const withNewLeaf = async ({ audits, packs }: Stores, audit: StoredAudit): Promise<StoredAudit> => {
    const { keeper } = audit
    const { day, secret } = beacon.today()
    let { number } = audit
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      number += 1
      const choice = await chooseLeaf(secret, keeper, number)
      const holder = await shardAt(audits, keeper, choice.point)
      if (holder === undefined) break
      await audits.redraw(holder, choice.draw)
      // The record of a pack that was deleted is gone before its shards are; and any index may have been claimed before.
      const signed = await packs.record(holder.pack)
      const record = signed && (await openPackRecord(signed))
      if (record === undefined || holder.index >= record.n) continue
      const { pack, index } = holder
      const pending = { id: choice.id, day, pack, index, leaf: choice.leafOf(record.shardBytes), rounds: 0 }
      return { ...audit, number, pending }
    }
    return { ...audit, number, pending: undefined }
  }

  const ask = async (keeper: DeviceId): Promise<void> => {
    if (!isOnline(keeper)) {
      await setAskAt(keeper, undefined)
      // It may have come while that was written.
      if (isOnline(keeper)) await cameOnline(keeper)
      return
    }
    const question = await nextQuestion(keeper)
    if (question === undefined) return
    asked.set(keeper, { id: question.audit, deadlineAt: clock.now() + ANSWER_MS })
    tell(keeper, question)
  }

  const setAskAt = (keeper: DeviceId, askAt: Millis | undefined): Promise<void> =>
    database.transaction(async ({ audits }) => {
      const audit = await audits.get(keeper)
      if (audit !== undefined) await audits.put({ ...audit, askAt })
    })

  const cameOnline = async (keeper: DeviceId): Promise<void> => {
    if (asked.has(keeper)) return
    await database.transaction(async ({ audits }) => {
      const audit = await audits.get(keeper)
      if (audit === undefined || audit.askAt !== undefined) return
      await audits.put({ ...audit, askAt: soon(clock.now(), random) })
    })
  }

  /** Also who left before it answered: else whoever has nothing to show would only have to leave. */
  const tooLate = (keeper: DeviceId, id: string): Promise<void> =>
    database.transaction(async (stores) => {
      const now = clock.now()
      const audit = await stores.audits.get(keeper)
      if (audit?.pending?.id !== id) return
      if (!(await holds(stores, keeper, audit.pending))) {
        await settle(stores, audit, now)
        return
      }
      const rounds = audit.pending.rounds + 1
      // Whoever leaves when its hours end is not late. It is no way out for long: the leaf stays, and its rounds count.
      if (isOnline(keeper) || (await isWithinItsHours(stores, keeper, now))) await judge(stores, keeper, 'late', now)
      if (rounds < MOST_ROUNDS) {
        await stores.audits.put({ ...audit, askAt: again(now, random), pending: { ...audit.pending, rounds } })
        return
      }
      await judge(stores, keeper, 'silent', now)
      const { pack, index } = audit.pending
      await disprove(stores, { pack, index, keeper, at: now, result: 'silent', answer: undefined })
      await settle(stores, audit, now)
    })

  /** The question is over; when the next one comes. */
  const settle = async (stores: Stores, audit: StoredAudit, now: Millis): Promise<void> => {
    const leaves = await rateOf(stores, audit.keeper)
    const times = afterAnswer(audit.owedAt, now, leaves, random)
    await stores.audits.put({ ...audit, ...times, pending: undefined })
  }

  const beat = async (): Promise<void> => {
    const now = clock.now()
    const sinceMs = now - (beatAt ?? now)
    beatAt = now
    if (sinceMs < 0 || sinceMs > LONGEST_BEAT_MS) {
      const waiting = [...asked.keys()]
      asked.clear()
      for (const keeper of waiting) await setAskAt(keeper, soon(now, random))
    }
    for (const [keeper, { id, deadlineAt }] of asked) {
      if (deadlineAt > now) continue
      await tooLate(keeper, id)
      asked.delete(keeper)
    }
    for (;;) {
      const due = await database.transaction(({ audits }) => audits.due(clock.now(), BATCH))
      for (const keeper of due) await ask(keeper)
      if (due.length < BATCH) return
    }
  }

  return {
    cameOnline,
    beat: () => (beating = beating.catch(() => undefined).then(beat)),

    async answer({ device }, signed) {
      const answer = await openAuditAnswer(signed)
      if (answer.keeper !== device) throw new KeeptabError('forbidden', 'The answer is of another device.')
      const { standing, result } = await database.transaction(async (stores) => {
        const now = clock.now()
        const audit = await stores.audits.get(device)
        if (audit?.pending?.id !== answer.audit) return { standing: await standingNow(stores, device, now) }
        if (!answers(audit.pending, answer)) throw new KeeptabError('malformed', 'Something else was asked for.')
        // What was handed over or given up meanwhile need not be proven.
        const result = (await holds(stores, device, audit.pending)) ? await resultOf(stores, answer) : undefined
        if (result !== undefined && result !== 'proven') {
          const evidence = result === 'wrong' ? signed : undefined
          const { pack, index } = answer
          await disprove(stores, { pack, index, keeper: device, at: now, result, answer: evidence })
        }
        if (result !== undefined) await judge(stores, device, result, now)
        await settle(stores, audit, now)
        return { standing: await standingNow(stores, device, now), result }
      })
      if (asked.get(device)?.id === answer.audit) asked.delete(device)
      // One is gone: what else is, the keeper can say by itself, and that costs it nothing.
      if (result === 'missing') tell(device, { type: 'inventory-wanted' })
      return standing
    },

    standing: ({ device }) => database.transaction((stores) => standingNow(stores, device, clock.now())),

    async askFor({ audits }, shard) {
      const audit = await audits.get(shard.keeper)
      if (audit === undefined) return
      // The beacon still says where on the ring is asked; it is the shard that is moved there.
      const { point } = await chooseLeaf(beacon.today().secret, shard.keeper, audit.number + 1)
      await audits.redraw(shard, point)
      const { askAt, pending } = audit
      if (askAt !== undefined && pending === undefined) {
        await audits.put({ ...audit, askAt: Math.min(askAt, soon(clock.now(), random)) })
      }
    },
  }
}

/** Makes sure that a keeper is asked and read from now on. */
export async function enrol(stores: Stores, keeper: DeviceId, now: Millis, random: Random) {
  const { audits, reputations, reads } = stores
  if ((await audits.get(keeper)) !== undefined) return
  await watch(stores, keeper, now)
  const times = afterAnswer(now, now, leavesADay(0), random)
  await audits.put({ keeper, ...times, number: 0, pending: undefined })
  await reputations.put(keeper, newReputation(now))
  await reads.put(keeper, nextWeek(now, random))
}

const isWithinItsHours = async ({ devices }: Stores, keeper: DeviceId, now: Millis): Promise<boolean> => {
  const hours = hoursAt(await devices.statedHours(keeper), now)
  return hours === undefined || isOpenAt(hours, now)
}

export const reputationOf = async ({ reputations }: Stores, keeper: DeviceId, now: Millis): Promise<Reputation> =>
  renewed((await reputations.get(keeper)) ?? newReputation(now), now)

async function judge(stores: Stores, keeper: DeviceId, result: AuditResult, now: Millis): Promise<void> {
  const before = await reputationOf(stores, keeper, now)
  await stores.tallies.add(dayOf(now), { [result]: 1 })
  await rejudge(stores, keeper, before, after(before, result, now), now)
}

export async function rejudge(
  stores: Stores,
  keeper: DeviceId,
  before: Reputation,
  reputation: Reputation,
  now: Millis,
): Promise<void> {
  await stores.reputations.put(keeper, reputation)
  // What it holds does not count any more, or counts again.
  if (isOut(before, now) !== isOut(reputation, now)) {
    await stores.repairs.lookAtKeeper(keeper)
    await noteTurn(stores, keeper, isOut(reputation, now) ? 'gone' : 'back', now)
  }
}

/**
 * The shard that a point of the ring stands for; `undefined` where the keeper has none. Those at the end of a long gap would
 * be asked for more than others. Of many that makes no difference to what is found; of few it does, and they can be counted.
 * One that was moved to the point is to be asked for in any case.
 */
export async function shardAt(audits: AuditStore, keeper: DeviceId, point: Draw): Promise<Holder | undefined> {
  const moved = await audits.at(keeper, point)
  if (moved !== undefined) return moved
  const kept = await audits.count(keeper, COUNTED_SHARDS)
  return kept < COUNTED_SHARDS ? audits.nth(keeper, rankOf(point, kept)) : audits.drawn(keeper, point)
}

const rateOf = async ({ audits }: Stores, keeper: DeviceId): Promise<number> =>
  leavesADay(await audits.count(keeper, COUNTED_SHARDS))

/** The shard counts no longer, so that it is made again. */
async function disprove(stores: Stores, disproof: Disproof): Promise<void> {
  const { audits, packs, repairs } = stores
  await packs.removeHolder(disproof)
  await noteLost(stores, disproof.keeper, 1, disproof.at)
  await audits.disprove(disproof)
  await repairs.lookAt([disproof.pack])
}

/** Whether a shard still is to be proven: it may have been handed over, or its pack deleted. */
const holds = async ({ packs }: Stores, keeper: DeviceId, { pack, index }: PendingAudit): Promise<boolean> =>
  (await packs.record(pack)) !== undefined &&
  (await packs.holders([pack])).some((holder) => holder.keeper === keeper && holder.index === index)

const answers = (pending: PendingAudit, { pack, index, leaf }: AuditAnswer): boolean =>
  pending.pack === pack && pending.index === index && pending.leaf === leaf

/** `undefined` when the pack is no longer known. */
async function resultOf(
  { packs }: Stores,
  { pack, index, leaf, proof }: AuditAnswer,
): Promise<'proven' | 'missing' | 'wrong' | undefined> {
  if (proof === undefined) return 'missing'
  const signed = await packs.record(pack)
  if (signed === undefined) return undefined
  const { roots, shardBytes } = await openPackRecord(signed)
  const root = roots[index]
  return root !== undefined && (await provesLeaf({ root, shardBytes }, leaf, proof)) ? 'proven' : 'wrong'
}

/** What is thought of a keeper, as it is told. */
async function standingNow(stores: Stores, keeper: DeviceId, now: Millis): Promise<KeeperStanding> {
  const reputation = await reputationOf(stores, keeper, now)
  const presence = (await stores.presences.get([keeper])).get(keeper)
  const hereShare = presence && shareHere(presence.history, now)
  const { passed, failed, since, lastProvenAt } = reputation
  const { notBefore, ...standing } = standingOf(reputation, now)
  return {
    ...standing,
    passed,
    failed,
    since,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(lastProvenAt === undefined ? {} : { lastProvenAt }),
    ...(hereShare === undefined ? {} : { hereShare }),
  }
}
