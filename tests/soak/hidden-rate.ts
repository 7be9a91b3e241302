/** M30: how fast a hidden tab takes and serves shards beside one that is looked at, and how often it answers. */
import { MINUTE, type Millis } from '../../src/core/units.ts'
import { Network } from '../e2e/network.ts'
import { meetHeadless, type HeadlessOwner } from './headless-owner.ts'
import type { Moved, OneKeeper } from './one-keeper.ts'
import { keepingTab, StockChromium, watchTicks, whatWasSeen, type Hidden } from './stock-chromium.ts'

/** Fewest with which anything is protected. */
const KEEPERS = 6
/** For each way and tab, in each round. */
const BUSY_MS: Millis = 10_000
const ROUNDS_IN_SIGHT = 3
/** Chromium slows a hidden page down to a tick a minute after five minutes: nothing is measured before. */
const THROTTLED_AFTER_MS: Millis = 7 * MINUTE
const PROBE_EVERY_MS: Millis = 5000
const ANSWER_WITHIN_MS: Millis = 10_000

/** Bytes in a second of the one tab over those of the other in the same round. */
export interface Ratios {
  readonly take: readonly number[]
  readonly serve: readonly number[]
}

export interface HiddenRate {
  /** The same two tabs before one of them was hidden: what they differ by anyway. */
  readonly inSight: Ratios
  readonly hidden: Ratios
  readonly probes: number
  readonly answered: number
  readonly keeper: Hidden
  /** A page beside it that does nothing: shows how far the browser throttles whoever is not exempt. */
  readonly idle: Hidden
  /** Megabytes in a second of the tab that is looked at, in each round. */
  readonly visibleMBs: { readonly take: readonly number[]; readonly serve: readonly number[] }
}

/**
 * Two stock browsers with a tab each that keeps. One is hidden for so long, the other stays in sight; both are measured in
 * turn, so that whatever else the machine does meets both.
 * @throws Error when the hidden page was not throttled by the time it was measured
 */
export async function hiddenRate(minutes: number): Promise<HiddenRate> {
  const network = await Network.start(KEEPERS - 2)
  const browsers: StockChromium[] = []
  const owners: HeadlessOwner[] = []
  try {
    const devices: string[] = []
    for (const name of ['visible', 'hidden']) {
      const browser = await StockChromium.start(network.freshPath(name))
      browsers.push(browser)
      await browser.withPages(async (context) => {
        const idle = await context.newPage()
        await idle.goto(`${network.url}/healthz`)
        const tab = await keepingTab(context, network.url)
        for (const page of [tab.page, idle]) await page.evaluate(watchTicks)
        devices.push(await tab.device())
        await tab.page.bringToFront()
      })
    }
    for (const device of devices) owners.push(await meetHeadless(network.url, device))
    const [visible, other] = owners.map(({ keeper }) => keeper)
    const hiding = browsers[1]
    if (visible === undefined || other === undefined || hiding === undefined) throw new Error('there are two of each')

    const inSight = await rounds(ROUNDS_IN_SIGHT, visible, other)
    await hiding.openInFront('about:blank')
    const hiddenAt = performance.now()
    const probing = probe(other)
    const count = Math.max(5, Math.ceil(minutes / 30))
    const everyMs = (minutes * MINUTE - THROTTLED_AFTER_MS) / count
    const measured: Round[] = []
    for (let round = 0; round < count; round += 1) {
      await until(hiddenAt + THROTTLED_AFTER_MS + round * everyMs)
      measured.push(...(await rounds(1, visible, other)))
    }
    await until(hiddenAt + minutes * MINUTE)
    const probed = await probing.end()

    const [[keeper, idle], [watched]] = await Promise.all([ticksIn(hiding), ticksIn(browsers[0])])
    if (watched === undefined || watched.hiddenMs > 0) throw new Error('The tab in sight was hidden.')
    if (keeper === undefined || idle === undefined) throw new Error('A hidden page was thrown away.')
    if (!((idle.throttledAfterMs ?? Infinity) <= THROTTLED_AFTER_MS))
      throw new Error(`The browser did not throttle a hidden page: ${JSON.stringify({ keeper, idle })}`)
    const all = [...inSight, ...measured]
    const visibleMBs = {
      take: all.map(({ visible }) => rounded(visible.take)),
      serve: all.map(({ visible }) => rounded(visible.serve)),
    }
    return { inSight: ratiosOf(inSight), hidden: ratiosOf(measured), ...probed, keeper, idle, visibleMBs }
  } finally {
    await Promise.all(owners.map((owner) => owner.close()))
    await Promise.all(browsers.map((browser) => browser.stop()))
    await network.stop()
  }
}

/** Megabytes in a second. */
interface Speeds {
  readonly take: number
  readonly serve: number
}

interface Round {
  readonly visible: Speeds
  readonly other: Speeds
}

async function rounds(count: number, visible: OneKeeper, other: OneKeeper): Promise<Round[]> {
  const all: Round[] = []
  for (let round = 0; round < count; round += 1) {
    const [a, b] = [speed(await visible.storeFor(BUSY_MS)), speed(await other.storeFor(BUSY_MS))]
    const [c, d] = [speed(await visible.readFor(BUSY_MS)), speed(await other.readFor(BUSY_MS))]
    all.push({ visible: { take: a, serve: c }, other: { take: b, serve: d } })
  }
  return all
}

const speed = ({ bytes, ms }: Moved): number => bytes / 1000 / ms

const ratiosOf = (rounds: readonly Round[]): Ratios => ({
  take: rounds.map(({ visible, other }) => rounded(other.take / visible.take)),
  serve: rounds.map(({ visible, other }) => rounded(other.serve / visible.serve)),
})

const rounded = (value: number): number => Number(value.toPrecision(3))

/** Asks every few seconds until told to end. */
function probe(keeper: OneKeeper): { end(): Promise<{ probes: number; answered: number }> } {
  const stop = new AbortController()
  const asked = (async () => {
    let [probes, answered] = [0, 0]
    while (!stop.signal.aborted) {
      const next = performance.now() + PROBE_EVERY_MS
      probes += 1
      if (await keeper.answers(ANSWER_WITHIN_MS)) answered += 1
      await until(next)
    }
    return { probes, answered }
  })()
  return {
    end() {
      stop.abort()
      return asked
    },
  }
}

const until = (at: Millis): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())))

/** Of the page that keeps, and of the one that does nothing. */
async function ticksIn(browser: StockChromium | undefined): Promise<(Hidden | undefined)[]> {
  if (browser === undefined) throw new Error('there are two')
  return browser.withPages(async (context) => {
    const pages = [...context.pages()].sort((a, b) => Number(b.url().includes('#')) - Number(a.url().includes('#')))
    const seen = await Promise.all(pages.map((page) => page.evaluate(whatWasSeen)))
    return seen.filter((ticks) => ticks !== undefined)
  })
}
