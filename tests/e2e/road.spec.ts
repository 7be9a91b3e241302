/** S1 and S2: a folder goes from a tab to twelve keepers, four of them tabs, and comes back with 24 words. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MINUTE } from '../../src/core/units.ts'
import { contentsOf, differences, nodeModulesSlice, randomFolder } from './corpus.ts'
import { expectCode, type Network } from './network.ts'
import { expect, test, type Profiles, type Tab } from './tab.ts'
import { unzip } from './unzip.ts'

const MB = 1_000_000
/** The code that twelve keepers earn. */
const K = 2
/** A restore of all of it, on a busy machine. */
const LONG = { timeout: 3 * 60_000 }

test('a folder is safe after five clicks, and 24 words bring it back when all but k of its keepers are gone', async ({
  network,
  profiles,
}) => {
  test.setTimeout(10 * 60_000)
  const source = join(network.folder, 'packages')
  const slice = await nodeModulesSlice(source, 5000, 'l')
  expect(slice.files).toBe(5000)
  expect(slice.bytes).toBeGreaterThan(100 * MB)
  expect(slice.bytes).toBeLessThan(150 * MB)
  const [tabs] = await Promise.all([keeperTabs(profiles, 4), network.addKeepers(8)])

  // M1: three minutes from the open address.
  const until = Date.now() + 3 * MINUTE
  const owner = await profiles.fresh()
  await owner.chooseFiles(source)
  await owner.press('Start backup')
  const words = await owner.confirmWords()
  await expect(owner.state).toHaveText('Safe', { timeout: Math.max(1, until - Date.now()) })
  expect(owner.clicks).toBeLessThanOrEqual(5)
  await owner.page.context().close()

  // Whoever holds a shard of the one pack that is asked for first decides how many may go.
  const holders = await holdersOf(network, tabs)
  expect(holders.length).toBe(6)
  const survivors = holders.slice(-K)
  await Promise.all(holders.slice(0, -K).map((holder) => holder.die()))

  const elsewhere = await profiles.fresh('restore')
  await elsewhere.findBackups(words)
  await elsewhere.openNewest()
  const unpacked = unzip(await elsewhere.downloadZip(), network.freshPath('unzipped'))
  await expect(elsewhere.restoring).toHaveText('Everything is back')
  expect(await differences(source, join(unpacked, 'packages'), { meta: false })).toEqual([])

  await elsewhere.press('Back')
  await elsewhere.press('Restore to a folder')
  await expect(elsewhere.restoring).toHaveText('Everything is back', LONG)
  expect(await elsewhere.restored('packages')).toEqual(await contentsOf(source, { meta: false }))

  const phrase = network.freshPath('words')
  await writeFile(phrase, words)
  const to = network.freshPath('headless')
  expectCode(0, await network.restoreAfresh({ data: '', phrase }, to))
  expect(await differences(source, join(to, 'packages'), { meta: false })).toEqual([])

  await survivors[0]?.die()
  const hopeless = await profiles.fresh('restore')
  await hopeless.findBackups(words)
  await expect(hopeless.trouble).toContainText(`1 of the ${K} pieces`, LONG)
  await expect(hopeless.trouble).toContainText('What would help: keepers that are offline open their tab again')
})

interface Holder {
  die(): Promise<void>
}

/** Tabs and processes that hold something, in turns, so that whoever dies first is a mix of both. */
async function holdersOf(network: Network, tabs: readonly Tab[]): Promise<Holder[]> {
  const held = await Promise.all(tabs.map((tab) => tab.stored('shards')))
  const closed = tabs.filter((_, i) => (held[i] ?? 0) > 0).map((tab) => ({ die: () => tab.close() }))
  const killed = (await network.holders()).map(({ program }) => ({ die: () => program.kill() }))
  const turns = Array.from({ length: Math.max(closed.length, killed.length) }, (_, i) => [closed[i], killed[i]])
  return turns.flat().filter((holder) => holder !== undefined)
}

const keeperTabs = (profiles: Profiles, count: number): Promise<Tab[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const tab = await profiles.fresh('keep')
      await tab.keep()
      expect(tab.clicks).toBe(1)
      return tab
    }),
  )

test('a dropped folder is safe after four clicks, and read again by one at the next visit', async ({
  network,
  profiles,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 10, 100_000)
  const first = await profiles.fresh()
  await first.drop(source)
  await first.press('Start backup')
  await first.confirmWords()
  await expect(first.state).toHaveText('Safe')
  expect(first.clicks).toBeLessThanOrEqual(4)

  await writeFile(join(source, 'later'), 'written between two visits')
  const second = await profiles.another(first)
  await first.close()
  await second.press('Back up now')
  await expect(second.page.getByTestId('folder')).toContainText('11 files')
  await expect(second.state).toHaveText('Safe')
  expect(second.clicks).toBe(1)
  await second.go('Restore')
  await second.press('Show my backups')
  await expect(second.page.getByTestId('snapshot-row')).toHaveCount(2)
  await second.click(second.page.getByRole('button', { name: /^Open/ }).first())
  await second.press('Restore to a folder')
  await expect(second.restoring).toHaveText('Everything is back')
  expect(await second.restored('source')).toEqual(await contentsOf(source, { meta: false }))
})
