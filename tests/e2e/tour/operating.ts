/** The page of whoever runs the coordinator: for a stranger, in a young network, and as it would look after a storm. */
import { change } from '../coordinator-database.ts'
import { DAY } from '../../../src/core/units.ts'
import { OPERATOR_TOKEN } from '../network.ts'
import { expect, type Tab } from '../tab.ts'
import type { Walk } from './walk.ts'

export async function operating({ network, profiles, visit }: Walk, keepers: number): Promise<void> {
  const tab = await profiles.fresh()
  await tab.page.goto(`${network.url}/operator`)
  await askAsOperator(tab, 'somebody-else-altogether')
  await expect(tab.page.getByText('not the token')).toBeVisible()
  await visit('operator-refused', tab)
  await askAsOperator(tab)
  await expect(tab.page.getByTestId('keepers-new')).toHaveText(String(keepers))
  await visit('operator-empty', tab)
  // Who asks soon after is told the same again: this page must not be the one that asks.
  await tab.close()
}

/** As it would look after a storm in a large network. */
export async function crowdedOperating({ network, profiles, visit }: Walk): Promise<void> {
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
  await expect(tab.page.getByTestId('repairs-alarm')).toHaveText('31')
  await visit('operator-crowded', tab)
}

async function askAsOperator({ page }: Tab, token = OPERATOR_TOKEN): Promise<void> {
  await page.getByLabel('Token out of the settings').fill(token)
  await page.getByRole('button', { name: 'Show' }).click()
}
