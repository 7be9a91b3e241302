/** A coordinator whose clock was two days ahead and is put right: what it took down meanwhile stands in nobody's way. */
import { afterEach, expect, it } from 'vitest'
import type { DeviceIdentity } from '../../src/identity/keys.ts'
import { signInventoryPage } from '../../src/protocol/records.ts'
import { DAY, MINUTE } from '../../src/core/units.ts'
import { connect, newIdentity, newPack, online, runCoordinator, startKeepers, until } from './coordinator-fixtures.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A coordinator whose clock is two days ahead, six keepers and an owner. */
async function startAhead() {
  const time = { now: Date.UTC(2026, 0, 5), passed: 0 }
  const clock = { now: () => time.now }
  const coordinator = await runCoordinator({ trustProxy: true }, clock, { now: () => time.passed })
  closers.push(() => coordinator.close())
  time.now += 2 * DAY
  const connectAt = (identity: DeviceIdentity, address: string) =>
    connect(coordinator.url, identity, address, undefined, clock)
  const keepers = await startKeepers((identity, i) => connectAt(identity, `10.${i}.0.1`), 6)
  for (const { end } of keepers.values()) closers.push(end)
  const owner = await newIdentity()
  return { time, coordinator, connectAt, keepers, owner, client: connectAt(owner, '172.16.0.1') }
}

it('keepers hear the time anew, receipts count and losses are admitted', async () => {
  const { time, coordinator, connectAt, keepers, owner, client } = await startAhead()
  const inventory = async (shards: Parameters<typeof signInventoryPage>[1]['shards']) => {
    for (const { identity, coordinator: its } of keepers.values()) {
      const page = { takenAt: time.now, page: 0, pages: 1, shards }
      await its.reportInventory(await signInventoryPage(identity.deviceKey, page))
    }
  }
  await inventory([])
  await coordinator.catchUp()
  const [keeper] = keepers.values()
  const { events, end } = await online(connectAt(await newIdentity(), '10.9.0.1'))
  closers.push(end)
  expect(keeper).toBeDefined()
  await until(() => events.filter(({ type }) => type === 'inventory-wanted').length === 1)

  time.now -= 2 * DAY
  time.passed += 1000
  await coordinator.catchUp()
  await until(() => events.filter(({ type }) => type === 'inventory-wanted').length === 2)

  time.now += MINUTE
  const group = await client.group()
  const { pack, record, receipts } = await newPack(owner, group, keepers, time.now)
  expect(await client.commitPack(record, group.id, receipts)).toEqual({ happiness: 6 })

  time.now += MINUTE
  await inventory([])
  expect((await client.locatePacks([pack]))[0]?.holders).toEqual([])
})

it('what was signed for in the time that was taken back counts for no longer than its keeper lists it', async () => {
  const { time, keepers, owner, client } = await startAhead()
  const group = await client.group()
  const { pack, record, receipts } = await newPack(owner, group, keepers, time.now)
  await client.commitPack(record, group.id, receipts)
  const holders = async () => (await client.locatePacks([pack]))[0]?.holders.map(({ index }) => index)

  time.now -= 2 * DAY - MINUTE
  for (const { index, keeper } of group.slots) {
    const its = keepers.get(keeper)
    if (its === undefined) throw new Error('no keeper')
    const shards = index < 2 ? [] : [{ pack, index, group: group.id }]
    const page = { takenAt: time.now, page: 0, pages: 1, shards }
    await its.coordinator.reportInventory(await signInventoryPage(its.identity.deviceKey, page))
  }
  expect(await holders()).toEqual([2, 3, 4, 5])
})
