/** S4 in the browser: the tab dies in the middle of a backup ten times and of a restore once, and it goes on. */
import { join } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { chance } from './chance.ts'
import { contentsOf, randomFolder } from './corpus.ts'
import { shardsIn, type Network } from './network.ts'
import { expect, Tab, test } from './tab.ts'

const MB = 1_000_000
const KILLS = 10
const SOURCE_BYTES = 40 * MB
/** All of it there or back, on a busy machine. */
const LONG = { timeout: 2 * 60_000 }

test('a tab killed ten times in a backup and once in a restore goes on each time, and sends at most 110 % in all', async ({
  network,
  profiles,
  playwright,
  launchOptions,
}) => {
  const { next } = chance('ten kills of a tab')
  await network.addKeepers(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 40, SOURCE_BYTES / 40)
  const undisturbed = await profiles.fresh()
  await undisturbed.chooseFiles(source)
  await undisturbed.press('Start backup')
  await expect(undisturbed.state).toHaveText('Words needed', LONG)
  const expected = await network.receivedBytes()
  const shards = await storedShards(network)

  /** The browser of one person, who starts it again after it was gone. */
  const profile = network.freshPath('profile')
  const start = async () => {
    const context = await playwright.chromium.launchPersistentContext(profile, launchOptions)
    await profiles.watch(context)
    return context
  }
  let browser = await start()
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const tab = await Tab.open(browser, network.url)
    if (kill > 1) await expect(tab.heading).toHaveText('The last backup was broken off; it goes on from there')
    await tab.chooseFiles(source)
    await tab.press('Start backup')
    // Spread over the whole road, with something left for the kills to come.
    const stored = (await storedShards(network)) - shards
    const until = shards + stored + Math.floor((next() * (shards - stored)) / (KILLS + 2 - kill))
    await expect.poll(() => storedShards(network), { intervals: [10] }).toBeGreaterThan(until)
    if (kill % 2 === 1) await tab.crash()
    else {
      await crash(browser)
      browser = await start()
    }
  }
  const owner = await Tab.open(browser, network.url)
  await owner.chooseFiles(source)
  await owner.press('Start backup')
  const words = await owner.confirmWords()
  await expect(owner.state).toHaveText('Safe', LONG)
  expect((await network.receivedBytes()) - expected).toBeLessThanOrEqual(1.1 * expected)
  await browser.close()

  const killed = await profiles.fresh('restore')
  await killed.findBackups(words)
  await killed.openNewest()
  await killed.press('Restore to a folder')
  await killed.progressUntil(SOURCE_BYTES * (0.2 + 0.5 * next()))
  await killed.crash()
  const back = await profiles.another(killed, 'restore')
  await back.press('Show my backups')
  await back.openNewest()
  await back.press('Restore to a folder')
  await expect(back.restoring).toHaveText('Everything is back', LONG)
  expect(await back.restored('source')).toEqual(await contentsOf(source, { meta: false }))
})

/** Shards on the disks of all keepers. */
async function storedShards({ keepers }: Network): Promise<number> {
  const each = await Promise.all(keepers.map(({ data }) => shardsIn(data)))
  return each.flat().length
}

/** The whole browser, at once. */
async function crash(context: BrowserContext): Promise<void> {
  const devtools = await context.browser()?.newBrowserCDPSession()
  const gone = new Promise((resolve) => context.once('close', resolve))
  void devtools?.send('Browser.crash').catch(() => undefined) // nobody is left to answer
  await gone
}
