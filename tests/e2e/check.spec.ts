/** The connection doctor in a real browser: ten faults, put in one at a time, each named at its stage. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { limits, type Limit } from '../../src/app/browser-limits.ts'
import type { Found, Stage } from '../../src/app/doctor.ts'
import { en } from '../../src/app/messages/en.ts'
import { randomFolder } from './corpus.ts'
import { Network } from './network.ts'
import { expect, Profiles, test as story, type Tab } from './tab.ts'

/** One network for all of them: no fault touches it. */
const test = story.extend<object, { shared: Network }>({
  shared: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern which fixtures are needed: none
    async ({}, use) => {
      const network = await Network.start()
      await network.addKeepersTogether(6)
      await use(network)
      await network.stop()
    },
    { scope: 'worker' },
  ],
})

interface Fault {
  readonly stage: Stage
  readonly found: Found
  /** Puts it in, before the page is opened. */
  readonly inject: (page: Page) => Promise<unknown>
}

const faults: readonly Fault[] = [
  {
    stage: 'coordinator',
    found: 'coordinator-down',
    inject: (page) => page.route('**/v1/**', (route) => route.abort()),
  },
  { stage: 'clock', found: 'clock-wrong', inject: (page) => page.addInitScript(setClockAhead) },
  {
    stage: 'sign-in',
    found: 'sign-in-refused',
    inject: (page) =>
      page.route('**/v1/session', (route) => route.fulfill({ status: 403, json: { code: 'forbidden', detail: '' } })),
  },
  {
    stage: 'live',
    found: 'live-blocked',
    inject: (page) => page.routeWebSocket(/\/v1\/live/, (socket) => socket.close()),
  },
  {
    stage: 'rendezvous',
    found: 'rendezvous-blocked',
    inject: (page) => page.routeWebSocket(/\/peerjs/, (socket) => socket.close()),
  },
  { stage: 'ice', found: 'no-addresses', inject: (page) => page.addInitScript(hideAddresses) },
  { stage: 'turn', found: 'turn-dead', inject: (page) => page.route('**/v1/ticket', offerDeadRelay) },
  { stage: 'storage', found: 'storage-full', inject: (page) => page.addInitScript(fillQuota) },
  { stage: 'storage', found: 'storage-failed', inject: (page) => page.addInitScript(breakDatabases) },
  { stage: 'folders', found: 'folders-refused', inject: (page) => page.addInitScript(takePermissionBack) },
]

for (const { stage, found, inject } of faults) {
  test(`${stage}: ${found}`, async ({ browser, shared }) => {
    const profiles = new Profiles(browser, shared.url)
    // Requests that a service worker makes are out of reach for a fault.
    const tab = await profiles.fresh('', { serviceWorkers: 'block' })
    await tab.press('Choose a folder')
    await expect(tab.page.getByTestId('folder')).toHaveCount(1)
    await haveAnAccount(tab)
    await inject(tab.page)
    await tab.page.goto('about:blank')
    await tab.page.goto(`${shared.url}/#check`)
    // What stands in the way of all the rest takes the place of the screen; this one is there all the same.
    await tab.press('Check the connection')
    const broken = tab.page.locator('[data-found]').filter({ hasText: 'does not work' })
    await expect(tab.page.getByRole('button', { name: 'Check again' })).toBeVisible()
    await expect(tab.page.getByTestId(`stage-${stage}`)).toHaveAttribute('data-found', found)
    await expect(tab.page.getByTestId('check-state')).toHaveText('Something is in the way')
    await expect(broken.first()).toHaveAttribute('data-testid', `stage-${stage}`)
    await profiles.closeAll()
  })
}

test('where nothing is wrong all stages are well, up to a keeper; the report holds no secret', async ({
  browser,
  shared,
}) => {
  const profiles = new Profiles(browser, shared.url)
  const tab = await profiles.fresh('', { permissions: ['notifications'] })
  const source = join(shared.folder, 'private-name')
  await randomFolder(source, 1, 1000)
  await tab.chooseFiles(source)
  await tab.press('Start backup')
  await expect(tab.state).toHaveText('Words needed')
  const words = await tab.showWords()
  await tab.go('Account')
  const codes = tab.page.locator('dd code')
  await expect(codes).toHaveCount(2) // a screen is fetched when it is first opened
  const ids = await codes.allInnerTexts()

  await tab.go('Check')
  await tab.press('Check the connection')
  await expect(tab.page.getByRole('button', { name: 'Check again' })).toBeVisible()
  for (const stage of [
    'coordinator',
    'clock',
    'sign-in',
    'live',
    'rendezvous',
    'ice',
    'channel',
    'keepers',
    'storage',
  ]) {
    await expect(tab.page.getByTestId(`stage-${stage}`)).toHaveAttribute('data-found', 'well')
  }
  await expect(tab.page.getByTestId('stage-turn')).toHaveAttribute('data-found', 'no-turn')
  await expect(tab.page.getByTestId('limit-not-installed')).toBeVisible()
  await expect(tab.page.getByTestId('limit-notifications-off')).toBeHidden()

  const download = tab.page.waitForEvent('download')
  await tab.press('Save the report')
  const report = await textOf(await (await download).createReadStream())
  expect(JSON.parse(report)).toMatchObject({ keeptab: 'connection report', device: ids[1]?.slice(0, 8) })
  expect(report).toContain('link-opened')
  for (const secret of [...ids, 'private-name', '127.0.0.1', shared.url]) expect(report).not.toContain(secret)
  expect(report).not.toMatch(/[0-9a-f]{17}/)
  expect(words.filter((word) => new RegExp(`"[^"]*\\b${word} \\w+\\b`).test(report))).toEqual([])
  expect(profiles.complaints).toEqual([])
  await profiles.closeAll()
})

