/** Looking before restoring: all backups by day, names, versions, what changed, a look into files; and again without a network. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { expect, test } from './tab.ts'

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

test('what was kept is looked through before anything is restored, and again without a network', async ({
  browser,
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'Home')
  await mkdir(join(source, 'letters/old'), { recursive: true })
  const put = (path: string, content: string | Buffer) => writeFile(join(source, path), content)
  await put('picture.png', PICTURE)
  await put('deed.pdf', await threePages(browser))
  await put('raw.bin', Buffer.concat([Buffer.alloc(1), randomBytes(50_000)]))
  await put('letters/note.txt', 'the first words')
  await put('letters/old/Tax 2019.txt', 'what was due')
  const owner = await network.owner('owner')
  await network.backup(owner, source)
  await put('letters/note.txt', 'the second words')
  await rm(join(source, 'letters/old'), { recursive: true })
  await network.backup(owner, source)
  await put('letters/note.txt', 'the third words')
  await put('letters/new.txt', 'new')
  await rename(join(source, 'raw.bin'), join(source, 'letters/raw.bin'))
  await network.backup(owner, source)

  const tab = await profiles.fresh('restore')
  const { page } = tab
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  await tab.findBackups((await readFile(owner.phrase, 'utf8')).trim())
  const rows = page.getByTestId('snapshot-row')
  await expect(rows).toHaveCount(3)
  // What the newest one shows is on its way before anybody opens it.
  await expect.poll(() => tab.stored('chunks', 'keeptab-trees')).toBeGreaterThan(0)
  await page.evaluate(() => navigator.serviceWorker.ready)

  // A file that is gone since: by its name, over all backups.
  await page.getByRole('searchbox').fill('tax txt')
  await tab.press('Find')
  await expect(page.getByTestId('found')).toHaveCount(1)
  await tab.press(/Tax 2019/)
  await expect(page.getByText('what was due')).toBeVisible()
  await expect(page.getByTestId('version')).toHaveCount(1)
  await tab.press(/^Back$/)

  // All versions of one that changed, each to look into and to save.
  await tab.click(button(/^Open/).first())
  await expect(tab.restoring).toHaveText('Choose what to bring back')
  await page.getByRole('searchbox').fill('letters')
  await tab.press('Find')
  await tab.click(page.getByTestId('found').getByRole('button'))
  await expect(page.getByTestId('found')).toHaveCount(0)
  await tab.press(/note\.txt/)
  await expect(page.getByText('the third words')).toBeVisible()
  await expect(page.getByTestId('version')).toHaveCount(3)
  await tab.click(page.getByTestId('version').last().getByRole('button'))
  await expect(page.getByText('the first words')).toBeVisible()
  const saved = page.waitForEvent('download')
  await tab.press('Save this version')
  expect(await readFile(await (await saved).path(), 'utf8')).toBe('the first words')
  await expect(page.getByText('Saved, each byte checked')).toBeVisible()
  await tab.press(/^Back$/)
  // Where one left off: the folder is still open.
  await expect(button(/note\.txt/)).toBeVisible()

  // The browser's own Back and Forward take the same steps, and nobody loses their place.
  await page.goForward()
  await expect(page.getByText('the first words')).toBeVisible()
  await button(/^Show the version of/)
    .last()
    .focus()
  await page.goBack()
  await expect(button(/note\.txt/)).toBeVisible()
  await expect(tab.restoring).toBeFocused()
  await page.goBack()
  await expect(rows).toHaveCount(3)
  await page.goBack()
  await expect(button('Show my backups')).toBeVisible()
  await page.evaluate(() => history.go(3))
  await expect(page.getByText('the first words')).toBeVisible()
  await tab.go('Keep')
  await page.goBack()
  await expect(page.getByTestId('version')).toHaveCount(3)
  await tab.press(/^Back$/)
  await expect(button(/note\.txt/)).toBeVisible()
  expect(await page.evaluate(() => JSON.stringify([location.hash, history.state]))).toMatch(
    /^\["#restore",\{"visit":"[-0-9a-f]+","trail":\[[\d,]+\]\}\]$/,
  )

  // The link to this screen leads to where it begins, and Back to where one was, with all that lies behind it.
  await tab.go('Restore')
  await expect(button('Show my backups')).toBeVisible()
  await page.goBack()
  await expect(button(/note\.txt/)).toBeVisible()
  await tab.go('Restore')
  await tab.press('Show my backups')
  await expect(rows).toHaveCount(3)
  await tab.press(/^Back$/)
  await expect(button('Show my backups')).toBeVisible()
  await page.goBack()
  await tab.press(/letters/) // another list, in which nothing was opened yet

  // Saving is stopped with a keyboard, and goes on while its person is elsewhere, who is told.
  await tab.press(/note\.txt/)
  await page.evaluate(() => {
    const write = () => new Promise<void>((resolve) => document.addEventListener('disk-goes-on', () => resolve()))
    const createWritable = () => Promise.resolve(new WritableStream({ write }))
    const handle = { name: 'note.txt', createWritable } as object as FileSystemFileHandle
    window.showSaveFilePicker = () => Promise.resolve(handle)
  })
  const diskGoesOn = () => page.evaluate(() => document.dispatchEvent(new Event('disk-goes-on')))
  await tab.press('Save this version')
  await button('Stop').press('Enter')
  await diskGoesOn()
  await expect(button('Stop')).toHaveCount(0)
  await expect(tab.restoring).toBeFocused()
  await tab.press('Save this version')
  await expect(button('Stop')).toBeVisible()
  await tab.press(/^Back$/)
  await tab.go('Keep')
  await expect(tab.restoring).toHaveCount(0)
  await diskGoesOn()
  await expect(page.getByText(/note\.txt. is saved, each byte checked/)).toBeVisible()
  await page.getByRole('link', { name: 'Show it' }).click()
  await expect(page.getByText(/note\.txt. is saved, each byte checked/)).toBeVisible()
  await expect(page.getByRole('link', { name: 'Show it' })).toHaveCount(0)
  await page.evaluate(() => delete window.showSaveFilePicker)

  await tab.press(/picture\.png/)
  const picture = page.getByRole('img', { name: /Content of/ })
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1)
  await tab.press(/^Back$/)
  await tab.press(/deed\.pdf/)
  const opened = page.context().waitForEvent('page')
  await page.getByRole('link', { name: 'Open the PDF in a new tab' }).click()
  await expectPages(await opened, '3')
  await tab.press(/^Back$/)
  await tab.press(/raw\.bin/)
  await expect(page.getByText('A browser cannot show this kind of file')).toBeVisible()
  await tab.press(/^Back$/)

  // What changed since another moment.
  await tab.press('What changed')
  const comparison = page.getByTestId('comparison')
  await expect(comparison).toHaveText('1 new · 1 changed · 1 moved · 0 gone')
  await expect(page.getByText('moved from')).toBeVisible()
  await page.getByLabel('Compared with').selectOption({ index: 1 })
  await expect(comparison).toHaveText('1 new · 1 changed · 1 moved · 2 gone')

  // A second device of the account: its backups stand among the others, under its name.
  await tab.go('Backup')
  await tab.chooseFiles(join(source, 'letters'))
  await tab.press('Start backup')
  await expect(tab.state).toHaveText('Safe')
  await tab.go('Restore')
  await tab.press(/^Back$/)
  await tab.press(/^Back$/)
  await tab.press('Show my backups')
  await expect(rows).toHaveCount(4)
  const devices = page.getByLabel('Backed up by')
  await devices.selectOption({ index: 2 })
  await expect(rows).toHaveCount(3)
  await devices.selectOption({ index: 0 })

  // Without a network: what was looked at opens, what was not says so, and nothing can be brought back.
  await page.context().setOffline(true)
  await tab.click(rows.first().getByRole('button', { name: /^Open/ }))
  await expect(button(/letters/)).toBeVisible()
  await page.reload()
  // Of the steps before the reload there is only the first one left.
  await expect.poll(() => page.evaluate(() => (history.state as { trail: number[] }).trail.length)).toBe(1)
  await tab.press('Show my backups')
  await expect(page.getByText('This is what this browser has seen before')).toBeVisible()
  await expect(rows).toHaveCount(4)
  await tab.click(rows.filter({ hasText: 'Home' }).first().getByRole('button'))
  await tab.press(/letters/)
  await expect(button(/note\.txt/)).toBeVisible()
  await expect(button('Download a ZIP')).toBeDisabled()
  await tab.press(/^Back$/)
  await tab.click(rows.last().getByRole('button'))
  await tab.press(/letters/)
  await expect(button(/note\.txt/)).toBeVisible()
  await tab.press(/^Back$/)
  await page.context().setOffline(false)
  await tab.press('Try again')
  await expect(page.getByText('This is what this browser has seen before')).toBeHidden()
  await expect(rows).toHaveCount(4)
})

async function threePages(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage()
  await page.setContent('<p>one</p><p style="break-before: page">two</p><p style="break-before: page">three</p>')
  const pdf = await page.pdf()
  await page.close()
  return pdf
}

/** The browser's own viewer, a page of Chromium's, has read the file and counts its pages. */
async function expectPages(tab: Page, count: string): Promise<void> {
  const viewer = () => tab.frames().find((frame) => frame.url().startsWith('chrome-extension:'))
  await expect.poll(() => viewer()?.locator('viewer-page-selector #pagelength').textContent()).toBe(count)
  await tab.close()
}
