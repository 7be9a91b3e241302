/** What the page weighs and how soon it shows something, against the limit and against an empty page. */
import { chromium } from '@playwright/test'
import { ensureBuilt } from '../../headless/set-up.mjs'
import { chromiumOptions } from '../chromium.mjs'
import { Network } from '../e2e/network.ts'
import { FIRST_LOAD_LIMIT_KIB, firstLoadKib } from '../e2e/page-weight.ts'
import { print } from './figure.ts'

const ROUNDS = 7

export async function benchPage(): Promise<void> {
  ensureBuilt()
  const network = await Network.start(0)
  const browser = await chromium.launch(chromiumOptions())
  try {
    const weights = []
    const paints = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const { kib, paintMs } = await load(browser, network.url)
      weights.push({ ours: kib, peer: FIRST_LOAD_LIMIT_KIB })
      paints.push({ ours: paintMs, peer: (await load(browser, `data:text/html,<p>empty`)).paintMs })
    }
    print({
      target: 'F17',
      case: 'scripts and styles until idle, gzip',
      peerName: 'limit',
      unit: 'KiB',
      rounds: weights,
    })
    print({ target: 'F17', case: 'first contentful paint, cold', peerName: 'empty page', unit: 'ms', rounds: paints })
  } finally {
    await browser.close()
    await network.stop()
  }
}

/** A visit in a profile of its own: what was loaded until the network was idle, and when the first content was painted. */
async function load(browser: Awaited<ReturnType<typeof chromium.launch>>, url: string) {
  const context = await browser.newContext({ serviceWorkers: 'block' })
  try {
    const page = await context.newPage()
    const kib = await firstLoadKib(page, url)
    const paintMs = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => {
            const entry = list.getEntriesByName('first-contentful-paint')[0]
            if (entry) resolve(entry.startTime)
          }).observe({ type: 'paint', buffered: true })
        }),
    )
    return { kib, paintMs }
  } finally {
    await context.close()
  }
}
