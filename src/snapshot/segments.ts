/**
 * Sealing a byte string of any length under a key that seals nothing else: AES-256-GCM in segments.
 *
 *   segment i of m = the next 256 KiB (the last may be shorter), encrypted, ‖ 16-byte tag
 *   nonce (12)     = seven zero bytes ‖ u32 i ‖ 0x01 when i = m − 1, else 0x00
 *   associated     = 0x01 (version) ‖ name (32) ‖ u32 i ‖ u32 m
 *
 * No nonce repeats under a key, because i does not; no segment can be dropped, moved or taken from elsewhere, because
 * each is bound to its place, to the number of all and to the name of the whole.
 */
import { concat, u32, type Bytes } from '../core/bytes.ts'
import { decrypt, encrypt, GCM_TAG_BYTES } from '../core/crypto.ts'
import { KeeptabError } from '../core/errors.ts'
import { KiB, type ByteCount } from '../core/units.ts'

/** WebCrypto encrypts 256 KiB pieces twice as fast as 1 MiB pieces (performance.md). */
const SEGMENT_BYTES: ByteCount = 256 * KiB

const segmentCount = (plainLength: ByteCount): number => Math.ceil(plainLength / SEGMENT_BYTES)

/** Length of the sealed form of `plainLength` bytes. */
export const sealedLength = (plainLength: ByteCount): ByteCount =>
  plainLength + GCM_TAG_BYTES * segmentCount(plainLength)

/** @param name 32 bytes. @param plain at least one byte; not read after the promise is fulfilled */
export async function sealSegments(key: CryptoKey, name: Bytes, plain: Bytes): Promise<Bytes> {
  const count = segmentCount(plain.length)
  const segments = Array.from({ length: count }, (_, i) =>
    encrypt(
      key,
      nonce(i, count),
      associated(name, i, count),
      plain.subarray(i * SEGMENT_BYTES, (i + 1) * SEGMENT_BYTES),
    ),
  )
  return concat(...(await Promise.all(segments)))
}

/**
 * @param plainLength length of what was sealed, at least 1
 * @throws KeeptabError `malformed` when the sealed bytes cannot have this length, `decrypt-failed` when they do not open
 */
export async function openSegments(key: CryptoKey, name: Bytes, sealed: Bytes, plainLength: ByteCount): Promise<Bytes> {
  if (plainLength < 1 || sealed.length !== sealedLength(plainLength)) {
    throw new KeeptabError('malformed', 'A sealed part has another length.')
  }
  const count = segmentCount(plainLength)
  const step = SEGMENT_BYTES + GCM_TAG_BYTES
  const segments = Array.from({ length: count }, (_, i) =>
    decrypt(key, nonce(i, count), associated(name, i, count), sealed.subarray(i * step, (i + 1) * step)),
  )
  return concat(...(await Promise.all(segments)))
}

const nonce = (i: number, count: number): Bytes =>
  concat(new Uint8Array(7), u32(i), Uint8Array.of(i === count - 1 ? 1 : 0))

const associated = (name: Bytes, i: number, count: number): Bytes => concat(Uint8Array.of(1), name, u32(i), u32(count))
