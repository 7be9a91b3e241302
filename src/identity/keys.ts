/**
 * The two branches of keys under the root secret (protocol.md, decision 1).
 * Recovery branch: the account key, only ever derived while the words are at hand. Daily branch: what every device holds.
 */
import { concat, equal, u32, type Bytes } from '../core/bytes.ts'
import {
  aesKey,
  boxKey,
  decrypt,
  encrypt,
  hkdf,
  hmacKey,
  signingKey,
  type BoxKey,
  type SigningKey,
} from '../core/crypto.ts'
import { keyLabel } from '../core/derive.ts'
import { KeeptabError } from '../core/errors.ts'
import type { AccountId, DeviceId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import { certify, openCertificate } from './device.ts'

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
  /** Keys of the newest epoch this device knows of: everything it writes is under them. */
  readonly daily: DailyKeys
  /** Keys of all epochs before, by their numbers: to read what was written then. */
  readonly past: readonly DailyKeys[]
  /**
   * Keys of epochs after the newest that it knows of, to read only: on a device just made of the words, whose coordinator
   * has lost the removals that began them. Never stored.
   */
  readonly ahead?: readonly DailyKeys[] | undefined
  /** What is sealed for this device opens with it. */
  readonly box: BoxKey
  /** The daily secrets, to hand on to a device that is added. Absent in browsers that joined before there was one. */
  readonly vault?: Vault | undefined
  /** The removals that began its epochs, oldest first, as signed: as many as `daily.epoch`. A coordinator cannot hide them again. */
  readonly revocations: readonly Bytes[]
}

/** What a device needs to belong to an epoch. */
export interface Admission {
  readonly certificate: Bytes
  /** Daily secrets of epochs 0 up to that of the certificate. Whoever holds them reads every backup up to then. */
  readonly secrets: readonly Bytes[]
}

