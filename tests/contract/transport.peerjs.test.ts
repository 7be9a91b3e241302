import '../../headless/node-webrtc.ts'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { codeOf } from '../../src/core/errors.ts'
import { parseDeviceId } from '../../src/core/ids.ts'
import type { DeviceIdentity } from '../../src/identity/keys.ts'
import { KiB } from '../../src/core/units.ts'
import { SLICE_BYTES } from '../../src/protocol/peer-messages.ts'
import { createPeerJsTransport } from '../../src/transport/peerjs.ts'
import { HIGH_WATER_BYTES, LOW_WATER_BYTES } from '../../src/transport/pipe.ts'
import type { PeerHandler, Transport } from '../../src/transport/transport.ts'
import { newIdentity, random } from './identity.ts'
import { connections } from './made-connections.ts'
import { testRendezvous, type Signal, type TestRendezvous } from './rendezvous.ts'
import { transportLaws } from './transport.ts'

/** The most that ever waited in one channel of this process. */
let mostBufferedBytes = 0
const Native = globalThis.RTCPeerConnection
globalThis.RTCPeerConnection = class extends Native {
  override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, init)
    const send = channel.send.bind(channel) as (data: ArrayBufferView<ArrayBuffer>) => void
    channel.send = (data: unknown) => {
      send(data as ArrayBufferView<ArrayBuffer>)
      mostBufferedBytes = Math.max(mostBufferedBytes, channel.bufferedAmount)
    }
    return channel
  }
}

let rendezvous: TestRendezvous
const transports: Transport[] = []
const processes: ChildProcess[] = []

beforeAll(async () => {
  rendezvous = await testRendezvous()
})
afterEach(async () => {
  rendezvous.tamper((signal) => signal)
  for (const child of processes.splice(0)) child.kill('SIGKILL')
  await Promise.all(transports.splice(0).map((transport) => transport.close()))
  connections.length = 0
})
afterAll(() => rendezvous.stop())

const done: PeerHandler = () => Promise.resolve({ head: { type: 'done' } })

async function join(identity: DeviceIdentity): Promise<Transport> {
  const transport = createPeerJsTransport({ identity, random, rendezvous: rendezvous.invitation })
  transports.push(transport)
  await transport.ready()
  return transport
}

async function twoPeers(handler?: PeerHandler) {
  const [idA, idB] = await Promise.all([newIdentity(), newIdentity()])
  const [a, b] = await Promise.all([join(idA), join(idB)])
  if (handler !== undefined) b.serve(handler)
  return { a, b, idA, idB }
}

/** A peer in a process of its own, once it is there. */
async function peerProcess(...args: string[]) {
  const invitation = JSON.stringify(await rendezvous.invitation())
  const script = new URL('peer-process.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', script, invitation, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  processes.push(child)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, device: parseDeviceId(line) }
}

/** As a cut cable, but quicker. */
const breakLink = () => {
  for (const connection of connections) connection.close()
}

describe('a transport over PeerJS in Node', () => {
  for (const { title, run } of transportLaws) {
    test(title, async () => run({ ...(await twoPeers()), breakLink }))
  }
})

test('no more waits in a channel than the mark and one message, however much is asked for', async () => {
  const { a, idB } = await twoPeers(done)
  const link = await a.connect(idB.device)
  mostBufferedBytes = 0
  const head = { type: 'slice', pack: new Uint8Array(32), index: 0, offset: 0 } as const
  await Promise.all(Array.from({ length: 100 }, () => link.call({ head, body: new Uint8Array(SLICE_BYTES) })))
  expect(mostBufferedBytes).toBeGreaterThan(LOW_WATER_BYTES)
  expect(mostBufferedBytes).toBeLessThanOrEqual(HIGH_WATER_BYTES + 64 * KiB)
})

