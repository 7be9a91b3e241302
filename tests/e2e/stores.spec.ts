/** The laws of the stores in a real browser: its IndexedDB, its keys, its quota. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import { identityStoreLaws } from '../contract/identity-store.ts'
import { ownerStateLaws } from '../contract/owner-state.ts'
import { shardStoreLaws } from '../contract/shard-store.ts'
import { treeCacheLaws } from '../contract/tree-cache.ts'
import { pageScript } from './page-script.ts'
import type { Stores } from './stores-page.ts'

declare const stores: Stores

let server: Server
let address: string

test.beforeAll(async () => {
  const script = await pageScript('stores-page.ts')
  server = createServer((request, response) => {
    const isScript = request.url === '/stores.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript ? script : '<!doctype html><title>stores</title><script type="module" src="/stores.js"></script>',
    )
  })
  // localhost, because keys and locks exist in secure contexts only.
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  address = `http://localhost:${(server.address() as AddressInfo).port}`
})

test.afterAll(() => {
  server.close()
})

test.beforeEach(async ({ page }) => {
  await page.goto(address)
})

test.describe('a shard store in IndexedDB', () => {
  for (const { title } of shardStoreLaws) {
    test(title, async ({ page }) => {
      expect(await page.evaluate((law) => stores.shardStore(law), title)).toBeUndefined()
    })
  }

  test('at the browser’s quota a put is refused as store-full, and nothing half-written is there', async ({ page }) => {
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: address, quotaSize: 20 * 1024 * 1024 })
    const { stored, listed, refusals, usedBytes, reservedBytes } = await page.evaluate(() => stores.fillToQuota())
    expect(stored).toBeGreaterThan(0)
    expect(refusals.length).toBeGreaterThan(0)
    for (const refusal of refusals) expect(refusal).toEqual({ refused: 'store-full' })
    expect(listed).toBe(stored)
    expect(usedBytes).toBe(stored * 1024 * 1024)
    expect(reservedBytes).toBe(0)
  })
})

test.describe('an owner state in IndexedDB', () => {
  for (const { title } of ownerStateLaws) {
    test(title, async ({ page }) => {
      expect(await page.evaluate((law) => stores.ownerState(law), title)).toBeUndefined()
    })
  }
})

test.describe('an identity in IndexedDB', () => {
  for (const { title } of identityStoreLaws) {
    test(title, async ({ page }) => {
      expect(await page.evaluate((law) => stores.identityStore(law), title)).toBeUndefined()
    })
  }
})

test.describe('a cache of trees in IndexedDB', () => {
  for (const { title } of treeCacheLaws) {
    test(title, async ({ page }) => {
      expect(await page.evaluate((law) => stores.treeCache(law), title)).toBeUndefined()
    })
  }
})
