/** Keys and bytes that every snapshot test starts from. */
import type { Bytes } from '../../../src/core/bytes.ts'
import { dailyKeys, dailySecret, type DailyKeys } from '../../../src/identity/keys.ts'

/** Daily keys of the root secret whose every byte is `fill`. */
export const keysOf = async (fill: number): Promise<DailyKeys> =>
  dailyKeys(await dailySecret(new Uint8Array(32).fill(fill), 0), 0)

/** Bytes without structure, the same for the same seed: xorshift32, one byte a step. */
export function noise(length: number, seed = 1): Bytes {
  const bytes = new Uint8Array(length)
  let state = seed | 0 || 1
  for (let i = 0; i < length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = state >>> 24
  }
  return bytes
}
