/** A backup after the first: what it reads again, what it leaves as it was, and when there is nothing new to keep. */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { backup, type BackupOptions } from '../../src/backup/backup.ts'
import type { BackupEvent } from '../../src/backup/events.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { chunksAtHand, isUnchanged } from '../../src/backup/past-tree.ts'
import { listSnapshots } from '../../src/backup/snapshots.ts'
import type { Source, SourceDirectory, SourceEntry } from '../../src/backup/source.ts'
import { utf8, type Bytes } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import type { PackId } from '../../src/core/ids.ts'
import { chunkIdsIn } from '../../src/snapshot/id-list.ts'
import { parseManifest } from '../../src/snapshot/manifest.ts'
import { readTree } from '../../src/snapshot/tree.ts'
import { bringBack, noise, startNetwork, type SimulatedNetwork } from '../sim/network.ts'

let network: SimulatedNetwork | undefined
afterEach(async () => {
  await network?.close()
  network = undefined
})

const LONG_AGO = 1_600_000_000_000

/** A disk: each write moves the time of the file, as an honest system does. */
class Disk {
  readonly files = new Map<string, { bytes: Bytes; modified: number }>()
  readonly read: string[] = []
  there = true
  /** Files and directories that are listed and cannot be read. */
  readonly locked = new Set<string>()

  write(path: string, bytes: Bytes, modified = Date.now()): void {
    this.files.set(path, { bytes, modified })
  }

  source(name: string): Source {
    return { name, way: 'path', root: this.#directory('') }
  }

  #directory(prefix: string): SourceDirectory {
    return {
      list: () => {
        if (!this.there || this.locked.has(prefix.slice(0, -1)))
          return Promise.reject(new KeeptabError('source-unreadable', 'The disk is not there.'))
        const children = new Map<string, SourceEntry>()
        for (const [path, { bytes, modified }] of this.files) {
          if (!path.startsWith(prefix)) continue
          const [child = '', ...rest] = path.slice(prefix.length).split('/')
          const file: SourceEntry = {
            kind: 'file',
            name: utf8(child),
            sizeBytes: bytes.length,
            modifiedMicros: modified * 1000,
            content: () => {
              this.read.push(path)
              if (this.locked.has(path)) return Promise.reject(new KeeptabError('source-unreadable', 'locked'))
              return Promise.resolve(new Blob([bytes]))
            },
          }
          const directory: SourceEntry = {
            kind: 'directory',
            name: utf8(child),
            directory: this.#directory(`${prefix}${child}/`),
          }
          children.set(child, rest.length === 0 ? file : directory)
        }
        return Promise.resolve([...children.values()])
      },
    }
  }
}

async function run(owner: OwnerContext, sources: readonly Source[], options: BackupOptions = {}) {
  const events: BackupEvent[] = []
  const result = await backup(owner, sources, { ...options, onEvent: (event) => void events.push(event) })
  return { ...result, events, away: events.filter(({ type }) => type === 'source-away') }
}

const noticesOf = (events: readonly BackupEvent[]) =>
  events.flatMap((event) => (event.type === 'notice' ? [[event.notice.path, event.notice.what]] : []))

const start = async () => {
  network = await startNetwork(6)
  return network.owner()
}

