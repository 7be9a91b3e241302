/**
 * Deleting, said and signed. A device condemns a pack that no snapshot of its account needs any more; 30 days later the
 * coordinator orders keepers to drop its shards, and a keeper that has itself known of the condemnation for 30 days does.
 * Until then any device of the account takes it back (X12).
 *
 *   condemnation  {v, pack: 32 B, issuedAt, certificate}, signed by the certified device
 *   drop order    {v, keeper: 32 B, condemnation: SHA-256 of its bytes, issuedAt, coordinator: 32 B}, signed by the coordinator
 */
import { z } from 'zod'
import { concat, toHex, type Bytes } from '../core/bytes.ts'
import { sha256, type SigningKey } from '../core/crypto.ts'
import { signatureTag } from '../core/derive.ts'
import { idBytes, idOf, parseDeviceId, parsePackId, type AccountId, type DeviceId, type PackId } from '../core/ids.ts'
import { fixedBytes, openSigned, signBody, someBytes } from '../core/signed.ts'
import { DAY, type Millis } from '../core/units.ts'
import { CERTIFICATE_BYTES, openCertificate, type Certificate } from '../identity/device.ts'
import type { DeviceIdentity } from '../identity/keys.ts'

/** So long a condemned pack is kept, by the coordinator's count and by that of each keeper. */
export const CONDEMNED_MS: Millis = 30 * DAY

const condemnationSchema = z.strictObject({
  v: z.literal(1),
  pack: fixedBytes(32),
  issuedAt: z.int().min(0),
  certificate: someBytes(CERTIFICATE_BYTES),
})

export interface Condemnation {
  readonly pack: PackId
  readonly account: AccountId
  readonly device: DeviceId
  /** By the clock of its device: makes a second condemnation of a pack another one. Decides nothing. */
  readonly issuedAt: Millis
  readonly certificate: Certificate
}

export const signCondemnation = (identity: DeviceIdentity, pack: PackId, issuedAt: Millis): Promise<Bytes> =>
  signBody(identity.deviceKey, signatureTag.condemnation, {
    v: 1,
    pack: idBytes(pack),
    issuedAt,
    certificate: identity.certificate,
  })

/** @throws KeeptabError `malformed`, `signature-invalid` or `certificate-invalid` */
export async function openCondemnation(bytes: Bytes): Promise<Condemnation> {
  const {
    pack,
    issuedAt,
    certificate: signed,
  } = await openSigned(
    signatureTag.condemnation,
    condemnationSchema,
    bytes,
    async ({ certificate }) => (await openCertificate(certificate)).devicePublicKey,
  )
  const certificate = await openCertificate(signed)
  const { account, device } = certificate
  return { pack: idOf(parsePackId, pack), account, device, issuedAt, certificate }
}

const dropOrderSchema = z.strictObject({
  v: z.literal(1),
  keeper: fixedBytes(32),
  condemnation: fixedBytes(32),
  issuedAt: z.int().min(0),
  coordinator: fixedBytes(32),
})

export interface DropOrder {
  readonly keeper: DeviceId
  /** `condemnationId` of the condemnation it carries out. */
  readonly condemnation: string
}

export const signDropOrder = async (
  coordinator: SigningKey,
  order: { readonly keeper: DeviceId; readonly condemnation: Bytes; readonly issuedAt: Millis },
): Promise<Bytes> =>
  signBody(coordinator, signatureTag.dropOrder, {
    v: 1,
    keeper: idBytes(order.keeper),
    condemnation: await sha256(order.condemnation),
    issuedAt: order.issuedAt,
    coordinator: coordinator.publicKey,
  })

/** @param coordinator the public key the keeper trusts. @throws KeeptabError `malformed` or `signature-invalid` */
export async function openDropOrder(bytes: Bytes, coordinator: Bytes): Promise<DropOrder> {
  const { keeper, condemnation } = await openSigned(signatureTag.dropOrder, dropOrderSchema, bytes, () => coordinator)
  return { keeper: idOf(parseDeviceId, keeper), condemnation: toHex(condemnation) }
}

/** Which condemnation: SHA-256 of its bytes, in hexadecimal. */
export const condemnationId = async (signed: Bytes): Promise<string> => toHex(await sha256(signed))

/** One value for all newest heads of an account, in any order: says on which of them a condemnation rests. */
export async function headsDigest(heads: readonly Bytes[]): Promise<Bytes> {
  const each = await Promise.all(heads.map((head) => sha256(head)))
  return sha256(concat(...each.sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1))))
}
