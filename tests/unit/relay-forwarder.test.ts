import { createHmac, randomBytes } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import '../../headless/node-webrtc.ts'
import { RelayForwarders, withTieBreaker } from '../../headless/relay-forwarder.ts'

const PASSWORD = 'a password of ICE 123456'
const [CONTROLLED, CONTROLLING] = [0x8029, 0x802a]

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(type)
  head.writeUInt16BE(value.length, 2)
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)])
}

/** RFC 8489 §5: a message whose header says that so many bytes follow it. */
function message(type: number, attributes: Buffer, follow = attributes.length): Buffer {
  const head = Buffer.from('000000002112a442000102030405060708090a0b', 'hex')
  head.writeUInt16BE(type)
  head.writeUInt16BE(follow, 2)
  return Buffer.concat([head, attributes])
}

interface Ask {
  readonly type?: number
  readonly role?: number
  readonly tieBreaker?: bigint
  readonly username?: string
  readonly password?: string
}

/** RFC 8445 §7.1: signed, and summed up. */
function bindingRequest({ type = 1, role = CONTROLLED, tieBreaker = 0n, username = 'us:me', password }: Ask = {}) {
  const eight = Buffer.alloc(8)
  eight.writeBigUInt64BE(tieBreaker)
  const asked = Buffer.concat([
    attribute(0x0006, Buffer.from(username)),
    attribute(role, eight),
    attribute(0x0024, Buffer.from([110, 0, 31, 255])),
  ])
  const hmac = createHmac('sha1', password ?? PASSWORD).update(message(type, asked, asked.length + 24))
  const signed = Buffer.concat([asked, attribute(0x0008, hmac.digest())])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE((crc32(message(type, signed, signed.length + 8)) ^ 0x5354554e) >>> 0)
  return message(type, Buffer.concat([signed, attribute(0x8028, sum)]))
}

describe('a binding request', () => {
  test('with the tie-breaker 0 gets 1, as if the browser had written, signed and summed up that', () => {
    const any = fc.record({ role: fc.constantFrom(CONTROLLED, CONTROLLING), username: fc.string({ maxLength: 60 }) })
    fc.assert(
      fc.property(any, (ask) => {
        const given = bindingRequest(ask)
        const before = Buffer.from(given)
        expect(withTieBreaker(given, PASSWORD)).toEqual(bindingRequest({ ...ask, tieBreaker: 1n }))
        expect(given).toEqual(before)
      }),
    )
  })

  test.each([
    ['has another tie-breaker', bindingRequest({ tieBreaker: 5n })],
    ['is signed with another password', bindingRequest({ password: 'guessed' })],
    ['is no request but an answer', bindingRequest({ type: 0x0101 })],
    ['has no role', bindingRequest({ role: 0x8030 })],
    ['is cut off', bindingRequest().subarray(0, -8)],
    ['is not STUN', Buffer.concat([Buffer.from([0, 1]), randomBytes(90)])],
  ])('stays as it is when it %s', (_, packet) => {
    expect(withTieBreaker(packet, PASSWORD)).toBe(packet)
  })

  test('that has its tie-breaker where no signature covers it stays as it is', () => {
    const other = bindingRequest({ role: 0x8030 }).subarray(20)
    const packet = message(1, Buffer.concat([other, attribute(CONTROLLED, Buffer.alloc(8))]))
    expect(withTieBreaker(packet, PASSWORD)).toBe(packet)
  })

  test('of any bytes at all is no reason to throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        const packet = message(1, Buffer.from(bytes))
        expect(withTieBreaker(packet, PASSWORD)).toBe(packet)
      }),
    )
  })
})

const ended: (() => void)[] = []
afterEach(() => {
  for (const end of ended.splice(0)) end()
})

async function socketAt(port = 0): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  ended.push(() => socket.close())
  return socket
}

async function aSocket() {
  const socket = await socketAt()
  const { port } = socket.address()
  const heard: string[] = []
  socket.on('message', (packet) => heard.push(packet.toString('latin1')))
  const from = async () => ((await once(socket, 'message')) as [Buffer, RemoteInfo])[1].port
  return { socket, port, heard, from }
}

/** As Chromium writes it. A preference of 1 says TCP. */
const candidate = (port: number, { preference = 1, more = 'generation 0 ufrag abcd network-cost 999' } = {}) =>
  `candidate:2904671303 1 udp ${preference * 2 ** 24 + 8191} 127.0.0.1 ${port} typ relay raddr 10.0.0.2 rport 9 ${more}`

function forwarders(): RelayForwarders {
  const made = new RelayForwarders(() => PASSWORD)
  ended.push(() => made.close())
  return made
}

