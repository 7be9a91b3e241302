/** A tab that keeps while nobody looks at it, and then is needed. */
import { join } from 'node:path'
import { MINUTE } from '../../src/core/units.ts'
import { query } from '../e2e/coordinator-database.ts'
import { differences, randomFolder } from '../e2e/corpus.ts'
import { goOn } from '../e2e/days.ts'
import { expectCode, Network } from '../e2e/network.ts'
import { keepingTab, StockChromium, watchTicks, whatWasSeen, type Hidden } from './stock-chromium.ts'
import type { HiddenRecord } from '../../src/store/hidden-record.ts'

/** Fewest with which anything is protected; a pack needs two of them. */
const KEEPERS = 6
/** Questions that are waited for while it is hidden. */
const QUESTIONS = 2

export interface HiddenTab {
  readonly keeper: Hidden
  /** A page beside it that does nothing: shows how far the browser throttles whoever is not exempt. */
  readonly idle: Hidden
  /** What the tab itself has measured and remembers. */
  readonly record: HiddenRecord
  /** What it shows of that after a reload, by the names of its parts. */
  readonly shown: Readonly<Record<(typeof PARTS)[number], string>>
}

const PARTS = ['time', 'served', 'taken', 'sent', 'fetched', 'rate', 'audits'] as const

/**
 * Lets a tab keep, hides it for so long, and then brings a backup back that cannot do without what it keeps.
 * @throws Error that says what went wrong
 */
export async function hiddenTab(minutes: number): Promise<HiddenTab> {
  const network = await Network.start(KEEPERS - 1, undefined, 'tests/e2e/hasty-coordinator.ts')
  const stock = await StockChromium.start(network.freshPath('profile'))
  try {
    const source = join(network.folder, 'source')
    await randomFolder(source, 10, 1_000_000)
    const owner = await network.owner('owner')
    let device = ''
    await stock.withPages(async (context) => {
      const tab = await keepingTab(context, network.url)
      const { page: keeper } = tab
      await network.backup(owner, source)
      device = await tab.device()
      await keeper.getByText('You keep pieces of one person’s backup').waitFor()
      const idle = await context.newPage()
      await idle.goto(`${network.url}/healthz`)
      for (const page of [keeper, idle]) await page.evaluate(watchTicks)
    })
    await stock.openInFront('about:blank')
    const hiddenUntil = performance.now() + minutes * MINUTE
    while (questionsTo(device, network) <= QUESTIONS) await goOn(network, [])
    // Two of six hold what is left of every pack: one process and the tab.
    await Promise.all(network.keepers.slice(1).map(({ program }) => program.kill()))
    await new Promise((resolve) => setTimeout(resolve, hiddenUntil - performance.now()))
    const to = join(network.folder, 'restored')
    expectCode(0, await network.restoreAfresh(owner, to))
    const wrong = await differences(source, join(to, 'source'))
    if (wrong.length > 0) throw new Error(wrong.join('\n'))

    return await stock.withPages(async (context) => {
      const seen = await Promise.all(context.pages().map((page) => page.evaluate(whatWasSeen)))
      const [keeper, idle] = seen.filter((hidden) => hidden !== undefined)
      if (keeper === undefined || idle === undefined) throw new Error('A hidden page was thrown away.')
      const page = context.pages().find((one) => one.url().includes('#'))
      if (page === undefined) throw new Error('The tab is gone.')
      await page.goto(`${network.url}/#check`)
      await page.reload()
      const texts = PARTS.map(async (part) => [part, await page.getByTestId(`hidden-${part}`).innerText()])
      const shown = Object.fromEntries(await Promise.all(texts)) as HiddenTab['shown']
      return { keeper, idle, record: await page.evaluate(remembered), shown }
    })
  } finally {
    await stock.stop()
    await network.stop()
  }
}

/** Of which all but the last were answered, or taken for lost. */
const questionsTo = (device: string, network: Network): number =>
  Number(query(network, `select number from audits where keeper = '${device}'`)[0]?.['number'])

// ---- what runs in the page

function remembered(): Promise<HiddenRecord> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keeptab-page')
    opening.onsuccess = () => {
      const reading = opening.result.transaction('facts').objectStore('facts').get('hidden')
      reading.onsuccess = () => resolve(reading.result as HiddenRecord)
      reading.onerror = () => reject(new Error('It cannot be read.'))
    }
    opening.onerror = () => reject(new Error('It cannot be opened.'))
  })
}
