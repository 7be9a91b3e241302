/** Looking through snapshots: what is seen is what is there, little of it travels, and it stays without a network. */
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { SnapshotLibrary } from '../../src/backup/library.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { search, type Looked } from '../../src/backup/search.ts'
import { versionsOf } from '../../src/backup/versions.ts'
import { concat, utf8, type Bytes } from '../../src/core/bytes.ts'
import { codeOf, KeeptabError } from '../../src/core/errors.ts'
import type { PackId, SnapshotId } from '../../src/core/ids.ts'
import { MiB } from '../../src/core/units.ts'
import { PathFinder } from '../../src/snapshot/path-finder.ts'
import { readTree } from '../../src/snapshot/tree.ts'
import type { FileEntry } from '../../src/snapshot/tree-entry.ts'
import { MemoryTreeCache } from '../../src/store/memory.ts'
import { backUp, noise, sourceOf, startNetwork, type Files, type SimulatedNetwork } from '../sim/network.ts'
import { Trees } from '../sim/trees.ts'

async function inNetwork(work: (network: SimulatedNetwork) => Promise<void>): Promise<void> {
  const network = await startNetwork(6)
  try {
    await work(network)
  } finally {
    await network.close()
  }
}

async function fileAt(library: SnapshotLibrary, snapshot: SnapshotId, path: string): Promise<FileEntry> {
  const entry = await new PathFinder(path).find(await library.sources(snapshot), library.tree(snapshot))
  if (entry?.kind !== 'file') throw new Error(`no file is at ${path}`)
  return entry
}

async function all(parts: AsyncIterable<Bytes>): Promise<Bytes> {
  const list: Bytes[] = []
  for await (const part of parts) list.push(part.slice())
  return concat(...list)
}

/** Another device of the account, which has nothing at hand. */
const fresh = (network: SimulatedNetwork, { identity }: OwnerContext): OwnerContext => network.ownerAs(identity)

test('any range of a file is the slice of it', async () => {
  await inNetwork(async (network) => {
    const owner = await network.owner()
    const film = noise('film', 6 * MiB + 123)
    const { result } = await backUp(owner, sourceOf('home', { film, small: utf8('small') }))
    const library = await SnapshotLibrary.open(fresh(network, owner), new MemoryTreeCache())
    const entry = await fileAt(library, result.snapshot, 'home/film')
    const offset = fc.oneof(fc.integer({ min: 0, max: film.length }), fc.constantFrom(0, film.length))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(offset, offset), { minLength: 1, maxLength: 4 }), async (ranges) => {
        const file = library.file(result.snapshot, entry) // each time anew, so that it counts from either end
        for (const [a, b] of ranges) {
          const [from, to] = [Math.min(a, b), Math.max(a, b)]
          expect(Buffer.compare(await all(file.bytes(from, to)), film.subarray(from, to))).toBe(0)
        }
      }),
      { numRuns: 40 },
    )
  })
}, 120_000)

test('a place in a long file costs less than 5 % of it, and what a liar sends is never taken for it', async () => {
  await inNetwork(async (network) => {
    const owner = await network.owner(noise('film', 32)) // where chunks end depends on the account
    const film = noise('film', 48 * MiB)
    const { result } = await backUp(owner, sourceOf('home', { film }))
    const reader = fresh(network, owner)
    const library = await SnapshotLibrary.open(reader, new MemoryTreeCache())
    const file = library.file(result.snapshot, await fileAt(library, result.snapshot, 'home/film'))
    const before = reader.transport.counted.receivedBytes
    for (const from of [30 * MiB + 5, 47 * MiB]) {
      expect(Buffer.compare(await all(file.bytes(from, from + 100_000)), film.subarray(from, from + 100_000))).toBe(0)
    }
    expect(reader.transport.counted.receivedBytes - before).toBeLessThan(0.05 * film.length)

    // Every keeper of the first data shards turns a bit in each.
    for (const { shelf } of network.keepers) {
      for (const shard of shelf.shards.values()) if (shard.index === 0) shard.bytes[100] = (shard.bytes[100] ?? 0) ^ 1
    }
    const again = await SnapshotLibrary.open(fresh(network, owner), new MemoryTreeCache())
    const same = again.file(result.snapshot, await fileAt(again, result.snapshot, 'home/film'))
    expect(Buffer.compare(await all(same.bytes(9 * MiB, 9 * MiB + 1000)), film.subarray(9 * MiB, 9 * MiB + 1000))).toBe(
      0,
    )
  })
}, 120_000)