describe('a second backup', () => {
  it('of an unchanged folder reads nothing, sends nothing, and makes no snapshot', async () => {
    const owner = await start()
    const disk = new Disk()
    disk.write('a/one', noise('one', 100_000), LONG_AGO)
    disk.write('two', noise('two', 200_000), LONG_AGO)
    const first = await run(owner, [disk.source('home')])
    disk.read.length = 0
    const second = await run(owner, [disk.source('home')])
    expect(second).toMatchObject({ snapshot: first.snapshot, unchanged: true, state: 'safe', files: 2, bytesRead: 0 })
    expect(second.bytesSent).toBeLessThan(1000)
    expect(disk.read).toEqual([])
    expect(await listSnapshots(owner)).toHaveLength(1)
    expect(second.events.findLast(({ type }) => type === 'progress')).toMatchObject({
      bytesKept: 300_000,
      bytesRead: 300_000,
      bytesTotal: 300_000,
      filesDone: 2,
    })
  })

  it('reads a file again whose time is too near to the last scan to tell, and the next one does not', async () => {
    const owner = await start()
    const disk = new Disk()
    disk.write('old', noise('old', 1000), LONG_AGO)
    const now = owner.clock.now()
    const runAt = (at: number) => run({ ...owner, clock: { now: () => at } }, [disk.source('home')])
    disk.write('fresh', noise('fresh', 1000), now - 1000)
    await runAt(now)
    disk.read.length = 0
    expect((await runAt(now)).unchanged).toBe(true)
    expect(disk.read).toEqual(['fresh'])
    disk.read.length = 0
    await runAt(now + 60_000)
    await runAt(now + 60_000)
    expect(disk.read).toEqual(['fresh'])
  })

  it('lays nothing at hand that is there, and makes a manifest again that keepers have lost', async () => {
    const owner = await start()
    const disk = new Disk()
    disk.write('file', noise('file', 5000), LONG_AGO)
    await run(owner, [disk.source('home')])
    const lay = vi.spyOn(owner.state, 'layAtHand')
    expect((await run(owner, [disk.source('home')])).unchanged).toBe(true)
    expect(lay).not.toHaveBeenCalled()

    const lost = (await owner.state.rememberedManifest())?.packs ?? []
    expect(lost).toHaveLength(1)
    const { coordinator } = owner
    const forgetful = {
      ...coordinator,
      locatePacks: async (packs: readonly PackId[]) =>
        (await coordinator.locatePacks(packs)).filter(({ pack }) => !lost.includes(pack)),
    }
    expect((await run({ ...owner, coordinator: forgetful }, [disk.source('home')])).unchanged).toBe(false)
    expect((await owner.state.rememberedManifest())?.packs).not.toEqual(lost)
    expect((await bringBack(owner)).files.get('home/file')).toEqual(noise('file', 5000))
  })

  it('goes on distrusting a file while another source of the snapshot could not be read', async () => {
    const owner = await start()
    const [disk, other] = [new Disk(), new Disk()]
    const now = owner.clock.now()
    const runAt = (at: number, ...sources: Source[]) => run({ ...owner, clock: { now: () => at } }, sources)
    disk.write('fresh', noise('fresh', 1000), now - 1000)
    other.write('other', noise('other', 1000), LONG_AGO)
    await runAt(now, disk.source('home'), other.source('other'))
    disk.there = false
    await runAt(now + 60_000, disk.source('home'), other.source('other'))
    disk.there = true
    disk.read.length = 0
    await runAt(now + 120_000, disk.source('home'), other.source('other'))
    expect(disk.read).toEqual(['fresh'])
  })

  it('that checks every byte finds what a program has hidden by setting the time back', async () => {
    const owner = await start()
    const disk = new Disk()
    disk.write('file', noise('before', 5000), LONG_AGO)
    await run(owner, [disk.source('home')])
    disk.write('file', noise('after', 5000), LONG_AGO)
    expect((await run(owner, [disk.source('home')])).unchanged).toBe(true)
    expect((await run(owner, [disk.source('home')], { everyByte: true })).unchanged).toBe(false)
    expect((await bringBack(owner)).files.get('home/file')).toEqual(noise('after', 5000))
  })

  it('does not trust what lies at hand: a chunk that is another one is asked for at keepers', async () => {
    const owner = await start()
    const disk = new Disk()
    disk.write('file', noise('file', 5000), LONG_AGO)
    await run(owner, [disk.source('home')])
    disk.read.length = 0
    vi.spyOn(owner.state, 'atHand').mockResolvedValue(new Uint8Array(50))
    expect((await run(owner, [disk.source('home')])).unchanged).toBe(true)
    expect(disk.read).toEqual([])
  })

  it(
    'gives the tree that reading everything again gives, whatever was changed on an honest disk',
    { timeout: 120_000 },
    async () => {
      const owner = await start()
      const path = fc.constantFrom('a', 'b', 'd/a', 'd/b', 'd/e/a', 'z')
      const edit = fc.record({
        path,
        what: fc.constantFrom('write' as const, 'touch' as const, 'remove' as const, 'rename' as const),
        to: path,
        seed: fc.nat(5),
        size: fc.constantFrom(0, 10, 30_000),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(edit, { maxLength: 4 }), { minLength: 2, maxLength: 4 }), async (rounds) => {
          const disk = new Disk()
          let now = LONG_AGO
          disk.write('always', noise('always', 10), now)
          for (const edits of rounds) {
            for (const { path, what, to, seed, size } of edits) {
              now += 10_000
              const there = disk.files.get(path)
              if (what === 'write') disk.write(path, noise(`${seed}`, size), now)
              else if (what === 'touch' && there !== undefined) disk.write(path, there.bytes, now)
              else if (what !== 'touch') disk.files.delete(path)
              if (what === 'rename' && there !== undefined) disk.files.set(to, there)
            }
            await run(owner, [disk.source('home')])
            const again = await run(owner, [disk.source('home')], { everyByte: true })
            expect(again.unchanged).toBe(true)
          }
        }),
        { numRuns: 8 },
      )
    },
  )
})

