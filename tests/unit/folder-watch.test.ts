/** Where a browser tells what changes in a folder, it is read again soon after: from the observer to the start of a backup. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FolderWatches } from '../../src/app/folder-watch.ts'
import { Schedule } from '../../src/app/schedule.svelte.ts'
import { SourceState } from '../../src/app/source.svelte.ts'
import { folderHandle } from './browser-folders.ts'

type Kind = 'appeared' | 'disappeared' | 'modified' | 'moved' | 'unknown' | 'errored'
type OnRecords = (records: readonly object[], observer: FakeObserver) => void

/** As Chromium's: https://fs.spec.whatwg.org/ with the proposal for FileSystemObserver. */
class FakeObserver {
  static all: FakeObserver[] = []
  readonly #onRecords: OnRecords
  readonly watched: FileSystemDirectoryHandle[] = []

  constructor(onRecords: OnRecords) {
    this.#onRecords = onRecords
    FakeObserver.all.push(this)
  }

  observe(handle: FileSystemDirectoryHandle, { recursive = false }: { recursive?: boolean } = {}): Promise<void> {
    if (handle.name === 'network drive') return Promise.reject(new DOMException('Not here.', 'NotSupportedError'))
    if (recursive) this.watched.push(handle)
    return Promise.resolve()
  }

  disconnect(): void {
    this.watched.length = 0
  }

  tell(root: FileSystemDirectoryHandle, type: Kind): void {
    const record = { root, changedHandle: null, relativePathComponents: ['deep', 'letter'], type }
    if (!this.watched.includes(root)) return
    if (type === 'errored') this.disconnect()
    this.#onRecords([record], this)
  }
}

const change = (root: FileSystemDirectoryHandle, type: Kind = 'modified') =>
  FakeObserver.all.forEach((observer) => observer.tell(root, type))

beforeEach(() => {
  FakeObserver.all = []
  vi.stubGlobal('FileSystemObserver', FakeObserver)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a change in a folder below leads to a backup once it is quiet there', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('document', new EventTarget())
  vi.stubGlobal('addEventListener', () => undefined)
  const handle = folderHandle('home', { deep: { letter: 'a' } })
  const state = new SourceState({ id: 'home', name: 'home', way: 'folder', handle }, undefined)
  state.connect()
  const start = vi.fn(() => Promise.resolve())
  const lastAt = Date.now()
  const schedule: Schedule = new Schedule({
    facts: () => ({ everFinished: true, unfinished: false, lastAt, busy: false }),
    start: (): Promise<void> => {
      schedule.begun()
      return start()
    },
    save: () => Promise.resolve(),
  })
  schedule.run()
  await schedule.watch([state])
  expect(schedule.watched).toBe(1)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(start).not.toHaveBeenCalled()

  change(handle)
  await vi.advanceTimersByTimeAsync(4000)
  change(handle)
  await vi.advanceTimersByTimeAsync(4000)
  expect(start).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(2000)
  expect(start).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(start).toHaveBeenCalledTimes(1)
})

function watching() {
  const changed = vi.fn()
  const watched = vi.fn()
  return { changed, watched, watches: new FolderWatches({ changed, watched }) }
}
const folder = (name: string) => ({ id: name, handle: folderHandle(name, {}) })

test('only the folders of the list are watched, each once, and those that the browser refuses are not counted', async () => {
  const { changed, watched, watches } = watching()
  const [a, b, drive] = [folder('a'), folder('b'), folder('network drive')]
  await watches.only([a, b, drive])
  await watches.only([a, b])
  change(a.handle)
  expect(changed).toHaveBeenCalledTimes(1)

  await watches.only([b])
  change(a.handle)
  expect(changed).toHaveBeenCalledTimes(1)
  change(b.handle, 'appeared')
  expect(changed).toHaveBeenCalledTimes(2)
  expect(watched.mock.calls).toEqual([[2], [2], [1]])
})

test('a folder that the browser has given up is not called watched, until it is again with the next list', async () => {
  const { changed, watched, watches } = watching()
  const [home, other] = [folder('home'), folder('other')]
  await watches.only([home, other])
  change(home.handle, 'errored')
  expect(watched).toHaveBeenLastCalledWith(1)
  await watches.only([home, other])
  expect(watched).toHaveBeenLastCalledWith(2)
  change(home.handle)
  // The end itself may hide one.
  expect(changed).toHaveBeenCalledTimes(2)
})

test('a folder is watched once also where two lists come at once', async () => {
  const { changed, watched, watches } = watching()
  const home = folder('home')
  await Promise.all([watches.only([home]), watches.only([home])])
  change(home.handle)
  expect(changed).toHaveBeenCalledTimes(1)
  expect(watched).toHaveBeenLastCalledWith(1)
})
