/** The caps of a group over a real database: where it is made, where its keepers are replaced, and what its owner is told. */
import { rm } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../signaling/db/database.ts'
import { createPlacement } from '../../signaling/placement.ts'
import { createSuccessors } from '../../signaling/successors.ts'
import { signingKey } from '../../src/core/crypto.ts'
import { idOf, parseAccountId, parseDeviceId, type DeviceId } from '../../src/core/ids.ts'
import type { Platform } from '../../src/core/platform.ts'
import { GiB } from '../../src/core/units.ts'
import { createNetworks, parseNetworkTable } from '../../src/durability/networks.ts'
import { clock, noLives, random, temporaryFolder } from './coordinator-fixtures.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** 10.N.0.0/16 is the network AS N, but 10.200 and on are AS 200. */
const networks = createNetworks(
  parseNetworkTable([...Array.from({ length: 200 }, (_, i) => `10.${i}.0.0/16,${i}`), '10.200.0.0/13,200']),
)
const parts = { clock, random, oneMachine: false, isOnline: () => true, networks }

/** Keepers that are all there: the network and the platform of each. */
async function start(keepers: readonly { network: number; platform: Platform }[]) {
  const dataDir = temporaryFolder()
  const database = await openDatabase({ dataDir })
  ends.push(
    () => rm(dataDir, { recursive: true, force: true }),
    () => database.close(),
  )
  const all = new Map<DeviceId, (typeof keepers)[number]>()
  await database.transaction(async ({ devices }) => {
    for (const [i, { network, platform }] of keepers.entries()) {
      const [device, account] = [idOf(parseDeviceId, random.bytes(32)), idOf(parseAccountId, random.bytes(32))]
      const block = `10.${network}.${i}.0/24`
      await devices.put({ device, account, certificate: random.bytes(1), block, platform, seenAt: clock.now() })
      await devices.setKeeping(device, { limitBytes: GiB, freeBytes: GiB, paused: false })
      all.set(device, { network, platform })
    }
  })
  const placement = createPlacement({ database, key: await signingKey(random.bytes(32)), lives: noLives, ...parts })
  const caller = { device: idOf(parseDeviceId, random.bytes(32)), account: idOf(parseAccountId, random.bytes(32)) }
  const most = (slots: readonly { keeper: DeviceId }[], of: 'network' | 'platform'): number => {
    const values = slots.map(({ keeper }) => String(all.get(keeper)?.[of]))
    return Math.max(...values.map((value) => values.filter((other) => other === value).length))
  }
  return { database, placement, caller, most }
}

/** Half of them in one network, three fifths on one platform, and enough others. */
const platforms = ['chromium-windows', 'chromium-windows', 'chromium-windows', 'firefox-linux', 'node-linux'] as const
const mixed = Array.from({ length: 200 }, (_, i) => ({
  network: i % 2 === 0 ? 1 : 2 + (i % 29),
  platform: platforms[i % 5] ?? 'node-linux',
}))

describe('a group among keepers of many networks and two platforms', () => {
  it('keeps to the caps when it is made and when keepers are replaced, and says that all are at one operator', async () => {
    const { placement, caller, most } = await start(mixed)
    let group = await placement.open(caller)
    for (let i = 0; i < 12; i += 1) {
      expect(group.slots).toHaveLength(48)
      expect(most(group.slots, 'network')).toBeLessThanOrEqual(9)
      expect(most(group.slots, 'platform')).toBeLessThanOrEqual(22)
      expect(group.crowding).toEqual({
        network: most(group.slots, 'network'),
        platform: most(group.slots, 'platform'),
        operator: 48,
        waived: ['operator'],
      })
      const failed = group.slots[i]
      if (failed === undefined) throw new Error('There are 48 places.')
      group = await placement.replace(caller, group.id, { ...failed, reason: 'full' })
    }
  })

  it('keeps to them when its shards are repaired or handed over', async () => {
    const { database, placement, caller, most } = await start(mixed)
    const { id, slots } = await placement.open(caller)
    const successors = createSuccessors(parts)
    await database.transaction(async (stores) => {
      const known = await successors.know(stores, { id, owner: caller.account })
      if (known === undefined) throw new Error('The group is there.')
      const leaving = new Set(slots.slice(0, 20).map(({ keeper }) => keeper))
      for (const { index } of slots.slice(0, 20)) {
        const vacancy = { index, holders: [], leaving, not: new Set<DeviceId>() }
        const next = await successors.find(stores, known, vacancy)
        if (next === undefined) throw new Error('Somebody fits.')
        await successors.assign(stores, known, vacancy, next.keeper, 'gone')
      }
    })
    const now = await placement.get(caller, id)
    expect(now.slots).toHaveLength(48)
    expect(most(now.slots, 'network')).toBeLessThanOrEqual(9)
    expect(most(now.slots, 'platform')).toBeLessThanOrEqual(22)
    expect(now.crowding.waived).toEqual(['operator'])
  })
})

it('a group in one network and on one platform is made all the same, and called not independent', async () => {
  const alike = Array.from({ length: 70 }, (_, i) => ({
    network: 200 + (i % 8),
    platform: 'chromium-windows' as const,
  }))
  const { placement, caller } = await start(alike)
  const { slots, crowding } = await placement.open(caller)
  expect(slots).toHaveLength(48)
  expect(crowding).toEqual({ network: 48, platform: 48, operator: 48, waived: ['network', 'platform', 'operator'] })
})