describe('what cannot be read now', () => {
  it('stays in the newest snapshot as it was, which is said; what was deleted goes', async () => {
    const owner = await start()
    const disk = new Disk()
    for (const path of ['gone', 'mail', 'd/gone', 'd/e/deep', 'd/flat']) disk.write(path, noise(path, 5000), LONG_AGO)
    await run(owner, [disk.source('home')])
    for (const path of ['mail', 'd/flat', 'new']) disk.write(path, noise('later', 6000), LONG_AGO + 5000)
    for (const path of ['mail', 'd', 'new']) disk.locked.add(path)
    disk.files.delete('gone')
    const { events, state, away } = await run(owner, [disk.source('home')])
    expect(noticesOf(events)).toEqual([
      ['home/d', 'last-version'],
      ['home/mail', 'last-version'],
      ['home/new', 'unreadable'],
    ])
    expect([state, away]).toEqual(['safe', []])
    const before = await bringBack(owner)
    expect(before.files).toEqual(
      new Map(['d/e/deep', 'd/flat', 'd/gone', 'mail'].map((path) => [`home/${path}`, noise(path, 5000)])),
    )
    disk.locked.clear()
    disk.files.delete('d/gone')
    await run(owner, [disk.source('home')])
    const { files } = await bringBack(owner)
    expect([...files.keys()].sort()).toEqual(['home/d/e/deep', 'home/d/flat', 'home/mail', 'home/new'])
    expect(files.get('home/mail')).toEqual(noise('later', 6000))
    expect(files.get('home/d/flat')).toEqual(noise('later', 6000))
  })
})

describe('what cannot be read now, where the lists of the last snapshot are not at hand,', () => {
  it('stays as keepers have it', async () => {
    const owner = await start()
    const disk = new Disk()
    for (const path of ['mail', 'd/deep/flat', 'other']) disk.write(path, noise(path, 5000), LONG_AGO)
    await run(owner, [disk.source('home')])
    await owner.state.onlyAtHand(new Set())
    for (const path of ['mail', 'd/deep']) disk.locked.add(path)
    for (const path of ['mail', 'other']) disk.write(path, noise('later', 6000), LONG_AGO + 5000)
    const { events } = await run(owner, [disk.source('home')])
    expect(noticesOf(events)).toEqual([
      ['home/d/deep', 'last-version'],
      ['home/mail', 'last-version'],
    ])
    const { files } = await bringBack(owner)
    expect([...files.keys()].sort()).toEqual(['home/d/deep/flat', 'home/mail', 'home/other'])
    expect(files.get('home/mail')).toEqual(noise('mail', 5000))
  })

  it('is not called whole when only a part of its list can be read', async () => {
    const owner = await start()
    const disk = new Disk()
    for (let i = 0; i < 8000; i += 1)
      // more than one chunk takes, wherever it is cut
      disk.write(`d/${Buffer.from(noise(`${i}`, 96)).toString('base64url')}`, utf8(''), LONG_AGO)
    await run(owner, [disk.source('home')])
    const [root] = parseManifest((await owner.state.rememberedManifest())?.bytes ?? utf8('')).sources
    const { value: d } = await readTree(root?.root ?? utf8(''), chunksAtHand(owner)).next()
    const chunks = d?.kind === 'directory' ? [...chunkIdsIn(d.ids)] : []
    expect(chunks.length).toBeGreaterThan(1)
    const atHand = owner.state.atHand.bind(owner.state)
    vi.spyOn(owner.state, 'atHand').mockImplementation((id) =>
      id === chunks.at(-1) ? Promise.resolve(undefined) : atHand(id),
    )
    for (const { shelf } of network?.keepers ?? []) shelf.shards.clear()
    disk.locked.add('d')
    const { events } = await run(owner, [disk.source('home')])
    expect(noticesOf(events)).toEqual([['home/d', 'unreadable']])
  })
})

