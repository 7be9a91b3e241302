/**
 * Which pack holds which chunk: as segments that travel like data, and as a table in memory.
 *
 *   segment: canonical CBOR {v: 1, packs: [[pack id (32), chunk ids one behind the other]]}
 *
 * Its bytes are cut at every 1 MiB into chunks of kind `index`, and the manifest says where those lie.
 * Each snapshot writes one segment for its new packs and merges the last few into it (`absorbed`).
 */
import { z } from 'zod'
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import { idBytes, idOf, parsePackId, type ChunkId, type PackId } from '../core/ids.ts'
import { fixedBytes } from '../core/signed.ts'
import { decode, encode } from '../core/wire.ts'
import { chunkIdsIn, idList, joinIds } from './id-list.ts'

/** The chunks of one pack. */
export interface PackContents {
  readonly pack: PackId
  readonly chunks: readonly ChunkId[]
}

/** Most chunks in a segment: 32 MiB of ids, so that it stays a message. */
export const MAX_SEGMENT_CHUNKS = 2 ** 20

const segmentSchema = z.strictObject({
  v: z.literal(1),
  packs: z
    .array(z.tuple([fixedBytes(32), idList(MAX_SEGMENT_CHUNKS)]))
    .min(1)
    .max(MAX_SEGMENT_CHUNKS),
})

/** Bytes of a segment. Cut them with `evenPieces`. */
export const encodeSegment = (packs: readonly PackContents[]): Bytes =>
  encode({ v: 1, packs: packs.map(({ pack, chunks }) => [idBytes(pack), joinIds(chunks)]) })

/** Cuts what is to be named into segments of at most so many chunks. A pack stays whole. */
export function inSegments(packs: readonly PackContents[], most = MAX_SEGMENT_CHUNKS): PackContents[][] {
  const segments: PackContents[][] = []
  let chunks = Infinity
  for (const contents of packs) {
    chunks += contents.chunks.length
    if (chunks > most) {
      segments.push([])
      chunks = contents.chunks.length
    }
    segments.at(-1)?.push(contents)
  }
  return segments
}

/** @throws KeeptabError `malformed` */
export const parseSegment = (bytes: Bytes): PackContents[] =>
  decode(segmentSchema, bytes).packs.map(([pack, chunks]) => ({
    pack: idOf(parsePackId, pack),
    chunks: chunkIdsIn(chunks),
  }))

/**
 * How many of the last kept segments a new one takes in: each that is not more than twice what has been gathered so far.
 * So every kept segment is more than twice the next, there are at most log2 of all chunks of them (and the full ones),
 * and a chunk is written again only when its segment grows by half.
 * @param kept chunks in each kept segment, oldest first
 */
export function absorbed(kept: readonly number[], added: number): number {
  let total = added
  let taken = 0
  for (const chunks of kept.toReversed()) {
    if (chunks > 2 * total || chunks + total > MAX_SEGMENT_CHUNKS) break
    total += chunks
    taken += 1
  }
  return taken
}

const PAGE_CHUNKS = 2 ** 13
const PAGE_BYTES = 32 * PAGE_CHUNKS

/**
 * Chunk → pack in memory, at most 52 bytes a chunk (and a page): ids in pages, a number for the pack, and an
 * open-addressing table of their places that is between a quarter and half full. Ids are keyed hashes, so their first
 * bytes spread evenly whatever the files hold.
 */
export class ChunkIndex {
  readonly #pages: Bytes[] = []
  readonly #packPages: Uint32Array[] = []
  readonly #packs: PackId[] = []
  readonly #condemned = new Set<PackId>()
  /** 1 + place of a chunk; 0 is empty. */
  #table = new Uint32Array(2 ** 10)
  #size = 0

  /** Chunks in the index, those of condemned packs included. */
  get size(): number {
    return this.#size
  }

  /** Notes the chunks of a pack. A chunk that is already known keeps its pack, unless that is condemned. */
  add({ pack, chunks }: PackContents): void {
    const number = this.#packs.push(pack) - 1
    for (const chunk of chunks) {
      const id = idBytes(chunk)
      const slot = this.#slot(id)
      const known = (this.#table[slot] ?? 0) - 1
      if (known < 0) this.#append(id, number, slot)
      else if (this.#condemned.has(this.#packAt(known))) this.#setPack(known, number)
    }
  }

  /** The pack that holds a chunk; `undefined` when none does that may be relied on. */
  packOf(chunk: ChunkId): PackId | undefined {
    const place = (this.#table[this.#slot(idBytes(chunk))] ?? 0) - 1
    if (place < 0) return undefined
    const pack = this.#packAt(place)
    return this.#condemned.has(pack) ? undefined : pack
  }

  /** From now on no chunk is found in this pack (protocol.md, decision 5). */
  condemn(pack: PackId): void {
    this.#condemned.add(pack)
  }

  #append(id: Bytes, pack: number, slot: number): void {
    const place = this.#size++
    if (place % PAGE_CHUNKS === 0) {
      this.#pages.push(new Uint8Array(PAGE_BYTES))
      this.#packPages.push(new Uint32Array(PAGE_CHUNKS))
    }
    this.#pages[Math.floor(place / PAGE_CHUNKS)]?.set(id, 32 * (place % PAGE_CHUNKS))
    this.#setPack(place, pack)
    this.#table[slot] = place + 1
    if (2 * this.#size >= this.#table.length) this.#grow()
  }

  /** Where the id stands in the table, or the empty slot where it would. */
  #slot(id: Uint8Array): number {
    const mask = this.#table.length - 1
    const start = new DataView(id.buffer, id.byteOffset).getUint32(0)
    for (let slot = start & mask; ; slot = (slot + 1) & mask) {
      const place = (this.#table[slot] ?? 0) - 1
      if (place < 0 || this.#isAt(place, id)) return slot
    }
  }

  #isAt(place: number, id: Uint8Array): boolean {
    const there = this.#idAt(place)
    for (let i = 0; i < 32; i++) if (there[i] !== id[i]) return false
    return true
  }

  #grow(): void {
    this.#table = new Uint32Array(2 * this.#table.length)
    for (let place = 0; place < this.#size; place++) this.#table[this.#slot(this.#idAt(place))] = place + 1
  }

  #idAt(place: number): Uint8Array {
    const page = this.#pages[Math.floor(place / PAGE_CHUNKS)]
    if (page === undefined) throw new KeeptabError('internal')
    const start = 32 * (place % PAGE_CHUNKS)
    return page.subarray(start, start + 32)
  }

  #packAt(place: number): PackId {
    const pack = this.#packs[this.#packPages[Math.floor(place / PAGE_CHUNKS)]?.[place % PAGE_CHUNKS] ?? -1]
    if (pack === undefined) throw new KeeptabError('internal')
    return pack
  }

  #setPack(place: number, pack: number): void {
    const page = this.#packPages[Math.floor(place / PAGE_CHUNKS)]
    if (page !== undefined) page[place % PAGE_CHUNKS] = pack
  }
}
