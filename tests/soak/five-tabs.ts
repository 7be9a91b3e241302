/** M31: five tabs of a stock Chromium; the one that works is killed, and the one after it thrown away for memory. */
import type { Millis } from '../../src/core/units.ts'
import { takeOver } from '../e2e/five-tabs.ts'
import { Network } from '../e2e/network.ts'
import { expect } from '../e2e/story.ts'
import { Tab } from '../e2e/tab.ts'
import { StockChromium } from './stock-chromium.ts'

export interface FiveTabs {
  /** From the kill of the tab that works until another one keeps. */
  readonly takeOverMs: Millis
  /** From coming back to a discarded tab until it keeps. */
  readonly backMs: Millis
}

/** @throws Error when not just one of them works */
export async function fiveTabs(): Promise<FiveTabs> {
  const network = await Network.start()
  const stock = await StockChromium.start(network.freshPath('profile'))
  try {
    const takeOverMs = await stock.withPages(async (context) => {
      const { takeOverMs } = await takeOver(() => Tab.open(context, network.url, 'keep'))
      return takeOverMs
    })
    await stock.discard(network.url)
    const from = performance.now()
    await stock.comeBackTo(network.url)
    const backMs = await stock.withPages(async (context) => {
      const page = context.pages().find((one) => one.url().startsWith(network.url))
      if (page === undefined) throw new Error('The tab is not there any more.')
      await expect(page.getByTestId('keep-state')).toHaveText(/You are a keeper/)
      const took = Math.round(performance.now() - from)
      expect(await page.evaluate(() => (document as { wasDiscarded?: boolean }).wasDiscarded)).toBe(true)
      return took
    })
    return { takeOverMs, backMs }
  } finally {
    await stock.stop()
    await network.stop()
  }
}
