/** A restore that waits: what too few keepers are online for comes back when they have been, and nothing comes twice. */
import { afterEach, expect, it } from 'vitest'
import { folderTarget } from '../../src/app/folder-target.ts'
import type { RestoreEvent } from '../../src/backup/events.ts'
import { restore } from '../../src/backup/restore.ts'
import { findSnapshots, type RestoreOptions } from '../../src/backup/snapshots.ts'
import type { Source, SourceEntry } from '../../src/backup/source.ts'
import type { RestoreTarget } from '../../src/backup/target.ts'
import { concat, utf8, type Bytes } from '../../src/core/bytes.ts'
import { codeOf, detailOf, KeeptabError } from '../../src/core/errors.ts'
import type { PackId } from '../../src/core/ids.ts'
import { KiB } from '../../src/core/units.ts'
import { parseManifest } from '../../src/snapshot/manifest.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { backUp, memoryTarget, noise, sourceOf, startNetwork, type SimulatedNetwork } from '../sim/network.ts'
import { until } from '../contract/coordinator-fixtures.ts'
import { WritableFolder } from './browser-folders.ts'

const files = {
  'first.bin': noise('first', 300 * KiB),
  'folder/inner/second.bin': noise('second', 200 * KiB),
  'folder/third.txt': noise('third', 100),
  'last.bin': noise('last', 100 * KiB),
}

const patient = { timeout: 120_000 }

let network: SimulatedNetwork | undefined
afterEach(() => network?.close())

/** With a backup, and everything a restore with an empty memory needs. */
async function start() {
  network = await startNetwork(6)
  const root = noise('root', 32)
  const owner = await network.owner(root)
  // What the second one adds lies in packs of its own.
  const { 'last.bin': _, ...before } = files
  for (const some of [before, files]) await backUp(owner, sourceOf('home', some))
  return { network, root, owner }
}

/** A patient restore, what it has told so far, how often it brought each file, and the end of its patience. */
function patientRestore(reader: OwnerContext, into?: RestoreTarget) {
  const events: RestoreEvent[] = []
  const patience = new AbortController()
  const options: RestoreOptions = {
    patience: patience.signal,
    askAgainMs: 50,
    onEvent: (event) => void events.push(event),
  }
  const { target: memory, files: brought } = memoryTarget()
  const target = into ?? memory
  const times = new Map<string, number>()
  const walks: string[][] = [[]]
  const result = (async () => {
    const [found] = await findSnapshots(reader, options)
    if (found === undefined) throw new Error('no snapshot was found')
    return restore(reader, found, undefined, watching(target, times, walks), options)
  })()
  const waits = () => events.flatMap((event) => (event.type === 'waiting' ? [event.entries] : []))
  return { result, events, waits, brought, times, walks, giveUp: () => patience.abort() }
}

/** Counts how often each file comes, and notes the names that each walk gives or skips at the top of the source. */
function watching(target: RestoreTarget, times: Map<string, number>, walks: string[][]): RestoreTarget {
  const text = (name: Bytes) => new TextDecoder().decode(name)
  let depth = 0
  const meet = (name: Bytes) => {
    if (depth === 1) walks.at(-1)?.push(text(name))
  }
  return {
    ...target,
    again() {
      walks.push([])
      target.again()
    },
    async enterDirectory(name, meta) {
      meet(name)
      depth += 1
      await target.enterDirectory(name, meta)
    },
    async leaveDirectory() {
      depth -= 1
      await target.leaveDirectory()
    },
    skip(name) {
      meet(name)
      target.skip(name)
    },
    async file(name, ...rest) {
      meet(name)
      await target.file(name, ...rest)
      times.set(text(name), (times.get(text(name)) ?? 0) + 1)
    },
  }
}

function expectAll(brought: ReadonlyMap<string, Bytes>): void {
  expect([...brought.keys()].sort()).toEqual(
    Object.keys(files)
      .map((path) => `home/${path}`)
      .sort(),
  )
  for (const [path, bytes] of Object.entries(files)) {
    expect(Buffer.compare(brought.get(`home/${path}`) ?? noise('', 0), bytes)).toBe(0)
  }
}

