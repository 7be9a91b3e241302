/** How long backups stay, in the tab: a rule is chosen, a backup is protected, another one removed and kept after all. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './tab.ts'

test('a rule is chosen, one backup is protected, another is removed, said to go in 30 days, and kept after all', async ({
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
  await tab.confirmWords()
  await expect(tab.state).toHaveText('Safe')
  await writeFile(join(folder, 'b.txt'), 'two')
  await tab.chooseFiles(folder)
  await tab.press(/^Start backup$/)
  await expect(page.getByText(/2 files/).first()).toBeVisible()
  await expect(tab.state).toHaveText('Safe')

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
  await removed.getByRole('button', { name: /^Keep after all/ }).click()
  await expect(rows).toHaveCount(2)
  await expect(removed).toBeHidden()
})
