import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WakeLock } from '../../src/app/wake-lock.ts'

class Page extends EventTarget {
  hidden = false
  show(visible: boolean): void {
    this.hidden = !visible
    // As a browser does, before it says so.
    if (!visible) for (const sentinel of given) sentinel.end()
    this.dispatchEvent(new Event('visibilitychange'))
  }
}
class Sentinel extends EventTarget {
  released = false
  end(): void {
    if (this.released) return
    this.released = true
    this.dispatchEvent(new Event('release'))
  }
  release(): Promise<void> {
    this.end()
    return Promise.resolve()
  }
}

let page: Page
let given: Sentinel[]
const held = () => given.filter(({ released }) => !released).length

beforeEach(() => {
  page = new Page()
  given = []
  const request = () => {
    const sentinel = new Sentinel()
    given.push(sentinel)
    return Promise.resolve(sentinel)
  }
  vi.stubGlobal('document', page)
  vi.stubGlobal('navigator', { wakeLock: { request } })
})
afterEach(() => vi.unstubAllGlobals())

test('the screen is kept on while it is wanted and seen, and not a moment longer', async () => {
  const lock = new WakeLock()
  expect(held()).toBe(0)
  lock.want(true)
  await vi.waitFor(() => expect(held()).toBe(1))
  page.show(false)
  expect(held()).toBe(0)
  page.show(true)
  await vi.waitFor(() => expect(held()).toBe(1))
  lock.want(false)
  await vi.waitFor(() => expect(held()).toBe(0))
  page.show(false)
  page.show(true)
  await new Promise(setImmediate)
  expect(held()).toBe(0)
})

test('wanted twice it is asked for once; given too late it is given back', async () => {
  const lock = new WakeLock()
  lock.want(true)
  lock.want(true)
  await vi.waitFor(() => expect(given.length).toBeGreaterThan(0))
  await vi.waitFor(() => expect(held()).toBe(1))
  const late = new WakeLock()
  late.want(true)
  late.want(false)
  await vi.waitFor(() => expect(held()).toBe(1))
})
