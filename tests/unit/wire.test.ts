import { decodeFirst as cborgDecodeFirst, Tokenizer } from 'cborg'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { concat, equal, fromHex, utf8, type Bytes } from '../../src/core/bytes.ts'
import { decode, decodeFirst, encode, type WireValue } from '../../src/core/wire.ts'

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
  test('of the forms that one value can have only the canonical one is accepted', () => {
    const accepted = { canonical: 0, loose: 0 }
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat()), (value, choices) => {
        const canonical = encode(value)
        expect(decode(z.unknown(), canonical)).toEqual(value)
        accepted.canonical += 1
        accepted.loose += sameAsOracle(loose(value, choices))
      }),
      { numRuns: 1000 },
    )
    expect(accepted.loose).toBeGreaterThan(0) // or the other form is never the canonical one, and shows nothing
    expect(accepted.loose).toBeLessThan(accepted.canonical)
  })

  test('canonical bytes that were changed are accepted exactly when they are canonical again', () => {
    fc.assert(
      fc.property(
        values,
        fc.array(fc.record({ at: fc.nat(), remove: fc.nat({ max: 2 }), insert: fc.uint8Array({ maxLength: 2 }) }), {
          minLength: 1,
          maxLength: 3,
        }),
        (value, changes) => {
          sameAsOracle(
            changes.reduce<Bytes>((bytes, { at, remove, insert }) => {
              const place = at % (bytes.length + 1)
              return concat(bytes.subarray(0, place), insert, bytes.subarray(place + remove))
            }, encode(value)),
          )
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('of random heads and bytes exactly those are accepted that begin with a canonical value', () => {
    const head = fc
      .tuple(fc.nat({ max: 7 }), fc.constantFrom(1, 2, 4, 8), fc.constantFrom(...EDGES))
      .map(([major, width, argument]) => headOf(major, width, argument))
    const pieces = fc.array(fc.oneof(head, fc.uint8Array({ maxLength: 3 })), { maxLength: 5 })
    fc.assert(
      fc.property(pieces, (all) => void sameAsOracle(concat(...all))),
      { numRuns: 10_000 },
    )
  })
})

/** Where another form begins, and where integers stop being safe. */
const EDGES = [
  0n,
  1n,
  2n,
  23n,
  24n,
  ...[8n, 16n, 32n, 53n, 64n].flatMap((bits) => [-2n, -1n, 0n, 1n].map((by) => 2n ** bits + by)),
]

/** A head whose argument has so many bytes, whether it needs them or not. */
function headOf(major: number, width: number, argument: bigint): Bytes {
  const bytes = new Uint8Array(9)
  new DataView(bytes.buffer).setBigUint64(1, argument)
  bytes[8 - width] = (major << 5) | (24 + Math.log2(width))
  return bytes.slice(8 - width)
}

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('__proto__', 'constructor', '1', '\uFEFF', '\uFFFD', '\u{1F600}', '\uE000'),
)
const { values } = fc.letrec<{ values: WireValue }>((tie) => ({
  values: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.integer({ min: -300, max: 300 }),
    fc.constantFrom(...[1, 2, 4, 6.625].flatMap((width) => [2 ** (8 * width) - 1, 1 - 2 ** (8 * width)])),
    texts,
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('values'), { maxLength: 30 }),
    fc.dictionary(texts, tie('values'), { maxKeys: 30, noNullPrototype: true }),
  ),
}))

/** @returns 1 when both accept. What cborg reads is canonical when encoding it again gives the same bytes. */
function sameAsOracle(bytes: Bytes): number {
  const [ours, oracle] = [attempt(() => decodeFirst(z.unknown(), bytes)), attempt(() => decodeAndEncodeAgain(bytes))]
  expect(ours, bytes.join(' ')).toEqual(oracle)
  return Number(ours !== undefined)
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function decodeAndEncodeAgain(bytes: Bytes) {
  const strict = { allowIndefinite: false, allowUndefined: false, retainStringBytes: true }
  const [value, rest] = cborgDecodeFirst(bytes, { ...strict, tokenizer: new WholeTexts(bytes, strict) }) as [
    WireValue,
    Uint8Array,
  ]
  const length = bytes.length - rest.length
  if (!equal(encode(value), bytes.subarray(0, length))) throw new Error('another encoding')
  return { value, length }
}

/** cborg drops U+FEFF from the start of a text as if it were a byte order mark. */
class WholeTexts extends Tokenizer {
  override next() {
    const token = super.next()
    if (typeof token.value === 'string' && token.byteValue)
      token.value = new TextDecoder('utf-8', { ignoreBOM: true }).decode(token.byteValue)
    return token
  }
}

/** CBOR of a value, now and then with a longer head than needed, keys in another order, or one twice. */
function loose(value: WireValue, choices: Iterator<number>): Bytes {
  const chosen = (of: number) => (choices.next().value as number) % of
  const head = (major: number, argument: number) => {
    const shortest = [24, 2 ** 8, 2 ** 16, 2 ** 32].findLastIndex((end) => argument >= end) // -1: within its first byte
    const longer = chosen(50) === 0 ? shortest + 1 : shortest
    return longer < 0
      ? Uint8Array.of((major << 5) | argument)
      : headOf(major, 2 ** Math.min(longer, 3), BigInt(argument))
  }
  const any = (item: WireValue): Bytes => {
    if (typeof item === 'number') return item < 0 ? head(1, -1 - item) : head(0, item)
    if (typeof item === 'string') return concat(head(3, utf8(item).length), utf8(item))
    if (item instanceof Uint8Array) return concat(head(2, item.length), item)
    if (Array.isArray(item)) return concat(head(4, item.length), ...item.map(any))
    if (item === null || typeof item === 'boolean') return encode(item)
    const pairs = Object.entries(item).map(([key, one]): [Bytes, Bytes] => [any(key), any(one ?? null)])
    if (chosen(2) === 0) pairs.sort(([a], [b]) => Buffer.compare(a, b))
    const [first] = pairs
    if (first !== undefined && chosen(4) === 0) pairs.unshift(first)
    return concat(head(5, pairs.length), ...pairs.flat())
  }
  return any(value)
}

test('what the page sets so that no check is compiled with eval is what zod reads', () => {
  expect((globalThis as { __zod_globalConfig?: unknown }).__zod_globalConfig).toBe(z.config())
})