it('brings everything back from keepers that are never online at the same time', patient, async () => {
  const { network, root } = await start()
  const [first, second] = network.keepers
  if (first === undefined || second === undefined) throw new Error('there are six keepers')
  for (const keeper of network.keepers) await keeper.die()
  await until(() => network.online() === 0)
  const reader = await network.owner(root)
  const { result, brought, events } = patientRestore(reader)
  let isOver = false as boolean
  void result.finally(() => (isOver = true)).catch(() => undefined)
  for (let turn = 0; !isOver; turn += 1) {
    const { receivedBytes } = reader.transport.counted
    const keeper = await network.addKeeper({ again: turn % 2 === 0 ? first : second })
    await until(() => isOver || reader.transport.counted.receivedBytes > receivedBytes)
    await keeper.die()
    await until(() => network.online() === 0)
  }
  const { missing, files: count } = await result
  expect([missing, count]).toEqual([[], 4])
  expectAll(brought)
  expect(events.filter(({ type }) => type === 'notice')).toEqual([])
})

it('brings what is there at once, and each pack that was away when it has come, each file once', patient, async () => {
  const { network, root, owner } = await start()
  const remembered = await owner.state.rememberedManifest()
  const { packs } = parseManifest(remembered?.bytes ?? noise('', 0))
  for (const away of new Set([...packs, ...(remembered?.packs ?? [])])) {
    const giveBack = takeAway(network, away)
    const { result, waits, brought, times, walks, events } = patientRestore(await network.owner(root))
    await until(() => waits().length > 0)
    giveBack()
    const { missing, files: count, bytes } = await result
    expect([missing, count, bytes]).toEqual([[], 4, 600 * KiB + 100])
    expectAll(brought)
    expect([...times.values()]).toEqual([1, 1, 1, 1])
    const listed = walks.filter((names) => names.length > 0) // the first walk may not have had the list
    for (const names of listed) expect(names).toEqual(['first.bin', 'folder', 'last.bin'])
    if (waits().some((entries) => entries > 0)) expect(walks.length).toBeGreaterThan(1)
    const last = events.findLast((event) => event.type === 'progress')
    expect(last).toMatchObject({ filesDone: 4, filesTotal: 4, bytesDone: bytes, bytesTotal: bytes })
  }
})

it('replaces nothing unasked, and brings nothing twice, where the list came late', patient, async () => {
  const { network, root, owner } = await start()
  const remembered = await owner.state.rememberedManifest()
  const { packs } = parseManifest(remembered?.bytes ?? noise('', 0))
  const ends = new Set<string>()
  for (const away of packs) {
    const inner = new WritableFolder({ 'third.txt': 'newer' })
    const home = new WritableFolder({ folder: inner })
    // Of an earlier restore that was broken off.
    home.entries.set('first.bin', files['first.bin'])
    inner.entries.set('inner', new WritableFolder())
    const second = inner.entries.get('inner') as WritableFolder
    second.entries.set('second.bin', files['folder/inner/second.bin'])
    const giveBack = takeAway(network, away)
    const into = folderTarget(new WritableFolder({ home }).handle, () => undefined)
    const { result, waits } = patientRestore(await network.owner(root), into)
    const ended = result.then(
      ({ missing, files: count }) => `${count} back, refused: ${missing.map(({ path }) => path).join()}`,
      (thrown: unknown) => `${codeOf(thrown)} ${detailOf(thrown)}`,
    )
    let isOver = false as boolean
    void ended.then(() => (isOver = true))
    await until(() => isOver || waits().length > 0)
    giveBack()
    ends.add(await ended)
    expect(inner.entries.get('third.txt')).toEqual(utf8('newer'))
    expect([home.written.includes('first.bin'), second.written]).toEqual([false, []])
  }
  expect([...ends].sort()).toEqual(['3 back, refused: home/folder/third.txt', 'target-differs home/folder/third.txt'])
})

