/** M2: the kit that is left when everything else is gone, and the paper that is asked for every quarter. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeIn } from './camera.ts'
import { contentsOf, randomFolder } from './corpus.ts'
import { expect, test } from './tab.ts'
import { DAY } from '../../src/core/units.ts'

/** From the open address to the list of backups. */
const TEN_SECONDS = { timeout: 10_000 }

test('a kit that was saved explains itself without us, and its code brings everything back', async ({
  browser,
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 3, 100_000)
  const owner = await profiles.fresh()
  await owner.chooseFiles(source)
  await owner.press('Start backup')
  const words = await owner.showWords()
  await expect(owner.page.getByRole('button', { name: 'Print the kit' })).toBeEnabled()
  const printed = (await owner.page.pdf()).toString('latin1')
  expect(printed.match(/\/Type\s*\/Page\b/g)).toHaveLength(1)

  const download = owner.page.waitForEvent('download')
  await owner.press('Save the kit')
  const kit = `${network.freshPath('kit')}.html`
  await (await download).saveAs(kit)
  expect((await download).suggestedFilename()).toBe('keeptab-recovery-kit.html')
  expect((await download).url()).toMatch(/^blob:/) // no service worker stands between the words and the disk
  await expect(owner.page.getByText(/The file is called .keeptab-recovery-kit\.html/)).toBeVisible()

  await owner.press('I have written them down')
  await owner.answer((position) => words[position - 1] ?? '')
  await expect(owner.state).toHaveText('Safe')
  await expect(owner.page).toHaveTitle('● Safe · Keeptab')
  await expect(owner.page.locator('link[rel="icon"]')).toHaveAttribute('href', '/icon-safe.svg')
  await owner.page.context().close()

  // Somewhere else, without a network, with nothing but the file.
  const context = await browser.newContext({ javaScriptEnabled: false, offline: true, deviceScaleFactor: 2 })
  const paper = await context.newPage()
  await paper.goto(`file://${kit}`)
  const numbered = words.map((word, i) => `${i + 1} ${word}`)
  expect(await paper.locator('.words li').allInnerTexts()).toEqual(numbered)
  await expect(paper.getByText(network.url)).toBeVisible()
  const scanned = await codeIn(paper.getByRole('img'))
  expect(await paper.getByRole('link').getAttribute('href')).toBe(scanned)
  expect(await readFile(kit, 'utf8')).not.toContain('<script')
  await context.close()

  const elsewhere = await profiles.fresh('restore')
  const requests: string[] = []
  elsewhere.page.on('request', (request) => requests.push(`${request.url()} ${request.postData()}`))
  await elsewhere.page.goto('about:blank')
  await elsewhere.page.goto(scanned)
  await expect(elsewhere.page.getByText('The words of a kit are filled in.')).toBeVisible(TEN_SECONDS)
  expect(elsewhere.page.url()).toBe(`${network.url}/#restore`)
  await elsewhere.press('Find my backups')
  await expect(elsewhere.restoring).toHaveText('1 backup can be brought back', TEN_SECONDS)
  expect(requests.filter((request) => words.every((word) => request.includes(word)))).toEqual([])
  await elsewhere.openNewest()
  await elsewhere.press('Restore to a folder')
  await expect(elsewhere.restoring).toHaveText('Everything is back')
  expect(await elsewhere.restored('source')).toEqual(await contentsOf(source, { meta: false }))
  // Into the same folder once more: that it is compared first is said to whoever listens to the page.
  await elsewhere.press(/^Back$/)
  const told = await elsewhere.listen()
  await elsewhere.press('Restore to a folder')
  await expect(elsewhere.restoring).toHaveText('Everything is back')
  expect(told).toContain('Comparing with what is in the folder already')
  // Nothing leads back to an address with words in it.
  for (let steps = 0; steps < 4 && elsewhere.page.url() !== 'about:blank'; steps += 1) {
    await elsewhere.page.goBack()
    expect([`${network.url}/#restore`, 'about:blank']).toContain(elsewhere.page.url())
  }
  expect(elsewhere.page.url()).toBe('about:blank')
})

test('every quarter the paper is asked for three words, and says what it means when they are wrong', async ({
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 1, 1000)
  const tab = await profiles.fresh()
  await tab.chooseFiles(source)
  await tab.press('Start backup')
  const words = (await tab.confirmWords()).split(' ')
  await expect(tab.state).toHaveText('Safe')
  const due = tab.page.getByRole('heading', { name: 'Is the paper with your 24 words still there?' })

  const daysLater = async (days: number) => {
    await tab.page.clock.setSystemTime(Date.now() + days * DAY)
    await tab.page.reload()
    await expect(tab.state).toHaveText('Safe')
  }
  await daysLater(90)
  await expect(due).toBeHidden()
  await daysLater(92)
  await expect(due).toBeVisible()
  await tab.press('Ask me in a week')
  await expect(due).toBeHidden()
  await daysLater(98)
  await expect(due).toBeHidden()
  await daysLater(100)
  await tab.press('Check my paper')
  await tab.answer(() => 'wrong', 'Check')
  await expect(tab.page.getByText('These three words are not the ones of this account.')).toBeVisible()
  await expect(tab.page.getByText('open Keeptab in another browser here')).toBeVisible()
  await tab.answer((position) => words[position - 1] ?? '', 'Check')
  await expect(tab.page.getByText('All three are right: your paper works.')).toBeVisible()

  await daysLater(190)
  await expect(due).toBeHidden()
  await daysLater(192)
  await expect(due).toBeVisible()
})
