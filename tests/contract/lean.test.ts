/**
 * Groups of the lean code, (16,32), over both databases: made where keepers were seen to stay, and what is kept in one with
 * the real programs of owner, keepers and repairers.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Libsql from 'libsql'
import { afterEach, expect, it } from 'vitest'
import { enrol } from '../../signaling/audits.ts'
import { openDatabase } from '../../signaling/db/database.ts'
import { createPlacement } from '../../signaling/placement.ts'
import { dayOf } from '../../src/core/clock.ts'
import { signingKey } from '../../src/core/crypto.ts'
import { idOf, parseAccountId, parseDeviceId, type DeviceId } from '../../src/core/ids.ts'
import { PLATFORMS, type Platform } from '../../src/core/platform.ts'
import { DAY, GiB, HOUR, KiB, type Millis } from '../../src/core/units.ts'
import type { LastingLives } from '../../src/durability/lean.ts'
import { createNetworks } from '../../src/durability/networks.ts'
import { firstSeen, type PresenceHistory } from '../../src/durability/presence.ts'
import { newReputation } from '../../src/durability/reputation.ts'
import { openPackRecord } from '../../src/protocol/records.ts'
import { recode } from '../../src/repair/recode.ts'
import { emptyShelf } from '../../src/store/memory.ts'
import {
  backUp,
  bringBack,
  noise,
  sourceOf,
  startNetwork,
  type SimulatedKeeper,
  type SimulatedNetwork,
} from '../sim/network.ts'
import { overBothDatabases } from './both-databases.ts'
import { newIdentity, random, temporaryFolder, until } from './coordinator-fixtures.ts'
import type { Database } from '../../signaling/db/stores.ts'

const NOW = 20_000 * DAY

/** What is known of one that came so long ago and was there for such a share of each hour since. */
const history = (age: Millis, share: number): PresenceHistory => ({
  ...firstSeen(NOW - age),
  since: NOW,
  watchedMs: Array.from({ length: 24 }, () => 30 * HOUR),
  onlineMs: Array.from({ length: 24 }, () => share * 30 * HOUR),
})

/** Vetted, and known for so long. */
const getToKnow = (database: Database, keepers: readonly DeviceId[], age: Millis, share: number) =>
  database.transaction(async (stores) => {
    for (const device of keepers) {
      await enrol(stores, device, NOW - age, random)
      await stores.presences.put({ device, history: history(age, share), goneAt: undefined, gone: false })
      await stores.reputations.put(device, { ...newReputation(NOW - age), passed: 100 })
    }
  })

const measured = (days: number, gone: number) => ({
  watched: 100 * days * DAY,
  gone,
  returned: 0,
  returnedAfter: 0,
  availability: 0.8,
  grace: 2 * DAY,
})
const long: LastingLives = { long: measured(180, 18), recent: measured(30, 3) }
const short: LastingLives = { long: measured(180, 18), recent: measured(30, 60) }

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

