/** What a person does to a backup that runs, and what becomes of each source: the app's own state over a whole network in memory. */
import 'fake-indexeddb/auto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { AccountState } from '../../src/app/account.svelte.ts'
import { BackupState, type Way } from '../../src/app/backup.svelte.ts'
import type { Engine } from '../../src/app/compose.ts'
import { dropped } from '../../src/app/dropped.ts'
import { folderSource } from '../../src/app/folder-source.ts'
import { RetentionState } from '../../src/app/retention.svelte.ts'
import { backup } from '../../src/backup/backup.ts'
import type { OwnOutlook } from '../../src/backup/own-outlook.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { rewrite } from '../../src/backup/retention.ts'
import type { Bytes } from '../../src/core/bytes.ts'
import type { PackId } from '../../src/core/ids.ts'
import type * as OwnRepair from '../../src/repair/own-repair.ts'
import { parseManifest } from '../../src/snapshot/manifest.ts'
import { PageMemory } from '../../src/store/indexeddb-page-memory.ts'
import { MemoryIdentityStore, MemoryTreeCache } from '../../src/store/memory.ts'
import { deferred } from '../../src/transport/deferred.ts'
import { bringBack, noise, startNetwork, type SimulatedNetwork } from '../sim/network.ts'
import { droppedEntries, droppedHandles, folderHandle, vanishes, type Folder } from './browser-folders.ts'

const MB = 1_000_000
const LONG_AGO = 1_600_000_000_000
/** In the code that six keepers earn, three shards hold as much as one pack. */
const SPREAD = 3

/** What is done behind a backup beside its own repairs. */
let alsoBehind: ((owner: OwnerContext, signal: AbortSignal) => Promise<void>) | undefined
vi.mock('../../src/repair/own-repair.ts', async (load) => {
  const real = await load<typeof OwnRepair>()
  const repairOwn: typeof real.repairOwn = async (owner, sources, signal) => {
    if (signal !== undefined) await alsoBehind?.(owner, signal)
    return real.repairOwn(owner, sources, signal)
  }
  return { ...real, repairOwn }
})

/** To wait for what a busy machine takes its time for. */
const LONG = { timeout: 60_000 }
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let network: SimulatedNetwork
let pages = 0

beforeAll(async () => {
  vi.stubGlobal('location', { origin: 'https://under.test' })
  network = await startNetwork(6)
})
afterAll(async () => {
  await network.close()
  vi.unstubAllGlobals()
})

/** A browser profile whose words are on paper. Each page of it sees what the last one left. */
async function profile() {
  const memory = await PageMemory.open(`page ${(pages += 1)}`)
  const identities = new MemoryIdentityStore({})
  let owner: OwnerContext | undefined
  const page = async () => {
    const account = new AccountState(identities, new MemoryTreeCache(), memory)
    vi.spyOn(account.reminder, 'load').mockResolvedValue() // it listens to the page's clock and document
    await account.load()
    account.confirmed = true
    const backup = new BackupState(memory, account, async () => {
      owner ??= network.ownerAs(await account.ensure())
      return { owner } as Engine
    })
    await backup.load()
    return backup
  }
  const working = (): OwnerContext => {
    if (owner === undefined) throw new Error('nothing was backed up yet')
    return owner
  }
  return { memory, page, working, sentBytes: () => working().transport.counted.sentBytes }
}

/** A file as a browser hands it out. @param read how its bytes come, where not as they lie there */
function fileOf(path: string, bytes: Bytes, read?: () => ReadableStream<Bytes>): File {
  const file = new File([bytes], path.split('/').at(-1) ?? '', { lastModified: LONG_AGO })
  return Object.assign(file, { webkitRelativePath: path, ...(read && { stream: read }) })
}

/** As a network drive does that has gone to sleep. */
const neverAnswers = () => new ReadableStream<Bytes>()
/** And wakes up for the second try. */
function neverAnswersOnce() {
  let tries = 0
  return () => ((tries += 1) === 1 ? neverAnswers() : new Blob([noise('b', 10)]).stream())
}
/** As a browser says it of a file that was deleted or changed after it was chosen. */
const notReadable = () =>
  new ReadableStream<Bytes>({
    start: (stream) => stream.error(new DOMException('The file could not be read.', 'NotReadableError')),
  })

const choose = (backup: BackupState, ...files: File[]) => backup.addFiles(files)