test('all versions of a path are its distinct contents over all snapshots, whichever device made them', async () => {
  await inNetwork(async (network) => {
    const owner = await network.owner()
    const moments: Files[] = [
      { 'deep/note': utf8('one'), 'other': utf8('1') },
      { 'deep/note': utf8('one'), 'other': utf8('2') },
      { 'deep/note': utf8('two'), 'other': utf8('2') },
      { other: utf8('3') },
      { 'deep/note': utf8('one'), 'other': utf8('3') },
    ]
    const ids: SnapshotId[] = []
    for (const files of moments) ids.push((await backUp(owner, sourceOf('home', files))).result.snapshot)
    expect(new Set(ids).size).toBe(5)
    const library = await SnapshotLibrary.open(fresh(network, owner), new MemoryTreeCache())
    let last
    for await (const soFar of versionsOf(library, 'home/deep/note')) last = soFar
    const seen = last?.versions.map(({ entry, newest, oldest, snapshots }) => ({
      sizeBytes: entry.sizeBytes,
      newest: newest.id,
      oldest: oldest.id,
      snapshots,
    }))
    expect(seen).toEqual([
      { sizeBytes: 3, newest: ids[4], oldest: ids[0], snapshots: 3 },
      { sizeBytes: 3, newest: ids[2], oldest: ids[2], snapshots: 1 },
    ])
    expect(last).toMatchObject({ looked: 5, of: 5, unreadable: 0 })
    const [, two] = last?.versions ?? []
    if (two === undefined) throw new Error('there is one version only')
    expect(await all(library.file(two.newest.id, two.entry).bytes(0, 3))).toEqual(utf8('two'))
  })
}, 120_000)

test('all versions of a path cost two packs a snapshot and none twice; the device that backed up has them at hand', async () => {
  await inNetwork(async (network) => {
    const owner = await network.owner()
    const trees = new MemoryTreeCache()
    const handedOn = vi.spyOn(trees, 'keepChunks')
    const MOMENTS = 12
    for (let i = 0; i < MOMENTS; i += 1) {
      const files = { 'deep/er/note': utf8(`${Math.floor(i / 4)}`), 'deep/er/other': utf8(`${i}`) }
      await backUp(owner, sourceOf('home', i === 0 ? { ...files, 'gone/since': utf8('') } : files), { trees })
    }
    // The three directories of each but the newest, and the one that only the first has: nothing of an index.
    expect(handedOn.mock.calls.flatMap(([chunks]) => [...chunks])).toHaveLength(3 * (MOMENTS - 1) + 1)
    const looked = async (device: OwnerContext, cache: MemoryTreeCache) => {
      const packs: PackId[] = []
      const { coordinator } = device
      const locatePacks: typeof coordinator.locatePacks = (asked, visit) => {
        if (visit !== undefined) packs.push(...asked) // somebody is about to read them
        return coordinator.locatePacks(asked, visit)
      }
      const library = await SnapshotLibrary.open({ ...device, coordinator: { ...coordinator, locatePacks } }, cache)
      const listing = packs.splice(0)
      const versions: number[] = []
      for await (const soFar of versionsOf(library, 'home/deep/er/note')) versions.push(soFar.versions.length)
      expect([versions[0], versions.at(-1)]).toEqual([1, 3])
      return { library, listing, packs }
    }
    const { listing, packs } = await looked(fresh(network, owner), new MemoryTreeCache())
    const read = [...listing, ...packs]
    expect(read).toHaveLength(new Set(read).size)
    // Each has a manifest and its directories, and the index of the newest names all before it.
    expect(read.length).toBeGreaterThanOrEqual(2 * MOMENTS)
    expect(read.length).toBeLessThan(2.5 * MOMENTS)

    const here = await looked(owner, trees)
    expect(here.packs).toEqual([])
    const [oldest] = here.library.snapshots.slice(-1)
    if (oldest === undefined) throw new Error('nothing is listed')
    const gone = new PathFinder('home/gone/since')
    const { id } = oldest.summary
    expect(await gone.find(await here.library.sources(id), here.library.tree(id))).toMatchObject({ kind: 'file' })
    expect(here.packs).toEqual([])
  })
}, 120_000)

