import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { readShard, storeShard } from '../../src/transport/keeper-client.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { CLOCK_TOLERANCE_MS } from '../../src/core/clock.ts'
import { idBytes, idOf, parseGroupId, type DeviceId } from '../../src/core/ids.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { GiB, KiB } from '../../src/core/units.ts'
import { startKeeping, type Keeper } from '../../src/keeping/keeper.ts'
import { SLICE_BYTES } from '../../src/protocol/peer-messages.ts'
import {
  openShardReceipt,
  packIdOf,
  signPackRecord,
  signPlacementTicket,
  signReadTicket,
  type ReadTicket,
} from '../../src/protocol/records.ts'
import { emptyShelf, MemoryShardStore } from '../../src/store/memory.ts'
import type { NewShard } from '../../src/store/shard-store.ts'
import { createMemoryNetwork } from '../../src/transport/memory.ts'
import { clock, connect, newIdentity, random, runCoordinator } from '../contract/coordinator-fixtures.ts'
import { noise } from '../sim/network.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/**
 * Six keepers on disks that do `before` first, a link to one of them, and a shard of two slices that it is to keep.
 * @param beforeSigning what their keys do first
 */
async function start(before: () => Promise<void>, beforeSigning: () => void = () => undefined) {
  class Disk extends MemoryShardStore {
    override async put(shard: NewShard): Promise<void> {
      await before()
      await super.put(shard)
    }
  }
  const { url, close } = await runCoordinator()
  ends.push(close)
  const network = createMemoryNetwork({ random })
  const keepers = new Map<DeviceId, Keeper>()
  for (let i = 0; i < 6; i += 1) {
    const made = await newIdentity()
    const deviceKey = {
      ...made.deviceKey,
      get privateKey() {
        beforeSigning()
        return made.deviceKey.privateKey
      },
    }
    const identity = { ...made, deviceKey }
    const [transport, coordinator] = [network.join(identity), connect(url, identity)]
    const store = new Disk(emptyShelf())
    const keeper = await startKeeping({ identity, coordinator, transport, store, clock }, { limitBytes: GiB })
    ends.push(() => keeper.stop())
    keepers.set(identity.device, keeper)
  }
  const owner = await newIdentity()
  const coordinator = connect(url, owner)
  await expect
    .poll(() =>
      coordinator.group().then(
        ({ slots }) => slots.length,
        () => 0,
      ),
    )
    .toBe(6)
  const [slot] = (await coordinator.group()).slots
  if (slot === undefined) throw new Error('no place was given')
  const bytes = noise('shard', 512 * KiB)
  const roots = Array.from({ length: 6 }, () => new Uint8Array(32))
  roots[slot.index] = await merkleRoot(bytes)
  const record = await signPackRecord(owner, { k: 2, n: 6, shardBytes: bytes.length, roots })
  const shard = { pack: await packIdOf(record), index: slot.index, record, ticket: slot.ticket, bytes }
  const keeper = keepers.get(slot.keeper)
  if (keeper === undefined) throw new Error('no keeper has the place')
  return { link: await network.join(owner).connect(slot.keeper), shard, keeper }
}

it('no byte of a shard changes between the check of its root and its receipt, and who asks meanwhile gets one too', async () => {
  let write: () => void = () => undefined
  const begun = new Promise<void>((resolve) => {
    write = resolve
  })
  let reached: () => void = () => undefined
  const isWriting = new Promise<void>((resolve) => {
    reached = resolve
  })
  const { link, shard } = await start(() => {
    reached()
    return begun
  })
  const first = storeShard(link, shard)
  await isWriting
  const forged = { type: 'slice', pack: idBytes(shard.pack), index: shard.index, offset: 0 } as const
  const late = link.call({ head: forged, body: new Uint8Array(SLICE_BYTES) })
  const second = storeShard(link, shard)
  // Bodies come in the order they were sent: when this one is refused, the one before it has been taken.
  const unknown = { ...forged, index: shard.index === 0 ? 1 : 0 }
  await expect(link.call({ head: unknown, body: new Uint8Array(SLICE_BYTES) })).rejects.toMatchObject({
    code: 'peer-refused',
  })
  write()
  const root = await merkleRoot(shard.bytes)
  const [receipt, again, answer] = await Promise.all([first, second, late])
  expect(answer.head).toEqual({ type: 'stored', receipt })
  expect(await openShardReceipt(again)).toMatchObject({ pack: shard.pack, index: shard.index, root })
  const kept = await readShard(link, shard.pack, shard.index, shard.bytes.length)
  expect(await merkleRoot(kept)).toEqual(root)
})

it('a shard that the disk refused once can be sent again', async () => {
  let refuses = true
  const { link, shard } = await start(() =>
    refuses ? Promise.reject(new KeeptabError('store-failed')) : Promise.resolve(),
  )
  await expect(storeShard(link, shard)).rejects.toMatchObject({ code: 'store-failed' })
  refuses = false
  await storeShard(link, shard)
  expect(await readShard(link, shard.pack, shard.index, shard.bytes.length)).toHaveLength(shard.bytes.length)
})

it('a keeper that stops waits for what it is writing, so that its next start finds it', async () => {
  let write: () => void = () => undefined
  let reached: () => void = () => undefined
  const begun = new Promise<void>((resolve) => (write = resolve))
  const isWriting = new Promise<void>((resolve) => (reached = resolve))
  const { link, shard, keeper } = await start(() => {
    reached()
    return begun
  })
  const storing = storeShard(link, shard)
  await isWriting
  const stopping = keeper.stop()
  const turns = async () => {
    for (let turn = 0; turn < 50; turn += 1) await setImmediate()
  }
  expect(await Promise.race([stopping.then(() => 'stopped'), turns().then(() => 'waits')])).toBe('waits')
  write()
  await stopping
  expect(keeper.state().shards).toBe(1)
  await storing
})

