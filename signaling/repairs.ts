/**
 * Repair: finds packs that have fallen to a threshold, and gives them to peers without keys, the most endangered first.
 * Nothing is counted but what a keeper has signed for; what a repairer says is only where to look.
 *
 * Their owner comes first where it is there: it moves only what it makes, so it may take a pack a few shards above the
 * threshold. Nobody waits for that. At the threshold strangers are asked; a pack that its owner is at is left to it for
 * the time of one job, and not even that when it is urgent.
 */
import { equal, type Bytes } from '../src/core/bytes.ts'
import { dayOf } from '../src/core/clock.ts'
import { Gate } from '../src/core/gate.ts'
import type { DeviceId, PackId } from '../src/core/ids.ts'
import { DAY, MINUTE, type ByteCount, type Millis } from '../src/core/units.ts'
import { healthOf, type Health, type ShardKeeper } from '../src/durability/health.ts'
import { attendanceAt } from '../src/durability/presence.ts'
import { happiness } from '../src/durability/placement.ts'
import { CODES, ownersRepairAt, redundancyOf, type Redundancy } from '../src/durability/redundancy.ts'
import { isOut } from '../src/durability/reputation.ts'
import type { OwnRepair, RepairJob, RepairReport } from '../src/protocol/coordinator-messages.ts'
import {
  openPackRecord,
  openShardReceipt,
  signPlacementTicket,
  type PackRecord,
  type PlacementTicket,
} from '../src/protocol/records.ts'
import type { Holder, Stores, StoredPack, StoredRepair } from './db/stores.ts'
import { holdersIn, holdersOf, placesOf, stillHeld } from './packs.ts'
import { noteWord, workersOf } from './hands.ts'
import type { PlacementParts } from './placement.ts'
import { withTickets } from './read-tickets.ts'
import { createSpoiltCodes, isSetAside, type CodeClaim } from './spoilt-codes.ts'
import { createSuccessors } from './successors.ts'
import type { Caller } from './tokens.ts'

/** A repairer has so long for a job, and a reader for a shard; on a slow line it takes minutes. */
export const JOB_MS: Millis = 30 * MINUTE
/**
 * Where fewer than k holders are online, a repairer keeps what it has read until others come: it has so long after each
 * shard more, and so long in all, is asked to look again this often, and only after so many tries to find k at once.
 */
const GATHERING_MS: Millis = 120 * MINUTE
const LONGEST_GATHERING_MS: Millis = 12 * 60 * MINUTE
const GATHER_EVERY_MS: Millis = 5 * MINUTE
const TRIES_AT_ONCE = 2
/** One that went offline is waited for so long. */
const BLINK_MS: Millis = 2 * MINUTE
/** Packs looked at in one transaction, and by the sweep in one beat. */
const STEP = 100
const SWEEP = 500
/** One job at a time for so many keepers, so that most of each keeper's line is left for restores. */
const KEEPERS_PER_JOB = 8
const MOST_JOBS = 128
/** A pack that could not be repaired is tried again after this, doubled with each failure. */
const RETRY_MS: Millis = MINUTE
const LONGEST_RETRY_MS: Millis = 6 * 60 * MINUTE
/** Whoever let a job lapse is not asked for so long, doubled each time. */
const REST_MS: Millis = 10 * MINUTE
const LONGEST_REST_MS: Millis = 24 * 60 * MINUTE
/** One that was asked and did not come is asked again after this. */
const ASKED_MS: Millis = 30_000
/** A keeper that did not take a shard is not sent one of that pack for so long. */
const DECLINED_MS: Millis = 10 * MINUTE
/** Packs of the queue that are considered for one job. */
const CONSIDERED = 20
/** Jobs of owners: a third as much moves for each as for one of a stranger. Of one device at a time, and in all. */
const OWN_JOBS = 4
const KEEPERS_PER_OWN_JOB = 2
const MOST_OWN_JOBS = 512
/** An owner that has not made a shard of a pack does not try it again for so long: others may have to, or its files are others now. */
const OWN_REST_MS: Millis = 12 * 60 * MINUTE
/** Packs in one page of those that an owner may repair. */
const OWN_PAGE = 500

/** What a repairer says of a holder that gave it nothing. It may lie: this proves nothing, and others are asked. */
export interface HolderClaim {
  readonly pack: PackId
  readonly index: number
  readonly keeper: DeviceId
  readonly what: RepairReport['failed'][number]['what']
  readonly by: DeviceId
}

