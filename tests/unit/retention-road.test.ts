/** Snapshots that go and come back, over the real coordinator and real keepers, in a time that the test moves. */
import { cpSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import {
  bringBackRemoved,
  collectGarbage,
  findRemoved,
  isCollectionDue,
  ownManifest,
  ownRetention,
  protect,
  removeSnapshots,
  rewrite,
  setRule,
} from '../../src/backup/retention.ts'
import { lastLookAt } from '../../src/backup/backup.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { SnapshotLibrary } from '../../src/backup/library.ts'
import { listSnapshots } from '../../src/backup/snapshots.ts'
import { equal, utf8 } from '../../src/core/bytes.ts'
import type { SnapshotId } from '../../src/core/ids.ts'
import { headsDigest, signCondemnation } from '../../src/protocol/condemnation.ts'
import { openHead } from '../../src/protocol/records.ts'
import { asPast } from '../../src/snapshot/manifest.ts'
import { PRESETS } from '../../src/snapshot/retention.ts'
import { MemoryTreeCache } from '../../src/store/memory.ts'
import { random, temporaryFolder } from '../contract/coordinator-fixtures.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type SimulatedNetwork } from '../sim/network.ts'
import { daysPass, keptPacks, TestTime } from '../sim/days.ts'
import { DAY } from '../../src/core/units.ts'

let network: SimulatedNetwork
let time: TestTime
afterEach(() => network.close())

/** Months pass, a day at a time. */
const patient = { timeout: 120_000 }

async function start(): Promise<SimulatedNetwork> {
  time = new TestTime()
  network = await startNetwork(6, { clock: time })
  return network
}

const days = (count: number, somebody: OwnerContext, lookEvery?: number) =>
  daysPass(network, time, count, somebody, lookEvery)

const files = (seed: string, count = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${seed}-${i}`, noise(`${seed}-${i}`, 20_000)]))

const ids = async (owner: OwnerContext): Promise<SnapshotId[]> => (await listSnapshots(owner)).map(({ id }) => id)
const bytesIn = (found: ReadonlyMap<string, Uint8Array>) => [...found].map(([path, bytes]) => [path, bytes.length])

test(
  'a removed snapshot can be brought back for 30 days, then keepers have room again and the others are whole',
  patient,
  async () => {
    await start()
    const owner = await network.owner()
    const shared = files('shared', 3)
    const { result: first } = await backUp(owner, sourceOf('A', { ...shared, ...files('old', 3) }))
    time.at += DAY
    const { result: second } = await backUp(owner, sourceOf('A', { ...shared, ...files('new', 3) }))
    const before = keptPacks(network).size
    await removeSnapshots(owner, [first.snapshot])
    expect(await ids(owner)).toEqual([second.snapshot])
    expect(await isCollectionDue(owner, await lastLookAt(owner)), 'on the day of a backup').toBe(false)
    expect(await isCollectionDue(owner, time.at - DAY), 'behind the first of a day').toBe(true)
    const { removed } = await ownRetention(owner)
    expect(removed.map(({ summary, goneAt }) => [summary.id, goneAt])).toEqual([[first.snapshot, time.at + 30 * DAY]])

    const collected = await collectGarbage(owner)
    expect(collected.condemned).toBeGreaterThan(1)
    expect(collected.takenBack).toEqual([])
    await days(29, owner, 29)
    expect(keptPacks(network).size).toBeGreaterThanOrEqual(before)
    await bringBackRemoved(owner, removed)
    expect(await ids(owner)).toEqual([second.snapshot, first.snapshot])
    await days(8, owner, 8)
    expect((await bringBack(owner, undefined, first.snapshot)).files.size).toBe(6)

    await protect(owner, [first.snapshot], false)
    await removeSnapshots(owner, [first.snapshot])
    await collectGarbage(owner)
    await days(34, owner)
    expect(keptPacks(network).size).toBeLessThan(before)
    expect((await owner.coordinator.condemned()).packs).toEqual([])
    expect((await ownRetention(owner)).removed).toEqual([])
    expect((await bringBack(owner)).files.size).toBe(6)
    const again = await backUp(owner, sourceOf('A', { ...shared, ...files('old', 3) }))
    expect(again.result.state).toBe('safe')
    expect(bytesIn((await bringBack(owner)).files).length).toBe(6)
  },
)

test(
  'what was taken back stays, although the coordinator was put back to a copy that knows nothing of it',
  patient,
  async () => {
    await start()
    const root = noise('root', 32)
    const owner = await network.owner(root)
    const { result: first } = await backUp(owner, sourceOf('A', files('old', 3)))
    time.at += DAY
    await backUp(owner, sourceOf('A', files('new')))
    await removeSnapshots(owner, [first.snapshot])
    await collectGarbage(owner)
    await days(29, owner)
    const yesterday = temporaryFolder()
    cpSync(network.dataDir, yesterday, { recursive: true })
    await bringBackRemoved(owner, (await ownRetention(owner)).removed)
    const [newest] = await owner.coordinator.heads()
    const { keepers } = network
    await network.close()

    network = await startNetwork(0, { clock: time, dataDir: yesterday })
    for (const { identity, shelf } of keepers) await network.addKeeper({ again: { identity, shelf } })
    const words = await network.owner(root)
    await vi.waitUntil(
      async () => (await words.coordinator.heads()).some((head) => newest !== undefined && equal(head, newest)),
      10_000,
    )
    expect((await words.coordinator.condemned()).packs.length).toBeGreaterThan(1)
    await days(3, words)
    expect((await bringBack(words, undefined, first.snapshot)).files.size).toBe(3)
    const home = { ...network.ownerAs(owner.identity), state: owner.state }
    expect((await collectGarbage(home)).takenBack.length).toBeGreaterThan(1)
  },
)

test('a list that comes again, byte for byte, after it was condemned is not lost', patient, async () => {
  await start()
  const owner = await network.owner()
  const { result: first } = await backUp(owner, sourceOf('A', files('old')))
  time.at += DAY
  await backUp(owner, sourceOf('A', files('new')))
  await days(8, owner, 8)
  const newestList = async () => {
    const [head] = await owner.coordinator.heads()
    return head === undefined ? [] : (await openHead(head)).manifest
  }
  const list = await newestList()
  await removeSnapshots(owner, [first.snapshot])
  await collectGarbage(owner)
  const condemned = async () => new Set((await owner.coordinator.condemned()).packs.map(({ pack }) => pack))
  expect([...(await condemned())]).toEqual(expect.arrayContaining([...list]))
  await bringBackRemoved(owner, (await ownRetention(owner)).removed)
  await protect(owner, [first.snapshot], false)
  expect(await newestList()).toEqual(list)
  const stillCondemned = await condemned()
  expect(list.filter((pack) => stillCondemned.has(pack))).toEqual([])
})

test('a rule takes snapshots as they grow old, and never those that are protected or the newest', async () => {
  await start()
  const owner = await network.owner()
  const made: SnapshotId[] = []
  for (let i = 0; i < 6; i += 1) {
    made.unshift((await backUp(owner, sourceOf('A', files(`${i}`)))).result.snapshot)
    if (i === 0) await setRule(owner, PRESETS.lean)
    if (i === 1) await protect(owner, made.slice(0, 1), true)
    time.at += 13 * DAY
  }
  // Of March the newest; of February the last, and the last of each week of a month; of January the last and the
  // protected one of the 18th. Only that of the 5th is gone.
  expect(await ids(owner)).toEqual(made.slice(0, 5))
  const other = await network.owner()
  await expect(ownRetention(other)).rejects.toMatchObject({ code: 'nothing-to-restore' })
  const data = { newest: made[0], protected: made.slice(4, 5) }
  await expect(removeSnapshots(owner, made.slice(0, 5))).rejects.toMatchObject({ code: 'snapshot-stays', data })
})

test('a device whose clock is years ahead takes nothing by the rule that is not old, and forgets nothing removed', async () => {
  await start()
  const owner = await network.owner()
  const ahead = { ...owner, clock: { now: () => time.at + 3 * 366 * DAY } }
  const made = [(await backUp(owner, sourceOf('A', files('0')))).result.snapshot]
  await setRule(owner, PRESETS.lean)
  for (const turn of [1, 2]) {
    time.at += DAY
    made.unshift((await backUp(owner, sourceOf('A', files(`${turn}`)))).result.snapshot)
  }
  await removeSnapshots(owner, made.slice(2))
  const { result } = await backUp(ahead, sourceOf('A', files('3')))
  await setRule(ahead, PRESETS.thinning)
  expect(await ids(owner)).toEqual([result.snapshot, ...made.slice(0, 2)])
  expect((await ownRetention(owner)).removed.map(({ summary }) => summary.id)).toEqual(made.slice(2))
})

test(
  'a thief with a device cannot take the last 30 days: what it condemns is taken back, what it unlists is found',
  patient,
  async () => {
    await start()
    const root = random.bytes(32)
    const laptop = await network.owner(root)
    const phone = await network.owner(root)
    const { result: diary } = await backUp(laptop, sourceOf('Diary', files('diary', 2)))
    const { result: photos } = await backUp(phone, sourceOf('Photos', files('photos', 2)))
    time.at += 3 * DAY
    // The thief makes a snapshot of nothing, unlists all others, and has everything condemned that there is.
    const thief = laptop
    await backUp(thief, sourceOf('Empty', {}))
    await removeSnapshots(thief, [diary.snapshot])
    const condemnAll = async () => {
      const all = await thief.coordinator.ownPacks()
      const statements = await Promise.all(all.map(({ pack }) => signCondemnation(thief.identity, pack, time.at)))
      await thief.coordinator.condemn(statements, await headsDigest(await thief.coordinator.heads()))
      return all.length
    }
    expect(await condemnAll()).toBeGreaterThan(3)
    await days(29, phone)
    const { takenBack } = await collectGarbage(phone)
    expect(takenBack.length).toBeGreaterThan(2)
    // Whoever has the words finds what was unlisted.
    const words = await network.owner(root)
    const found = await findRemoved(words)
    expect(found.map(({ summary }) => summary.id)).toContain(diary.snapshot)
    const library = await SnapshotLibrary.open(words, new MemoryTreeCache())
    expect(() => library.find(diary.snapshot)).toThrow('snapshot')
    library.alsoOpens(found)
    expect((await bringBack(words, undefined, library.find(diary.snapshot))).files.size).toBe(2)
    await backUp(words, sourceOf('Here', files('here')))
    await bringBackRemoved(
      words,
      found.filter(({ summary }) => summary.id === diary.snapshot),
    )
    await days(4, phone)
    expect((await bringBack(words, undefined, diary.snapshot)).files.size).toBe(2)
    expect((await bringBack(words, undefined, photos.snapshot)).files.size).toBe(2)
    // And what is condemned a second time has its 30 days again.
    await condemnAll()
    await days(20, words)
    await collectGarbage(words)
    await days(12, words)
    expect((await bringBack(words, undefined, photos.snapshot)).files.size).toBe(2)
  },
)

test('a backup on another device that leans on a pack while it is condemned keeps it', async () => {
  await start()
  const root = random.bytes(32)
  const one = await network.owner(root)
  const other = await network.owner(root)
  const { result: old } = await backUp(one, sourceOf('A', files('same', 3)))
  time.at += DAY
  await backUp(one, sourceOf('A', files('else')))
  await removeSnapshots(one, [old.snapshot])
  // The other device has learned where the chunks are, and is stopped right before its head: there the first one clears up.
  const publishHead = other.coordinator.publishHead.bind(other.coordinator)
  let collected = 0
  const slow: OwnerContext = {
    ...other,
    coordinator: {
      ...other.coordinator,
      async publishHead(head, rounds) {
        if (collected === 0) collected = (await collectGarbage(one)).condemned
        await publishHead(head, rounds)
      },
    },
  }
  const { result } = await backUp(slow, sourceOf('A', files('same', 3)))
  expect(collected).toBeGreaterThan(0)
  await days(32, one)
  expect((await bringBack(other, undefined, result.snapshot)).files.size).toBe(3)
})

test('nothing is condemned on the word of a device that has not seen the newest heads', async () => {
  await start()
  const root = random.bytes(32)
  const one = await network.owner(root)
  const other = await network.owner(root)
  const { result } = await backUp(one, sourceOf('A', files('a')))
  const basis = await headsDigest(await one.coordinator.heads())
  await backUp(other, sourceOf('B', files('b')))
  const [pack] = await one.coordinator.ownPacks()
  if (pack === undefined) throw new Error('no pack')
  const statement = await signCondemnation(one.identity, pack.pack, time.at)
  await expect(one.coordinator.condemn([statement], basis)).rejects.toMatchObject({ code: 'conflict' })
  const stranger = await network.owner()
  const newest = await headsDigest(await one.coordinator.heads())
  await expect(stranger.coordinator.condemn([statement], newest)).rejects.toMatchObject({ code: 'conflict' })
  await expect(stranger.coordinator.condemn([statement], await headsDigest([]))).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect(await stranger.coordinator.reprieve([pack.pack])).toEqual([])
  expect((await ids(one)).includes(result.snapshot)).toBe(true)
})

test('a device that lists the snapshot of another one over its own content neither hides nor replaces it', async () => {
  await start()
  const root = noise('root', 32)
  const laptop = await network.owner(root)
  const { result } = await backUp(laptop, sourceOf('home', { thesis: utf8('precious') }))
  const thief = await network.owner(root)
  await backUp(thief, sourceOf('home', { thesis: utf8('rubbish') }))
  const { head, manifest } = await ownManifest(thief, {})
  for (const later of [-1, 0, 1]) {
    await rewrite(thief, {}, (list) => ({
      ...list,
      history: [
        { ...asPast(manifest, head.manifest), snapshot: result.snapshot, createdAt: manifest.createdAt + later },
      ],
    }))
    const reader = await network.owner(root)
    const home = (await listSnapshots(reader)).filter(({ sources }) => sources.includes('home'))
    expect(new Set(home.map(({ id }) => id)).size).toBe(home.length)
    const [own] = home.filter(({ device }) => device === laptop.identity.device)
    const { files } = await bringBack(reader, undefined, own?.id)
    expect(Buffer.from(files.get('home/thesis') ?? []).toString()).toBe('precious')
    await expect(bringBack(reader, undefined, result.snapshot)).rejects.toMatchObject({ code: 'snapshot-unknown' })
  }
})
