/** What a backup makes of what was there before: other devices, unfinished runs, packs and segments that are gone. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { backup } from '../../src/backup/backup.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { listSnapshots } from '../../src/backup/snapshots.ts'
import type { Source, SourceEntry } from '../../src/backup/source.ts'
import { utf8, type Bytes } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import type { PackId } from '../../src/core/ids.ts'
import { DAY, type ByteCount } from '../../src/core/units.ts'
import { openHead, openPackRecord, packIdOf } from '../../src/protocol/records.ts'
import { emptyOwnerShelf, MemoryOwnerState } from '../../src/store/memory.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type Files, type SimulatedNetwork } from '../sim/network.ts'

let network: SimulatedNetwork | undefined
afterEach(async () => {
  await network?.close()
  network = undefined
})

const start = async (...args: Parameters<typeof startNetwork>) => (network = await startNetwork(...args))

const root = noise('past', 32)
const [one, other, third] = [noise('one', 300_000), noise('other', 300_000), noise('third', 300_000)]

describe('a backup that builds on the past', () => {
  it('names every chunk it leans on, also those of a pack that earlier snapshots used in part', async () => {
    const { owner } = await start(6)
    await backUp(await owner(root), sourceOf('home', { one, other }))
    const second = await owner(root)
    await backUp(second, sourceOf('home', { one }))
    const { result } = await backUp(second, sourceOf('home', { one, other }))
    expect(result.state).toBe('safe')
    const { result: restored, files } = await bringBack(second)
    expect(restored.missing).toEqual([])
    expect([...files.keys()].sort()).toEqual(['home/one', 'home/other'])
  })

  it('sends nothing again on a new device that has first listed or restored what is there', async () => {
    const { owner } = await start(6)
    const { result: first } = await backUp(await owner(root), sourceOf('home', { one, other }))
    const second = await owner(root)
    await listSnapshots(second)
    const { result } = await backUp(second, sourceOf('home', { one, other }))
    expect(result.bytesSent).toBeLessThan(0.02 * first.bytesSent)
  })

  /** An owner, and what takes all its packs but those that it commits from then on: of each one shard is left, of two needed. */
  async function losing() {
    const { owner } = await start(6)
    const { coordinator, ...parts } = await owner(root)
    const [committed, lost] = [new Set<PackId>(), new Set<PackId>()]
    const context: OwnerContext = {
      ...parts,
      coordinator: {
        ...coordinator,
        async commitPack(record, ...rest) {
          const id = await packIdOf(record)
          committed.add(id)
          lost.delete(id)
          return coordinator.commitPack(record, ...rest)
        },
        locatePacks: async (packs) =>
          (await coordinator.locatePacks(packs)).map((located) =>
            lost.has(located.pack) ? { ...located, happiness: 1, holders: located.holders.slice(0, 1) } : located,
          ),
      },
    }
    const lose = () => {
      for (const pack of committed) lost.add(pack)
    }
    return { context, lose }
  }

  it('packs again what too few keepers hold, and names again what a lost index named', async () => {
    const { context, lose } = await losing()
    for (const now of [
      { one, other },
      { one, third },
    ]) {
      await backUp(context, sourceOf('home', { one, other }))
      lose()
      const { result } = await backUp(context, sourceOf('home', now))
      expect(result.state).toBe('safe')
      expect((await bringBack(context)).files.size).toBe(2)
    }
  })

  it('goes on after its last list was lost while the next one could not be published', async () => {
    const { context, lose } = await losing()
    await backUp(context, sourceOf('home', { one }))
    lose()
    const publishHead = () => Promise.reject(new KeeptabError('coordinator-unreachable'))
    const away: OwnerContext = { ...context, coordinator: { ...context.coordinator, publishHead } }
    const home = sourceOf('home', { one, other })
    await expect(backUp(away, home)).rejects.toMatchObject({ code: 'coordinator-unreachable' })
    expect((await backUp(context, home)).result.state).toBe('safe')
  })

  it('knows its last list also when it was killed as its head was taken, and keepers have lost that list since', async () => {
    const { owner, keepers } = await start(6)
    const context = await owner(root)
    const shelf = emptyOwnerShelf()
    const home = (files: Files) => sourceOf('home', files)
    await backUp({ ...context, state: new MemoryOwnerState(shelf) }, home({ one }))

    const killed = () => Promise.reject(new KeeptabError('aborted', 'killed'))
    const dying = (publishHead: typeof context.coordinator.publishHead) => ({
      ...context,
      state: new MemoryOwnerState(shelf),
      coordinator: { ...context.coordinator, publishHead },
    })
    const taken = dying((...head) => context.coordinator.publishHead(...head).then(killed))
    await expect(backUp(taken, home({ one, other }))).rejects.toMatchObject({ code: 'aborted' })
    // And once more, before the head of the next one was taken.
    await expect(backUp(dying(killed), home({ other }))).rejects.toMatchObject({ code: 'aborted' })
    const heads = await Promise.all((await context.coordinator.heads()).map(openHead))
    const lists = new Set(heads.flatMap(({ manifest }) => manifest))
    for (const { shards } of keepers.map((keeper) => keeper.shelf))
      for (const [key, { pack }] of shards) if (lists.has(pack)) shards.delete(key)

    const again = { ...context, state: new MemoryOwnerState(shelf) }
    await backUp(again, home({ one, third }))
    const listed = await listSnapshots(await owner(root))
    expect(listed.map(({ bytes }) => bytes)).toEqual([600_000, 600_000, 300_000])
  })

  it('is the newest one though the clock was ahead before, or is behind now', async () => {
    const { owner } = await start(6)
    const context = await owner(root)
    for (const [text, days] of [
      ['ahead', 400],
      ['right', 0],
      ['behind', -400],
    ] as const) {
      const clock = { now: () => Date.now() + days * DAY }
      await backUp({ ...context, clock }, sourceOf('home', { text: utf8(text) }))
      const { files } = await bringBack(await owner(root))
      expect(new TextDecoder().decode(files.get('home/text'))).toBe(text)
    }
  })

  it('is not called safe when all who keep it are gone for good', async () => {
    let ahead = 0
    const { owner, keepers, online, addKeeper, catchUp } = await start(6, { clock: { now: () => Date.now() + ahead } })
    const context = await owner(root)
    const home = sourceOf('home', { one })
    expect((await backUp(context, home)).result.state).toBe('safe')
    for (const keeper of keepers) await keeper.die()
    await vi.waitUntil(() => online() === 0, { timeout: 20_000 })
    // Somebody is there, so that absences count.
    await addKeeper()
    for (let days = 0; days < 8; days += 1) {
      ahead += DAY
      await catchUp()
    }
    expect((await backUp(context, home)).result).toMatchObject({ unchanged: true, state: 'spreading' })
  })

  it('can have a list of more names than fit into one pack', { timeout: 180_000 }, async () => {
    const { owner } = await start(6)
    const context = await owner(root)
    const entries = Array.from({ length: 70_000 }, (_, i): SourceEntry => {
      const content = utf8(`content ${i}`)
      return {
        kind: 'file',
        name: utf8(`file ${i}`),
        sizeBytes: content.length,
        content: () => Promise.resolve(new Blob([content])),
      }
    })
    const source: Source = { name: 'home', way: 'path', root: { list: () => Promise.resolve(entries) } }
    expect((await backUp(context, source)).result).toMatchObject({ state: 'safe', files: 70_000 })
    const { files } = await bringBack(context, ['home/file 69999'])
    expect(new TextDecoder().decode(files.get('home/file 69999'))).toBe('content 69999')
  })
})