describe('a rendezvous that cannot be trusted', () => {
  const otherFingerprint = (signal: Signal): Signal =>
    JSON.parse(
      JSON.stringify(signal).replace(
        /(a=fingerprint:sha-256 )([0-9A-F]{2})/i,
        (_, head: string, byte: string) => `${head}${byte === '00' ? '01' : '00'}`,
      ),
    ) as Signal

  // In the first case it is the other side that is deceived and hangs up, which is all that the dialler sees.
  test.each([
    ['OFFER', /^peer-(unreachable|impostor)$/],
    ['ANSWER', /^peer-impostor$/],
  ])('that swaps the fingerprint in the %s gets no link opened', async (type, code) => {
    const asked = vi.fn(done)
    const { a, idB } = await twoPeers(asked)
    rendezvous.tamper((signal) => (signal.type === type ? otherFingerprint(signal) : signal))
    expect(await a.connect(idB.device).catch(codeOf)).toMatch(code)
    expect(asked).not.toHaveBeenCalled()
  })

  test('that leads a dialler to another device gets an impostor named', async () => {
    const asked = vi.fn(done)
    const { a, idA, idB } = await twoPeers(asked)
    const missing = await newIdentity()
    rendezvous.tamper((signal) => {
      if (signal.src === idA.device) return { ...signal, dst: idB.device }
      return { ...signal, src: missing.device }
    })
    expect(await a.connect(missing.device).catch(codeOf)).toBe('peer-impostor')
    expect(asked).not.toHaveBeenCalled()
  })

  test('that passes on nonsense, floods, or says that somebody left, harms no open link', async () => {
    const { a, idA, idB } = await twoPeers(done)
    const link = await a.connect(idB.device)
    const payload = { type: 'data', connectionId: 'dc_1', label: 'x', reliable: true, sdp: { type: 'offer', sdp: 'x' } }
    const candidate = { connectionId: 'dc_unknown', type: 'data', candidate: { candidate: 'x' } }
    for (const signal of [
      {},
      { type: 'OFFER', src: idB.device, payload: { ...payload, serialization: 'constructor' } },
      { type: 'OFFER', src: idB.device, payload: { ...payload, serialization: 'raw' } },
      { type: 'OFFER', src: 'nobody', payload },
      { type: 'ANSWER', src: idB.device },
      { type: 'CANDIDATE', src: idB.device, payload: candidate },
      { type: 'LEAVE', src: idB.device },
      { type: 'EXPIRE', src: idB.device },
    ]) {
      rendezvous.say(idA.device, signal)
    }
    expect(await link.call({ head: { type: 'heads' } })).toEqual({ head: { type: 'done' } })
    expect(await a.connect(idB.device)).toBe(link)
  })
})

describe('a rendezvous that goes away', () => {
  test('takes no open link with it, and is joined again, with a fresh ticket, when it is back', async () => {
    const { a, idA, idB } = await twoPeers(done)
    const link = await a.connect(idB.device)
    const before = rendezvous.tickets
    await rendezvous.stop()
    expect(await link.call({ head: { type: 'heads' } })).toEqual({ head: { type: 'done' } })
    await rendezvous.start()
    expect(await link.call({ head: { type: 'heads' } })).toEqual({ head: { type: 'done' } })
    await expect.poll(() => rendezvous.has(idA.device) && rendezvous.has(idB.device), { timeout: 20_000 }).toBe(true)
    expect(rendezvous.tickets).toBeGreaterThanOrEqual(before + 2)
    link.close()
    const next = await a.connect(idB.device)
    expect(await next.call({ head: { type: 'heads' } })).toEqual({ head: { type: 'done' } })
  })

  test('is unreachable while it is away', async () => {
    const { a, idB } = await twoPeers()
    await rendezvous.stop()
    await expect.poll(() => a.ready().then(() => 'ready', codeOf), { timeout: 20_000 }).toBe('coordinator-unreachable')
    expect(await a.connect(idB.device).catch(codeOf)).toBe('peer-unreachable')
    await rendezvous.start()
  })
})

describe('a peer in a process of its own', () => {
  test('that is killed is noticed within half a minute', async () => {
    const a = await join(await newIdentity())
    const { child, device } = await peerProcess()
    const link = await a.connect(device)
    await link.call({ head: { type: 'heads' } })
    child.kill('SIGKILL')
    const killedAt = performance.now()
    await link.closed
    expect(performance.now() - killedAt).toBeLessThan(30_000)
  })

  test('that has closed its transport ends by itself, without an unhandled rejection', async () => {
    const identity = await newIdentity()
    const a = await join(identity)
    a.serve(done)
    const { child } = await peerProcess(identity.device)
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
  })
})
