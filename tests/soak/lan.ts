/**
 * M29: two tabs in one house, whose line to the outside is slow. What one of them keeps for the other stays within the
 * house, and is faster than what goes out. Needs root; no packet leaves the machine.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import type { Millis } from '../../src/core/units.ts'
import { appWith } from './app-with.ts'
import { chromiumAt, keepInTab } from './lab-tab.ts'
import type { LanPage } from './lan-page.ts'
import { NatLab, url } from './nat-lab.ts'

declare const lan: LanPage

/** A second, each way: what a home often has upwards. A faster line needs more than two cores for all that runs here. */
const LINE_BITS = 10_000_000
const MEASURED_MS: Millis = 15_000
/** Fewest with which anything is protected. */
const KEEPERS = 6

interface Way {
  readonly MBs: number
  /** Bytes on the line, in both directions, over payload bytes. */
  readonly onTheLine: number
  /** Candidates at both ends. */
  readonly pair: string
}
type Ways = Readonly<Record<'store' | 'read', Way>>

export interface Lan {
  readonly tab: Ways
  readonly headless: Ways
  readonly outside: Ways
}

/** How a tab moves bytes to and from a tab in the house, a headless keeper in the house, and one outside. */
export async function inOneHouse(): Promise<Lan> {
  const folder = await mkdtemp(join(tmpdir(), 'keeptab-lan-'))
  const pages = await appWith('lan-page.ts')
  const browsers: Browser[] = []
  const lab = await NatLab.start(folder)
  try {
    const house = await lab.house(1, 3, LINE_BITS)
    const [ownerHome = '', tabHome = '', headlessHome = ''] = house.homes
    await lab.relay() // which answers to STUN here
    await lab.coordinator(join(folder, 'coordinator'), false, ['--one-machine', '--page', pages])
    const tabBrowser = await chromiumAt(lab, tabHome)
    browsers.push(tabBrowser)
    const [tab, [headless = ''], [outside = '']] = await Promise.all([
      keepInTab(tabBrowser),
      lab.keepers(headlessHome, join(folder, 'headless')),
      lab.keepers(undefined, join(folder, 'outside'), KEEPERS - 2),
    ])

    const ownerBrowser = await chromiumAt(lab, ownerHome)
    browsers.push(ownerBrowser)
    const page = await ownerBrowser.newPage()
    await page.goto(url)
    await page.waitForFunction(() => navigator.serviceWorker.controller)
    await page.evaluate(`import('/assets/lan-page.js')`)
    await page.evaluate(() => lan.join())

    const measure = async (keeper: string, way: 'store' | 'read'): Promise<Way> => {
      await page.evaluate(() => lan.busiest())
      const before = await house.lineBytes()
      const { bytes, ms } = await page.evaluate(([keeper, way, ms]) => lan.move(keeper, way, ms), [
        keeper,
        way,
        MEASURED_MS,
      ] as const)
      const line = (await house.lineBytes()) - before
      const pair = await page.evaluate(() => lan.busiest())
      return { MBs: rounded(bytes / ms / 1000), onTheLine: rounded(line / bytes), pair }
    }
    const both = async (keeper: string): Promise<Ways> => ({
      store: await measure(keeper, 'store'),
      read: await measure(keeper, 'read'),
    })
    return { tab: await both(tab), headless: await both(headless), outside: await both(outside) }
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()))
    await lab.stop()
    for (const made of [folder, pages]) await rm(made, { recursive: true, force: true })
  }
}

const rounded = (value: number): number => Number(value.toPrecision(3))
