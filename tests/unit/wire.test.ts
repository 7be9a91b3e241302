import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { concat, fromHex, utf8 } from '../../src/core/bytes.ts'
import { decode, encode, type WireValue } from '../../src/core/wire.ts'

const bytes = (hex: string) => fromHex(hex, hex.length / 2) ?? new Uint8Array(0)

describe('canonical CBOR', () => {
  test.each<[string, WireValue]>([
    ['a text that begins with U+FEFF', '\uFEFFname'],
    ['a long one', `\uFEFF${'x'.repeat(300)}`],
    ['such a key', { '\uFEFF': 1, 'k': 2 }],
    ['the ends of the safe integers', [2 ** 53 - 1, 1 - 2 ** 53, 0, -1]],
    ['everything else there is', { a: [null, true, false], b: Uint8Array.of(0xef, 0xbb, 0xbf), longer: 'é文' }],
  ])('%s comes back as it was', (_, value) => {
    expect(decode(z.unknown(), encode(value))).toEqual(value)
  })

  test('texts travel as their UTF-8, whatever they begin with', () => {
    expect(encode('\uFEFFa')).toEqual(concat(Uint8Array.of(0x64), utf8('\uFEFFa')))
  })

  test.each([
    ['a number that is not in its shortest form', '1800'],
    ['a float', 'f93c00'],
    ['undefined', 'f7'],
    ['a tag', 'c100'],
    ['an array of indefinite length', '9f01ff'],
    ['a key twice', 'a2616101616102'],
    ['keys that are not in order', 'a2616201616102'],
    ['a longer key before a shorter', 'a262616101616202'],
    ['a text that is no UTF-8', '62c328'],
    ['bytes behind the value', '8000'],
    ['a value that ends too early', '8201'],
    ['nothing', ''],
  ])('%s is refused', (_, hex) => {
    expect(() => decode(z.unknown(), bytes(hex))).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})
