/** The screen of a restore over a whole network in one process: what it says is what happened. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { AccountState } from '../../src/app/account.svelte.ts'
import type { Answer } from '../../src/app/chosen-folder.ts'
import type { Engine } from '../../src/app/compose.ts'
import { language } from '../../src/app/language.svelte.ts'
import { RestoreState } from '../../src/app/restore.svelte.ts'
import { folderTarget } from '../../src/app/folder-target.ts'
import { announceDevice } from '../../src/backup/devices.ts'
import type { RestoreEvent } from '../../src/backup/events.ts'
import { restore as bringBack } from '../../src/backup/restore.ts'
import { accountKey, newDevice } from '../../src/identity/keys.ts'
import { signRevocation } from '../../src/identity/revocation.ts'
import { SnapshotLibrary } from '../../src/backup/library.ts'
import { concat, utf8, type Bytes } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { MiB } from '../../src/core/units.ts'
import { MemoryTreeCache } from '../../src/store/memory.ts'
import { temporaryFolder } from '../contract/coordinator-fixtures.ts'
import { WritableFolder } from './browser-folders.ts'
import { unzip } from '../e2e/unzip.ts'
import { deferred } from '../../src/transport/deferred.ts'
import { backUp, noise, sourceOf, startNetwork, type Files, type SimulatedNetwork } from '../sim/network.ts'

/** A file on a disk that may refuse to be opened, or take its time to be closed. */
class Disk {
  readonly parts: Bytes[] = []
  onWrite: () => void = () => undefined
  refusal: DOMException | undefined
  closing = Promise.resolve()
  closed = false
  aborted = false

  readonly showSaveFilePicker = ({ suggestedName }: { suggestedName: string }) =>
    Promise.resolve({
      name: suggestedName,
      createWritable: () =>
        this.refusal === undefined
          ? Promise.resolve(
              new WritableStream<Bytes>({
                write: (bytes) => {
                  this.parts.push(bytes.slice())
                  this.onWrite()
                },
                close: async () => {
                  await this.closing
                  this.closed = true
                },
                abort: () => void (this.aborted = true),
              }),
            )
          : Promise.reject(this.refusal),
    })
}

class SilentWorker {
  readonly postMessage = () => undefined
  readonly terminate = () => undefined
}

const LONG = { timeout: 20_000 }

let network: SimulatedNetwork
let delayMs = 0
let disk: Disk
const content = noise('content', 300_000)

beforeAll(async () => {
  await language.speak('en')
  network = await startNetwork(6, { delayMs: () => delayMs })
})
afterAll(() => network.close())
beforeEach(() => {
  disk = new Disk()
  const serviceWorker = Object.assign(new EventTarget(), { controller: { postMessage: () => undefined } })
  vi.stubGlobal('navigator', { onLine: true, userAgent: '', serviceWorker })
  vi.stubGlobal('window', disk)
  vi.stubGlobal('Worker', SilentWorker)
  delayMs = 0
})
afterEach(() => vi.unstubAllGlobals())

/** The list of an account with a file in two versions; what it was opened with counts how often that was closed. */
async function listed({
  asGuest = false,
  mayReadAhead = true,
  more = {},
}: { asGuest?: boolean; mayReadAhead?: boolean; more?: Files } = {}) {
  const root = noise(crypto.randomUUID(), 32)
  const device = await network.owner(root)
  await backUp(device, sourceOf('home', { 'Docs/a.png': content, 'Docs/b.txt': utf8('b') }))
  const later = { 'Docs/a.png': utf8('later'), 'Docs/b.txt': utf8('b'), ...more }
  const { result: newest } = await backUp(device, sourceOf('home', later))
  const engine = {
    owner: await network.owner(root),
    trees: new MemoryTreeCache(),
    close: vi.fn(() => Promise.resolve()),
  }
  const other = asGuest ? await network.owner() : engine.owner
  const account = {
    identity: other.identity,
    ensure: () => Promise.resolve(engine.owner.identity),
    identityOfWords: () => Promise.resolve(engine.owner.identity),
  } as object as AccountState
  const give = () => Promise.resolve(engine as object as Engine)
  const fresh = () => new RestoreState(account, give, give, () => mayReadAhead)
  const restore = fresh()
  await (asGuest ? restore.lookWithWords() : restore.lookHere())
  expect(restore.phase).toBe('snapshots')
  /** Another device reads a file whole over the same network: as long as that takes, nothing else has moved that is held. */
  const readBeside = async (path: string): Promise<void> => {
    const folder = folderTarget(new WritableFolder() as object as FileSystemDirectoryHandle, () => undefined)
    await bringBack(await network.owner(root), newest.snapshot, [path], folder)
  }
  return { restore, engine, fresh, readBeside }
}

