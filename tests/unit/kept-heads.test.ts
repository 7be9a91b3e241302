/** Heads that a keeper remembers: of each account there is an end to them. */
import { expect, it } from 'vitest'
import { openHead, signHead } from '../../src/protocol/records.ts'
import { KeptHeads } from '../../src/keeping/kept-heads.ts'
import { idOf, parsePackId } from '../../src/core/ids.ts'
import type { DeviceIdentity } from '../../src/identity/keys.ts'
import { emptyShelf, MemoryShardStore } from '../../src/store/memory.ts'
import { newIdentity, random } from '../contract/coordinator-fixtures.ts'

const headOf = async (identity: DeviceIdentity, sequence: number, packs = 1) => {
  const manifest = Array.from({ length: packs }, () => idOf(parsePackId, random.bytes(32)))
  return openHead(await signHead(identity, { sequence, previous: random.bytes(32), manifest }))
}

it('of an account 64 devices are remembered, each of them on; others have the heads that they have', async () => {
  const store = new MemoryShardStore(emptyShelf())
  const heads = new KeptHeads(store)
  const root = random.bytes(32)
  const devices = await Promise.all(Array.from({ length: 65 }, () => newIdentity(root)))
  const [first, last] = [devices[0], devices[64]]
  if (first === undefined || last === undefined) throw new Error('There are 65.')
  const all = await Promise.all(devices.map((device) => headOf(device, 1)))
  const kept = await Promise.allSettled(all.map((head) => heads.keep(head)))
  expect(kept.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  await expect(heads.keep(await headOf(last, 2))).rejects.toMatchObject({ code: 'limit-exceeded' })
  const newer = await headOf(first, 2)
  await heads.keep(newer)
  expect(await store.heads(newer.account)).toHaveLength(64)
  // From a time without an end to them.
  await store.keepHead(await headOf(last, 1))
  await heads.keep(await headOf(last, 3))
  await expect(heads.keep(await headOf(await newIdentity(root), 1))).rejects.toMatchObject({ code: 'limit-exceeded' })
  expect(await store.heads(newer.account)).toHaveLength(65)
  expect(await store.heads(newer.account)).toContainEqual(newer.signed)
  const other = await headOf(await newIdentity(), 1)
  await heads.keep(other)
  expect(await store.heads(other.account)).toEqual([other.signed])
})

it('of an account 256 KiB of heads are remembered', async () => {
  const store = new MemoryShardStore(emptyShelf())
  const heads = new KeptHeads(store)
  const root = random.bytes(32)
  const [first, second, third] = await Promise.all([newIdentity(root), newIdentity(root), newIdentity(root)])
  const large = await headOf(first, 1, 4000)
  await heads.keep(large)
  await heads.keep(await headOf(second, 1, 3000))
  await expect(heads.keep(await headOf(third, 1, 3000))).rejects.toMatchObject({ code: 'limit-exceeded' })
  await heads.keep(await headOf(first, 2, 4000))
  expect(await store.heads(large.account)).toHaveLength(2)
})
