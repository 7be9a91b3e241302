/**
 * Whole-shard reads: a stranger, asked in the way of a repair, reads whole shards of a keeper, one for each week, and says what
 * it got (`durability/reading`). Times and reports lie in the database; who is reading is known to this process alone, so that a
 * restart counts against nobody.
 */
import { dayOf } from '../src/core/clock.ts'
import { idOf, parsePackId, type DeviceId, type PackId } from '../src/core/ids.ts'
import { DAY, HOUR, type Millis } from '../src/core/units.ts'
import { firstDraw } from '../src/durability/audit-proof.ts'
import { hasReached } from '../src/durability/hand.ts'
import {
  askAnother,
  beforeLong,
  borneOut,
  nextWeek,
  shardsOfLook,
  tryAgain,
  verdictOf,
  type ReadOutcome,
} from '../src/durability/reading.ts'
import { afterVerdict, isBarred, isVetted } from '../src/durability/reputation.ts'
import { FEWEST_VETTED } from '../src/durability/vetting.ts'
import type { RepairJob, RepairReport } from '../src/protocol/coordinator-messages.ts'
import { openPackRecord } from '../src/protocol/records.ts'
import { rejudge, reputationOf, shardAt, type Audits } from './audits.ts'
import type { Holder, StoredKeeper, StoredReport, Stores } from './db/stores.ts'
import { noteReached, noteWord, workersOf } from './hands.ts'
import type { PlacementParts } from './placement.ts'
import { withTickets } from './read-tickets.ts'
import { JOB_MS } from './repairs.ts'
import type { Caller } from './tokens.ts'

/** One read at a time for so many keepers, as with repairs. */
const KEEPERS_PER_READ = 8
const MOST_READS = 128
/** A reader that was asked and did not come is not waited for any longer. */
const ASKED_MS: Millis = 30_000
/** Whoever did not do what it was asked to is left alone for so long. */
const REST_MS: Millis = HOUR
/** Where nobody is left to be asked, those are asked again who have said something of the keeper so long ago. */
const FORGOTTEN_MS: Millis = 7 * DAY
/** For a second shard of one group. */
const MOST_DRAWS = 8
/** Of the holders that a repairer says have given it nothing so many are looked into. */
const MOST_BLAMED = 3

interface Reading extends Pick<Holder, 'pack' | 'index' | 'keeper'> {
  /** Until when the reader has time. */
  readonly until: Millis
  readonly isTaken: boolean
  /** Packs of which it has read a shard of this keeper, with this one. */
  readonly packs: ReadonlySet<PackId>
  /** So many more in the same breath. */
  readonly more: number
}

export interface Reads {
  /** A keeper that waited to come back is read before long. */
  cameOnline(keeper: DeviceId): Promise<void>
  /** Finds readers for the keepers whose time has come. Every minute or so. */
  beat(): Promise<void>
  /** What the caller is to read, in the shape of a repair. `undefined`: nothing. @param as whom it reads as */
  take(caller: Caller, as: DeviceId): Promise<RepairJob | undefined>
  /** Takes what the caller says of what it was to read. @returns whether it was to read anything of that pack */
  report(caller: Caller, report: RepairReport): Promise<boolean>
  /** A repairer says that these gave it nothing. Others are asked before long. */
  suspect(by: DeviceId, pack: PackId, failed: RepairReport['failed']): Promise<void>
}

export interface ReadParts extends PlacementParts {
  /** Tells a device that there is work for it. */
  readonly ask: (device: DeviceId) => void
  readonly audits: Pick<Audits, 'askFor'>
}