async function opened(listing = listed()) {
  const { restore } = await listing
  const newest = restore.snapshots[0]
  if (newest === undefined) throw new Error('nothing is listed')
  await restore.open(newest)
  return { restore, newest }
}

/** The first version of the file, looked at. */
async function looking() {
  const { restore } = await listed()
  const oldest = restore.snapshots.at(-1)
  if (oldest === undefined) throw new Error('nothing is listed')
  await restore.open(oldest)
  await restore.browse?.reveal('home/Docs')
  const a = restore.browse?.top[0]?.folder?.items?.[0]?.folder?.items?.find(({ name }) => name === 'a.png')
  if (a?.file === undefined) throw new Error('the file is not there')
  await restore.look(a.path, { snapshot: oldest, entry: a.file })
  const { file } = restore
  if (file === undefined) throw new Error('no file is looked at')
  await expect.poll(() => file.versions.length).toBe(2)
  return { restore, file }
}

test('a ZIP that the disk refuses says why', async () => {
  const { restore } = await opened()
  disk.refusal = new DOMException('No room.', 'QuotaExceededError')
  await restore.restoreToZip()
  expect(restore.phase).toBe('tree')
  expect(restore.trouble).toMatchObject({
    code: 'target-refused',
    facts: { path: 'keeptab-restore.zip', reason: 'QuotaExceededError' },
  })
  expect(restore.ended).toEqual({ how: 'not-back' })
})

test('everything is back once it is on the disk, not before', async () => {
  const { restore } = await opened()
  const closing = deferred()
  disk.closing = closing.promise
  const restored = restore.restoreToZip()
  await expect.poll(() => restore.result?.files).toBe(2)
  expect([restore.phase, restore.running]).toEqual(['running', true])
  closing.resolve()
  await restored
  expect([restore.phase, restore.running, disk.closed]).toEqual(['done', false, true])
  expect(restore.bytesPerSecond).toBeGreaterThan(0)
  expect(restore.ended, 'for whoever is elsewhere').toEqual({ how: 'back' })
  restore.seen()
  expect(restore.ended).toBe(undefined)
})