function named(backup: BackupState, name: string) {
  const source = backup.sources.find((one) => one.name === name)
  if (source === undefined) throw new Error(`no source is called ${name}`)
  return source
}

const photos = (count: number) => Array.from({ length: count }, (_, i) => noise(`photo ${i}`, MB))

describe('a backup that runs', () => {
  test('is given up by one click, even while a disk does not answer; the next one sends only the rest', async () => {
    const { memory, page, working, sentBytes } = await profile()
    const backup = await page()
    const all = photos(5).map((bytes, i) => fileOf(`photos/${i}`, bytes))
    await choose(backup, ...all.slice(0, -1), fileOf('photos/4', noise('photo 4', MB), neverAnswers))
    const run = backup.start()
    await vi.waitUntil(() => (backup.progress?.bytesKept ?? 0) > MB, LONG)
    await backup.cancel()
    await run
    expect(backup).toMatchObject({ running: false, cancelled: true, unfinished: undefined, trouble: undefined })
    expect(backup).toMatchObject({ last: undefined, safety: 'here-only' })
    expect(await memory.unfinishedBackup()).toBeUndefined()
    const sentBefore = sentBytes()
    expect(sentBefore).toBeGreaterThan(SPREAD * MB)

    await choose(backup, ...all)
    await backup.start()
    expect(backup).toMatchObject({ cancelled: false, safety: 'safe' })
    expect(sentBytes()).toBeLessThan(1.1 * SPREAD * 5 * MB)
    expect((await bringBack(working())).files.size).toBe(5)
  })

  test('stops while a battery holds it, goes on by itself when that has passed, and not when it was paused meanwhile', async () => {
    const { page } = await profile()
    const backup = await page()
    expect(backup.way).toBe('choose')
    const ways: Way[] = []
    const watched = fileOf('photos/a', noise('a', MB))
    Object.defineProperty(watched, 'size', { get: () => (ways.push(backup.way), MB) })
    await choose(backup, watched, fileOf('photos/b', noise('b', 10), neverAnswers))
    expect(ways).toContain('counting')
    expect(ways).not.toContain('preview') // which is not there yet
    expect(backup.way).toBe('preview')
    void backup.start()
    const reading = () => vi.waitUntil(() => backup.running && backup.sources[0]?.progress?.filesDone === 1, LONG)
    await reading()
    expect(backup.way).toBe('running')
    backup.hold('battery')
    await vi.waitUntil(() => !backup.running, LONG)
    await backup.start() // a click meanwhile is remembered, and starts nothing yet
    expect(backup).toMatchObject({ running: false, held: 'battery', trouble: undefined })
    backup.hold(undefined)
    await reading()
    backup.hold('metered')
    await backup.pause()
    await vi.waitUntil(() => !backup.running, LONG)
    backup.hold(undefined)
    expect(backup).toMatchObject({ running: false, paused: true, way: 'resume' })
    // What was chosen as files is gone with the page: nothing goes on before it is chosen again.
    expect((await page()).sentence).toEqual({ id: 'backup.sentence.choose-again' })
    await choose(backup, fileOf('photos/a', noise('a', MB)), fileOf('photos/b', noise('b', 10)))
    await backup.start()
    expect(backup).toMatchObject({ safety: 'safe', way: 'choose' }) // they are read for one backup
    expect((await page()).way).toBe('choose')
  })

  test('is given up at once, too, while a coordinator does not say what it is', { timeout: 30_000 }, async () => {
    const { page, working } = await profile()
    const backup = await page()
    await choose(backup, fileOf('photos/a', noise('a', 10)))
    await backup.start()
    const asked = deferred()
    const info = () => (asked.resolve(), new Promise<never>(() => undefined))
    Object.assign(working(), { coordinator: { ...working().coordinator, info } })
    await choose(backup, fileOf('photos/a', noise('a', 10)), fileOf('photos/b', noise('b', 10)))
    const run = backup.start()
    await asked.promise
    await backup.cancel()
    await run
    expect(backup).toMatchObject({ running: false, cancelled: true, unfinished: undefined, trouble: undefined })
  })

  test('goes on with the other sources when one is paused, which stays out over a reload until it is taken in again', async () => {
    const { page, working } = await profile()
    const backup = await page()
    await choose(backup, fileOf('stuck/a', noise('a', MB)), fileOf('stuck/b', noise('b', 10), neverAnswers))
    await choose(backup, fileOf('free/c', noise('c', MB)))
    void backup.start()
    const [stuck, free] = [named(backup, 'stuck'), named(backup, 'free')]
    await vi.waitUntil(() => stuck.progress?.filesDone === 1, LONG)
    await backup.pauseSource(stuck)
    await vi.waitUntil(() => free.backedUpAt !== undefined && !backup.running, LONG)
    expect(backup.trouble).toBeUndefined()
    expect([stuck, free].map((source) => backup.safetyOf(source))).toEqual(['here-only', 'safe'])
    expect([...(await bringBack(working())).files.keys()]).toEqual(['free/c'])

    const reloaded = await page()
    expect(reloaded.sources.map(({ name, paused }) => [name, paused])).toEqual(
      expect.arrayContaining([
        ['stuck', true],
        ['free', false],
      ]),
    )
    // Files chosen as a list are chosen again at each visit.
    await choose(reloaded, fileOf('stuck/a', noise('a', MB)), fileOf('free/c', noise('c', MB)))
    await reloaded.start()
    expect(reloaded.safetyOf(named(reloaded, 'stuck'))).toBe('here-only')
    await reloaded.resumeSource(named(reloaded, 'stuck'))
    await vi.waitUntil(() => !reloaded.running, LONG)
    expect(reloaded.safety).toBe('safe')
    expect([...(await bringBack(working())).files.keys()].sort()).toEqual(['free/c', 'stuck/a'])
  })
})

