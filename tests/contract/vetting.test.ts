/** How much of what is placed comes to keepers that nobody knows yet, over a real database and with no network around it. */
import { rm } from 'node:fs/promises'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../signaling/db/database.ts'
import { createHealth } from '../../signaling/health.ts'
import { createPlacement } from '../../signaling/placement.ts'
import { signingKey } from '../../src/core/crypto.ts'
import { idOf, parseAccountId, parseDeviceId, parsePackId, type DeviceId } from '../../src/core/ids.ts'
import { NO_PLATFORM, PLATFORMS } from '../../src/core/platform.ts'
import { GiB } from '../../src/core/units.ts'
import { createNetworks } from '../../src/durability/networks.ts'
import { after, newReputation, type Reputation } from '../../src/durability/reputation.ts'
import { inShare, isTrial, mostUnvetted } from '../../src/durability/vetting.ts'
import type { PlacementGroup } from '../../src/protocol/coordinator-messages.ts'
import { clock, noLives, random, temporaryFolder } from './coordinator-fixtures.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const vetted: Reputation = { ...newReputation(0), passed: 100 }

/** A network of keepers that are all there, each in a place of its own. */
async function start(known: number, unknown: number) {
  const dataDir = temporaryFolder()
  const database = await openDatabase({ dataDir })
  ends.push(
    () => rm(dataDir, { recursive: true, force: true }),
    () => database.close(),
  )
  const all: DeviceId[] = Array.from({ length: known + unknown }, () => idOf(parseDeviceId, random.bytes(32)))
  await database.transaction(async ({ devices, reputations }) => {
    for (const [i, device] of all.entries()) {
      const account = idOf(parseAccountId, random.bytes(32))
      const block = `block ${i}`
      const platform = PLATFORMS[i % 4] ?? NO_PLATFORM
      await devices.put({ device, account, certificate: random.bytes(1), block, platform, seenAt: clock.now() })
      await devices.setKeeping(device, { limitBytes: GiB, freeBytes: GiB, paused: false })
      if (i < known) await reputations.put(device, vetted)
    }
  })
  const key = await signingKey(random.bytes(32))
  const networks = createNetworks([])
  const parts = { clock, random, oneMachine: false, isOnline: () => true, networks, lives: noLives }
  const placement = createPlacement({ database, key, ...parts })
  const health = createHealth({ database, clock, networks })
  /** What the owner is told of a group, once a pack of it was looked at. */
  const told = async (caller: ReturnType<typeof owner>, { id, code }: Pick<PlacementGroup, 'id' | 'code'>) => {
    const pack = idOf(parsePackId, random.bytes(32))
    await database.transaction(async ({ packs }) => {
      const committedAt = clock.now()
      await packs.add({ id: pack, owner: caller.account, group: id, ...code, committedAt }, random.bytes(1))
      await packs.setHealth(pack, { level: 'healthy', live: code.n })
    })
    return (await health.of(caller)).groups
  }
  const owner = () => ({
    device: idOf(parseDeviceId, random.bytes(32)),
    account: idOf(parseAccountId, random.bytes(32)),
  })
  const isUnknown = new Set(all.slice(known))
  return { database, placement, owner, isUnknown, told }
}

describe('keepers that nobody knows yet', () => {
  it('are at most a tenth of a group, whatever their number, and get some of it', async () => {
    const { placement, owner, isUnknown, told } = await start(70, 200)
    for (let i = 0; i < 5; i += 1) {
      const caller = owner()
      const group = await placement.open(caller)
      const among = (slots: typeof group.slots) => slots.filter(({ keeper }) => isUnknown.has(keeper)).length
      expect(group.slots).toHaveLength(48)
      expect(group.trial).toBe(false)
      expect(among(group.slots)).toBe(4)
      // Nor do they creep in one after another where others fail.
      let { slots } = group
      for (const { index, keeper } of slots.filter((slot) => !isUnknown.has(slot.keeper)).slice(0, 10)) {
        slots = (await placement.replace(caller, group.id, { index, keeper, reason: 'full' })).slots
      }
      expect(among(slots)).toBe(4)
      expect(await told(caller, group)).toMatchObject([{ trial: false }])
    }
  })

  it('are taken like all others in a network that is too young to know many, and it is said', async () => {
    const { placement, owner, isUnknown, told } = await start(63, 200)
    const caller = owner()
    const group = await placement.open(caller)
    const { slots, trial } = group
    expect(slots).toHaveLength(48)
    expect(slots.filter(({ keeper }) => isUnknown.has(keeper)).length).toBeGreaterThan(4)
    expect(trial).toBe(true)
    expect(await told(caller, group)).toMatchObject([{ trial: true }])
  })

  it('stay within their number whichever of the candidates is chosen', () => {
    const candidates = fc.array(fc.record({ isVetted: fc.boolean() }))
    fc.assert(
      fc.property(candidates, fc.integer({ min: -3, max: 9 }), (all, most) => {
        const some = inShare(all, most)
        const unvetted = all.filter(({ isVetted }) => !isVetted)
        expect(some.filter(({ isVetted }) => !isVetted)).toEqual(unvetted.slice(0, Math.max(0, most)))
        expect(some.filter(({ isVetted }) => isVetted)).toEqual(all.filter(({ isVetted }) => isVetted))
        expect(some).toEqual(all.filter((one) => some.includes(one)))
      }),
    )
    expect([9, 10, 24, 48].map(mostUnvetted)).toEqual([0, 1, 2, 4])
    expect([4, 5].map((unvetted) => isTrial({ n: 48, trial: false }, unvetted))).toEqual([false, true])
    expect(isTrial({ n: 6, trial: true }, 0)).toBe(true)
  })
})

describe('a keeper that is suspended or out', () => {
  it.each(['suspended', 'out'] as const)('gets nothing new, and its places go to others: %s', async (state) => {
    const { database, placement, owner } = await start(70, 0)
    const caller = owner()
    const before = await placement.open(caller)
    const [bad] = before.slots
    if (bad === undefined) throw new Error('There are places.')
    await database.transaction(async ({ reputations }) => {
      const once = after(vetted, 'wrong', clock.now())
      await reputations.put(bad.keeper, state === 'out' ? after(once, 'wrong', clock.now()) : once)
    })
    const now = await placement.open(caller)
    expect(now.id).toBe(before.id)
    expect(now.slots).toHaveLength(48)
    expect(now.slots.map(({ keeper }) => keeper)).not.toContain(bad.keeper)
    for (let i = 0; i < 5; i += 1) {
      expect((await placement.open(owner())).slots.map(({ keeper }) => keeper)).not.toContain(bad.keeper)
    }
  })
})