it('brings both of two files whose names are shown alike, also when one of them was away', patient, async () => {
  network = await startNetwork(6)
  const root = noise('root', 32)
  const owner = await network.owner(root)
  const cafe = (last: number) => concat(utf8('caf'), Uint8Array.of(last))
  const [grave, acute] = [cafe(0xe8), cafe(0xe9)]
  const file = (name: Bytes, size: number): SourceEntry => ({
    kind: 'file',
    name,
    sizeBytes: size,
    content: () => Promise.resolve(new Blob([noise('content', size)])),
  })
  const packsOf = async () => parseManifest((await owner.state.rememberedManifest())?.bytes ?? noise('', 0)).packs
  const entries = [file(grave, 1000)]
  const source: Source = { name: 'home', way: 'path', root: { list: () => Promise.resolve([...entries]) } }
  await backUp(owner, source)
  const before = new Set(await packsOf())
  entries.push(file(acute, 2000))
  await backUp(owner, source)
  for (const away of (await packsOf()).filter((pack) => !before.has(pack))) {
    const giveBack = takeAway(network, away)
    const { result, waits, walks } = patientRestore(await network.owner(root))
    await until(() => waits().length > 0)
    giveBack()
    expect(await result).toMatchObject({ missing: [], files: 2, bytes: 3000 })
    expect(walks.at(-1)).toHaveLength(2)
  }
})

it('says what is missing when the person waits no longer', patient, async () => {
  const { network, root } = await start()
  const shards = network.keepers.flatMap(({ shelf }) => [...shelf.shards.values()])
  const [data] = shards.toSorted((a, b) => b.bytes.length - a.bytes.length)
  if (data === undefined) throw new Error('there is a shard')
  takeAway(network, data.pack)
  const { result, waits, giveUp, events } = patientRestore(await network.owner(root))
  await until(() => waits().length > 0)
  giveUp()
  const { missing, files: count } = await result
  const away = Object.keys(files).filter((path) => path !== 'last.bin')
  expect(missing.map(({ path }) => path)).toEqual(away.map((path) => `home/${path}`))
  const few = { code: 'too-few-shards', data: expect.objectContaining({ needed: 2 }) as unknown }
  expect(missing.map(({ error }) => error)).toEqual(away.map(() => expect.objectContaining(few) as unknown))
  expect(count).toBe(1)
  expect(events.flatMap((event) => (event.type === 'notice' ? [event.notice] : []))).toEqual(missing)
})

it('goes on when the coordinator was away in the middle of it', patient, async () => {
  const { network, root } = await start()
  const reader = await network.owner(root)
  const { coordinator } = reader
  let told: () => readonly RestoreEvent[] = () => []
  let failures = 0
  const locatePacks: typeof coordinator.locatePacks = (packs) => {
    const isUnderWay = told().some(({ type }) => type === 'progress')
    if (!isUnderWay || failures === 3) return coordinator.locatePacks(packs)
    failures += 1
    return Promise.reject(new KeeptabError('coordinator-unreachable'))
  }
  Object.assign(reader, { coordinator: { ...coordinator, locatePacks } })
  const { result, brought, events } = patientRestore(reader)
  told = () => events
  expect((await result).missing).toEqual([])
  expect(failures).toBe(3)
  expectAll(brought)
})

/** All shards of a pack but one. @returns gives them back */
function takeAway({ keepers }: SimulatedNetwork, pack: PackId): () => void {
  const taken = keepers.flatMap(({ shelf }) =>
    [...shelf.shards].filter(([, shard]) => shard.pack === pack).map((shard) => ({ shelf, shard })),
  )
  for (const { shelf, shard } of taken.slice(1)) shelf.shards.delete(shard[0])
  return () => {
    for (const { shelf, shard } of taken) shelf.shards.set(...shard)
  }
}
