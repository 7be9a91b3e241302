import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat, equal, type Bytes } from '../../../src/core/bytes.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import { KiB, MiB } from '../../../src/core/units.ts'
import { Chunker, chunksOf, evenPieces, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '../../../src/snapshot/chunker.ts'
import { keysOf, noise } from './account.ts'

const { gear } = await keysOf(1)
const lengths = (bytes: Bytes, table = gear): number[] => Array.from(chunksOf(table, bytes), (chunk) => chunk.length)

test('the chunks of a file are the file, each within bounds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 * MiB }), fc.integer(), (length, seed) => {
      const bytes = noise(length, seed)
      const chunks = [...chunksOf(gear, bytes)]
      expect(equal(concat(...chunks), bytes)).toBe(true)
      chunks.forEach((chunk, i) => {
        expect(chunk.length).toBeLessThanOrEqual(MAX_CHUNK_BYTES)
        if (i < chunks.length - 1) expect(chunk.length).toBeGreaterThan(MIN_CHUNK_BYTES)
      })
    }),
    { numRuns: 20 },
  )
})

test('boundaries do not depend on how the bytes come in', () => {
  const bytes = concat(noise(2 * MiB), new Uint8Array(1_500_000), noise(MiB, 2))
  const whole = lengths(bytes)
  expect(whole.length).toBeGreaterThan(8)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 * KiB }), { minLength: 1, maxLength: 40 }), (steps) => {
      const chunker = new Chunker(gear)
      const got: number[] = []
      let at = 0
      for (const step of steps) {
        for (const chunk of chunker.push(bytes.subarray(at, at + step))) got.push(chunk.length)
        at += step
      }
      for (const chunk of chunker.push(bytes.subarray(at))) got.push(chunk.length)
      const last = chunker.finish()
      expect(last === undefined ? got : [...got, last.length]).toEqual(whole)
    }),
    { numRuns: 30 },
  )
})

test('one byte put at the head of 64 MiB changes at most three chunks', async () => {
  const bytes = noise(64 * MiB)
  const names = async (file: Bytes) =>
    (await Promise.all(Array.from(chunksOf(gear, file), (chunk) => sha256(chunk)))).map((hash) => hash.join())
  const before = new Set(await names(bytes))
  const after = await names(concat(Uint8Array.of(7), bytes))
  expect(before.size).toBeGreaterThan(250)
  expect(after.filter((name) => !before.has(name)).length).toBeLessThanOrEqual(3)
})

test('chunks have 192 KiB on average', () => {
  const count = lengths(noise(64 * MiB, 5)).length
  expect((64 * MiB) / count).toBeGreaterThan(150 * KiB)
  expect((64 * MiB) / count).toBeLessThan(240 * KiB)
})

test('another account cuts elsewhere', async () => {
  const bytes = noise(4 * MiB)
  expect(lengths(bytes, (await keysOf(2)).gear)).not.toEqual(lengths(bytes))
})

test('bytes that never cut are cut at 1 MiB, a file at that length has no empty chunk', () => {
  expect(lengths(new Uint8Array(3 * MiB))).toEqual([MiB, MiB, MiB])
  expect(lengths(new Uint8Array(0))).toEqual([])
})

test('a chunker can be used again for the next file', () => {
  const chunker = new Chunker(gear)
  const cut = (bytes: Bytes) => {
    const chunks = Array.from(chunker.push(bytes), (chunk) => chunk.length)
    const last = chunker.finish()
    return last === undefined ? chunks : [...chunks, last.length]
  }
  const first = cut(noise(MiB, 3))
  cut(noise(300_000, 4))
  expect(cut(noise(MiB, 3))).toEqual(first)
})

test('even pieces are the bytes, each of 1 MiB but the last', () => {
  const bytes = noise(2 * MiB + 5)
  expect(evenPieces(bytes).map((piece) => piece.length)).toEqual([MiB, MiB, 5])
  expect(equal(concat(...evenPieces(bytes)), bytes)).toBe(true)
  expect(evenPieces(new Uint8Array(0))).toEqual([])
})
