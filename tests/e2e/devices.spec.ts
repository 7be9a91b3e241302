/** Three browsers of one person: a device is added by link, removed with the words, the account goes on without it (M33, T13), and its backups are deleted. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { codeIn } from './camera.ts'
import { expectCode } from './network.ts'
import { expect, test, type Tab } from './tab.ts'

/** A folder with one file. */
async function folderWith(path: string, text: string): Promise<string> {
  await mkdir(path)
  await writeFile(join(path, 'file.txt'), text)
  return path
}

const devices = (tab: Tab) => tab.page.getByRole('region', { name: 'Devices of this account' })
const digits = (tab: Tab) => tab.page.getByTestId('pairing-code')

test('a device added by link backs up, is removed with the words and shut out; words bring back what all have backed up, until that of the removed one is deleted', async ({
  network,
  profiles,
}) => {
  test.setTimeout(180_000)
  await network.addKeepersTogether(6)

  const laptop = await profiles.fresh()
  const letters = await folderWith(network.freshPath('letters'), 'from the laptop')
  await laptop.drop(letters)
  await laptop.press('Start backup')
  await expect(laptop.state).toHaveText('Words needed', { timeout: 60_000 })
  const words = await laptop.confirmWords()
  await laptop.go('Account')
  await expect(devices(laptop).getByText('This device')).toBeVisible()

  // ---- added
  await devices(laptop).getByRole('button', { name: 'Add a device' }).click()
  // As the phone's camera reads it.
  const link = await codeIn(devices(laptop).getByRole('img', { name: 'QR code of the link that adds a device' }))
  await expect(devices(laptop).getByRole('textbox', { name: 'The link' })).toHaveValue(link)
  const phone = await profiles.fresh(new URL(link).hash.slice(1))
  expect(phone.page.url()).not.toContain(link.split('=')[1])
  // Whoever made the link would read what is backed up here: nothing happens before that was asked.
  await expect(phone.heading).toHaveText('Does the link come from your own device?')
  await expect(digits(laptop)).toBeHidden()
  await phone.press('Yes, it is mine')
  await expect(digits(laptop)).toHaveText(/^\d{6}$/)
  await expect(digits(phone)).toHaveText(await digits(laptop).innerText())
  await laptop.press('Yes, add it')
  await expect(phone.heading).toHaveText('This device belongs to your account now')
  await phone.press('Go on')
  await phone.go('Backup')
  const photos = await folderWith(network.freshPath('photos'), 'from the phone')
  await phone.drop(photos)
  await phone.press('Start backup')
  await expect(phone.state).toHaveText('Safe', { timeout: 60_000 })
  await writeFile(join(photos, 'another.txt'), 'from the phone, later')
  await phone.press('Back up now')
  await expect(phone.page.getByText(/2 files/).first()).toBeVisible()
  await expect(phone.state).toHaveText('Safe', { timeout: 60_000 })
  await phone.go('Account')
  await phone.press('Rename')
  await phone.page.getByLabel('Name of this device').fill('My phone')
  await phone.press('Save the name')
  await expect(devices(phone).getByText('My phone', { exact: true })).toBeVisible()

  // ---- removed
  await laptop.go('Backup')
  await laptop.go('Account')
  await devices(laptop)
    .getByRole('button', { name: /^Remove .My phone/ })
    .click()
  await devices(laptop).getByLabel('Your 24 words').fill(words)
  await devices(laptop).getByRole('button', { name: 'Remove it' }).click()
  await expect(devices(laptop).getByText('1 removed device')).toBeVisible()
  await expect(devices(laptop).getByText('The device was added.')).toBeHidden()
  await phone.go('Backup')
  await phone.press('Back up now')
  await expect(phone.trouble).toContainText('This device was removed from its account', { timeout: 5000 })
  await phone.go('Account')
  await expect(devices(phone).getByText('This device was removed from its account')).toBeVisible()

  // ---- and the account goes on under keys that the phone does not have
  await laptop.go('Backup')
  await laptop.press('Back up now')
  await expect(laptop.state).toHaveText('Safe', { timeout: 60_000 })
  expect(await phone.page.evaluate(epochsHere)).toEqual([0])
  expect(await laptop.page.evaluate(epochsHere)).toEqual([0, 1])

  // Whoever comes after finds nothing of it on the phone, not even by looking through its databases.
  expect(await phone.page.evaluate(databasesHere)).toContain('keeptab/identity')
  await phone.press('Forget this account here')
  await expect(phone.page.getByText('This device was removed from its account')).toBeHidden()
  await expect.poll(() => phone.page.evaluate(databasesHere)).toEqual([])

  const fresh = await profiles.fresh('restore')
  await fresh.findBackups(words)
  const found = fresh.page.getByRole('button', { name: /^Open/ })
  await expect(found).toHaveCount(4, { timeout: 60_000 })
  await fresh.click(found.first())
  await expect(fresh.page.getByRole('button', { name: 'Restore to a folder' })).toBeEnabled({ timeout: 60_000 })
  await fresh.press('Restore to a folder')
  await expect(fresh.restoring).toHaveText('Everything is back', { timeout: 60_000 })
  expect([...(await fresh.restored(basename(letters))).keys()]).toEqual(['file.txt'])

  // Nor on a device that is somebody else's, once its account was told to go.
  await fresh.press('Forget this account here')
  await fresh.press('Forget it')
  await expect(fresh.restoring).toHaveText('Your 24 words bring your backup back')
  await expect.poll(() => fresh.page.evaluate(databasesHere)).toEqual([])

  // The other two as well: the one of the removed device, and the one from before it was removed.
  const owner = { data: network.freshPath('headless'), phrase: network.freshPath('words') }
  await writeFile(owner.phrase, words)
  expectCode(0, await network.keeptabRun(owner.data, ['init', '--phrase-file', owner.phrase]))
  const { events } = expectCode(0, await network.keeptabRun(owner.data, ['ls']))
  const snapshots = events.filter(({ event }) => event === 'snapshot')
  expect(snapshots).toHaveLength(4)
  for (const [source, text] of [
    [photos, 'from the phone'],
    [letters, 'from the laptop'],
  ] as const) {
    const id = snapshots.findLast(({ sources }) => String(sources) === basename(source))?.id
    const to = network.freshPath('restored')
    const args = ['restore', '--phrase-file', owner.phrase, '--to', to, '--snapshot', String(id)]
    expectCode(0, await network.keeptabRun(owner.data, args))
    expect(await readFile(join(to, basename(source), 'file.txt'), 'utf8')).toBe(text)
  }

  // ---- what the phone has backed up is deleted, with the words again, and not before 30 days
  await laptop.go('Account')
  await laptop.page.getByText('1 removed device').click()
  await laptop.press(/^Delete the backups of .My phone/)
  await expect(devices(laptop).getByText('Its 2 backups are deleted in 30 days.')).toBeVisible()
  const typed = devices(laptop).getByLabel('Your 24 words')
  const misspelt = `q${words}`
  await typed.fill(misspelt)
  await devices(laptop).getByRole('button', { name: 'Delete them' }).click()
  await expect(devices(laptop).getByRole('alert')).toContainText(misspelt.split(' ', 1))
  await expect(typed).toHaveValue(misspelt)
  await typed.fill(words)
  await devices(laptop).getByRole('button', { name: 'Delete them' }).click()
  await expect(devices(laptop).getByText(/^Its backups are deleted after/)).toBeVisible()
  await expect(devices(laptop).getByRole('button', { name: /^Delete the backups of/ })).toHaveCount(0)
  await laptop.go('Restore')
  await laptop.press('Show my backups')
  const row = (label: RegExp) => laptop.page.getByTestId('snapshot-row').filter({ hasText: label })
  await expect(laptop.page.getByTestId('snapshot-row')).toHaveCount(2, { timeout: 60_000 })
  await laptop.press('Look for backups that were taken off this list')
  await laptop.page
    .getByTestId('removed')
    .getByRole('button', { name: /^Keep all 2 of .My phone. after all/ })
    .click()
  await expect(row(new RegExp(basename(photos)))).toHaveCount(2, { timeout: 60_000 })
})

/** Every store of a profile that has something in it. */
async function databasesHere(): Promise<string[]> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve) => request.addEventListener('success', () => resolve(request.result), { once: true }))
  const found: string[] = []
  for (const { name = '' } of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name))
    for (const store of db.objectStoreNames) {
      if ((await done(db.transaction(store).objectStore(store).count())) > 0) found.push(`${name}/${store}`)
    }
    db.close()
  }
  return found
}

/** The key epochs a profile holds keys of. */
function epochsHere(): Promise<number[]> {
  return new Promise((resolve) => {
    const opening = indexedDB.open('keeptab')
    opening.onsuccess = () => {
      const reading = opening.result.transaction('identity').objectStore('identity').get('device')
      reading.onsuccess = () => {
        const { daily, past } = reading.result as { daily: { epoch: number }; past: { epoch: number }[] }
        opening.result.close()
        resolve([...past, daily].map(({ epoch }) => epoch))
      }
    }
  })
}
