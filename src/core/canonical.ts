/**
 * Reads canonical CBOR (RFC 8949 §4.2.1) and nothing else: every head in its shortest form, the keys of a map rising in
 * the order of their encoded bytes, none twice, no text that is not UTF-8. A general decoder accepts more than that, and
 * encoding again what it has read, to see whether the same bytes come out, costs several times as much as reading.
 * `tests/unit/wire.test.ts` holds that this accepts exactly what that would.
 */
import type { Bytes } from './bytes.ts'

export type WireValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly WireValue[]
  | { readonly [key: string]: WireValue | undefined }

export class CanonicalReader {
  readonly #bytes: Uint8Array
  #at = 0

  /** @param bytes whatever view: a Buffer's own `slice` would not copy */
  constructor({ buffer, byteOffset, length }: Uint8Array) {
    this.#bytes = new Uint8Array(buffer, byteOffset, length)
  }

  /** Where the next value begins. */
  get at(): number {
    return this.#at
  }

  /** The next value; byte strings in it are copies. @throws Error for anything else, also when it ends too early or is nested too deep */
  next(): WireValue {
    const head = this.#byte()
    const argument = head >>> 5 === 7 ? 0 : this.#argument(head & 0x1f)
    switch (head >>> 5) {
      case 0:
        return argument
      case 1:
        if (argument === Number.MAX_SAFE_INTEGER) throw new Error('an integer that is not safe')
        return -1 - argument
      case 2:
        return this.#copy(argument)
      case 3:
        return this.#text(argument)
      case 4:
        return this.#array(argument)
      case 5:
        return this.#map(argument)
      default:
        return simple(head)
    }
  }

  #array(count: number): WireValue[] {
    const array: WireValue[] = [] // not as long as it says: it may lie
    for (let i = 0; i < count; i += 1) array.push(this.next())
    return array
  }

  #map(count: number): Record<string, WireValue> {
    const map: Record<string, WireValue> = {}
    let before: number | undefined
    for (let i = 0; i < count; i += 1) {
      const start = this.#at
      const key = this.next()
      if (typeof key !== 'string') throw new Error('a key that is no text')
      if (before !== undefined && !this.#rises(before, start)) throw new Error('keys that are not in order')
      before = start
      const value = this.next()
      // Assigned it would be the prototype of the map instead of a key in it.
      if (key === '__proto__')
        Object.defineProperty(map, key, { value, configurable: true, enumerable: true, writable: true })
      else map[key] = value
    }
    return map
  }

  /** Whether the key that was just read comes after an earlier one. A head tells the length, so of two keys none begins the other. */
  #rises(before: number, start: number): boolean {
    for (let i = 0; start + i < this.#at; i += 1) {
      const difference = (this.#bytes[start + i] ?? 0) - (this.#bytes[before + i] ?? 0)
      if (difference !== 0) return difference > 0
    }
    return false
  }

  /** The number in a head, in its shortest form. @param minor the low five bits of its first byte */
  #argument(minor: number): number {
    if (minor < 24) return minor
    const width = 1 << (minor - 24)
    if (width > 8) throw new Error('a length that is not given')
    let argument = 0
    for (let i = 0; i < width; i += 1) argument = 256 * argument + this.#byte()
    const shorter = width === 1 ? 24 : 256 ** (width / 2)
    if (argument < shorter || argument > Number.MAX_SAFE_INTEGER) throw new Error('a number in another form')
    return argument
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new Error('cut off')
    this.#at += 1
    return byte
  }

  #copy(length: number): Bytes {
    return this.#bytes.slice(this.#at, this.#skip(length))
  }

  /** Most texts are keys of a few letters, for which a call of the decoder costs more than all the rest. */
  #text(length: number): string {
    const start = this.#at
    const end = this.#skip(length)
    let letters = ''
    for (let at = start; at < end; at += 1) {
      const byte = this.#bytes[at] ?? 0
      if (byte > 0x7f || length > 16) return wholeText.decode(this.#bytes.subarray(start, end))
      letters += String.fromCharCode(byte)
    }
    return letters
  }

  /** @returns where it ends */
  #skip(length: number): number {
    if (length > this.#bytes.length - this.#at) throw new Error('cut off')
    this.#at += length
    return this.#at
  }
}

function simple(head: number): WireValue {
  if (head === 0xf4) return false
  if (head === 0xf5) return true
  if (head === 0xf6) return null
  throw new Error('a float, undefined, a tag or the like')
}

const wholeText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
