/** Whole-shard reads in whole networks, on both databases: the real coordinator, real keepers that read, and some that lie. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../signaling/db/database.ts'
import type { Stores } from '../../signaling/db/stores.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import type { DeviceId } from '../../src/core/ids.ts'
import { DAY, MiB, type Millis } from '../../src/core/units.ts'
import { standingOf } from '../../src/durability/reputation.ts'
import type { KeeperContext } from '../../src/keeping/keeper.ts'
import type { RepairJob, RepairReport } from '../../src/protocol/coordinator-messages.ts'
import { repairing } from '../../src/repair/repair.ts'
import { reedSolomon } from '../../src/erasure/reed-solomon.ts'
import { nextRead, readUntil } from '../sim/reading.ts'
import { backUp, noise, sourceOf, startNetwork, type SimulatedKeeper } from '../sim/network.ts'
import { clock as machineClock, databases, until } from './coordinator-fixtures.ts'

/** What a keeper gives whoever reads, where it is not what it keeps. */
type Serving = (context: KeeperContext) => KeeperContext

const refusing =
  (isRefusing: (device: DeviceId) => boolean): Serving =>
  (context) => {
    const { transport, identity } = context
    const serve = transport.serve.bind(transport)
    transport.serve = (handler) =>
      serve((request, remote, signal) =>
        request.head.type === 'read' && isRefusing(identity.device)
          ? Promise.reject(new KeeptabError('peer-refused', 'Not now.'))
          : handler(request, remote, signal),
      )
    return context
  }

describe.each(databases)('whole shards that strangers read, over %s', (name, database) => {
  let place: Awaited<ReturnType<typeof database>>
  const closers: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    place = await database()
  })
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })
  afterAll(async () => {
    await place.stop()
  })

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
    return {
      network,
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

  it('find keepers that prove their leaves and serve nobody: what they keep is made again, until they serve', async () => {
    const misers = new Set<DeviceId>()
    const { network, readOnly, readUntil, standing, barred, live } = await start(
      8,
      refusing((device) => misers.has(device)),
    )
    const [one, two] = network.keepers.filter(({ shelf }) => shelf.shards.size > 0)
    if (one === undefined || two === undefined) throw new Error('Nobody keeps anything.')
    for (const { device } of [one, two]) misers.add(device)
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
      const takeRepair = async () => {
        const job = await coordinator.takeRepair()
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