overBothDatabases('lean groups over %s', (place) => {
  const empty = async () => {
    const dataDir = temporaryFolder()
    closers.push(() => rmSync(dataDir, { recursive: true, force: true }))
    return { dataDir, databaseUrl: await place.empty() }
  }

  interface Population {
    readonly lasting?: number
    readonly others?: number
    readonly share?: number
    readonly platforms?: readonly Platform[]
  }

  /** Keepers each in a network of its own, all there. */
  const network = async ({ lasting = 70, others = 10, share = 0.8, platforms = PLATFORMS.slice(0, 4) }: Population) => {
    const { dataDir, databaseUrl } = await empty()
    const database = await openDatabase({ dataDir, url: databaseUrl })
    closers.push(() => database.close())
    const all: DeviceId[] = Array.from({ length: lasting + others }, () => idOf(parseDeviceId, random.bytes(32)))
    await database.transaction(async ({ devices }) => {
      for (const [i, device] of all.entries()) {
        const account = idOf(parseAccountId, random.bytes(32))
        const platform = platforms[i % platforms.length] ?? 'other-other'
        const certificate = random.bytes(1)
        await devices.put({ device, account, certificate, block: `10.${i}.0.0/24`, platform, seenAt: NOW })
        await devices.setKeeping(device, { limitBytes: GiB, freeBytes: GiB, paused: false })
      }
    })
    await getToKnow(database, all.slice(0, lasting), 100 * DAY, share)
    await getToKnow(database, all.slice(lasting), 80 * DAY, share)
    let [lives, now] = [long, NOW]
    const clock = { now: () => (now += 1) }
    const parts = { database, clock, random, oneMachine: false, isOnline: () => true, networks: createNetworks([]) }
    const key = await signingKey(random.bytes(32))
    return {
      placement: createPlacement({ ...parts, key, lives: () => Promise.resolve(lives) }),
      become: (other: LastingLives) => (lives = other),
      stays: new Set(all.slice(0, lasting)),
      owner: () => ({
        device: idOf(parseDeviceId, random.bytes(32)),
        account: idOf(parseAccountId, random.bytes(32)),
      }),
    }
  }

  it('are made of keepers that stay alone, and who takes over a place in them is one, too', async () => {
    const { placement, owner, stays } = await network({})
    const caller = owner()
    const group = await placement.open(caller)
    expect(group).toMatchObject({ code: { k: 16, n: 32 }, happy: 28, trial: false })
    let { slots } = group
    expect(slots).toHaveLength(32)
    for (const { index, keeper } of slots.slice(0, 12))
      ({ slots } = await placement.replace(caller, group.id, { index, keeper, reason: 'refused' }))
    for (const { keeper } of slots) expect(stays).toContain(keeper)
    expect(group.crowding).toMatchObject({ network: 1, waived: ['operator'] })
  })

  it.each<[string, Population & { readonly lives?: LastingLives }]>([
    ['where too few keepers have stayed', { lasting: 63, others: 30 }],
    ['where keepers of that age go too soon of late', { lives: short }],
    ['where little was seen of them', { lives: { long: undefined, recent: undefined } }],
    ['where they are away too much for a restore', { share: 0.6 }],
    ['where too many are on one platform for its caps', { platforms: PLATFORMS.slice(0, 2) }],
  ])('are not made %s: then it is (16,48)', async (_why, { lives = long, ...population }) => {
    const { placement, owner, become } = await network(population)
    become(lives)
    expect((await placement.open(owner())).code).toEqual({ k: 16, n: 48 })
  })

  it('take no new packs once lives have become shorter, and one of (16,48) goes on where a lean one could be', async () => {
    const { placement, owner, become } = await network({})
    const caller = owner()
    const lean = await placement.open(caller)
    expect((await placement.open(caller)).id).toBe(lean.id)
    become(short)
    const normal = await placement.open(caller)
    expect(normal.code).toEqual({ k: 16, n: 48 })
    become(long)
    expect((await placement.open(caller)).id).toBe(normal.id)
    expect((await placement.get(caller, lean.id)).slots).toHaveLength(32)
  })
})

