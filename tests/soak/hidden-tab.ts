/** A tab that keeps while nobody looks at it, and then is needed. */
import { join } from 'node:path'
import { MINUTE } from '../../src/core/units.ts'
import { differences, randomFolder } from '../e2e/corpus.ts'
import { expectCode, Network } from '../e2e/network.ts'
import { keepingTab, StockChromium, watchTicks, whatWasSeen, type Hidden } from './stock-chromium.ts'

/** Fewest with which anything is protected; a pack needs two of them. */
const KEEPERS = 6

export interface HiddenTab {
  readonly keeper: Hidden
  /** A page beside it that does nothing: shows how far the browser throttles whoever is not exempt. */
  readonly idle: Hidden
}

/**
 * Lets a tab keep, hides it for so long, and then brings a backup back that cannot do without what it keeps.
 * @throws Error that says what went wrong
 */
export async function hiddenTab(minutes: number): Promise<HiddenTab> {
  const network = await Network.start(KEEPERS - 1)
  const stock = await StockChromium.start(network.freshPath('profile'))
  try {
    const source = join(network.folder, 'source')
    await randomFolder(source, 10, 1_000_000)
    const owner = await network.owner('owner')
    await stock.withPages(async (context) => {
      const { page: keeper } = await keepingTab(context, network.url)
      await network.backup(owner, source)
      await keeper.getByText('You keep pieces of one person’s backup').waitFor()
      const idle = await context.newPage()
      await idle.goto(`${network.url}/healthz`)
      for (const page of [keeper, idle]) await page.evaluate(watchTicks)
    })
    // Two of six hold what is left of every pack: one process and the tab.
    await Promise.all(network.keepers.slice(1).map(({ program }) => program.kill()))

    await stock.openInFront('about:blank')
    await new Promise((resolve) => setTimeout(resolve, minutes * MINUTE))
    const to = join(network.folder, 'restored')
    expectCode(0, await network.restoreAfresh(owner, to))
    const wrong = await differences(source, join(to, 'source'))
    if (wrong.length > 0) throw new Error(wrong.join('\n'))

    return await stock.withPages(async (context) => {
      const seen = await Promise.all(context.pages().map((page) => page.evaluate(whatWasSeen)))
      const [keeper, idle] = seen.filter((hidden) => hidden !== undefined)
      if (keeper === undefined || idle === undefined) throw new Error('A hidden page was thrown away.')
      return { keeper, idle }
    })
  } finally {
    await stock.stop()
    await network.stop()
  }
}