/** For the operator. */
export interface RepairFigures {
  /** Since the start. */
  readonly jobsDone: number
  readonly jobsLapsed: number
  readonly shardsMade: number
  /** Shards read, as repairers say, and made, each of its pack's size. */
  readonly bytesMoved: ByteCount
  /** Packs that wait or are under way, by level and risk. */
  readonly queue: Awaited<ReturnType<Stores['repairs']['histogram']>>
}

export interface RepairParts extends PlacementParts {
  /** Tells a device that there is work for it. */
  readonly ask: (device: DeviceId) => void
  /** Hears of holders that are said to have failed. */
  readonly onClaim: (claim: HolderClaim) => void
  /** Hears of packs that are set aside, because they are no code words. */
  readonly onSetAside: (pack: PackId, until: Millis) => void
  /** Looks into what a repairer says of them. */
  readonly suspect: (by: DeviceId, pack: PackId, failed: RepairReport['failed']) => Promise<void>
}

export interface Repairs {
  /** Looks at what was marked and at some more, takes back what has lapsed, and asks for hands. */
  beat(): Promise<void>
  /** The next job for this device; the same one again while it has one. `undefined`: there is none for it now. @param reader whom it reads as */
  take(caller: Caller, reader: DeviceId): Promise<RepairJob | undefined>
  /**
   * Ends the caller's job. A receipt counts when it is right, whoever brings it and however late.
   * @returns indices that count now
   * @throws KeeptabError `malformed`, `signature-invalid`
   */
  report(caller: Caller, report: RepairReport): Promise<number[]>
  /** Packs of the caller's account that it may repair now, a page of them. */
  own(caller: Caller, after: PackId | undefined): Promise<{ packs: OwnRepair[]; more: boolean }>
  /** The job for one of them, without holders. `undefined`: it is another's, somebody is at it, or there is nothing to do now. */
  takeOwn(caller: Caller, pack: PackId): Promise<RepairJob | undefined>
  figures(): Promise<RepairFigures>
}

/** A pack that one of its owner's devices took. */
interface OwnJob {
  readonly device: DeviceId
  readonly plan: Plan
  /** Until then others leave the pack to it, unless it becomes urgent. */
  readonly until: Millis
  /** Until then no device of the owner takes it again. */
  readonly restsUntil: Millis
}

/** How a job came to nothing. */
interface Fruitless {
  /** Successors that took nothing, of one who says that it had enough shards to bring them some. */
  readonly refused: readonly DeviceId[] | undefined
}

interface Plan {
  readonly record: Bytes
  readonly k: number
  /** Indices of shards that the repairer holds itself. */
  readonly own: ReadonlySet<number>
  /** Whether k shards can be read now. */
  readonly enough: boolean
  readonly holders: readonly Pick<Holder, 'index' | 'keeper'>[]
  readonly successors: readonly Omit<PlacementTicket, 'expiresAt'>[]
  /** It is to be made from the shards of this claim alone, to see whether it is true. */
  readonly checks: CodeClaim | undefined
}

