/** What an owner is told of its own sources: over a whole network in memory, with time that passes when told to. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { backup } from '../../src/backup/backup.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { ownOutlook } from '../../src/backup/own-outlook.ts'
import type { PackId } from '../../src/core/ids.ts'
import { DAY, HOUR } from '../../src/core/units.ts'
import type { OwnHealth, ToldChurn } from '../../src/protocol/coordinator-messages.ts'
import { noise, sourceOf, startNetwork, type SimulatedNetwork } from '../sim/network.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const MB = 1_000_000
let ahead = 0
let network: SimulatedNetwork
beforeAll(async () => {
  network = await startNetwork(6, { clock: { now: () => Date.now() + ahead } })
})
afterAll(() => network.close())

const photos = sourceOf('photos', { 'a.jpg': noise('a', 2 * MB), 'b.jpg': noise('b', 2 * MB) })
const letters = sourceOf('letters', { 'c.txt': noise('c', MB) })

/** Two sources, the second one added later, so that each has packs of its own. */
async function twoSources(): Promise<{ owner: OwnerContext; ofPhotos: Set<PackId>; ofLetters: Set<PackId> }> {
  const owner = await network.owner()
  await backup(owner, [photos])
  const first = new Set((await owner.coordinator.ownPacks()).map(({ pack }) => pack))
  await backup(owner, [photos, letters])
  const later = (await owner.coordinator.ownPacks()).map(({ pack }) => pack).filter((pack) => !first.has(pack))
  return { owner, ofPhotos: first, ofLetters: new Set(later) }
}

const churn: ToldChurn = {
  keepers: 6,
  days: 60,
  measured: { watched: 360 * DAY, gone: 2, returned: 1, returnedAfter: DAY, availability: 0.6, grace: 2 * DAY },
}

/** The same owner, to whom the coordinator says something else. */
const told = (owner: OwnerContext, health: Partial<OwnHealth>, said = churn): OwnerContext => ({
  ...owner,
  coordinator: {
    ...owner.coordinator,
    health: async () => ({ ...(await owner.coordinator.health()), ...health }),
    churn: () => Promise.resolve(said),
  },
})

test('nothing is said before a backup, nor before its packs were looked at, and little while the network is young', async () => {
  const owner = await network.owner()
  expect(await ownOutlook(owner)).toBeUndefined()
  await backup(owner, [photos])
  expect(await ownOutlook(owner)).toBeUndefined()
  await network.catchUp()
  const own = await ownOutlook(owner)
  expect([...(own?.sources ?? [])]).toEqual([
    ['photos', { survives: 4, keepsYear: undefined, atRisk: false, filled: 1, groups: [expect.anything()] }],
  ])
  // All of them are on this machine.
  expect(own?.shared).toContainEqual({ what: 'network', keepers: 6, of: 6 })
  expect(own).toMatchObject({ dependent: true, trial: true })
  const { groups } = await owner.coordinator.health()
  const waiving = (waived: (typeof groups)[number]['crowding']['waived']) =>
    groups.map((group) => ({ ...group, trial: false, crowding: { ...group.crowding, waived } }))
  // Everybody is at one operator.
  expect(await ownOutlook(told(owner, { groups: waiving(['operator']) }))).toMatchObject({
    dependent: false,
    trial: false,
  })
  expect(await ownOutlook(told(owner, { groups: waiving(['platform', 'operator']) }))).toMatchObject({
    dependent: true,
  })
})

test('a source is at risk for the packs that it needs, and for no others', async () => {
  const { owner, ofPhotos } = await twoSources()
  await network.catchUp()
  const group = (await owner.coordinator.health()).groups[0]?.group
  if (group === undefined) throw new Error('no group')
  const located = await owner.coordinator.locatePacks([...ofPhotos])
  expect(located).toHaveLength(ofPhotos.size)
  const outlooks = []
  for (const pack of ofPhotos) {
    const endangered = [{ pack, group, level: 'alarm' as const, live: 3 }]
    const own = await ownOutlook(told(owner, { endangered }))
    const [photos, letters] = [own?.sources.get('photos'), own?.sources.get('letters')]
    outlooks.push([photos, letters] as const)
    expect(own?.restAtRisk).toBe(photos?.atRisk === false && letters?.atRisk === false)
  }
  // Data of the photos is of them alone; the first manifest is of neither any more, what describes both is of both.
  expect(outlooks.some(([photos, letters]) => photos?.atRisk === true && letters?.atRisk === false)).toBe(true)
  for (const [photos, letters] of outlooks) {
    if (letters?.atRisk === true) expect(photos?.atRisk).toBe(true)
    for (const one of [photos, letters]) {
      expect(one?.survives).toBe(one?.atRisk === true ? 1 : 4)
      expect(one?.keepsYear?.least).toBeLessThan(one?.keepsYear?.likely ?? 0)
    }
  }
  expect((await ownOutlook(told(owner, {})))?.restAtRisk).toBe(false)
  const unknown = [...ofPhotos].map((pack) => ({ pack, group, level: 'lost' as const, live: 1 }))
  // Where the trees are not at hand any more, all sources may need all of them.
  await owner.state.onlyAtHand(new Set())
  const forgetful = told(owner, { endangered: unknown })
  for (const [, outlook] of (await ownOutlook(forgetful))?.sources ?? []) {
    expect(outlook).toMatchObject({ survives: -1, atRisk: true })
  }
})

test('keepers that vanish leave fewer to spare and less of a chance, until it is at risk', async () => {
  const { owner } = await twoSources()
  await network.catchUp()
  const seen = async () => (await ownOutlook(told(owner, {})))?.sources.get('letters')
  const looks = [await seen()]
  for (const keeper of network.keepers.slice(0, 3)) {
    const before = network.online()
    await keeper.die()
    await vi.waitUntil(() => network.online() < before, { timeout: 20_000 })
    for (let steps = 0; steps < 5; steps += 1) {
      ahead += 12 * HOUR
      await network.catchUp()
    }
    looks.push(await seen())
  }
  expect(looks.map((look) => look?.survives)).toEqual([4, 3, 2, 1])
  expect(looks.map((look) => look?.atRisk)).toEqual([false, false, false, true])
  const likely = looks.map((look) => look?.keepsYear?.likely ?? 1)
  expect(likely).toEqual(likely.toSorted((a, b) => b - a))
  expect(likely[3]).toBeLessThan(likely[0] ?? 0)
})
