/** X13: a film of 2 GB that twelve keepers keep is opened from the words alone, in the page, and played at random places. */
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { chromium } from '@playwright/test'
import { median } from '../bench/figure.ts'
import { chromiumOptions } from '../chromium.mjs'
import { chance } from '../e2e/chance.ts'
import { Network } from '../e2e/network.ts'
import { appWith } from './app-with.ts'
import type { FilmPage } from './stream-page.ts'
import { webm } from './webm.ts'

declare const film: FilmPage

const BYTES_PER_SECOND = 1_000_000
const [WIDTH, HEIGHT] = [320, 180]
const SEEKS = 5
const SEEK_LINE_MS = 3000
const SHARE_LINE = 0.05

/**
 * @param seconds of film, a megabyte each
 * @throws Error when a seek or the bytes of all of them together miss their lines
 */
export async function streaming(seconds: number): Promise<Readonly<Record<string, unknown>>> {
  const { seed, next } = chance('stream')
  const pages = await appWith('stream-page.ts')
  const network = await Network.start(0, ['--one-machine', '--page', pages])
  const browser = await chromium.launch(chromiumOptions())
  try {
    await network.addKeepersTogether(12)
    const page = await browser.newPage()
    page.setDefaultTimeout(120_000)
    await page.goto(network.url)
    await page.waitForFunction(() => navigator.serviceWorker.controller)
    await page.evaluate(`import('/assets/stream-page.js')`)

    const source = join(network.folder, 'films')
    await mkdir(source)
    const frame = await page.evaluate(([width, height]) => film.keyFrame(width, height), [WIDTH, HEIGHT] as const)
    const made = webm({
      frame: Uint8Array.from(frame),
      width: WIDTH,
      height: HEIGHT,
      seconds,
      bytesPerSecond: BYTES_PER_SECOND,
      random: (length) => Uint8Array.from(randomBytes(length)),
    })
    const file = join(source, 'film.webm')
    await pipeline(made, createWriteStream(file))
    const { size } = await stat(file)
    const owner = await network.owner('owner')
    await network.backup(owner, source)
    await rm(source, { recursive: true })

    const words = await readFile(owner.phrase, 'utf8')
    const opened = await page.evaluate((phrase) => film.open(phrase, 'films/film.webm'), words)
    if (Math.round(opened.duration) !== seconds) throw new Error(`The film has ${opened.duration} s.`)
    const seeks: { to: number; ms: number; megabytes: number }[] = []
    let before = opened.receivedBytes
    for (let count = 0; count < SEEKS; count += 1) {
      const to = Math.floor(next() * (seconds - 10))
      const { ms, receivedBytes } = await page.evaluate((place) => film.seek(place), to)
      seeks.push({ to, ms: Math.round(ms), megabytes: megabytes(receivedBytes - before) })
      before = receivedBytes
    }
    const waits = seeks.map(({ ms }) => ms)
    const facts = {
      seed,
      megabytes: megabytes(size),
      openedMs: Math.round(opened.ms),
      openedMegabytes: megabytes(opened.receivedBytes),
      seeks,
      medianMs: median(waits),
      worstMs: Math.max(...waits),
      share: Math.round((before / size) * 10_000) / 10_000,
    }
    if (facts.worstMs >= SEEK_LINE_MS || facts.share >= SHARE_LINE)
      throw new Error(`A line is missed: ${JSON.stringify(facts)}`)
    return facts
  } finally {
    await browser.close()
    await network.stop()
    await rm(pages, { recursive: true })
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / 100_000) / 10
