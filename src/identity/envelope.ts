/**
 * An envelope: what a device needs to go on in a key epoch, sealed so that only that device opens it. The coordinator
 * keeps them when devices were removed; a device that adds another hands one over.
 *
 *   {v, account: 32 B, device: 32 B, epoch, ephemeral: 32 B, sealed}, canonical CBOR, not signed: what is in it proves itself
 *   key    = HKDF(X25519(ephemeral, box key of the device) ‖ ephemeral ‖ public box key, "keeptab/v1/envelope", 32)
 *   sealed = AES-256-GCM under key, nonce 12 zero bytes, associated data CBOR {v, account, device, epoch}
 *   plain  = {v, certificate, secrets: [32 B]}: daily secrets of epochs 0 to epoch
 */
import { z } from 'zod'
import { concat, equal, type Bytes } from '../core/bytes.ts'
import { aesKey, agree, boxKey, decrypt, encrypt, hkdf } from '../core/crypto.ts'
import { keyLabel } from '../core/derive.ts'
import { KeeptabError } from '../core/errors.ts'
import { idBytes, type AccountId, type DeviceId } from '../core/ids.ts'
import { fixedBytes, someBytes } from '../core/signed.ts'
import { decode, encode } from '../core/wire.ts'
import { CERTIFICATE_BYTES } from './device.ts'
import type { Admission, DeviceIdentity } from './keys.ts'
import { MOST_REVOCATIONS } from './revocation.ts'

/** Longest envelope accepted anywhere, bytes. */
export const ENVELOPE_BYTES = 10 * 1024

const envelopeSchema = z.strictObject({
  v: z.literal(1),
  account: fixedBytes(32),
  device: fixedBytes(32),
  epoch: z.int().min(0).max(MOST_REVOCATIONS),
  ephemeral: fixedBytes(32),
  sealed: someBytes(ENVELOPE_BYTES),
})

const contentSchema = z.strictObject({
  v: z.literal(1),
  certificate: someBytes(CERTIFICATE_BYTES),
  secrets: z
    .array(fixedBytes(32))
    .min(1)
    .max(MOST_REVOCATIONS + 1),
})

export interface Addressee {
  readonly account: AccountId
  readonly device: DeviceId
  /** Its public X25519 key. */
  readonly box: Bytes
}

/** @param ephemeralSeed 32 fresh bytes: with them again, the same key would seal twice */
export async function sealEnvelope(to: Addressee, admission: Admission, ephemeralSeed: Bytes): Promise<Bytes> {
  const ephemeral = await boxKey(ephemeralSeed)
  const head = { v: 1, account: idBytes(to.account), device: idBytes(to.device), epoch: admission.secrets.length - 1 }
  const key = await envelopeKey(await agree(ephemeral, to.box), ephemeral.publicKey, to.box)
  const plain = encode({ v: 1, certificate: admission.certificate, secrets: [...admission.secrets] })
  return encode({
    ...head,
    ephemeral: ephemeral.publicKey,
    sealed: await encrypt(key, nonce, encode(head), plain),
  })
}

/** @throws KeeptabError `malformed`, `decrypt-failed` when it was sealed for another device, `forbidden` when it says so */
export async function openEnvelope(
  { account, device, box }: Pick<DeviceIdentity, 'account' | 'device' | 'box'>,
  bytes: Bytes,
): Promise<Admission> {
  const { ephemeral, sealed, ...head } = decode(envelopeSchema, bytes)
  if (!equal(head.account, idBytes(account)) || !equal(head.device, idBytes(device))) {
    throw new KeeptabError('forbidden', 'An envelope is for another device.')
  }
  const key = await envelopeKey(await agree(box, ephemeral), ephemeral, box.publicKey)
  const { certificate, secrets } = decode(contentSchema, await decrypt(key, nonce, encode(head), sealed))
  if (secrets.length !== head.epoch + 1) throw new KeeptabError('malformed', 'An envelope lacks keys.')
  return { certificate, secrets }
}

// The key is made for this one message, so no nonce can come twice under it.
const nonce = new Uint8Array(12)

const envelopeKey = async (shared: Bytes, ephemeral: Bytes, receiver: Bytes): Promise<CryptoKey> =>
  aesKey(await hkdf(concat(shared, ephemeral, receiver), keyLabel.envelope, 32))
