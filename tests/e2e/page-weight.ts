/** What a first visit costs: the scripts and styles that come before the page is idle. */
import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'

/** Floor of F17. */
export const FIRST_LOAD_LIMIT_KIB = 150

/** Opens the address. @returns KiB of scripts and styles, compressed with gzip */
export async function firstLoadKib(page: Page, url: string): Promise<number> {
  const counted: Promise<number>[] = []
  page.on('response', (response) => {
    if (!/\.(?:js|css)$/.test(new URL(response.url()).pathname)) return
    counted.push(response.body().then((body) => gzipSync(body).length))
  })
  await page.goto(url, { waitUntil: 'networkidle' })
  return (await Promise.all(counted)).reduce((sum, bytes) => sum + bytes, 0) / 1024
}
