import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idOf, parseChunkId, parsePackId, type ChunkId } from '../../../src/core/ids.ts'
import { encode } from '../../../src/core/wire.ts'
import {
  absorbed,
  ChunkIndex,
  encodeSegment,
  inSegments,
  MAX_SEGMENT_CHUNKS,
  parseSegment,
} from '../../../src/snapshot/chunk-index.ts'
import { noise } from './account.ts'

const pack = (seed: number) => idOf(parsePackId, noise(32, seed))
const chunks = (count: number, seed: number): ChunkId[] => {
  const bytes = noise(32 * count, seed)
  return Array.from({ length: count }, (_, i) => idOf(parseChunkId, bytes.subarray(32 * i, 32 * i + 32)))
}

test('a segment comes back, in 32 bytes a chunk and a little for each pack', () => {
  const packs = [1, 2, 3].map((seed) => ({ pack: pack(seed), chunks: chunks(100, seed) }))
  const bytes = encodeSegment(packs)
  expect(parseSegment(bytes)).toEqual(packs)
  expect(bytes.length).toBeLessThan(300 * 32 + 3 * 40 + 20)
})

test('what is too much for one segment is cut between packs', () => {
  const packs = [3, 3, 4, 1, 10, 2].map((count, seed) => ({ pack: pack(seed), chunks: chunks(count, seed) }))
  const segments = inSegments(packs, 10)
  expect(segments.flat()).toEqual(packs)
  expect(segments.map((segment) => segment.map(({ chunks }) => chunks.length))).toEqual([[3, 3, 4], [1], [10], [2]])
  expect(inSegments([])).toEqual([])
})

test('a segment with half an id is refused', () => {
  const bytes = encode({ v: 1, packs: [[noise(32), noise(33)]] })
  expect(() => parseSegment(bytes)).toThrow(expect.objectContaining({ code: 'malformed' }) as Error)
})

test('there are never more than log2 of all chunks segments, and no chunk is written again too often', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 400 }), (snapshots) => {
      const kept: number[] = []
      let [all, written] = [0, 0]
      for (const added of snapshots) {
        const taken = kept.splice(kept.length - absorbed(kept, added))
        const segment = taken.reduce((sum, count) => sum + count, added)
        kept.push(segment)
        all += added
        written += segment
        expect(kept.length).toBeLessThanOrEqual(Math.log2(all) + 1)
      }
      // A chunk's segment grows by half each time it is written again.
      expect(written).toBeLessThanOrEqual(all * (2 + Math.log(all + 1) / Math.log(1.5)))
    }),
  )
})

test('a full segment is left alone', () => {
  expect(absorbed([MAX_SEGMENT_CHUNKS], MAX_SEGMENT_CHUNKS)).toBe(0)
  expect(absorbed([100, 50], 30)).toBe(2)
  expect(absorbed([1000, 10], 30)).toBe(1)
  expect(absorbed([], 30)).toBe(0)
})

test('the index answers as a map would', () => {
  const known = fc.array(fc.tuple(fc.nat(5), fc.array(fc.nat(200))), { maxLength: 30 })
  const all = chunks(201, 5)
  const idsOf = (places: readonly number[]) => places.flatMap((place) => all[place] ?? [])
  fc.assert(
    fc.property(known, (packs) => {
      const index = new ChunkIndex()
      const model = new Map<ChunkId, string>()
      for (const [number, places] of packs) {
        index.add({ pack: pack(number + 1), chunks: idsOf(places) })
        for (const id of idsOf(places)) if (!model.has(id)) model.set(id, pack(number + 1))
      }
      expect(index.size).toBe(model.size)
      for (const id of all) expect(index.packOf(id)).toBe(model.get(id))
    }),
  )
})

test('100,000 chunks are all found, and others are not', () => {
  const index = new ChunkIndex()
  for (let seed = 1; seed <= 10; seed++) index.add({ pack: pack(seed), chunks: chunks(10_000, seed) })
  expect(index.size).toBe(100_000)
  for (let seed = 1; seed <= 10; seed++) {
    expect(chunks(10_000, seed).every((id) => index.packOf(id) === pack(seed))).toBe(true)
  }
  expect(chunks(1000, 11).some((id) => index.packOf(id) !== undefined)).toBe(false)
})

test('a condemned pack is never relied on, and its chunks can be packed again', () => {
  const index = new ChunkIndex()
  const [a = '' as ChunkId, b = '' as ChunkId] = chunks(2, 1)
  index.add({ pack: pack(1), chunks: [a, b] })
  index.condemn(pack(1))
  expect(index.packOf(a)).toBeUndefined()
  index.add({ pack: pack(2), chunks: [a] })
  expect([index.packOf(a), index.packOf(b)]).toEqual([pack(2), undefined])
})
