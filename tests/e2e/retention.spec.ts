/** How long backups stay, in the tab: a rule is chosen, a backup is protected, another one removed, found with the words alone, and kept after all. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './tab.ts'

test('a rule is chosen, one backup is protected, another is removed, found with the words, and kept after all', async ({
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const folder = join(network.folder, 'Photos')
  await mkdir(folder)
  await writeFile(join(folder, 'a.txt'), 'one')
  const tab = await profiles.fresh()
  const { page } = tab
  await tab.chooseFiles(folder)
  await tab.press('Start backup')
  const words = await tab.confirmWords()
  await expect(tab.state).toHaveText('Safe')
  await writeFile(join(folder, 'b.txt'), 'two')
  await tab.chooseFiles(folder)
  await tab.press(/^Start backup$/)
  await expect(page.getByText(/2 files/).first()).toBeVisible()
  await expect(tab.state).toHaveText('Safe')
  // The folder as the first has it is still here, though nobody has looked: its versions need no keepers.
  await expect.poll(() => tab.stored('chunks', 'keeptab-trees')).toBe(1)
  expect(await tab.stored('sources', 'keeptab-trees')).toBe(2)

  await tab.go('Account')
  await expect(page.getByRole('radio', { name: /^Everything/ })).toBeChecked()
  await page.getByRole('radio', { name: /^Little space/ }).click()
  await expect(page.getByRole('radio', { name: /^Little space/ })).toBeEnabled()
  await expect(page.getByRole('radio', { name: /^Little space/ })).toBeChecked()

  await tab.go('Restore')
  await tab.press('Show my backups')
  const rows = page.getByTestId('snapshot-row')
  await expect(rows).toHaveCount(2)
  await rows
    .first()
    .getByRole('button', { name: /^Protect/ })
    .click()
  await expect(rows.first().getByRole('button', { name: /^Protected/ })).toBeEnabled()
  await expect(rows.first().getByRole('button', { name: /^Remove/ })).toHaveCount(0)
  await rows
    .last()
    .getByRole('button', { name: /^Remove/ })
    .click()
  await expect(rows).toHaveCount(1)
  const removed = page.getByTestId('removed')
  await removed.locator('summary').click()
  const inThirtyDays = new Date(Date.now() + 30 * 86_400_000).toLocaleDateString('en', { dateStyle: 'long' })
  await expect(removed.getByText(`Will be gone on ${inThirtyDays}`)).toBeVisible()

  // Whoever has only the words does not see it in the list, finds it all the same, and brings it back.
  const elsewhere = await profiles.fresh('restore')
  await elsewhere.findBackups(words)
  await expect(elsewhere.page.getByTestId('snapshot-row')).toHaveCount(1)
  await elsewhere.press('Look for backups that were taken off this list')
  await elsewhere.page.getByTestId('removed').getByRole('button', { name: /^Open/ }).click()
  await elsewhere.press('Restore to a folder')
  await expect(elsewhere.restoring).toHaveText('Everything is back')
  expect([...(await elsewhere.restored('Photos')).keys()]).toEqual(['a.txt'])

  await removed.getByRole('button', { name: /^Keep after all/ }).click()
  await expect(rows).toHaveCount(2)
  await expect(removed).toBeHidden()
})
