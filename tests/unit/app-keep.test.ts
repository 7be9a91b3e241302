import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { AccountState } from '../../src/app/account.svelte.ts'
import type { Engine } from '../../src/app/compose.ts'
import { KeepState } from '../../src/app/keep.svelte.ts'
import { kindOf } from '../../src/app/ladder.svelte.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { GB } from '../../src/core/units.ts'
import { LONGEST_ANNOUNCED_MS } from '../../src/durability/presence.ts'
import type { PageMemory } from '../../src/store/indexeddb-page-memory.ts'

beforeAll(() => {
  const storage = {
    estimate: () => Promise.resolve({}),
    persisted: () => Promise.resolve(false),
    persist: () => Promise.resolve(false),
  }
  vi.stubGlobal('navigator', { userAgent: '', storage })
  vi.stubGlobal('matchMedia', () => new EventTarget())
  vi.stubGlobal('addEventListener', () => undefined)
})
afterAll(() => vi.unstubAllGlobals())

type Wish = Parameters<PageMemory['setKeeping']>[0]

/** What the profile remembers, and a network that is as `engine` says. */
function kept(wish: Wish | undefined, engine: () => Promise<Engine>) {
  const shelf = { wish }
  const memory = {
    keeping: () => Promise.resolve(shelf.wish),
    setKeeping: (next: Wish) => Promise.resolve(void (shelf.wish = next)),
    ladder: () => Promise.resolve(undefined),
  } as Partial<PageMemory> as PageMemory
  const account = { ensure: () => Promise.resolve() } as object as AccountState
  return { shelf, keep: new KeepState(memory, account, engine) }
}

const on: Wish = { on: true, paused: false, pausedUntil: undefined, limitBytes: 5 * GB, limits: {}, leaving: false }
const never = () => new Promise<Engine>(() => undefined)

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36', 'chromium'],
  [
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'edge',
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'android',
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0',
    'android',
  ],
  ['Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'android'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'firefox'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    'safari',
  ],
])('%s is told in the words of %s where its menus are', (userAgent, kind) => {
  expect(kindOf(userAgent)).toBe(kind)
})

test('the wish to keep is written down before the network is asked for anything', async () => {
  const { shelf, keep } = kept(undefined, never)
  void keep.start()
  await expect.poll(() => shelf.wish?.on).toBe(true)
  expect(keep.on).toBe(false)
})

test('a limit that is moved while keeping waits for the network leaves the wish to keep', async () => {
  const { shelf, keep } = kept(on, never)
  void keep.load()
  await expect.poll(() => keep.starting).toBe(true)
  await keep.limit({ limitBytes: 7 * GB })
  expect(shelf.wish).toMatchObject({ on: true, limitBytes: 7 * GB })
})

test('whoever stops is taken at their word, though stopping itself fails', async () => {
  const failing = {
    state: () => ({ usedBytes: 0 }),
    onChange: () => undefined,
    setLimits: () => Promise.resolve(),
    resume: () => Promise.resolve(),
    stop: () => Promise.reject(new KeeptabError('coordinator-unreachable')),
  }
  const engine = { startKeeping: () => Promise.resolve(failing) } as object as Engine
  const { shelf, keep } = kept(on, () => Promise.resolve(engine))
  await keep.load()
  expect(keep.on).toBe(true)
  await keep.stop()
  expect(shelf.wish?.on).toBe(false)
  expect(keep.on).toBe(false)
})

test('a battery holds keeping only as long as it does, and a pause of the person outlasts it', async () => {
  const rests: string[] = []
  const keeper = {
    state: () => ({ usedBytes: 0 }),
    onChange: () => undefined,
    setLimits: () => Promise.resolve(),
    pause: () => Promise.resolve(void rests.push('pause')),
    resume: () => Promise.resolve(void rests.push('resume')),
  }
  const engine = { startKeeping: () => Promise.resolve(keeper) } as object as Engine
  const { shelf, keep } = kept(on, () => Promise.resolve(engine))
  await keep.load()
  rests.length = 0
  await keep.hold('battery')
  await keep.hold(undefined)
  expect(rests).toEqual(['pause', 'resume'])
  await keep.pause('open')
  await keep.hold('metered')
  await keep.hold(undefined)
  expect(rests.slice(2)).toEqual(['pause', 'pause', 'pause'])
  expect(shelf.wish).toMatchObject({ on: true, paused: true })
})

test('a week away is announced with its end, which is as long as the network waits', async () => {
  const announced: (number | undefined)[] = []
  const keeper = {
    state: () => ({ usedBytes: 0 }),
    onChange: () => undefined,
    setLimits: () => Promise.resolve(),
    resume: () => Promise.resolve(),
    pause: (until?: number) => Promise.resolve(void announced.push(until)),
  }
  const engine = { startKeeping: () => Promise.resolve(keeper) } as object as Engine
  const { shelf, keep } = kept(on, () => Promise.resolve(engine))
  await keep.load()
  const now = Date.now()
  await keep.pause('week')
  const [until = 0] = announced
  expect(until - now).toBeGreaterThanOrEqual(LONGEST_ANNOUNCED_MS)
  expect(until - Date.now()).toBeLessThanOrEqual(LONGEST_ANNOUNCED_MS)
  expect(shelf.wish).toMatchObject({ paused: true, pausedUntil: until })
})
