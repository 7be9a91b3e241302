/** The unmodified peerjs client, in real browsers, meets at the coordinator's own rendezvous. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import type { Peer } from 'peerjs'
import { connect, newIdentity, runCoordinator } from '../contract/coordinator-fixtures.ts'

declare global {
  interface Window {
    peer: Peer
    heard: unknown[]
    failures: string[]
  }
}

let pageDir: string
let coordinator: Awaited<ReturnType<typeof runCoordinator>>

test.beforeAll(async () => {
  pageDir = mkdtempSync(join(tmpdir(), 'keeptab-page-'))
  const bundle = join(createRequire(import.meta.url).resolve('peerjs'), '..', 'peerjs.min.js')
  copyFileSync(bundle, join(pageDir, 'peerjs.js'))
  writeFileSync(join(pageDir, 'index.html'), '<!doctype html><title>peer</title><script src="/peerjs.js"></script>')
  coordinator = await runCoordinator({ pageDir })
})

test.afterAll(async () => {
  await coordinator.close()
  rmSync(pageDir, { recursive: true })
})

const newTicket = async () => {
  const identity = await newIdentity()
  const { ticket } = await connect(coordinator.url, identity).ticket()
  return { device: identity.device, ticket }
}

/** Opens a page as that device and resolves with what its peerjs client said first. */
async function enter(page: Page, id: string, token: string, path = '/peerjs'): Promise<string> {
  await page.goto(coordinator.url)
  return page.evaluate(
    ({ id, token, path }) =>
      new Promise<string>((resolve) => {
        const { Peer: Client } = window as unknown as { Peer: new (id: string, options: object) => Peer }
        const host = location.hostname
        const options = { host, port: Number(location.port), path, token, config: { iceServers: [] } }
        window.peer = new Client(id, options)
        window.heard = []
        window.failures = []
        window.peer.on('open', () => resolve('open'))
        window.peer.on('error', ({ type }) => {
          window.failures.push(type)
          resolve(type)
        })
        window.peer.on('connection', (channel) => {
          channel.on('data', (data) => {
            window.heard.push(data)
            void channel.send(`heard ${String(data)}`)
          })
        })
      }),
    { id, token, path },
  )
}

test('two browsers meet and talk to each other directly', async ({ browser }) => {
  const [one, two] = [await (await browser.newContext()).newPage(), await (await browser.newContext()).newPage()]
  const [first, second] = [await newTicket(), await newTicket()]
  expect(await enter(one, first.device, first.ticket)).toBe('open')
  expect(await enter(two, second.device, second.ticket, '/')).toBe('open')
  const answer = await one.evaluate(
    (id) =>
      new Promise((resolve) => {
        const channel = window.peer.connect(id, { reliable: true })
        channel.on('open', () => void channel.send('hello'))
        channel.on('data', resolve)
      }),
    second.device,
  )
  expect(answer).toBe('heard hello')
  expect(await two.evaluate(() => window.heard)).toEqual(['hello'])
})

test('a peer that is not there is said to be unavailable', async ({ page }) => {
  const { device, ticket } = await newTicket()
  expect(await enter(page, device, ticket)).toBe('open')
  const { device: nobody } = await newIdentity()
  await page.evaluate((id) => void window.peer.connect(id, { reliable: true }), nobody)
  await expect.poll(() => page.evaluate(() => window.failures)).toEqual(['peer-unavailable'])
})

test('nobody comes in with a made-up ticket, or under the name of another', async ({ page }) => {
  const { device, ticket } = await newTicket()
  const stranger = await newIdentity()
  expect(await enter(page, device, 'made-up')).toBe('invalid-key')
  expect(await enter(page, stranger.device, ticket)).toBe('invalid-key')
})