describe('files chosen as a list', () => {
  test('are read for one backup: neither a click nor the schedule calls them backed up later without a new choice', async () => {
    const { page, working } = await profile()
    const backup = await page()
    await choose(backup, fileOf('photos/a', noise('a', 10)))
    await backup.addDropped(droppedHandles(folderHandle('letters', { b: 'b' })))
    const [photo, letter] = [named(backup, 'photos'), named(backup, 'letters')]
    await backup.start()
    expect(backup).toMatchObject({ safety: 'safe', way: 'now' })
    expect(backup.list.ready).toEqual([letter])

    const { backedUpAt } = photo
    const snapshot = backup.last?.finished?.snapshot
    await vi.waitUntil(() => Date.now() > (letter.backedUpAt ?? 0))
    const before = letter.backedUpAt ?? 0
    await backup.start()
    expect(letter.backedUpAt).toBeGreaterThan(before)
    expect(photo).toMatchObject({ backedUpAt, away: { carried: true } })
    expect(backup).toMatchObject({ safety: 'safe', last: { finished: { snapshot } } })

    await choose(backup, fileOf('photos/a', noise('a', 10)), fileOf('photos/later', noise('later', 10)))
    expect(backup.list.said).toEqual([])
    await backup.start()
    expect(photo.backedUpAt).toBeGreaterThan(backedUpAt ?? Infinity)
    expect([...(await bringBack(working())).files.keys()].sort()).toEqual(['letters/b', 'photos/a', 'photos/later'])
    // Another folder of that name is another source, also when the first one was read already.
    await choose(backup, fileOf('photos/else', noise('else', 10)))
    expect(backup.sources.map(({ name }) => name)).toEqual(['photos', 'letters', 'photos (2)'])
  })

  test('are asked for again where the last backup did not get to them, and nowhere else', async () => {
    const { memory, page } = await profile()
    const backup = await page()
    const photo = fileOf('photos/a', noise('a', 10))
    await choose(backup, photo)
    expect((await page()).facts.chooseAgain).toBe(true)
    await backup.start()
    for (const { facts } of [backup, await page()]) expect(facts.chooseAgain).toBe(false)
    await memory.setUnfinishedBackup({ startedAt: Date.now() }) // of something else
    expect((await page()).sentence).toEqual({ id: 'backup.sentence.broken-off' })
    await vi.waitUntil(() => Date.now() > (backup.sources[0]?.backedUpAt ?? 0))
    await choose(backup, photo, fileOf('photos/b', noise('b', 10)))
    expect((await page()).sentence).toEqual({ id: 'backup.sentence.choose-again' })
  })

  test('stay for a backup that was paused or failed, which then holds them as of when they were chosen', async () => {
    const { page } = await profile()
    const backup = await page()
    await choose(backup, fileOf('photos/a', noise('a', 10)), fileOf('photos/b', noise('b', 10), neverAnswersOnce()))
    const chosenBy = Date.now()
    const [photo] = backup.sources
    void backup.start()
    await vi.waitUntil(() => photo?.progress?.filesDone === 1, LONG)
    await backup.pause()
    await vi.waitUntil(() => !backup.running, LONG)
    expect(backup).toMatchObject({ way: 'resume', list: { ready: [photo] } })
    await vi.waitUntil(() => Date.now() > chosenBy)
    await backup.start()
    expect(backup.safety).toBe('safe')
    expect(photo?.backedUpAt).toBeLessThanOrEqual(chosenBy)
    expect(backup.list.ready).toEqual([])
  })

  test('that are dropped while a backup runs are read by the next one', async () => {
    const { page, working } = await profile()
    const backup = await page()
    let answer = (): void => undefined
    const content = new ReadableStream<Bytes>({ start: (stream) => void (answer = () => stream.close()) })
    const first = fileOf('photos/a', noise('a', 10))
    await choose(
      backup,
      first,
      fileOf('photos/empty', noise('', 0), () => content),
    )
    const [photo] = backup.sources
    const run = backup.start()
    await vi.waitUntil(() => photo?.progress?.filesDone === 1, LONG)
    await backup.addDropped(droppedEntries('photos', { a: 'a', later: 'later' }))
    answer()
    await run
    expect(backup.list.ready).toEqual([photo])
    await backup.start()
    expect([...(await bringBack(working())).files.keys()].sort()).toEqual(['photos/a', 'photos/later'])
  })
})

