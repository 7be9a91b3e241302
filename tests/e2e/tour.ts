/** A walk through every screen in every state, for whoever wants to look: a rule of accessibility, or a camera. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { change, query } from './coordinator-database.ts'
import { randomFolder } from './corpus.ts'
import { DAY } from '../../src/core/units.ts'
import { OPERATOR_TOKEN, type Network } from './network.ts'
import { expect, type Profiles, type Tab } from './tab.ts'

/** Called with every state, which stays as it is until the visit ends. */
export type Visit = (state: string, tab: Tab) => Promise<void>

/** In the code that six keepers earn, of which two bring a pack back. */
const KEEPERS = 6
const LONG_NAME = `${'a name that goes on and on '.repeat(9)}and ends here.txt`.slice(-255)

export async function tour(network: Network, profiles: Profiles, visit: Visit): Promise<void> {
  const keepers = await network.addKeepersTogether(KEEPERS)
  const folder = join(network.folder, 'Photos')
  await crowdedFolder(folder)
  await operating(network, profiles, visit)
  const words = await owning(profiles, folder, visit)
  await restoring(profiles, words, visit, {
    leave: () => keepers.kill(),
    return: () => network.addKeepersTogether(KEEPERS),
  })
  await keeping(network, profiles, visit)
  await crowdedOperating(network, profiles, visit)
  await withoutCoordinator(network, profiles, folder, visit)
}

async function owning(profiles: Profiles, folder: string, visit: Visit): Promise<string> {
  const tab = await profiles.fresh()
  await visit('backup-empty', tab)
  await tab.go('Account')
  await visit('account-empty', tab)
  await tab.go('Backup')
  await tab.chooseFiles(folder)
  await expect(tab.page.getByRole('button', { name: 'Start backup' })).toBeVisible()
  await visit('backup-preview', tab)
  await tab.press('Start backup')
  await expect(tab.state).toHaveText('Words needed')
  await visit('backup-words-needed', tab)
  const words = await tab.showWords()
  await visit('backup-words-shown', tab)
  await tab.press('I have written them down')
  await tab.answer(() => 'wrong')
  await expect(tab.trouble).toBeVisible()
  await visit('backup-words-wrong', tab)
  await tab.answer((position) => words[position - 1] ?? '')
  await expect(tab.state).toHaveText('Safe')
  await visit('backup-safe', tab)
  await apart(tab)
  await expect(tab.page.getByTestId('outlook')).toContainText('more keepers vanish')
  await imagineLosses(tab)
  await visit('backup-year', tab)
  await apart(tab, 'alarm')
  await expect(tab.state).toHaveText('At risk')
  await visit('backup-at-risk', tab)
  await tab.page.unrouteAll({ behavior: 'wait' })
  await tab.click(tab.page.getByTestId('drill'))
  await tab.press('Test a restore now')
  await expect(tab.page.getByTestId('drill')).toContainText('Proven')
  await visit('backup-proven', tab)
  await tab.page.evaluate(failTheLastDrill)
  await tab.page.reload()
  await expect(tab.page.getByText('A test restore failed')).toBeVisible()
  await visit('backup-unproven', tab)
  await tab.go('Account')
  await visit('account-safe', tab)
  return words.join(' ')
}

async function restoring(
  profiles: Profiles,
  words: string,
  visit: Visit,
  keepers: { readonly leave: () => Promise<void>; readonly return: () => Promise<unknown> },
): Promise<void> {
  const tab = await profiles.fresh('restore')
  await visit('restore-start', tab)
  await tab.findBackups(words.replace(/ \w+$/, ' wrongly'))
  await expect(tab.trouble).toBeVisible()
  await visit('restore-wrong-word', tab)
  await tab.findBackups(words)
  await expect(tab.page.getByRole('button', { name: /^Open/ })).toBeVisible()
  await visit('restore-backups', tab)
  await tab.openNewest()
  await visit('restore-tree', tab)
  await tab.press(/and ends here/)
  await expect(tab.page.getByTestId('version')).toHaveCount(1)
  await visit('restore-file', tab)
  await tab.press(/^Back$/)
  await tab.press('What changed')
  await visit('restore-changes', tab)
  await tab.press('Files')
  await tab.page.getByRole('searchbox').fill('file')
  await tab.press('Find')
  await expect(tab.page.getByTestId('found')).toHaveCount(40)
  await visit('restore-found', tab)
  await keepers.leave()
  await tab.press('Download a ZIP')
  await expect(tab.page.getByText('Leave this page open')).toBeVisible()
  await visit('restore-waiting', tab)
  await keepers.return()
  await expect(tab.restoring).toHaveText('Everything is back', { timeout: 90_000 })
  await visit('restore-done', tab)
}

