/**
 * A tab that keeps while nobody looks at it, in a Chromium as people start it: none of the flags with which test tools
 * keep hidden pages awake, and no debugger attached while it is hidden.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Browser } from '@playwright/test'
import type { Millis } from '../../src/core/units.ts'
import { findChromium } from '../chromium.mjs'
import { differences, randomFolder } from '../e2e/corpus.ts'
import { expectCode, Network } from '../e2e/network.ts'

const MINUTE: Millis = 60_000
/** Fewest with which anything is protected; a pack needs two of them. */
const KEEPERS = 6

/** What a page with a timer of a second saw while it was hidden. */
export interface Hidden {
  readonly hiddenMs: Millis
  /** The longest time between two ticks. */
  readonly longestGapMs: Millis
}

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
      const keeper = await context.newPage()
      await keeper.goto(`${network.url}/#keep`)
      await keeper.getByRole('button', { name: 'Keep for others' }).click()
      await keeper.getByText('You are a keeper').waitFor()
      await network.backup(owner, source)
      await keeper.getByText('You keep a part of one person’s backup').waitFor()
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

/** Chromium without anything that Playwright adds; Playwright is connected for a moment at a time. */
class StockChromium {
  readonly #process: ChildProcess
  readonly #address: string

  private constructor(process: ChildProcess, address: string) {
    this.#process = process
    this.#address = address
  }

  static async start(profile: string): Promise<StockChromium> {
    const flags = ['--headless', '--no-first-run', '--no-default-browser-check', '--window-size=1200,800']
    // As root, in a container, Chromium does not start with its sandbox.
    if (process.getuid?.() === 0) flags.push('--no-sandbox')
    const program = findChromium() ?? chromium.executablePath()
    const args = [...flags, `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank']
    const started = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    const address = await new Promise<string>((resolve, reject) => {
      createInterface(started.stderr).on('line', (line) => {
        const [, host] = /DevTools listening on ws:\/\/([^/]+)/.exec(line) ?? []
        if (host !== undefined) resolve(`http://${host}`)
      })
      started.once('exit', () => reject(new Error('Chromium does not start.')))
    })
    return new StockChromium(started, address)
  }

  async withPages<T>(work: (context: ReturnType<Browser['contexts']>[number]) => Promise<T>): Promise<T> {
    const browser = await chromium.connectOverCDP(this.#address)
    try {
      const [context] = browser.contexts()
      if (context === undefined) throw new Error('Chromium has no window.')
      return await work(context)
    } finally {
      await browser.close() // lets go of it; it goes on running
    }
  }

  /** In front of all others, which are hidden from then on. */
  async openInFront(url: string): Promise<void> {
    await fetch(`${this.#address}/json/new?${url}`, { method: 'PUT' })
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return
    const gone = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGTERM')
    await gone
  }
}

// ---- what runs in the pages

interface Ticks {
  hiddenMs: Millis
  longestGapMs: Millis
}

declare global {
  interface Window {
    ticks?: Ticks
  }
}

function watchTicks(): void {
  const ticks: Ticks = (window.ticks = { hiddenMs: 0, longestGapMs: 0 })
  let last = performance.now()
  setInterval(() => {
    const now = performance.now()
    if (document.visibilityState === 'hidden') {
      ticks.hiddenMs += now - last
      ticks.longestGapMs = Math.max(ticks.longestGapMs, now - last)
    }
    last = now
  }, 1000)
}

const whatWasSeen = (): Ticks | undefined => window.ticks