async function forwarded() {
  const [relay, juice, all] = [await aSocket(), await aSocket(), forwarders()]
  const told = /^candidate:2904671303 1 udp (\d+) 127\.0\.0\.1 (\d+) typ relay /.exec(
    await all.insteadOf(candidate(relay.port)),
  )
  const [inside, preference] = [Number(told?.[2]), Number(told?.[1]) >>> 24]
  juice.socket.send('first', inside)
  return { relay, juice, all, inside, preference, outside: await relay.from() }
}

/** A headless connection whose offer has been answered, by a browser as far as it knows. */
async function answered(config?: RTCConfiguration): Promise<RTCPeerConnection> {
  const [one, other] = [new RTCPeerConnection(config), new RTCPeerConnection()]
  ended.push(
    () => one.close(),
    () => other.close(),
  )
  one.createDataChannel('x')
  await other.setRemoteDescription(await one.createOffer())
  const { type, sdp = '' } = await other.createAnswer()
  await one.setRemoteDescription({ type, sdp: sdp.replace('o=rtc ', 'o=- ') })
  return one
}

describe('a forwarder', () => {
  test('carries both ways, and puts right what comes from the relay', async () => {
    const { relay, juice, outside, preference } = await forwarded()
    expect(relay.heard).toEqual(['first'])
    // Better than an address that a packet came from, worse than one of the browser's own.
    expect(preference).toBeGreaterThan(110)
    expect(preference).toBeLessThan(126)
    for (const packet of [bindingRequest(), Buffer.from('data')]) relay.socket.send(packet, outside)
    await expect.poll(() => juice.heard, { timeout: 10_000 }).toHaveLength(2)
    expect(juice.heard).toEqual([bindingRequest({ tieBreaker: 1n }).toString('latin1'), 'data'])
  })

  test('takes nothing from strangers, neither in nor out', async () => {
    const { relay, juice, inside, outside } = await forwarded()
    relay.socket.send('known', outside)
    await expect.poll(() => juice.heard, { timeout: 10_000 }).toEqual(['known'])
    const stranger = await aSocket()
    for (const port of [inside, outside]) stranger.socket.send('strange', port)
    relay.socket.send('in', outside)
    juice.socket.send('out', inside)
    await expect
      .poll(() => [...juice.heard, ...relay.heard], { timeout: 10_000 })
      .toEqual(['known', 'in', 'first', 'out'])
  })

  test('is for a browser whose relay is reached over TCP or TLS alone', async () => {
    const kept = [
      candidate(9, { preference: 2 }),
      candidate(9, { more: '' }),
      candidate(9).replace('127.0.0.1', 'name.local'),
      candidate(9).replace('typ relay', 'typ host'),
      candidate(99_999),
      '',
    ]
    for (const given of kept) expect(await forwarders().insteadOf(given)).toBe(given)
    for (const preference of [0, 1]) {
      expect(await forwarders().insteadOf(candidate(9, { preference }))).not.toBe(candidate(9, { preference }))
    }
  })

  test.each([
    [
      'an address that a server has seen',
      'candidate:1 1 udp 1677729535 203.0.113.12 9 typ srflx raddr 0.0.0.0 rport 0',
    ],
    ['a relay over UDP', candidate(9, { preference: 3 })],
  ])('is not for one that has %s, and so has UDP', async (_, udp) => {
    const all = forwarders()
    await all.insteadOf(udp)
    expect(await all.insteadOf(candidate(9))).toBe(candidate(9))
  })

  test('is one of four at most, whatever the other side names', async () => {
    const all = forwarders()
    const told = await Promise.all(Array.from({ length: 50 }, (_, i) => all.insteadOf(candidate(i + 1))))
    expect(told.filter((one, i) => one !== candidate(i + 1))).toHaveLength(4)
  })

  test('is there before the browser learns where to send its checks', async () => {
    const relay = await aSocket()
    const turn = { urls: 'turn:127.0.0.1:9', username: 'me', credential: 'secret' }
    const one = await answered({ iceServers: [turn] })
    const seen: string[] = []
    one.addEventListener('icecandidate', () => seen.push('ours'))
    await expect.poll(() => one.localDescription?.sdp, { timeout: 10_000 }).toContain('a=candidate')
    const added = one.addIceCandidate({ candidate: candidate(relay.port), sdpMid: '0' })
    relay.socket.on('message', () => seen.push('asked'))
    seen.push('theirs')
    await added
    await expect.poll(() => seen, { timeout: 10_000 }).toContain('asked')
    expect(seen.slice(0, 2)).toEqual(['theirs', 'ours'])
  })

  test('closes with its connection', async () => {
    const relay = await aSocket()
    const one = await answered()
    await one.addIceCandidate({ candidate: candidate(relay.port), sdpMid: '0' })
    const outside = await relay.from()
    await expect(socketAt(outside)).rejects.toThrow('EADDRINUSE')
    one.close()
    await expect.poll(() => socketAt(outside), { timeout: 10_000 }).toBeDefined()
  })
})
