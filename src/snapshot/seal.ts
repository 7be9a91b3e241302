/**
 * Sealing a chunk: deterministic, so that the same plan after a kill gives the same bytes, and yet no nonce can repeat
 * (protocol.md, decision 2). The key of a chunk follows from its id and from the very bytes that are sealed, so that a
 * compressor that changes its output changes the key.
 *
 *   id     = HMAC-SHA-256(chunk-id key, plain bytes)
 *   stored = plain bytes (method 0) or one zstd frame of them (method 1)
 *   hash   = SHA-256(stored)
 *   key    = HMAC-SHA-256(K, "keeptab/v1/chunk-key" ‖ 0x00 ‖ id ‖ hash), K = content key for files, manifest key otherwise
 *   sealed = stored in segments (segments.ts) under key, name = id
 */
import { concat, utf8, type Bytes } from '../core/bytes.ts'
import { aesKey, hmac, sha256 } from '../core/crypto.ts'
import { macTag } from '../core/derive.ts'
import { KeeptabError } from '../core/errors.ts'
import { idBytes, idOf, parseChunkId, type ChunkId } from '../core/ids.ts'
import type { ByteCount } from '../core/units.ts'
import { MAX_CHUNK_BYTES } from './chunker.ts'
import { compress, decompress, type Method } from './compression.ts'
import { openSegments, sealSegments } from './segments.ts'

/** The keys that seal: the part of `DailyKeys` that is needed here. HMAC-SHA-256, not extractable. */
export interface SealKeys {
  readonly chunkId: CryptoKey
  readonly content: CryptoKey
  readonly manifest: CryptoKey
}

/** What a chunk is a piece of. Its place in this list is its number on the wire. */
export const CHUNK_KINDS = ['file', 'tree', 'index', 'manifest'] as const
export type ChunkKind = (typeof CHUNK_KINDS)[number]

/** Everything needed to open a sealed chunk, once the keys are there. */
export interface ChunkSeal {
  readonly id: ChunkId
  readonly kind: ChunkKind
  readonly method: Method
  /** 1 byte to 1 MiB. */
  readonly plainLength: ByteCount
  /** Length of the plain or compressed bytes that were sealed. */
  readonly storedLength: ByteCount
  /** SHA-256 of the bytes that were sealed. */
  readonly hash: Bytes
}

export interface SealedChunk extends ChunkSeal {
  readonly sealed: Bytes
}

/** The name of a chunk: equal exactly when the bytes are, and only within one account and key epoch. */
export const chunkId = async (keys: SealKeys, plain: Bytes): Promise<ChunkId> =>
  idOf(parseChunkId, await hmac(keys.chunkId, plain))

/** The names of many chunks, all computed at once: WebCrypto is several times faster with many calls in flight. */
export const chunkIds = (keys: SealKeys, chunks: readonly Bytes[]): Promise<ChunkId[]> =>
  Promise.all(chunks.map((plain) => chunkId(keys, plain)))

/**
 * @param plain 1 byte to 1 MiB. An empty file has no chunks, so an empty chunk does not exist.
 * @param known its id, when it was computed before
 */
export async function sealChunk(keys: SealKeys, kind: ChunkKind, plain: Bytes, known?: ChunkId): Promise<SealedChunk> {
  if (plain.length < 1 || plain.length > MAX_CHUNK_BYTES) {
    throw new KeeptabError('internal', `A chunk cannot have ${plain.length} bytes.`)
  }
  const [id, { method, bytes }] = await Promise.all([known ?? chunkId(keys, plain), compress(plain)])
  const seal = { id, kind, method, plainLength: plain.length, storedLength: bytes.length, hash: await sha256(bytes) }
  return { ...seal, sealed: await sealSegments(await chunkKey(keys, seal), idBytes(id), bytes) }
}

/**
 * The plain bytes of a sealed chunk, proven to be the ones its id names.
 * @throws KeeptabError `malformed`, `decrypt-failed` or `decompress-failed`
 */
export async function openChunk(keys: SealKeys, seal: ChunkSeal, sealed: Bytes): Promise<Bytes> {
  const stored = await openSegments(await chunkKey(keys, seal), idBytes(seal.id), sealed, seal.storedLength)
  const plain = await decompress(seal.method, stored, seal.plainLength)
  if ((await chunkId(keys, plain)) !== seal.id)
    throw new KeeptabError('decrypt-failed', 'A chunk is not what its id names.')
  return plain
}

async function chunkKey(keys: SealKeys, { kind, id, hash }: ChunkSeal): Promise<CryptoKey> {
  const over = kind === 'file' ? keys.content : keys.manifest
  return aesKey(await hmac(over, tagged(macTag.chunkKey, concat(idBytes(id), hash))))
}

/** tag ‖ 0x00 ‖ message: the input of every keyed hash, so that no use of a key can be taken for another. */
export const tagged = (tag: (typeof macTag)[keyof typeof macTag], message: Bytes): Bytes =>
  concat(utf8(tag), Uint8Array.of(0), message)
