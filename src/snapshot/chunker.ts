/**
 * Content-defined chunking: a file is cut where its own bytes say so, so that what is put in at one place moves no
 * boundary far from it. A gear hash (as in FastCDC) over a table keyed for the account, because the sizes of chunks
 * would otherwise tell which known file this is (protocol.md, decision 2).
 *
 * h starts at 0 with the byte at offset 65,536 of a chunk; for that byte and each after it h = (2 h + gear[byte]) mod 2^32,
 * and the chunk ends behind the byte where the 17 highest bits of h are zero, at the latest when it has 1 MiB.
 * The first 64 KiB of a chunk are not hashed at all. Mean: 64 + 128 = 192 KiB.
 */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import { KiB, MiB, type ByteCount } from '../core/units.ts'

/** No chunk but the last of a file is shorter. */
export const MIN_CHUNK_BYTES: ByteCount = 64 * KiB
/** No chunk is longer. */
export const MAX_CHUNK_BYTES: ByteCount = MiB

const CUT_MASK = 0xffff8000 | 0

/** Cuts one byte stream into chunks. Holds at most one open chunk (1 MiB), whatever is pushed. */
export class Chunker {
  readonly #gear: Int32Array
  /** The open chunk, and room for more: most files are small, and a large one soon has all the room there can be. */
  #open = new Uint8Array(0)
  #length = 0
  #hash = 0

  /** @param gear 256 big-endian u32: `DailyKeys.gear` */
  constructor(gear: Bytes) {
    if (gear.length !== 1024) throw new KeeptabError('internal', 'A gear table has 1024 bytes.')
    const view = new DataView(gear.buffer, gear.byteOffset, gear.byteLength)
    this.#gear = Int32Array.from({ length: 256 }, (_, byte) => view.getInt32(4 * byte))
  }

  /**
   * Takes the next bytes of the stream and yields each chunk they complete, in a buffer of its own.
   * The bytes are read while the generator runs: run it to its end before changing them or pushing more.
   */
  *push(bytes: Uint8Array): Generator<Bytes, void, undefined> {
    let from = 0
    while (from < bytes.length) {
      const { end, cut } = this.#boundary(bytes, from)
      this.#append(bytes.subarray(from, end))
      from = end
      if (cut) yield this.#take()
    }
  }

  /** The last chunk of the stream, or `undefined` when nothing is left. The chunker can be used for another stream then. */
  finish(): Bytes | undefined {
    return this.#length === 0 ? undefined : this.#take()
  }

  #append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#open.length) {
      const wider = new Uint8Array(Math.min(MAX_CHUNK_BYTES, 2 * length))
      wider.set(this.#open.subarray(0, this.#length))
      this.#open = wider
    }
    this.#open.set(bytes, this.#length)
    this.#length = length
  }

  #take(): Bytes {
    const chunk = this.#open.slice(0, this.#length)
    this.#length = 0
    this.#hash = 0
    return chunk
  }

  /** How far the open chunk goes on in `bytes`, and whether it ends there. */
  #boundary(bytes: Uint8Array, from: number): { end: number; cut: boolean } {
    const gear = this.#gear
    const room = MAX_CHUNK_BYTES - this.#length
    const end = Math.min(bytes.length, from + room)
    let hash = this.#hash
    for (let i = from + Math.max(0, MIN_CHUNK_BYTES - this.#length); i < end; i++) {
      // Neither index can be outside: i < end ≤ bytes.length, and a byte is below 256.
      hash = ((hash << 1) + (gear[bytes[i] as number] as number)) | 0
      if ((hash & CUT_MASK) === 0) return { end: i + 1, cut: true }
    }
    this.#hash = hash
    return { end, cut: end - from === room }
  }
}

/** All chunks of a byte string. */
export function* chunksOf(gear: Bytes, bytes: Uint8Array): Generator<Bytes, void, undefined> {
  const chunker = new Chunker(gear)
  yield* chunker.push(bytes)
  const last = chunker.finish()
  if (last !== undefined) yield last
}

/** Pieces of 1 MiB and a shorter last one, for what changes as a whole or not at all. No bytes, no pieces. */
export const evenPieces = (bytes: Bytes): Bytes[] =>
  Array.from({ length: Math.ceil(bytes.length / MAX_CHUNK_BYTES) }, (_, i) =>
    bytes.slice(i * MAX_CHUNK_BYTES, (i + 1) * MAX_CHUNK_BYTES),
  )