export function createRepairs(parts: RepairParts): Repairs {
  const { database, key, clock, random, oneMachine, isOnline, ask, onClaim, onSetAside, suspect } = parts
  const succession = createSuccessors(parts)
  /** Who let jobs lapse, how often, and until when it is left alone. Forgotten with a restart: it is courtesy, not justice. */
  const lapses = new Map<DeviceId, { readonly times: number; readonly until: Millis }>()
  /** Who may take a job: whoever was asked a moment ago, so that nobody can help himself to all of them. */
  const asked = new Map<DeviceId, Millis>()
  /** Plans of the jobs that are under way, and who did not take a shard of a pack, until when it is left alone. */
  const plans = new Map<PackId, Plan>()
  /** Jobs whose repairer waits for more holders to come: shards it has, as it says, and when it was asked to look again. */
  const gathering = new Map<PackId, { readonly repairer: DeviceId; readonly read: number; askedAt: Millis }>()
  const declined = new Map<string, Millis>()
  /** Forgotten with a restart: then a stranger may come to a pack that its owner is at, and what both bring counts. */
  const ownJobs = new Map<PackId, OwnJob>()
  /** So that two who ask at once are not both told that it is free. */
  const takingOwn = new Gate(1)
  /**
   * Jobs that came to nothing though they could be done, and in whose hands: held against those once somebody else has done
   * them; against one whose successors took nothing, once one of them has taken a shard of that pack. Forgotten with a
   * restart and after a day.
   */
  const fruitless = new Map<PackId, { readonly hands: Map<DeviceId, Fruitless>; readonly since: Millis }>()
  const spoilt = createSpoiltCodes(clock, oneMachine)
  const figures = { jobsDone: 0, jobsLapsed: 0, shardsMade: 0, bytesMoved: 0 }
  let sweptTo: PackId | undefined

  const isOwnersNow = ({ pack, level }: StoredRepair): boolean =>
    level === 'repair' && (ownJobs.get(pack)?.until ?? 0) > clock.now()

  /** The queue without what owners are at. */
  const readyFor = async ({ repairs }: Stores, most: number): Promise<StoredRepair[]> =>
    (await repairs.ready(clock.now(), most + ownJobs.size)).filter((repair) => !isOwnersNow(repair)).slice(0, most)

  const mayWork = (device: DeviceId): boolean => (lapses.get(device)?.until ?? 0) <= clock.now()
  const wasAsked = (device: DeviceId): boolean => (asked.get(device) ?? -Infinity) + ASKED_MS > clock.now()

  /** Distinct shards that can be read now. */
  const readableIn = (holders: readonly Holder[]): number =>
    new Set(holders.filter(({ keeper }) => isOnline(keeper)).map(({ index }) => index)).size

  const standings = async ({ presences, reputations }: Stores, keepers: readonly DeviceId[]) => {
    const now = clock.now()
    const known = await presences.get(keepers.filter((keeper) => !isOnline(keeper)))
    const judged = await reputations.of(keepers)
    return (keeper: DeviceId): ShardKeeper => {
      const history = known.get(keeper)?.history
      const away = history === undefined ? 'gone' : attendanceAt(history, now)
      return { attendance: isOnline(keeper) ? 'here' : away, out: isOut(judged.get(keeper), now) }
    }
  }

  /** Health of packs, of those that there is any of, and who of their keepers counts. */
  const examine = async (stores: Stores, ids: readonly PackId[]): Promise<Examined[]> => {
    const packs = await stores.packs.get(ids)
    const all = await stores.packs.holders([...packs.keys()])
    const standingOf = await standings(stores, [...new Set(all.map(({ keeper }) => keeper))])
    const byPack = grouped(all)
    const examined: Examined[] = []
    for (const pack of packs.values()) {
      const redundancy = redundancyOf(pack.k, pack.n)
      if (redundancy === undefined) continue
      const of = byPack.get(pack.id) ?? []
      if (!(await isKept(stores, pack, redundancy, of))) continue
      // Which group it is in is only a keeper's word until it is committed.
      const holders = pack.committedAt === undefined ? holdersOf(pack, of) : holdersIn(pack.group, pack, of)
      const shards = holders.map(({ index, keeper }) => ({ index, ...standingOf(keeper) }))
      const health = healthOf(shards, redundancy)
      const forOwner = healthOf(shards, { ...redundancy, repairAt: ownersRepairAt(redundancy) })
      examined.push({ pack, holders, health, forOwner })
    }
    return examined
  }

  /**
   * Whether a pack is one to be kept. Its owner has committed it; or a coordinator that was put back to an older copy, or
   * has lost everything, was told of it by keepers: in as many places as only a whole backup comes to it is committed
   * here and now, and in a group made out of inventories k places will do. One device's word alone makes no pack.
   */
  const isKept = async (
    stores: Stores,
    pack: StoredPack,
    { k, repairAt }: Redundancy,
    all: readonly Holder[],
  ): Promise<boolean> => {
    if (pack.committedAt !== undefined) return true
    const { groups, packs } = stores
    const held = await placesOf(stores, holdersOf(pack, all))
    const strangers = held.filter(({ account }) => account !== pack.owner)
    const spread = happiness(strangers, { oneMachine })
    const group = await groups.get({ id: pack.group, owner: pack.owner })
    if (spread > repairAt && group !== undefined && !group.rebuilt) {
      const record = await packs.record(pack.id)
      if (record !== undefined) await packs.add({ ...pack, committedAt: clock.now() }, record)
      return true
    }
    return group?.rebuilt === true && spread >= k
  }

  /** Brings the queue up to date with these packs. */
  const look = async (stores: Stores, ids: readonly PackId[]): Promise<Examined[]> => {
    const examined = await examine(stores, ids)
    const now = clock.now()
    for (const { pack, health } of examined) {
      // Its owner has to make it again, as if nothing of it were left.
      const { level, live } = isSetAside(pack, now) ? ({ level: 'lost', live: 0 } as const) : health
      if (pack.health?.level !== level || pack.health.live !== live)
        await stores.packs.setHealth(pack.id, { level, live })
    }
    const wanted = examined.filter(({ pack, health }) => health.level !== 'healthy' && !isSetAside(pack, now))
    for (const { pack, health } of wanted) {
      const { level, risk } = health
      if (level !== 'healthy') await stores.repairs.want({ pack: pack.id, level, risk }, now)
    }
    const stays = new Set(wanted.map(({ pack }) => pack.id))
    await stores.repairs.forget(ids.filter((id) => !stays.has(id)))
    return examined
  }

  const lookAtMarked = async (): Promise<void> => {
    for (let seen = STEP; seen === STEP;) {
      seen = await database.transaction(async (stores) => {
        const ids = await stores.repairs.looks(STEP)
        await look(stores, ids)
        await stores.repairs.looked(ids)
        return ids.length
      })
    }
  }

  /** Catches what no mark has told: a keeper that is late and no more, whatever went wrong. */
  const sweep = async (): Promise<void> => {
    for (let seen = 0; seen < SWEEP;) {
      const ids = await database.transaction(async (stores) => {
        const next = await stores.packs.after(sweptTo, STEP)
        await look(stores, next)
        // A keeper's word made them, and no keeper says so any more: who has a shard brings the record again.
        for (const id of await stores.packs.unheld(next)) await stores.packs.remove(id)
        return next
      })
      sweptTo = ids.length < STEP ? undefined : ids.at(-1)
      seen += ids.length
      if (sweptTo === undefined) return
    }
  }

  const lapsed = (device: DeviceId): void => {
    const times = (lapses.get(device)?.times ?? 0) + 1
    lapses.set(device, { times, until: clock.now() + Math.min(LONGEST_REST_MS, REST_MS * 2 ** (times - 1)) })
    figures.jobsLapsed += 1
  }

  /** @param said what it reported; nothing, where it let the time go by */
  const cameToNothing = (pack: PackId, device: DeviceId, said?: Pick<RepairReport, 'read' | 'failed'>): void => {
    const plan = plans.get(pack)
    if (plan?.enough !== true) return
    // Whom it names is read from by others, and its word is held against theirs.
    const named = new Set(said?.failed.flatMap((one) => (one.what === 'unreachable' ? [] : shardName(one))))
    const left = new Set(plan.holders.flatMap((one) => (named.has(shardName(one)) ? [] : one.index)))
    for (const index of plan.own) left.delete(index)
    const needed = plan.k - plan.own.size
    if (left.size < needed) return
    const refused = (said?.read ?? 0) >= needed ? plan.successors.map(({ keeper }) => keeper) : undefined
    const known = fruitless.get(pack) ?? { hands: new Map<DeviceId, Fruitless>(), since: clock.now() }
    const before = known.hands.get(device)
    // What nothing explains is not explained by a later failure that something does.
    const all = before === undefined ? refused : before.refused && refused && [...before.refused, ...refused]
    fruitless.set(pack, { ...known, hands: known.hands.set(device, { refused: all }) })
  }

  /** Who failed at a pack that somebody else has done now, and is not excused. */
  const contradicted = (pack: PackId, by: DeviceId, taken: ReadonlySet<DeviceId>): DeviceId[] =>
    [...(fruitless.get(pack)?.hands ?? [])].flatMap(([hand, { refused }]) =>
      hand !== by && (refused?.some((successor) => taken.has(successor)) ?? true) ? hand : [],
    )

  /** Jobs whose time is over, or whose repairer has left, return to the queue. */
  const takeBack = async (): Promise<void> => {
    const now = clock.now()
    const [back, packs] = await database.transaction(async ({ repairs }) => {
      const all = await repairs.underWay()
      const over = all.filter(
        ({ job }) =>
          job !== undefined && (job.deadline <= now || (!isOnline(job.repairer) && job.givenAt + BLINK_MS <= now)),
      )
      for (const { pack, failures } of over) await repairs.takeBack(pack, failures, now)
      return [over, new Set(all.map(({ pack }) => pack))] as const
    })
    for (const { pack, job } of back) {
      if (job !== undefined) {
        lapsed(job.repairer)
        // Whoever has left may have had to.
        if (isOnline(job.repairer)) cameToNothing(pack, job.repairer)
      }
      if (plans.get(pack)?.checks !== undefined) spoilt.tried(pack)
      plans.delete(pack)
      gathering.delete(pack)
    }
    spoilt.tidy()
    for (const [pack, { since }] of fruitless) if (since + DAY <= now) fruitless.delete(pack)
    // Some have become whole by themselves.
    for (const pack of gathering.keys()) if (!packs.has(pack)) gathering.delete(pack)
    for (const pack of plans.keys()) if (!packs.has(pack)) plans.delete(pack)
  }

  const postponed = (failures: number): Millis =>
    clock.now() + Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(20, failures))

  const mostJobs = (keepers: number): number => Math.min(MOST_JOBS, Math.max(1, Math.floor(keepers / KEEPERS_PER_JOB)))

  /** Asks as many peers as may work, for the packs that are next: one that holds a shard of it, if there is one. */
  const askForHands = async (): Promise<void> => {
    const now = clock.now()
    const chosen = await database.transaction(async (stores) => {
      const online = await workersOf(stores, isOnline)
      const busy = new Set((await stores.repairs.underWay()).map(({ job }) => job?.repairer))
      const free = mostJobs(online.length) - (busy.size - gathering.size)
      if (free <= 0) return []
      const ready = await readyFor(stores, free)
      if (ready.length === 0) return []
      const ids = ready.map(({ pack }) => pack)
      const holders = grouped(await stores.packs.holders(ids))
      const packs = await stores.packs.get(ids)
      const next: StoredRepair[] = []
      for (const repair of ready) {
        const { pack, level, failures } = repair
        const k = packs.get(pack)?.k ?? Infinity
        // For what is lost somebody is asked only while those that are out could give enough of it.
        if (level !== 'lost' || readableIn(holders.get(pack) ?? []) >= k) next.push(repair)
        else await stores.repairs.takeBack(pack, failures + 1, postponed(failures))
      }
      const barred = await stores.hands.barred(now)
      const idle = online.filter(
        ({ keeper }) => !busy.has(keeper) && !barred.has(keeper) && mayWork(keeper) && !wasAsked(keeper),
      )
      const hands: DeviceId[] = []
      for (const { pack } of next) {
        const left = idle.filter((peer) => !hands.includes(peer.keeper) && spoilt.mayHear(pack, peer))
        const claim = spoilt.open(pack)
        const fits = left.filter(({ keeper }) => {
          const own = holders.get(pack)?.filter((holder) => holder.keeper === keeper) ?? []
          return claim === undefined ? own.length > 0 : own.every(({ index }) => claim.from.has(index))
        })
        const among = fits.length > 0 ? fits : left
        const hand = among[Math.floor(random.fraction() * among.length)]
        if (hand !== undefined) hands.push(hand.keeper)
      }
      return hands
    })
    for (const device of asked.keys()) if (!wasAsked(device)) asked.delete(device)
    for (const [successor, until] of declined) if (until <= now) declined.delete(successor)
    for (const [pack, { restsUntil }] of ownJobs) if (restsUntil <= now) ownJobs.delete(pack)
    for (const device of chosen) {
      asked.set(device, now)
      ask(device)
    }
  }

  const lookAgain = (): void => {
    const now = clock.now()
    for (const wait of gathering.values()) {
      if (wait.askedAt + GATHER_EVERY_MS > now) continue
      wait.askedAt = now
      ask(wait.repairer)
    }
  }

  /**
   * What making the missing shards of a pack takes; `undefined` when it cannot be done now, or need not be.
   * @param from `shards`: k of them, that can be read now; `some`: fewer will do; `source`: nobody is read from
   * @param claim to be looked into, where its shards can be read now
   */
  const plan = async (
    stores: Stores,
    id: PackId,
    caller: Caller,
    from: 'shards' | 'some' | 'source',
    claim?: CodeClaim,
  ): Promise<Plan | undefined> => {
    const [examined] = await look(stores, [id])
    const record = await stores.packs.record(id)
    if (examined === undefined || record === undefined) return undefined
    const { pack, holders } = examined
    if (from !== 'source' && isSetAside(pack, clock.now())) return undefined
    const health = from === 'source' ? examined.forOwner : examined.health
    // Also of those that are out: what they give is checked against its root.
    const readable = holders.filter(({ keeper }) => isOnline(keeper))
    const enough = readableIn(holders) >= pack.k
    if (!enough && from !== 'source' && (from === 'shards' || health.level === 'lost')) return undefined
    const known = await succession.know(stores, { id: pack.group, owner: pack.owner })
    if (known === undefined) return undefined

    const isMissing = new Set(health.missing)
    const leaving = new Set(holders.filter(({ index }) => isMissing.has(index)).map(({ keeper }) => keeper))
    // It cannot bring a shard to itself; and who could not prove a shard of it would only have to say that it is still there.
    const disproofs = new Set((await stores.audits.disproofs([id])).map(({ keeper }) => keeper))
    const unfit = known.candidates.ordered
      .map(({ keeper }) => keeper)
      .filter((keeper) => declined.has(pairName(id, keeper)) || disproofs.has(keeper))
    const not = new Set([caller.device, ...unfit])
    const placed: Pick<Holder, 'index' | 'keeper'>[] = [...holders]
    const successors: Plan['successors'][number][] = []
    for (const index of health.missing) {
      const vacancy = { index, holders: placed, leaving, not }
      const next = await succession.find(stores, known, vacancy)
      if (next === undefined) continue
      await succession.assign(stores, known, vacancy, next.keeper, 'gone')
      placed.push({ index, keeper: next.keeper })
      successors.push({
        group: pack.group,
        owner: pack.owner,
        keeper: next.keeper,
        index,
        carrier: caller.device,
      })
    }
    if (successors.length === 0) return undefined
    const own = new Set(holders.flatMap(({ index, keeper }) => (keeper === caller.device ? index : [])))
    const named = readable.filter(({ index }) => claim?.from.has(index))
    // One that keeps another shard of it would make the missing ones out of that, too.
    const canCheck = readableIn(named) >= pack.k && [...own].every((index) => claim?.from.has(index))
    const checks = canCheck && successors.some(({ index }) => index === claim?.index) ? claim : undefined
    const toRead = (from === 'source' ? [] : checks === undefined ? readable : named)
      .filter(({ keeper }) => keeper !== caller.device)
      .map(({ index, keeper }) => ({ index, keeper }))
    return { record, k: pack.k, own, enough, holders: toRead, successors, checks }
  }

  /** The most endangered packs, of those in equal danger the ones first that this device holds a shard of. */
  const inOrderFor = async (stores: Stores, { device }: Caller): Promise<StoredRepair[]> => {
    const next = await readyFor(stores, CONSIDERED)
    const holders = await stores.packs.holders(next.map(({ pack }) => pack))
    const held = new Set(holders.filter(({ keeper }) => keeper === device).map(({ pack }) => pack))
    const isLost = ({ level }: StoredRepair) => Number(level === 'lost')
    return next.toSorted(
      (a, b) => isLost(a) - isLost(b) || a.risk - b.risk || Number(held.has(b.pack)) - Number(held.has(a.pack)),
    )
  }

  const jobOf = async (
    pack: PackId,
    { record, holders, successors }: Plan,
    until: Millis,
    reader: DeviceId,
  ): Promise<RepairJob> => ({
    pack,
    record,
    expiresAt: until,
    holders: await withTickets(parts, pack, holders, reader),
    successors: await Promise.all(
      successors.map(async (successor) => ({
        index: successor.index,
        group: successor.group,
        keeper: successor.keeper,
        ticket: await signPlacementTicket(key, { ...successor, expiresAt: until }),
      })),
    ),
  })

  /** Those who did not take what they were sent are sent nothing of that pack for a while. */
  const noteDeclined = (id: PackId, successors: Plan['successors'] = [], made: readonly number[]): void => {
    for (const { index, keeper } of successors)
      if (!made.includes(index)) declined.set(pairName(id, keeper), clock.now() + DECLINED_MS)
  }

  /**
   * What a job says of whether its pack is a code word.
   * @param checks the claim that it was to look into
   * @param claim its own
   */
  const noteCode = async (
    id: PackId,
    checks: CodeClaim | undefined,
    made: readonly number[],
    claim: Parameters<typeof spoilt.claim>[1] | undefined,
  ): Promise<void> => {
    const denied = spoilt.made(id, made)
    for (const { by } of denied) lapsed(by)
    // From other shards of what is no code it may well be made, whatever he said.
    const isWrong = checks !== undefined && denied.includes(checks)
    if (isWrong) await database.transaction((stores) => noteWord(stores, checks.by, false, clock.now()))
    const until = claim && spoilt.claim(id, claim)
    if (claim === undefined && checks !== undefined && !isWrong) spoilt.tried(id)
    if (until === undefined) return
    fruitless.delete(id)
    await database.transaction(async (stores) => {
      await stores.packs.setAside(id, until)
      await look(stores, [id])
    })
    onSetAside(id, until)
  }

  const noteMade = (record: PackRecord | undefined, read: number, made: number): void => {
    figures.jobsDone += 1
    figures.shardsMade += made
    figures.bytesMoved += movedBytes(record, read, made)
  }

  return {
    async beat() {
      await takeBack()
      await lookAtMarked()
      await sweep()
      await askForHands()
      lookAgain()
    },

    async take(caller, reader) {
      const deadline = clock.now() + JOB_MS
      const found = await database.transaction(async (stores) => {
        const underWay = await stores.repairs.underWay()
        const own = underWay.find(({ job }) => job?.repairer === caller.device)
        const most = mostJobs((await workersOf(stores, isOnline)).length)
        const isFull = underWay.length - gathering.size >= most
        if (own === undefined && (isFull || !wasAsked(caller.device))) return undefined
        const place = (await stores.devices.places([caller.device])).get(caller.device)
        for (const { pack, failures, job } of own === undefined ? await inOrderFor(stores, caller) : [own]) {
          if (own === undefined && (place === undefined || !spoilt.mayHear(pack, place))) continue
          const mayGather = gathering.has(pack) || (failures >= TRIES_AT_ONCE && gathering.size < most)
          const found = await plan(stores, pack, caller, mayGather ? 'some' : 'shards', spoilt.open(pack))
          if (found !== undefined) {
            // Asking again gives no more time.
            const until = job?.deadline ?? deadline
            await stores.repairs.give(pack, caller.device, job?.givenAt ?? clock.now(), until)
            return { pack, until, ...found }
          }
          await stores.repairs.takeBack(pack, failures + 1, postponed(failures))
        }
        return undefined
      })
      asked.delete(caller.device)
      if (found === undefined) return undefined
      plans.set(found.pack, found)
      return jobOf(found.pack, found, found.until, reader)
    },

    async own(caller, after) {
      const codes = CODES.map((code) => ({ k: code.k, n: code.n, live: ownersRepairAt(code) }))
      for (let from: PackId | '' = after ?? ''; ;) {
        const page = await database.transaction(({ packs }) => packs.thinned(caller.account, codes, from, OWN_PAGE))
        const packs = page.filter(({ id }) => !ownJobs.has(id)).map(({ id, risk }) => ({ pack: id, risk }))
        const last = page.length === OWN_PAGE ? page.at(-1) : undefined
        if (packs.length > 0 || last === undefined) return { packs, more: last !== undefined }
        from = last.id
      }
    },

    takeOwn: (caller, pack) =>
      takingOwn.run(async () => {
        const now = clock.now()
        const running = [...ownJobs.values()].filter(({ until }) => until > now)
        if (ownJobs.has(pack) || running.filter(({ device }) => device === caller.device).length >= OWN_JOBS)
          return undefined
        const found = await database.transaction(async (stores) => {
          const keepers = (await workersOf(stores, isOnline)).length
          const most = Math.min(MOST_OWN_JOBS, Math.max(OWN_JOBS, Math.floor(keepers / KEEPERS_PER_OWN_JOB)))
          const isOwn = (await stores.packs.get([pack])).get(pack)?.owner === caller.account
          const isTaken = (await stores.repairs.get(pack))?.job !== undefined
          if (!isOwn || isTaken || running.length >= most) return undefined
          return plan(stores, pack, caller, 'source')
        })
        if (found === undefined) return undefined
        const until = now + JOB_MS
        ownJobs.set(pack, { device: caller.device, plan: found, until, restsUntil: now + OWN_REST_MS })
        return jobOf(pack, found, until, caller.device)
      }),

    async report(caller, { pack: id, receipts, read, failed, spoiltCode }) {
      const signed = await Promise.all(receipts.map((receipt) => openShardReceipt(receipt)))
      const value = await database.transaction(({ packs }) => packs.record(id))
      const record = value && (await openPackRecord(value))
      const right = signed.filter(({ pack, index, root }) => {
        const signedRoot = record?.roots[index]
        return pack === id && signedRoot !== undefined && equal(signedRoot, root)
      })
      const ownJob = ownJobs.get(id)
      const claim = record && spoiltCode && claimOf(caller.device, record, plans.get(id), spoiltCode)
      const { made, wasIts, isOwns, waits, place } = await database.transaction(async (stores) => {
        const pack = (await stores.packs.get([id])).get(id)
        const slots = pack === undefined ? [] : await stores.groups.slots({ id: pack.group, owner: pack.owner })
        const sent = right.filter(
          ({ group, index, keeper }) =>
            group === pack?.group && slots.some((slot) => slot.index === index && slot.keeper === keeper),
        )
        const before = await stores.packs.holders([id])
        await stores.packs.addHolders(await stillHeld(stores, sent, clock.now()))
        const now = await stores.packs.holders([id])
        const isAmong = (holders: readonly Holder[], { index, keeper }: Pick<Holder, 'index' | 'keeper'>) =>
          holders.some((holder) => holder.index === index && holder.keeper === keeper)
        // Who keeps a shard already may sign for it again, and nothing was made.
        const made = sent.filter((one) => isAmong(now, one) && !isAmong(before, one)).map(({ index }) => index)
        const repair = await stores.repairs.get(id)
        const job = repair?.job?.repairer === caller.device ? repair.job : undefined
        const wasIts = job !== undefined
        const isOwns = !wasIts && ownJob?.device === caller.device
        const isShort = made.length === 0 && plans.get(id)?.enough === false
        // A first one may have nothing but what it keeps itself.
        const hasMore = isShort && read > (gathering.get(id)?.read ?? -1)
        const waits = wasIts && claim === undefined && (hasMore || (isShort && gathering.has(id)))
        if (waits && hasMore) {
          const until = Math.min(clock.now() + GATHERING_MS, job.givenAt + LONGEST_GATHERING_MS)
          await stores.repairs.give(id, caller.device, job.givenAt, until)
        }
        if (repair !== undefined && wasIts && !waits) {
          const failures = made.length > 0 ? 0 : repair.failures + (claim === undefined ? 1 : 0)
          await stores.repairs.takeBack(id, failures, claim === undefined ? postponed(failures) : clock.now())
        }
        if (made.length > 0 && pack?.setAsideUntil !== undefined) await stores.packs.setAside(id, undefined)
        if (wasIts && made.length > 0) {
          await noteWord(stores, caller.device, true, clock.now())
          const taken = new Set(sent.filter(({ index }) => made.includes(index)).map(({ keeper }) => keeper))
          for (const hand of contradicted(id, caller.device, taken)) await noteWord(stores, hand, false, clock.now())
        }
        if ((wasIts || isOwns) && made.length > 0) {
          const repairBytes = movedBytes(record, read, made.length)
          await stores.tallies.add(dayOf(clock.now()), { repairBytes, repairShards: made.length })
        }
        await look(stores, [id])
        const place = (await stores.devices.places([caller.device])).get(caller.device)
        return { made: [...new Set(made)], wasIts, isOwns, waits, place }
      })
      if (waits) {
        const most = Math.max(read, gathering.get(id)?.read ?? 0)
        gathering.set(id, { repairer: caller.device, read: most, askedAt: clock.now() })
      } else if (wasIts) {
        gathering.delete(id)
        await noteCode(id, plans.get(id)?.checks, made, place && claim && { ...claim, place })
        // Who could make nothing of what is no code has done what it was asked to.
        if (claim === undefined) {
          if (made.length === 0) cameToNothing(id, caller.device, { read, failed })
          noteDeclined(id, plans.get(id)?.successors, made)
          if (made.length === 0) lapsed(caller.device)
        }
        plans.delete(id)
        if (made.length > 0) {
          fruitless.delete(id)
          lapses.delete(caller.device)
          asked.set(caller.device, clock.now())
          noteMade(record, read, made.length)
        }
        for (const claim of failed) onClaim({ ...claim, pack: id, by: caller.device })
        await suspect(caller.device, id, failed)
      }
      if (isOwns && ownJob !== undefined) {
        noteDeclined(id, ownJob.plan.successors, made)
        if (made.length > 0) {
          noteMade(record, read, made.length)
          ownJobs.delete(id)
        } else ownJobs.set(id, { ...ownJob, until: clock.now() })
      }
      return made
    },

    figures: async () => ({ ...figures, queue: await database.transaction(({ repairs }) => repairs.histogram()) }),
  }
}

