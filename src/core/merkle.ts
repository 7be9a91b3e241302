/**
 * The Merkle tree over a shard: one signed root proves the whole shard, or one leaf of it in O(log leaves) bytes.
 * Shape of RFC 6962 §2.1 (n leaves split at the largest power of two below n), with leaves of 16 KiB:
 *
 *   leaf hash = SHA-256(0x00 ‖ leaf)        node = SHA-256(0x01 ‖ left ‖ right)
 *
 * The first byte keeps a leaf from being passed off as a node. No bytes at all are one empty leaf, so that every
 * input has a leaf 0; RFC 6962 would hash nothing there.
 */
import { concat, equal, type Bytes } from './bytes.ts'
import { sha256, sha256Now } from './crypto.ts'
import { KeeptabError } from './errors.ts'
import { KiB } from './units.ts'

/** Length of every leaf but the last, which has 0 to 16 KiB (0 only when it is the only one). */
export const LEAF_BYTES = 16 * KiB
/** Length of a leaf hash, a node and a root. */
const HASH_BYTES = 32

/** How many leaves an input of this size has: at least one. */
export const leafCountOf = (sizeBytes: number): number => Math.max(1, Math.ceil(sizeBytes / LEAF_BYTES))

/** Root of the tree over `bytes`, 32 bytes. */
export const merkleRoot = async (bytes: Bytes): Promise<Bytes> => rootOfLeafHashes(await leafHashes(bytes))

/** One digest call waits most of its time; 64 in flight are seven times as fast as one, more gain nothing. */
const CALLS_IN_FLIGHT = 64

/** The leaf hashes of `bytes` in order, `leafCountOf(bytes.length)` of them. */
export async function leafHashes(bytes: Bytes): Promise<Bytes[]> {
  const count = leafCountOf(bytes.length)
  const hashes: Bytes[] = []
  while (hashes.length < count) {
    const first = hashes.length
    const length = Math.min(CALLS_IN_FLIGHT, count - first)
    const leafAt = (i: number): Bytes => bytes.subarray(i * LEAF_BYTES, (i + 1) * LEAF_BYTES)
    hashes.push(...(await Promise.all(Array.from({ length }, (_, i) => leafHash(leafAt(first + i))))))
  }
  return hashes
}

/** Root over leaf hashes, at least one. @throws KeeptabError `malformed` when there is none. */
export function rootOfLeafHashes(hashes: readonly Bytes[]): Bytes {
  const [root] = levels(hashes).at(-1) ?? []
  if (root === undefined) throw new KeeptabError('malformed', 'A Merkle tree has at least one leaf.')
  return root
}

/**
 * The siblings on the way from leaf `index` to the root, lowest first: the audit path of RFC 6962 §2.1.1.
 * @throws KeeptabError `malformed` when there is no such leaf.
 */
export function merkleProof(hashes: readonly Bytes[], index: number): Bytes[] {
  if (!isIndex(index, hashes.length)) throw new KeeptabError('malformed', 'There is no such leaf.', { index })
  const proof: Bytes[] = []
  let position = index
  for (const level of levels(hashes)) {
    const sibling = level[position ^ 1]
    // The last node of an odd level has no sibling and rises as it is.
    if (sibling !== undefined) proof.push(sibling)
    position >>>= 1
  }
  return proof
}

/** What `verifyLeaf` holds against each other. */
export interface LeafClaim {
  /** The signed root, 32 bytes. */
  readonly root: Bytes
  /** `leafCountOf` the signed shard size: never a number the prover chose. */
  readonly leafCount: number
  readonly index: number
  readonly leaf: Bytes
  /** Answer of `merkleProof`. */
  readonly proof: readonly Bytes[]
}

/** Whether `leaf` is leaf `index` under `root`. Never throws: a proof of any other length or form is false. */
export async function verifyLeaf({ root, leafCount, index, leaf, proof }: LeafClaim): Promise<boolean> {
  if (!isIndex(index, leafCount) || leafCount > 2 ** 31 || leaf.length > LEAF_BYTES) return false
  // RFC 9162 §2.1.3.2; `position` and `last` are its fn and sn.
  let position = index
  let last = leafCount - 1
  let hash = await leafHash(leaf)
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== HASH_BYTES) return false
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash)
      while (position % 2 === 0 && position > 0) {
        position >>>= 1
        last >>>= 1
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    position >>>= 1
    last >>>= 1
  }
  return last === 0 && equal(hash, root)
}

const LEAF_DOMAIN = Uint8Array.of(0)
const NODE_DOMAIN = Uint8Array.of(1)

const leafHash = (leaf: Bytes): Promise<Bytes> => sha256(concat(LEAF_DOMAIN, leaf))

const nodeHash = (left: Bytes, right: Bytes): Bytes => sha256Now(concat(NODE_DOMAIN, left, right))

/** All levels from the leaf hashes up to the root. Pairing from the left gives the RFC's split. */
function levels(hashes: readonly Bytes[]): (readonly Bytes[])[] {
  const all = [hashes]
  for (let level = hashes; level.length > 1; all.push(level)) level = parents(level)
  return all
}

function parents(level: readonly Bytes[]): Bytes[] {
  const above: Bytes[] = []
  for (let i = 0; i < level.length; i += 2) {
    const [left, right] = level.slice(i, i + 2)
    if (left !== undefined) above.push(right === undefined ? left : nodeHash(left, right))
  }
  return above
}

const isIndex = (index: number, count: number): boolean =>
  Number.isSafeInteger(index) && Number.isSafeInteger(count) && index >= 0 && index < count
