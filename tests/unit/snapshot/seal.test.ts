import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8, type Bytes } from '../../../src/core/bytes.ts'
import { KiB, MiB } from '../../../src/core/units.ts'
import { chunkId, chunkIds, openChunk, sealChunk, type ChunkKind } from '../../../src/snapshot/seal.ts'
import { sealedLength } from '../../../src/snapshot/segments.ts'
import { keysOf, noise } from './account.ts'

const keys = await keysOf(1)
const kinds: readonly ChunkKind[] = ['file', 'tree', 'index', 'manifest']
const sizes = [1, 15, 16, 17, 256 * KiB - 1, 256 * KiB, 256 * KiB + 1, 512 * KiB, MiB - 1, MiB]

test.each(sizes)('a chunk of %i bytes opens to itself, compressible or not, in every kind', async (length) => {
  for (const plain of [noise(length), new Uint8Array(length)]) {
    for (const kind of kinds) {
      const chunk = await sealChunk(keys, kind, plain)
      expect(chunk.sealed.length).toBe(sealedLength(chunk.storedLength))
      expect(Buffer.compare(await openChunk(keys, chunk, chunk.sealed), plain)).toBe(0)
    }
  }
})

test('the same bytes make the same id and the same sealed bytes', async () => {
  const plain = noise(300_000)
  const [once, again] = [await sealChunk(keys, 'file', plain), await sealChunk(keys, 'file', plain.slice())]
  expect(again).toEqual(once)
  expect(await sealChunk(keys, 'file', plain, await chunkId(keys, plain))).toEqual(once)
})

test('another account has other ids and other sealed bytes for the same file', async () => {
  const plain = noise(1000)
  const others = await keysOf(2)
  const [mine, theirs] = [await sealChunk(keys, 'file', plain), await sealChunk(others, 'file', plain)]
  expect(theirs.id).not.toBe(mine.id)
  expect(Buffer.compare(theirs.sealed, mine.sealed)).not.toBe(0)
  await expect(openChunk(others, mine, mine.sealed)).rejects.toMatchObject({ code: 'decrypt-failed' })
})

test('a file chunk does not open as a metadata chunk', async () => {
  const chunk = await sealChunk(keys, 'file', noise(10))
  await expect(openChunk(keys, { ...chunk, kind: 'tree' }, chunk.sealed)).rejects.toMatchObject({
    code: 'decrypt-failed',
  })
})

test('many ids at once are the ids one by one', async () => {
  const chunks = [1, 2, 3, 4].map((seed) => noise(100, seed))
  expect(await chunkIds(keys, chunks)).toEqual(await Promise.all(chunks.map((plain) => chunkId(keys, plain))))
})

test('an empty chunk and one of more than 1 MiB do not exist', async () => {
  for (const length of [0, MiB + 1]) {
    await expect(sealChunk(keys, 'file', new Uint8Array(length))).rejects.toMatchObject({ code: 'internal' })
  }
})

describe('sealed bytes that were touched do not open', () => {
  const segment = 256 * KiB + 16
  const swap = (sealed: Bytes) => {
    const swapped = sealed.slice()
    swapped.set(sealed.subarray(segment, 2 * segment), 0)
    swapped.set(sealed.subarray(0, segment), segment)
    return swapped
  }

  test('two segments change places', async () => {
    const chunk = await sealChunk(keys, 'file', noise(600 * KiB))
    await expect(openChunk(keys, chunk, swap(chunk.sealed))).rejects.toMatchObject({ code: 'decrypt-failed' })
  })

  test('the last segment is dropped, and the length says so', async () => {
    const chunk = await sealChunk(keys, 'file', noise(512 * KiB))
    const short = { ...chunk, storedLength: 256 * KiB, plainLength: 256 * KiB }
    await expect(openChunk(keys, short, chunk.sealed.slice(0, segment))).rejects.toMatchObject({
      code: 'decrypt-failed',
    })
  })

  test('another length is asked for', async () => {
    const chunk = await sealChunk(keys, 'file', noise(1000))
    for (const storedLength of [0, -1, 999, 1001, 2 ** 31]) {
      await expect(openChunk(keys, { ...chunk, storedLength }, chunk.sealed)).rejects.toMatchObject({
        code: 'malformed',
      })
    }
  })

  test('one bit flips anywhere', async () => {
    const chunk = await sealChunk(keys, 'tree', utf8('a directory '.repeat(50)))
    await fc.assert(
      fc.asyncProperty(fc.nat(chunk.sealed.length - 1), fc.nat(7), async (at, bit) => {
        const touched = chunk.sealed.with(at, (chunk.sealed[at] ?? 0) ^ (1 << bit))
        await expect(openChunk(keys, chunk, touched)).rejects.toMatchObject({ code: 'decrypt-failed' })
      }),
    )
  })
})