describe('a source that cannot be read now', () => {
  it('stays in the newest snapshot as it was, and the others go on', async () => {
    const owner = await start()
    const [home, stick] = [new Disk(), new Disk()]
    home.write('letter', utf8('first'), LONG_AGO)
    stick.write('deep/photo', noise('photo', 50_000), LONG_AGO)
    await run(owner, [home.source('home'), stick.source('stick')])
    stick.there = false
    home.write('letter', utf8('second'), LONG_AGO + 5000)
    const { away, state } = await run(owner, [stick.source('stick'), home.source('home')])
    expect(away).toMatchObject([{ source: 0, carried: true, detail: expect.stringContaining('not there') as unknown }])
    expect(state).toBe('safe')
    const { files, result } = await bringBack(owner)
    expect(result.missing).toEqual([])
    expect(new TextDecoder().decode(files.get('home/letter'))).toBe('second')
    expect(files.get('stick/deep/photo')).toEqual(noise('photo', 50_000))
  })

  it('stays also when nothing of its tree is at hand, as keepers have it', async () => {
    const owner = await start()
    const [home, stick] = [new Disk(), new Disk()]
    home.write('letter', utf8('first'), LONG_AGO)
    stick.write('deep/photo', noise('photo', 50_000), LONG_AGO)
    await run(owner, [home.source('home'), stick.source('stick')])
    await owner.state.onlyAtHand(new Set())
    stick.there = false
    expect((await run(owner, [home.source('home'), stick.source('stick')])).away).toMatchObject([{ carried: true }])
  })

  it('and was in no snapshot is not in this one either, and that is said', async () => {
    const owner = await start()
    const [home, stick] = [new Disk(), new Disk()]
    home.write('letter', utf8('first'), LONG_AGO)
    stick.there = false
    expect((await run(owner, [home.source('home'), stick.source('stick')])).away).toMatchObject([{ carried: false }])
    expect((await listSnapshots(owner))[0]?.sources).toEqual(['home'])
  })

  it('that goes away while it is read does not empty the newest snapshot', async () => {
    const owner = await start()
    const [home, stick] = [new Disk(), new Disk()]
    home.write('letter', utf8('first'), LONG_AGO)
    stick.write('a', noise('a', 1000), LONG_AGO)
    stick.write('z/b', noise('b', 1000), LONG_AGO)
    await run(owner, [home.source('home'), stick.source('stick')])
    stick.write('a', noise('changed', 1000), LONG_AGO + 5000)
    const source = stick.source('stick')
    const pulled: Source = {
      ...source,
      root: {
        list: async () =>
          (await source.root.list()).map((entry) =>
            entry.kind === 'file'
              ? {
                  ...entry,
                  content: () => ((stick.there = false), Promise.resolve(new Blob([noise('changed', 1000)]))),
                }
              : entry,
          ),
      },
    }
    const { away } = await run(owner, [home.source('home'), pulled])
    expect(away).toMatchObject([{ source: 1, carried: true }])
    expect((await bringBack(owner)).files.get('stick/z/b')).toEqual(noise('b', 1000))
  })
})

it('a file counts as unchanged only with size and time alike, and a time well before the last scan', () => {
  const file = { sizeBytes: 10, modifiedMicros: 5_000_000 }
  expect(isUnchanged(file, file, 7001)).toBe(true)
  expect(isUnchanged(file, file, 7000)).toBe(false)
  expect(isUnchanged(file, { ...file, sizeBytes: 11 }, 9000)).toBe(false)
  expect(isUnchanged(file, { ...file, modifiedMicros: 4_999_999 }, 9000)).toBe(false)
  expect(isUnchanged({ sizeBytes: 10 }, { sizeBytes: 10 }, 9000)).toBe(false)
  expect(isUnchanged({ ...file, changedMicros: 6_999_999 }, file, 9000)).toBe(true)
  expect(isUnchanged({ ...file, changedMicros: 7_000_000 }, file, 9000)).toBe(false)
})

it('progress never goes back, and what is kept is never more than what there is', async () => {
  const owner = await start()
  const disk = new Disk()
  for (let i = 0; i < 6; i += 1) disk.write(`f${i}`, noise(`f${i % 4}`, 1_500_000), LONG_AGO)
  const { events } = await run(owner, [disk.source('home')])
  const progress = events.filter((event) => event.type === 'progress')
  for (const name of ['bytesRead', 'bytesKept', 'bytesSpread', 'filesDone', 'bytesSent'] as const) {
    const values = progress.map((event) => event[name])
    expect(values, name).toEqual(values.toSorted((a, b) => a - b))
  }
  for (const { bytesKept, bytesSpread, bytesTotal } of progress) {
    expect(bytesKept).toBeLessThanOrEqual(bytesSpread)
    expect(bytesSpread).toBeLessThanOrEqual(bytesTotal)
  }
  expect(progress.at(-1)).toMatchObject({ bytesKept: 9_000_000, bytesRead: 9_000_000, filesDone: 6 })
  expect(new Set(progress.map(({ bytesSpread }) => bytesSpread)).size).toBeGreaterThan(6)
})
