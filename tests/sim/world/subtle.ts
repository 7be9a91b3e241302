/**
 * WebCrypto whose answers are there at once, so that no thread decides an order. All results are those of WebCrypto but
 * for one: a signature is a MAC under the signer's seed, which whoever verifies looks up by the public key. It is made
 * and checked in a tenth of the time, and nobody without the seed can make one.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  pbkdf2Sync,
  timingSafeEqual,
} from 'node:crypto'
import { x25519 } from '@noble/curves/ed25519.js'

interface PlainKey {
  readonly algorithm: string
  readonly bytes: Uint8Array
}

interface Params {
  readonly name: string
  readonly iv?: Uint8Array
  readonly additionalData?: Uint8Array
  readonly info?: Uint8Array
  readonly salt?: Uint8Array
  readonly iterations?: number
  readonly public?: PlainKey
}

/** Seeds by public key, in hexadecimal. */
const seeds = new Map<string, Uint8Array>()
const publicOf = new Map<string, string>()
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const signed = (seed: Uint8Array, message: Uint8Array): Buffer => createHmac('sha512', seed).update(message).digest()
const whole = (buffer: Uint8Array): ArrayBuffer => Uint8Array.from(buffer).buffer
const GCM_TAG_BYTES = 16

/* eslint-disable @typescript-eslint/require-await -- what throws must reject */
const operations = {
  digest: async (_name: string, bytes: Uint8Array) => whole(createHash('sha256').update(bytes).digest()),

  async importKey(format: string, bytes: Uint8Array, algorithm: string | { name: string }): Promise<PlainKey> {
    const name = typeof algorithm === 'string' ? algorithm : algorithm.name
    const key = { algorithm: name, bytes: bytes.slice(format === 'pkcs8' ? -32 : 0) }
    if (format === 'pkcs8' && name === 'Ed25519' && !publicOf.has(hex(key.bytes))) {
      const privateKey = createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' })
      const publicKey = Buffer.from(
        createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '',
        'base64url',
      ).toString('hex')
      publicOf.set(hex(key.bytes), publicKey)
      seeds.set(publicKey, key.bytes)
    }
    return key
  },

  async sign(name: string, key: PlainKey, message: Uint8Array) {
    if (name === 'HMAC') return whole(createHmac('sha256', key.bytes).update(message).digest())
    return whole(signed(key.bytes, message))
  },

  async verify(_name: string, key: PlainKey, signature: Uint8Array, message: Uint8Array) {
    const seed = seeds.get(hex(key.bytes))
    return seed !== undefined && signature.length === 64 && timingSafeEqual(signed(seed, message), signature)
  },

  async deriveBits({ name, info, salt, iterations = 1, public: theirs }: Params, key: PlainKey, bits: number) {
    const none = new Uint8Array(0)
    if (name === 'HKDF')
      return whole(new Uint8Array(hkdfSync('sha256', key.bytes, salt ?? none, info ?? none, bits / 8)))
    if (name === 'PBKDF2') return whole(pbkdf2Sync(key.bytes, salt ?? none, iterations, bits / 8, 'sha256'))
    return whole(x25519.getSharedSecret(key.bytes, theirs?.bytes ?? none))
  },

  async encrypt({ iv, additionalData }: Params, key: PlainKey, plain: Uint8Array) {
    const cipher = createCipheriv('aes-256-gcm', key.bytes, iv ?? new Uint8Array(12))
    cipher.setAAD(additionalData ?? new Uint8Array(0))
    return whole(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]))
  },

  async decrypt({ iv, additionalData }: Params, key: PlainKey, sealed: Uint8Array) {
    const cipher = createDecipheriv('aes-256-gcm', key.bytes, iv ?? new Uint8Array(12))
    cipher.setAAD(additionalData ?? new Uint8Array(0))
    cipher.setAuthTag(sealed.subarray(-GCM_TAG_BYTES))
    return whole(Buffer.concat([cipher.update(sealed.subarray(0, -GCM_TAG_BYTES)), cipher.final()]))
  },
}
/* eslint-enable @typescript-eslint/require-await */

export const seededSubtle: typeof operations = operations
