/**
 * A pack: sealed chunks and a sealed directory of them, as long as k shards of one size class. Without the keys it is
 * indistinguishable from random bytes, its fill included. The same chunks in the same order make the same pack.
 *
 *   salt (32)             HMAC-SHA-256(manifest key, "keeptab/v1/directory-salt" ‖ 0x00 ‖ SHA-256(directory))
 *   header (8 + 16)       u32 length of the directory ‖ u32 1, under AES-256-GCM: nonce 0x01 ‖ eleven zero bytes,
 *                         associated data 0x01 ‖ salt
 *   directory             in segments (segments.ts), name = salt
 *   chunks                back to back in the directory's order, each as sealed in seal.ts
 *   fill                  to k × shardBytes; readers ignore it
 *
 * Key of header and directory: HMAC-SHA-256(manifest key, "keeptab/v1/directory-key" ‖ 0x00 ‖ salt).
 * Directory: canonical CBOR {v: 1, chunks: [[id (32), kind, method, plainLength, storedLength, hash (32)]]}.
 * The salt follows from the directory, which follows from the chunks, so no nonce ever meets two plain texts.
 */
import { z } from 'zod'
import { concat, u32, type Bytes } from '../core/bytes.ts'
import { aesKey, decrypt, encrypt, GCM_TAG_BYTES, hmac, sha256 } from '../core/crypto.ts'
import { macTag } from '../core/derive.ts'
import { KeeptabError } from '../core/errors.ts'
import { idBytes, idOf, parseChunkId, type ChunkId } from '../core/ids.ts'
import { MAX_SHARD_BYTES, SHARD_SIZES } from '../core/shard-sizes.ts'
import { fixedBytes } from '../core/signed.ts'
import type { ByteCount } from '../core/units.ts'
import { decode, encode } from '../core/wire.ts'
import { MAX_CHUNK_BYTES } from './chunker.ts'
import { CHUNK_KINDS, openChunk, tagged, type ChunkSeal, type SealedChunk, type SealKeys } from './seal.ts'
import { openSegments, sealedLength, sealSegments } from './segments.ts'

/** Most chunks in one pack, so that a directory can be read into little memory. */
const MAX_PACK_CHUNKS = 2 ** 15

const SALT_BYTES = 32
const HEADER_BYTES = 8
const HEADER_END = SALT_BYTES + HEADER_BYTES + GCM_TAG_BYTES
const FORMAT = 1
/** Longest encodings: of the map around the entries (1 + 3 + 7 + 5), and of an entry (1 + 34 + 1 + 1 + 5 + 5 + 34). */
const DIRECTORY_BASE_BYTES = 16
const ENTRY_BYTES = 81
const directoryBound = (chunks: number): ByteCount => DIRECTORY_BASE_BYTES + ENTRY_BYTES * chunks

const entrySchema = z
  .tuple([
    fixedBytes(32),
    z.int().min(0).max(3),
    z.union([z.literal(0), z.literal(1)]),
    z.int().min(1).max(MAX_CHUNK_BYTES),
    z.int().min(1).max(MAX_CHUNK_BYTES),
    fixedBytes(32),
  ])
  .refine(
    ([, , method, plain, stored]) => (method === 0 ? stored === plain : stored < plain),
    'has lengths that do not fit',
  )

const directorySchema = z.strictObject({
  v: z.literal(1),
  chunks: z.array(entrySchema).min(1).max(MAX_PACK_CHUNKS),
})

/** A chunk and where it lies in its pack. */
export interface PackEntry extends ChunkSeal {
  readonly offset: ByteCount
}

export interface FinishedPack {
  /** k × shardBytes. */
  readonly bytes: Bytes
  readonly shardBytes: ByteCount
  readonly chunks: readonly ChunkId[]
}

/** Collects sealed chunks for one pack. Chunks are held by reference until `finish`. */
export class PackBuilder {
  readonly #k: number
  readonly #chunks = new Map<ChunkId, SealedChunk>()
  #chunkBytes: ByteCount = 0

  /** @param k data shards of the code the pack is for; at least 2, so that the longest chunk fits */
  constructor(k: number) {
    if (!Number.isInteger(k) || k < 2) throw new KeeptabError('internal', 'A pack is for at least 2 data shards.')
    this.#k = k
  }

  /** Chunks added so far. */
  get count(): number {
    return this.#chunks.size
  }

  /** No less than what the pack will hold before its fill; at most k × 1 MiB. */
  get size(): ByteCount {
    return this.#sizeWith(this.#chunks.size, this.#chunkBytes)
  }