describe('what is done behind a backup', () => {
  /** It writes the list of snapshots once more after it was told to stop, as what is cut off in its last step does. */
  async function onceBehind() {
    const { page, working } = await profile()
    const backup = await page()
    await choose(backup, fileOf('photos/one', noise('one', 1000)))
    const done: string[] = []
    await new Promise<void>((begin) => {
      alsoBehind = async (owner, signal) => {
        alsoBehind = undefined
        begin()
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        await rewrite(owner, {}, (manifest) => manifest)
        done.push('behind')
      }
      void backup.start()
    })
    return { backup, working, done }
  }

  test('is broken off for a change of the list of snapshots, which waits for its end', async () => {
    const { backup, working, done } = await onceBehind()
    expect(backup).toMatchObject({ running: false, safety: 'safe' })

    const retention = new RetentionState(() => Promise.resolve({ owner: working() } as Engine), backup)
    await retention.load()
    expect(done).toEqual([])
    await retention.setPreset('thinning')
    expect(done).toEqual(['behind'])
    expect(retention).toMatchObject({ trouble: undefined, preset: 'thinning' })
  })

  test('is broken off for the next backup, which waits for its end', async () => {
    const { backup, working, done } = await onceBehind()
    await choose(backup, fileOf('letters/two', noise('two', 1000)))
    await backup.start()
    expect(done).toEqual(['behind'])
    expect(backup).toMatchObject({ trouble: undefined, safety: 'safe' })
    expect([...(await bringBack(working())).files.keys()]).toEqual(['photos/one', 'letters/two'])
  })
})

describe('a source that a backup of another one does not read', () => {
  test('stays in the newest snapshot, and as safe as it was', async () => {
    const { page, working } = await profile()
    const backup = await page()
    const letters = [fileOf('letters/old', noise('old', 1000)), fileOf('photos/one', noise('one', 1000))]
    await choose(backup, ...letters)
    await backup.start()
    const [photo, letter] = [named(backup, 'photos'), named(backup, 'letters')]
    const { backedUpAt } = photo
    await backup.pauseSource(photo)
    await choose(backup, ...letters, fileOf('letters/new', noise('new', 1000)))
    await backup.start()
    expect(photo).toMatchObject({ away: { carried: true }, backedUpAt, files: 1 })
    expect([photo, letter].map((source) => backup.safetyOf(source))).toEqual(['safe', 'safe'])
    expect(backup.safety).toBe('safe')
    expect([...(await bringBack(working())).files.keys()].sort()).toEqual(['letters/new', 'letters/old', 'photos/one'])

    const reloaded = await page()
    expect(reloaded.safetyOf(named(reloaded, 'photos'))).toBe('safe')
  })

  test('is called here only as soon as the newest snapshot does not hold it any more, also after a reload', async () => {
    const { page, working } = await profile()
    const backup = await page()
    await choose(backup, fileOf('photos/one', noise('one', 1000)))
    await backup.start()
    const packs = parseManifest((await working().state.rememberedManifest())?.bytes ?? noise('', 0)).packs
    const letter = fileOf('letters/a', noise('a', 1000))
    await choose(backup, letter)
    await backup.start()
    const photo = named(backup, 'photos')
    expect(backup.safetyOf(photo)).toBe('safe')

    const owner = working()
    const { coordinator } = owner
    Object.assign(owner, {
      coordinator: {
        ...coordinator,
        locatePacks: async (asked: readonly PackId[]) =>
          (await coordinator.locatePacks(asked)).filter(({ pack }) => !packs.includes(pack)),
      },
    })
    await backup.pauseSource(photo)
    await choose(backup, letter)
    await backup.start()
    expect(photo).toMatchObject({ away: { carried: false }, backedUpAt: undefined })
    expect(backup.safetyOf(photo)).toBe('here-only')
    expect(backup.safetyOf(named(backup, 'letters'))).toBe('safe')
    const reloaded = await page()
    expect(reloaded.safetyOf(named(reloaded, 'photos'))).toBe('here-only')
  })
})

