/** The erasure code as its users see it: a pack becomes n shards, any k of them rebuild it. */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'

/** k of n: k data shards, n − k parity shards. Lawful when 1 ≤ k ≤ n and n − k ≤ 256 − K, K the power of two at or above k. */
export interface ErasureCode {
  readonly k: number
  readonly n: number
}

/** A shard and its place in the pack: 0…k−1 are data, k…n−1 parity. */
export interface IndexedShard {
  readonly index: number
  readonly bytes: Bytes
}

export interface EncodedPack {
  /** n shards of one length, each in a buffer of its own so that it can be stored or transferred alone. */
  readonly shards: Bytes[]
  /** Merkle root of each shard, 32 bytes. */
  readonly roots: Bytes[]
}

export interface ErasureOptions {
  /** Stops the work within some milliseconds of computing; the promise then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
  /**
   * Called with the bytes of the pack that are coded so far: never falling, the last time with the length of the
   * whole pack before the promise is fulfilled. Must not throw.
   */
  readonly onProgress?: ((doneBytes: number) => void) | undefined
}

/**
 * Arguments are only read and stay the caller's, who must not change them before the promise settles; results share no
 * memory with them. Empty packs and shards are lawful. Content is never verified: check Merkle roots before decoding.
 *
 * All three reject with a KeeptabError: `erasure-parameters` when the code is not lawful, `erasure-shards` when lengths
 * or indices do not fit, `aborted` when the signal has fired.
 */
export interface ErasureCodec {
  /**
   * Splits a pack into n shards; the first k are its slices.
   * @param pack k × (shard length) bytes. Any other length is `erasure-shards`.
   */
  encode(code: ErasureCode, pack: Bytes, options?: ErasureOptions): Promise<EncodedPack>

  /**
   * Rebuilds the pack.
   * @param shards at least k of one length with distinct indices, in any order. All are checked, the k lowest are used.
   * Fewer are `too-few-shards` with data {k, present}.
   */
  decode(code: ErasureCode, shards: readonly IndexedShard[], options?: ErasureOptions): Promise<Bytes>

  /**
   * Makes the shards with the wanted indices again, in the order asked for.
   * @param shards as for `decode`.
   * @param wanted distinct indices; those of given shards are allowed and give copies.
   */
  rebuild(
    code: ErasureCode,
    shards: readonly IndexedShard[],
    wanted: readonly number[],
    options?: ErasureOptions,
  ): Promise<Bytes[]>
}

/** K, the smallest power of two ≥ k: how many points carry data or a fixed zero. */
export const paddedCount = (k: number): number => 2 ** Math.ceil(Math.log2(k))

/** @throws KeeptabError `erasure-parameters` when there is no such code. */
export function checkCode(code: ErasureCode): void {
  if (!isLawfulCode(code)) throw new KeeptabError('erasure-parameters', undefined, { k: code.k, n: code.n })
}

/** Whether there is such a code. */
export const isLawfulCode = ({ k, n }: ErasureCode): boolean =>
  Number.isInteger(k) && Number.isInteger(n) && k >= 1 && k <= n && n - k <= 256 - paddedCount(k)

/** Length in bytes of each shard of a pack. @throws KeeptabError `erasure-shards` when k does not divide it. */
export function shardLengthOf({ k }: ErasureCode, pack: Bytes): number {
  if (pack.length % k === 0) return pack.length / k
  throw new KeeptabError('erasure-shards', 'The pack has no whole number of bytes per shard.', {
    k,
    packBytes: pack.length,
  })
}

/**
 * The k shards to work from, lowest indices first: data shards need no arithmetic.
 * @throws KeeptabError `erasure-shards` when lengths or indices do not fit, `too-few-shards` when k are not there.
 */
export function chooseShards(code: ErasureCode, shards: readonly IndexedShard[]): readonly IndexedShard[] {
  const indices = shards.map(({ index }) => index)
  checkIndices(code, indices)
  if (new Set(shards.map(({ bytes }) => bytes.length)).size > 1) {
    throw new KeeptabError('erasure-shards', 'They have different lengths.')
  }
  if (shards.length < code.k) throw new KeeptabError('too-few-shards', undefined, { k: code.k, present: shards.length })
  return shards.toSorted((a, b) => a.index - b.index).slice(0, code.k)
}

/** @throws KeeptabError `erasure-shards` unless the indices are distinct and in 0…n−1. */
export function checkIndices({ n }: ErasureCode, indices: readonly number[]): void {
  const stray = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= n)
  if (stray !== undefined) throw new KeeptabError('erasure-shards', 'There is no such shard.', { index: stray, n })
  if (new Set(indices).size < indices.length) throw new KeeptabError('erasure-shards', 'One was given twice.')
}
