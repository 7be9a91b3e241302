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
import { sha256 } from './crypto.ts'
import { KeeptabError } from './errors.ts'
import { KiB } from './units.ts'

/** Length of every leaf but the last, which has 0 to 16 KiB (0 only when it is the only one). */
export const LEAF_BYTES = 16 * KiB
/** Length of a leaf hash, a node and a root. */
export const HASH_BYTES = 32

/** How many leaves an input of this size has: at least one. */
export const leafCountOf = (sizeBytes: number): number => Math.max(1, Math.ceil(sizeBytes / LEAF_BYTES))

/** Root of the tree over `bytes`, 32 bytes. */
export const merkleRoot = async (bytes: Bytes): Promise<Bytes> => rootOfLeafHashes(await leafHashes(bytes))

/** The leaf hashes of `bytes` in order, `leafCountOf(bytes.length)` of them. */
export function leafHashes(bytes: Bytes): Promise<Bytes[]> {
  return inFlight(leafCountOf(bytes.length), (i) => leafHash(bytes.subarray(i * LEAF_BYTES, (i + 1) * LEAF_BYTES)))
}

/** Root over leaf hashes, at least one. @throws KeeptabError `malformed` when there is none. */
export async function rootOfLeafHashes(hashes: readonly Bytes[]): Promise<Bytes> {
  const [root] = (await levels(hashes)).at(-1) ?? []
  if (root === undefined) throw new KeeptabError('malformed', 'A Merkle tree has at least one leaf.')
  return root
}

/**
 * The siblings on the way from leaf `index` to the root, lowest first: the audit path of RFC 6962 §2.1.1.
 * @throws KeeptabError `malformed` when there is no such leaf.
 */
export async function merkleProof(hashes: readonly Bytes[], index: number): Promise<Bytes[]> {
  if (!isIndex(index, hashes.length)) throw new KeeptabError('malformed', 'There is no such leaf.', { index })
  const proof: Bytes[] = []
  let position = index
  for (const level of await levels(hashes)) {
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
      hash = await nodeHash(sibling, hash)
      while (position % 2 === 0 && position > 0) {
        position >>>= 1
        last >>>= 1
      }
    } else {
      hash = await nodeHash(hash, sibling)
    }
    position >>>= 1
    last >>>= 1
  }
  return last === 0 && equal(hash, root)
}

const LEAF_DOMAIN = Uint8Array.of(0)
const NODE_DOMAIN = Uint8Array.of(1)

const leafHash = (leaf: Bytes): Promise<Bytes> => sha256(concat(LEAF_DOMAIN, leaf))
const nodeHash = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(concat(NODE_DOMAIN, left, right))

/** All levels from the leaf hashes up to the root. Pairing from the left gives the RFC's split. */
async function levels(hashes: readonly Bytes[]): Promise<(readonly Bytes[])[]> {
  const all: (readonly Bytes[])[] = []
  let level = hashes
  for (all.push(level); level.length > 1; all.push(level)) level = await parents(level)
  return all
}

function parents(level: readonly Bytes[]): Promise<Bytes[]> {
  return inFlight(Math.ceil(level.length / 2), (i) => {
    const [left, right] = level.slice(2 * i, 2 * i + 2)
    if (left === undefined) throw new KeeptabError('internal')
    return right === undefined ? Promise.resolve(left) : nodeHash(left, right)
  })
}

/** One digest call at a time waits most of the time; 64 at once are seven times as fast, more gain nothing. */
const CALLS_IN_FLIGHT = 64

async function inFlight(count: number, hash: (i: number) => Promise<Bytes>): Promise<Bytes[]> {
  const hashes: Bytes[] = []
  for (let start = 0; start < count; start += CALLS_IN_FLIGHT) {
    const length = Math.min(CALLS_IN_FLIGHT, count - start)
    hashes.push(...(await Promise.all(Array.from({ length }, (_, i) => hash(start + i)))))
  }
  return hashes
}

const isIndex = (index: number, count: number): boolean =>
  Number.isSafeInteger(index) && Number.isSafeInteger(count) && index >= 0 && index < count
