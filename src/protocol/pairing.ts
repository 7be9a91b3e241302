/**
 * Adding a device without the 24 words. A device of the account shows a secret as a QR code; the new one reads it, and
 * both meet in a mailbox at the coordinator whose name and key follow from the secret. Four messages, each left once:
 *
 *   offer   {v, account: 32 B, certificate, commitment: SHA-256(nonce)}            by the device that is in
 *   join    {v, device: 32 B, box: 32 B, nonce: 32 B, signature}                   by the new one, which proves its key
 *   reveal  {v, nonce: 32 B}                                                       then both show the same short code
 *   grant   {v, envelope}                                                          once the person has compared it
 *
 * Each is canonical CBOR under AES-256-GCM: 12 B nonce ‖ ciphertext, associated data the message's name. The code is over
 * everything before the grant. Who reads the QR code as well could answer first or stand in between, but must settle on
 * its own nonce before it knows the other's, so its chance to meet the same code is one in a million.
 */
import { z } from 'zod'
import { concat, equal, utf8, type Bytes } from '../core/bytes.ts'
import { aesKey, decrypt, encrypt, hkdf, sha256, sign, verify, type SigningKey } from '../core/crypto.ts'
import { keyLabel, signatureTag } from '../core/derive.ts'
import { KeeptabError } from '../core/errors.ts'
import { fixedBytes, someBytes } from '../core/signed.ts'
import { decode, encode } from '../core/wire.ts'
import { CERTIFICATE_BYTES } from '../identity/device.ts'
import { ENVELOPE_BYTES } from '../identity/envelope.ts'
import type { PairingSlot } from './coordinator-messages.ts'

/** Length of the secret in the QR code, bytes. */
export const JOIN_SECRET_BYTES = 32

const schemas = {
  offer: z.strictObject({
    v: z.literal(1),
    account: fixedBytes(32),
    certificate: someBytes(CERTIFICATE_BYTES),
    commitment: fixedBytes(32),
  }),
  join: z.strictObject({
    v: z.literal(1),
    device: fixedBytes(32),
    box: fixedBytes(32),
    nonce: fixedBytes(32),
    signature: fixedBytes(64),
  }),
  reveal: z.strictObject({ v: z.literal(1), nonce: fixedBytes(32) }),
  grant: z.strictObject({ v: z.literal(1), envelope: someBytes(ENVELOPE_BYTES) }),
} satisfies Record<PairingSlot, z.ZodType>

export type PairingMessage<Slot extends PairingSlot> = z.output<(typeof schemas)[Slot]>

/** The mailbox of a secret. */
export interface Mailbox {
  /** 16 bytes. */
  readonly name: Bytes
  readonly key: CryptoKey
}

/** @param secret 32 bytes */
export const mailboxOf = async (secret: Bytes): Promise<Mailbox> => ({
  name: await hkdf(secret, keyLabel.pairingName, 16),
  key: await aesKey(await hkdf(secret, keyLabel.pairingKey, 32)),
})

/** @param nonce 12 fresh bytes */
export async function sealMessage<Slot extends PairingSlot>(
  { key }: Mailbox,
  slot: Slot,
  message: PairingMessage<Slot>,
  nonce: Bytes,
): Promise<Bytes> {
  return concat(nonce, await encrypt(key, nonce, utf8(slot), encode(message)))
}

/** @throws KeeptabError `decrypt-failed` when somebody without the secret wrote it, `malformed` */
export async function openMessage<Slot extends PairingSlot>(
  { key }: Mailbox,
  slot: Slot,
  bytes: Bytes,
): Promise<PairingMessage<Slot>> {
  const plain = await decrypt(key, bytes.slice(0, 12), utf8(slot), bytes.slice(12))
  return decode(schemas[slot] as unknown as z.ZodType<PairingMessage<Slot>>, plain)
}

/** The new device's proof that it has the key it names. */
export const signJoin = (
  deviceKey: SigningKey,
  offer: PairingMessage<'offer'>,
  join: Pick<PairingMessage<'join'>, 'box' | 'nonce'>,
): Promise<Bytes> => sign(deviceKey, signatureTag.join, joinStatement(offer, { ...join, device: deviceKey.publicKey }))

/** @throws KeeptabError `signature-invalid` when it has not */
export async function checkJoin(offer: PairingMessage<'offer'>, join: PairingMessage<'join'>): Promise<void> {
  const statement = joinStatement(offer, join)
  if (!(await verify(join.device, signatureTag.join, statement, join.signature))) {
    throw new KeeptabError('signature-invalid')
  }
}

const joinStatement = (
  { account, commitment }: PairingMessage<'offer'>,
  { device, box, nonce }: Pick<PairingMessage<'join'>, 'device' | 'box' | 'nonce'>,
): Bytes => encode({ v: 1, account, commitment, device, box, nonce })

/**
 * The six digits that both devices show.
 * @throws KeeptabError `pairing-failed` when the nonce is not the one that was settled on
 */
export async function pairingCode(
  offer: PairingMessage<'offer'>,
  join: PairingMessage<'join'>,
  { nonce }: PairingMessage<'reveal'>,
): Promise<string> {
  if (!equal(await sha256(nonce), offer.commitment)) throw new KeeptabError('pairing-failed')
  const { v, ...offered } = offer
  const { device, box, nonce: theirs } = join
  const hash = await sha256(encode({ v, ...offered, device, box, theirs, nonce }))
  return String(new DataView(hash.buffer).getUint32(0) % 1_000_000).padStart(6, '0')
}