test('a version is told before older snapshots have answered, and who waits for those can stop at once', async () => {
  const trees = new Trees()
  const source = await trees.source('home', { note: 1 })
  const snapshots = [2, 1].map((i) => ({ summary: { id: String(i) as SnapshotId, createdAt: i }, manifest: [] }))
  const library = {
    snapshots,
    sources: (id: string) => (id === '2' ? Promise.resolve([source]) : new Promise(() => undefined)),
    tree: () => trees.read,
  } as object as SnapshotLibrary
  const stop = new AbortController()
  const told = versionsOf(library, 'home/note', stop.signal)
  expect((await told.next()).value).toMatchObject({ versions: [{ newest: { id: '2' } }], looked: 1, of: 2 })
  const more = told.next()
  stop.abort()
  expect(await more.catch(codeOf)).toBe('aborted')
})

test('what was looked at opens without a network, and what was not says so at once', async () => {
  await inNetwork(async (network) => {
    const owner = await network.owner()
    const { result } = await backUp(
      owner,
      sourceOf('home', { 'seen/Näme.txt': utf8('a'), 'unseen/name.txt': utf8('b') }),
    )
    const cache = new MemoryTreeCache()
    const online = await SnapshotLibrary.open(fresh(network, owner), cache)
    await fileAt(online, result.snapshot, 'home/seen/Näme.txt')
    const searched = async (library: SnapshotLibrary) => {
      const found = { matches: [] as string[], unread: [] as string[] }
      for await (const { path, entry, matches } of search(library, [result.snapshot], 'TXT NÄME')) {
        if (entry === undefined) found.unread.push(path)
        else if (matches) found.matches.push(path)
      }
      return found
    }
    await expect.poll(async () => (await cache.chunk(await chunkOf(online, result.snapshot))) !== undefined).toBe(true)

    const away = () => Promise.reject(new KeeptabError('internal', 'the network was asked'))
    const cut = fresh(network, owner)
    const offline = await SnapshotLibrary.remembered(
      { ...cut, coordinator: { ...cut.coordinator, heads: away, locatePacks: away } },
      cache,
    )
    if (offline === undefined) throw new Error('nothing is remembered')
    expect(offline.snapshots.map(({ summary }) => summary)).toEqual(online.snapshots.map(({ summary }) => summary))
    const entry = await fileAt(offline, result.snapshot, 'home/seen/Näme.txt')
    expect(await searched(offline)).toEqual({ matches: ['home/seen/Näme.txt'], unread: ['home/unseen'] })
    expect(await fileAt(offline, result.snapshot, 'home/unseen/name.txt').catch(codeOf)).toBe('coordinator-unreachable')
    expect(await all(offline.file(result.snapshot, entry).bytes(0, 1)).catch(codeOf)).toBe('coordinator-unreachable')
  })
}, 120_000)

