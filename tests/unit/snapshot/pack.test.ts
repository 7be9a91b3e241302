import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, u32, utf8, type Bytes } from '../../../src/core/bytes.ts'
import { aesKey, encrypt, hmac, sha256 } from '../../../src/core/crypto.ts'
import { macTag } from '../../../src/core/derive.ts'
import { idBytes } from '../../../src/core/ids.ts'
import { SHARD_SIZES } from '../../../src/core/shard-sizes.ts'
import { KiB, MiB } from '../../../src/core/units.ts'
import { encode, type WireValue } from '../../../src/core/wire.ts'
import { openPack, PackBuilder, readChunk, type FinishedPack } from '../../../src/snapshot/pack.ts'
import { sealChunk, tagged, type SealedChunk } from '../../../src/snapshot/seal.ts'
import { sealSegments } from '../../../src/snapshot/segments.ts'
import { keysOf, noise } from './account.ts'

const keys = await keysOf(1)
const sealAll = (plains: readonly Bytes[]): Promise<SealedChunk[]> =>
  Promise.all(plains.map((plain, i) => sealChunk(keys, i % 3 === 2 ? 'tree' : 'file', plain)))

async function packOf(k: number, plains: readonly Bytes[]): Promise<FinishedPack> {
  const builder = new PackBuilder(k)
  for (const chunk of await sealAll(plains)) expect(builder.add(chunk)).toBe(true)
  return builder.finish(keys)
}

test('every chunk of a pack comes back, whatever the code and the sizes', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(2, 4, 8, 16), sizes, async (k, lengths) => {
      const plains = lengths.map((length, i) => noise(length, i + 1))
      const pack = await packOf(k, plains)
      expect(SHARD_SIZES).toContain(pack.shardBytes)
      expect(pack.bytes.length).toBe(k * pack.shardBytes)
      const entries = await openPack(keys, pack.bytes)
      expect(entries.map(({ id }) => id)).toEqual(pack.chunks)
      const read = await Promise.all(entries.map((entry) => readChunk(keys, pack.bytes, entry)))
      read.forEach((plain, i) => expect(Buffer.compare(plain, plains[i] ?? plain)).toBe(0))
    }),
    { numRuns: 30 },
  )
})

test('the same chunks make the same pack; another order makes another', async () => {
  const plains = [noise(1000, 1), noise(1000, 2)]
  const pack = await packOf(4, plains)
  expect(await packOf(4, plains)).toEqual(pack)
  expect((await packOf(4, plains.toReversed())).bytes).not.toEqual(pack.bytes)
})

test('a pack is in the smallest class that holds it', async () => {
  for (let length = 1; length < 5000; length += 97) {
    const { bytes, shardBytes } = await packOf(2, [noise(length)])
    const [entry] = await openPack(keys, bytes)
    const payload = (entry?.offset ?? 0) + length + 16
    expect(shardBytes).toBe(SHARD_SIZES.find((size) => 2 * size >= payload))
  }
})

test('an empty pack takes the longest chunk, a full one says so and stays what it was', async () => {
  for (const k of [2, 4, 16]) {
    const builder = new PackBuilder(k)
    const chunks = await sealAll(Array.from({ length: k }, (_, i) => noise(MiB, i + 1)))
    expect(chunks.map((chunk) => builder.add(chunk))).toEqual([...Array<boolean>(k - 1).fill(true), false])
    expect(builder.count).toBe(k - 1)
    const size = builder.size
    expect(builder.add(await sealChunk(keys, 'file', utf8('small')))).toBe(true)
    expect(builder.size).toBeGreaterThan(size)
    const pack = await builder.finish(keys)
    expect(pack.bytes.length).toBeGreaterThan((k - 1) * MiB)
    expect(pack.bytes.length).toBeLessThanOrEqual(k * MiB)
  }
})

test('a chunk added twice is held once', async () => {
  const builder = new PackBuilder(2)
  const chunk = await sealChunk(keys, 'file', noise(10))
  expect([builder.add(chunk), builder.add(chunk)]).toEqual([true, true])
  expect((await builder.finish(keys)).chunks).toEqual([chunk.id])
})

test('nothing in a pack shows where its fill begins', async () => {
  const { bytes } = await packOf(256, [new Uint8Array(100)])
  expect(bytes.length).toBe(64 * KiB)
  const counts = new Uint32Array(256)
  for (const byte of bytes.subarray(4 * KiB)) counts[byte] = (counts[byte] ?? 0) + 1
  // 61,440 bytes: 240 of each on average; chi-squared over 255 degrees of freedom stays under 400 but once in 10^7.
  expect(counts.reduce((sum, count) => sum + (count - 240) ** 2 / 240, 0)).toBeLessThan(400)
})

