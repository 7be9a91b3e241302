/**
 * The two branches of keys under the root secret (protocol.md, decision 1).
 * Recovery branch: the account key, only ever derived while the words are at hand. Daily branch: what every device holds.
 */
import type { Bytes } from '../core/bytes.ts'
import { hkdf, hmacKey, signingKey, type SigningKey } from '../core/crypto.ts'
import { keyLabel } from '../core/derive.ts'
import { openCertificate, certify } from './device.ts'
import type { AccountId, DeviceId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'

/** The daily branch of one key epoch. All but the gear table is not extractable. */
export interface DailyKeys {
  readonly epoch: number
  readonly chunkId: CryptoKey
  readonly content: CryptoKey
  readonly manifest: CryptoKey
  readonly head: SigningKey
  /** 256 big-endian u32 that the chunker adds up; raw, because the chunker is plain code. */
  readonly gear: Bytes
}

/** Everything a device holds to be itself and to work for its account. Contains nothing of the recovery branch. */
export interface DeviceIdentity {
  readonly account: AccountId
  readonly device: DeviceId
  readonly deviceKey: SigningKey
  readonly certificate: Bytes
  readonly daily: DailyKeys
}

/** The account's signing key. @param root 32 bytes */
export const accountKey = async (root: Bytes): Promise<SigningKey> => signingKey(await hkdf(root, keyLabel.account, 32))

/** The daily secret of a key epoch, 32 bytes. */
export const dailySecret = (root: Bytes, epoch: number): Promise<Bytes> => hkdf(root, `${keyLabel.daily}${epoch}`, 32)

/** The keys under a daily secret. */
export async function dailyKeys(secret: Bytes, epoch: number): Promise<DailyKeys> {
  return {
    epoch,
    chunkId: await hmacKey(await hkdf(secret, keyLabel.chunkId, 32)),
    content: await hmacKey(await hkdf(secret, keyLabel.content, 32)),
    manifest: await hmacKey(await hkdf(secret, keyLabel.manifest, 32)),
    head: await signingKey(await hkdf(secret, keyLabel.head, 32)),
    gear: await hkdf(secret, keyLabel.gear, 1024),
  }
}

/** The identity of a new device: what a stored seed and certificate, or the words, make. @param deviceSeed 32 fresh bytes */
export async function newDevice(root: Bytes, deviceSeed: Bytes, issuedAt: Millis): Promise<DeviceIdentity> {
  const epoch = 0
  const daily = await dailyKeys(await dailySecret(root, epoch), epoch)
  const deviceKey = await signingKey(deviceSeed)
  const certificate = await certify(await accountKey(root), deviceKey.publicKey, epoch, daily.head.publicKey, issuedAt)
  return assembleIdentity(deviceKey, certificate, daily)
}

/** An identity out of its stored parts. @throws KeeptabError `certificate-invalid` or `malformed` */
export async function assembleIdentity(
  deviceKey: SigningKey,
  certificate: Bytes,
  daily: DailyKeys,
): Promise<DeviceIdentity> {
  const { account, device } = await openCertificate(certificate)
  return { account, device, deviceKey, certificate, daily }
}
