/** M14 in a page: a folder of a hundred thousand files out of the network, from the click on its backup to its rows. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { ensureBuilt } from '../../headless/set-up.mjs'
import type { Millis } from '../../src/core/units.ts'
import { chromiumOptions } from '../chromium.mjs'
import { emptyFiles } from '../e2e/corpus.ts'
import { Network } from '../e2e/network.ts'
import { expect, Profiles, type Tab } from '../e2e/tab.ts'
import { print } from './figure.ts'
import { fromClick } from './from-click.ts'
import { benchVersionsInPage } from './versions-page.ts'

const ROUNDS = 5
const FILES = 100_000
const LIMIT_MS = 1000

export async function benchLookInPage(): Promise<void> {
  ensureBuilt()
  await benchManyFiles()
  await benchVersionsInPage()
}

async function benchManyFiles(): Promise<void> {
  const network = await Network.start(6)
  const browser = await chromium.launch(chromiumOptions())
  try {
    const source = join(network.folder, 'source')
    await emptyFiles(source, FILES)
    const owner = await network.owner('owner')
    await network.backup(owner, source)
    const words = (await readFile(owner.phrase, 'utf8')).trim()

    const far: Millis[] = []
    const near: Millis[] = []
    const found: Millis[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const tab = await new Profiles(browser, network.url).fresh('restore')
      await tab.findBackups(words)
      far.push(await opened(tab))
      await expect(tab.page.getByRole('button', { name: 'file 0', exact: true })).toBeVisible()
      // Listed anew, since a backup that is open already would only be shown again.
      await tab.press(/^Back$/)
      await tab.press(/^Back$/)
      await tab.press('Show my backups')
      near.push(await opened(tab))
      await tab.page.getByRole('searchbox').fill(`file ${FILES - 1}`)
      const hit = tab.page.getByTestId('found')
      found.push(await fromClick(tab.page.getByRole('button', { name: 'Find' }), '[data-testid=found]'))
      await expect(hit).toHaveCount(1)
      await tab.page.context().close()
    }
    for (const [what, took] of [
      ['a backup opened and its folder listed, chunks with keepers', far],
      ['a backup opened and its folder listed, chunks at hand', near],
      ['one name found among them', found],
    ] as const) {
      const rounds = took.map((ours) => ({ ours, peer: LIMIT_MS }))
      print({ target: 'M14', case: `${what}, ${FILES} files, page`, peerName: 'limit', unit: 'ms', rounds })
    }
  } finally {
    await browser.close()
    await network.stop()
  }
}

/** From the click on the backup, whose only folder opens with it, to its first rows. */
const opened = ({ page }: Tab): Promise<Millis> =>
  fromClick(page.getByRole('button', { name: /^Open/ }).first(), 'main li li button')
