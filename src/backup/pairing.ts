/** Adding a device without the words: the two ends of `protocol/pairing`, each step by step. */
import { toHex, type Bytes } from '../core/bytes.ts'
import type { Clock, Random } from '../core/clock.ts'
import { sha256, signingKey } from '../core/crypto.ts'
import { codeOf, KeeptabError, throwIfAborted } from '../core/errors.ts'
import { idBytes, idOf, parseAccountId, parseDeviceId, type DeviceId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import type { Coordinator, Mailboxes } from '../coordinator/coordinator.ts'
import { certifyAsDevice, openCertificate } from '../identity/device.ts'
import { openEnvelope, sealEnvelope } from '../identity/envelope.ts'
import { boxOf, identityOf, secretsOf, type DeviceIdentity } from '../identity/keys.ts'
import { openRevocations } from '../identity/revocation.ts'
import type { PairingSlot } from '../protocol/coordinator-messages.ts'
import {
  checkJoin,
  JOIN_SECRET_BYTES,
  mailboxOf,
  openMessage,
  pairingCode,
  sealMessage,
  signJoin,
  type Mailbox,
  type PairingMessage,
} from '../protocol/pairing.ts'
import type { OwnerContext } from './owner-context.ts'

const LOOK_AGAIN_MS: Millis = 700

/** Whether this device can add another without the words: it was certified by the account and has kept its secrets. */
export const canInvite = async ({ certificate, vault }: DeviceIdentity): Promise<boolean> =>
  vault !== undefined && (await openCertificate(certificate)).parent === undefined

/** A device that waits for a new one. */
export interface Invitation {
  /** For the QR code: whoever reads it may answer, once. */
  readonly secret: Bytes
  /** When one has answered. Rejects with KeeptabError `pairing-failed`, `aborted`, or as the coordinator. */
  readonly answered: Promise<Answered>
}

export interface Answered {
  readonly device: DeviceId
  /** Six digits that the new device shows as well, if it is the one that answered. */
  readonly code: string
  /** The person has compared them: hands over the keys. */
  admit(): Promise<void>
}

/** @throws KeeptabError `certificate-invalid` when it cannot certify others, and as the coordinator */
export async function invite(owner: OwnerContext, mailboxes: Mailboxes, signal: AbortSignal): Promise<Invitation> {
  await owner.follow?.()
  const { identity, coordinator, random, clock } = owner
  if (!(await canInvite(identity))) throw new KeeptabError('certificate-invalid', 'This device cannot add others.')
  const secret = random.bytes(JOIN_SECRET_BYTES)
  const mailbox = await mailboxOf(secret)
  const nonce = random.bytes(32)
  const offer = {
    v: 1 as const,
    account: idBytes(identity.account),
    certificate: identity.certificate,
    commitment: await sha256(nonce),
  }
  await coordinator.openMailbox(toHex(mailbox.name), await sealMessage(mailbox, 'offer', offer, random.bytes(12)))

  const answer = async (): Promise<Answered> => {
    const join = await waitFor(mailboxes, mailbox, 'join', signal)
    await checkJoin(offer, join)
    const reveal = { v: 1 as const, nonce }
    await leave(mailboxes, mailbox, 'reveal', reveal, random)
    const device = idOf(parseDeviceId, join.device)
    return {
      device,
      code: await pairingCode(offer, join, reveal),
      async admit() {
        const certificate = await certifyAsDevice(identity.deviceKey, identity.certificate, join.device, clock.now())
        const secrets = await secretsOf(identity)
        const to = { account: identity.account, device, box: join.box }
        const envelope = await sealEnvelope(to, { certificate, secrets }, random.bytes(32))
        for (const each of secrets) each.fill(0)
        await leave(mailboxes, mailbox, 'grant', { v: 1, envelope }, random)
      },
    }
  }
  return { secret, answered: answer() }
}

export interface JoinParts {
  readonly mailboxes: Mailboxes
  /** A client for the new device. */
  readonly connect: (identity: { deviceKey: DeviceIdentity['deviceKey']; certificate: Bytes }) => Coordinator
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
}

/** A new device that has answered. */
export interface Joining {
  readonly code: string
  /** Who it is once the other side has admitted it. Rejects as `join`. */
  readonly admitted: Promise<DeviceIdentity>
}

/**
 * Answers a device that waits.
 * @param secret out of its QR code
 * @throws KeeptabError `pairing-failed` when nobody waits there any more, another device was quicker, or what came does
 *   not fit together; `aborted`; and as the coordinator
 */
export async function join(secret: Bytes, parts: JoinParts): Promise<Joining> {
  const { mailboxes, random, signal } = parts
  const mailbox = await mailboxOf(secret)
  const offer = await waitFor(mailboxes, mailbox, 'offer', signal)
  const deviceSeed = random.bytes(32)
  const deviceKey = await signingKey(deviceSeed)
  const box = await boxOf(deviceSeed)
  const own = { v: 1 as const, device: deviceKey.publicKey, box: box.publicKey, nonce: random.bytes(32) }
  const answer = { ...own, signature: await signJoin(deviceKey, offer, own) }
  await leave(mailboxes, mailbox, 'join', answer, random)
  const code = await pairingCode(offer, answer, await waitFor(mailboxes, mailbox, 'reveal', signal))

  const receive = async (): Promise<DeviceIdentity> => {
    const { envelope } = await waitFor(mailboxes, mailbox, 'grant', signal)
    const account = idOf(parseAccountId, offer.account)
    const admission = await openEnvelope({ account, device: idOf(parseDeviceId, own.device), box }, envelope)
    const certificate = await openCertificate(admission.certificate)
    if (certificate.account !== account) throw new KeeptabError('pairing-failed')
    const { revocations } = await parts.connect({ deviceKey, certificate: admission.certificate }).revocations()
    await openRevocations(account, revocations)
    // What began meanwhile is followed as by any other device.
    const seen = revocations.slice(0, certificate.epoch)
    return identityOf({ deviceSeed, ...admission, revocations: seen })
  }
  return { code, admitted: receive() }
}

const leave = async <Slot extends Exclude<PairingSlot, 'offer'>>(
  mailboxes: Mailboxes,
  mailbox: Mailbox,
  slot: Slot,
  message: PairingMessage<Slot>,
  random: Random,
): Promise<void> => {
  const sealed = await sealMessage(mailbox, slot, message, random.bytes(12))
  await mailboxes.leave(toHex(mailbox.name), slot, sealed).catch(asFailed)
}

/** Looks until a message is there. A coordinator that is away for a moment is asked again. */
async function waitFor<Slot extends PairingSlot>(
  mailboxes: Mailboxes,
  mailbox: Mailbox,
  slot: Slot,
  signal: AbortSignal,
): Promise<PairingMessage<Slot>> {
  for (;;) {
    throwIfAborted(signal)
    const messages = await mailboxes.read(toHex(mailbox.name)).catch((thrown: unknown) => {
      if (codeOf(thrown) !== 'coordinator-unreachable') return asFailed(thrown)
      return undefined
    })
    const sealed = messages?.[slot]
    if (sealed !== undefined) return await openMessage(mailbox, slot, sealed).catch(asFailed)
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

/** Its time is over, somebody else was quicker, or what is there was not written by the other side. */
function asFailed(thrown: unknown): never {
  const failed = ['not-found', 'conflict', 'decrypt-failed', 'malformed', 'signature-invalid'].includes(codeOf(thrown))
  throw failed ? new KeeptabError('pairing-failed', undefined, {}, thrown) : thrown
}