it('a real backup in a lean group: 27 of 32 shards are left alone, 26 are repaired by strangers, and sixteen bring it back', async () => {
  const files = { 'one.bin': noise('one', 40 * KiB) }
  let ahead = 0
  const clock = { now: () => NOW + ahead }
  const stored = { dataDir: temporaryFolder() }
  closers.push(() => rmSync(stored.dataDir, { recursive: true, force: true }))
  const identities = await Promise.all(Array.from({ length: 66 }, () => newIdentity()))
  const database = await openDatabase(stored)
  const devices = identities.map(({ device }) => device)
  await getToKnow(database, devices, 200 * DAY, 0.9)
  await database.transaction(async ({ tallies }) => {
    // A hundred keepers of one shard each, of which one goes in two months.
    for (let day = dayOf(NOW) - 180; day < dayOf(NOW); day += 1) {
      const [watched, gone] = [100 * 24 * 60, Number(day % 60 === 0)]
      await tallies.add(day, { 'lasting.watched': watched, 'lasting.squares': watched, 'lasting.gone': gone })
      await tallies.add(day, { 'lasting.online': 0.9 * watched, 'lasting.grace': 48 * watched })
    }
  })
  await database.close()
  const network = await startNetwork(0, { clock, apart: true, ...stored })
  closers.push(() => network.close())
  await Promise.all(identities.map((identity) => network.addKeeper({ again: { identity, shelf: emptyShelf() } })))
  const root = noise('root', 32)
  const owner = await network.owner(root)
  const { result } = await backUp(owner, sourceOf('files', files))
  expect(result.state).toBe('safe')
  await owner.transport.close()
  const shardsAt = ({ shelf }: SimulatedKeeper) =>
    [...shelf.shards.values()].filter((shard) => shard.owner === owner.identity.account)
  const shardsOn = (keepers: readonly SimulatedKeeper[]) => {
    const found = new Map<string, Set<number>>()
    for (const keeper of keepers)
      for (const { pack, index } of shardsAt(keeper)) found.set(pack, (found.get(pack) ?? new Set()).add(index))
    return [...found.values()].map(({ size }) => size)
  }
  const holding = network.keepers.filter((keeper) => shardsAt(keeper).length > 0)
  expect(holding).toHaveLength(32)
  expect(new Set(shardsOn(holding))).toEqual(new Set([32]))

  await movesWhenLivesFall(network, () => (ahead += 2 * HOUR))

  const dead = new Set<SimulatedKeeper>()
  const living = () => network.keepers.filter((keeper) => !dead.has(keeper))
  const kill = async (some: readonly SimulatedKeeper[]) => {
    const left = network.online() - some.length
    for (const keeper of some) {
      dead.add(keeper)
      await keeper.die()
    }
    await until(() => network.online() <= left)
  }
  const pass = async (hours: number) => {
    for (let hour = 0; hour < hours; hour += 24) {
      ahead += 24 * HOUR
      await network.catchUp()
    }
  }
  await kill(holding.slice(0, 5))
  await pass(72)
  expect(new Set(shardsOn(living()))).toEqual(new Set([27]))
  await kill(holding.slice(5, 6))
  await pass(48)
  await expect
    .poll(
      async () => {
        await network.catchUp()
        return Math.min(...shardsOn(living()))
      },
      { timeout: 60_000, interval: 200 },
    )
    .toBe(32)

  await kill(
    living()
      .filter((keeper) => shardsAt(keeper).length > 0)
      .slice(16),
  )
  await kill(living().filter((keeper) => shardsAt(keeper).length === 0))
  expect(new Set(shardsOn(living()))).toEqual(new Set([16]))
  const { files: found } = await bringBack(await network.owner(root))
  for (const [path, bytes] of Object.entries(files))
    expect(Buffer.compare(found.get(`files/${path}`) ?? noise('', 0), bytes)).toBe(0)
}, 120_000)

/** What another owner has in a lean group moves to (16,48) once keepers that have stayed go sooner, and comes back. */
async function movesWhenLivesFall(network: SimulatedNetwork, timePasses: () => unknown): Promise<void> {
  const source = sourceOf('moving', { 'two.bin': noise('two', 40 * KiB) })
  const root = noise('another', 32)
  const owner = await network.owner(root)
  const codes = async () => {
    const ids = (await owner.coordinator.ownPacks()).map(({ pack }) => pack)
    const records = await Promise.all(
      (await owner.coordinator.locatePacks(ids)).map(({ record }) => openPackRecord(record)),
    )
    return new Set(records.map(({ k, n }) => `${k} of ${n}`))
  }
  await backUp(owner, source)
  await network.catchUp()
  expect(await codes()).toEqual(new Set(['16 of 32']))
  expect(await recode(owner, [source], { patienceMs: 0 })).toBe(0)
  const gone = (amount: number) => {
    const database = new Libsql(join(network.dataDir, 'coordinator.sqlite'), { timeout: 5000 })
    database
      .prepare("update tallies set amount = ? where name = 'lasting.gone' and day = ?")
      .run([amount, dayOf(NOW) - 60])
    database
      .prepare("insert into tallies values (?, 'lasting.gone', ?) on conflict do update set amount = excluded.amount")
      .run([dayOf(NOW) - 1, amount])
    database.close()
    timePasses()
  }
  gone(80)
  expect(await recode(owner, [source], { patienceMs: 0 })).toBeGreaterThan(0)
  expect(await codes()).toEqual(new Set(['16 of 32', '16 of 48']))
  expect(await recode(owner, [source], { patienceMs: 0 })).toBe(0)
  for (const { shelf } of network.keepers)
    for (const [name, { record, owner: of }] of shelf.shards)
      if (of === owner.identity.account && (await openPackRecord(record)).n === 32) shelf.shards.delete(name)
  await owner.transport.close()
  const { files } = await bringBack(await network.owner(root))
  expect(Buffer.compare(files.get('moving/two.bin') ?? noise('', 0), noise('two', 40 * KiB))).toBe(0)
  gone(0)
}
