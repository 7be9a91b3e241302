/** Device certificates: the account's word that a device key, and the head key of a key epoch, are its own. */
import { z } from 'zod'
import type { Bytes } from '../core/bytes.ts'
import type { SigningKey } from '../core/crypto.ts'
import { signatureTag } from '../core/derive.ts'
import { codeOf, KeeptabError } from '../core/errors.ts'
import { idOf, parseAccountId, parseDeviceId, type AccountId, type DeviceId } from '../core/ids.ts'
import { fixedBytes, openSigned, signBody } from '../core/signed.ts'
import type { Millis } from '../core/units.ts'

// {v, account: 32 B, device: 32 B, epoch, headKey: 32 B, issuedAt: ms}, signed by the account key.
const certificateSchema = z.strictObject({
  v: z.literal(1),
  account: fixedBytes(32),
  device: fixedBytes(32),
  epoch: z.int().min(0),
  headKey: fixedBytes(32),
  issuedAt: z.int().min(0),
})

/** What a valid certificate says. */
export interface Certificate {
  readonly account: AccountId
  readonly device: DeviceId
  readonly devicePublicKey: Bytes
  /** Key epoch of the daily branch that the device holds. */
  readonly epoch: number
  /** Public key under which heads of that epoch are signed. */
  readonly headPublicKey: Bytes
}

/** Certifies a device; needs the recovery branch. */
export const certify = (
  account: SigningKey,
  device: Bytes,
  epoch: number,
  headPublicKey: Bytes,
  issuedAt: Millis,
): Promise<Bytes> =>
  signBody(account, signatureTag.certificate, {
    v: 1,
    account: account.publicKey,
    device,
    epoch,
    headKey: headPublicKey,
    issuedAt,
  })

/** @throws KeeptabError `certificate-invalid` when the account it names did not sign it, `malformed` when it is none */
export async function openCertificate(bytes: Uint8Array): Promise<Certificate> {
  try {
    const body = await openSigned(signatureTag.certificate, certificateSchema, bytes, ({ account }) => account)
    return {
      account: idOf(parseAccountId, body.account),
      device: idOf(parseDeviceId, body.device),
      devicePublicKey: body.device,
      epoch: body.epoch,
      headPublicKey: body.headKey,
    }
  } catch (thrown) {
    if (codeOf(thrown) === 'signature-invalid') throw new KeeptabError('certificate-invalid')
    throw thrown
  }
}
