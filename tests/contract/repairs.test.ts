/**
 * The repair queue of a real coordinator, on both databases, with keepers that say what a test tells them to: no shard is
 * really stored. Whether shards come back is told in `tests/unit/repair.test.ts`.
 */
import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { openDatabase } from '../../signaling/db/database.ts'
import type { Stores } from '../../signaling/db/stores.ts'
import { toHex, type Bytes } from '../../src/core/bytes.ts'
import { idOf, parseGroupId, type DeviceId, type PackId } from '../../src/core/ids.ts'
import { HOUR, MINUTE, MiB } from '../../src/core/units.ts'
import type { LiveEvent } from '../../src/coordinator/coordinator.ts'
import { newHand } from '../../src/durability/hand.ts'
import { after, newReputation } from '../../src/durability/reputation.ts'
import { askPlainly } from '../../src/coordinator/plain.ts'
import { operatorSchema, type RepairJob, type RepairReport } from '../../src/protocol/coordinator-messages.ts'
import {
  openPlacementTicket,
  openReadTicket,
  packIdOf,
  signInventoryPage,
  signPackRecord,
  signShardReceipt,
} from '../../src/protocol/records.ts'
import { overBothDatabases } from './both-databases.ts'
import {
  connect,
  newIdentity,
  newPack,
  online,
  random,
  readNobody,
  runCoordinator,
  temporaryFolder,
  until,
  type Peer,
} from './coordinator-fixtures.ts'

interface Keeper extends Peer {
  readonly events: LiveEvent[]
  readonly leave: () => Promise<void>
  readonly back: () => Promise<void>
}

/** Time goes by in steps of so much, with a beat of the coordinator behind each. */
const STEP = 6 * HOUR

const OPERATOR = 'the-token-of-the-operator'

