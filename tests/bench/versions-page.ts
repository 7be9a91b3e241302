/** M15 in a page: all versions of a file over many snapshots, from the click on it, out of the network and at hand. */
import { readFile } from 'node:fs/promises'
import { chromium, type Locator } from '@playwright/test'
import { composeOwner, composePeer } from '../../headless/compose.ts'
import { openDataDir } from '../../headless/data-dir.ts'
import { ownIdentity } from '../../headless/session.ts'
import { backup } from '../../src/backup/backup.ts'
import { utf8 } from '../../src/core/bytes.ts'
import type { Millis } from '../../src/core/units.ts'
import { emptyOwnerShelf, MemoryOwnerState } from '../../src/store/memory.ts'
import { chromiumOptions } from '../chromium.mjs'
import { Network } from '../e2e/network.ts'
import { expect, Profiles, type Tab } from '../e2e/tab.ts'
import { noise, sourceOf, type Files } from '../sim/network.ts'
import { print } from './figure.ts'
import { fromClick, watched } from './from-click.ts'

const ROUNDS = 5
const LIMIT_MS = 1000
const SNAPSHOTS = 500
/** In each of so many snapshots running the file is the same; a neighbour is another in each. */
const SAME_FOR = 10
const VERSIONS = SNAPSHOTS / SAME_FOR
/** Directories on the way to the file. None is the same in two snapshots. */
const DIRECTORIES = 3

const VERSION = '[data-testid=version]'
/** All are there, and nothing is to be stopped any more. */
const ALL = `ul:has(> ${VERSION}:nth-child(${VERSIONS})) + .actions:not(:has(button))`
/** An older one can be read on the screen. */
const OLDER = 4
const OLDER_SHOWN = `section:has(pre) ~ section ${VERSION}:nth-child(${OLDER}) [aria-pressed=true]`

export async function benchVersionsInPage(): Promise<void> {
  const network = await Network.start(6)
  const browser = await chromium.launch(chromiumOptions())
  try {
    const words = await manySnapshots(network)
    const figures = {
      'the first of them, chunks with keepers': [] as Millis[],
      'an older one looked at while others are looked for, chunks with keepers': [] as Millis[],
      'all of them, chunks with keepers': [] as Millis[],
      'all of them, chunks at hand': [] as Millis[],
    }
    const [first, older, far, near] = Object.values(figures)
    for (let round = 0; round < ROUNDS; round += 1) {
      const profiles = new Profiles(browser, network.url)
      const tab = await profiles.fresh('restore')
      await tab.findBackups(words)
      const file = await listed(tab)
      const [one, all] = [await watched(file, VERSION), await watched(file, ALL)]
      await file.click()
      first?.push(await one())
      older?.push(
        await fromClick(
          tab.page
            .getByTestId('version')
            .nth(OLDER - 1)
            .getByRole('button'),
          OLDER_SHOWN,
        ),
      )
      far?.push(await all())

      await expect.poll(() => tab.stored('chunks', 'keeptab-trees')).toBe(DIRECTORIES * SNAPSHOTS)
      await tab.close()
      const later = await profiles.another(tab, 'restore')
      await later.press('Show my backups')
      near?.push(await fromClick(await listed(later), ALL))
      await later.page.context().close()
    }
    for (const [what, took] of Object.entries(figures)) {
      const rounds = took.map((ours) => ({ ours, peer: LIMIT_MS }))
      const name = `versions of a path over ${SNAPSHOTS} snapshots, none of whose ${DIRECTORIES} folders is the same: ${what}, page`
      print({ target: 'M15', case: name, peerName: 'limit', unit: 'ms', rounds })
    }
  } finally {
    await browser.close()
    await network.stop()
  }
}

/** The newest backup is opened, and so are the folders on the way. @returns the button of the file */
async function listed({ page }: Tab): Promise<Locator> {
  await page.getByRole('button', { name: /^Open/ }).first().click()
  for (let below = 1; below < DIRECTORIES; below += 1) await page.locator('main [aria-expanded=false]').click()
  return page.getByRole('button', { name: 'note.txt' })
}

/** A device backs up a small folder over and over, over the real network but without a page. @returns the words */
async function manySnapshots(network: Network): Promise<string> {
  const { data, phrase } = await network.owner('owner')
  const directory = await openDataDir(data)
  const peer = composePeer(await ownIdentity({ directory, data }), network.url, new AbortController().signal)
  try {
    const owner = composeOwner(peer, new MemoryOwnerState(emptyOwnerShelf()))
    for (let i = 0; i < SNAPSHOTS; i += 1) await backup(owner, [sourceOf('home', momentOf(i))])
    return (await readFile(phrase, 'utf8')).trim()
  } finally {
    await peer.transport.close()
    await directory.close()
  }
}

/** What is in the folder at a moment. */
function momentOf(i: number): Files {
  const beside = Array.from({ length: 100 }, (_, at) => [`deep/er/beside ${at}`, noise(`${at || i}`, 100)] as const)
  return { ...Object.fromEntries(beside), 'deep/er/note.txt': utf8(`note ${Math.floor(i / SAME_FOR)}`) }
}
