/** The 24 words: shown until they are on paper, then gone; and told plainly when they are typed wrongly. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { wordsOf } from '../../src/identity/recovery.ts'
import { contentsOf, randomFolder } from './corpus.ts'
import { expect, test } from './tab.ts'

test('nothing is safe before the words are on paper; then they are gone from the page and from the disk', async ({
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 3, 100_000)
  const tab = await profiles.fresh()
  const none = tab.page.getByText('No file was chosen.')
  const empty = join(network.folder, 'empty')
  await mkdir(empty)
  await tab.chooseFiles(empty)
  await expect(none).toBeVisible()
  await tab.chooseFiles(source)
  await expect(none).toBeHidden()
  await tab.page.locator('input[type="file"]').dispatchEvent('cancel') // as Chromium tells of an empty folder
  await expect(none).toBeVisible()
  await tab.press('Start backup')
  await expect(tab.state).toHaveText('Words needed')
  await expect(tab.heading).toHaveText('Your folder is spread. Write down the 24 words to make it safe')
  await expect(tab.page.getByTestId('folder')).toContainText('Words needed')

  const words = await tab.showWords()
  await tab.press('Hide')
  await tab.page.reload()
  expect(await tab.showWords()).toEqual(words)

  await tab.press('I have written them down')
  await tab.answer(() => 'wrong')
  await expect(tab.trouble).toContainText('The words do not match')
  expect(await tab.stored('sealedRoot')).toBe(1)
  await expect(tab.state).toHaveText('Words needed')

  await tab.press('Show the words again')
  await tab.press('Hide')
  expect(await tab.confirmWords()).toBe(words.join(' '))
  await expect(tab.state).toHaveText('Safe')
  expect(await tab.stored('sealedRoot')).toBe(0)
  expect(await tab.wordsOnPage(words)).toBeLessThan(FEW)
  await tab.page.reload()
  await expect(tab.state).toHaveText('Safe')
  await expect(tab.page.getByRole('button', { name: 'Show the words' })).toBeHidden()
})

test('a phrase that cannot be right is told why', async ({ profiles }) => {
  const words = wordsOf(new Uint8Array(32).fill(7))
  const [first = '', second = '', ...rest] = words
  const tab = await profiles.fresh('restore')
  const say = async (phrase: readonly string[], complaint: string) => {
    await tab.findBackups(phrase.join(' '))
    await expect(tab.trouble).toContainText(complaint)
  }
  const named = (word: string) => `“\u2068${word}\u2069”`
  await say(
    [`${first}x`, second, ...rest],
    `Word 1, ${named(`${first}x`)}, is not in the list. Did you mean ${named(first)}?`,
  )
  await say(words.slice(1), 'The phrase must have 24 words. There are 23 here.')
  await say([second, first, ...rest], 'Two words next to each other may be in the wrong order.')
  await say(words, 'There is no backup for these words at this coordinator.')
  await say([` 1. ${first.toUpperCase()},`, ...words.slice(1)], 'There is no backup for these words')
  expect(await tab.stored('identity')).toBe(0)
})

test('a browser with an account of its own brings back what the words of another one hold, and forgets them', async ({
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 3, 100_000)
  const owner = await profiles.fresh()
  await owner.chooseFiles(source)
  await owner.press('Start backup')
  const words = await owner.confirmWords()
  await expect(owner.state).toHaveText('Safe')

  const host = await profiles.fresh('keep')
  await host.keep()
  await host.go('Account')
  const account = await host.page.locator('code').first().innerText()
  await host.go('Restore')
  await host.findBackups(words)
  await host.openNewest()
  await host.press('Restore to a folder')
  await expect(host.restoring).toHaveText('Everything is back')
  expect(await host.restored('source')).toEqual(await contentsOf(source, { meta: false }))

  await host.page.reload()
  await host.go('Account')
  expect(await host.page.locator('code').first().innerText()).toBe(account)
  await host.go('Keep')
  await expect(host.keeping).toHaveText(/You are a keeper/)
  await host.go('Restore')
  await host.press('Show my backups')
  await expect(host.trouble).toContainText('There is no backup')
})

/** Some of the 2,048 words are ordinary ones that a page says anyway, four of 24 now and then; twelve never by chance. */
const FEW = 12
