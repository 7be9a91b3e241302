import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, equal, utf8, type Bytes } from '../../../src/core/bytes.ts'
import { KiB, MiB } from '../../../src/core/units.ts'
import { compress, decompress, RAW, ZSTD } from '../../../src/snapshot/compression.ts'
import { noise } from './account.ts'

const text = utf8('All happy families are alike; each unhappy family is unhappy in its own way. '.repeat(4000))
const frameOf = async (plain: Bytes): Promise<Bytes> => {
  const { method, bytes } = await compress(plain)
  expect(method).toBe(ZSTD)
  return bytes
}
const refused = { code: 'decompress-failed' }

test('what was compressed unpacks to the same bytes', async () => {
  const sizes = fc.integer({ min: 1, max: 300 * KiB })
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 0, max: 8 }), async (length, bits) => {
      const plain = noise(length).map((byte) => byte >>> bits)
      const { method, bytes } = await compress(plain)
      expect(bytes.length).toBeLessThanOrEqual(plain.length)
      expect(equal(await decompress(method, bytes, plain.length), plain)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('what hardly shrinks is stored as it is', async () => {
  for (const length of [1, 100, 64 * KiB, 64 * KiB + 1, MiB]) {
    expect((await compress(noise(length))).method).toBe(RAW)
  }
})

test('1 MiB of zeros unpacks', async () => {
  const frame = await frameOf(new Uint8Array(MiB))
  expect(frame.length).toBeLessThan(200)
  expect((await decompress(ZSTD, frame, MiB)).length).toBe(MiB)
})

describe('a frame is refused before it is unpacked', () => {
  const cases: readonly (readonly [string, (frame: Bytes) => Bytes])[] = [
    ['with bytes behind it', (frame) => concat(frame, Uint8Array.of(0))],
    ['with a second frame behind it', (frame) => concat(frame, frame)],
    ['with a skippable frame before it', (frame) => concat(Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0), frame)],
    ['cut short by a byte', (frame) => frame.subarray(0, -1)],
    ['cut within its header', (frame) => frame.subarray(0, 6)],
    ['of no bytes', () => new Uint8Array(0)],
    ['of another magic number', (frame) => frame.with(0, 0)],
    ['that wants a dictionary', (frame) => frame.with(4, (frame[4] ?? 0) | 1)],
    ['that sets a reserved bit', (frame) => frame.with(4, (frame[4] ?? 0) | 8)],
  ]
  test.each(cases)('%s', async (_, damage) => {
    await expect(decompress(ZSTD, damage(await frameOf(text)), text.length)).rejects.toMatchObject(refused)
  })

  test('of another length than the signed one', async () => {
    const frame = await frameOf(text)
    for (const length of [0, 1, text.length - 1, text.length + 1]) {
      await expect(decompress(ZSTD, frame, length)).rejects.toMatchObject(refused)
    }
    await expect(decompress(RAW, text, text.length + 1)).rejects.toMatchObject(refused)
  })

  test('of more than 1 MiB, however it is signed', async () => {
    for (const length of [MiB + 1, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER]) {
      await expect(decompress(ZSTD, await frameOf(text), length)).rejects.toMatchObject(refused)
      await expect(decompress(RAW, text, length)).rejects.toMatchObject(refused)
    }
  })

  test('with a window of more than 1 MiB, or without its length', async () => {
    // One raw block of one byte; RFC 8878 §3.1.1: magic, descriptor, window, content size.
    const block = Uint8Array.of(0x09, 0, 0, 0x61)
    const frame = (...header: number[]) => concat(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, ...header), block)
    expect(await decompress(ZSTD, frame(0x20, 1), 1)).toEqual(utf8('a'))
    expect(await decompress(ZSTD, frame(0x80, 0x50, 1, 0, 0, 0), 1)).toEqual(utf8('a'))
    await expect(decompress(ZSTD, frame(0x80, 0x51, 1, 0, 0, 0), 1)).rejects.toMatchObject(refused)
    await expect(decompress(ZSTD, frame(0x80, 0xff, 1, 0, 0, 0), 1)).rejects.toMatchObject(refused)
    await expect(decompress(ZSTD, frame(0x00, 0x50), 1)).rejects.toMatchObject(refused)
  })

  test('whose blocks hold more than it says: a bomb', async () => {
    // Ten blocks of 128 KiB, each one repeated byte; the header says 1.
    const block = [0x02, 0x00, 0x10, 0x61]
    const bomb = Uint8Array.of(
      0x28,
      0xb5,
      0x2f,
      0xfd,
      0x20,
      1,
      ...Array<number[]>(9).fill(block).flat(),
      0x03,
      0x00,
      0x10,
      0x61,
    )
    await expect(decompress(ZSTD, bomb, 1)).rejects.toMatchObject(refused)
  })

  test('with any damage, or it unpacks to the signed length', async () => {
    const frame = await frameOf(text)
    await fc.assert(
      fc.asyncProperty(fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = frame.with(at, (frame[at] ?? 0) ^ flip)
        const outcome = await decompress(ZSTD, damaged, text.length).then(
          (plain) => plain.length,
          (thrown: unknown) => (thrown as { code: string }).code,
        )
        expect([text.length, refused.code]).toContain(outcome)
      }),
      { numRuns: 1000 },
    )
    expect(equal(await decompress(ZSTD, frame, text.length), text)).toBe(true)
  })
})
