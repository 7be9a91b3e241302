/** Account: the devices of a person, one that comes and goes, and what is there without a network. */
import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { decode } from 'cborg'
import { systemRandom as random } from '../../../headless/system.ts'
import { expectCode } from '../network.ts'
import { expect, type Tab } from '../tab.ts'
import type { Walk } from './walk.ts'
import { toBase64Url } from '../../../src/core/bytes.ts'
import { DAY } from '../../../src/core/units.ts'
import { encode, type WireValue } from '../../../src/core/wire.ts'
import { newDevice } from '../../../src/identity/keys.ts'
import { rootOf } from '../../../src/identity/recovery.ts'
import { signDeviceRecord } from '../../../src/protocol/device-record.ts'

type WireMap = Readonly<Record<string, WireValue>>

export async function ownDevices({ profiles, visit }: Walk, laptop: Tab, words: string): Promise<void> {
  await laptop.page.context().grantPermissions(['notifications'])
  await laptop.page.reload()
  await laptop.go('Account')
  await expect(laptop.page.getByRole('button', { name: 'Rename' })).toBeVisible()
  await visit('account-safe', laptop)
  await withMany(laptop, words)
  await expect(laptop.page.getByRole('button', { name: /^Remove/ })).toHaveCount(NAMES.length)
  await visit('account-crowded', laptop)
  await laptop.page.unrouteAll({ behavior: 'wait' })
  await laptop.page.reload()
  const link = await invite(laptop)
  await visit('account-invite', laptop)

  const phone = await profiles.fresh(link)
  await expect(phone.heading).toHaveText('Does the link come from your own device?')
  await visit('join-ask', phone)
  await phone.press('Yes, it is mine')
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
  for (const left of [2, 1]) {
    await tab.click(tab.page.getByRole('button', { name: /^Remove/ }).first())
    await expect(tab.page.getByTestId('snapshot-row')).toHaveCount(left)
  }
  await tab.press('Look for backups that were taken off this list')
  await expect(tab.page.getByText(/^Will be gone on/)).toHaveCount(2)
  await visit('restore-removed', tab)
  await seenMore(tab, 150)
  await tab.page.context().setOffline(true)
  await tab.page.reload()
  await tab.press('Show my backups')
  await expect(tab.page.getByText('This is what this browser has seen before')).toBeVisible()
  await expect(tab.page.getByRole('button', { name: 'Show 51 more' })).toBeVisible()
  await visit('restore-offline-crowded', tab)
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

/** What people call their devices. */
const NAMES = [
  'x'.repeat(255),
  '',
  'حاسوب العائلة',
  'The old laptop that stands in the kitchen since we have moved, with the cracked screen',
  ...Array.from({ length: 20 }, (_, i) => `Laptop ${i}`),
]

/** As if so many others belonged to the account, each with what it would say of itself. */
async function withMany({ page }: Tab, words: string): Promise<void> {
  const now = Date.now()
  const others = await Promise.all(
    NAMES.map(async (name, i) => {
      const identity = await newDevice(rootOf(words), random.bytes(32), now)
      const record = await signDeviceRecord(identity, { name, addedAt: now - i * DAY }, random.bytes(12))
      return { device: identity.device, record: toBase64Url(record), seenAt: now - i * DAY, online: i % 3 === 0 }
    }),
  )
  await page.route('**/v1/devices', async (route) => {
    const response = await route.fetch()
    const { devices } = (await response.json()) as { devices: readonly object[] }
    await route.fulfill({ response, json: { devices: [...devices, ...others] } })
  })
  await page.reload()
}

/** As if the list of backups that was last seen had so many more, of several devices and over months. */
async function seenMore({ page }: Tab, count: number): Promise<void> {
  const list = decode(Uint8Array.from(await page.evaluate(seenList))) as { v: 1; snapshots: readonly WireMap[] }
  const devices = Array.from({ length: 7 }, () => random.bytes(32))
  const more = Array.from({ length: count }, (_, i) => ({
    ...list.snapshots[0],
    id: random.bytes(16),
    device: devices[i % devices.length] ?? null,
    createdAt: Date.now() - Math.floor(i / 4) * DAY - i,
    sources: i % 9 === 0 ? ['x'.repeat(120), 'صور العائلة', 'Photos', 'Letters'] : ['Photos'],
    files: 123_456,
    bytes: 789e9,
    disputed: i % 30 === 1,
  }))
  await page.evaluate(seeList, [...encode({ ...list, snapshots: [...list.snapshots, ...more] })])
}

/** @returns what stands behind `#` in the link that adds a device */
async function invite({ page }: Tab): Promise<string> {
  await page.getByRole('button', { name: 'Add a device' }).click()
  return new URL(await page.getByRole('textbox', { name: 'The link' }).inputValue()).hash.slice(1)
}

// ---- what runs in the page

function seenList(): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keeptab-trees')
    opening.onsuccess = () => {
      const reading = opening.result.transaction('lists').objectStore('lists').getAll()
      reading.onerror = () => reject(new Error(String(reading.error)))
      reading.onsuccess = () => {
        opening.result.close()
        resolve([...((reading.result as Uint8Array[])[0] ?? [])])
      }
    }
  })
}

function seeList(bytes: readonly number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keeptab-trees')
    opening.onsuccess = () => {
      const writing = opening.result.transaction('lists', 'readwrite')
      const lists = writing.objectStore('lists')
      const finding = lists.getAllKeys()
      finding.onsuccess = () => finding.result.forEach((key) => lists.put(Uint8Array.from(bytes), key))
      writing.onabort = () => reject(new Error(String(writing.error)))
      writing.oncomplete = () => {
        opening.result.close()
        resolve()
      }
    }
  })
}
