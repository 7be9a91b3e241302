/** Files under addresses of the page, before they are restored: in the app itself, through its own service worker. */
import { readFile } from 'node:fs/promises'
import type { Download, Page } from '@playwright/test'
import { pageScript } from './page-script.ts'
import type { Streams } from './streams-page.ts'
import { expect, test } from './tab.ts'
import { waveByte } from './wave.ts'

declare const streams: Streams
declare const endWorkers: () => Promise<void>

const SECONDS = 60
/** Where the frame goes at once, one in eight is lost. */
const SMALL_SAVES = 30
const { sizeBytes, byteAt } = waveByte(SECONDS)
const slice = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => byteAt(from + index))

let script: string

test.beforeAll(async () => {
  script = await pageScript('streams-page.ts')
})

test('a file in the page is read at any place, and no more of it than is asked for', async ({
  browser,
  network,
  profiles,
}) => {
  expect((await fetch(`${network.url}/stream/7d1f`)).status).toBe(404) // where no worker stands in between
  const { page } = await profiles.fresh()
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.evaluate(script)
  const wave = await page.evaluate((seconds) => streams.wave(seconds), SECONDS)
  const asked = (range?: string, url = wave) =>
    page.evaluate(([at, of]) => streams.asked(at, of), [url, range] as const)
  const readingOf = (url: string) => page.evaluate((at) => streams.readingOf(at), url)

  await test.step('ranges are slices', async () => {
    const places = [
      ['bytes=0-99', 0, 100],
      [`bytes=65530-65545`, 65_530, 65_546],
      ['bytes=-7', sizeBytes - 7, sizeBytes],
      [`bytes=${sizeBytes - 3}-`, sizeBytes - 3, sizeBytes],
      [`bytes=${sizeBytes - 3}-${sizeBytes + 100}`, sizeBytes - 3, sizeBytes],
    ] as const
    for (const [range, from, to] of places) {
      const { status, headers, body } = await asked(range)
      expect(status).toBe(206)
      expect(body).toEqual(slice(from, to))
      expect(headers).toEqual({
        'accept-ranges': 'bytes',
        'cache-control': 'no-store',
        'content-length': String(to - from),
        'content-range': `bytes ${from}-${to - 1}/${sizeBytes}`,
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        'content-type': 'audio/wav',
        'x-content-type-options': 'nosniff',
      })
    }
    expect(await readingOf(wave)).toEqual({ parts: places.length, open: 0 })
    const beyond = await asked(`bytes=${sizeBytes}-`)
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, `bytes */${sizeBytes}`])
    const note = await page.evaluate(() => streams.text('%PDF-1.4 none', 'application/pdf'))
    for (const range of [undefined, 'bytes=0-1,3-4', 'lines=1-2']) {
      const whole = await asked(range, note)
      expect([whole.status, whole.headers['content-length']]).toEqual([200, '13'])
      expect(whole.headers).not.toHaveProperty('content-security-policy')
      expect(Buffer.from(whole.body ?? []).toString()).toBe('%PDF-1.4 none')
    }
    expect((await asked(undefined, '/stream/7d1f')).status).toBe(404)
  })

  await test.step('who leaves ends the reading', async () => {
    const left = await page.evaluate((seconds) => streams.wave(seconds), SECONDS)
    await page.evaluate((url) => streams.leave(url), left)
    await expect.poll(async () => (await readingOf(left))?.open).toBe(0)
    expect((await readingOf(left))?.parts).toBeLessThan(20) // of 176
  })

  await test.step('a sound is played at any place, also when the worker was ended in between', async () => {
    const play = (seconds: number) => page.evaluate(([url, at]) => streams.play(url, at), [wave, seconds] as const)
    const first = await play(50)
    expect(first.duration).toBe(SECONDS)
    expect(first.at).toBeGreaterThan(50)
    await endWorkersOf(page)
    expect((await asked('bytes=1-2')).body).toEqual(slice(1, 3))
    await endWorkersOf(page)
    expect((await play(20)).at).toBeLessThan(21)
  })

  await test.step('a reading that fails breaks the answer off', async () => {
    const broken = await page.evaluate((seconds) => streams.wave(seconds, 500_000), SECONDS)
    const { status, body } = await asked(undefined, broken)
    expect([status, body]).toEqual([200, undefined])
    expect((await asked('bytes=0-9', broken)).body).toEqual(slice(0, 10))
  })

  await test.step('an SVG is an image, and opened alone it runs nothing', async () => {
    const svg = await page.evaluate((text) => streams.text(text, 'image/svg+xml'), MISCHIEF)
    expect(await page.evaluate((url) => streams.shows(url), svg)).toBe(true)
    const alone = await page.context().newPage()
    const refused = alone.waitForEvent('console')
    await alone.goto(network.url + svg)
    expect((await refused).text()).toMatch(/Blocked script execution|violates the following Content Security Policy/)
    await expect(alone.locator('svg')).toHaveAttribute('data-ran', 'no')
    await alone.close()
    for (const complaint of profiles.complaints.splice(0)) expect(complaint).toMatch(/script/i)
  })

  await test.step('a download comes though its worker was ended just before the browser asks for it', async () => {
    await page.exposeFunction('endWorkers', () => endWorkersOf(page))
    await page.evaluate(() => streams.beforeFrames(endWorkers))
    const download = page.waitForEvent('download')
    expect(await page.evaluate(() => streams.save(3))).toBe('saved')
    expect(await partsOf(await download, 3)).toEqual([1, 2, 3])
    expect((await download).url()).toContain('/download/')
  })

  await test.step('small files come, though all of each is handed over before the browser has made a download of it', async () => {
    await page.evaluate(() => streams.beforeFrames(() => Promise.resolve()))
    let came = 0
    const count = () => void (came += 1)
    page.on('download', count)
    for (let saves = 0; saves < SMALL_SAVES; saves += 1)
      expect(await page.evaluate(() => streams.save(1, Promise.resolve(), 15))).toBe('saved')
    await expect.poll(() => came).toBe(SMALL_SAVES)
    page.off('download', count)
  })

  await test.step('one that is asked for again while it comes is answered with nothing, and comes whole', async () => {
    await page.evaluate(() => streams.beforeFrames(() => Promise.resolve()))
    const download = page.waitForEvent('download')
    const saving = page.evaluate(() =>
      streams.save(3, new Promise((resolve) => document.addEventListener('go-on', resolve))),
    )
    const again = await page.context().newPage()
    await expect(again.goto((await download).url())).rejects.toThrow('ERR_ABORTED') // as of an answer without content
    await again.close()
    await page.evaluate(() => document.dispatchEvent(new Event('go-on')))
    expect(await saving).toBe('saved')
    expect(await partsOf(await download, 3)).toEqual([1, 2, 3])
  })

  await test.step('one whose worker was ended halfway says so', async () => {
    await page.evaluate(() => streams.beforeFrames(() => Promise.resolve()))
    const download = page.waitForEvent('download')
    const saving = page.evaluate(() => streams.save(3, new Promise(() => undefined)))
    await download
    await endWorkersOf(page)
    expect(await saving).toBe('download-lost')
  })

  await test.step('one that no browser asks for is collected and comes all the same', async () => {
    const { page } = await profiles.fresh()
    await page.evaluate(() => navigator.serviceWorker.ready)
    await page.evaluate(script)
    await page.clock.install()
    await page.evaluate(() => streams.beforeFrames(() => new Promise(() => undefined)))
    const download = page.waitForEvent('download')
    const saving = page.evaluate(() => streams.save(3))
    await page.clock.runFor(10_000)
    expect(await saving).toBe('saved')
    expect(await partsOf(await download, 3)).toEqual([1, 2, 3])
    expect((await download).url()).toMatch(/^blob:/)
    await page.context().close()
  })

  await test.step('what is closed is gone', async () => {
    await page.evaluate((url) => streams.close(url), wave)
    expect((await asked('bytes=0-9')).status).toBe(404)
  })

  await test.step('a page that was loaded past the worker takes one, and says so where there is none', async () => {
    const past = await page.context().newPage()
    await past.goto(network.url)
    const devtools = await past.context().newCDPSession(past)
    await devtools.send('Page.reload', { ignoreCache: true }) // as with Shift
    await past.waitForFunction(() => document.readyState === 'complete' && !navigator.serviceWorker.controller)
    await past.evaluate(script)
    const url = await past.evaluate(() => streams.text('here', 'image/png'))
    expect((await past.evaluate((at) => streams.asked(at), url)).status).toBe(200)

    const without = await (await browser.newContext({ serviceWorkers: 'block' })).newPage()
    await without.goto(network.url)
    await without.evaluate(script)
    expect(await without.evaluate(() => streams.refusal())).toBe('streams-unavailable')
  })
})

const MISCHIEF = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" data-ran="no">
  <script>document.documentElement.setAttribute('data-ran', 'yes')</script>
  <rect width="9" height="9" onload="document.documentElement.setAttribute('data-ran', 'yes')"/>
</svg>`

/** What each of so many saved parts says. */
async function partsOf(download: Download, count: number): Promise<number[]> {
  const saved = await readFile(await download.path())
  return [...saved.filter((_, at) => at % (saved.length / count) === 0)]
}

/** As a browser does that is short of memory, or after half a minute. */
async function endWorkersOf(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('ServiceWorker.enable')
  const stopped = new Promise<void>((resolve) => {
    devtools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      if (versions.every(({ runningStatus }) => runningStatus === 'stopped')) resolve()
    })
  })
  await devtools.send('ServiceWorker.stopAllWorkers')
  await stopped
  await devtools.detach()
}
