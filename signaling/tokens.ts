/**
 * What the coordinator hands out and recognises again without keeping it: challenges, session tokens and tickets.
 * All are authenticated with HMAC-SHA-256 under one secret; the kind stands first in what is authenticated, so that one
 * cannot be passed off as another. Only this program reads them: they are no part of the format.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { concat, fromBase64Url, own, toBase64Url, u32, utf8, type Bytes } from '../src/core/bytes.ts'
import type { Clock, Random } from '../src/core/clock.ts'
import { KeeptabError } from '../src/core/errors.ts'
import { idBytes, idOf, parseAccountId, parseDeviceId, type AccountId, type DeviceId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'

/** Who asks: a device that has proven its key and its certificate. */
export interface Caller {
  readonly device: DeviceId
  readonly account: AccountId
}

/** Who comes with a ticket, and for a visitor whose it is. */
export interface Admitted extends Caller {
  readonly host: DeviceId | undefined
}

const CHALLENGE_MS = 60_000
const SESSION_MS = 60 * 60_000
const TICKET_MS = 60_000

/** What a ticket opens. It opens each once. */
export type Entrance = 'rendezvous' | 'live'

export interface Tokens {
  challenge(): Bytes
  /** @throws KeeptabError `not-signed-in` when it is none of ours or too old */
  checkChallenge(challenge: Bytes): void
  session(caller: Caller): { token: string; expiresAt: Millis }
  /** @throws KeeptabError `not-signed-in` */
  openSession(token: string): Caller
  ticket(caller: Caller): string
  /** A ticket for a visitor of a device, which opens the rendezvous alone. */
  visit(visitor: DeviceId, host: Caller): string
  /** @throws KeeptabError `not-signed-in` when it is none of ours, too old, or was used at this entrance before */
  useTicket(ticket: string, entrance: Entrance): Admitted
}

export function createTokens(secret: Bytes, clock: Clock, random: Random): Tokens {
  const fresh = (): Bytes => random.bytes(NONCE_BYTES)
  const used = new Map<string, Millis>()

  const mac = (kind: string, body: Bytes): Bytes =>
    own(
      createHmac('sha256', secret)
        .update(concat(utf8(kind), Uint8Array.of(0), body))
        .digest(),
    )

  const sealed = (kind: string, body: Bytes): Bytes => concat(body, mac(kind, body))

  const admission = (kind: string, caller: Caller, host: DeviceId): string =>
    toBase64Url(sealed(kind, concat(seconds(clock.now() + TICKET_MS), callerBytes(caller), idBytes(host), fresh())))

  const opened = (kinds: readonly string[], bytes: Bytes | undefined, bodyBytes: number): Bytes => {
    if (bytes?.length !== bodyBytes + MAC_BYTES) throw new KeeptabError('not-signed-in')
    const body = bytes.slice(0, bodyBytes)
    const isOurs = kinds.some((kind) => timingSafeEqual(mac(kind, body), bytes.subarray(bodyBytes)))
    if (!isOurs) throw new KeeptabError('not-signed-in')
    if (expiryOf(body) <= clock.now()) throw new KeeptabError('not-signed-in', 'It has expired.')
    return body
  }

  return {
    challenge: () => sealed('challenge', concat(seconds(clock.now() + CHALLENGE_MS), fresh())),
    checkChallenge: (challenge) => void opened(['challenge'], challenge, 4 + NONCE_BYTES),
    session(caller) {
      const expiry = seconds(clock.now() + SESSION_MS)
      return { token: toBase64Url(sealed('session', concat(expiry, callerBytes(caller)))), expiresAt: expiryOf(expiry) }
    },
    openSession: (token) => callerOf(opened(['session'], fromBase64Url(token), 4 + CALLER_BYTES)),
    ticket: (caller) => admission('ticket', caller, caller.device),
    visit: (visitor, { device, account }) => admission('visit', { device: visitor, account }, device),
    useTicket(ticket, entrance) {
      const kinds = entrance === 'rendezvous' ? ['ticket', 'visit'] : ['ticket']
      const body = opened(kinds, fromBase64Url(ticket), 4 + CALLER_BYTES + HOST_BYTES + NONCE_BYTES)
      for (const [name, expiresAt] of used) if (expiresAt <= clock.now()) used.delete(name)
      const name = `${entrance} ${ticket}`
      if (used.has(name)) throw new KeeptabError('not-signed-in', 'The ticket was used before.')
      used.set(name, expiryOf(body))
      const caller = callerOf(body)
      const host = idOf(parseDeviceId, body.subarray(4 + CALLER_BYTES, 4 + CALLER_BYTES + HOST_BYTES))
      return { ...caller, host: host === caller.device ? undefined : host }
    },
  }
}

const MAC_BYTES = 32
const NONCE_BYTES = 16
const CALLER_BYTES = 64
const HOST_BYTES = 32

// Every body begins with its expiry: u32 seconds since 1970. A caller is device ‖ account, 32 bytes each.
const seconds = (at: Millis): Bytes => u32(Math.floor(at / 1000))
const expiryOf = (body: Bytes): Millis => new DataView(body.buffer, body.byteOffset).getUint32(0) * 1000
const callerBytes = ({ device, account }: Caller): Bytes => concat(idBytes(device), idBytes(account))
const callerOf = (body: Bytes): Caller => ({
  device: idOf(parseDeviceId, body.subarray(4, 36)),
  account: idOf(parseAccountId, body.subarray(36, 68)),
})
