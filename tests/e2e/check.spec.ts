/** The connection doctor in a real browser: ten faults, put in one at a time, each named at its stage. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { Found, Stage } from '../../src/app/doctor.ts'
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

function breakDatabases(): void {
  IDBFactory.prototype.open = () => {
    throw new DOMException('Site data is blocked.', 'InvalidStateError')
  }
}

function takePermissionBack(): void {
  FileSystemHandle.prototype.queryPermission = () => Promise.resolve('prompt')
}