describe('a restore', () => {
  it('reads about as many bytes as it brings back, also when its packs are long', { timeout: 120_000 }, async () => {
    const { owner } = await start(66)
    const files = Object.fromEntries(Array.from({ length: 52 }, (_, i) => [`${i % 4}/${i}`, noise(`${i}`, 1_000_000)]))
    await backUp(await owner(root), sourceOf('home', files))
    const second = await owner(root)
    expect((await bringBack(second)).files.size).toBe(52)
    expect(second.transport.counted.receivedBytes).toBeLessThan(1.2 * 52_000_000)
  })
})

describe('a source', () => {
  const unreadable: Source = {
    name: 'home',
    way: 'path',
    root: { list: () => Promise.reject(new KeeptabError('source-unreadable', 'The disk is not there.')) },
  }

  it('that cannot be read at all makes no snapshot', async () => {
    const { owner } = await start(6)
    const context = await owner(root)
    await backUp(context, sourceOf('home', { one }))
    await expect(backUp(context, unreadable)).rejects.toMatchObject({ code: 'source-unreadable' })
    expect(await listSnapshots(context)).toHaveLength(1)
  })

  it('that is away stays in the newest snapshot when its packs are said to be no code words; what is here is made again', async () => {
    const { owner } = await start(6)
    const { coordinator, ...parts } = await owner(root)
    const [home, disk] = [sourceOf('home', { one }), sourceOf('disk', { other })]
    const again = new Map<PackId, ByteCount>()
    const sizeOf = async (record: Bytes) => {
      const { k, shardBytes } = await openPackRecord(record)
      return k * shardBytes
    }
    let saidOf: 'none' | 'data' | 'all' = 'none'
    const isSpoilt = async (pack: PackId, record: Bytes) =>
      !again.has(pack) && (saidOf === 'all' || (saidOf === 'data' && (await sizeOf(record)) > one.length))
    const context: OwnerContext = {
      ...parts,
      coordinator: {
        ...coordinator,
        async commitPack(record, ...rest) {
          if (saidOf !== 'none') again.set(await packIdOf(record), await sizeOf(record))
          return coordinator.commitPack(record, ...rest)
        },
        async locatePacks(...asked) {
          const all = await coordinator.locatePacks(...asked)
          return Promise.all(
            all.map(async (one) =>
              (await isSpoilt(one.pack, one.record)) ? { ...one, happiness: 0, spoilt: true as const } : one,
            ),
          )
        },
      },
    }
    await backUp(context, home)
    await backup(context, [home, disk])
    for (saidOf of ['data', 'all'] as const) {
      again.clear()
      const { state } = await backup(context, [home, { ...unreadable, name: 'disk' }])
      expect(state).toBe('spreading')
      expect(Math.max(...again.values())).toBeGreaterThan(one.length)
      expect([...(await bringBack(context)).files.keys()].sort()).toEqual(['disk/other', 'home/one'])
      expect((await backup(context, [home, disk])).state).toBe('safe')
    }
  })

  it('that goes away while the first backup reads it makes no snapshot', async () => {
    const { owner } = await start(6)
    const context = await owner(root)
    const whole = sourceOf('home', { one })
    let looks = 0
    const list = () => {
      looks += 1
      return looks === 1 ? whole.root.list() : unreadable.root.list()
    }
    await expect(backUp(context, { ...whole, root: { list } })).rejects.toMatchObject({ code: 'source-unreadable' })
    await expect(listSnapshots(context)).rejects.toMatchObject({ code: 'nothing-to-restore' })
  })

  it('loses no more than a name or a time to files of one name and of no possible time', async () => {
    const { owner } = await start(6)
    const file = (name: string, modifiedMicros: number): SourceEntry => ({
      kind: 'file',
      name: utf8(name),
      sizeBytes: 1,
      modifiedMicros,
      content: () => Promise.resolve(new Blob(['x'])),
    })
    const entries = [file('one', 1), file('one', 2), file('late', Date.UTC(2300, 0) * 1000)]
    const source: Source = { name: 'Files', way: 'drop', root: { list: () => Promise.resolve([...entries]) } }
    const context = await owner(root)
    const { result, events } = await backUp(context, source)
    expect(result).toMatchObject({ state: 'safe', files: 2 })
    expect(events).toContainEqual({
      type: 'notice',
      source: 0,
      notice: { path: 'Files/one', what: 'unreadable', detail: 'same-name' },
    })
    expect([...(await bringBack(context)).files.keys()].sort()).toEqual(['Files/late', 'Files/one'])
  })

  it('with ignore rules that cannot be read is backed up whole, and that is said', async () => {
    const { owner } = await start(6)
    const file = (name: string, content: () => Promise<Blob>): SourceEntry => ({
      kind: 'file',
      name: utf8(name),
      sizeBytes: 1,
      content,
    })
    const source: Source = {
      name: 'home',
      way: 'path',
      root: {
        list: () =>
          Promise.resolve([
            file('.keeptabignore', () => Promise.reject(new KeeptabError('source-unreadable'))),
            file('kept', () => Promise.resolve(new Blob(['x']))),
          ]),
      },
    }
    const { result, events } = await backUp(await owner(root), source)
    expect(result.files).toBe(1)
    expect(events).toContainEqual({
      type: 'notice',
      source: 0,
      notice: expect.objectContaining({ path: 'home/.keeptabignore', what: 'unreadable' }) as unknown,
    })
  })
})
