/** Whole-shard reads in whole networks, on both databases: the real coordinator, real keepers that read, and some that lie. */
import { expect, it } from 'vitest'
import { openDatabase } from '../../signaling/db/database.ts'
import type { Stores } from '../../signaling/db/stores.ts'
import { createReads, type Reads } from '../../signaling/reads.ts'
import type { Caller } from '../../signaling/tokens.ts'
import { drill } from '../../src/backup/drill.ts'
import { toHex, type Bytes } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { idOf, parseDeviceId, type DeviceId } from '../../src/core/ids.ts'
import { DAY, HOUR, MINUTE, MiB, type Millis } from '../../src/core/units.ts'
import { createNetworks } from '../../src/durability/networks.ts'
import { newHand, reached } from '../../src/durability/hand.ts'
import { newReputation, standingOf } from '../../src/durability/reputation.ts'
import type { KeeperContext } from '../../src/keeping/keeper.ts'
import type { RepairJob, RepairReport } from '../../src/protocol/coordinator-messages.ts'
import { encodeRequest, SLICE_BYTES, type PeerRequest } from '../../src/protocol/peer-messages.ts'
import { openReadTicket } from '../../src/protocol/records.ts'
import { repairing } from '../../src/repair/repair.ts'
import { reedSolomon } from '../../src/erasure/reed-solomon.ts'
import { nextRead, readUntil } from '../sim/reading.ts'
import { emptyOwnerShelf, MemoryOwnerState } from '../../src/store/memory.ts'
import type { Visitor } from '../../src/identity/visitor.ts'
import type { RemotePeer } from '../../src/transport/transport.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type SimulatedKeeper } from '../sim/network.ts'
import { overBothDatabases } from './both-databases.ts'
import { clock as machineClock, newIdentity, random, until } from './coordinator-fixtures.ts'

interface Asked {
  readonly keeper: SimulatedKeeper['device']
  readonly remote: RemotePeer
  readonly head: PeerRequest
  readonly at: Millis
}

/** Notes what comes to keepers. */
const noting =
  (asked: Asked[]): Serving =>
  (context) => {
    const { transport, identity, clock } = context
    const serve = transport.serve.bind(transport)
    transport.serve = (handler) =>
      serve((request, remote, signal) => {
        asked.push({ keeper: identity.device, remote, head: request.head, at: clock.now() })
        return handler(request, remote, signal)
      })
    return context
  }

/** What each shard was asked for with, by its size: all that its keeper sees but what is drawn by chance. */
async function looksOf(asked: readonly Asked[], coordinator: Bytes): Promise<Map<number, object>> {
  const looks = new Map<number, object>()
  const nameOf = ({ keeper, remote, head }: Asked) =>
    head.type === 'read' ? `${keeper} ${remote.device} ${toHex(head.pack)} ${head.index}` : ''
  for (const name of new Set(asked.map(nameOf))) {
    const requests: (Record<string, unknown> & { readonly offset: number })[] = []
    let bytes = 0
    for (const { keeper, remote, head, at } of asked.filter((one) => name !== '' && nameOf(one) === name)) {
      if (head.type !== 'read') continue
      const { pack, index, offset, length, ticket: signed } = head
      if (requests.some((one) => one.offset === offset)) continue // once more
      const ticket = signed && (await openReadTicket(signed, coordinator))
      bytes = Math.max(bytes, offset + length)
      requests.push({
        fields: Object.keys(head),
        encodedBytes: encodeRequest(head).length,
        offset,
        length,
        ticketBytes: signed?.length,
        isForReader: ticket?.reader === remote.device,
        isForShard: ticket?.keeper === keeper && ticket.pack === toHex(pack) && ticket.index === index,
        goodForMinutes: ticket && Math.round((ticket.expiresAt - at) / MINUTE),
      })
    }
    if (bytes > 0) looks.set(bytes, requests)
  }
  return looks
}

/** What a keeper gives whoever reads, where it is not what it keeps. */
type Serving = (context: KeeperContext) => KeeperContext

const refusing =
  (
    isRefusing: (device: DeviceId, read: Extract<PeerRequest, { type: 'read' }>, remote: RemotePeer) => boolean,
  ): Serving =>
  (context) => {
    const { transport, identity } = context
    const serve = transport.serve.bind(transport)
    transport.serve = (handler) =>
      serve((request, remote, signal) =>
        request.head.type === 'read' && isRefusing(identity.device, request.head, remote)
          ? Promise.reject(new KeeptabError('peer-refused', 'Not now.'))
          : handler(request, remote, signal),
      )
    return context
  }