  /**
   * Takes a chunk, or returns `false` and stays as it is when the pack is full. An empty pack takes any chunk.
   * A chunk that is already in the pack is held once.
   */
  add(chunk: SealedChunk): boolean {
    if (this.#chunks.has(chunk.id)) return true
    if (this.#chunks.size === MAX_PACK_CHUNKS) return false
    const size = this.#sizeWith(this.#chunks.size + 1, this.#chunkBytes + chunk.sealed.length)
    if (size > this.#k * MAX_SHARD_BYTES) return false
    this.#chunks.set(chunk.id, chunk)
    this.#chunkBytes += chunk.sealed.length
    return true
  }

  /** The pack, in the smallest size class that holds it. */
  async finish(keys: SealKeys): Promise<FinishedPack> {
    const chunks = [...this.#chunks.values()]
    if (chunks.length === 0) throw new KeeptabError('internal', 'An empty pack is never made.')
    const directory = encode({ v: 1, chunks: chunks.map(entryFields) })
    const salt = await hmac(keys.manifest, tagged(macTag.directorySalt, await sha256(directory)))
    const key = await directoryKey(keys, salt)
    const header = concat(u32(directory.length), u32(FORMAT))
    const parts = [
      salt,
      await encrypt(key, HEADER_NONCE, headerAssociated(salt), header),
      await sealSegments(key, salt, directory),
      ...chunks.map(({ sealed }) => sealed),
    ]
    const payload = parts.reduce((sum, part) => sum + part.length, 0)
    const shardBytes = SHARD_SIZES.find((size) => this.#k * size >= payload)
    if (shardBytes === undefined) throw new KeeptabError('internal', 'A pack outgrew its shards.')
    const fill = await fillBytes(keys, salt, this.#k * shardBytes - payload)
    return { bytes: concat(...parts, fill), shardBytes, chunks: chunks.map(({ id }) => id) }
  }

  #sizeWith(chunks: number, chunkBytes: ByteCount): ByteCount {
    return HEADER_END + sealedLength(directoryBound(chunks)) + chunkBytes
  }
}

/**
 * What is in a pack, in its order.
 * @param pack the pack, or its beginning up to `directoryEnd` at least
 * @param packBytes length of the whole pack
 * @throws KeeptabError `malformed` when lengths do not fit into the pack or each other, `decrypt-failed` when header or
 *   directory do not open with these keys
 */
export async function openPack(keys: SealKeys, pack: Bytes, packBytes: ByteCount = pack.length): Promise<PackEntry[]> {
  const { key, salt, length, end } = await openHeader(keys, pack)
  const directory = await openSegments(key, salt, pack.subarray(HEADER_END, end), length)
  return placed(decode(directorySchema, directory).chunks, end, packBytes)
}

/**
 * Where the directory of a pack ends and its first chunk begins.
 * @param start the first 64 bytes of the pack, or more
 * @throws KeeptabError `malformed`, `decrypt-failed`, `unsupported-version`
 */
export const directoryEnd = async (keys: SealKeys, start: Bytes): Promise<ByteCount> =>
  (await openHeader(keys, start)).end

async function openHeader(keys: SealKeys, pack: Bytes) {
  if (pack.length < HEADER_END) throw new KeeptabError('malformed', 'A pack is too short.')
  const salt = pack.slice(0, SALT_BYTES)
  const key = await directoryKey(keys, salt)
  const header = await decrypt(key, HEADER_NONCE, headerAssociated(salt), pack.slice(SALT_BYTES, HEADER_END))
  const view = new DataView(header.buffer)
  const length = view.getUint32(0)
  if (view.getUint32(4) !== FORMAT) throw new KeeptabError('unsupported-version', 'A pack is of another format.')
  if (length > directoryBound(MAX_PACK_CHUNKS)) throw new KeeptabError('malformed', 'A directory is too long.')
  return { key, salt, length, end: HEADER_END + sealedLength(length) }
}

/** Where the sealed bytes of a chunk lie in its pack. */
export const sealedSpan = ({
  offset,
  storedLength,
}: PackEntry): { readonly from: ByteCount; readonly to: ByteCount } => ({
  from: offset,
  to: offset + sealedLength(storedLength),
})

/**
 * The plain bytes of one chunk of a pack.
 * @param entry from `openPack` of this very pack
 * @throws KeeptabError `malformed`, `decrypt-failed` or `decompress-failed`
 */
export const readChunk = (keys: SealKeys, pack: Bytes, entry: PackEntry): Promise<Bytes> => {
  const { from, to } = sealedSpan(entry)
  return openChunk(keys, entry, pack.subarray(from, to))
}

function placed(
  entries: readonly z.output<typeof entrySchema>[],
  start: ByteCount,
  packLength: ByteCount,
): PackEntry[] {
  let offset = start
  const seen = new Set<ChunkId>()
  const all = entries.map(([id, kind, method, plainLength, storedLength, hash]): PackEntry => {
    const kindName = CHUNK_KINDS[kind]
    if (kindName === undefined) throw new KeeptabError('malformed', 'A chunk is of an unknown kind.')
    const entry = { id: idOf(parseChunkId, id), kind: kindName, method, plainLength, storedLength, hash, offset }
    seen.add(entry.id)
    offset += sealedLength(storedLength)
    return entry
  })
  if (offset > packLength) throw new KeeptabError('malformed', 'A directory lists more than its pack holds.')
  if (seen.size !== all.length) throw new KeeptabError('malformed', 'A directory lists a chunk twice.')
  return all
}

const entryFields = ({ id, kind, method, plainLength, storedLength, hash }: ChunkSeal) => [
  idBytes(id),
  CHUNK_KINDS.indexOf(kind),
  method,
  plainLength,
  storedLength,
  hash,
]

// The nonces of segments begin with a zero byte.
const HEADER_NONCE: Bytes = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
const headerAssociated = (salt: Bytes): Bytes => concat(Uint8Array.of(1), salt)

const directoryKey = async (keys: SealKeys, salt: Bytes): Promise<CryptoKey> =>
  aesKey(await hmac(keys.manifest, tagged(macTag.directoryKey, salt)))

/** Sealed zeros, cut to length: what nobody can tell from sealed data, and nobody needs to open. */
async function fillBytes(keys: SealKeys, salt: Bytes, length: ByteCount): Promise<Bytes> {
  if (length === 0) return new Uint8Array(0)
  const key = await aesKey(await hmac(keys.manifest, tagged(macTag.fillKey, salt)))
  return (await sealSegments(key, salt, new Uint8Array(length))).subarray(0, length)
}
