/** Frozen: roots stand in signed pack records. Computed outside of this code base, from docs/format.md. */
import { describe, expect, test } from 'vitest'
import { fromHex, toHex, type Bytes } from '../../src/core/bytes.ts'
import { LEAF_BYTES, leafCountOf, leafHashes, merkleProof, merkleRoot, verifyLeaf } from '../../src/core/merkle.ts'
import vectors from './merkle.json' with { type: 'json' }

/** (31 i + 17 ⌊i/256⌋ + 5 ⌊i/65536⌋ + 7) mod 256 */
const bytesOf = (length: number): Bytes =>
  Uint8Array.from({ length }, (_, i) => 31 * i + 17 * (i >> 8) + 5 * (i >> 16) + 7)

const hash = (hex: string): Bytes => fromHex(hex, 32) ?? new Uint8Array(0)

test('a leaf has 16 KiB', () => {
  expect(LEAF_BYTES).toBe(vectors.leafBytes)
})

describe.each(vectors.inputs)('$sizeBytes bytes', ({ sizeBytes, leafCount, root, proof: { index, path } }) => {
  const bytes = bytesOf(sizeBytes)

  test('have the frozen root', async () => {
    expect(leafCountOf(sizeBytes)).toBe(leafCount)
    expect(toHex(await merkleRoot(bytes))).toBe(root)
  })

  test('prove one leaf with the frozen path', async () => {
    expect(merkleProof(await leafHashes(bytes), index).map(toHex)).toEqual(path)
    const leaf = bytes.slice(index * LEAF_BYTES, (index + 1) * LEAF_BYTES)
    expect(await verifyLeaf({ root: hash(root), leafCount, index, leaf, proof: path.map(hash) })).toBe(true)
  })
})
