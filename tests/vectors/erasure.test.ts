/** Frozen: a shard that was stored once must be rebuilt for ever. Computed outside of this code base, from docs/format.md. */
import { describe, expect, test } from 'vitest'
import { concat, fromHex, toHex, type Bytes } from '../../src/core/bytes.ts'
import { sha256 } from '../../src/core/crypto.ts'
import { CANTOR_BASIS, POINTS } from '../../src/erasure/gf256.ts'
import { reedSolomon } from '../../src/erasure/reed-solomon.ts'
import vectors from './erasure.json' with { type: 'json' }

/** (31 i + 17 ⌊i/256⌋ + 5 ⌊i/65536⌋ + 7) mod 256 */
const packOf = (length: number): Bytes =>
  Uint8Array.from({ length }, (_, i) => 31 * i + 17 * (i >> 8) + 5 * (i >> 16) + 7)

test('the Cantor basis and the 256 points', () => {
  expect(CANTOR_BASIS).toEqual(vectors.cantorBasis)
  expect([...POINTS]).toEqual(vectors.points)
})

test('the parity rows of the generator matrix of 3 of 10', async () => {
  const unit = [0, 1, 2].flatMap((j) => [0, 1, 2].map((i) => Number(i === j)))
  const { shards } = await reedSolomon.encode({ k: 3, n: 10 }, Uint8Array.from(unit))
  expect(shards.slice(3).map((row) => [...row])).toEqual(vectors.generator3of10)
})

describe.each(vectors.codes)('$k of $n', ({ k, n, shardBytes, shards: expected, sha256: digest, rootsSha256 }) => {
  test('encodes to the frozen shards and roots', async () => {
    const { shards, roots } = await reedSolomon.encode({ k, n }, packOf(k * shardBytes))
    expect(shards.map(toHex)).toEqual(expected)
    expect(toHex(await sha256(concat(...shards)))).toBe(digest)
    expect(toHex(await sha256(concat(...roots)))).toBe(rootsSha256)
  })

  test('decodes from the last k frozen shards', async () => {
    const last = expected
      .map((hex, index) => ({ index, bytes: fromHex(hex, shardBytes) ?? new Uint8Array(0) }))
      .slice(-k)
    expect(await reedSolomon.decode({ k, n }, last)).toEqual(packOf(k * shardBytes))
  })
})
