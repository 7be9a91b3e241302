/** Backup, from the first visit to a paper that is asked for, and a list of more folders than anybody has. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Route } from '@playwright/test'
import { randomFolder } from '../corpus.ts'
import { expect, type Tab } from '../tab.ts'
import { DAY } from '../../../src/core/units.ts'
import { listing, remembering, type Walk } from './walk.ts'

const MB = 1_000_000

/** @returns the tab of the owner, whose backup is safe */
export async function backingUp(walk: Walk, folder: string): Promise<{ owner: Tab; words: string }> {
  const { profiles, visit } = walk
  const tab = await profiles.fresh()
  const { page } = tab
  await visit('backup-empty', tab)
  await tab.go('Account')
  await visit('account-empty', tab)
  await tab.go('Backup')
  await tab.chooseFiles(folder)
  await expect(page.getByRole('button', { name: 'Start backup' })).toBeVisible()
  await visit('backup-preview', tab)
  await page.getByLabel(/^More about/).click()
  await visit('backup-menu', tab)
  await tab.press('What is left out: rules')
  await page.getByLabel('Your rules').fill('file-1*\n')
  await expect(page.getByTestId('rules-effect')).toContainText('Out: 12 files')
  await visit('backup-rules', tab)
  await tab.press('Close without changes')
  await tab.press('Start backup')
  await expect(tab.state).toHaveText('Words needed')
  await visit('backup-words-needed', tab)
  const words = await tab.showWords()
  await visit('backup-words-shown', tab)
  await tab.go('Account')
  await visit('account-here-only', tab)
  await tab.go('Backup')
  await tab.press('I have written them down')
  await tab.answer(() => 'wrong')
  await expect(tab.trouble).toBeVisible()
  await visit('backup-words-wrong', tab)
  await tab.answer((position) => words[position - 1] ?? '')
  await expect(tab.state).toHaveText('Safe')
  await page.getByTestId('left-out').locator('summary').click()
  await page.getByText('What you choose is read for one backup').click()
  await visit('backup-safe', tab)
  await onTheWay(walk, tab)
  await writeFile(join(folder, 'added later'), 'more')
  await tab.chooseFiles(folder)
  await tab.press('Start backup')
  await expect(tab.state).toHaveText('Safe')
  await apart(tab)
  await expect(page.getByTestId('outlook')).toContainText('more keepers vanish')
  await imagineLosses(tab)
  await visit('backup-year', tab)
  await apart(tab, 'alarm')
  await expect(tab.state).toHaveText('At risk')
  await visit('backup-at-risk', tab)
  await page.unrouteAll({ behavior: 'wait' })
  await page.reload()
  await tab.click(page.getByTestId('drill'))
  await tab.press('Test a restore now')
  await expect(page.getByTestId('drill')).toContainText('Proven')
  await visit('backup-proven', tab)
  const at = Date.now()
  const failures = [{ stage: 'content', code: 'too-few-shards' }]
  await remembering(tab, 'drill', { failed: { at, since: at, away: false, failures } })
  await expect(page.getByText('A test restore failed')).toBeVisible()
  await visit('backup-unproven', tab)
  await remembering(tab, 'paper', { provedAt: Date.now() - 100 * DAY })
  await expect(page.getByText('Is the paper with your 24 words still there?')).toBeVisible()
  await visit('backup-paper-due', tab)
  await tab.press('Check my paper')
  await tab.answer(() => 'wrong', 'Check')
  await expect(page.getByText('These three words are not the ones')).toBeVisible()
  await visit('backup-paper-wrong', tab)
  await tab.press('Ask me in a week')
  return { owner: tab, words: words.join(' ') }
}

