/**
 * What a device says of itself to the others of its account: its name, which the coordinator cannot read, and the key
 * under which something is sealed for it.
 *
 *   {v, certificate, box: 32 B, name: 12 B nonce ‖ AES-256-GCM of 256 B, addedAt: ms}, signed by the certified device
 *   key of the name = HMAC(manifest key of the certificate's epoch, "keeptab/v1/device-name-key" ‖ 0x00 ‖ device id)
 *   its plain bytes = one byte of length, the name in UTF-8, zeros: all names are of one length
 */
import { z } from 'zod'
import { concat, utf8, type Bytes } from '../core/bytes.ts'
import { aesKey, decrypt, encrypt, hmac, type BoxKey } from '../core/crypto.ts'
import { macTag, signatureTag } from '../core/derive.ts'
import { KeeptabError } from '../core/errors.ts'
import { idBytes, type DeviceId } from '../core/ids.ts'
import { fixedBytes, openSigned, signBody, someBytes } from '../core/signed.ts'
import type { Millis } from '../core/units.ts'
import { CERTIFICATE_BYTES, openCertificate, type Certificate } from '../identity/device.ts'
import { keysOf, type DeviceIdentity } from '../identity/keys.ts'
import { tagged } from '../snapshot/seal.ts'

/** Longest device record on the wire, bytes. */
export const DEVICE_RECORD_BYTES = 2048

/** Longest name, bytes of UTF-8. */
const DEVICE_NAME_BYTES = 255
const NONCE_BYTES = 12
const SEALED_NAME_BYTES = NONCE_BYTES + 1 + DEVICE_NAME_BYTES + 16

const deviceRecordSchema = z.strictObject({
  v: z.literal(1),
  certificate: someBytes(CERTIFICATE_BYTES),
  box: fixedBytes(32),
  name: fixedBytes(SEALED_NAME_BYTES),
  addedAt: z.int().min(0),
})

export interface DeviceRecord extends Certificate {
  /** Public X25519 key. */
  readonly box: BoxKey['publicKey']
  readonly sealedName: Bytes
  readonly addedAt: Millis
}

/** @param nonce 12 fresh bytes */
export async function signDeviceRecord(
  identity: DeviceIdentity,
  { name, addedAt }: { name: string; addedAt: Millis },
  nonce: Bytes,
): Promise<Bytes> {
  const key = await nameKey(identity.daily.manifest, identity.device)
  return signBody(identity.deviceKey, signatureTag.deviceRecord, {
    v: 1,
    certificate: identity.certificate,
    box: identity.box.publicKey,
    name: concat(nonce, await encrypt(key, nonce, new Uint8Array(0), padded(name))),
    addedAt,
  })
}

/** @throws KeeptabError `malformed`, `signature-invalid` or `certificate-invalid` */
export async function openDeviceRecord(bytes: Bytes): Promise<DeviceRecord> {
  let certificate: Certificate | undefined
  const { box, name, addedAt } = await openSigned(
    signatureTag.deviceRecord,
    deviceRecordSchema,
    bytes,
    async (body) => {
      certificate = await openCertificate(body.certificate)
      return certificate.devicePublicKey
    },
  )
  if (certificate === undefined) throw new KeeptabError('internal')
  return { ...certificate, box, sealedName: name, addedAt }
}

/** The name, for a device that holds the keys of the record's epoch. @throws KeeptabError `epoch-behind`, `decrypt-failed`, `malformed` */
export async function nameIn(
  identity: Pick<DeviceIdentity, 'daily' | 'past'>,
  { device, epoch, sealedName }: DeviceRecord,
): Promise<string> {
  const key = await nameKey(keysOf(identity, epoch).manifest, device)
  const nonce = sealedName.slice(0, NONCE_BYTES)
  const plain = await decrypt(key, nonce, new Uint8Array(0), sealedName.slice(NONCE_BYTES))
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain.subarray(1, 1 + (plain[0] ?? 0)))
  } catch (cause) {
    throw new KeeptabError('malformed', 'The name of a device is not text.', {}, cause)
  }
}

/** A name without space around it and no longer than names may be, cut between characters. */
export function deviceName(text: string): string {
  const characters = Array.from(text.trim())
  while (utf8(characters.join('')).length > DEVICE_NAME_BYTES) characters.pop()
  return characters.join('')
}

function padded(name: string): Bytes {
  const bytes = utf8(name)
  if (bytes.length > DEVICE_NAME_BYTES) {
    const facts = { what: 'name', most: DEVICE_NAME_BYTES }
    throw new KeeptabError('limit-exceeded', 'The name of a device is too long.', facts)
  }
  const plain = new Uint8Array(1 + DEVICE_NAME_BYTES)
  plain[0] = bytes.length
  plain.set(bytes, 1)
  return plain
}

const nameKey = async (manifest: CryptoKey, device: DeviceId): Promise<CryptoKey> =>
  aesKey(await hmac(manifest, tagged(macTag.deviceNameKey, idBytes(device))))
