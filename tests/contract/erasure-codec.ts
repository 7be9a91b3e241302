/** What every erasure codec does, wherever it computes. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bytes } from '../../src/core/bytes.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { paddedCount, type ErasureCode, type ErasureCodec, type IndexedShard } from '../../src/erasure/erasure-codec.ts'

const indexed = (shards: readonly Bytes[]): IndexedShard[] => shards.map((bytes, index) => ({ index, bytes }))
const pick = <T>(all: readonly T[], indices: readonly number[]): T[] => all.filter((_, i) => indices.includes(i))
const bytesOf = (length: number): Bytes => Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 8) * 13 + 1) & 255)

/** Every lawful code, small ones first. */
const code: fc.Arbitrary<ErasureCode> = fc
  .integer({ min: 1, max: 60 })
  .chain((k) =>
    fc.record({ k: fc.constant(k), n: fc.integer({ min: k, max: Math.min(k + 256 - paddedCount(k), 120) }) }),
  )

/** A code, a pack for it, k of its n indices in any order, and some indices to make again. */
const story = code.chain(({ k, n }) => {
  const indices = Array.from({ length: n }, (_, i) => i)
  return fc.record({
    code: fc.constant({ k, n }),
    pack: fc.integer({ min: 0, max: 40 }).chain((b) => fc.uint8Array({ minLength: k * b, maxLength: k * b })),
    kept: fc.shuffledSubarray(indices, { minLength: k, maxLength: k }),
    wanted: fc.shuffledSubarray(indices, { maxLength: Math.min(n, 9) }),
  })
})

/** Long enough for many turns of the event loop: some 50 million look-ups. */
const long = { code: { k: 16, n: 48 }, pack: bytesOf(16 * 400_000) }