/** What a repairer says of the code of the pack that it had a job for; `undefined` where no job makes it say so. */
function claimOf(
  by: DeviceId,
  { k, n }: PackRecord,
  plan: Plan | undefined,
  said: NonNullable<RepairReport['spoiltCode']>,
): CodeClaim | undefined {
  const from = new Set(said.from)
  const isCode = from.size === k && said.from.length === k && said.from.every((index) => index < n)
  const wasAsked = plan?.successors.some(({ index }) => index === said.index) === true
  return isCode && wasAsked && !from.has(said.index) ? { by, from, index: said.index } : undefined
}

/** @param read as the repairer says: of more than there are nothing is believed */
const movedBytes = (record: PackRecord | undefined, read: number, made: number): ByteCount =>
  record === undefined ? 0 : (Math.min(read, record.n) + made) * record.shardBytes

const shardName = ({ index, keeper }: Pick<Holder, 'index' | 'keeper'>): string => `${index} ${keeper}`

const pairName = (pack: PackId, keeper: DeviceId): string => `${pack} ${keeper}`

function grouped(holders: readonly Holder[]): Map<PackId, Holder[]> {
  const byPack = new Map<PackId, Holder[]>()
  for (const holder of holders) byPack.set(holder.pack, [...(byPack.get(holder.pack) ?? []), holder])
  return byPack
}

interface Examined {
  readonly pack: StoredPack
  readonly holders: readonly Holder[]
  readonly health: Health
  /** By the threshold of an owner that is there. */
  readonly forOwner: Health
}
