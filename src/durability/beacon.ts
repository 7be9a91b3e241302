/**
 * The beacon of audits: one secret for each day, out of a chain of hashes that a coordinator fixed once.
 *
 *   anchor = H^N(seed)        secret of day d = H^(N−1−d)(seed), d counted from 0
 *
 * Whoever knows the anchor checks a secret by hashing it d + 1 times, and the secret of a day that is over gives the
 * secrets of all days before. A day's secret is told when the day is over: until then nobody can tell what will be asked,
 * and afterwards everybody can tell that it was not chosen. It proves that the choice was fixed before the holding was
 * known, not that the seed was drawn by chance: a coordinator that made its seed after it knew all keepers and all packs
 * to come could have tried several.
 */
import { equal, type Bytes } from '../core/bytes.ts'
import { sha256Now } from '../core/crypto.ts'
import { KeeptabError } from '../core/errors.ts'

/** Days of one chain: a hundred years. */
const CHAIN_DAYS = 36_525

/** What everybody may know from the first day on. */
export const beaconAnchor = (seed: Bytes): Bytes => hashed(seed, CHAIN_DAYS)

/** The secret of the day that comes so many days after the first. @throws KeeptabError `internal` outside of the chain */
export function beaconSecret(seed: Bytes, day: number): Bytes {
  if (!Number.isSafeInteger(day) || day < 0 || day >= CHAIN_DAYS) {
    throw new KeeptabError('internal', 'The chain of the beacon has no such day.', { day })
  }
  return hashed(seed, CHAIN_DAYS - 1 - day)
}

/** Whether a secret is the one of that day of the chain with this anchor. */
export const isBeaconSecret = (secret: Bytes, day: number, anchor: Bytes): boolean =>
  Number.isSafeInteger(day) && day >= 0 && day < CHAIN_DAYS && equal(hashed(secret, day + 1), anchor)

/** The secret of a day out of that of a later one. @param daysBefore how many days lie between */
export const earlierSecret = (secret: Bytes, daysBefore: number): Bytes => hashed(secret, daysBefore)

function hashed(bytes: Bytes, times: number): Bytes {
  let hash = bytes
  for (let i = 0; i < times; i += 1) hash = sha256Now(hash)
  return hash
}
