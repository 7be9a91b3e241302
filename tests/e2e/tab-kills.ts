/** A tab that dies again and again in a backup and once in a restore: for the story and, with a gigabyte, for the soak. */
import { join } from 'node:path'
import { chromium, type BrowserContext, type LaunchOptions } from '@playwright/test'
import type { ByteCount } from '../../src/core/units.ts'
import type { Chance } from './chance.ts'
import { contentsOf, randomFolder } from './corpus.ts'
import { shardsIn, type Network } from './network.ts'
import { expect, Tab, type Profiles } from './tab.ts'

export interface Size {
  readonly kills: number
  readonly files: number
  readonly bytesEach: ByteCount
}

export interface KilledBackup {
  /** Shard bytes that keepers took in. */
  readonly undisturbedBytes: ByteCount
  readonly killedBytes: ByteCount
  readonly source: string
  readonly words: string
}

/** How often the disks are looked at for whether it is time to kill. */
const LOOK_MS = 50

/** For all of it there or back: a megabyte a second, and a minute for a busy machine. */
const patience = ({ files, bytesEach }: Size) => ({ timeout: 60_000 + (files * bytesEach) / 1000 })

/**
 * Backs a folder up in a tab that nobody disturbs, and the same folder as another person whose tab is killed: every other
 * time its page alone, otherwise the whole browser.
 * @throws when it does not go on after a kill
 */
export async function backUpKilled(
  network: Network,
  profiles: Profiles,
  launchOptions: LaunchOptions,
  { next }: Chance,
  size: Size,
): Promise<KilledBackup> {
  const { kills, files, bytesEach } = size
  const long = patience(size)
  await network.addKeepers(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, files, bytesEach)
  const undisturbed = await profiles.fresh()
  await undisturbed.chooseFiles(source)
  await undisturbed.press('Start backup')
  await expect(undisturbed.state).toHaveText('Words needed', long)
  await undisturbed.page.context().close()
  const undisturbedBytes = await network.receivedBytes()
  const shards = await storedShards(network)

  /** The browser of one person, who starts it again after it was gone. */
  const profile = network.freshPath('profile')
  const start = async () => {
    const context = await chromium.launchPersistentContext(profile, launchOptions)
    await profiles.watch(context)
    return context
  }
  let browser = await start()
  for (let kill = 1; kill <= kills; kill += 1) {
    const tab = await Tab.open(browser, network.url)
    if (kill > 1)
      await expect(tab.heading, `after kill ${kill - 1}`).toHaveText(
        'Choose your files again: the last backup was broken off and goes on from there',
      )
    await tab.chooseFiles(source)
    await tab.press('Start backup')
    // Spread over the whole road, with something left for the kills to come.
    const stored = (await storedShards(network)) - shards
    const until = shards + stored + Math.floor((next() * (shards - stored)) / (kills + 2 - kill))
    const poll = { intervals: [LOOK_MS], ...long }
    await expect.poll(() => storedShards(network), poll).toBeGreaterThan(until)
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
  await expect(owner.state).toHaveText('Safe', long)
  const killedBytes = (await network.receivedBytes()) - undisturbedBytes
  await browser.close()
  return { undisturbedBytes, killedBytes, source, words }
}

/** Brings it back on another machine, with one more kill. @throws when it does not come back byte for byte */
export async function restoreKilled(
  profiles: Profiles,
  { next }: Chance,
  size: Size,
  { words, source }: KilledBackup,
): Promise<void> {
  const long = patience(size)
  const killed = await profiles.fresh('restore')
  await killed.findBackups(words)
  await killed.openNewest()
  await killed.press('Restore to a folder')
  await killed.progressUntil(size.files * size.bytesEach * (0.2 + 0.5 * next()), long)
  await killed.crash()
  const back = await profiles.another(killed, 'restore')
  await back.press('Show my backups')
  await back.openNewest()
  await back.press('Restore to a folder')
  await expect(back.restoring).toHaveText('Everything is back', long)
  expect(await back.restored('source')).toEqual(await contentsOf(source, { meta: false }))
}

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
