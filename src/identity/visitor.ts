/**
 * A name that a device reads under and uses for nothing else: an account, a device and a certificate that are made for the
 * moment. Keepers cannot tell whose it is, nor whether its owner restores, or a stranger repairs or looks after them.
 */
import { z } from 'zod'
import { equal, type Bytes } from '../core/bytes.ts'
import type { Random } from '../core/clock.ts'
import { signingKey, type SigningKey } from '../core/crypto.ts'
import { signatureTag } from '../core/derive.ts'
import { KeeptabError } from '../core/errors.ts'
import { idOf, parseDeviceId, type DeviceId } from '../core/ids.ts'
import { fixedBytes, openSigned, signBody, someBytes } from '../core/signed.ts'
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

// visit: {v, device: 32 B, word: bytes}, signed by the device's key, where
// word: {v, visitor: 32 B, device: 32 B}, signed by the visitor's key.

const wordSchema = z.strictObject({ v: z.literal(1), visitor: fixedBytes(32), device: fixedBytes(32) })
const visitSchema = z.strictObject({ v: z.literal(1), device: fixedBytes(32), word: someBytes(512) })

/**
 * The word of both to the coordinator that the visitor is this device: nobody who met the visitor could give it for another,
 * and nobody who took over the device's session could give it for a visitor of its own.
 */
export async function signVisit({ deviceKey }: Visitor, host: SigningKey): Promise<Bytes> {
  const device = host.publicKey
  const word = await signBody(deviceKey, signatureTag.visit, { v: 1, visitor: deviceKey.publicKey, device })
  return signBody(host, signatureTag.visit, { v: 1, device, word })
}

/** @throws KeeptabError `malformed` or `signature-invalid` */
export async function openVisit(bytes: Bytes): Promise<{ readonly visitor: DeviceId; readonly device: DeviceId }> {
  const { device, word } = await openSigned(signatureTag.visit, visitSchema, bytes, (visit) => visit.device)
  const said = await openSigned(signatureTag.visit, wordSchema, word, ({ visitor }) => visitor)
  if (!equal(said.device, device)) throw new KeeptabError('signature-invalid', 'The visitor names another device.')
  return { visitor: idOf(parseDeviceId, said.visitor), device: idOf(parseDeviceId, device) }
}
