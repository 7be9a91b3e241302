/** Giving space back: a keeper's shards go to others and leave its disk only then, whatever happens in between. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import Libsql from 'libsql'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import type { Bytes } from '../../src/core/bytes.ts'
import type { Clock } from '../../src/core/clock.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { parsePackId, type DeviceId, type PackId } from '../../src/core/ids.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { DAY, MiB } from '../../src/core/units.ts'
import type { Coordinator } from '../../src/coordinator/coordinator.ts'
import type { KeeperContext, KeeperState } from '../../src/keeping/keeper.ts'
import {
  openPackRecord,
  openPlacementTicket,
  signPlacementTicket,
  signShardReceipt,
} from '../../src/protocol/records.ts'
import { storeShard } from '../../src/transport/keeper-client.ts'
import type { PeerHandler, Transport } from '../../src/transport/transport.ts'
import {
  backUp,
  bringBack,
  noise,
  sourceOf,
  startNetwork,
  type SimulatedKeeper,
  type SimulatedNetwork,
} from '../sim/network.ts'
import { connect, temporaryFolder } from './coordinator-fixtures.ts'
import { OneKeeper } from '../soak/one-keeper.ts'

const files = { 'one.bin': noise('one', 3 * MiB), 'two.bin': noise('two', 2 * MiB) }
const nothing = { limitBytes: 0 }

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  endTheDead()
  for (const close of closers.splice(0).reverse()) await close()
})

/** Six keepers with a backup, one of them to give space back, and others beside them. */
async function start(others: number, clock?: Clock) {
  const network = await startNetwork(6, clock && { clock })
  closers.push(() => network.close())
  const root = noise('root', 32)
  const owner = await network.owner(root)
  const { result } = await backUp(owner, sourceOf('files', files))
  expect(result.state).toBe('safe')
  for (let i = 0; i < others; i += 1) await network.addKeeper()
  const [giver] = network.keepers
  if (giver === undefined) throw new Error('no keeper was started')
  return { network, giver, owner, root }
}

/** Resolves with the first state, now or later, that is as wanted. */
function state({ keeper }: SimulatedKeeper, wanted: (state: KeeperState) => boolean): Promise<KeeperState> {
  return new Promise((resolve) => {
    const look = (state: KeeperState) => {
      if (!wanted(state)) return
      end()
      resolve(state)
    }
    const end = keeper.onChange(look)
    look(keeper.state())
  })
}

const isWithin = ({ usedBytes, limitBytes, giving }: KeeperState) => usedBytes <= limitBytes && giving === undefined

/** The files that came back are those that were backed up. */
function expectFiles(found: ReadonlyMap<string, Bytes>): void {
  expect([...found.keys()].sort()).toEqual(Object.keys(files).map((path) => `files/${path}`))
  for (const [path, bytes] of Object.entries(files)) {
    expect(Buffer.compare(found.get(`files/${path}`) ?? noise('', 0), bytes)).toBe(0)
  }
}

/** How often each shard lies on a disk, only those that are what their owner signed. */
async function copies({ keepers }: SimulatedNetwork): Promise<Map<string, DeviceId[]>> {
  const found = new Map<string, DeviceId[]>()
  for (const { device, shelf } of new Map(keepers.map((keeper) => [keeper.device, keeper])).values()) {
    for (const { pack, index, record, bytes } of shelf.shards.values()) {
      expect(await merkleRoot(bytes)).toEqual((await openPackRecord(record)).roots[index])
      const name = `${pack}-${index}`
      found.set(name, [...(found.get(name) ?? []), device])
    }
  }
  return found
}

/** The coordinator knows of every shard where it lies, and of no other. */
async function expectKnown(network: SimulatedNetwork, { coordinator }: OwnerContext): Promise<void> {
  const found = await copies(network)
  const packs = new Set([...found.keys()].map((name) => parsePackId(name.slice(0, 64))))
  const known = new Map<string, DeviceId[]>()
  for (const { pack, holders } of await coordinator.locatePacks([...packs])) {
    for (const { index, keeper } of holders) {
      known.set(`${pack}-${index}`, [...(known.get(`${pack}-${index}`) ?? []), keeper])
    }
  }
  expect(known).toEqual(found)
}

