/** What the page weighs and how soon it shows something, against the limit and against an empty page. */
import { gzipSync } from 'node:zlib'
import { chromium } from '@playwright/test'
import { ensureBuilt } from '../../headless/set-up.mjs'
import { findChromium } from '../chromium.mjs'
import { Network } from '../e2e/network.ts'
import { print } from './figure.ts'

const ROUNDS = 7
/** F17, floor. */
const LIMIT_KIB = 150

export async function benchPage(): Promise<void> {
  ensureBuilt()
  const network = await Network.start(0)
  const executablePath = findChromium()
  const browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }) })
  try {
    const weights = []
    const paints = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const { kib, paintMs } = await load(browser, network.url)
      weights.push({ ours: kib, peer: LIMIT_KIB })
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
    let bytes = 0
    const counted: Promise<void>[] = []
    page.on('response', (response) => {
      if (!/\.(?:js|css)$/.test(new URL(response.url()).pathname)) return
      counted.push(
        response.body().then((body) => {
          bytes += gzipSync(body).length
        }),
      )
    })
    await page.goto(url, { waitUntil: 'networkidle' })
    await Promise.all(counted)
    const paintMs = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => {
            const entry = list.getEntriesByName('first-contentful-paint')[0]
            if (entry) resolve(entry.startTime)
          }).observe({ type: 'paint', buffered: true })
        }),
    )
    return { kib: bytes / 1024, paintMs }
  } finally {
    await context.close()
  }
}