test(
  'a restore that is paused writes what it has, reads nothing more, and goes on where it was',
  { timeout: 30_000 },
  async () => {
    const more = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}`, noise(`more ${i}`, MiB)]))
    const listing = listed({ more })
    const { restore } = await opened(listing)
    const { engine, readBeside } = await listing
    const { counted } = engine.owner.transport
    delayMs = 20
    const before = counted.receivedBytes
    const restored = restore.restoreToZip()
    await vi.waitUntil(() => counted.receivedBytes > before + MiB, { ...LONG, interval: 5 })
    restore.pause()
    expect(restore).toMatchObject({ phase: 'running', paused: true, moving: false, running: true })
    await readBeside('home/0') // what was on its way has come by then
    const [moved, done] = [counted.receivedBytes, restore.progress?.bytesDone]
    await readBeside('home/1')
    expect([counted.receivedBytes, restore.progress?.bytesDone]).toEqual([moved, done])
    expect(moved - before).toBeLessThan(6 * MiB)

    restore.goOn()
    const paces = await new Promise<number[]>((resolve) => {
      void restored.then(() => resolve([]))
      disk.onWrite = () => {
        const before = restore.bytesPerSecond
        if (before === 0) return
        disk.onWrite = () => undefined
        restore.pause()
        resolve([before, restore.bytesPerSecond])
      }
    })
    expect(paces, 'a pace, and none when it is paused').toEqual([expect.any(Number), 0])
    await readBeside('home/2')
    expect([restore.bytesPerSecond, restore.left], 'nor for what was on its way').toEqual([0, undefined])

    restore.goOn()
    await restored
    expect(restore).toMatchObject({ phase: 'done', trouble: undefined, keepersInTrouble: [] })
    expect(restore.result?.missing).toEqual([])
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'zip'), concat(...disk.parts))
    unzip(join(folder, 'zip'), folder)
    for (const [name, bytes] of Object.entries(more)) {
      expect(Buffer.compare(readFileSync(join(folder, 'home', name)), bytes)).toBe(0)
    }
    rmSync(folder, { recursive: true })
  },
)

test('a restore to a folder that broke off fetches what is there and as it should be not again', async () => {
  const more = Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`${i}`, noise(`there ${i}`, MiB)]))
  const { restore } = await opened(listed({ more }))
  const folder = new WritableFolder()
  Object.assign(disk, { showDirectoryPicker: () => Promise.resolve(folder) })
  const home = () => folder.entries.get('home') as WritableFolder
  const expectAll = () => {
    for (const [name, bytes] of Object.entries(more)) {
      expect(Buffer.compare(home().entries.get(name) as Bytes, bytes)).toBe(0)
    }
  }
  await restore.restoreToFolder()
  expect(restore).toMatchObject({ phase: 'done', result: { files: 6, missing: [] } })
  expectAll()

  // As a tab leaves it that was closed in the middle, and a disk that has lost a byte.
  home().entries.set('3', utf8(''))
  home().entries.set('2', concat(noise('there 2', MiB).subarray(1), utf8('!')))
  restore.back()
  const before = network.movedBytes()
  const said: unknown[] = []
  home().onLook = (name) => said.push([name, restore.comparing?.files, restore.comparing?.bytes])
  await answering(restore, 'replace')
  const compared = ['0', '1', '2', '3'].map((name, i) => [name, i, i * MiB])
  expect(said.slice(0, 5)).toEqual([...compared, ['2', undefined, undefined]])
  expect(restore).toMatchObject({
    phase: 'done',
    result: { files: 6, bytes: restore.progress?.bytesTotal, missing: [] },
  })
  expectAll()
  expect(home().written).toEqual(['0', '1', '2', '3', '2', '3'])
  expect(network.movedBytes() - before).toBeLessThan(3.5 * MiB)
})

test('what differs in the chosen folder is replaced only by who says so, and else the copy goes into a new folder', async () => {
  const more = { film: noise('beside', MiB) }
  const { restore } = await opened(listed({ more }))
  const mine = new WritableFolder({ home: new WritableFolder({ film: 'newer', mine: 'mine' }) }, 'Photos')
  const before = mine.files()
  const inside = (name: string) => (mine.entries.get(name) as WritableFolder).entries.get('home') as WritableFolder
  const expectCopy = (name: string) =>
    expect(Buffer.compare(inside(name).entries.get('film') as Bytes, more.film)).toBe(0)

  // Stopped while it compares.
  const looked: string[] = []
  const docs = new WritableFolder({ 'a.png': 'mine', 'b.txt': 'mine' })
  docs.onLook = (name) => {
    looked.push(name)
    restore.stop()
  }
  const home = new WritableFolder({ Docs: docs })
  Object.assign(disk, { showDirectoryPicker: () => Promise.resolve(new WritableFolder({ home })) })
  await restore.restoreToFolder()
  expect([restore.phase, looked]).toEqual(['tree', ['a.png']])
  Object.assign(disk, { showDirectoryPicker: () => Promise.resolve(mine) })

  // Stopped instead of answered.
  const stopped = restore.restoreToFolder()
  await vi.waitUntil(() => restore.question !== undefined, LONG)
  expect(restore).toMatchObject({ phase: 'running', running: true, moving: false, progress: undefined })
  restore.stop()
  await stopped
  expect(restore).toMatchObject({ phase: 'tree', question: undefined, trouble: undefined, result: undefined })
  expect(mine.files()).toEqual(before)

  // Under the name of the new folder lies a file.
  Object.assign(restore.browse?.snapshot ?? {}, { createdAt: new Date(2026, 0, 31).getTime() })
  mine.entries.set('Photos (backup of 2026-01-31)', utf8(''))
  await answering(restore, 'beside')
  expect(restore).toMatchObject({ phase: 'tree', trouble: { code: 'target-refused' } })
  mine.entries.delete('Photos (backup of 2026-01-31)')

  const { beside, ...question } = await answering(restore, 'beside')
  expect(question).toMatchObject({ count: 1, example: 'home/film', folder: 'Photos' })
  expect(beside).toBe('Photos (backup of 2026-01-31)')
  expect(restore).toMatchObject({ phase: 'done', beside, result: { files: 3, missing: [] } })
  expect(mine.files().filter((line) => line.startsWith('home/'))).toEqual(before)
  expectCopy(beside)

  // Broken off there, it goes on there; where that folder has become somebody's work, it is left alone, too.
  inside(beside).entries.delete('Docs')
  restore.back()
  await answering(restore, 'beside')
  expect(restore).toMatchObject({ phase: 'done', beside, result: { files: 3, missing: [] } })
  expect(inside(beside).written).toEqual(['film'])
  inside(beside).entries.set('film', utf8('cut'))
  restore.back()
  await answering(restore, 'beside')
  expect(restore).toMatchObject({ phase: 'done', beside: `${beside} (2)`, result: { files: 3, missing: [] } })
  expect(inside(beside).entries.get('film')).toEqual(utf8('cut'))
  expectCopy(`${beside} (2)`)
})

/** Restores into the chosen folder, where something differs. @returns what was asked */
async function answering(restore: RestoreState, answer: Answer) {
  const restored = restore.restoreToFolder()
  const { question } = await vi.waitUntil(() => restore.question && { question: restore.question }, LONG)
  question.answer(answer)
  await restored
  return question
}

test('what was backed up under keys of an ended epoch is compared as those cut it', async () => {
  const root = noise(crypto.randomUUID(), 32)
  const before = await network.owner(root)
  const film = noise('film', 2 * MiB)
  const { result } = await backUp(before, sourceOf('home', { film }))
  const ended = new Map([[before.identity.device, { lastSequence: 1, kept: true }]])
  const revocations = [await signRevocation(await accountKey(root), [], ended, Date.now())]
  await before.coordinator.revoke(revocations[0] ?? utf8(''), [])
  const owner = network.ownerAs(await newDevice(root, noise(root.join(), 32), Date.now(), revocations))
  const folder = new WritableFolder()
  const seen: number[] = []
  const onEvent = (event: RestoreEvent) => {
    if (event.type === 'comparing') seen.push(event.bytes)
  }
  const again = () =>
    bringBack(
      owner,
      result.snapshot,
      undefined,
      folderTarget(folder.handle, () => undefined),
      { onEvent },
    )
  expect((await again()).missing).toEqual([])
  const home = folder.entries.get('home') as WritableFolder
  seen.length = 0
  expect(await again()).toMatchObject({ files: 1, bytes: film.length, missing: [] })
  expect(home.written).toEqual(['film'])
  expect(seen.at(-1)).toBe(film.length)
  expect(
    seen.filter((bytes) => bytes > 0 && bytes < film.length),
    'told within the file',
  ).not.toEqual([])
})

test('a restore that is paused can be stopped', async () => {
  const { restore } = await opened()
  delayMs = 20
  const restored = restore.restoreToZip()
  await vi.waitUntil(() => restore.phase === 'running', LONG)
  restore.pause()
  restore.stop()
  await restored
  expect(restore).toMatchObject({ phase: 'tree', paused: false, result: undefined, trouble: undefined })
})

test('a version is said to be saved while it is the one that is shown, and is saved also when its screen was left', async () => {
  const { restore, file } = await looking()
  const closing = deferred()
  disk.closing = closing.promise
  const saved = restore.saveFile(file)
  void restore.saveFile(file) // clicked twice
  expect(restore.saves).toEqual([file])
  await expect.poll(() => file.saving?.done).toBe(content.length)
  const later = file.versions.find((version) => !file.isShown(version))
  if (later === undefined) throw new Error('there is one version')
  await file.show({ snapshot: later.newest, entry: later.entry })
  restore.back()
  expect([restore.file, restore.running]).toEqual([undefined, true])
  closing.resolve()
  await saved
  expect([file.saved, restore.running, restore.trouble]).toEqual([false, false, undefined])
  expect(Buffer.compare(concat(...disk.parts), content)).toBe(0)
  expect([restore.saved, restore.ended]).toEqual([[file], { how: 'saved', name: 'a.png' }])
  await restore.saveFile(file)
  expect(restore.saved, 'each file once').toEqual([file])
  restore.back()
  expect(restore.saved, 'it was said').toEqual([])
})

test('a file that could not be saved when its screen was left is told', async () => {
  const { restore, file } = await looking()
  disk.refusal = new DOMException('No room.', 'QuotaExceededError')
  const saved = restore.saveFile(file)
  restore.back()
  await saved
  expect(restore).toMatchObject({ saved: [], trouble: { code: 'target-refused' } })
  expect(restore.ended).toEqual({ how: 'not-saved', name: 'a.png' })
})

test(
  'a file that is saved can be held, also when its screen was left and whose it is have gone; nothing else of theirs is read then',
  { timeout: 30_000 },
  async () => {
    const large = noise('large', 6 * MiB)
    const listing = listed({ asGuest: true, more: { '0': large } })
    const { restore, newest } = await opened(listing)
    const { engine, readBeside } = await listing
    await restore.browse?.reveal('home/0')
    const found = restore.browse?.top[0]?.folder?.items?.find(({ name }) => name === '0')?.file
    if (found === undefined) throw new Error('the file is not there')
    await restore.look('home/0', { snapshot: newest, entry: found })
    const { file } = restore
    if (file === undefined) throw new Error('no file is looked at')
    await expect.poll(() => file.preview).toEqual({ kind: 'none' })

    delayMs = 20
    const saved = restore.saveFile(file)
    await vi.waitUntil(() => (file.saving?.done ?? 0) > 0, { ...LONG, interval: 5 })
    file.pause()
    await readBeside('home/Docs/a.png') // what was on its way has come by then
    for (const phase of ['tree', 'snapshots']) {
      restore.back()
      expect(restore).toMatchObject({ phase, running: true, moving: false, saves: [file] })
    }
    const locate = vi.spyOn(engine.owner.coordinator, 'locatePacks').mockReturnValue(new Promise(() => undefined))
    const looking = restore.lookForRemoved()
    await vi.waitUntil(() => locate.mock.calls.length > 0, LONG)
    restore.back()
    await looking
    expect(restore).toMatchObject({ phase: 'start', running: true, moving: false, saves: [file], trouble: undefined })
    expect([restore.lookingForRemoved, restore.removed]).toEqual([false, undefined])
    locate.mockRestore()

    const { receivedBytes } = engine.owner.transport.counted
    await readBeside('home/0')
    expect(engine.owner.transport.counted.receivedBytes).toBe(receivedBytes)
    expect(file.saving?.done).toBeLessThan(large.length)
    expect(engine.close).not.toHaveBeenCalled()
    delayMs = 0
    file.goOn()
    expect(restore.moving).toBe(true)
    await saved
    expect(Buffer.compare(concat(...disk.parts), large)).toBe(0)
    expect([file.saved, restore.running, restore.trouble, file.trouble]).toEqual([true, false, undefined, undefined])
  },
)

test('a file that is half saved can be stopped', async () => {
  const { restore, file } = await looking()
  for (const isHeld of [false, true]) {
    disk.aborted = false
    const stopped = restore.saveFile(file)
    await vi.waitUntil(() => file.saving !== undefined, { ...LONG, interval: 1 })
    if (isHeld) file.pause()
    file.stopSaving()
    await stopped
    expect(file).toMatchObject({ saving: undefined, saved: false, paused: false, trouble: undefined })
    expect([restore.running, disk.closed, disk.aborted]).toEqual([false, false, true])
  }
  disk.parts.length = 0
  await restore.saveFile(file)
  expect([file.saved, Buffer.compare(concat(...disk.parts), content)]).toEqual([true, 0])
})

test('looking for versions can be stopped, and those that were found stay', async () => {
  const listing = listed()
  const { restore, newest } = await opened(listing)
  const { engine } = await listing
  await restore.browse?.reveal('home/Docs')
  const a = restore.browse?.top[0]?.folder?.items?.[0]?.folder?.items?.find(({ name }) => name === 'a.png')
  if (a?.file === undefined) throw new Error('the file is not there')
  vi.spyOn(engine.owner.coordinator, 'locatePacks').mockReturnValue(new Promise(() => undefined))
  await restore.look(a.path, { snapshot: newest, entry: a.file })
  const { file } = restore
  await expect.poll(() => file?.versions.length).toBe(1)
  expect([file?.looking, file?.looked]).toEqual([true, { done: 1, of: 2, unreadable: 0 }])
  file?.stopLooking()
  await expect.poll(() => file?.looking).toBe(false)
  expect([file?.versions.length, file?.trouble]).toEqual([1, undefined])
})

test('an error of a picture that was shown before does not close what is shown now', async () => {
  const { file } = await looking()
  await expect.poll(() => file.preview?.kind).toBe('image')
  const before = file.preview
  file.cannotShow('/stream/of-before')
  expect(file.preview).toBe(before)
  file.cannotShow(before?.kind === 'image' ? before.url : null)
  expect(file.preview).toEqual({ kind: 'none' })
})

test('of what is ticked as a whole no part is ticked besides', async () => {
  const { restore } = await opened()
  const { browse } = restore
  for (const path of ['home/Docs/a.png', 'home/Docs2', 'home/Docs']) browse?.choose(path, true)
  expect([...(browse?.chosen ?? [])]).toEqual(['home/Docs2', 'home/Docs'])
  browse?.choose('home/Docs', false)
  expect([...(browse?.chosen ?? [])]).toEqual(['home/Docs2'])
})

test('the newest backup is read ahead until its list is left, not where bytes are to be saved, and nobody is told when that fails', async () => {
  const readAhead = vi
    .spyOn(SnapshotLibrary.prototype, 'readAhead')
    .mockRejectedValue(new KeeptabError('too-few-shards'))
  const { restore: sparing } = await listed({ mayReadAhead: false })
  sparing.readAhead()
  expect(readAhead).not.toHaveBeenCalled()
  const { restore } = await listed()
  const leave = restore.readAhead()
  expect(readAhead).toHaveBeenCalledExactlyOnceWith(restore.snapshots[0]?.id, expect.any(AbortSignal))
  const [, signal] = readAhead.mock.lastCall ?? []
  expect(signal?.aborted).toBe(false)
  leave()
  expect([signal?.aborted, restore.trouble]).toEqual([true, undefined])
  readAhead.mockRestore()
})

test('keepers that failed while a backup was read ahead are named once somebody wants what is in it', async () => {
  const open = vi.spyOn(SnapshotLibrary, 'open')
  const { restore } = await listed()
  const { onEvent } = open.mock.lastCall?.[2] ?? {}
  open.mockRestore()
  const [keeper] = network.keepers
  const fail = (what: 'corrupt' | 'slow') =>
    keeper && onEvent?.({ type: 'keeper-trouble', trouble: { keeper: keeper.device, what, detail: '' } })
  const named = () => restore.keepersInTrouble.map(({ what }) => what)
  const [newest, oldest] = restore.snapshots
  if (newest === undefined || oldest === undefined) throw new Error('two are listed')

  fail('corrupt')
  expect(named()).toEqual([])
  await restore.open(oldest)
  expect(named()).toEqual([])
  fail('slow')
  expect(named()).toEqual(['slow'])
  restore.back()
  await restore.open(newest)
  expect(named()).toEqual(['slow', 'corrupt'])
})

test('what devices call themselves is remembered for when nobody can be asked', async () => {
  const { restore, engine, fresh } = await listed()
  const { device } = engine.owner.identity
  await announceDevice(engine.owner, 'On the desk')
  await restore.lookHere()
  await expect.poll(() => restore.deviceNames?.get(device)).toBe('On the desk')

  vi.stubGlobal('navigator', { onLine: false })
  const offline = fresh()
  await offline.lookHere()
  expect([offline.remembered, offline.deviceNames?.get(device)]).toEqual([true, 'On the desk'])
  vi.stubGlobal('navigator', { onLine: true })
  vi.spyOn(engine.owner.coordinator, 'devices').mockReturnValue(new Promise(() => undefined))
  const online = fresh()
  await online.lookHere()
  expect([online.remembered, online.deviceNames?.get(device)]).toEqual([false, 'On the desk'])
})

test('whoever goes back while a backup is opened stays there', async () => {
  const { restore } = await listed()
  const newest = restore.snapshots[0]
  if (newest === undefined) throw new Error('nothing is listed')
  const opening = restore.open(newest)
  restore.back()
  await opening
  expect([restore.phase, restore.browse]).toEqual(['snapshots', undefined])
})

test('from the start there is a way on to what was listed and ticked, and to what a restore came to', async () => {
  const { restore, newest } = await opened()
  restore.browse?.choose('home/Docs/b.txt', true)
  const { browse } = restore
  await restore.restoreToZip()
  for (const phase of ['tree', 'snapshots', 'start']) {
    restore.back()
    expect(restore.phase).toBe(phase)
  }
  expect(restore.showList()).toBe(true)
  await restore.open(newest)
  expect([restore.phase, restore.browse]).toEqual(['tree', browse])
  expect([restore.showResult(), restore.phase, restore.result?.files]).toEqual([true, 'done', 1])
  restore.back()
  restore.back()
  const oldest = restore.snapshots.at(-1)
  if (oldest === undefined) throw new Error('nothing is listed')
  await restore.open(oldest)
  expect([restore.showResult(), restore.browse?.chosen.size]).toEqual([false, 0])
})

test('who looked with words of another account is gone from the network with the list', async () => {
  const { restore, engine } = await listed({ asGuest: true })
  expect(engine.close).not.toHaveBeenCalled()
  restore.back()
  expect(restore.phase).toBe('start')
  await expect.poll(() => engine.close.mock.calls.length).toBe(1)
  expect([restore.showList(), restore.phase, restore.snapshots]).toEqual([false, 'start', []])
})
