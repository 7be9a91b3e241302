/** A restore of what is not all there: a history that forks, and one file of which too few shards are left; a new version waits meanwhile. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomFolder } from '../corpus.ts'
import { shardsIn, type Network, type ShardOnDisk } from '../network.ts'
import { release } from '../newer-version.ts'
import { forkHistory, headOf } from '../rival.ts'
import { expect } from '../tab.ts'
import type { Walk } from './walk.ts'

export async function damaged({ network, profiles, served, visit }: Walk): Promise<void> {
  const owner = await network.owner('damaged')
  const source = join(network.folder, 'Letters')
  await randomFolder(source, 2, 20_000)
  await network.backup(owner, source)
  const first = await headOf(network, owner)
  const before = new Set((await shardsOf(network)).map(({ pack }) => pack))
  await writeFile(join(source, 'Memoirs.odt'), randomBytes(300_000))
  await network.backup(owner, source)
  await loseLargest((await shardsOf(network)).filter(({ pack }) => !before.has(pack)))
  await forkHistory(network, owner, first)

  const tab = await profiles.fresh('restore')
  const { page } = tab
  await page.evaluate(() => navigator.serviceWorker.ready)
  await tab.findBackups((await readFile(owner.phrase, 'utf8')).trim())
  await expect(page.getByText('The keys of one device were used in two places')).toBeVisible()
  await visit('restore-forked', tab)
  await tab.openNewest()
  await tab.press('Download a ZIP')
  await expect(page.getByText('1 file or folder waits for people')).toBeVisible({ timeout: 60_000 })
  await release(served)
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
  await expect(page.getByText('An update is here and waits for the transfer to end.')).toBeVisible()
  await visit('restore-update-waits', tab)
  await tab.press('Pause')
  await expect(tab.restoring).toHaveText('Paused; nothing is fetched until you go on')
  await visit('restore-paused', tab)
  await tab.press('Go on')
  await tab.press('End without them')
  await expect(tab.restoring).toHaveText('Some of it could not be brought back')
  await page.getByText('1 thing could not be brought back').click()
  await expect(page.getByText('A new version is here.')).toBeVisible()
  await expect(page.getByText('0 of the 2 pieces that are needed could be read.')).toBeVisible()
  await visit('restore-partly', tab)
}

/** On the disks of those that are no tabs. */
async function shardsOf({ folder, keepers }: Network): Promise<ShardOnDisk[]> {
  const together = (await readdir(join(folder, 'keepers'))).map((name) => join(folder, 'keepers', name))
  return (await Promise.all([...together, ...keepers.map(({ data }) => data)].map(shardsIn))).flat()
}

/** All of the pack with the largest shards, as when disks fail. */
async function loseLargest(shards: readonly ShardOnDisk[]): Promise<void> {
  const sizes = await Promise.all(shards.map(async ({ file }) => (await stat(file)).size))
  const largest = shards[sizes.indexOf(Math.max(...sizes))]
  await Promise.all(shards.filter(({ pack }) => pack === largest?.pack).map(({ file }) => rm(file)))
}
