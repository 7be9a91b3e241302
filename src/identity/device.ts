/**
 * Device certificates: the word that a device key, and the head key of a key epoch, belong to an account. Version 1 is
 * the account's own word. Version 2 is the word of a device that the account itself has certified, given on without the
 * 24 words; such a device can certify no other (protocol.md, decision 1).
 */
import { z } from 'zod'
import type { Bytes } from '../core/bytes.ts'
import type { SigningKey } from '../core/crypto.ts'
import { signatureTag } from '../core/derive.ts'
import { codeOf, KeeptabError } from '../core/errors.ts'
import { idOf, parseAccountId, parseDeviceId, type AccountId, type DeviceId } from '../core/ids.ts'
import { fixedBytes, openSigned, signBody, someBytes } from '../core/signed.ts'
import type { Millis } from '../core/units.ts'

/** Longest certificate accepted anywhere, bytes. */
export const CERTIFICATE_BYTES = 1024

// {v, account: 32 B, device: 32 B, epoch, headKey: 32 B, issuedAt: ms}, signed by the account key.
const byAccount = z.strictObject({
  v: z.literal(1),
  account: fixedBytes(32),
  device: fixedBytes(32),
  epoch: z.int().min(0),
  headKey: fixedBytes(32),
  issuedAt: z.int().min(0),
})

// {v, parent: certificate of version 1, device: 32 B, issuedAt: ms}, signed by the parent's device.
// Account, epoch and head key are the parent's: a device can give on what it has and nothing else.
const byDevice = z.strictObject({
  v: z.literal(2),
  parent: someBytes(CERTIFICATE_BYTES / 2),
  device: fixedBytes(32),
  issuedAt: z.int().min(0),
})

const anyCertificate = z.discriminatedUnion('v', [byAccount, byDevice])

/** What a valid certificate says. Whether its device has been removed since, it cannot say (`revocation.ts`). */
export interface Certificate {
  readonly account: AccountId
  readonly device: DeviceId
  readonly devicePublicKey: Bytes
  /** Key epoch of the daily branch that the device holds. */
  readonly epoch: number
  /** Public key under which heads of that epoch are signed. */
  readonly headPublicKey: Bytes
  /** The device that vouches for this one; absent where the account does. */
  readonly parent?: DeviceId | undefined
  readonly issuedAt: Millis
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

/**
 * Certifies a device as one that is certified itself.
 * @param parent that device's own certificate
 * @throws KeeptabError `certificate-invalid` when it was not given by the account: a certificate is at most two deep
 */
export async function certifyAsDevice(by: SigningKey, parent: Bytes, device: Bytes, issuedAt: Millis): Promise<Bytes> {
  const signed = await signBody(by, signatureTag.deviceCertificate, { v: 2, parent, device, issuedAt })
  await openCertificate(signed)
  return signed
}

/** @throws KeeptabError `certificate-invalid` when who it names did not sign it, or it is too deep; `malformed` when it is none */
export async function openCertificate(bytes: Uint8Array): Promise<Certificate> {
  let parent: Certificate | undefined
  try {
    const body = await openSigned(
      ({ v }) => (v === 1 ? signatureTag.certificate : signatureTag.deviceCertificate),
      anyCertificate,
      bytes,
      async (body) => {
        if (body.v === 1) return body.account
        parent = await openCertificate(body.parent)
        if (parent.parent !== undefined) throw new KeeptabError('certificate-invalid', 'It is more than two deep.')
        return parent.devicePublicKey
      },
    )
    const { device, issuedAt } = body
    const own = { device: idOf(parseDeviceId, device), devicePublicKey: device, issuedAt }
    if (body.v === 1) {
      return { account: idOf(parseAccountId, body.account), epoch: body.epoch, headPublicKey: body.headKey, ...own }
    }
    if (parent === undefined) throw new KeeptabError('internal')
    return { ...parent, ...own, parent: parent.device }
  } catch (thrown) {
    if (codeOf(thrown) === 'signature-invalid') throw new KeeptabError('certificate-invalid')
    throw thrown
  }
}