test('what was read ahead opens without anybody being asked, is read once also while it comes, and not when nobody looks any more', async () => {
  await inNetwork(async (network) => {
    const owner = await network.owner()
    const names = Array.from({ length: 5000 }, (_, i) => `a file with a name of some length ${i}`)
    const { result } = await backUp(owner, sourceOf('home', Object.fromEntries(names.map((name) => [name, utf8('')]))))
    const visit = async () => {
      const reader = fresh(network, owner)
      const library = await SnapshotLibrary.open(reader, new MemoryTreeCache())
      const listed = async () => {
        const entries = []
        const [source] = await library.sources(result.snapshot)
        for await (const { kind } of readTree(source?.root ?? utf8(''), library.tree(result.snapshot)))
          entries.push(kind)
        expect(entries).toHaveLength(names.length)
      }
      const ahead = (signal = new AbortController().signal) => library.readAhead(result.snapshot, signal)
      const before = reader.transport.counted.receivedBytes
      return { listed, ahead, received: () => reader.transport.counted.receivedBytes - before }
    }
    const { listed, ahead, received } = await visit()
    await ahead(AbortSignal.abort())
    expect(received()).toBe(0) // the list came with the manifest
    await ahead()
    const once = received()
    expect(once).toBeGreaterThan(0)
    await listed()
    expect(received()).toBe(once)

    const hasty = await visit()
    await Promise.all([hasty.ahead(), hasty.listed()])
    expect(hasty.received()).toBe(once)
  })
}, 120_000)

test('a search over all snapshots finds what is gone since, each path where it was last, and reads a folder that did not change once', async () => {
  await inNetwork(async (network) => {
    const owner = await network.owner()
    const still = { 'still/a': utf8('a'), 'still/b': utf8('b') }
    const moments: Files[] = [
      { ...still, 'old/Tax 2019.pdf': utf8('1') },
      { ...still, 'new/tax 2020.pdf': utf8('2') },
      { ...still, 'new/tax 2020.pdf': utf8('3') },
    ]
    const ids: SnapshotId[] = []
    for (const files of moments) ids.unshift((await backUp(owner, sourceOf('home', files))).result.snapshot)
    const library = await SnapshotLibrary.open(fresh(network, owner), new MemoryTreeCache())
    const looked: Looked[] = []
    for await (const one of search(library, ids, 'tax')) looked.push(one)
    expect(looked.filter(({ matches }) => matches).map(({ path, snapshot }) => [path, ids.indexOf(snapshot)])).toEqual([
      ['home/new/tax 2020.pdf', 0],
      ['home/old/Tax 2019.pdf', 2],
    ])
    expect(looked.filter(({ path }) => path === 'home/still/a')).toHaveLength(1)
  })
}, 120_000)

test('what a device has backed up itself opens on it without a network, though nobody ever looked', async () => {
  await inNetwork(async (network) => {
    const owner = await network.owner()
    const { result } = await backUp(owner, sourceOf('home', { 'deep/note': utf8('one') }))
    const cache = new MemoryTreeCache()
    const away = () => Promise.reject(new KeeptabError('internal', 'the network was asked'))
    const cut = { ...owner, coordinator: { ...owner.coordinator, heads: away, locatePacks: away } }
    const offline = await SnapshotLibrary.remembered(cut, cache)
    expect(offline?.snapshots.map(({ summary }) => summary)).toMatchObject([{ id: result.snapshot, sources: ['home'] }])
    if (offline === undefined) return
    expect((await fileAt(offline, result.snapshot, 'home/deep/note')).sizeBytes).toBe(3)
    expect(await SnapshotLibrary.remembered(fresh(network, owner), new MemoryTreeCache())).toBeUndefined()
  })
}, 120_000)

/** The chunk of the directory that was opened last. */
async function chunkOf(library: SnapshotLibrary, snapshot: SnapshotId) {
  const { chunkIdsIn } = await import('../../src/snapshot/id-list.ts')
  const entry = await new PathFinder('home/seen').find(await library.sources(snapshot), library.tree(snapshot))
  const [chunk] = entry?.kind === 'directory' ? chunkIdsIn(entry.ids) : []
  if (chunk === undefined) throw new Error('the directory has no chunk')
  return chunk
}