/** The context with some of its methods replaced. */
const withCoordinator = (
  context: KeeperContext,
  change: (honest: Coordinator) => Partial<Coordinator>,
): KeeperContext => ({
  ...context,
  coordinator: { ...context.coordinator, ...change(context.coordinator) },
})

describe('a keeper that keeps more than its limit', () => {
  it('hands all of it over, keeps none of it, and the backup comes back from the new holders', async () => {
    const { network, giver, root } = await start(2)
    const before = await copies(network)
    const mine = [...giver.shelf.shards.keys()]
    expect(mine.length).toBeGreaterThan(3)
    await giver.keeper.setLimits(nothing)
    const { lost } = await state(giver, isWithin)
    expect(lost).toBe(0)
    expect(giver.shelf.shards.size).toBe(0)
    const after = await copies(network)
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
    for (const name of mine) expect(after.get(name)).toHaveLength(1)
    // Of the code's six two are enough: one that was there before, and the one that took over.
    const successor = network.keepers.find(({ device }) => after.get(mine[0] ?? '')?.includes(device))
    const other = network.keepers.find(
      (keeper) => keeper !== giver && keeper.shelf.shards.size > 0 && keeper !== successor,
    )
    if (successor === undefined || other === undefined) throw new Error('nobody took over')
    for (const keeper of network.keepers) if (keeper !== successor && keeper !== other) await keeper.die()
    expectFiles((await bringBack(await network.owner(root))).files)
  })

  it('hands over no more than it has to, one group and index before the next, and takes nothing meanwhile', async () => {
    const { network, giver, owner } = await start(1)
    const { usedBytes, shards } = giver.keeper.state()
    const smallest = Math.min(...[...giver.shelf.shards.values()].map(({ sizeBytes }) => sizeBytes))
    await giver.keeper.setLimits({ limitBytes: usedBytes - 1 })
    const { usedBytes: left } = await state(giver, isWithin)
    expect(left).toBeLessThan(usedBytes)
    expect(giver.keeper.state().shards).toBeGreaterThanOrEqual(shards - 1)
    await giver.keeper.setLimits({ limitBytes: Math.max(1, left - smallest) })
    await backUp(owner, sourceOf('more', { 'more.bin': noise('more', 2 * MiB) }))
    await state(giver, isWithin)
    expect(giver.keeper.state().usedBytes).toBeLessThanOrEqual(Math.max(1, left - smallest))
    expect(network.keepers.every(({ keeper }) => keeper.state().lost === 0)).toBe(true)
  })

  it('keeps everything while nobody else has room, says so, and goes on when somebody has', async () => {
    const { network, giver } = await start(0)
    const { usedBytes } = giver.keeper.state()
    await giver.keeper.setLimits(nothing)
    const { giving } = await state(giver, ({ giving }) => giving?.waiting === true)
    expect(giving).toEqual({ doneBytes: 0, leftBytes: usedBytes, waiting: true })
    expect(giver.keeper.state().usedBytes).toBe(usedBytes)
    await network.addKeeper()
    await giver.keeper.setLimits(nothing) // as a minute would
    await state(giver, isWithin)
  })

  it('counts what it sends, to the byte, as its successor counts what it takes in', async () => {
    const { network, giver } = await start(1)
    const [, , , , , , successor] = network.keepers
    const { usedBytes, servedBytes } = giver.keeper.state()
    await giver.keeper.setLimits(nothing)
    await state(giver, isWithin)
    expect(giver.keeper.state().servedBytes - servedBytes).toBe(usedBytes)
    expect(successor?.keeper.state().receivedBytes).toBe(usedBytes)
    expect(giver.shelf.traffic?.servedBytes ?? 0).toBeLessThanOrEqual(usedBytes)
    await giver.keeper.stop()
    expect(giver.shelf.traffic?.servedBytes).toBe(usedBytes)
  })

  it('gives its owner’s newest heads to the successor beside the shards', async () => {
    const { network, giver } = await start(1)
    expect(giver.shelf.heads.size).toBe(1)
    await giver.keeper.setLimits(nothing)
    await state(giver, isWithin)
    expect([...(network.keepers[6]?.shelf.heads.keys() ?? [])]).toEqual([...giver.shelf.heads.keys()])
  })
})

