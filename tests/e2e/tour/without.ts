/** Screens that something is missing for: a secure address, mains power, another tab's leave, a memory, the coordinator. */
import { expect } from '../tab.ts'
import type { Walk } from './walk.ts'

export async function inTheWay({ profiles, visit }: Walk): Promise<void> {
  const tab = await profiles.fresh('check')
  await tab.page.addInitScript(() => {
    navigator.getBattery = () => Promise.resolve(Object.assign(new EventTarget(), { charging: false }))
  })
  await tab.page.reload()
  await tab.page.getByLabel('Only on mains power').check()
  await expect(tab.page.getByText('On battery: backing up waits')).toBeVisible()
  await visit('check-on-battery', tab)
  const second = await profiles.another(tab)
  await expect(second.heading).toHaveText('Keeptab is running in another tab')
  await visit('elsewhere', second)
  await second.page.addInitScript(() => Object.defineProperty(globalThis, 'isSecureContext', { value: false }))
  await second.page.reload()
  await expect(second.heading).toHaveText('This page needs a secure address')
  await visit('insecure', second)
  const hidden = await profiles.fresh('keep')
  await hidden.page.addInitScript(() => {
    navigator.storage.getDirectory = () => Promise.reject(new DOMException('Private.', 'SecurityError'))
  })
  await hidden.page.reload()
  await expect(hidden.page.getByTestId('private-window')).toBeVisible()
  await visit('keep-private', hidden)
  await hidden.page.addInitScript(() => {
    delete (Navigator.prototype as { locks?: LockManager }).locks
  })
  await hidden.page.reload()
  await expect(hidden.page.getByText('keep only one open')).toBeVisible()
  await visit('one-tab', hidden)
}

export async function withoutCoordinator({ network, profiles, visit }: Walk, folder: string): Promise<void> {
  const tab = await profiles.fresh()
  await tab.chooseFiles(folder)
  await expect(tab.page.getByRole('button', { name: 'Start backup' })).toBeVisible()
  await tab.page.evaluate(() => navigator.serviceWorker.ready)
  await network.coordinator?.kill()
  await tab.press('Start backup')
  await expect(tab.trouble).toBeVisible()
  await visit('backup-trouble', tab)
  await tab.go('Keep')
  await tab.press('Keep for others')
  await expect(tab.trouble).toBeVisible()
  await visit('keep-trouble', tab)
  await tab.go('Check')
  await tab.press('Check the connection')
  await expect(tab.page.getByRole('button', { name: 'Check again' })).toBeVisible()
  await visit('check-broken', tab)
}
