/** M15 in a page: all versions of a file over 500 backups, none of whose folders is the same, from the click on its name. */
import { chromium } from '@playwright/test'
import { composeOwner, composePeer } from '../../headless/compose.ts'
import { ensureBuilt } from '../../headless/set-up.mjs'
import { systemClock as clock, systemRandom as random } from '../../headless/system.ts'
import { utf8 } from '../../src/core/bytes.ts'
import type { Millis } from '../../src/core/units.ts'
import { newDevice } from '../../src/identity/keys.ts'
import { wordsOf } from '../../src/identity/recovery.ts'
import { emptyOwnerShelf, MemoryOwnerState } from '../../src/store/memory.ts'
import { chromiumOptions } from '../chromium.mjs'
import { Network } from '../e2e/network.ts'
import { Profiles } from '../e2e/tab.ts'
import { backUp, sourceOf } from '../sim/network.ts'
import { print } from './figure.ts'
import { fromClick } from './from-click.ts'

const ROUNDS = 3
const BACKUPS = 500
/** The last of them is in the oldest backup alone. */
const VERSIONS = 51
const NEIGHBOURS = 100
const LIMIT_MS = 1000

export async function benchVersionsInPage(): Promise<void> {
  ensureBuilt()
  const network = await Network.start(6)
  const browser = await chromium.launch(chromiumOptions())
  try {
    const words = await backedUp(network.url)
    const first: Millis[] = []
    const far: Millis[] = []
    const near: Millis[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [until, took] of [
        [1, first],
        [VERSIONS, far],
      ] as const) {
        const tab = await new Profiles(browser, network.url).fresh('restore')
        const { page } = tab
        await tab.findBackups(words)
        await tab.openNewest()
        const file = page.getByRole('button', { name: 'note', exact: true })
        for (const folder of ['deep', 'er']) await tab.press(folder)
        const all = `[data-testid=version]:nth-child(${VERSIONS})`
        took.push(await fromClick(file, until === VERSIONS ? all : '[data-testid=version]'))
        if (until === VERSIONS) {
          await tab.press(/^Back$/)
          near.push(await fromClick(file, all))
        }
        await page.context().close()
      }
    }
    for (const [what, took] of [
      ['the first versions of a file, chunks with keepers', first],
      [`all ${VERSIONS} versions of a file, chunks with keepers`, far],
      [`all ${VERSIONS} versions of a file, chunks at hand`, near],
    ] as const) {
      const rounds = took.map((ours) => ({ ours, peer: LIMIT_MS }))
      print({ target: 'M15', case: `${what}, ${BACKUPS} backups, page`, peerName: 'limit', unit: 'ms', rounds })
    }
  } finally {
    await browser.close()
    await network.stop()
  }
}

/** @returns the words of an account with `BACKUPS` backups, in each of which a neighbour of the file has changed */
async function backedUp(url: string): Promise<string> {
  const root = random.bytes(32)
  const peer = composePeer(await newDevice(root, random.bytes(32), clock.now()), url, new AbortController().signal)
  const owner = composeOwner(peer, new MemoryOwnerState(emptyOwnerShelf()))
  const neighbours = Array.from({ length: NEIGHBOURS }, (_, i) => [`deep/er/beside ${i}`, utf8('beside')] as const)
  for (let i = 0; i < BACKUPS; i += 1) {
    const changed = { 'deep/er/beside 0': utf8(`beside ${i}`), 'deep/er/note': utf8(`note ${Math.ceil(i / 10)}`) }
    await backUp(owner, sourceOf('home', { ...Object.fromEntries(neighbours), ...changed }))
  }
  await peer.transport.close()
  return wordsOf(root).join(' ')
}