/** What its coordinator no longer counts for a keeper that gives everything back. */
describe('a shard that does not count any more', () => {
  /** Runs a statement in the coordinator's database. */
  const change = ({ dataDir }: SimulatedNetwork, sql: string, ...values: (string | number)[]) => {
    const database = new Libsql(join(dataDir, 'coordinator.sqlite'), { timeout: 5000 })
    try {
      database.prepare(sql).run(values)
    } finally {
      database.close()
    }
  }
  const shardOf = ({ shelf }: SimulatedKeeper) => {
    const [shard] = shelf.shards.values()
    if (shard === undefined) throw new Error('nothing is kept')
    return shard
  }
  /** As after a question that it did not answer in time. */
  const disprove = (network: SimulatedNetwork, keeper: SimulatedKeeper, { pack, index } = shardOf(keeper)) => {
    const where = [pack, index, keeper.device] as const
    change(network, 'delete from holders where pack = ? and shard = ? and keeper = ?', ...where)
    change(network, "insert into disproofs values (?, ?, ?, ?, 'late', null)", ...where, Date.now())
    return { pack, index }
  }

  it('because it was not proven in time, but is sound, is handed over like the others', async () => {
    const { network, giver, owner } = await start(1)
    const { pack, index } = disprove(network, giver)
    await giver.keeper.setLimits(nothing)
    await state(giver, isWithin)
    const successor = network.keepers[6]?.device
    const [located] = await owner.coordinator.locatePacks([pack])
    expect(located?.holders.filter((holder) => holder.index === index).map(({ keeper }) => keeper)).toEqual([successor])
  })

  it('because it was made again elsewhere goes without a byte: who has it signs for it', async () => {
    const { network, giver } = await start(1)
    const { pack, index, record, bytes, owner, group, sizeBytes } = shardOf(giver)
    await giver.die()
    const twin = await network.addKeeper({
      change: (context) => {
        void context.store.setLimit(sizeBytes)
        return context
      },
      limits: { limitBytes: sizeBytes },
    })
    twin.shelf.shards.set(`${pack}-${index}`, { pack, index, record, bytes, owner, group, sizeBytes })
    change(network, 'insert into slots values (?, ?, ?, ?, 1, 1, ?)', owner, group, index, twin.device, 'handed-over')
    disprove(network, giver)
    change(network, "insert into holders values (?, ?, ?, ?, ?, '')", pack, index, twin.device, group, Date.now())
    const back = await network.addKeeper({ again: giver, limits: nothing })
    await state(back, isWithin)
    expect(twin.keeper.state().receivedBytes).toBe(0)
  })

  it('because its owner never committed its pack, or is known no more, is handed over, too', async () => {
    const { network, giver } = await start(0)
    const owner = await network.owner()
    const { pack } = await (await OneKeeper.meet(owner, giver.device)).store()
    const { owner: gone } = shardOf(giver)
    for (const table of ['groups', 'packs', 'condemnations'])
      change(network, `delete from ${table} where owner = ?`, gone)
    for (const table of ['accounts', 'devices', 'heads', 'past_heads'])
      change(network, `delete from ${table} where account = ?`, gone)
    change(network, 'delete from slots where group_id not in (select id from groups)')
    change(network, 'delete from records where name not in (select id from packs)')
    change(network, 'delete from holders where pack not in (select id from packs)')
    await network.addKeeper()
    const before = await copies(network)
    expect([...before.keys()].some((name) => name.startsWith(pack))).toBe(true)
    await giver.keeper.setLimits(nothing)
    await state(giver, isWithin)
    expect([...(await copies(network)).keys()].sort()).toEqual([...before.keys()].sort())
  })

  it('and was never given to it, or has no record any more, is told to be needed by nobody, and goes 30 days later', async () => {
    const now = Date.now()
    const { network, giver } = await start(0, { now: () => now })
    const { pack, index, group, sizeBytes } = shardOf(giver)
    const lost = await (await OneKeeper.meet(await network.owner(), giver.device)).store()
    const name = `${lost.pack}-${lost.index}`
    const kept = giver.shelf.shards.get(name)
    if (kept === undefined) throw new Error('it was not stored')
    giver.shelf.shards.set(name, { ...kept, record: noise('what is left of it', 100) })
    await network.addKeeper()
    change(network, 'delete from holders where pack = ? and shard = ? and keeper = ?', pack, index, giver.device)
    change(network, 'delete from slots where group_id = ? and keeper = ?', group, giver.device)
    const other = network.keepers[6]?.device ?? giver.device
    change(network, "insert into holders values (?, ?, ?, ?, ?, '')", pack, index, other, group, Date.now())
    await giver.keeper.setLimits(nothing)
    const { unneeded } = await state(giver, ({ usedBytes, unneeded }) => usedBytes === unneeded?.sizeBytes)
    expect(unneeded).toEqual({ sizeBytes: sizeBytes + kept.sizeBytes, goneAt: now + 30 * DAY })
  })
})

