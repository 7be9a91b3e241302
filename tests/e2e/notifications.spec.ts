/** M32: what needs the person is told once, also when no tab is open, and a test shows that it would be. */
import { join } from 'node:path'
import type { Worker } from '@playwright/test'
import { randomFolder } from './corpus.ts'
import { expect, test, type Tab } from './tab.ts'

/** Long ago, and no quiet hour. */
const NOON = new Date('2026-03-03T12:00:00Z').getTime()

test('a failed backup is told once, though it is tried again; a test is shown, and a click leads to its screen', async ({
  network,
  profiles,
}) => {
  const source = join(network.folder, 'source')
  await randomFolder(source, 1, 1000)
  const tab = await profiles.fresh('', { timezoneId: 'UTC', permissions: ['notifications'] })
  const worker = await serviceWorkerOf(tab)
  await tab.page.clock.setSystemTime(NOON)
  await tab.chooseFiles(source)
  await network.coordinator?.kill()
  await tab.press('Start backup')
  await expect(tab.page.getByText('Waiting for the coordinator; nothing is lost.')).toBeVisible()
  await expect(tab.trouble).toContainText('The coordinator cannot be reached')
  await expect.poll(() => told(worker)).toEqual(['failed'])
  expect(await shown(worker)).toEqual(['A backup failed'])
  await dismissAll(worker)
  await tab.press('Go on')
  await expect(tab.trouble).toBeHidden()
  await expect(tab.trouble).toContainText('The coordinator cannot be reached')

  await tab.go('Account')
  await expectNothingButATest(tab, worker)
  await tab.go('Keep')
  await worker.evaluate(async (tag) => {
    const scope = self as unknown as WorkerScope
    const [notification] = await scope.registration.getNotifications({ tag })
    if (notification === undefined) throw new Error('It is not shown.')
    const event = new scope.NotificationEvent('notificationclick', { notification })
    // Only the browser's own events may be waited for.
    scope.dispatchEvent(Object.assign(event, { waitUntil: () => undefined }))
  }, 'test')
  await expect(tab.page).toHaveURL(/#account$/)
})

test('an overdue backup is told by the service worker when no tab is open, and by no tab again', async ({
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 1, 1000)
  const tab = await profiles.fresh('', { timezoneId: 'UTC', permissions: ['notifications'] })
  const worker = await serviceWorkerOf(tab)
  // The worker's clock cannot be set: for it, the tab lives in the past. No hour is quiet, at night neither.
  await tab.page.clock.setSystemTime(NOON)
  await tab.page.reload()
  await tab.chooseFiles(source)
  await tab.press('Start backup')
  await tab.confirmWords()
  await expect(tab.state).toHaveText('Safe')
  await tab.go('Account')
  await tab.page.getByLabel('Quiet from').selectOption('7')

  const { devtools, wake } = await periodicSyncs(tab, network.url)
  await wake()
  await expectNothingButATest(tab, worker)
  await dismissAll(worker)
  await tab.close()
  await wake()
  await expect.poll(() => told(worker)).toEqual(['overdue'])
  expect(await shown(worker)).toEqual(['Your backup is overdue'])
  await dismissAll(worker)
  await wake()
  await devtools.detach()

  const later = await profiles.another(tab, 'account')
  await expectNothingButATest(later, worker)
})

/** Whatever a tab has to tell, it tells before a test that is asked for afterwards. */
async function expectNothingButATest(tab: Tab, worker: Worker): Promise<void> {
  await tab.press('Send a test')
  await expect(tab.page.getByText('Sent.')).toBeVisible()
  expect(await shown(worker)).toEqual(['Notifications work'])
}

/** Wakes the service worker, as Chromium does from time to time for an app that is installed. */
async function periodicSyncs({ page }: Tab, origin: string) {
  const elsewhere = await page.context().newPage()
  const devtools = await page.context().newCDPSession(elsewhere)
  const registered = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const found = registrations.find(({ scopeURL }) => scopeURL === `${origin}/`)
      if (found !== undefined) resolve(found.registrationId)
    })
  })
  await devtools.send('ServiceWorker.enable')
  const registrationId = await registered
  const wake = () =>
    devtools.send('ServiceWorker.dispatchPeriodicSyncEvent', { origin, registrationId, tag: 'overdue' })
  return { devtools, wake }
}

/** What these stories use of a service worker's scope, whose types do not go together with those of a page. */
interface WorkerScope {
  readonly registration: ServiceWorkerRegistration
  readonly NotificationEvent: new (type: string, init: { notification: Notification }) => Event
  dispatchEvent(event: Event): boolean
}

async function serviceWorkerOf({ page }: Tab): Promise<Worker> {
  const context = page.context()
  await page.evaluate(() => navigator.serviceWorker.ready)
  return context.serviceWorkers()[0] ?? context.waitForEvent('serviceworker')
}

/**
 * Kinds that were told, which is written down after they were shown. `shown` must not be asked again and again in the
 * meantime: Chromium forgets a notification that is being shown while it is listed.
 */
const told = (worker: Worker): Promise<string[]> =>
  worker.evaluate(async () => {
    const resultOf = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve) => request.addEventListener('success', () => resolve(request.result)))
    const database = await resultOf(indexedDB.open('keeptab-page'))
    const facts = database.transaction('facts').objectStore('facts')
    const notices = (await resultOf(facts.get('notices'))) as { told: Record<string, string[]> } | undefined
    database.close()
    return Object.entries(notices?.told ?? {}).flatMap(([kind, things]) => (things.length > 0 ? [kind] : []))
  })

/** Titles of the notifications that the system shows now. */
const shown = (worker: Worker): Promise<string[]> =>
  worker.evaluate(async () => {
    const { registration } = self as unknown as WorkerScope
    return (await registration.getNotifications()).map(({ title }) => title)
  })

const dismissAll = (worker: Worker): Promise<void> =>
  worker.evaluate(async () => {
    const { registration } = self as unknown as WorkerScope
    for (const notification of await registration.getNotifications()) notification.close()
  })
