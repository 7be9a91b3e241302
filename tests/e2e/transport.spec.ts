/** Links between real browsers, and between a browser and Node. */
import '../../headless/node-webrtc.ts'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test, type Browser, type Page } from '@playwright/test'
import { build } from 'vite'
import { codeOf } from '../../src/core/errors.ts'
import { parseDeviceId } from '../../src/core/ids.ts'
import { SLICE_BYTES } from '../../src/protocol/peer-messages.ts'
import { createPeerJsTransport } from '../../src/transport/peerjs.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { newIdentity, random } from '../contract/identity.ts'
import { testRendezvous, type Signal, type TestRendezvous } from '../contract/rendezvous.ts'
import { transportLaws } from '../contract/transport.ts'
import type { Peers } from './transport-page.ts'

declare const peers: Peers

let server: Server
let address: string
let rendezvous: TestRendezvous
const transports: Transport[] = []

test.beforeAll(async () => {
  const files = await bundled(fileURLToPath(new URL('transport-page.ts', import.meta.url)))
  const entry = [...files.keys()].find((name) => name.includes('transport-page'))
  server = createServer((request, response) => {
    const file = files.get(request.url ?? '')
    response.setHeader('content-type', file === undefined ? 'text/html' : 'text/javascript')
    response.end(file ?? `<!doctype html><title>peers</title><script type="module" src="${entry}"></script>`)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  address = `http://localhost:${(server.address() as AddressInfo).port}`
  rendezvous = await testRendezvous()
})

test.afterEach(async () => {
  rendezvous.tamper((signal) => signal)
  await Promise.all(transports.splice(0).map((transport) => transport.close()))
})

test.afterAll(async () => {
  await rendezvous.stop()
  server.close()
})

/** A page in a browser profile of its own. */
async function newPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.exposeFunction('invitation', rendezvous.invitation)
  await page.goto(address)
  return page
}

/** A peer in Node that turns bodies around. */
async function nodePeer() {
  const identity = await newIdentity()
  const transport = createPeerJsTransport({ identity, random, rendezvous: rendezvous.invitation })
  transports.push(transport)
  transport.serve(({ body }) =>
    Promise.resolve(
      body === undefined ? { head: { type: 'done' } } : { head: { type: 'read' }, body: body.slice().reverse() },
    ),
  )
  await transport.ready()
  return { transport, device: identity.device }
}

for (const bodies of ['worker', 'page'] as const) {
  test.describe(`a transport over PeerJS in Chromium, bodies in the ${bodies}`, () => {
    for (const { title } of transportLaws) {
      test(title, async ({ browser }) => {
        const page = await newPage(browser)
        expect(await page.evaluate(([law, where]) => peers.law(law, where), [title, bodies] as const)).toBeUndefined()
        const moved = await page.evaluate(() => peers.movedChannels())
        expect(moved > 0).toBe(bodies === 'worker')
        await page.context().close()
      })
    }
  })
}

test('two browsers exchange slices, many at once', async ({ browser }) => {
  const [one, two] = [await newPage(browser), await newPage(browser)]
  await one.evaluate(() => peers.serve('worker'))
  const device = await two.evaluate(() => peers.serve('worker'))
  expect(await one.evaluate((other) => peers.exchange(other, 100), device)).toBe(100)
})

test('a browser dials Node, and Node a browser', async ({ browser }) => {
  const page = await newPage(browser)
  const [first, second] = [await nodePeer(), await nodePeer()]
  const device = await page.evaluate(() => peers.serve('worker'))
  expect(await page.evaluate((other) => peers.exchange(other, 100), first.device)).toBe(100)

  const link = await second.transport.connect(parseDeviceId(device))
  const { body } = await link.call({
    head: { type: 'slice', pack: new Uint8Array(32), index: 0, offset: 0 },
    body: new Uint8Array(SLICE_BYTES),
  })
  expect(body?.length).toBe(SLICE_BYTES)
})

test('a tab that crashes is noticed within half a minute', async ({ browser }) => {
  const page = await newPage(browser)
  const { transport } = await nodePeer()
  const device = await page.evaluate(() => peers.serve('worker'))
  const link = await transport.connect(parseDeviceId(device))
  const session = await page.context().newCDPSession(page)
  const closedAt = performance.now()
  // Nobody is left to answer it.
  session.send('Page.crash').catch(() => undefined)
  await link.closed
  expect(performance.now() - closedAt).toBeLessThan(30_000)
})

test('a swapped fingerprint opens nothing, whichever side is a browser', async ({ browser }) => {
  const page = await newPage(browser)
  const { transport, device: node } = await nodePeer()
  const device = await page.evaluate(() => peers.serve('worker'))
  const swap = (signal: Signal) =>
    JSON.parse(
      JSON.stringify(signal).replace(
        /(a=fingerprint:sha-256 )(..)/i,
        (_, head: string, byte: string) => head + (byte === '00' ? '01' : '00'),
      ),
    ) as Signal
  rendezvous.tamper((signal) => (signal.type === 'ANSWER' ? swap(signal) : signal))
  expect(await page.evaluate((other) => peers.exchange(other, 1), node)).toBe('peer-impostor')
  expect(await transport.connect(parseDeviceId(device)).catch(codeOf)).toBe('peer-impostor')
})

/** The scripts of a page, its workers among them, by the path they are asked for. */
async function bundled(entry: string): Promise<Map<string, string | Uint8Array>> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { write: false, minify: false, rolldownOptions: { input: entry } },
  })
  const output = Array.isArray(result) ? result[0] : result
  if (output === undefined || !('output' in output)) throw new Error('vite built nothing')
  return new Map(output.output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]))
}