test('neither an empty pack nor one for a single shard is made', async () => {
  await expect(new PackBuilder(2).finish(keys)).rejects.toMatchObject({ code: 'internal' })
  expect(() => new PackBuilder(1)).toThrow()
})

describe('a pack that was touched', () => {
  test('at any bit before its fill: it does not open, or the chunk does not', async () => {
    const pack = await packOf(2, [noise(200), noise(300, 2)])
    const end = 900 // salt, header, directory, both chunks
    await fc.assert(
      fc.asyncProperty(fc.nat(pack.bytes.length - 1), fc.nat(7), async (at, bit) => {
        const touched = pack.bytes.with(at, (pack.bytes[at] ?? 0) ^ (1 << bit))
        const read = openPack(keys, touched).then((entries) =>
          Promise.all(entries.map((entry) => readChunk(keys, touched, entry))),
        )
        const code = await read.then(
          () => 'fine',
          (thrown: unknown) => (thrown as { code: string }).code,
        )
        if (at < 56 + 16 + 170 + 500) expect(code).toBe('decrypt-failed')
        if (at > end) expect(code).toBe('fine')
      }),
      { numRuns: 200 },
    )
  })

  test('by cutting it anywhere: a typed refusal', async () => {
    const { bytes } = await packOf(2, [noise(1500)])
    for (let length = 0; length < 1677; length += 17) {
      await expect(openPack(keys, bytes.slice(0, length))).rejects.toMatchObject({
        code: expect.stringMatching(/^(malformed|decrypt-failed)$/) as string,
      })
    }
  })

  test('of another account', async () => {
    const { bytes } = await packOf(2, [noise(10)])
    await expect(openPack(await keysOf(2), bytes)).rejects.toMatchObject({ code: 'decrypt-failed' })
  })
})

const chunk = await sealChunk(keys, 'file', noise(100))

describe('a directory made by somebody with the keys is still checked', () => {
  async function forge(directory: WireValue, header?: Bytes): Promise<Bytes> {
    const bytes = encode(directory)
    const salt = await hmac(keys.manifest, tagged(macTag.directorySalt, await sha256(bytes)))
    const key = await aesKey(await hmac(keys.manifest, tagged(macTag.directoryKey, salt)))
    const nonce = new Uint8Array(12).with(0, 1)
    const head = await encrypt(key, nonce, concat(Uint8Array.of(1), salt), header ?? concat(u32(bytes.length), u32(1)))
    return concat(salt, head, await sealSegments(key, salt, bytes), new Uint8Array(4 * KiB))
  }
  const id = idBytes(chunk.id)
  const good = [id, 0, 0, 100, 100, chunk.hash]
  const cases: readonly (readonly [string, WireValue])[] = [
    ['no chunks', { v: 1, chunks: [] }],
    ['another version', { v: 2, chunks: [good] }],
    ['a chunk twice', { v: 1, chunks: [good, good] }],
    ['a chunk longer than the pack', { v: 1, chunks: [[id, 0, 0, 9000, 9000, chunk.hash]] }],
    ['a chunk of no bytes', { v: 1, chunks: [[id, 0, 0, 0, 0, chunk.hash]] }],
    ['a chunk of 2^32 − 1 bytes', { v: 1, chunks: [[id, 0, 0, 2 ** 32 - 1, 2 ** 32 - 1, chunk.hash]] }],
    ['a raw chunk of two lengths', { v: 1, chunks: [[id, 0, 0, 101, 100, chunk.hash]] }],
    ['a frame longer than what it holds', { v: 1, chunks: [[id, 0, 1, 99, 100, chunk.hash]] }],
    ['an unknown kind', { v: 1, chunks: [[id, 4, 0, 100, 100, chunk.hash]] }],
    ['an unknown method', { v: 1, chunks: [[id, 0, 2, 100, 100, chunk.hash]] }],
    ['a short id', { v: 1, chunks: [[id.slice(1), 0, 0, 100, 100, chunk.hash]] }],
    ['a field too many', { v: 1, chunks: [[...good, 0]] }],
  ]
  test('and one that is right opens', async () => {
    expect(await openPack(keys, await forge({ v: 1, chunks: [good] }))).toHaveLength(1)
  })
  test.each(cases)('%s', async (_, directory) => {
    await expect(openPack(keys, await forge(directory))).rejects.toMatchObject({ code: 'malformed' })
  })
  test.each([0, 2 ** 32 - 1, 2_000_000, 5000])('a header that says %i bytes', async (length) => {
    const pack = await forge({ v: 1, chunks: [good] }, concat(u32(length), u32(1)))
    await expect(openPack(keys, pack)).rejects.toMatchObject({ code: 'malformed' })
  })
  test('a header of another format', async () => {
    const pack = await forge({ v: 1, chunks: [good] }, concat(u32(100), u32(2)))
    await expect(openPack(keys, pack)).rejects.toMatchObject({ code: 'unsupported-version' })
  })
})
