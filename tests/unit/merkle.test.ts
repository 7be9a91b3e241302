import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, type Bytes } from '../../src/core/bytes.ts'
import { sha256 } from '../../src/core/crypto.ts'
import {
  LEAF_BYTES,
  leafCountOf,
  leafHashes,
  merkleProof,
  merkleRoot,
  rootOfLeafHashes,
  verifyLeaf,
} from '../../src/core/merkle.ts'

/** RFC 6962 §2.1, word for word. */
async function treeHash(leaves: readonly Bytes[]): Promise<Bytes> {
  const [first] = leaves
  if (first === undefined) throw new Error('no leaf')
  if (leaves.length === 1) return sha256(concat(Uint8Array.of(0), first))
  let split = 1
  while (2 * split < leaves.length) split *= 2
  const halves = [await treeHash(leaves.slice(0, split)), await treeHash(leaves.slice(split))]
  return sha256(concat(Uint8Array.of(1), ...halves))
}

const bytesOf = (length: number): Bytes => Uint8Array.from({ length }, (_, i) => i * 31 + (i >> 8) * 17)
const leavesOf = (bytes: Bytes): Bytes[] =>
  Array.from({ length: leafCountOf(bytes.length) }, (_, i) => bytes.slice(i * LEAF_BYTES, (i + 1) * LEAF_BYTES))
const flipped = (bytes: Bytes, at: number): Bytes => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))
const leafCounts = Array.from({ length: 20 }, (_, i) => i + 1)

describe('the root', () => {
  test.each([0, 1, LEAF_BYTES - 1, LEAF_BYTES, LEAF_BYTES + 1, 7 * LEAF_BYTES, 70 * LEAF_BYTES + 5])(
    'of %d bytes is the tree hash of RFC 6962 over their leaves',
    async (length) => {
      expect(await merkleRoot(bytesOf(length))).toEqual(await treeHash(leavesOf(bytesOf(length))))
    },
  )

  test('no bytes are one empty leaf', async () => {
    expect(leafCountOf(0)).toBe(1)
    expect(await merkleRoot(new Uint8Array(0))).toEqual(await sha256(Uint8Array.of(0)))
  })

  test('a leaf that looks like a node has another hash than the node', async () => {
    const two = await leafHashes(bytesOf(2 * LEAF_BYTES))
    expect(await merkleRoot(concat(...two))).not.toEqual(rootOfLeafHashes(two))
  })

  test('there is no root over no leaf', () => {
    expect(() => rootOfLeafHashes([])).toThrow(expect.objectContaining({ code: 'malformed' }) as Error)
  })
})

describe('a proof', () => {
  // Leaves of one byte: the shape of the tree is what counts here.
  const tree = async (leafCount: number) => {
    const leaves = Array.from({ length: leafCount }, (_, i) => Uint8Array.of(i))
    const hashes = (await Promise.all(leaves.map(leafHashes))).flat()
    return { leaves, hashes, root: rootOfLeafHashes(hashes) }
  }

  test.each(leafCounts)('of every one of %d leaves is accepted, for that leaf and place alone', async (leafCount) => {
    const { leaves, hashes, root } = await tree(leafCount)
    for (const [index, leaf] of leaves.entries()) {
      const proof = merkleProof(hashes, index)
      for (const place of leaves.keys()) {
        expect(await verifyLeaf({ root, leafCount, index: place, leaf, proof })).toBe(place === index)
      }
    }
  })

  test('has at most ⌈log₂ leaves⌉ hashes', async () => {
    for (const leafCount of leafCounts) {
      const { hashes } = await tree(leafCount)
      for (const index of hashes.keys()) {
        expect(merkleProof(hashes, index).length).toBeLessThanOrEqual(Math.ceil(Math.log2(leafCount)))
      }
    }
  })

  test('with one bit flipped anywhere, one hash more or one less is refused', async () => {
    const claim = fc.integer({ min: 1, max: 40 }).chain((leafCount) =>
      fc.record({
        leafCount: fc.constant(leafCount),
        index: fc.nat(leafCount - 1),
        at: fc.nat(31),
        which: fc.nat(9),
      }),
    )
    await fc.assert(
      fc.asyncProperty(claim, async ({ leafCount, index, at, which }) => {
        const { leaves, hashes, root } = await tree(leafCount)
        const proof = merkleProof(hashes, index)
        const leaf = leaves[index] ?? new Uint8Array(0)
        const right = { root, leafCount, index, leaf, proof }
        expect(await verifyLeaf(right)).toBe(true)
        expect(await verifyLeaf({ ...right, root: flipped(root, at) })).toBe(false)
        expect(await verifyLeaf({ ...right, leaf: flipped(leaf, 0) })).toBe(false)
        expect(await verifyLeaf({ ...right, proof: [...proof, root] })).toBe(false)
        if (proof.length === 0) return
        const bad = proof.map((hash, i) => (i === which % proof.length ? flipped(hash, at) : hash))
        expect(await verifyLeaf({ ...right, proof: bad })).toBe(false)
        expect(await verifyLeaf({ ...right, proof: proof.slice(1) })).toBe(false)
        expect(await verifyLeaf({ ...right, proof: proof.slice(0, -1) })).toBe(false)
      }),
    )
  })

  test('that was cut differently between its hashes is refused', async () => {
    const { leaves, hashes, root } = await tree(2)
    const [leaf = new Uint8Array(0)] = leaves
    const [sibling = new Uint8Array(0)] = merkleProof(hashes, 0)
    const cut = [sibling.slice(0, 31), sibling.slice(31)]
    expect(await verifyLeaf({ root, leafCount: 2, index: 0, leaf, proof: cut })).toBe(false)
    expect(await verifyLeaf({ root, leafCount: 2, index: 0, leaf, proof: [concat(sibling, root)] })).toBe(false)
  })

  test.each([-1, 3, 0.5, Number.NaN, 2 ** 32])('of leaf %d of three does not exist', async (index) => {
    const { hashes, root } = await tree(3)
    expect(() => merkleProof(hashes, index)).toThrow(expect.objectContaining({ code: 'malformed' }) as Error)
    expect(await verifyLeaf({ root, leafCount: 3, index, leaf: Uint8Array.of(0), proof: hashes })).toBe(false)
  })

  test('a leaf longer than a leaf is refused, whatever its hash', async () => {
    const leaf = bytesOf(LEAF_BYTES + 1)
    const root = await sha256(concat(Uint8Array.of(0), leaf))
    expect(await verifyLeaf({ root, leafCount: 1, index: 0, leaf, proof: [] })).toBe(false)
  })
})