it('what lies on the disk is counted, also when its receipt cannot be signed', async () => {
  let refuses = false
  const { link, shard, keeper } = await start(
    () => Promise.resolve(void (refuses = true)),
    () => {
      if (refuses) throw new KeeptabError('store-failed')
    },
  )
  await expect(storeShard(link, shard)).rejects.toMatchObject({ code: 'store-failed' })
  expect(keeper.state()).toMatchObject({ shards: 1, owners: 1 })
  refuses = false
  await storeShard(link, shard)
  expect(keeper.state()).toMatchObject({ shards: 1, owners: 1 })
  expect(await readShard(link, shard.pack, shard.index, shard.bytes.length)).toHaveLength(shard.bytes.length)
})

it('bytes that were refused count for nothing: no stranger uses up a month', async () => {
  const { link, shard, keeper } = await start(() => Promise.resolve())
  const unasked = { type: 'slice', pack: idBytes(shard.pack), index: shard.index, offset: 0 } as const
  await expect(link.call({ head: unasked, body: new Uint8Array(SLICE_BYTES) })).rejects.toMatchObject({
    code: 'peer-refused',
  })
  expect(keeper.state().receivedBytes).toBe(0)
  await storeShard(link, shard)
  expect(keeper.state().receivedBytes).toBe(shard.bytes.length)
})

it('while it gives space back it signs for nothing again that may be leaving', async () => {
  const { link, shard, keeper } = await start(() => Promise.resolve())
  const receipt = await storeShard(link, shard)
  expect(await storeShard(link, shard)).toHaveLength(receipt.length)
  await keeper.setLimits({ limitBytes: 0 })
  await expect.poll(() => keeper.state().giving?.waiting).toBe(true) // nobody knows of the shard yet
  await expect(storeShard(link, shard)).rejects.toMatchObject({ code: 'store-full' })
  expect(await readShard(link, shard.pack, shard.index, shard.bytes.length)).toHaveLength(shard.bytes.length)
})

it('a ticket opens just what it is for, until five minutes after its end: to a stranger one shard to read, to an owner one place', async () => {
  const { url, close } = await runCoordinator()
  ends.push(close)
  const network = createMemoryNetwork({ random })
  const [identity, owner, stranger, coordinatorKey] = await Promise.all([
    newIdentity(),
    newIdentity(),
    newIdentity(),
    newIdentity().then(({ deviceKey }) => deviceKey),
  ])
  const store = new MemoryShardStore(emptyShelf(GiB))
  const bytes = noise('shard', 512 * KiB)
  const root = await merkleRoot(bytes)
  const record = await signPackRecord(owner, { k: 1, n: 3, shardBytes: bytes.length, roots: [root, root, root] })
  const pack = await packIdOf(record)
  const group = idOf(parseGroupId, random.bytes(16))
  for (const index of [0, 1]) {
    await store.put({ pack, index, group, owner: owner.account, sizeBytes: bytes.length, record, bytes })
  }
  const coordinator = connect(url, identity)
  const info = async () => ({ ...(await coordinator.info()), publicKey: coordinatorKey.publicKey })
  const parts = { identity, coordinator: { ...coordinator, info }, transport: network.join(identity), store, clock }
  const keeper = await startKeeping(parts, { limitBytes: GiB })
  ends.push(() => keeper.stop())
  const link = await network.join(stranger).connect(identity.device)
  const read = async (change: Partial<ReadTicket> = {}, index = 0, key = coordinatorKey) => {
    const right = { pack, index: 0, keeper: identity.device, reader: stranger.device, expiresAt: clock.now() + 1000 }
    const ticket = await signReadTicket(key, { ...right, ...change })
    return readShard(link, pack, index, bytes.length, undefined, ticket)
  }
  expect(await merkleRoot(await read())).toEqual(root)
  await expect(readShard(link, pack, 0, bytes.length)).rejects.toMatchObject({ code: 'shard-unknown' })
  await expect(read({}, 1)).rejects.toMatchObject({ code: 'shard-unknown' })
  for (const wrong of [
    { index: 1 },
    { pack: await packIdOf(random.bytes(9)) },
    { keeper: stranger.device },
    { reader: owner.device },
    { expiresAt: clock.now() - CLOCK_TOLERANCE_MS - 1000 },
  ]) {
    await expect(read(wrong)).rejects.toMatchObject({ code: 'shard-unknown' })
  }
  await expect(read({}, 0, stranger.deviceKey)).rejects.toMatchObject({ code: 'signature-invalid' })
  expect(keeper.state().servedBytes).toBe(bytes.length)

  // Clocks differ by so much: up to then a ticket that has expired is good, of both kinds.
  const [inTime, tooLate] = [30_000, -1000].map((left) => clock.now() - CLOCK_TOLERANCE_MS + left)
  expect(await merkleRoot(await read({ expiresAt: inTime ?? 0 }))).toEqual(root)
  const own = await network.join(owner).connect(identity.device)
  const place = async (expiresAt: number) => {
    const right = { group, owner: owner.account, keeper: identity.device, index: 2, expiresAt }
    const ticket = await signPlacementTicket(coordinatorKey, right)
    return storeShard(own, { pack, index: 2, record, ticket, bytes })
  }
  await expect(place(tooLate ?? 0)).rejects.toMatchObject({ code: 'peer-refused' })
  expect(await openShardReceipt(await place(inTime ?? 0))).toMatchObject({ pack, index: 2 })
})
