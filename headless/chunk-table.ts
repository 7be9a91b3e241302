/** Which pack holds a chunk, for millions of chunks: about 50 bytes each instead of the 200 of a Map of texts. */
import { own } from '../src/core/bytes.ts'
import type { PackId } from '../src/core/ids.ts'

/** Chunk ids are 32 bytes: eight words. */
const WORDS = 8
/** Number of a pack that was forgotten, and of nothing else. */
const NONE = 0

/**
 * Ids lie in one array in the order they came; `#slots` is a hash table of their positions plus 1 (open addressing,
 * linear probing, at most three quarters full). Ids are keyed hashes, so their first word is hash enough.
 */
export class ChunkTable {
  #count = 0
  #ids = new Uint32Array(WORDS * 1024)
  #holders = new Uint32Array(1024)
  #slots = new Uint32Array(2048)
  readonly #packs: (PackId | undefined)[] = [undefined]
  readonly #numbers = new Map<PackId, number>()

  /** The pack that holds a chunk, when one is known. @param chunk 32 bytes */
  get(chunk: Uint8Array): PackId | undefined {
    const position = this.#slots[this.#slotOf(wordsOf(chunk))] ?? 0
    return position === 0 ? undefined : this.#packs[this.#holders[position - 1] ?? NONE]
  }

  /** Notes the pack of a chunk; one that is known already stays where it is. @param chunk 32 bytes */
  add(pack: PackId, chunk: Uint8Array): void {
    const words = wordsOf(chunk)
    const slot = this.#slotOf(words)
    const position = this.#slots[slot] ?? 0
    if (position !== 0) {
      const at = position - 1
      if (this.#packs[this.#holders[at] ?? NONE] === undefined) this.#holders[at] = this.#numberOf(pack)
      return
    }
    this.#ids.set(words, WORDS * this.#count)
    this.#holders[this.#count] = this.#numberOf(pack)
    this.#count += 1
    this.#slots[slot] = this.#count
    if (this.#count === this.#holders.length) this.#grow()
  }

  /** Notes that there is such a pack, with or without chunks. */
  meet(pack: PackId): void {
    this.#numberOf(pack)
  }

  /** Whether this pack was noted since it was last forgotten. */
  knows(pack: PackId): boolean {
    return this.#numbers.has(pack)
  }

  /** Makes the chunks of a pack unknown; costs the same for any number of them. */
  forget(pack: PackId): void {
    const number = this.#numbers.get(pack)
    if (number === undefined) return
    this.#packs[number] = undefined
    this.#numbers.delete(pack)
  }

  #numberOf(pack: PackId): number {
    const known = this.#numbers.get(pack)
    if (known !== undefined) return known
    this.#numbers.set(pack, this.#packs.length)
    return this.#packs.push(pack) - 1
  }

  /** The slot of an id: where it is, or the free one where it belongs. */
  #slotOf(words: Uint32Array): number {
    const mask = this.#slots.length - 1
    let slot = (words[0] ?? 0) & mask
    for (;;) {
      const position = this.#slots[slot] ?? 0
      if (position === 0 || this.#holds(position - 1, words)) return slot
      slot = (slot + 1) & mask
    }
  }

  #holds(at: number, words: Uint32Array): boolean {
    for (let i = 0; i < WORDS; i += 1) if (this.#ids[WORDS * at + i] !== words[i]) return false
    return true
  }

  #grow(): void {
    const room = Math.ceil(this.#count * 1.5)
    this.#ids = widened(this.#ids, WORDS * room)
    this.#holders = widened(this.#holders, room)
    let slots = this.#slots.length
    while (slots * 0.75 < room) slots *= 2
    if (slots === this.#slots.length) return
    this.#slots = new Uint32Array(slots)
    for (let at = 0; at < this.#count; at += 1) {
      this.#slots[this.#slotOf(this.#ids.subarray(WORDS * at, WORDS * at + WORDS))] = at + 1
    }
  }
}

function widened(words: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const wide = new Uint32Array(length)
  wide.set(words)
  return wide
}

const wordsOf = (chunk: Uint8Array): Uint32Array => new Uint32Array(own(chunk).buffer)
