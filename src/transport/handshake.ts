/**
 * Both ends of a new connection prove who they are before anything else is said. What is signed names the fingerprints
 * of both DTLS certificates, so a proof is worth nothing on any other connection: not to a rendezvous that swaps
 * descriptions, nor to somebody who sits between two connections of his own (protocol.md; threats T10).
 */
import { z } from 'zod'
import { equal, type Bytes } from '../core/bytes.ts'
import type { Random } from '../core/clock.ts'
import { sign, verify } from '../core/crypto.ts'
import { signatureTag } from '../core/derive.ts'
import { codeOf, KeeptabError, messageOf } from '../core/errors.ts'
import { idBytes, type DeviceId } from '../core/ids.ts'
import { fixedBytes, someBytes } from '../core/signed.ts'
import { KiB } from '../core/units.ts'
import { decode, encode } from '../core/wire.ts'
import { openCertificate } from '../identity/device.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import { controlFrame, parseControlFrame } from './framing.ts'
import type { Pipe } from './pipe.ts'
import type { RemotePeer } from './transport.ts'

/** What an end needs to prove itself. */
export type Prover = Pick<DeviceIdentity, 'device' | 'deviceKey' | 'certificate'>

/** One end's view of a connection whose channels are open. */
export interface Ends {
  readonly role: 'dialler' | 'acceptor'
  /** Whom this end dialled, or who it was told is dialling. */
  readonly expected: DeviceId
  readonly ownFingerprint: string
  readonly peerFingerprint: string
}

// hello: {v, certificate, nonce: 32 B}
const helloSchema = z.strictObject({
  v: z.literal(1),
  certificate: someBytes(KiB),
  nonce: fixedBytes(32),
})

/**
 * Proves this end to the other and the other to this one. Afterwards nobody listens to the pipe and messages wait in it.
 * The caller closes the connection when this throws.
 * @throws KeeptabError `peer-impostor` when the other side is not the expected device, `peer-unreachable` when the
 *   connection closes first
 */
export async function shakeHands(prover: Prover, pipe: Pipe, ends: Ends, random: Random): Promise<RemotePeer> {
  if (ends.expected === prover.device) throw new KeeptabError('peer-impostor', 'It calls itself by our own name.')
  const nonce = random.bytes(32)
  const hello = encode({ v: 1, certificate: prover.certificate, nonce })
  const sayHello = () => pipe.send(controlFrame({ kind: 'hello', stream: 0, message: hello }))
  // The dialler speaks first, when its channel is open and so both are. The acceptor's is open earlier, and a first
  // message that comes together with the opening is now and then lost in libdatachannel.
  if (ends.role === 'dialler') sayHello()
  const theirs = await checked(async () => {
    const { certificate, nonce } = decode(helloSchema, await next(pipe, 'hello'))
    return { certificate: await openCertificate(certificate), nonce }
  })
  if (ends.role === 'acceptor') sayHello()
  if (theirs.certificate.device !== ends.expected) throw new KeeptabError('peer-impostor', 'It is another device.')
  // Whoever sends our own nonce back hopes to send our own proof back.
  if (equal(theirs.nonce, nonce)) throw new KeeptabError('peer-impostor', 'It repeats what we say.')

  const own = { role: ends.role, device: prover.device, nonce, fingerprint: ends.ownFingerprint }
  const peer = {
    role: ends.role === 'dialler' ? ('acceptor' as const) : ('dialler' as const),
    device: ends.expected,
    nonce: theirs.nonce,
    fingerprint: ends.peerFingerprint,
  }
  const signature = await sign(prover.deviceKey, signatureTag.link, statement(own, peer))
  pipe.send(controlFrame({ kind: 'proof', stream: 0, message: signature }))
  const proof = await checked(() => next(pipe, 'proof'))
  if (!(await verify(theirs.certificate.devicePublicKey, signatureTag.link, statement(peer, own), proof))) {
    throw new KeeptabError('peer-impostor', 'Its proof does not fit this connection.')
  }
  return { device: theirs.certificate.device, account: theirs.certificate.account }
}

interface End {
  readonly role: Ends['role']
  readonly device: DeviceId
  readonly nonce: Bytes
  readonly fingerprint: string
}

/** What `signer` signs: this connection, seen from its end. */
const statement = (signer: End, other: End): Bytes =>
  encode({
    v: 1,
    role: signer.role,
    ownNonce: signer.nonce,
    peerNonce: other.nonce,
    ownFingerprint: signer.fingerprint,
    peerFingerprint: other.fingerprint,
    ownDevice: idBytes(signer.device),
    peerDevice: idBytes(other.device),
  })

/** Whatever is wrong with what the other side shows, it has not shown who it is. */
async function checked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (codeOf(thrown) === 'peer-unreachable') throw thrown
    throw new KeeptabError('peer-impostor', messageOf(thrown), {}, thrown)
  }
}

async function next(pipe: Pipe, kind: 'hello' | 'proof'): Promise<Bytes> {
  const frame = parseControlFrame(await nextMessage(pipe))
  if (frame.kind !== kind) throw new KeeptabError('malformed', `A ${frame.kind} came instead of a ${kind}.`)
  return frame.message
}

function nextMessage(pipe: Pipe): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    void pipe.closed.then(() => reject(new KeeptabError('peer-unreachable', 'It hung up.')))
    pipe.listen((message) => {
      pipe.listen(undefined)
      resolve(message)
    })
  })
}

/**
 * The fingerprint in a session description, as `sha-256 ` and upper-case hexadecimal (RFC 8122 §5).
 * @throws KeeptabError `peer-impostor` unless there is exactly one and it is SHA-256: with a choice, the one that was
 *   checked by DTLS need not be the one that is signed
 */
export function fingerprintOf(description: RTCSessionDescription | null): string {
  const found = new Set(
    Array.from(
      description?.sdp.matchAll(/^a=fingerprint:(\S+) (\S+)\s*$/gm) ?? [],
      ([, hash = '', value = '']) => `${hash.toLowerCase()} ${value.toUpperCase()}`,
    ),
  )
  const [fingerprint] = found
  if (fingerprint === undefined || found.size > 1 || !/^sha-256 [0-9A-F]{2}(:[0-9A-F]{2}){31}$/.test(fingerprint)) {
    throw new KeeptabError('peer-impostor', 'Its description does not have one SHA-256 fingerprint.')
  }
  return fingerprint
}
