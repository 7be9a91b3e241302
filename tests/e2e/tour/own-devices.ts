/** Account: the devices of a person, one that comes and goes, and what is there without a network. */
import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { expectCode } from '../network.ts'
import { expect, type Tab } from '../tab.ts'
import type { Walk } from './walk.ts'

export async function ownDevices({ profiles, visit }: Walk, laptop: Tab, words: string): Promise<void> {
  await laptop.page.context().grantPermissions(['notifications'])
  await laptop.page.reload()
  await laptop.go('Account')
  await expect(laptop.page.getByRole('button', { name: 'Rename' })).toBeVisible()
  await visit('account-safe', laptop)
  const link = await invite(laptop)
  await visit('account-invite', laptop)

  const phone = await profiles.fresh(link)
  await expect(phone.heading).toHaveText('Compare these digits')
  await Promise.all([visit('join-compare', phone), visit('account-compare', laptop)])
  await laptop.press('Yes, add it')
  await expect(phone.heading).toHaveText('This device belongs to your account now')
  await visit('join-done', phone)
  await phone.page.goto('about:blank')
  await phone.page.goto(new URL(`#${link}`, laptop.page.url()).href)
  await expect(phone.heading).toHaveText('This browser has an account already')
  await visit('join-taken', phone)
  await phone.press('Back')
  await phone.press('Rename')
  await visit('account-rename', phone)
  await phone.page.getByLabel('Name of this device').fill('My phone')
  await phone.press('Save the name')
  await expect(phone.page.getByText('My phone', { exact: true })).toBeVisible()

  await laptop.go('Backup')
  await laptop.go('Account')
  await laptop.press(/^Remove .My phone/)
  await visit('account-remove', laptop)
  await laptop.page.getByLabel('Your 24 words').fill(words)
  await laptop.press('Remove it')
  await laptop.page.getByText('1 removed device').click()
  await visit('account-removed', laptop)
  await phone.page.reload()
  await phone.go('Account')
  await expect(phone.page.getByText('This device was removed from its account')).toBeVisible()
  await visit('account-out', phone)

  const stranger = await profiles.fresh('join=broken')
  await expect(stranger.heading).toHaveText('The device was not added')
  await visit('join-failed', stranger)
  await stranger.close()
}

/** The backups of this device, and what is left of them without a network. */
export async function remembered({ visit }: Walk, tab: Tab, folder: string): Promise<void> {
  // With the keys that the account has since a device was removed.
  await tab.go('Backup')
  await tab.chooseFiles(folder)
  await tab.press('Start backup')
  await expect(tab.page.getByTestId('folder').filter({ hasText: 'choose it again' })).toHaveCount(1)
  await tab.go('Restore')
  await visit('restore-here', tab)
  await tab.press('Show my backups')
  await expect(tab.page.getByRole('button', { name: /^Protect/ })).toHaveCount(3)
  await tab.press('Look for backups that were taken off this list')
  await expect(tab.page.getByText('Nothing was taken off this list')).toBeVisible()
  await visit('restore-own', tab)
  await tab.click(tab.page.getByRole('button', { name: /^Remove/ }).first())
  await expect(tab.page.getByTestId('snapshot-row')).toHaveCount(2)
  await tab.press('Look for backups that were taken off this list')
  await expect(tab.page.getByText(/^Will be gone on/)).toBeVisible()
  await visit('restore-removed', tab)
  await tab.page.context().setOffline(true)
  await tab.page.reload()
  await tab.press('Show my backups')
  await expect(tab.page.getByText('This is what this browser has seen before')).toBeVisible()
  await visit('restore-offline', tab)
  await tab.page.context().setOffline(false)
}

/** A device that is gone and has left backups. */
export async function givingUp({ network, visit }: Walk, tab: Tab, words: string, folder: string): Promise<void> {
  const old = { data: network.freshPath('old'), phrase: network.freshPath('words') }
  await writeFile(old.phrase, words)
  expectCode(0, await network.keeptabRun(old.data, ['init', '--phrase-file', old.phrase]))
  await network.backup(old, folder)
  await tab.go('Backup')
  await tab.go('Account')
  await tab.press(new RegExp(`^Remove .${hostname()}`))
  await tab.page.getByLabel('Your 24 words').fill(words)
  await tab.press('Remove it')
  await tab.page.getByText('2 removed devices').click()
  await tab.press(/^Delete the backups of/)
  await expect(tab.page.getByText('Its backup is deleted in 30 days.')).toBeVisible()
  await visit('account-give-up', tab)
}

/** @returns what stands behind `#` in the link that adds a device */
async function invite({ page }: Tab): Promise<string> {
  await page.getByRole('button', { name: 'Add a device' }).click()
  return new URL(await page.getByRole('textbox', { name: 'The link' }).inputValue()).hash.slice(1)
}