/** Whoever took shards over after the copy was made is not known to it, and those it knows have nothing any more. */
describe('where the coordinator was put back to a copy from before shards were handed over, their new keepers', () => {
  it('are read from, and not told that nobody needs them', async () => {
    let ahead = 0
    const clock = { now: () => Date.now() + ahead }
    const { network, root } = await start(0, clock)
    const copy = temporaryFolder()
    cpSync(network.dataDir, copy, { recursive: true })
    const givers = [...network.keepers]
    const takers = await Promise.all(givers.map(() => network.addKeeper()))
    for (const giver of givers) {
      await giver.keeper.setLimits(nothing)
      await state(giver, isWithin)
    }
    await network.close()

    const again = await startNetwork(0, { dataDir: copy, clock })
    closers.push(() => again.close())
    for (const { identity, shelf } of takers) await again.addKeeper({ again: { identity, shelf } })
    const words = await again.owner(root)
    const packs = (await words.coordinator.ownPacks()).map(({ pack }) => pack)
    // They are online before the coordinator has heard what they keep.
    await vi.waitUntil(
      async () =>
        (await words.coordinator.locatePacks(packs)).every(
          ({ holders }) => holders.filter(({ beside }) => beside).length === takers.length,
        ),
      10_000,
    )
    expectFiles((await bringBack(words)).files)
    for (let days = 4; days > 0; days -= 1) {
      ahead += DAY
      await again.catchUp()
    }
    for (const { identity, shelf } of takers) {
      const asker = connect(again.url, identity, undefined, undefined, clock)
      expect(await asker.unneeded([...shelf.shards.values()])).toEqual([])
    }
  })
})

/** Where a keeper dies: each stops the world of that keeper for good at one step, until the test is over. */
let forever: Promise<never>
let endTheDead: () => void = () => undefined
beforeEach(() => {
  forever = new Promise((_, reject) => {
    endTheDead = () => reject(new Error('the test is over'))
  })
  forever.catch(() => undefined)
})
const deaths: Readonly<Record<string, (context: KeeperContext, died: () => void) => KeeperContext>> = {
  'before it has asked who takes over': (context, died) =>
    withCoordinator(context, () => ({
      handOver: () => {
        died()
        return forever
      },
    })),
  'when it knows who takes over': (context, died) =>
    withCoordinator(context, (honest) => ({
      handOver: async (...asked) => {
        await honest.handOver(...asked)
        died()
        return forever
      },
    })),
  'in the middle of a shard': (context, died) => ({
    ...context,
    transport: sending(context.transport, (call, slices) => {
      if (slices < 2) return call()
      died()
      return forever
    }),
  }),
  'with the receipts in its hand': (context, died) =>
    withCoordinator(context, () => ({
      handedOver: () => {
        died()
        return forever
      },
    })),
  'when the coordinator has moved the shards': (context, died) =>
    withCoordinator(context, (honest) => ({
      handedOver: async (receipts) => {
        await honest.handedOver(receipts)
        died()
        return forever
      },
    })),
  'after the first shard has left its disk': (context, died) => ({
    ...context,
    store: changed(context.store, {
      remove: async (name) => {
        await context.store.remove(name)
        died()
        return forever
      },
    }),
  }),
}

function sending(honest: Transport, onSlice: <T>(call: () => Promise<T>, slices: number) => Promise<T>): Transport {
  let slices = 0
  return changed(honest, {
    connect: async (...to) => {
      const link = await honest.connect(...to)
      return changed(link, {
        call: (request, options) => {
          if (request.head.type !== 'slice') return link.call(request, options)
          slices += 1
          return onSlice(() => link.call(request, options), slices)
        },
      })
    },
  })
}

