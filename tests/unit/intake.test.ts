import { expect, it } from 'vitest'
import { signingKey } from '../../src/core/crypto.ts'
import { idBytes, idOf, parseGroupId, type PackId } from '../../src/core/ids.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { GiB, HOUR } from '../../src/core/units.ts'
import { Intake } from '../../src/keeping/intake.ts'
import { SLICE_BYTES } from '../../src/protocol/peer-messages.ts'
import { packIdOf, signPackRecord, signPlacementTicket } from '../../src/protocol/records.ts'
import { emptyShelf, MemoryShardStore } from '../../src/store/memory.ts'
import { clock, newIdentity, random } from '../contract/coordinator-fixtures.ts'

const SHARD_BYTES = 1024
const group = idOf(parseGroupId, random.bytes(16))

/** A keeper's intake alone. @param renew what it does before it signs again */
async function start(renew: (store: MemoryShardStore, pack: PackId) => Promise<void> = () => Promise.resolve()) {
  const [identity, coordinator] = await Promise.all([newIdentity(), signingKey(random.bytes(32))])
  const store = new MemoryShardStore(emptyShelf(GiB))
  const intake = new Intake({
    identity,
    store,
    clock,
    coordinatorClock: clock,
    coordinatorKey: coordinator.publicKey,
    admit: () => undefined,
    isMoving: () => false,
    renew: (pack) => renew(store, pack),
    onStored: () => Promise.resolve(),
  })
  /** A shard of its own pack for the place 0, and the calls with which its owner, or a carrier, brings it. */
  const shard = async (
    owner: Awaited<ReturnType<typeof newIdentity>>,
    carrier?: typeof owner,
    shardBytes = SHARD_BYTES,
  ) => {
    const bytes = random.bytes(shardBytes)
    const root = await merkleRoot(bytes)
    const record = await signPackRecord(owner, { k: 1, n: 3, shardBytes, roots: [root, root, root] })
    const pack = await packIdOf(record)
    const ticket = await signPlacementTicket(coordinator, {
      group,
      owner: owner.account,
      keeper: identity.device,
      index: 0,
      expiresAt: clock.now() + HOUR,
      ...(carrier && { carrier: carrier.device }),
    })
    const { device, account } = carrier ?? owner
    const remote = { device, account }
    return {
      offer: () => intake.offer({ type: 'offer', record, index: 0, ticket }, remote),
      send: (offset = 0) =>
        intake.slice(
          { type: 'slice', pack: idBytes(pack), index: 0, offset },
          bytes.slice(offset, offset + SLICE_BYTES),
          remote,
        ),
    }
  }
  return { shard, reserved: async () => (await store.usage()).reservedBytes }
}

it('a shard that is dropped while its keeper is about to sign for it again is asked for anew', async () => {
  const { shard } = await start((store, pack) => store.remove({ pack, index: 0 }))
  const { offer, send } = await shard(await newIdentity())
  await offer()
  expect(await send()).toMatchObject({ type: 'stored' })
  expect(await offer()).toEqual({ type: 'offered', have: 0 })
  expect(await send()).toMatchObject({ type: 'stored' })
})

it('offers without a byte keep no other account out, nor who hands a shard over, nor cost them what they are sending', async () => {
  const { shard } = await start()
  const [owner, keeper, ...thieves] = await Promise.all(Array.from({ length: 4 }, newIdentity))
  if (owner === undefined || keeper === undefined) throw new Error('nobody')
  const flood = async () => {
    for (const thief of thieves) {
      const offered = await Promise.all(Array.from({ length: 40 }, () => shard(thief)))
      for (const { offer } of offered) expect(await offer()).toMatchObject({ type: 'offered' })
    }
  }
  await flood()
  const brought = await Promise.all([
    ...Array.from({ length: 12 }, () => shard(owner)),
    ...Array.from({ length: 4 }, () => shard(owner, keeper)),
    ...thieves.map((thief) => shard(thief, keeper)),
  ])
  for (const { offer } of brought) expect(await offer()).toEqual({ type: 'offered', have: 0 })
  await flood()
  for (const { send } of brought) expect(await send()).toMatchObject({ type: 'stored' })
})

it('many accounts with one offer each push out nobody who is about to send, and no more is let in than there may be', async () => {
  const { shard, reserved } = await start()
  const [owner, ...crowd] = await Promise.all(Array.from({ length: 81 }, newIdentity))
  if (owner === undefined) throw new Error('nobody')
  const LONG = 2 * SLICE_BYTES
  const honest = await shard(owner, undefined, LONG)
  expect(await honest.offer()).toEqual({ type: 'offered', have: 0 })
  const others = await Promise.all(crowd.map((one) => shard(one, undefined, LONG)))
  for (const { offer } of others) expect(await offer()).toEqual({ type: 'offered', have: 0 })
  expect(await honest.send()).toEqual({ type: 'staged', have: SLICE_BYTES })
  const sent = await Promise.allSettled(others.map(({ send }) => send()))
  expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(63)
  expect(await reserved()).toBe(64 * LONG)
  expect(await honest.send(SLICE_BYTES)).toMatchObject({ type: 'stored' })
})

it('an account alone gets no more than its share, and its stalest go first', async () => {
  const { shard } = await start()
  const thief = await newIdentity()
  const brought = await Promise.all(Array.from({ length: 33 }, () => shard(thief)))
  for (const { offer } of brought) await offer()
  await expect(brought[0]?.send()).rejects.toMatchObject({ code: 'peer-refused' })
  for (const { send } of brought.slice(1)) expect(await send()).toMatchObject({ type: 'stored' })
})