/** Daily secrets under a key that cannot be read out: a copy of the stored bytes alone does not give them away. */
export interface Vault {
  readonly key: CryptoKey
  readonly sealed: Bytes
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

/** The keys of one epoch out of those a device holds. @throws KeeptabError `epoch-behind` for a later epoch */
export function keysOf(
  { daily, past, ahead }: Pick<DeviceIdentity, 'daily' | 'past' | 'ahead'>,
  epoch: number,
): DailyKeys {
  const keys = epoch === daily.epoch ? daily : (past[epoch] ?? ahead?.find((later) => later.epoch === epoch))
  if (keys === undefined) throw new KeeptabError('epoch-behind', undefined, { epoch })
  return keys
}

/**
 * The identity of a new device: what the words make of fresh bytes.
 * @param deviceSeed 32 fresh bytes
 * @param revocations all removals of the account up to now, checked; their number is its epoch
 */
export async function newDevice(
  root: Bytes,
  deviceSeed: Bytes,
  issuedAt: Millis,
  revocations: readonly Bytes[] = [],
): Promise<DeviceIdentity> {
  const epoch = revocations.length
  const secrets = await dailySecrets(root, epoch)
  const { publicKey } = await signingKey(deviceSeed)
  const head = await headKeyOf(secrets)
  const certificate = await certify(await accountKey(root), publicKey, epoch, head, issuedAt)
  return identityOf({ deviceSeed, certificate, secrets, revocations })
}

/** The same device, able to read what was written up to an epoch. @param root its words' secret */
export async function readingUpTo(identity: DeviceIdentity, root: Bytes, epoch: number): Promise<DeviceIdentity> {
  const { daily } = identity
  if (epoch <= daily.epoch) return identity
  const later = Array.from({ length: epoch - daily.epoch }, (_, i) => daily.epoch + 1 + i)
  return {
    ...identity,
    ahead: await Promise.all(later.map(async (e) => dailyKeys(await dailySecret(root, e), e))),
  }
}

/** The daily secrets of all epochs up to one. */
export const dailySecrets = (root: Bytes, epoch: number): Promise<Bytes[]> =>
  Promise.all(Array.from({ length: epoch + 1 }, (_, e) => dailySecret(root, e)))

/** The public head key of the newest of these epochs. */
export const headKeyOf = async (secrets: readonly Bytes[]): Promise<Bytes> =>
  (await signingKey(await hkdf(newest(secrets), keyLabel.head, 32))).publicKey

/** The identity of a device that has its seed at hand. @throws KeeptabError `certificate-invalid` or `malformed` */
export async function identityOf(
  parts: Admission & { readonly deviceSeed: Bytes; readonly revocations: readonly Bytes[] },
): Promise<DeviceIdentity> {
  const { deviceSeed, ...admission } = parts
  const key = await aesKey(await hkdf(deviceSeed, keyLabel.vault, 32))
  return admitted(await signingKey(deviceSeed), await boxOf(deviceSeed), key, admission)
}

/** The box key that belongs to a device seed. */
export const boxOf = async (deviceSeed: Bytes): Promise<BoxKey> => boxKey(await hkdf(deviceSeed, keyLabel.box, 32))

/**
 * The same device in a later epoch.
 * @throws KeeptabError `certificate-invalid` when the certificate is another device's or account's, or names another
 *   epoch or head key than those that came with it
 */
export async function advanced(
  identity: DeviceIdentity,
  admission: Admission & { readonly revocations: readonly Bytes[] },
): Promise<DeviceIdentity> {
  const next = await admitted(identity.deviceKey, identity.box, identity.vault?.key, admission)
  if (next.account !== identity.account || next.device !== identity.device)
    throw new KeeptabError('certificate-invalid')
  return next
}

async function admitted(
  deviceKey: SigningKey,
  box: BoxKey,
  vaultKey: CryptoKey | undefined,
  { certificate, secrets, revocations }: Admission & { readonly revocations: readonly Bytes[] },
): Promise<DeviceIdentity> {
  const { epoch, devicePublicKey, headPublicKey } = await openCertificate(certificate)
  const keys = await Promise.all(secrets.map((secret, e) => dailyKeys(secret, e)))
  const daily = newest(keys)
  const fits = epoch === daily.epoch && epoch === revocations.length && equal(headPublicKey, daily.head.publicKey)
  if (!fits || !equal(devicePublicKey, deviceKey.publicKey)) throw new KeeptabError('certificate-invalid')
  return assembleIdentity({
    deviceKey,
    certificate,
    daily,
    past: keys.slice(0, -1),
    box,
    ...(vaultKey && { vault: await sealSecrets(vaultKey, secrets) }),
    revocations: [...revocations],
  })
}

/** An identity out of its stored parts. @throws KeeptabError `certificate-invalid` or `malformed` */
export async function assembleIdentity(parts: Omit<DeviceIdentity, 'account' | 'device'>): Promise<DeviceIdentity> {
  const { account, device } = await openCertificate(parts.certificate)
  return { account, device, ...parts }
}

/** The daily secrets of a device, to hand them on. Wipe them afterwards. @throws KeeptabError `epoch-behind` when it has none */
export async function secretsOf({ vault, daily }: DeviceIdentity): Promise<Bytes[]> {
  if (vault === undefined)
    throw new KeeptabError('epoch-behind', 'This browser joined before devices could be added by link.')
  const plain = await decrypt(vault.key, vaultNonce(daily.epoch), new Uint8Array(0), vault.sealed)
  return Array.from({ length: plain.length / 32 }, (_, e) => plain.slice(32 * e, 32 * e + 32))
}

const sealSecrets = async (key: CryptoKey, secrets: readonly Bytes[]): Promise<Vault> => ({
  key,
  sealed: await encrypt(key, vaultNonce(secrets.length - 1), new Uint8Array(0), concat(...secrets)),
})

// One message for each epoch under the key of a device, and the same one whenever it is made again.
const vaultNonce = (epoch: number): Bytes => concat(new Uint8Array(8), u32(epoch))

function newest<T>(ofEpochs: readonly T[]): T {
  const last = ofEpochs.at(-1)
  if (last === undefined) throw new KeeptabError('certificate-invalid', 'It comes without keys.')
  return last
}
