import { afterEach, expect, test, vi } from 'vitest'
import { controllingWorker } from '../../src/app/controlling-worker.ts'

afterEach(() => vi.unstubAllGlobals())

/** The service workers of a page whose worker is installed when the test says so, and takes the page over when it is asked. */
function workersOf(registered: boolean) {
  const worker = {} as ServiceWorker
  let activate: () => void = () => undefined
  const workers = Object.assign(new EventTarget(), {
    controller: null as ServiceWorker | null,
    getRegistration: () => Promise.resolve(registered ? {} : undefined),
    ready: new Promise<unknown>((resolve) => {
      const active = {
        postMessage: () => {
          workers.controller = worker
          workers.dispatchEvent(new Event('controllerchange'))
        },
      }
      activate = () => resolve({ active })
    }),
  })
  vi.stubGlobal('navigator', { serviceWorker: workers })
  return { worker, activate: () => activate() }
}

test('a worker that is still being installed is waited for', async () => {
  const { worker, activate } = workersOf(true)
  const controlling = controllingWorker()
  expect(await Promise.race([controlling, new Promise((resolve) => setImmediate(() => resolve('waiting')))])).toBe(
    'waiting',
  )
  activate()
  expect(await controlling).toBe(worker)
})

test('where there is no worker nobody waits for one', async () => {
  workersOf(false)
  expect(await controllingWorker()).toBeUndefined()
  vi.stubGlobal('navigator', {})
  expect(await controllingWorker()).toBeUndefined()
})