export function createReads({ database, key, clock, random, oneMachine, isOnline, ask, audits }: ReadParts): Reads {
  /** Who is reading what. */
  const readings = new Map<DeviceId, Reading>()
  const resting = new Map<DeviceId, Millis>()

  const cameOnline = (keeper: DeviceId): Promise<void> =>
    database.transaction(async ({ reads }) => {
      const read = await reads.get(keeper)
      if (read !== undefined && read.readAt === undefined) await reads.put(keeper, beforeLong(clock.now(), random))
    })

  /** One more shard for who has just read one, of the same group if there is one: whoever restores reads those in a row. */
  const another = async (stores: Stores, { keeper, pack, index, packs }: Reading): Promise<Holder | undefined> => {
    const holders = await stores.packs.holders([pack])
    const group = holders.find((one) => one.keeper === keeper && one.index === index)?.group
    let other: Holder | undefined
    for (let draws = 0; draws < MOST_DRAWS; draws += 1) {
      const drawn = await anyShard(stores, keeper)
      if (drawn === undefined || packs.has(drawn.pack)) continue
      if (drawn.group === group) return drawn
      other ??= drawn
    }
    return other
  }

  /** Any shard of a keeper whose record says what is to come. */
  const anyShard = async ({ audits, packs }: Stores, keeper: DeviceId): Promise<Holder | undefined> => {
    const point = firstDraw(idOf(parsePackId, random.bytes(32)))
    const holder = await shardAt(audits, keeper, point)
    const signed = holder && (await packs.record(holder.pack))
    const record = signed && (await openPackRecord(signed))
    return record === undefined || holder === undefined || holder.index >= record.n ? undefined : holder
  }

  /**
   * Somebody who has nothing to do with the keeper nor with those who have said something of it, and is trusted where
   * enough are. Drawn by address block first: many devices in one place are no more than one there.
   */
  const findReader = async (
    stores: Stores,
    keeper: DeviceId,
    reports: readonly StoredReport[],
    pool: readonly StoredKeeper[],
  ): Promise<DeviceId | undefined> => {
    const taken = await placesTaken(stores, [keeper, ...reports.map(({ reader }) => reader)])
    const now = clock.now()
    const able = pool.filter(
      (peer) =>
        !isOneOf(taken, peer) &&
        !readings.has(peer.keeper) &&
        (resting.get(peer.keeper) ?? 0) <= now &&
        isOnline(peer.keeper),
    )
    const blocks = [...new Set(able.map(({ block }) => block))]
    const block = blocks[Math.floor(random.fraction() * blocks.length)]
    const there = able.filter((peer) => peer.block === block)
    return there[Math.floor(random.fraction() * there.length)]?.keeper
  }

  const placesTaken = async ({ devices }: Stores, some: readonly DeviceId[]): Promise<ReadonlySet<string>> => {
    const places = [...(await devices.places(some)).values()]
    return new Set(places.flatMap(({ account, block }) => (oneMachine ? [account] : [account, block])))
  }
  const isOneOf = (taken: ReadonlySet<string>, { account, block }: Pick<StoredKeeper, 'account' | 'block'>): boolean =>
    taken.has(account) || (!oneMachine && taken.has(block))

  /** Whose word is taken, as a keeper and as a hand, who is at no repair, and no newcomer where enough are known. */
  const readersIn = async (stores: Stores): Promise<readonly StoredKeeper[]> => {
    const now = clock.now()
    const known = await stores.reputations.all()
    const vetted = [...known.values()].filter((one) => isVetted(one, now)).length
    const barred = await stores.hands.barred(now)
    const busy = new Set((await stores.repairs.underWay()).map(({ job }) => job?.repairer))
    return (await workersOf(stores, isOnline)).filter(({ keeper }) => {
      const reputation = known.get(keeper)
      if (busy.has(keeper) || barred.has(keeper) || (reputation !== undefined && isBarred(reputation))) return false
      return vetted < FEWEST_VETTED || (reputation !== undefined && isVetted(reputation, now))
    })
  }

  /** Notes what somebody says of a keeper, and what follows. */
  const note = async (
    stores: Stores,
    { keeper, pack, index, packs }: Reading,
    reader: DeviceId,
    outcome: ReadOutcome,
  ): Promise<void> => {
    const now = clock.now()
    const { reads, tallies, hands } = stores
    if (outcome !== 'unreached') await noteReached(stores, reader, now)
    else if (!hasReached(await hands.get(reader), now)) {
      await reads.put(keeper, askAnother(now, random))
      return
    }
    await reads.addReport(keeper, { reader, outcome, at: now, pack, index })
    // Where a single shard has spoilt, its keeper says so when it is asked to prove it, and then nobody was wrong.
    if (outcome === 'withheld') await audits.askFor(stores, { keeper, pack, index })
    await tallies.add(dayOf(now), { [outcome]: 1 })
    const reports = (await reads.get(keeper))?.reports ?? []
    const before = await reputationOf(stores, keeper, now)
    const left = before.unread && before.unread.left - (outcome === 'served' ? 1 : 0)
    const verdict = verdictOf(reports, left)
    const reputation = afterVerdict(before, verdict, left, now)
    await rejudge(stores, keeper, before, reputation, now)
    if (verdict !== undefined) {
      const { right, wrong } = borneOut(reports, verdict)
      for (const { reader } of right) await noteWord(stores, reader, true, now)
      for (const report of wrong) await noteWord(stores, report.reader, !(await isHeld(stores, keeper, report)), now)
      await reads.forgetReports(keeper)
      // What went well of one that is suspended goes on counting, so that its screen never takes a read back.
      const kept = verdict === 'unclear' && reputation.unread !== undefined ? reports : []
      for (const report of kept) if (report.outcome === 'served') await reads.addReport(keeper, report)
    }
    const next = reputation.unread !== undefined ? tryAgain : verdict === undefined ? askAnother : nextWeek
    await reads.put(keeper, next(now, random, packs.size))
  }

  const isHeld = async ({ packs }: Stores, keeper: DeviceId, { pack, index }: StoredReport): Promise<boolean> =>
    (await packs.holders([pack])).some((one) => one.keeper === keeper && one.index === index)

  /** Whoever has not come, or has not said anything in time, is not asked again at once; the keeper has nothing to do with it. */
  const takeBack = async (): Promise<void> => {
    const now = clock.now()
    for (const [reader, { keeper, until }] of readings) {
      if (until > now && isOnline(reader)) continue
      readings.delete(reader)
      resting.set(reader, now + REST_MS)
      await again(keeper)
    }
    for (const [reader, until] of resting) if (until <= now) resting.delete(reader)
  }

  /** Has the same reader read one more, in the half minute in which it keeps its name. @returns whether there is one */
  const goesOn = async (reader: DeviceId, reading: Reading): Promise<boolean> => {
    const { keeper, packs, more } = reading
    const now = clock.now()
    const next = await database.transaction(async (stores) => {
      const shard = await another(stores, reading)
      if (shard !== undefined) await stores.reads.put(keeper, now + 2 * JOB_MS)
      return shard
    })
    if (next === undefined) return false
    const { pack, index } = next
    const until = now + ASKED_MS
    const read = new Set([...packs, pack])
    readings.set(reader, { pack, index, keeper, until, isTaken: false, packs: read, more: more - 1 })
    ask(reader)
    return true
  }

  const again = (keeper: DeviceId): Promise<void> => database.transaction(({ reads }) => reads.put(keeper, clock.now()))

  return {
    cameOnline,

    async beat() {
      await takeBack()
      const away: DeviceId[] = []
      const found = await database.transaction(async (stores) => {
        away.splice(0)
        const now = clock.now()
        const due = await stores.reads.due(now, MOST_READS)
        if (due.length === 0) return []
        const pool = await readersIn(stores)
        const free = Math.min(MOST_READS, Math.max(1, Math.floor(pool.length / KEEPERS_PER_READ))) - readings.size
        const chosen = new Map<DeviceId, Reading>()
        for (const keeper of due) {
          if (chosen.size >= free) break
          if (!isOnline(keeper)) {
            away.push(keeper)
            await stores.reads.put(keeper, undefined)
            continue
          }
          const shard = await anyShard(stores, keeper)
          if (shard === undefined) {
            await stores.reads.put(keeper, nextWeek(now, random))
            continue
          }
          const reports = (await stores.reads.get(keeper))?.reports ?? []
          const others = pool.filter((peer) => !chosen.has(peer.keeper))
          const reader = await findReader(stores, keeper, reports, others)
          if (reader === undefined) {
            await stores.reads.forgetReports(keeper, now - FORGOTTEN_MS)
            await stores.reads.put(keeper, askAnother(now, random))
            continue
          }
          // In case that nothing is heard of it any more, because this process ended.
          await stores.reads.put(keeper, now + 2 * JOB_MS)
          const { pack, index } = shard
          const isDoubted =
            reports.some(({ outcome }) => outcome === 'withheld' || outcome === 'blamed') ||
            (await reputationOf(stores, keeper, now)).unread !== undefined
          const more = shardsOfLook(isDoubted, random) - 1
          const packs = new Set([pack])
          chosen.set(reader, { pack, index, keeper, until: now + ASKED_MS, isTaken: false, packs, more })
        }
        return [...chosen]
      })
      // They may have come while that was written.
      for (const keeper of away) if (isOnline(keeper)) await cameOnline(keeper)
      for (const [reader, reading] of found) {
        readings.set(reader, reading)
        ask(reader)
      }
    },

    async take({ device }, as) {
      const reading = readings.get(device)
      if (reading === undefined) return undefined
      const { pack, index, keeper } = reading
      const record = await database.transaction(async ({ packs }) => {
        const holders = await packs.holders([pack])
        const isHeld = holders.some((one) => one.keeper === keeper && one.index === index)
        return isHeld ? packs.record(pack) : undefined
      })
      if (record === undefined || !isOnline(keeper)) {
        readings.delete(device)
        await again(keeper)
        return undefined
      }
      // As with a repair, asking again gives no more time.
      const expiresAt = reading.isTaken ? reading.until : clock.now() + JOB_MS
      readings.set(device, { ...reading, until: expiresAt, isTaken: true })
      const holders = await withTickets({ key, clock }, pack, [{ index, keeper }], as)
      return { pack, record, expiresAt, holders, successors: [] }
    },

    async report({ device }, { pack, read, failed }) {
      const reading = readings.get(device)
      if (reading?.isTaken !== true || reading.pack !== pack) return false
      readings.delete(device)
      const { keeper, index } = reading
      const said = failed.find((claim) => claim.keeper === keeper && claim.index === index)?.what
      // Who says nothing was stopped, by its own limits. A keeper that left in the middle may have lost its line.
      const outcome =
        said === undefined
          ? read > 0
            ? 'served'
            : undefined
          : said === 'unreachable' || !isOnline(keeper)
            ? 'unreached'
            : 'withheld'
      if (outcome === 'served' && reading.more > 0 && (await goesOn(device, reading))) return true
      if (outcome === undefined) resting.set(device, clock.now() + REST_MS)
      else await database.transaction((stores) => note(stores, reading, device, outcome))
      return true
    },

    async suspect(by, pack, failed) {
      await database.transaction(async (stores) => {
        const now = clock.now()
        const places = await stores.devices.places([by])
        const own = places.get(by)
        if (own === undefined) return
        const names =
          ({ keeper, index }: Pick<Holder, 'keeper' | 'index'>) =>
          (claim: RepairReport['failed'][number]) =>
            claim.what !== 'unreachable' && claim.keeper === keeper && claim.index === index
        const blamed = (await stores.packs.holders([pack])).filter(
          (holder) => isOnline(holder.keeper) && failed.some(names(holder)),
        )
        // Drawn by chance: who lies is not to choose which of its words are looked into.
        for (let left = MOST_BLAMED; left > 0 && blamed.length > 0;) {
          const [drawn] = blamed.splice(Math.floor(random.fraction() * blamed.length), 1)
          if (drawn === undefined) break
          const { keeper, index } = drawn
          const read = await stores.reads.get(keeper)
          // One that is suspended is read every day as it is.
          const isSuspended = (await reputationOf(stores, keeper, now)).unread !== undefined
          if (read === undefined || isSuspended) continue
          const taken = await placesTaken(stores, [keeper, ...read.reports.map(({ reader }) => reader)])
          if (isOneOf(taken, own)) continue
          left -= 1
          await noteReached(stores, by, now)
          await stores.reads.addReport(keeper, { reader: by, outcome: 'blamed', at: now, pack, index })
          await audits.askFor(stores, { keeper, pack, index })
          await stores.tallies.add(dayOf(now), { withheld: 1 })
          // A read that is due is not put off.
          await stores.reads.put(keeper, Math.min(read.readAt ?? Infinity, askAnother(now, random)))
        }
      })
    },
  }
}