test('the ring of what does not come back is never full, nor that of everything', async () => {
  const { page } = await profile()
  const backup = await page()
  backup.failedToComeBack = (name) => name === 'photos'
  await choose(backup, fileOf('photos/one', noise('one', 1000)), fileOf('letters/two', noise('two', 1000)))
  await backup.start()
  await backup.outlook.look()
  const whole = { survives: 4, keepsYear: undefined, atRisk: false, filled: 1, groups: [] }
  const sources = new Map(['photos', 'letters'].map((name) => [name, whole]))
  backup.outlook.own = { sources } as Partial<OwnOutlook> as OwnOutlook
  const [photo, letter] = [named(backup, 'photos'), named(backup, 'letters')]
  expect([photo, letter].map((source) => backup.safetyOf(source))).toEqual(['at-risk', 'safe'])
  expect([photo, letter].map((source) => backup.fillOf(source))).toEqual([0.5, 1])
  expect(backup.fillAtRisk).toBe(0.5)
})

describe('what a backup could not take as it is', () => {
  test('is listed with its reason at its source, after a reload too, and the rest is safe', async () => {
    const { page, working } = await profile()
    const backup = await page()
    await choose(
      backup,
      fileOf('home/fine', noise('fine', 1000)),
      fileOf('home/gone', noise('gone', 1000), notReadable),
      fileOf('home/grows', noise('grows', 1000), () => new Blob([noise('grows', 1500)]).stream()),
      fileOf('home/shrinks', noise('shrinks', 1000), () => new Blob([noise('shrinks', 10)]).stream()),
      fileOf('home/Thumbs.db', noise('thumbs', 10)),
    )
    await backup.start()
    expect(backup.trouble).toBeUndefined()
    expect(backup.safety).toBe('safe')
    for (const { sources } of [backup, await page()]) {
      expect(sources[0]?.leftOut?.groups).toEqual([
        { what: 'unreadable', detail: 'NotReadableError', count: 1, paths: ['home/gone'] },
        { what: 'changed-while-read', detail: '', count: 2, paths: ['home/grows', 'home/shrinks'] },
        { what: 'ignored', detail: expect.any(String) as unknown, count: 1, paths: ['home/Thumbs.db'] },
      ])
    }
    const { files } = await bringBack(working())
    expect(Object.fromEntries(files)).toEqual({
      'home/fine': noise('fine', 1000),
      'home/grows': noise('grows', 1500),
      'home/shrinks': noise('shrinks', 10),
    })
  })

  test('and is deleted between the scan and its turn, in a folder as in files that were dropped, does not stop the others', async () => {
    const owner = await network.owner()
    const files: Folder = { stays: 'a', deep: { goes: vanishes } }
    const [entries] = await dropped(droppedEntries('entries', files))
    if (entries === undefined) throw new Error('nothing was dropped')
    const notices: unknown[] = []
    await backup(owner, [folderSource(folderHandle('handles', files), 'folder'), entries.source], {
      onEvent: (event) => event.type === 'notice' && notices.push(event.notice),
    })
    expect(notices).toEqual(
      ['handles', 'entries'].map((name) => ({
        path: `${name}/deep/goes`,
        what: 'unreadable',
        detail: 'NotFoundError',
      })),
    )
    expect([...(await bringBack(owner)).files.keys()]).toEqual(['handles/stays', 'entries/stays'])
  })
})