/** In every browser of these tests: what is not installed has no lasting storage, and nobody has allowed notifications. */
const always: readonly Limit[] = ['not-persistent', 'notifications-off', 'not-installed']

test('each of 15 limits is found in the browser that has it, named, and has a cure', async ({ browser, shared }) => {
  const profiles = new Profiles(browser, shared.url)
  const limited = async (tab: Tab, expected: readonly Limit[]) => {
    await tab.page.reload()
    await expectLimits(tab, expected)
    return expected
  }
  const tab = await profiles.fresh('check')
  const found = new Set(await limited(tab, always))
  const note = (more: readonly Limit[]) => more.forEach((limit) => found.add(limit))

  await tab.page.addInitScript(takeAway)
  note(
    await limited(tab, [...always, 'low-space', 'discarded', 'on-battery', 'metered', 'no-observer', 'no-wake-lock']),
  )

  const keeper = await profiles.fresh('keep')
  await keeper.keep()
  await keeper.page.evaluate(slowHiddenTimers)
  await expect(async () => {
    await keeper.go('Account')
    await keeper.go('Check')
    await expect(keeper.page.getByTestId('limit-timers-slowed')).toBeVisible({ timeout: 1000 })
  }).toPass()
  const kept: readonly Limit[] = [...always, 'frozen', 'timers-slowed', 'light-sleep']
  await expectLimits(keeper, kept)
  note(kept)

  const bare = await profiles.fresh('check')
  await bare.page.addInitScript(bareBrowser)
  note(await limited(bare, [...always, 'no-locks', 'private-window']))
  await bare.go('Backup')
  await expect(bare.heading).toHaveText('Pick a folder, and other people’s tabs keep it')
  await bare.go('Check')
  await bare.page.addInitScript(() => Object.defineProperty(globalThis, 'isSecureContext', { value: false }))
  note(await limited(bare, [...always, 'no-locks', 'private-window', 'insecure']))
  expect([...found].toSorted()).toEqual(limits.toSorted())
  await profiles.closeAll()
})

async function expectLimits({ page }: Tab, expected: readonly Limit[]): Promise<void> {
  for (const limit of limits) {
    const said = page.getByTestId(`limit-${limit}`)
    if (!expected.includes(limit)) {
      await expect(said).toBeHidden()
      continue
    }
    await expect(said).toContainText(en[`check.limit.${limit}`])
    await expect(said).toContainText(en[`check.limit.${limit}.cure`])
  }
}

/** An account comes with the first keeping; then the tab keeps no more, so that the doctor holds its own live line. */
async function haveAnAccount(tab: Tab): Promise<void> {
  await tab.go('Keep')
  await tab.keep()
  await tab.press('Stop keeping')
  await expect(tab.keeping).toHaveText('You keep nothing for others yet')
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts).toString()
}

/** Nobody listens at the port of discarded things. */
async function offerDeadRelay(route: Parameters<Parameters<Page['route']>[1]>[0]): Promise<void> {
  const response = await route.fetch()
  const relay = { urls: ['turn:127.0.0.1:9?transport=udp'], username: 'nobody', credential: 'nothing' }
  await route.fulfill({ response, json: { ...((await response.json()) as object), iceServers: [relay] } })
}

// ---- what runs in the page

function setClockAhead(): void {
  const now = Date.now.bind(Date)
  Date.now = () => now() + 2 * 3_600_000
}

function hideAddresses(): void {
  const Native = globalThis.RTCPeerConnection
  globalThis.RTCPeerConnection = class extends Native {
    constructor(config?: RTCConfiguration) {
      super({ ...config, iceServers: [], iceTransportPolicy: 'relay' })
    }
  }
}

/** As a browser refuses what no longer fits; what is small still does. */
function fillQuota(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the store it was called on
  const put = IDBObjectStore.prototype.put
  IDBObjectStore.prototype.put = function (value: unknown, key?: IDBValidKey) {
    if (value instanceof Uint8Array) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    return put.call(this, value, key)
  }
}

/** A small disk, a battery, a connection that costs, a tab that was thrown away, and an older browser. */
function takeAway(): void {
  navigator.storage.estimate = () => Promise.resolve({ quota: 1e9, usage: 5e8 })
  navigator.getBattery = () => Promise.resolve(Object.assign(new EventTarget(), { charging: false }))
  const connection = Object.assign(new EventTarget(), { saveData: true })
  Object.defineProperty(navigator, 'connection', { value: connection })
  Object.defineProperty(document, 'wasDiscarded', { value: true })
  Reflect.deleteProperty(globalThis, 'FileSystemObserver')
  Reflect.deleteProperty(Navigator.prototype, 'wakeLock')
}

function bareBrowser(): void {
  Reflect.deleteProperty(Navigator.prototype, 'locks')
  navigator.storage.getDirectory = () => Promise.reject(new DOMException('Private.', 'SecurityError'))
}

/** As a page that was stopped and is hidden finds it: a minute has gone by between any two ticks. */
function slowHiddenTimers(): void {
  document.dispatchEvent(new Event('freeze'))
  Object.defineProperty(document, 'hidden', { value: true })
  const now = performance.now.bind(performance)
  let calls = 0
  performance.now = () => now() + (calls += 1) * 60_000
}

function breakDatabases(): void {
  IDBFactory.prototype.open = () => {
    throw new DOMException('Site data is blocked.', 'InvalidStateError')
  }
}

function takePermissionBack(): void {
  FileSystemHandle.prototype.queryPermission = () => Promise.resolve('prompt')
}
