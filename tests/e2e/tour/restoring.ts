/** Restore in a browser that has never been here, with keepers that leave and come back. */
import { kitLink } from '../../../src/app/kit-link.ts'
import { expect } from '../tab.ts'
import type { Walk } from './walk.ts'

export const LONG_NAME = `${'a name that goes on and on '.repeat(9)}and ends here.txt`.slice(-255)

/** One in the other. */
export const DEEP_FOLDERS = Array.from({ length: 12 }, (_, i) => `Folder ${'abcdefghijkl'[i] ?? ''}`)

export async function restoring(
  { network, profiles, visit }: Walk,
  words: string,
  keepers: { readonly leave: () => Promise<void>; readonly return: () => Promise<unknown> },
): Promise<void> {
  const tab = await profiles.fresh('restore')
  const { page } = tab
  await visit('restore-start', tab)
  await tab.findBackups(words.replace(/ \w+$/, ' wrongly'))
  await expect(tab.trouble).toBeVisible()
  await visit('restore-wrong-word', tab)
  await page.goto(kitLink(network.url, words.split(' ')))
  await expect(page.getByText('The words of a kit are filled in.')).toBeVisible()
  await visit('restore-kit', tab)
  await tab.press('Find my backups')
  await expect(page.getByRole('button', { name: /^Open/ })).toHaveCount(2)
  await visit('restore-backups', tab)
  await tab.openNewest()
  await visit('restore-tree', tab)
  for (const name of ['Scans', ...DEEP_FOLDERS])
    await page.getByRole('button', { name, exact: true, expanded: false }).click()
  await expect(page.getByRole('button', { name: 'at the bottom of it all.txt' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Show 10 more' })).toBeVisible()
  await visit('restore-tree-crowded', tab)
  await tab.press(/and ends here/)
  await expect(page.getByTestId('version')).toHaveCount(1)
  await visit('restore-file', tab)
  await tab.press(/^Back$/)
  await tab.press('What changed')
  await visit('restore-changes', tab)
  await tab.press('Files')
  await page.getByRole('searchbox').fill('file')
  await tab.press('Find')
  await expect(page.getByTestId('found')).toHaveCount(40)
  await visit('restore-found', tab)
  await tab.writePicked(`Photos/${LONG_NAME}`, 'longer than the one in the backup')
  await tab.press('Restore to a folder')
  await expect(tab.restoring).toHaveText('Something else is there already')
  await visit('restore-different', tab)
  await tab.press('Stop')
  await keepers.leave()
  await tab.press('Download a ZIP')
  await expect(page.getByText('Leave this page open')).toBeVisible({ timeout: 60_000 })
  await visit('restore-waiting', tab)
  // What waits tries again less and less often.
  await tab.press('Stop')
  await keepers.return()
  await tab.press('Download a ZIP')
  await expect(tab.restoring).toHaveText('Everything is back', { timeout: 90_000 })
  await visit('restore-done', tab)
  await tab.go('Account')
  await expect(page.getByText('has backed up nothing itself')).toBeVisible()
  await visit('account-restored', tab)
}