async function keeping(network: Network, profiles: Profiles, visit: Visit): Promise<void> {
  const tab = await profiles.fresh('keep')
  await visit('keep-off', tab)
  await tab.keep()
  await expect(tab.page.getByTestId('standing')).toHaveText('New: you are getting to be known')
  await visit('keep-on', tab)
  const [newest] = query(network, 'select keeper from reputations order by since desc limit 1')
  for (const [state, said] of standings) {
    change(network, `update reputations set ${said} where keeper = ?`, [String(newest?.['keeper'])])
    await tab.page.reload()
    await expect(tab.page.getByTestId('standing')).toContainText(state)
    await visit(`keep-${state.toLowerCase()}`, tab)
  }
  await tab.go('Check')
  await visit('check-start', tab)
  await tab.press('Check the connection')
  await expect(tab.page.getByRole('button', { name: 'Check again' })).toBeVisible()
  await visit('check-done', tab)
}

async function withoutCoordinator(network: Network, profiles: Profiles, folder: string, visit: Visit): Promise<void> {
  const tab = await profiles.fresh()
  await tab.chooseFiles(folder)
  await expect(tab.page.getByRole('button', { name: 'Start backup' })).toBeVisible()
  await tab.page.evaluate(() => navigator.serviceWorker.ready)
  await network.coordinator?.kill()
  await tab.press('Start backup')
  await expect(tab.trouble).toBeVisible()
  await visit('backup-trouble', tab)
  await tab.go('Keep')
  await tab.press('Keep for others')
  await expect(tab.trouble).toBeVisible()
  await visit('keep-trouble', tab)
}

async function operating(network: Network, profiles: Profiles, visit: Visit): Promise<void> {
  const tab = await profiles.fresh()
  await tab.page.goto(`${network.url}/operator`)
  await askAsOperator(tab, 'somebody-else-altogether')
  await expect(tab.page.getByText('not the token')).toBeVisible()
  await visit('operator-refused', tab)
  await askAsOperator(tab)
  await expect(tab.page.getByTestId('keepers-new')).toHaveText(String(KEEPERS))
  await visit('operator-empty', tab)
}

/** As it would look after a storm in a large network. */
async function crowdedOperating(network: Network, profiles: Profiles, visit: Visit): Promise<void> {
  const levels = [
    ['lost', 15, 2],
    ['alarm', 19, 31],
    ['urgent', 22, 412],
    ['repair', 28, 20_113],
    ...Array.from({ length: 18 }, (_, i) => ['healthy', 31 + i, 900 + i * i * 4321] as const),
  ] as const
  const rows = levels.map(([level, live, packs]) => `(16, 48, '${level}', ${live}, ${packs})`)
  change(network, `insert into health_counts (k, n, level, live, packs) values ${rows.join()}`)
  const today = Math.floor(Date.now() / DAY)
  const days = Array.from({ length: 30 }, (_, i) => [today - i - 1, 91_234 - 17 * i] as const)
  const tallies = days.flatMap(([day, count]) => [
    `(${day}, 'proven', ${count})`,
    `(${day}, 'late', ${day % 400})`,
    `(${day}, 'missing', ${day % 7})`,
    `(${day}, 'repairBytes', ${count * 100_000_000})`,
    `(${day}, 'repairShards', ${count})`,
  ])
  change(network, 'update groups set stored_bytes = 300000000000000')
  change(network, `insert into tallies (day, name, amount) values ${tallies.join()}`)
  const tab = await profiles.fresh()
  await tab.page.goto(`${network.url}/operator`)
  await askAsOperator(tab)
  await expect(tab.page.getByTestId('repairs-lost')).toHaveText('2')
  await visit('operator-crowded', tab)
}

async function askAsOperator({ page }: Tab, token = OPERATOR_TOKEN): Promise<void> {
  await page.getByLabel('Token out of the settings').fill(token)
  await page.getByRole('button', { name: 'Show' }).click()
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

/** In the page: makes it remember that the last drill could not read a file. */
async function failTheLastDrill(): Promise<void> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(new Error(String(request.error)))
    })
  const facts = (await done(indexedDB.open('keeptab-page'))).transaction('facts', 'readwrite').objectStore('facts')
  const drill = (await done(facts.get('drill'))) as { readonly provenAt: number }
  const [at, failures] = [drill.provenAt, [{ stage: 'content', code: 'too-few-shards' }]]
  await done(facts.put({ ...drill, failed: { at, since: at, away: false, failures } }, 'drill'))
}

/** What the newest keeper would have come to, as its standing begins and as the coordinator notes it. */
const standings = [
  ['Trusted', 'since = since - 2000000000, passed = 240, last_proven_at = since'],
  ['Warned', 'passed = 239, failed = 1, lost = 1000000'],
  ['Suspended', `barred = 'suspended', barred_for = 'wrong', barred_at = last_proven_at`],
  ['Out', `barred = 'out', barred_for = 'wrong', barred_at = last_proven_at`],
] as const

/** Many files, a name of 255 characters, and what is left out. */
async function crowdedFolder(folder: string): Promise<void> {
  await randomFolder(folder, 40, 20_000)
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  await writeFile(join(folder, 'node_modules', 'left-out.js'), '')
  await writeFile(join(folder, LONG_NAME), 'long')
  await writeFile(join(folder, 'Thumbs.db'), '')
}
