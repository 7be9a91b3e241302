/**
 * A name that a device reads under and uses for nothing else: an account, a device and a certificate that are made for the
 * moment. Keepers cannot tell whose it is, nor whether its owner restores, or a stranger repairs or looks after them.
 */
import { z } from 'zod'
import type { Bytes } from '../core/bytes.ts'
import type { Random } from '../core/clock.ts'
import { signingKey, type SigningKey } from '../core/crypto.ts'
import { signatureTag } from '../core/derive.ts'
import { idOf, parseDeviceId, type DeviceId } from '../core/ids.ts'
import { fixedBytes, openSigned, signBody } from '../core/signed.ts'
import { certify } from './device.ts'

export interface Visitor {
  readonly device: DeviceId
  readonly deviceKey: SigningKey
  readonly certificate: Bytes
}

/** All are of the same epoch and the same time, so that they differ in nothing but what is random. */
export async function newVisitor(random: Random): Promise<Visitor> {
  const fresh = (): Promise<SigningKey> => signingKey(random.bytes(32))
  const [account, deviceKey, head] = await Promise.all([fresh(), fresh(), fresh()])
  const certificate = await certify(account, deviceKey.publicKey, 0, head.publicKey, 0)
  return { device: idOf(parseDeviceId, deviceKey.publicKey), deviceKey, certificate }
}

// visit: {v, visitor: 32 B, device: 32 B}, signed by the visitor's key.

const visitSchema = z.strictObject({ v: z.literal(1), visitor: fixedBytes(32), device: fixedBytes(32) })

/** A visitor's word to the coordinator that it is this device, which nobody who met the visitor could give for another. */
export const signVisit = ({ deviceKey }: Visitor, { publicKey }: SigningKey): Promise<Bytes> =>
  signBody(deviceKey, signatureTag.visit, { v: 1, visitor: deviceKey.publicKey, device: publicKey })

/** @throws KeeptabError `malformed` or `signature-invalid` */
export async function openVisit(bytes: Bytes): Promise<{ readonly visitor: DeviceId; readonly device: DeviceId }> {
  const body = await openSigned(signatureTag.visit, visitSchema, bytes, ({ visitor }) => visitor)
  return { visitor: idOf(parseDeviceId, body.visitor), device: idOf(parseDeviceId, body.device) }
}