overBothDatabases('repairs over %s', (place, name) => {
  const { closers } = place

  /** A coordinator with so many keepers online, an owner with a pack, and time that passes when told to. */
  const start = async (count: number) => {
    const dataDir = temporaryFolder()
    closers.push(() => rm(dataDir, { recursive: true, force: true }))
    const databaseUrl = await place.empty()
    let ahead = 0
    const clock = { now: () => Date.now() + ahead }
    const run = (port = 0) => runCoordinator({ dataDir, databaseUrl, port, operatorToken: OPERATOR }, clock)
    let coordinator = await run()
    closers.push(() => coordinator.close())
    const client = (identity: Peer['identity']) => connect(coordinator.url, identity, undefined, undefined, clock)
    const keepers = new Map<DeviceId, Keeper>()
    for (let i = 0; i < count; i += 1) {
      const identity = await newIdentity()
      const itsCoordinator = client(identity)
      await itsCoordinator.keep({ limitBytes: 100 * MiB, freeBytes: 100 * MiB, paused: false })
      const events: LiveEvent[] = []
      let end: (() => void) | undefined
      const back = async () => {
        const visit = await online(itsCoordinator)
        end = visit.end
        // What it hears goes on into one list.
        visit.events.forEach((event) => events.push(event))
        visit.events.push = (...more) => events.push(...more)
      }
      const leave = async () => {
        const before = coordinator.online()
        end?.()
        await until(() => coordinator.online() < before)
      }
      await back()
      closers.push(() => Promise.resolve(end?.()))
      keepers.set(identity.device, { identity, coordinator: itsCoordinator, events, leave, back })
    }
    await readNobody({ dataDir, url: databaseUrl }, keepers.keys())
    const owner = await newIdentity()
    const backUp = async () => {
      const group = await client(owner).group()
      const pack = await newPack(owner, group, keepers, clock.now())
      await client(owner).commitPack(pack.record, group.id, pack.receipts)
      return { ...pack, group, keeperOf: (index: number) => keeperOf(group.slots[index]?.keeper) }
    }
    const keeperOf = (device: DeviceId | undefined): Keeper => {
      const keeper = device === undefined ? undefined : keepers.get(device)
      if (keeper === undefined) throw new Error('no such keeper')
      return keeper
    }
    const withStores = async <T>(work: (stores: Stores) => Promise<T>): Promise<T> => {
      const database = await openDatabase({ dataDir, url: databaseUrl })
      try {
        return await database.transaction(work)
      } finally {
        await database.close()
      }
    }
    const asked = () =>
      [...keepers.values()].filter(({ events }) => events.some(({ type }) => type === 'repair-wanted'))
    return {
      keepers,
      keeperOf,
      backUp,
      clock,
      asked,
      catchUp: () => coordinator.catchUp(),
      pass: async (ms: number) => {
        for (let left = ms; left > 0; left -= STEP) {
          ahead += Math.min(STEP, left)
          await coordinator.catchUp()
        }
      },
      withStores,
      commit: (...args: Parameters<Peer['coordinator']['commitPack']>) => client(owner).commitPack(...args),
      groupOf: (pack: PackId) => withStores(async ({ packs }) => (await packs.get([pack])).get(pack)?.group),
      /** As if their audits had turned them out. */
      turnOut: async (devices: readonly DeviceId[]) => {
        const wrongTwice = ['wrong', 'wrong'] as const
        const out = wrongTwice.reduce((so, result) => after(so, result, clock.now()), newReputation(clock.now()))
        await withStores(async ({ reputations }) => {
          for (const device of devices) await reputations.put(device, out)
        })
      },
      /** Whoever was asked would be given a job, also when the word of it has not arrived yet. */
      expectNobodyAsked: async () => {
        for (const { coordinator } of keepers.values()) expect(await coordinator.takeRepair()).toBeUndefined()
        expect(asked()).toEqual([])
      },
      forgetAsked: () => asked().forEach(({ events }) => events.splice(0)),
      /** The one keeper that was asked, when one was. */
      hand: async () => {
        await until(() => asked().length > 0)
        const [hand] = asked()
        if (hand === undefined) throw new Error('nobody was asked')
        asked().forEach(({ events }) => events.splice(0))
        return hand
      },
      restart: async () => {
        const { port } = new URL(coordinator.url)
        const before = coordinator.online()
        await coordinator.close()
        coordinator = await run(Number(port))
        await until(() => coordinator.online() === before)
      },
      signPack: async (roots: readonly Bytes[]) => {
        const record = await signPackRecord(owner, { k: 2, n: 6, shardBytes: MiB, roots: [...roots] })
        return { record, pack: await packIdOf(record) }
      },
      publicKey: async () => (await client(owner).info()).publicKey,
      owner: { device: owner.device, coordinator: client(owner) },
      health: () => client(owner).health(),
      figures: (token?: string) =>
        askPlainly({ base: coordinator.url, path: '/v1/operator', answer: operatorSchema, token }),
      healthOf: (identity: Peer['identity']) => client(identity).health(),
    }
  }

  type World = Awaited<ReturnType<typeof start>>
  type Backup = Awaited<ReturnType<World['backUp']>>

  /** What the successors of a job sign. */
  const receiptsOf = (
    { keeperOf, clock }: World,
    { roots }: Backup,
    { pack, successors }: RepairJob,
  ): Promise<Bytes[]> =>
    Promise.all(
      successors.map(({ index, group, keeper }) => {
        const root = roots[index] ?? random.bytes(32)
        const { deviceKey } = keeperOf(keeper).identity
        return signShardReceipt(deviceKey, { pack, index, root, group, storedAt: clock.now() })
      }),
    )

  const taken = async (hand: Keeper): Promise<RepairJob> => {
    const job = await hand.coordinator.takeRepair()
    if (job === undefined) throw new Error('there was no job')
    return job
  }

  /** Two of six keepers of a pack are gone, and somebody was asked to repair it. */
  const broken = async (count = 9) => {
    const world = await start(count)
    const backup = await world.backUp()
    await backup.keeperOf(0).leave()
    await backup.keeperOf(1).leave()
    await world.pass(47 * HOUR)
    await world.expectNobodyAsked()
    await world.pass(HOUR)
    return { world, backup, hand: await world.hand() }
  }

  it('are asked for once the grace of two keepers is over, of a peer that holds a shard, with tickets for each step', async () => {
    const { world, backup, hand } = await broken()
    const holders = [2, 3, 4, 5].map((index) => backup.keeperOf(index).identity.device)
    const { device } = hand.identity
    expect(holders).toContain(device)

    const job = await taken(hand)
    expect(job.pack).toBe(backup.pack)
    expect(toHex(job.record)).toBe(toHex(backup.record))
    expect(job.successors.map(({ index }) => index)).toEqual([0, 1])
    const key = await world.publicKey()
    for (const { index, keeper, ticket } of job.holders) {
      expect(keeper).toBe(backup.keeperOf(index).identity.device)
      const opened = await openReadTicket(ticket, key)
      expect(opened).toMatchObject({ pack: job.pack, index, keeper, reader: device })
      expect(Math.abs(opened.expiresAt - job.expiresAt)).toBeLessThan(MINUTE)
    }
    expect(job.holders.map(({ keeper }) => keeper).sort()).toEqual(holders.filter((each) => each !== device).sort())
    for (const { index, group, keeper, ticket } of job.successors) {
      expect(group).toBe(backup.group.id)
      const opened = await openPlacementTicket(ticket, key)
      expect(opened).toMatchObject({ index, group: backup.group.id, keeper, carrier: device })
      expect(holders).not.toContain(keeper)
    }
    expect(new Set(job.successors.map(({ keeper }) => keeper)).size).toBe(2)

    const made = await hand.coordinator.reportRepair({
      pack: job.pack,
      receipts: await receiptsOf(world, backup, job),
      read: 1,
      failed: [],
    })
    expect(made).toEqual([0, 1])
    expect(await hand.coordinator.takeRepair()).toBeUndefined()
    await world.pass(60 * HOUR)
    await world.expectNobodyAsked()
  })

  /** One of six keepers of a pack is gone and its owner has taken it, when another one is gone, too. */
  const takenByOwner = async () => {
    const world = await start(9)
    const backup = await world.backUp()
    await backup.keeperOf(0).leave()
    await world.pass(10 * MINUTE)
    await backup.keeperOf(1).leave()
    await world.pass(48 * HOUR - 10 * MINUTE)
    const job = await world.owner.coordinator.takeOwnRepair(backup.pack)
    if (job === undefined) throw new Error('there was no job')
    await world.pass(10 * MINUTE)
    await world.expectNobodyAsked()
    return { world, backup, job }
  }

  it('are for the owner of a pack as soon as it has lost a few shards, before anybody is asked, and it reads from nobody', async () => {
    const world = await start(9)
    const backup = await world.backUp()
    const { owner } = world
    await backup.keeperOf(0).leave()
    await world.pass(48 * HOUR)
    await world.expectNobodyAsked()
    const job = await owner.coordinator.takeOwnRepair(backup.pack)
    if (job === undefined) throw new Error('there was no job')
    expect(await owner.coordinator.ownRepairs()).toEqual([])
    expect(job.holders).toEqual([])
    expect(toHex(job.record)).toBe(toHex(backup.record))
    expect(job.successors.map(({ index }) => index)).toEqual([0])
    for (const { index, keeper, ticket } of job.successors) {
      const opened = await openPlacementTicket(ticket, await world.publicKey())
      expect(opened).toMatchObject({ index, group: backup.group.id, keeper, carrier: owner.device })
    }
    const receipts = await receiptsOf(world, backup, job)
    expect(await owner.coordinator.reportRepair({ pack: job.pack, receipts, read: 0, failed: [] })).toEqual([0])
    expect((await world.figures(OPERATOR)).traffic).toMatchObject({ movedBytes: MiB, shardsMade: 1 })
    await world.pass(HOUR)
    expect(await owner.coordinator.ownRepairs()).toEqual([])
    await world.expectNobodyAsked()
  })

  it('are listed for the account of the owner alone, and given to no other', async () => {
    const world = await start(9)
    const backup = await world.backUp()
    expect(await world.owner.coordinator.ownRepairs()).toEqual([])
    await backup.keeperOf(0).leave()
    await world.pass(48 * HOUR)
    expect(await world.owner.coordinator.ownRepairs()).toEqual([{ pack: backup.pack, risk: 3 }])
    const { coordinator: stranger } = backup.keeperOf(1)
    expect(await stranger.ownRepairs()).toEqual([])
    expect(await stranger.takeOwnRepair(backup.pack)).toBeUndefined()
    expect(await world.owner.coordinator.takeOwnRepair(backup.pack)).toBeDefined()
  })

  it('that an owner is at are left to it for the time of a job, and no longer', async () => {
    const { world, backup } = await takenByOwner()
    await world.pass(19 * MINUTE)
    await world.expectNobodyAsked()
    await world.pass(MINUTE)
    const hand = await world.hand()
    expect((await taken(hand)).pack).toBe(backup.pack)
    expect(await world.owner.coordinator.takeOwnRepair(backup.pack)).toBeUndefined()
  })

  it('go to strangers at once when their owner says that it cannot, and are not given to it again for half a day', async () => {
    const { world, job } = await takenByOwner()
    const { coordinator } = world.owner
    expect(await coordinator.reportRepair({ pack: job.pack, receipts: [], read: 0, failed: [] })).toEqual([])
    expect(await coordinator.ownRepairs()).toEqual([])
    expect(await coordinator.takeOwnRepair(job.pack)).toBeUndefined()
    await world.catchUp()
    await world.hand()
    await world.pass(12 * HOUR)
    expect(await coordinator.ownRepairs()).toHaveLength(1)
  })

  it('that are urgent are asked of strangers whoever is at them', async () => {
    const { world, backup } = await takenByOwner()
    const { identity, coordinator } = backup.keeperOf(2)
    const takenAt = world.clock.now() + 1
    await coordinator.reportInventory(
      await signInventoryPage(identity.deviceKey, { takenAt, page: 0, pages: 1, shards: [] }),
    )
    await world.catchUp()
    const hand = await world.hand()
    expect((await taken(hand)).successors.map(({ index }) => index)).toEqual([0, 1, 2])
  })

  it('are asked of strangers at the threshold as soon as ever, where an owner is silent or was given others', async () => {
    const { hand, backup, world } = await broken()
    expect((await taken(hand)).pack).toBe(backup.pack)
    expect(await world.owner.coordinator.takeOwnRepair(backup.pack)).toBeUndefined()
  })

  it('go to whoever was asked and to nobody else, one at a time, and the same one again', async () => {
    const { world, hand } = await broken()
    const others = [...world.keepers.values()].filter((keeper) => keeper !== hand)
    for (const { coordinator } of others.slice(0, 3)) expect(await coordinator.takeRepair()).toBeUndefined()
    const job = await taken(hand)
    const again = await taken(hand)
    expect(again.pack).toBe(job.pack)
    expect(again.successors.map(({ keeper }) => keeper)).toEqual(job.successors.map(({ keeper }) => keeper))
  })

  it('count nothing that no keeper they were sent to has signed, whatever a repairer says', async () => {
    const { world, backup, hand } = await broken()
    const job = await taken(hand)
    const right = await receiptsOf(world, backup, job)
    const [successor] = job.successors
    if (successor === undefined) throw new Error('no successor')
    const fields = { pack: job.pack, index: successor.index, group: successor.group, storedAt: world.clock.now() }
    const successorKey = world.keeperOf(successor.keeper).identity.deviceKey
    const [root = random.bytes(32)] = backup.roots
    const stranger = await newIdentity()
    const lies = [
      await signShardReceipt(hand.identity.deviceKey, { ...fields, root }), // its own word
      await signShardReceipt(stranger.deviceKey, { ...fields, root }), // a device that was not sent there
      await signShardReceipt(successorKey, { ...fields, root: random.bytes(32) }), // another shard
      await signShardReceipt(successorKey, {
        ...fields,
        root,
        index: 4,
      }),
    ]
    const report = { pack: job.pack, read: 2, failed: [] }
    expect(await hand.coordinator.reportRepair({ ...report, receipts: lies })).toEqual([])
    const forged = right.map((receipt) =>
      Uint8Array.from(receipt, (byte, i) => (i === receipt.length - 1 ? byte ^ 1 : byte)),
    )
    await expect(hand.coordinator.reportRepair({ ...report, receipts: forged })).rejects.toMatchObject({
      code: 'signature-invalid',
    })
    // It is asked no more for now; the pack still is to be repaired, by somebody else.
    await world.pass(5 * 60_000)
    expect(await world.hand()).not.toBe(hand)
    expect(await hand.coordinator.takeRepair()).toBeUndefined()
  })

  /** A repairer makes nothing of three jobs in a row that others then do. @param says what it reports of each */
  const idling = async (says: (job: RepairJob) => Pick<RepairReport, 'read' | 'failed'>) => {
    const { world, backup, hand: idler } = await broken(14)
    const holding = new Set([2, 3, 4, 5].map((index) => backup.keeperOf(index)))
    /** So that the idler is the only one that holds a shard and repairs, and is asked first. */
    const pauseOthers = async () => {
      for (const keeper of holding) {
        if (keeper !== idler) await keeper.coordinator.keep({ limitBytes: 100 * MiB, freeBytes: 0, paused: true })
      }
    }
    const admitTwo = async () => {
      for (const keeper of [...holding].filter((each) => each !== idler).slice(0, 2)) {
        holding.delete(keeper)
        const page = { takenAt: world.clock.now(), page: 0, pages: 1, shards: [] }
        await keeper.coordinator.reportInventory(await signInventoryPage(keeper.identity.deviceKey, page))
        // Takes shards again: there are just enough for those that a moment ago took nothing to be left alone.
        await keeper.coordinator.keep({ limitBytes: 100 * MiB, freeBytes: 100 * MiB, paused: false })
      }
    }
    const repairBy = async (hand: Keeper) => {
      const job = await taken(hand)
      const receipts = await receiptsOf(world, backup, job)
      expect(await hand.coordinator.reportRepair({ pack: job.pack, receipts, read: 2, failed: [] })).not.toEqual([])
      for (const { keeper } of job.successors) holding.add(world.keeperOf(keeper))
    }
    for (const wait of [20, 40, 80]) {
      const job = await taken(idler)
      await idler.coordinator.reportRepair({ pack: job.pack, receipts: [], ...says(job) })
      await pauseOthers()
      await world.pass(5 * 60_000)
      await repairBy(await world.hand())
      await pauseOthers()
      await world.pass(wait * 60_000)
      world.forgetAsked() // also those whose word has come since
      await admitTwo()
      await world.catchUp()
      // Twice more it is asked first, because it has rested; then no more.
      if (wait < 80) expect(await world.hand()).toBe(idler)
    }
    const barred = await world.withStores(({ hands }) => hands.barred(world.clock.now()))
    return { world, idler, isBarred: barred.has(idler.identity.device) }
  }

  it('are kept from whoever makes nothing of them time and again while others do, also after a restart', async () => {
    const { world, idler, isBarred } = await idling(() => ({ read: 0, failed: [] }))
    expect(isBarred).toBe(true)
    expect(await world.hand()).not.toBe(idler)
    await world.restart()
    await world.pass(24 * HOUR)
    expect(idler.events.filter(({ type }) => type === 'repair-wanted')).toEqual([])
    expect(await idler.coordinator.takeRepair()).toBeUndefined()
  })

  // The rule has no more to do with the database.
  if (name === 'SQLite')
    it('are not held against whoever names the holders that gave it too little, nor where its successors took nothing', async () => {
      const named = (what: 'refused' | 'unreachable') => (job: RepairJob) => ({
        read: 0,
        failed: job.holders.map(({ index, keeper }) => ({ index, keeper, what })),
      })
      expect((await idling(named('refused'))).isBarred).toBe(false)
      expect((await idling(() => ({ read: 2, failed: [] }))).isBarred).toBe(false)
      // A holder is named for a shard that it was to give, and for no other.
      const elsewhere = (job: RepairJob) => ({
        read: 0,
        failed: job.holders.map(({ index, keeper }) => ({ index: index + 6, keeper, what: 'refused' as const })),
      })
      expect((await idling(elsewhere)).isBarred).toBe(true)
      // Who is said not to be reachable is not asked by others, so that this explains nothing.
      expect((await idling(named('unreachable'))).isBarred).toBe(true)
    })

  /** What somebody says who has read the first k shards that it could, and makes something else of them for a first one. */
  const noCode = ({ pack, holders, successors }: RepairJob, { keeperOf }: Backup, hand: Keeper): RepairReport => {
    const own = [...Array(6).keys()].filter((index) => holders.length < 4 && keeperOf(index) === hand)
    const from = [...new Set([...own, ...holders.map(({ index }) => index)])].slice(0, 2)
    return { pack, receipts: [], read: 2, failed: [], spoiltCode: { from, index: successors[0]?.index ?? NaN } }
  }
  const handsOf = ({ withStores }: World, some: readonly Keeper[]) =>
    withStores(({ hands }) => Promise.all(some.map(({ identity }) => hands.get(identity.device))))

  it('of what is no code word end when a second one, who read the same shards, says so: it is set aside, and nobody is the worse', async () => {
    const { world, backup, hand: first } = await broken()
    const said = noCode(await taken(first), backup, first)
    await first.coordinator.reportRepair(said)
    expect((await world.health()).endangered).toEqual([])
    await world.catchUp()
    const second = await world.hand()
    expect(second).not.toBe(first)
    const check = await taken(second)
    expect(check.pack).toBe(backup.pack)
    const given = new Set(check.holders.map(({ index }) => index))
    expect([...given].filter((index) => !said.spoiltCode?.from.includes(index))).toEqual([])
    await second.coordinator.reportRepair(noCode(check, backup, second))

    const { pack, group } = backup
    expect((await world.health()).endangered).toEqual([{ pack, group: group.id, level: 'lost', live: 0 }])
    expect((await world.owner.coordinator.locatePacks([pack]))[0]).toMatchObject({ happiness: 0, spoilt: true })
    expect(await handsOf(world, [first, second])).toEqual([newHand, newHand])
    await world.pass(71 * HOUR)
    await world.expectNobodyAsked()
    // Two may lie together: then a third one makes it.
    await world.pass(HOUR)
    const third = await world.hand()
    expect([first, second]).not.toContain(third)
    const job = await taken(third)
    const receipts = await receiptsOf(world, backup, job)
    expect(await third.coordinator.reportRepair({ pack, receipts, read: 2, failed: [] })).toEqual([0, 1])
    expect((await world.owner.coordinator.locatePacks([pack]))[0]?.spoilt).toBeUndefined()
    const [one] = await handsOf(world, [first])
    expect(one?.contradicted).toBe(1)
  })

  it('of a pack that one alone calls no code word are done by another, and only out of the same shards is that held against it', async () => {
    for (const isSame of [true, false]) {
      const { world, backup, hand: liar } = await broken()
      const said = noCode(await taken(liar), backup, liar)
      await liar.coordinator.reportRepair(said)
      if (!isSame) await backup.keeperOf(said.spoiltCode?.from.at(-1) ?? NaN).leave()
      await world.catchUp()
      const hand = await world.hand()
      const job = await taken(hand)
      const receipts = await receiptsOf(world, backup, job)
      expect(await hand.coordinator.reportRepair({ pack: job.pack, receipts, read: 2, failed: [] })).toContain(0)
      const [its] = await handsOf(world, [liar])
      expect(its?.contradicted).toBe(isSame ? 1 : 0)
      expect((await world.health()).endangered).toEqual([])
    }
  })

  // The rule has no more to do with the database.
  if (name === 'SQLite')
    it('of many packs that are no code word put no hand to rest: each is given twice, and a sound one among them is done', async () => {
      const world = await start(9)
      const spoilt: Backup[] = []
      for (let i = 0; i < 12; i += 1) spoilt.push(await world.backUp())
      const sound = await world.backUp()
      await sound.keeperOf(0).leave()
      await sound.keeperOf(1).leave()
      await world.pass(48 * HOUR)
      const jobs: PackId[] = []
      while (jobs.length < 2 * spoilt.length + 1) {
        const hand = await world.hand()
        const job = await taken(hand)
        jobs.push(job.pack)
        const backup = spoilt.find(({ pack }) => pack === job.pack)
        const receipts = backup === undefined ? await receiptsOf(world, sound, job) : []
        const made = { pack: job.pack, receipts, read: 2, failed: [] }
        await hand.coordinator.reportRepair(backup === undefined ? made : noCode(job, backup, hand))
        world.forgetAsked()
        await world.pass(MINUTE)
      }
      for (const { pack } of spoilt) expect(jobs.filter((job) => job === pack)).toHaveLength(2)
      for (const { contradicted } of await handsOf(world, [...world.keepers.values()])) expect(contradicted).toBe(0)
      await world.expectNobodyAsked()
    })

  it('that are not done in time go to another peer, and what was stored late counts all the same', async () => {
    const { world, backup, hand } = await broken()
    const job = await taken(hand)
    const late = await receiptsOf(world, backup, job)
    await world.pass(HOUR / 2)
    const next = await world.hand()
    expect(next).not.toBe(hand)
    expect((await taken(next)).pack).toBe(job.pack)
    const report = { pack: job.pack, receipts: late, read: 1, failed: [] }
    expect(await hand.coordinator.reportRepair(report)).toEqual([0, 1])
    await world.pass(HOUR)
    await world.expectNobodyAsked()
  })

  it('are not held by asking for them again', async () => {
    const { world, hand } = await broken()
    const job = await taken(hand)
    await world.pass(20 * 60_000)
    expect((await taken(hand)).expiresAt).toBe(job.expiresAt)
    await world.pass(11 * 60_000)
    expect(await world.hand()).not.toBe(hand)
  })

  it('are not done by a keeper that signs again for what it keeps', async () => {
    const { world, backup, hand } = await broken()
    const job = await taken(hand)
    const index = 2
    const root = backup.roots[index] ?? random.bytes(32)
    const fields = { pack: job.pack, index, root, group: backup.group.id, storedAt: world.clock.now() }
    const receipt = await signShardReceipt(backup.keeperOf(index).identity.deviceKey, fields)
    const report = { pack: job.pack, receipts: [receipt], read: 1, failed: [] }
    expect(await hand.coordinator.reportRepair(report)).toEqual([])
  })

  it('are not begun for a pack that a single device speaks of', async () => {
    const world = await start(9)
    const backup = await world.backUp()
    const { identity, coordinator } = backup.keeperOf(0)
    const roots = Array.from({ length: 6 }, () => random.bytes(32))
    const record = await signPackRecord(identity, { k: 2, n: 6, shardBytes: MiB, roots })
    const pack = await packIdOf(record)
    const group = idOf(parseGroupId, random.bytes(16))
    const shards = [0, 1].map((index) => ({ pack, index, group }))
    shards.push({ pack: backup.pack, index: 0, group: backup.group.id })
    const page = await signInventoryPage(identity.deviceKey, {
      takenAt: world.clock.now() + 1,
      page: 0,
      pages: 1,
      shards,
    })
    expect((await coordinator.reportInventory(page)).unknown).toEqual([pack])
    await coordinator.putRecord(record)
    await coordinator.reportInventory(page)
    await world.pass(3 * HOUR)
    await world.expectNobodyAsked()
    // When that one says so no more, nothing of it stays.
    expect(await world.groupOf(pack)).toBe(group)
    const takenAt = world.clock.now() + 1
    const without = { takenAt, page: 0, pages: 1, shards: shards.slice(2) }
    await coordinator.reportInventory(await signInventoryPage(identity.deviceKey, without))
    await world.catchUp()
    expect(await world.groupOf(pack)).toBeUndefined()
  })

  it('are begun for a pack that only keepers know of, once they hold it as only a whole backup is held', async () => {
    const world = await start(9)
    const { group, keeperOf } = await world.backUp()
    // Sent to its keepers after the copy of the database was made that is used now.
    const roots = Array.from({ length: 6 }, () => random.bytes(32))
    const { record, pack } = await world.signPack(roots)
    for (let index = 0; index < 6; index += 1) {
      const { identity, coordinator } = keeperOf(index)
      const shards = [{ pack, index, group: group.id }]
      const takenAt = world.clock.now() + 1
      const page = await signInventoryPage(identity.deviceKey, { takenAt, page: 0, pages: 1, shards })
      if ((await coordinator.reportInventory(page)).unknown.length > 0) {
        await coordinator.putRecord(record)
        await coordinator.reportInventory(page)
      }
    }
    await world.catchUp()
    await keeperOf(0).leave()
    await keeperOf(1).leave()
    await world.pass(48 * HOUR)
    const job = await taken(await world.hand())
    expect(job.successors.map(({ index }) => index)).toEqual([0, 1])
    expect(job.pack).toBe(pack)
  })

  it('are over when a keeper comes back, and its index counts once beside that of its successor', async () => {
    const { world, backup, hand } = await broken()
    const job = await taken(hand)
    await hand.coordinator.reportRepair({
      pack: job.pack,
      receipts: (await receiptsOf(world, backup, job)).slice(0, 1),
      read: 1,
      failed: [],
    })
    // Index 0 lies at a successor; 1 is missing still, which is one above the threshold.
    await backup.keeperOf(0).back() // now 0 lies twice
    await backup.keeperOf(2).leave()
    await world.pass(48 * HOUR)
    // 0, 3, 4, 5 are left: at the threshold, for all that five keepers hold a shard.
    const next = await world.hand()
    await backup.keeperOf(1).back()
    await until(async () => {
      await world.catchUp()
      return (await next.coordinator.takeRepair()) === undefined
    })
  })

  it('and how packs are is told to their owner, and to nobody else', async () => {
    const world = await start(9)
    expect(await world.health()).toEqual({ groups: [], endangered: [], unknown: 0 })
    const { pack, group, keeperOf } = await world.backUp()
    const other = await world.backUp()
    expect(await world.health()).toEqual({ groups: [], endangered: [], unknown: 2 })
    await world.catchUp()
    const of = { group: group.id, code: { k: 2, n: 6 }, crowding: group.crowding, trial: true }
    expect(await world.health()).toEqual({
      groups: [{ ...of, packs: [{ level: 'healthy', live: 6, packs: 2 }] }],
      endangered: [],
      unknown: 0,
    })
    // One of the two loses a shard that nobody is gone for.
    const { identity, coordinator } = keeperOf(0)
    const shards = [{ pack: other.pack, index: 0, group: group.id }]
    const page = await signInventoryPage(identity.deviceKey, {
      takenAt: world.clock.now() + 1,
      page: 0,
      pages: 1,
      shards,
    })
    await coordinator.reportInventory(page)
    await keeperOf(1).leave()
    await keeperOf(2).leave()
    await world.pass(48 * HOUR)
    expect(await world.health()).toEqual({
      groups: [
        {
          ...of,
          packs: [
            { level: 'alarm', live: 3, packs: 1 },
            { level: 'repair', live: 4, packs: 1 },
          ],
        },
      ],
      endangered: [{ pack, group: group.id, level: 'alarm', live: 3 }],
      unknown: 0,
    })
    expect((await world.healthOf(await newIdentity())).groups).toEqual([])
    for (const index of [1, 2]) await keeperOf(index).back()
    await until(async () => {
      await world.catchUp()
      return (await world.health()).groups[0]?.packs.every(({ live }) => live > 4) === true
    })
  })

  it('are shown to the operator in counts, and to nobody else', async () => {
    const { world, backup, hand } = await broken()
    for (const token of [undefined, 'the-token-of-the-stranger']) {
      await expect(world.figures(token)).rejects.toMatchObject({ code: 'not-signed-in' })
    }
    const code = { k: 2, n: 6 }
    const before = await world.figures(OPERATOR)
    expect(before).toMatchObject({
      online: 7,
      keepers: { new: 9, vetted: 0, warned: 0, suspended: 0, out: 0, counting: 4 },
      repairs: { waiting: 1, urgent: 0, alarm: 0, underWay: 0, lost: 0 },
      traffic: { movedBytes: 0, shardsMade: 0, storedBytes: 2 * MiB },
    })
    expect(before.risks).toEqual([{ code, level: 'repair', spare: 2, packs: 1 }])
    expect(JSON.stringify(before)).not.toMatch(/[0-9a-f]{16}/)

    const job = await taken(hand)
    await world.pass(11_000)
    expect((await world.figures(OPERATOR)).repairs).toMatchObject({ waiting: 0, underWay: 1 })
    const receipts = await receiptsOf(world, backup, job)
    await hand.coordinator.reportRepair({ pack: job.pack, receipts, read: 1, failed: [] })
    await world.pass(11_000)
    const after = await world.figures(OPERATOR)
    expect(after.repairs).toMatchObject({ waiting: 0, underWay: 0 })
    expect(after.traffic).toMatchObject({ movedBytes: 3 * MiB, shardsMade: 2 })
    expect(after.risks).toEqual([{ code, level: 'healthy', spare: 4, packs: 1 }])
  })

  it('begin when keepers admit that they have lost their shards', async () => {
    const world = await start(9)
    const backup = await world.backUp()
    await world.pass(1000)
    for (const index of [3, 4]) {
      const { identity, coordinator } = backup.keeperOf(index)
      const page = { takenAt: world.clock.now(), page: 0, pages: 1, shards: [] }
      await coordinator.reportInventory(await signInventoryPage(identity.deviceKey, page))
    }
    await world.catchUp()
    const job = await taken(await world.hand())
    expect(job.successors.map(({ index }) => index)).toEqual([3, 4])
  })

  it('do not wait for keepers that are late once a pack is in danger', async () => {
    const world = await start(12)
    const backup = await world.backUp()
    for (const index of [0, 1, 2]) await backup.keeperOf(index).leave()
    await world.pass(11 * HOUR)
    await world.expectNobodyAsked()
    await world.pass(HOUR)
    const job = await taken(await world.hand())
    expect(job.successors.map(({ index }) => index)).toEqual([0, 1, 2])
  })

  it('are tried where too few keepers count, of those that are out and there all the same', async () => {
    const world = await start(12)
    const backup = await world.backUp()
    const out = [1, 2, 3, 4, 5].map((index) => backup.keeperOf(index).identity.device)
    await world.turnOut(out)
    await world.pass(HOUR)
    expect((await world.figures(OPERATOR)).repairs).toMatchObject({ lost: 1 })
    const job = await taken(await world.hand())
    expect(job.successors.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5])
    expect(job.holders.filter(({ keeper }) => out.includes(keeper)).length).toBeGreaterThanOrEqual(4)
    // Nor is anything promised that nobody can give.
    for (const device of out) await world.keeperOf(device).leave()
    await world.pass(HOUR)
    await world.expectNobodyAsked()
  })

  it('are not needed for a pack that is lost where it was, and that its owner has sent to another group', async () => {
    const world = await start(12)
    const backup = await world.backUp()
    const { pack, record, roots, group } = backup
    const elsewhere = idOf(parseGroupId, random.bytes(16))
    const kept = new Set(group.slots.map(({ keeper }) => keeper))
    const others = [...world.keepers.values()].filter(({ identity }) => !kept.has(identity.device))
    const receipts = await Promise.all(
      others.map(({ identity }, index) =>
        signShardReceipt(identity.deviceKey, {
          pack,
          index,
          root: roots[index] ?? random.bytes(32),
          group: elsewhere,
          storedAt: world.clock.now(),
        }),
      ),
    )
    const lose = await world.withStores(async ({ groups, packs }) => {
      const [made] = await groups.ofId(group.id)
      if (made === undefined) throw new Error('It has a group.')
      const other = { ...made, id: elsewhere, storedBytes: 0 }
      await groups.add(other)
      for (const [index, { identity }] of others.entries())
        await groups.assign(other, index, identity.device, world.clock.now())
      const holders = await packs.holders([pack])
      return holders.map((holder) => () => world.withStores(({ packs }) => packs.removeHolder(holder)))
    })
    // While as many are left as bring it back, it stays where it is.
    for (const loseOne of lose.slice(0, 4)) await loseOne()
    await world.commit(record, elsewhere, receipts)
    expect(await world.groupOf(pack)).toBe(group.id)
    await lose[4]?.()
    await world.commit(record, elsewhere, receipts)
    expect(await world.groupOf(pack)).toBe(elsewhere)
    await world.pass(HOUR)
    expect((await world.figures(OPERATOR)).repairs).toMatchObject({ lost: 0, waiting: 0 })
  })

  it('come in the order of danger, and only as many at once as leave the network free', async () => {
    const world = await start(12)
    const backups = [await world.backUp(), await world.backUp(), await world.backUp()]
    const [mild, worst, other] = backups as [Backup, Backup, Backup]
    const admit = async (lost: ReadonlyMap<number, readonly PackId[]>) => {
      for (const [index, packs] of lost) {
        const { identity, coordinator } = mild.keeperOf(index)
        const kept = backups.filter(({ pack }) => !packs.includes(pack))
        const shards = kept.map(({ pack, group }) => ({ pack, index, group: group.id }))
        const page = { takenAt: world.clock.now(), page: 0, pages: 1, shards }
        await coordinator.reportInventory(await signInventoryPage(identity.deviceKey, page))
      }
    }
    await world.pass(1000)
    // All in one group: four shards of one are left, three of another, four of the third.
    await admit(
      new Map([
        [0, [mild.pack, worst.pack]],
        [1, [mild.pack, worst.pack]],
        [2, [worst.pack, other.pack]],
        [3, [other.pack]],
      ]),
    )
    await world.catchUp()
    const hand = await world.hand()
    const order: PackId[] = []
    for (let job = await hand.coordinator.takeRepair(); job !== undefined; job = await hand.coordinator.takeRepair()) {
      order.push(job.pack)
      // Twelve keepers carry one job at a time.
      await world.catchUp()
      for (const other of world.keepers.values()) {
        if (other !== hand) expect(await other.coordinator.takeRepair()).toBeUndefined()
      }
      const backup = backups.find(({ pack }) => pack === job.pack)
      if (backup === undefined) throw new Error('no such pack')
      const receipts = await receiptsOf(world, backup, job)
      await hand.coordinator.reportRepair({ pack: job.pack, receipts, read: 1, failed: [] })
    }
    expect(order).toHaveLength(3)
    expect(order[0]).toBe(worst.pack)
  })

  it('are known again after the coordinator was killed in the middle of one', async () => {
    const { world, backup, hand } = await broken()
    const job = await taken(hand)
    const receipts = await receiptsOf(world, backup, job)
    await world.restart()
    expect((await taken(hand)).pack).toBe(job.pack)
    expect(await hand.coordinator.reportRepair({ pack: job.pack, receipts, read: 1, failed: [] })).toEqual([0, 1])
    await world.pass(HOUR)
    await world.expectNobodyAsked()
  })
})