function changed<T extends object>(honest: T, change: Partial<T>): T {
  return new Proxy(honest, {
    get(target, property) {
      if (Object.hasOwn(change, property)) return Reflect.get(change, property) as unknown
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

describe('a keeper that is killed while it gives space back', () => {
  for (const [when, dying] of Object.entries(deaths)) {
    it(`${when} has lost nothing, and its next start goes on`, async () => {
      const { network, giver, owner } = await start(1)
      const before = await copies(network)
      await giver.die()
      let died: () => void = () => undefined
      const death = new Promise<void>((resolve) => (died = resolve))
      const again = { identity: giver.identity, shelf: giver.shelf }
      await network.addKeeper({ again, limits: nothing, change: (context) => dying(context, died) })
      await death
      // Every shard is somewhere, whole.
      expect([...(await copies(network)).keys()].sort()).toEqual([...before.keys()].sort())
      // Whoever starts the same device again takes its place on the network, as after a power cut.
      const back = await network.addKeeper({ again, limits: nothing })
      await state(back, isWithin)
      expect(back.keeper.state().lost).toBe(0)
      expect([...(await copies(network)).keys()].sort()).toEqual([...before.keys()].sort())
      await expectKnown(network, owner)
    })
  }
})

describe('a successor', () => {
  it('is asked again at once where it was the giver’s own disk that refused', async () => {
    const { network, giver } = await start(1)
    await giver.die()
    let refusals = 0
    const refusing = ({ store }: KeeperContext) =>
      changed(store, {
        read: async (name, offset, length) => {
          if (length > 0 && ++refusals === 1) throw new KeeptabError('store-failed')
          return store.read(name, offset, length)
        },
      })
    const again = { identity: giver.identity, shelf: giver.shelf }
    const change = (context: KeeperContext) => ({ ...context, store: refusing(context) })
    const back = await network.addKeeper({ again, limits: nothing, change })
    await state(back, isWithin)
    expect(refusals).toBeGreaterThan(1)
    expect(giver.shelf.shards.size).toBe(0)
  })

  /** A successor whose answers to the last slice of a shard are another's, and the keeper that is to believe it. */
  const lies: Readonly<Record<string, (receipt: Bytes, context: KeeperContext) => Promise<Bytes>>> = {
    'signs for another shard': async (_, { identity }) =>
      signShardReceipt(identity.deviceKey, {
        pack: 'ab'.repeat(32) as PackId,
        index: 0,
        root: noise('root of another', 32),
        group: 'cd'.repeat(16) as never,
        storedAt: Date.now(),
      }),
    'sends what is no receipt': () => Promise.resolve(noise('nothing', 100)),
    'spoils its signature': (receipt) => {
      const spoilt = receipt.slice()
      spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1
      return Promise.resolve(spoilt)
    },
  }
  for (const [how, lie] of Object.entries(lies)) {
    it(`that ${how} gets nothing taken off a disk for it, and another one is asked`, async () => {
      const { network, giver, owner } = await start(0)
      const { usedBytes } = giver.keeper.state()
      const [mine] = giver.shelf.shards.values()
      if (mine === undefined) throw new Error('nothing is kept')
      await network.addKeeper({ change: (context) => ({ ...context, transport: lying(context, lie) }) })
      await giver.keeper.setLimits(nothing)
      await state(giver, ({ giving }) => giving?.waiting === true)
      expect(giver.keeper.state().usedBytes).toBe(usedBytes)
      const honest = await network.addKeeper()
      await giver.keeper.setLimits(nothing)
      await state(giver, isWithin)
      expect(honest.keeper.state().usedBytes).toBe(usedBytes)
      const [located] = await owner.coordinator.locatePacks([mine.pack])
      const holders = located?.holders.filter(({ index }) => index === mine.index).map(({ keeper }) => keeper)
      expect(holders).toEqual([honest.device])
    })
  }

  it('takes a shard from the device its ticket names, and from no other', async () => {
    const { network, giver } = await start(1)
    const successor = network.keepers[6]
    const [shard] = giver.shelf.shards.values()
    if (successor === undefined || shard === undefined) throw new Error('there are too few keepers')
    await giver.die()
    const again = { identity: giver.identity, shelf: giver.shelf }
    let transport: Transport | undefined
    let coordinator: Coordinator | undefined
    await network.addKeeper({
      again,
      change: (context) => {
        ;({ transport, coordinator } = context)
        return context
      },
    })
    if (transport === undefined || coordinator === undefined) throw new Error('it did not start')
    const [handover] = await coordinator.handOver([shard], [])
    if (handover === undefined) throw new Error('nobody takes over')
    const { publicKey } = await coordinator.info()
    const ticket = await openPlacementTicket(handover.ticket, publicKey)
    expect(ticket).toMatchObject({ keeper: successor.device, carrier: giver.device, index: shard.index })
    const offered = { ...shard, ticket: handover.ticket }

    // Another device, even one of the owner's account, is not the carrier.
    const stranger = await network.owner(noise('stranger', 32))
    const owner = await network.owner(noise('root', 32))
    for (const { transport: foreign } of [stranger, owner]) {
      const link = await foreign.connect(successor.device)
      await expect(storeShard(link, offered)).rejects.toMatchObject({ code: 'peer-refused' })
    }
    const link = await transport.connect(successor.device)
    // Nor is a ticket good for another index, another keeper, or when it was not the coordinator that signed it.
    const forged = await signPlacementTicket(giver.identity.deviceKey, ticket)
    await expect(storeShard(link, { ...offered, ticket: forged })).rejects.toMatchObject({ code: 'signature-invalid' })
    await expect(storeShard(link, { ...offered, index: (shard.index + 1) % 6 })).rejects.toMatchObject({
      code: 'peer-refused',
    })
    const elsewhere = await transport.connect(network.keepers[1]?.device ?? successor.device)
    await expect(storeShard(elsewhere, offered)).rejects.toMatchObject({ code: 'peer-refused' })
    expect(successor.shelf.shards.size).toBe(0)
    await storeShard(link, offered)
    const [stored] = successor.shelf.shards.values()
    expect([stored?.pack, stored?.index, stored?.owner]).toEqual([shard.pack, shard.index, shard.owner])
    expect(stored && Buffer.compare(stored.bytes, shard.bytes)).toBe(0)
  })

  it('is never sent there by a keeper that does not hold the shard', async () => {
    const { network, giver } = await start(1)
    const [shard] = giver.shelf.shards.values()
    if (shard === undefined) throw new Error('nothing is kept')
    let stranger: Coordinator | undefined
    await network.addKeeper({
      change: (context) => {
        stranger = context.coordinator
        return context
      },
    })
    expect(await stranger?.handOver([shard], [])).toEqual([])
    const owner = await network.owner(noise('root', 32))
    const [located] = await owner.coordinator.locatePacks([shard.pack])
    expect(located?.holders).toContainEqual(expect.objectContaining({ index: shard.index, keeper: giver.device }))
  })
})

it('an owner that is restoring while its shards move finds them where they went', async () => {
  const { network, giver, root } = await start(1)
  const [, other] = network.keepers
  const successor = network.keepers[6]
  if (other === undefined || successor === undefined) throw new Error('there are too few keepers')
  // Two are enough for the code, and one of them gives everything away at the worst moment.
  for (const keeper of network.keepers.slice(2, 6)) await keeper.die()
  const owner = await network.owner(root)
  const told = new Set<DeviceId>()
  const restoring = {
    ...owner,
    coordinator: {
      ...owner.coordinator,
      locatePacks: async (packs: readonly PackId[]) => {
        const located = await owner.coordinator.locatePacks(packs)
        if (!told.has(giver.device)) {
          told.add(giver.device)
          await giver.keeper.setLimits(nothing)
          await state(giver, isWithin)
        }
        return located
      },
    },
  }
  const { files: found, result } = await bringBack(restoring)
  expect(result.missing).toEqual([])
  expectFiles(found)
  expect(successor.keeper.state().servedBytes).toBeGreaterThan(0)
})

/** The transport of a keeper whose receipts are changed on their way out. */
function lying(context: KeeperContext, lie: (receipt: Bytes, context: KeeperContext) => Promise<Bytes>): Transport {
  const honest = context.transport
  return changed(honest, {
    serve: (handler: PeerHandler) => {
      honest.serve(async (request, remote, signal) => {
        const answer = await handler(request, remote, signal)
        if (answer.head.type !== 'stored') return answer
        return { head: { type: 'stored', receipt: await lie(answer.head.receipt, context) } }
      })
    },
  })
}
