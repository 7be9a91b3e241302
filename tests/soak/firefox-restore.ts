/** M3: how soon Firefox has the first file of a backup that Chromium made, once it has listed what is in it. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MB, type Millis } from '../../src/core/units.ts'
import { differences, randomFolder } from '../e2e/corpus.ts'
import { Firefox } from '../e2e/firefox.ts'
import type { Network } from '../e2e/network.ts'
import { expect, type Profiles } from '../e2e/tab.ts'
import { unzip } from '../e2e/unzip.ts'

/** So many that the first comes long before the last. */
const FILES = 200
/** No more than this stands before the bytes of a file in the ZIP. */
const HEADER_BYTES = 1024
const PATIENCE = { timeout: 10 * 60_000 }

export interface FirefoxRestore {
  readonly files: number
  readonly bytes: number
  /** From the click on "Open" to the list of what is in the backup. */
  readonly listMs: Millis
  /** From the click on "Download a ZIP" until the first file lies in Firefox's downloads, and until all of them do. */
  readonly firstFileMs: Millis
  readonly allMs: Millis
}

/** @throws when what comes back is not what went in */
export async function firefoxRestore(network: Network, profiles: Profiles): Promise<FirefoxRestore> {
  await network.addKeepersTogether(12)
  const source = join(network.folder, 'source')
  await randomFolder(source, FILES, MB)
  const owner = await profiles.fresh()
  await owner.chooseFiles(source)
  await owner.press('Start backup')
  const words = await owner.confirmWords()
  await expect(owner.state).toHaveText('Safe', PATIENCE)
  await owner.page.context().close()

  const firefox = await Firefox.launch(network.folder)
  try {
    const tab = await firefox.fresh(`${network.url}/#restore`)
    await tab.findBackups(words)
    const openedAt = performance.now()
    await tab.press('Open')
    const ready = `[...document.querySelectorAll('button')].some((one) => !one.disabled && one.innerText === 'Download a ZIP')`
    await expect.poll(() => tab.run(ready), { intervals: [50], ...PATIENCE }).toBe(true)
    const listedAt = performance.now()
    await tab.press('Download a ZIP')
    const pressedAt = performance.now()
    await expect
      .poll(() => downloadedBytes(firefox), { intervals: [50], ...PATIENCE })
      .toBeGreaterThan(HEADER_BYTES + MB)
    const firstAt = performance.now()
    await expect.poll(() => tab.text('h1'), PATIENCE).toBe('Everything is back')
    const allAt = performance.now()
    const unpacked = unzip(await firefox.downloaded(), network.freshPath('unzipped'))
    const wrong = await differences(source, join(unpacked, 'source'), { meta: false })
    if (wrong.length > 0) throw new Error(wrong.slice(0, 20).join('\n'))
    const since = (from: Millis, to: Millis) => Math.round(to - from)
    return {
      files: FILES,
      bytes: FILES * MB,
      listMs: since(openedAt, listedAt),
      firstFileMs: since(pressedAt, firstAt),
      allMs: since(pressedAt, allAt),
    }
  } finally {
    await firefox.close()
  }
}

/** Of all that lies in the folder, under whatever name while it is not all there. */
async function downloadedBytes({ downloads }: Firefox): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(downloads)).map(async (name) => (await stat(join(downloads, name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