/** A second folder, of which one pack is kept and more are on their way; paused there, and given up. */
async function onTheWay({ network, visit }: Walk, tab: Tab): Promise<void> {
  const { page } = tab
  const folder = join(network.folder, 'Documents')
  await randomFolder(folder, 8, MB)
  let kept: string | undefined
  const unanswered: Route[] = []
  await page.route('**/v1/packs', async (route) => {
    const { record } = route.request().postDataJSON() as { record: string }
    kept ??= record
    if (record === kept) await route.continue()
    else unanswered.push(route)
  })
  await tab.chooseFiles(folder)
  await tab.press('Start backup')
  await tab.progressUntil(MB)
  await visit('backup-running', tab)
  await tab.click(page.getByRole('button', { name: 'Pause', exact: true }))
  await page.unroute('**/v1/packs')
  await Promise.all(unanswered.map((route) => route.continue().catch(() => undefined))) // some are asked again by now
  await expect(tab.heading).toHaveText('Backups are paused; nothing is sent until you go on')
  const row = page.getByTestId('folder').filter({ hasText: 'Documents' })
  await expect(row).toContainText('Spreading')
  await visit('backup-paused', tab)
  await tab.press('Cancel')
  await expect(row).toContainText('Here only')
  await page.getByLabel(/^More about .*Documents/).click()
  await tab.press('Remove from the list')
  await expect(tab.state).toHaveText('Safe')
}

/** More folders than anybody has, of which a few are shown at once, and all that can be said of one. */
export async function crowdedBackup({ visit }: Walk, tab: Tab): Promise<void> {
  const [files, bytes, backedUpAt] = [123_456, 789e9, Date.now() - DAY]
  const others = Array.from({ length: 10_000 }, (_, i) => ({
    id: `z${i}`,
    name: `Folder ${i}`,
    way: 'folder',
    files,
    bytes,
  }))
  const leftOut = {
    groups: [
      { what: 'unreadable', detail: 'NotReadableError', count: 2, paths: ['a', 'b'] },
      { what: 'changed-while-read', detail: '', count: 3, paths: ['c', 'd', 'e'] },
      { what: 'ignored', detail: '*.tmp', count: 12_345, paths: ['f'] },
    ],
  }
  await tab.go('Backup')
  await listing(tab, [
    { id: 'y1', name: 'x'.repeat(120), way: 'folder', files, bytes, backedUpAt, leftOut },
    { id: 'y2', name: 'Photos', way: 'drop', paused: true, conflict: { what: 'renamed', other: 'Photos' }, backedUpAt },
    { id: 'y3', name: 'Letters', way: 'drop', conflict: { what: 'inside', other: 'Photos' } },
    { id: 'y4', name: 'صور العائلة', way: 'drop', conflict: { what: 'around', other: 'Photos' } },
    ...others,
  ])
  await expect(tab.page.getByRole('button', { name: 'Show 50 more' })).toBeVisible()
  await visit('backup-crowded', tab)
}

/** Of 46 keepers of shards of which 16 are enough, first all vanish and then twenty. */
async function imagineLosses({ page }: Tab): Promise<void> {
  const imagined = page.getByTestId('what-if-then')
  await page.getByTestId('what-if').getByText('What if keepers vanish?').click()
  const slider = page.getByRole('slider', { name: 'Keepers that vanish at once and for good' })
  await slider.press('End')
  await expect(imagined).toHaveText('Then: Some of it would be lost')
  await slider.fill('20')
  await expect(slider).toHaveAttribute('aria-valuetext', '20 of 46')
  await expect(imagined).toContainText('Keeps even if 8 more keepers vanish')
  await page.getByLabel('those that are left stay half as long').check()
  await expect(imagined).toContainText('to last the year')
}

/** As it would look in a network that is a quarter old and on more than one machine. */
async function apart({ page }: Tab, level?: 'alarm'): Promise<void> {
  const changed = async (path: string, change: (answer: Record<string, unknown>) => object) =>
    page.route(`**${path}`, async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: change((await response.json()) as Record<string, unknown>) })
    })
  const measured = { watched: 2e11, gone: 40, returned: 20, returnedAfter: 9e7, availability: 0.6, grace: 17e7 }
  await changed('/v1/info', (info) => ({ ...info, oneMachine: false }))
  await changed('/v1/churn', () => ({ keepers: 230, days: 95, measured }))
  await changed('/v1/packs/health', () => {
    const crowding = { network: 3, platform: 21, operator: 48, waived: [] }
    const packs = [{ level: level ?? 'healthy', live: level === undefined ? 46 : 19, packs: 2 }]
    const group = '7'.repeat(32)
    const endangered = level && Array.from({ length: 500 }, () => ({ pack: '7'.repeat(64), group, level, live: 19 }))
    return {
      groups: [{ group, code: { k: 16, n: 48 }, crowding, trial: false, packs }],
      endangered: endangered ?? [],
      unknown: 0,
    }
  })
  await page.reload()
}