/** A reader says the same of each shard that it is to read in one look. */
async function saysOfAll(reads: Reads, caller: Caller, said: Pick<RepairReport, 'read' | 'failed'>): Promise<void> {
  for (;;) {
    const job = await reads.take(caller, caller.device)
    if (job === undefined) return
    await reads.report(caller, { pack: job.pack, receipts: [], ...said })
  }
}

overBothDatabases('whole shards that strangers read, over %s', (place, name) => {
  const { closers } = place

  /** A network of so many keepers, six of which hold a backup. */
  const start = async (count: number, change: Serving = (context) => context) => {
    let ahead = 0
    const clock = { now: () => machineClock.now() + ahead }
    const databaseUrl = await place.empty()
    const network = await startNetwork(0, { clock, databaseUrl })
    closers.push(() => network.close())
    const stores = await openDatabase({ dataDir: network.dataDir, url: databaseUrl })
    closers.push(() => stores.close())
    const run = <T>(work: (stores: Stores) => Promise<T>): Promise<T> => stores.transaction(work)
    for (let i = 0; i < count; i += 1) await network.addKeeper({ change })
    await backUp(await network.owner(), sourceOf('source', { file: noise('file', MiB) }))

    const standing = async ({ device }: SimulatedKeeper) => {
      const reputation = await run(({ reputations }) => reputations.get(device))
      return reputation && standingOf(reputation, clock.now())
    }
    const sum = async (name: 'served' | 'withheld' | 'unreached') =>
      (await run(({ tallies }) => tallies.from(0))).reduce((all, { tally }) => all + (tally[name] ?? 0), 0)
    const reading = { network, database: stores, clock, advance: (ms: Millis) => void (ahead += ms) }
    /** Reads of another coordinator on the same database, for which everybody is online, and whom it has asked. */
    const readsAlone = async () => {
      const asked: DeviceId[] = []
      const { deviceKey: key } = await newIdentity()
      const reads = createReads({
        database: stores,
        key,
        clock,
        random,
        oneMachine: true,
        isOnline: () => true,
        networks: createNetworks([]),
        ask: (device) => void asked.push(device),
        audits: { askFor: () => Promise.resolve() },
      })
      return { reads, asked }
    }
    return {
      network,
      run,
      clock,
      advance: (ms: Millis) => void (ahead += ms),
      readsAlone,
      sum,
      standing,
      nextRead: () => nextRead(reading),
      readUntil: (holds: () => Promise<boolean>) => readUntil(reading, holds),
      /** Of nobody else. */
      readOnly: (some: readonly SimulatedKeeper[]) =>
        run(async ({ reads }) => {
          for (const keeper of network.keepers)
            await reads.put(keeper.device, some.includes(keeper) ? clock.now() : Number.MAX_SAFE_INTEGER)
        }),
      barred: () => run(({ hands }) => hands.barred(clock.now())),
      /** Fewest shards that count of a pack. */
      live: async () =>
        Math.min(...(await run(({ packs }) => packs.healthCounts())).map(({ health }) => health?.live ?? Infinity)),
    }
  }

  it('find keepers that prove their leaves and serve nobody, or nobody a second shard: what they keep is made again, until they serve', async () => {
    const misers = new Set<DeviceId>()
    /** What each name was given first by the keeper that gives no second shard. */
    const firsts = new Map<string, string>()
    const givesFirst = (device: DeviceId, { pack }: { readonly pack: Bytes }, remote: RemotePeer) => {
      const name = `${device} ${remote.device}`
      if (!firsts.has(name)) firsts.set(name, toHex(pack))
      return firsts.get(name) === toHex(pack)
    }
    const sly = new Set<DeviceId>()
    const { network, readOnly, readUntil, standing, barred, live } = await start(
      8,
      refusing((device, read, remote) => misers.has(device) && (!sly.has(device) || !givesFirst(device, read, remote))),
    )
    const [one, two] = network.keepers.filter(({ shelf }) => shelf.shards.size > 0)
    if (one === undefined || two === undefined) throw new Error('Nobody keeps anything.')
    for (const { device } of [one, two]) misers.add(device)
    sly.add(two.device)
    await readOnly([one, two])
    await readUntil(
      async () => (await standing(one))?.state === 'suspended' && (await standing(two))?.state === 'suspended',
    )
    expect(await standing(one)).toMatchObject({ reason: 'withheld', leaves: 3, auditScore: 1 })
    await expect.poll(async () => (await network.catchUp(), live()), { timeout: 60_000 }).toBe(6)
    for (const keeper of network.keepers) {
      if (!misers.has(keeper.device)) expect((await standing(keeper))?.state).toBe('new')
    }
    expect(await barred()).toEqual(new Set())
    // Its screen says so as soon as it has proven one more leaf.
    await readUntil(() => Promise.resolve(one.keeper.state().standing?.reason === 'withheld'))
    misers.clear()
    await readUntil(async () => (await standing(one))?.leaves === 1)
    await readUntil(async () => (await standing(one))?.state === 'new')
  })

  // These have no more to do with the database.
  if (name !== 'SQLite') return

  it('look to a keeper like a restore from words, a drill and a repair', async () => {
    const asked: Asked[] = []
    const { network, advance, readOnly, readUntil, live } = await start(8, noting(asked))
    await readOnly([])
    const root = random.bytes(32)
    const owner = await network.owner(root)
    await backUp(owner, sourceOf('photos', { photo: noise('photo', MiB) }))
    await owner.transport.close()
    const { publicKey } = await owner.coordinator.info()
    const metIn = async (work: () => Promise<unknown>) => {
      asked.splice(0)
      await work()
      return [...asked]
    }

    const newDevice = await network.owner(root)
    const restored = await metIn(() => bringBack(newDevice))
    const drilled = await metIn(() => drill(newDevice, new MemoryOwnerState(emptyOwnerShelf())))
    await newDevice.transport.close()
    const holding = network.keepers.filter(({ shelf }) => shelf.shards.size > 0)
    const read = await metIn(async () => {
      await readOnly(holding)
      const wanted = new Set((await looksOf(restored, publicKey)).keys())
      await readUntil(async () => {
        const looks = await looksOf(asked, publicKey)
        return [...wanted].some((bytes) => bytes > SLICE_BYTES && looks.has(bytes))
      })
    })
    await readOnly([])
    const repaired = await metIn(async () => {
      const ofPhotos = holding.filter(({ shelf }) =>
        [...shelf.shards.values()].some((shard) => shard.owner === owner.identity.account),
      )
      for (const { die } of ofPhotos.slice(0, 2)) await die()
      while ((await live()) > 4 && asked.length === 0) {
        advance(HOUR)
        await network.catchUp()
      }
      await expect.poll(async () => (await network.catchUp(), live()), { timeout: 60_000 }).toBeGreaterThan(4)
    })

    const looks = await Promise.all([restored, drilled, read, repaired].map((one) => looksOf(one, publicKey)))
    const [whole, ...others] = looks
    expect(whole?.size).toBeGreaterThan(1)
    for (const look of others) {
      const sizes = [...look.keys()].filter((bytes) => whole?.has(bytes))
      expect(sizes.length).toBeGreaterThan(0)
      for (const bytes of sizes) expect(look.get(bytes)).toEqual(whole?.get(bytes))
    }
    // Nobody comes under a name that was met before, but to ask for heads, which only their owner may.
    const known = new Set([owner, newDevice, ...network.keepers].map(({ identity }) => identity.account))
    const names = [restored, drilled, read, repaired].map((one) => {
      const strangers = one.filter(({ head }) => head.type === 'read')
      for (const { remote } of strangers) expect(known.has(remote.account)).toBe(false)
      return new Set(strangers.map(({ remote }) => remote.account))
    })
    expect(new Set(names.flatMap((some) => [...some])).size).toBeGreaterThanOrEqual(3)
    const underOwnName = [...restored, ...drilled].filter(({ remote }) => known.has(remote.account))
    expect(new Set(underOwnName.map(({ head }) => head.type))).toEqual(new Set(['heads']))
  })

  it('tell a keeper that a shard has spoilt: it admits that, the shard is made again, and nobody is to blame', async () => {
    const asked: Asked[] = []
    const { network, readOnly, standing, barred } = await start(8, noting(asked))
    await readOnly([])
    const root = random.bytes(32)
    const owner = await network.owner(root)
    await backUp(owner, sourceOf('photos', { photo: noise('photo', MiB) }))
    const kept = () =>
      network.keepers.flatMap((keeper) =>
        [...keeper.shelf.shards.values()]
          .filter((shard) => shard.owner === owner.identity.account)
          .map((shard) => ({ keeper, shard })),
      )
    // With one of its six shards gone, a pack is made whole as soon as one more is.
    const gone = kept().find(({ shard }) => shard.index === 5)?.keeper
    const spoilt = kept().filter(({ shard }) => shard.index < 2)
    for (const { bytes } of spoilt.map(({ shard }) => shard)) bytes[7] = (bytes[7] ?? 0) ^ 1
    await gone?.keeper.lostAll()
    gone?.shelf.shards.clear()
    const readOnes = () =>
      spoilt.filter(({ shard }) =>
        asked.some(({ head }) => head.type === 'read' && head.index === shard.index && toHex(head.pack) === shard.pack),
      )
    while (readOnes().length === 0) await bringBack(await network.owner(root))
    const isMended = ({ keeper, shard: { pack, bytes } }: (typeof spoilt)[number]) => {
      const there = kept().filter(({ shard }) => shard.pack === pack)
      return keeper.keeper.state().lost > 0 && there.length > 4 && there.every(({ shard }) => shard.bytes !== bytes)
    }
    await expect.poll(async () => (await network.catchUp(), readOnes().every(isMended)), { timeout: 60_000 }).toBe(true)
    for (const { keeper } of spoilt) expect((await standing(keeper))?.state).toBe('new')
    expect(await barred()).toEqual(new Set())
  })

  it('are neither put off nor decided by five repairers that blame a keeper', async () => {
    const { network, run, advance, readsAlone, readOnly, standing } = await start(6)
    const [victim, ...liars] = network.keepers
    const shard = [...(victim?.shelf.shards.values() ?? [])][0]
    if (victim === undefined || shard === undefined) throw new Error('It keeps nothing.')
    await readOnly([victim])
    const readAt = () => run(async ({ reads }) => (await reads.get(victim.device))?.readAt)
    const dueAt = await readAt()
    const { reads } = await readsAlone()
    for (const { device } of liars) {
      // Words of what it does not keep come first, and are not looked into in place of the one that says something.
      const said = [9, 8, 7, 6, shard.index].map((index) => ({
        index,
        keeper: victim.device,
        what: 'corrupt' as const,
      }))
      await reads.suspect(device, shard.pack, said)
      advance(HOUR)
    }
    expect((await run((stores) => stores.reads.get(victim.device)))?.reports).toHaveLength(5)
    expect(await readAt()).toBe(dueAt)
    expect((await standing(victim))?.state).toBe('new')
  })

  it('are asked of nobody who is at a repair, and again of those who spoke a week ago where there is nobody else', async () => {
    const { network, run, advance, readsAlone, readOnly } = await start(6)
    const [keeper, last, ...others] = network.keepers
    const shard = [...(keeper?.shelf.shards.values() ?? [])][0]
    if (keeper === undefined || last === undefined || shard === undefined) throw new Error('It keeps nothing.')
    await readOnly([keeper])
    const { pack, index } = shard
    await run(async ({ reads, repairs }) => {
      for (const { device: reader } of others)
        await reads.addReport(keeper.device, { reader, outcome: 'withheld', at: machineClock.now(), pack, index })
      await repairs.want({ pack, level: 'repair', risk: 1 }, 0)
      await repairs.give(pack, last.device, 0, Number.MAX_SAFE_INTEGER)
    })
    const { reads, asked } = await readsAlone()
    const beatLater = async (ms: Millis) => {
      advance(ms)
      await reads.beat()
    }
    await beatLater(0)
    expect(asked).toEqual([])
    await run(({ repairs }) => repairs.takeBack(pack, 0, 0))
    await beatLater(3 * HOUR)
    expect(asked).toEqual([last.device])
    const caller = { device: last.device, account: last.identity.account }
    await saysOfAll(reads, caller, { read: 1, failed: [] })
    // One shard alone would not clear it. How many are drawn of the four that there are is left to chance, but not one alone.
    expect(asked.length).toBeGreaterThan(1)
    expect(new Set(asked.splice(0))).toEqual(new Set([last.device]))
    await beatLater(DAY)
    expect(asked).toEqual([])
    await beatLater(7 * DAY)
    await beatLater(3 * HOUR)
    expect(asked).toHaveLength(1)
  })

  it('go on counting what went well of a keeper that is suspended, also where nothing could be said of it for long', async () => {
    const { network, run, clock, advance, readsAlone, readOnly, standing } = await start(6)
    const [keeper, ...others] = network.keepers
    const shard = [...(keeper?.shelf.shards.values() ?? [])][0]
    if (keeper === undefined || shard === undefined) throw new Error('It keeps nothing.')
    await readOnly([keeper])
    const { pack, index } = shard
    const at = machineClock.now()
    await run(async ({ reads, reputations, hands }) => {
      const unread = { why: 'unreachable', at, left: 1 } as const
      await reputations.put(keeper.device, { ...newReputation(at), unread })
      for (let i = 0; i < 23; i += 1) {
        const reader = idOf(parseDeviceId, random.bytes(32))
        await reads.addReport(keeper.device, { reader, outcome: i < 2 ? 'served' : 'unreached', at, pack, index })
      }
      for (const { device } of others) await hands.put(device, reached(newHand, at))
    })
    const { reads, asked } = await readsAlone()
    const nextSays = async (read: number, failed: RepairReport['failed']) => {
      await reads.beat()
      const device = asked.pop()
      const reader = others.find((other) => other.device === device)
      if (reader === undefined) throw new Error('Nobody was asked.')
      const caller = { device: reader.device, account: reader.identity.account }
      await saysOfAll(reads, caller, { read, failed })
      asked.splice(0)
      return standing(keeper)
    }
    const shards = [...keeper.shelf.shards.values()]
    const unreachable = shards.map((one) => ({ index: one.index, keeper: keeper.device, what: 'unreachable' as const }))
    expect(await nextSays(0, unreachable)).toMatchObject({ state: 'suspended', leaves: 1 })
    // Everybody has spoken, and is asked again after a week: two that went well, by others, are forgotten with it.
    const saidAt = clock.now() - 8 * DAY
    await run(async ({ reads }) => {
      await reads.forgetReports(keeper.device)
      for (const [i, { device: reader }] of others.entries())
        await reads.addReport(keeper.device, {
          reader,
          outcome: i < 2 ? 'served' : 'unreached',
          at: saidAt,
          pack,
          index,
        })
    })
    advance(DAY)
    await reads.beat()
    expect(asked).toEqual([])
    advance(3 * HOUR)
    expect(await nextSays(0, unreachable)).toMatchObject({ state: 'suspended', leaves: 1 })
    advance(DAY)
    expect(await nextSays(1, [])).toMatchObject({ state: 'new' })
  })

  it('come about once a week from each keeper, and nothing is held against anybody', async () => {
    const { network, nextRead, sum, standing, barred } = await start(6)
    const [before, began] = [network.movedBytes(), await nextRead()]
    let now = began
    while (now < began + 10.5 * DAY) now = await nextRead()
    const served = await sum('served')
    expect(served).toBeGreaterThanOrEqual(6)
    expect(served).toBeLessThanOrEqual(6 * 3 + 2)
    expect([await sum('withheld'), await sum('unreached')]).toEqual([0, 0])
    expect(network.movedBytes() - before).toBeLessThanOrEqual(served * MiB)
    for (const keeper of network.keepers) expect(await standing(keeper)).toMatchObject({ state: 'new', auditScore: 1 })
    expect(await barred()).toEqual(new Set())
  })

  it('harm nobody when a reader lies, and it is asked no more, also by a coordinator that was started anew', async () => {
    const lies = new Set<DeviceId>()
    const { network, readUntil, nextRead, standing, barred, sum } = await start(6, (context) => {
      const { coordinator, transport, store, identity } = context
      let holders: RepairJob['holders'] = []
      const takeRepair = async (reader?: Visitor) => {
        const job = await coordinator.takeRepair(reader)
        holders = job?.holders ?? []
        return job
      }
      const reportRepair = (report: RepairReport) => {
        const failed = holders.map(({ index, keeper }) => ({ index, keeper, what: 'refused' }) as const)
        return coordinator.reportRepair(lies.has(identity.device) ? { ...report, failed } : report)
      }
      const lying = { ...coordinator, takeRepair, reportRepair }
      return { ...context, work: repairing({ coordinator: lying, transport, store, codec: reedSolomon }) }
    })
    const [liar] = network.keepers
    if (liar === undefined) throw new Error('There is no keeper.')
    lies.add(liar.device)
    // Whoever is paused serves and does not read.
    for (const { keeper } of network.keepers.slice(4)) await keeper.pause()
    await readUntil(async () => (await barred()).has(liar.device))
    expect(await barred()).toEqual(new Set([liar.device]))
    for (const keeper of network.keepers) expect((await standing(keeper))?.state).toBe('new')
    expect(await sum('withheld')).toBe(3)
    await network.restart()
    await until(() => network.online() === network.keepers.length)
    for (let reads = 0; reads < 4; reads += 1) await nextRead()
    expect(await sum('withheld')).toBe(3)
  })
})