export function erasureCodecContract(name: string, make: () => ErasureCodec): void {
  describe(name, () => {
    const codec = make()

    test('the first k shards are the slices of the pack, and every shard comes with its Merkle root', async () => {
      const pack = bytesOf(3 * 20_000)
      const { shards, roots } = await codec.encode({ k: 3, n: 7 }, pack)
      expect(shards.slice(0, 3)).toEqual([0, 1, 2].map((j) => pack.slice(j * 20_000, (j + 1) * 20_000)))
      expect(shards.map(({ length }) => length)).toEqual(Array(7).fill(20_000))
      expect(roots).toEqual(await Promise.all(shards.map(merkleRoot)))
    })

    test('any k of n shards rebuild the pack', async () => {
      await fc.assert(
        fc.asyncProperty(story, async ({ code, pack, kept }) => {
          const { shards } = await codec.encode(code, pack)
          const known = kept.flatMap((i) => indexed(shards)[i] ?? [])
          expect(await codec.decode(code, known)).toEqual(pack)
        }),
        { numRuns: 60 },
      )
    })

    test('any k of n shards make any others again, as they were encoded', async () => {
      await fc.assert(
        fc.asyncProperty(story, async ({ code, pack, kept, wanted }) => {
          const { shards } = await codec.encode(code, pack)
          const made = await codec.rebuild(code, pick(indexed(shards), kept), wanted)
          expect(made).toEqual(wanted.map((i) => shards[i]))
        }),
        { numRuns: 60 },
      )
    })

    test('every pair of a 2 of 6 code rebuilds the pack', async () => {
      const pack = bytesOf(2 * 5000)
      const shards = indexed((await codec.encode({ k: 2, n: 6 }, pack)).shards)
      for (const a of shards) {
        for (const b of shards.slice(a.index + 1)) {
          expect(await codec.decode({ k: 2, n: 6 }, [b, a])).toEqual(pack)
        }
      }
    })

    test('with k = 1 every shard is the pack; with k = n there is no parity', async () => {
      const pack = bytesOf(30)
      expect((await codec.encode({ k: 1, n: 256 }, pack)).shards).toEqual(Array(256).fill(pack))
      const whole = bytesOf(256)
      const { shards } = await codec.encode({ k: 256, n: 256 }, whole)
      expect(await codec.decode({ k: 256, n: 256 }, indexed(shards))).toEqual(whole)
    })

    test('the widest code survives the loss of all its data shards', async () => {
      const pack = bytesOf(128 * 3)
      const { shards } = await codec.encode({ k: 128, n: 256 }, pack)
      expect(await codec.decode({ k: 128, n: 256 }, indexed(shards).slice(128))).toEqual(pack)
    })

    test('an empty pack has n empty shards and comes back empty', async () => {
      const { shards } = await codec.encode({ k: 2, n: 6 }, new Uint8Array(0))
      expect(shards).toEqual(Array(6).fill(new Uint8Array(0)))
      expect(await codec.decode({ k: 2, n: 6 }, indexed(shards).slice(4))).toEqual(new Uint8Array(0))
    })

    test('extra shards are ignored: the k lowest indices decide', async () => {
      const pack = bytesOf(2 * 50)
      const shards = indexed((await codec.encode({ k: 2, n: 6 }, pack)).shards)
      const spoilt = shards.map((shard) => (shard.index < 3 ? shard : { ...shard, bytes: new Uint8Array(50) }))
      expect(await codec.decode({ k: 2, n: 6 }, spoilt.reverse())).toEqual(pack)
    })

    test('arguments stay as they were, and results share no memory with them', async () => {
      const around = bytesOf(100)
      const pack = around.subarray(10, 70)
      const { shards } = await codec.encode({ k: 3, n: 5 }, pack)
      const [copy] = await codec.rebuild({ k: 3, n: 5 }, indexed(shards).slice(0, 3), [0])
      copy?.fill(0)
      shards[1]?.fill(0)
      expect(around).toEqual(bytesOf(100))
      expect(shards[0]).toEqual(around.slice(10, 30))
      expect(new Set([around, ...shards].map(({ buffer }) => buffer)).size).toBe(6)
    })

    test.each([
      [0, 1],
      [-1, 2],
      [3, 2],
      [1.5, 3],
      [2, 3.5],
      [Number.NaN, 4],
      [1, 257],
      [129, 130],
      [20, 245],
      [257, 257],
    ])('%d of %d is no code', async (k, n) => {
      const refused = expect.objectContaining({ code: 'erasure-parameters', data: { k, n } }) as unknown
      await expect(codec.encode({ k, n }, bytesOf(60))).rejects.toEqual(refused)
      await expect(codec.decode({ k, n }, [])).rejects.toEqual(refused)
      await expect(codec.rebuild({ k, n }, [], [])).rejects.toEqual(refused)
    })

    describe('shards that do not fit are refused', () => {
      const small = { k: 2, n: 4 }
      const at = (index: number, length = 5): IndexedShard => ({ index, bytes: bytesOf(length) })
      const misfit = expect.objectContaining({ code: 'erasure-shards' }) as unknown

      test('a pack that k does not divide', async () => {
        await expect(codec.encode(small, bytesOf(7))).rejects.toEqual(misfit)
      })

      test.each<[string, IndexedShard[]]>([
        ['different lengths', [at(0), at(1, 6)]],
        ['a wrong length among the extra ones', [at(0), at(1), at(2, 6)]],
        ['an index twice', [at(0), at(0), at(1)]],
        ['an index of n', [at(0), at(4)]],
        ['a negative index', [at(-1), at(1)]],
        ['an index between two integers', [at(0), at(0.5)]],
      ])('%s', async (_, shards) => {
        await expect(codec.decode(small, shards)).rejects.toEqual(misfit)
        await expect(codec.rebuild(small, shards, [3])).rejects.toEqual(misfit)
      })

      test.each([[[4]], [[-1]], [[1.5]], [[3, 3]]])('wanted %j', async (wanted) => {
        await expect(codec.rebuild(small, [at(0), at(1)], wanted)).rejects.toEqual(misfit)
      })

      test('fewer than k', async () => {
        const few = expect.objectContaining({ code: 'too-few-shards', data: { k: 2, present: 1 } }) as unknown
        await expect(codec.decode(small, [at(3)])).rejects.toEqual(few)
        await expect(codec.rebuild(small, [at(3)], [0])).rejects.toEqual(few)
      })
    })

    test('progress never falls and ends at the size of the pack', async () => {
      const done: number[] = []
      const { shards } = await codec.encode(long.code, long.pack, { onProgress: (bytes) => done.push(bytes) })
      expect(done.length).toBeGreaterThan(5)
      expect(done).toEqual(done.toSorted((a, b) => a - b))
      expect(done.at(-1)).toBe(long.pack.length)

      const back: number[] = []
      await codec.decode(long.code, indexed(shards).slice(32), { onProgress: (bytes) => back.push(bytes) })
      expect(back.at(-1)).toBe(long.pack.length)
    })

    test('an abort under way stops the work before much more of it is done', async () => {
      const stop = new AbortController()
      const done: number[] = []
      const onProgress = (bytes: number): void => {
        done.push(bytes)
        stop.abort()
      }
      const stopped = codec.encode(long.code, long.pack, { signal: stop.signal, onProgress })
      await expect(stopped).rejects.toEqual(expect.objectContaining({ code: 'aborted' }))
      expect(done.at(-1)).toBeLessThan(long.pack.length / 2)
    })

    test('a signal that has fired lets nothing begin', async () => {
      const options = { signal: AbortSignal.abort() }
      const aborted = expect.objectContaining({ code: 'aborted' }) as unknown
      await expect(codec.encode({ k: 1, n: 2 }, bytesOf(5), options)).rejects.toEqual(aborted)
      await expect(codec.decode({ k: 1, n: 2 }, [{ index: 1, bytes: bytesOf(5) }], options)).rejects.toEqual(aborted)
    })

    test('two jobs at once do not meet, and stopping one leaves the other', async () => {
      const stop = new AbortController()
      const other = codec.encode(long.code, long.pack, { signal: stop.signal, onProgress: () => stop.abort() })
      const [mine, theirs] = await Promise.allSettled([codec.encode(long.code, long.pack), other])
      expect(theirs.status).toBe('rejected')
      expect(mine.status).toBe('fulfilled')
    })
  })
}
