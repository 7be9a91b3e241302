import { expect, it } from 'vitest'
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
