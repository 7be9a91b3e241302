/** What a seed decides, and what came of it, said in lines and in one number. */
import { createHash } from 'node:crypto'
import type { Bytes } from '../../../src/core/bytes.ts'
import type { Random } from '../../../src/core/clock.ts'
import { chanceOf } from '../../e2e/chance.ts'

/** Of so many worlds each of the long stories is told in one. */
export const LONG_EVERY = 100

export class Fate {
  readonly #next: () => number
  readonly seed: number

  constructor(seed: number) {
    this.seed = seed
    this.#next = chanceOf(seed).next
  }

  fraction(): number {
    return this.#next()
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.#next() * end)
  }

  between(least: number, most: number): number {
    return least + this.#next() * (most - least)
  }

  happens(chance: number): boolean {
    return this.#next() < chance
  }

  /** @param all at least one */
  oneOf<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T
  }

  /** Of a world's own fate: the next one of them in the next long story of a kind, so that each has its turn. @param all at least one */
  inTurn<T>(all: readonly T[]): T {
    return all[Math.floor(this.seed / LONG_EVERY) % all.length] as T
  }

  /** So many of them, in a new order. */
  some<T>(all: readonly T[], count: number): T[] {
    const left = [...all]
    return Array.from({ length: Math.min(count, all.length) }, () => left.splice(this.below(left.length), 1)).flat()
  }

  /** A fate of its own for somebody, who changes nobody else's by drawing more. */
  of(name: string): Fate {
    return new Fate(createHash('sha256').update(`${this.seed} ${name}`).digest().readUInt32LE(0))
  }

  random(): Random {
    return { bytes: (length) => this.bytes(length), fraction: () => this.#next() }
  }

  bytes(length: number): Bytes {
    const bytes = new Uint8Array(length)
    const words = new DataView(bytes.buffer)
    let at = 0
    for (; at + 4 <= length; at += 4) words.setUint32(at, this.#next() * 2 ** 32)
    for (; at < length; at += 1) bytes[at] = this.#next() * 256
    return bytes
  }
}

/** Everything that happened in the order in which it did. */
export class Diary {
  readonly #now: () => number
  readonly #say: ((line: string) => void) | undefined
  #low = 0x811c9dc5
  #high = 0x01000193

  /** @param say hears every line, besides */
  constructor(now: () => number, say?: (line: string) => void) {
    this.#now = now
    this.#say = say
  }

  note(what: string): void {
    const line = `${this.#now().toFixed(3)} ${what}`
    // FNV-1a, with two bases.
    for (let i = 0; i < line.length; i += 1) {
      this.#low = Math.imul(this.#low ^ line.charCodeAt(i), 0x01000193)
      this.#high = Math.imul(this.#high ^ line.charCodeAt(i), 0x85ebca6b)
    }
    this.#say?.(line)
  }

  /** The same for the same diary. */
  get digest(): string {
    return [this.#high, this.#low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }
}
