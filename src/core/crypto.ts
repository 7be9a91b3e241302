/** The cryptography Keeptab uses, over WebCrypto: SHA-256, HMAC, HKDF, PBKDF2, AES-256-GCM, Ed25519 and X25519. */
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { sha256 as sha256OnTheSpot } from '@noble/hashes/sha2.js'
import { concat, own, utf8, type Bytes } from './bytes.ts'
import { KeeptabError } from './errors.ts'
import type { SignatureTag } from './derive.ts'

/** SHA-256, 32 bytes (FIPS 180-4). */
export const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

/** The same for a few bytes, where asking WebCrypto and waiting for its answer takes several times as long as hashing. */
export const sha256Now = (bytes: Bytes): Bytes => own(sha256OnTheSpot(bytes))

/** HKDF-SHA-256 with an empty salt (RFC 5869). */
export async function hkdf(secret: Bytes, info: string, lengthBytes: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const params = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8(info) }
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, 8 * lengthBytes))
}

/** PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2): a hash that is slow on purpose, for secrets that can be guessed. */
export async function slowHash(secret: Bytes, salt: Bytes, iterations: number, lengthBytes: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits'])
  const params = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, 8 * lengthBytes))
}

/** A non-extractable HMAC-SHA-256 key. */
export const hmacKey = (raw: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])

/** HMAC-SHA-256, 32 bytes (RFC 2104). */
export const hmac = async (key: CryptoKey, bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes))

/** A non-extractable AES-256-GCM key of 32 raw bytes. */
export const aesKey = (raw: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])

/** Length of an AES-GCM tag in bytes. */
export const GCM_TAG_BYTES = 16

/** AES-256-GCM: ciphertext ‖ 16-byte tag. @param nonce 12 bytes, never twice under one key. */
export const encrypt = async (key: CryptoKey, nonce: Bytes, associated: Bytes, plain: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: associated }, key, plain))

/** The plain bytes of `encrypt`. @throws KeeptabError `decrypt-failed` when key, nonce, associated data or a byte differ. */
export async function decrypt(key: CryptoKey, nonce: Bytes, associated: Bytes, sealed: Bytes): Promise<Bytes> {
  try {
    const params = { name: 'AES-GCM', iv: nonce, additionalData: associated }
    return new Uint8Array(await crypto.subtle.decrypt(params, key, sealed))
  } catch (cause) {
    throw new KeeptabError('decrypt-failed', undefined, {}, cause)
  }
}

/** An Ed25519 key that can sign; the seed is not kept readable where the platform can hide it. */
export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Bytes
  /** Not extractable. Can be kept in IndexedDB. */
  readonly privateKey: CryptoKey
}

// RFC 8410 §7: PKCS#8 of an Ed25519 seed is this prefix and the 32 bytes.
const pkcs8Prefix = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
])

/** The Ed25519 key of a 32-byte seed (RFC 8032 §5.1.5). WebCrypto cannot compute a public key from a seed; noble does. */
export async function signingKey(seed: Bytes): Promise<SigningKey> {
  const privateKey = await crypto.subtle.importKey('pkcs8', concat(pkcs8Prefix, seed), 'Ed25519', false, ['sign'])
  return { publicKey: own(ed25519.getPublicKey(seed)), privateKey }
}

const tagged = (tag: SignatureTag, message: Uint8Array): Bytes => concat(utf8(tag), Uint8Array.of(0), message)

/** Ed25519 signature, 64 bytes, over tag ‖ 0x00 ‖ message. */
export const sign = async (key: SigningKey, tag: SignatureTag, message: Uint8Array): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.sign('Ed25519', key.privateKey, tagged(tag, message)))

/** Whether `signature` is `publicKey`'s over tag ‖ 0x00 ‖ message. Never throws: a malformed key or signature is false. */
export async function verify(
  publicKey: Bytes,
  tag: SignatureTag,
  message: Uint8Array,
  signature: Bytes,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, signature, tagged(tag, message))
  } catch {
    return false
  }
}

/** An X25519 key with which something can be sealed for one device. */
export interface BoxKey {
  /** 32 bytes. */
  readonly publicKey: Bytes
  /** Not extractable and to be kept in IndexedDB; the raw 32 bytes where the platform has no X25519. */
  readonly privateKey: CryptoKey | Bytes
}

// RFC 8410 §7, with the object identifier of X25519.
const x25519Prefix = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20,
])

/** The X25519 key of 32 bytes (RFC 7748 §6.1). */
export async function boxKey(seed: Bytes): Promise<BoxKey> {
  const publicKey = own(x25519.getPublicKey(seed))
  try {
    const bytes = concat(x25519Prefix, seed)
    return { publicKey, privateKey: await crypto.subtle.importKey('pkcs8', bytes, 'X25519', false, ['deriveBits']) }
  } catch {
    // A browser without X25519: the key then lies in its storage as it is.
    return { publicKey, privateKey: own(seed) }
  }
}

/** The secret two keys share, 32 bytes. @throws KeeptabError `malformed` for a public key of low order, with which nothing is secret */
export async function agree({ privateKey }: BoxKey, publicKey: Bytes): Promise<Bytes> {
  try {
    if (privateKey instanceof Uint8Array) return own(x25519.getSharedSecret(privateKey, publicKey))
    const theirs = await crypto.subtle.importKey('raw', publicKey, 'X25519', false, [])
    return new Uint8Array(await crypto.subtle.deriveBits({ name: 'X25519', public: theirs }, privateKey, 256))
  } catch (cause) {
    throw new KeeptabError('malformed', 'It is no X25519 public key.', {}, cause)
  }
}
