/**
 * Stands between libjuice, the ICE of node-datachannel, and a browser that reaches its relay over TCP or TLS. Such a
 * Chromium asks with the tie-breaker 0, which RFC 8445 §16.1 allows and libjuice takes for none at all: it answers 400,
 * and the browser gives up the only way there was (https://github.com/paullouisageneau/libjuice/issues/355). So libjuice
 * is given a port of this machine as the relay's address, and what comes from there is put right on its way. A relay
 * lets in all ports of an address it was told of (RFC 8656 §9), so it takes packets from the forwarder's as well.
 * This can go when node-datachannel brings a libjuice in which that issue is closed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIP, isIPv6 } from 'node:net'
import { crc32 } from '../src/core/crc32.ts'

/**
 * RFC 8839 §5.1, as libwebrtc alone writes it, with a generation. The first eight bits of a priority are the preference
 * for the type: there 0 for a relay over TLS, 1 over TCP and more over UDP, 110 for an address that a packet came from.
 */
const RELAYED = /^(candidate:\S+ \d+ udp) (\d+) (\S+) (\d+) (typ relay .*\bgeneration \d.*)$/
const preferenceOf = (priority: number): number => priority >>> 24
const OVER_TCP = 1
const PEER_REFLEXIVE = 110

// RFC 8489 §5, §14.5 and §14.7; RFC 8445 §16.1.
const HEADER_BYTES = 20
const BINDING_REQUEST = 0x0001
const MAGIC_COOKIE = 0x2112a442
const MESSAGE_INTEGRITY = { type: 0x0008, bytes: 20 }
const FINGERPRINT = { type: 0x8028, bytes: 4 }
const FINGERPRINT_XOR = 0x5354554e
const ICE_CONTROLLED = { type: 0x8029, bytes: 8 }
const ICE_CONTROLLING = { type: 0x802a, bytes: 8 }

/** Two networks of the other side, and a relay over TCP and over TLS. Whoever names more gets no more sockets for it. */
const MOST_AT_ONCE = 4

/** The forwarders of one connection. */
export class RelayForwarders {
  readonly #password: () => string
  readonly #ends = new Set<AbortController>()
  #closed = false
  #hasUdp = false

  /** @param password the local `ice-pwd`, asked for when something has come */
  constructor(password: () => string) {
    this.#password = password
  }

  /**
   * What to tell libjuice instead of the other side's candidate: one that leads through a forwarder where that is needed
   * and can be had, else the candidate itself. Does not throw. An address that a server has seen comes sooner than a
   * relay over TCP, so it is known by then whether the other side has UDP and needs no forwarder.
   */
  async insteadOf(candidate: string): Promise<string> {
    const [, head, digits, address = '', port, tail] = RELAYED.exec(candidate) ?? []
    const priority = Number(digits)
    if (candidate.includes(' typ srflx') || preferenceOf(priority) > OVER_TCP) this.#hasUdp = true
    if (head === undefined || isIP(address) === 0) return candidate
    if (this.#hasUdp || this.#closed || this.#ends.size === MOST_AT_ONCE) return candidate
    const end = new AbortController()
    this.#ends.add(end)
    try {
      const local = await this.#open(address, Number(port), end.signal)
      // The browser's checks go to libjuice's own port as well, which answers 400 and then likes their source, as a
      // peer-reflexive candidate, better than a relay. It is a way for one side only, so the forwarder comes before it.
      const preferred = priority + (PEER_REFLEXIVE + 1) * 2 ** 24
      return `${head} ${preferred} 127.0.0.1 ${local} ${tail}`
    } catch {
      end.abort()
      this.#ends.delete(end)
      return candidate
    }
  }

  close(): void {
    this.#closed = true
    for (const end of this.#ends) end.abort()
  }

  /** @returns the port of 127.0.0.1 that stands for the relay */
  async #open(address: string, port: number, signal: AbortSignal): Promise<number> {
    // Each takes packets from one other address only: the system drops all others.
    const inside = createSocket({ type: 'udp4', signal })
    const outside = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', signal })
    // Nobody there, or no way there: a lost packet, as packets are.
    for (const socket of [inside, outside]) socket.on('error', () => undefined)
    inside.on('message', (packet) => outside.send(packet))
    inside.once('message', (_, libjuice) => inside.connect(libjuice.port, libjuice.address))
    inside.once('connect', () => {
      outside.on('message', (packet) => inside.send(withTieBreaker(packet, this.#password())))
    })
    inside.bind(0, '127.0.0.1')
    outside.connect(port, address)
    await Promise.all([once(inside, 'listening', { signal }), once(outside, 'connect', { signal })])
    return inside.address().port
  }
}

/**
 * A binding request with the tie-breaker 0 gets the next one, 1, and is signed and summed up again. Everything else
 * stays as it is, also what was not signed with this password: what is forged stays forged.
 */
export function withTieBreaker(packet: Buffer, password: string): Buffer {
  if (packet.length < HEADER_BYTES || packet.readUInt16BE(0) !== BINDING_REQUEST) return packet
  if (packet.readUInt32BE(4) !== MAGIC_COOKIE) return packet
  const tieBreaker = find(packet, ICE_CONTROLLED) ?? find(packet, ICE_CONTROLLING)
  const integrity = find(packet, MESSAGE_INTEGRITY)
  const fingerprint = find(packet, FINGERPRINT)
  if (tieBreaker === undefined || integrity === undefined || fingerprint === undefined) return packet
  // What comes after the integrity is not covered by it.
  if (tieBreaker > integrity || packet.readBigUInt64BE(tieBreaker) !== 0n) return packet
  const signed = packet.subarray(integrity, integrity + MESSAGE_INTEGRITY.bytes)
  if (!timingSafeEqual(signed, integrityOf(packet, integrity, password))) return packet

  const message = Buffer.from(packet)
  message.writeBigUInt64BE(1n, tieBreaker)
  integrityOf(message, integrity, password).copy(message, integrity)
  message.writeUInt32BE((crc32(message.subarray(0, fingerprint - 4)) ^ FINGERPRINT_XOR) >>> 0, fingerprint)
  return message
}

/** Where the value of a message's first attribute of that type and size begins. */
function find(message: Buffer, { type, bytes }: { type: number; bytes: number }): number | undefined {
  let at = HEADER_BYTES
  while (at + 4 <= message.length) {
    const length = message.readUInt16BE(at + 2)
    if (message.readUInt16BE(at) === type) {
      return length === bytes && at + 4 + length <= message.length ? at + 4 : undefined
    }
    at += 4 + Math.ceil(length / 4) * 4
  }
  return undefined
}

/** RFC 8489 §14.5: over all that is before it, as if the message ended with it. */
function integrityOf(message: Buffer, at: number, password: string): Buffer {
  const before = Buffer.from(message.subarray(0, at - 4))
  before.writeUInt16BE(at + MESSAGE_INTEGRITY.bytes - HEADER_BYTES, 2)
  return createHmac('sha1', password).update(before).digest()
}
