/** Some of what was kept is gone, for now or for good: all else comes back, and what does not is said. */
import { afterEach, expect, it, vi } from 'vitest'
import type { RestoreEvent } from '../../src/backup/events.ts'
import { SnapshotLibrary } from '../../src/backup/library.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { listTree } from '../../src/backup/restore.ts'
import { listSnapshots } from '../../src/backup/snapshots.ts'
import { codeOf } from '../../src/core/errors.ts'
import { idOf, parseDeviceId, type PackId, type SnapshotId } from '../../src/core/ids.ts'
import { openHead } from '../../src/protocol/records.ts'
import { chunkIdsIn } from '../../src/snapshot/id-list.ts'
import { PathFinder } from '../../src/snapshot/path-finder.ts'
import { emptyOwnerShelf, MemoryOwnerState, MemoryTreeCache } from '../../src/store/memory.ts'
import { random } from '../contract/coordinator-fixtures.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type SimulatedNetwork } from '../sim/network.ts'

let network: SimulatedNetwork | undefined
afterEach(async () => {
  vi.restoreAllMocks()
  await network?.close()
  network = undefined
})

const root = noise('partly', 32)

/** Takes the shards of a pack from all keepers but one. @returns brings them back */
function hide({ keepers }: SimulatedNetwork, pack: PackId): () => void {
  const all = keepers.flatMap(({ shelf: { shards } }) => [...shards].map(([key, shard]) => ({ shards, key, shard })))
  const hidden = all.filter(({ shard }) => shard.pack === pack).slice(1)
  for (const { shards, key } of hidden) shards.delete(key)
  return () => {
    for (const { shards, key, shard } of hidden) shards.set(key, shard)
  }
}

/** The list of `Docs` fills a pack of its own: the lists around it and the index are elsewhere. */
async function withDocsHidden() {
  network = await startNetwork(6)
  const owner = await network.owner(root)
  const names = Array.from({ length: 14_000 }, (_, i) => Buffer.from(noise(`${i}`, 184)).toString('base64url'))
  const { result } = await backUp(
    owner,
    sourceOf('home', {
      'Docs/a.txt': noise('a', 1000),
      ...Object.fromEntries(names.map((name) => [`Docs/${name}`, noise('', 0)])),
      'note': noise('note', 1000),
    }),
  )
  const library = await SnapshotLibrary.open(owner, new MemoryTreeCache())
  const docs = await new PathFinder('home/Docs').find(
    await library.sources(result.snapshot),
    library.tree(result.snapshot),
  )
  const [pack] = await owner.state.packsOf(docs?.kind === 'directory' ? chunkIdsIn(docs.ids) : [])
  if (pack === undefined) throw new Error('no pack holds the list of Docs')
  return { afresh: await network.owner(root), snapshot: result.snapshot, unhide: hide(network, pack) }
}

it('a folder whose list is gone takes nothing else with it, is never passed over, and is asked for again later', async () => {
  const { afresh, snapshot, unhide } = await withDocsHidden()
  const chosen = await bringBack(afresh, ['home/Docs/a.txt', 'home/note'])
  expect([...chosen.files.keys()]).toEqual(['home/note'])
  expect(chosen.result.missing).toMatchObject([{ path: 'home/Docs', what: 'refused' }])
  expect(chosen.events.filter(({ type }) => type === 'notice')).toHaveLength(1)
  expect((await bringBack(afresh)).result.missing.map(({ path }) => path)).toEqual(['home/Docs'])
  expect(await bringBack(afresh, ['home/Docs']).catch(codeOf)).toBe('too-few-shards')
  const list = async () => {
    for await (const _ of listTree(afresh, snapshot));
  }
  expect(await list().catch(codeOf)).toBe('too-few-shards')

  const library = await SnapshotLibrary.open(afresh, new MemoryTreeCache())
  const find = new PathFinder('home/Docs/a.txt')
  const look = async () => find.find(await library.sources(snapshot), library.tree(snapshot))
  expect(await look().catch(codeOf)).toBe('too-few-shards')
  unhide()
  const now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => now + 60_000)
  expect(await look()).toMatchObject({ kind: 'file', sizeBytes: 1000 })
})

it('a device whose list is gone is said to be, the others are listed, and what was known of it stays', async () => {
  network = await startNetwork(6)
  const [laptop, phone] = [await network.owner(root), await network.owner(root)]
  const kept: SnapshotId[] = []
  for (const [owner, name] of [
    [laptop, 'laptop'],
    [phone, 'phone'],
  ] as const) {
    kept.push((await backUp(owner, sourceOf(name, { [name]: noise(name, 1000) }))).result.snapshot)
  }
  const cache = new MemoryTreeCache()
  await SnapshotLibrary.open(await network.owner(root), cache)
  for (const pack of await manifestOf(laptop)) hide(network, pack)

  const events: RestoreEvent[] = []
  const onEvent = (event: RestoreEvent) => void events.push(event)
  const alone = await listSnapshots(await network.owner(root), { onEvent })
  expect(alone.map(({ sources }) => sources)).toEqual([['phone']])
  expect(events).toContainEqual({ type: 'device-unread', device: laptop.identity.device })

  for (let visit = 0; visit < 2; visit += 1) {
    const library = await SnapshotLibrary.open(await network.owner(root), cache)
    expect(library.snapshots.map(({ summary }) => summary.id).sort()).toEqual(kept.slice().sort())
  }
})

it('holders that come and go are looked for a few times, and then too few are there', async () => {
  network = await startNetwork(6)
  await backUp(await network.owner(root), sourceOf('home', { note: noise('note', 1000) }))
  const owner = await network.owner(root)
  const { coordinator } = owner
  let looks = 0
  const locatePacks: typeof coordinator.locatePacks = async (...asked) => {
    const located = await coordinator.locatePacks(...asked)
    looks += 1
    return located.map((pack) => ({
      ...pack,
      holders: pack.holders.map((holder) => ({ ...holder, keeper: idOf(parseDeviceId, random.bytes(32)) })),
    }))
  }
  const misled = { ...owner, coordinator: { ...coordinator, locatePacks } }
  expect(await bringBack(misled).catch(codeOf)).toBe('too-few-shards')
  expect(looks).toBeLessThan(10)
})

it('a device that has looked into one account backs up for another, and lists what that one has', async () => {
  network = await startNetwork(6)
  await backUp(await network.owner(root), sourceOf('theirs', { theirs: noise('theirs', 1000) }))
  const state = new MemoryOwnerState(emptyOwnerShelf())
  const guest = { ...(await network.owner(root)), state }
  await listSnapshots(guest)
  expect(await state.pinnedHeads()).not.toEqual([])

  const own = { ...(await network.owner(noise('own', 32))), state }
  await backUp(own, sourceOf('own', { own: noise('own file', 1000) }))
  expect(await listSnapshots(own)).toMatchObject([{ sources: ['own'] }])
})

async function manifestOf({ coordinator, identity }: OwnerContext): Promise<readonly PackId[]> {
  const heads = await Promise.all((await coordinator.heads()).map(openHead))
  return heads.find(({ device }) => device === identity.device)?.manifest ?? []
}
