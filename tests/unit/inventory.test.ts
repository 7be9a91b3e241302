import { expect, it, vi } from 'vitest'
import { idOf, parseGroupId } from '../../src/core/ids.ts'
import { signInventoryPage } from '../../src/protocol/records.ts'
import {
  clock,
  connect,
  newIdentity,
  newPack,
  random,
  runCoordinator,
  startKeepers,
} from '../contract/coordinator-fixtures.ts'

it('a committed shard counts whichever placement group its keeper filed it under', async () => {
  const { url, close } = await runCoordinator()
  const keepers = await startKeepers((identity) => connect(url, identity), 6)
  const owner = await newIdentity()
  const coordinator = connect(url, owner)
  const group = await coordinator.group()
  const { pack, record, receipts } = await newPack(owner, group, keepers, clock.now() - 1000)
  await coordinator.commitPack(record, group.id, receipts)

  // It took the shards before a coordinator lost its groups, and has only signed for them again since.
  const earlier = idOf(parseGroupId, random.bytes(16))
  for (const { index, keeper } of group.slots) {
    const peer = keepers.get(keeper)
    if (peer === undefined) throw new Error('The group has a keeper that is not of this test.')
    const shards = [{ pack, index, group: earlier }]
    const page = { takenAt: clock.now(), page: 0, pages: 1, shards }
    await peer.coordinator.reportInventory(await signInventoryPage(peer.identity.deviceKey, page))
  }
  const [located] = await coordinator.locatePacks([pack])
  expect(located?.holders).toHaveLength(6)

  for (const { end } of keepers.values()) end()
  await close()
})

it('a keeper that says to have shards it was never given counts for nothing, and is told of only where too few that count are here', async () => {
  const { url, close } = await runCoordinator()
  const keepers = await startKeepers((identity) => connect(url, identity), 6)
  const owner = await newIdentity()
  const coordinator = connect(url, owner)
  const group = await coordinator.group()
  const { pack, record, receipts } = await newPack(owner, group, keepers)
  await coordinator.commitPack(record, group.id, receipts)

  const [stranger] = (await startKeepers((identity) => connect(url, identity), 1)).values()
  if (stranger === undefined) throw new Error('It did not start.')
  const { identity, coordinator: its } = stranger
  const shards = [0, 1, 6].map((index) => ({ pack, index, group: group.id }))
  const page = { takenAt: clock.now(), page: 0, pages: 1, shards }
  await its.reportInventory(await signInventoryPage(identity.deviceKey, page))
  // Neither who brings the record again nor who commits it again makes more of it.
  await its.putRecord(record)
  await coordinator.commitPack(record, group.id, receipts)
  const told = async () => (await coordinator.locatePacks([pack]))[0]
  const before = await told()
  expect(before?.holders).toHaveLength(6)
  expect(before?.holders.map(({ keeper }) => keeper)).not.toContain(identity.device)

  for (const { end } of keepers.values()) end()
  await vi.waitUntil(async () => (await told())?.holders.every(({ online, beside }) => beside ?? !online), {
    timeout: 20_000,
  })
  const after = await told()
  expect(after?.happiness).toBe(before?.happiness)
  expect(after?.holders.filter(({ beside }) => beside)).toEqual([
    { index: expect.toBeOneOf([0, 1]) as number, keeper: identity.device, online: true, beside: true },
  ])
  stranger.end()
  await close()
})
