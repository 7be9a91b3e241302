/** What every owner state does. Runs over memory, files, and IndexedDB in Node and in Chromium. */
import type { Bytes } from '../../src/core/bytes.ts'
import { parseChunkId, parseGroupId, parsePackId, type ChunkId, type PackId } from '../../src/core/ids.ts'
import type { JournaledPack, OwnerState } from '../../src/store/owner-state.ts'
import { same, type Law } from './law.ts'

export interface OwnerStatePlace {
  /** The state of this place: empty at first, then with what was left in it. A state is closed before the next one opens. */
  open(): Promise<OwnerState>
}

/** An id of so many bytes that is the number. */
export const hex = (i: number, lengthBytes: number): string => i.toString(16).padStart(2 * lengthBytes, '0')

export const chunkOf = (i: number): ChunkId => parseChunkId(hex(i, 32))
export const packOf = (i: number): PackId => parsePackId(hex(i, 32))

/** A pack on its way; the same for the same numbers. */
export const journaledOf = (pack: number, chunks: readonly number[], packBytes = 64): JournaledPack => ({
  id: packOf(pack),
  record: new Uint8Array(20).fill(pack),
  pack: new Uint8Array(packBytes).fill(pack),
  group: parseGroupId(hex(pack, 16)),
  chunks: chunks.map(chunkOf),
  sourceBytes: 1000 * pack,
})

async function reopened(place: OwnerStatePlace, state: OwnerState): Promise<OwnerState> {
  await state.close()
  return place.open()
}

const packsOf = (state: OwnerState, ...chunks: number[]) => state.packsOf(chunks.map(chunkOf))

export const ownerStateLaws: readonly Law<OwnerStatePlace>[] = [
  {
    title: 'a new state knows no chunk, no pack and no head',
    async run(place) {
      const state = await place.open()
      same(await packsOf(state, 1, 2), [undefined, undefined])
      same(await state.packsOf([]), [])
      same(await state.journaled(), [])
      same(await state.pinnedHeads(), [])
      same(await state.pinnedGivenUp(), [])
      await state.close()
    },
  },
  {
    title: 'a journaled pack comes back whole after a restart, oldest first, and its chunks are known',
    async run(place) {
      let state = await place.open()
      const [first, second] = [journaledOf(9, [1, 2]), journaledOf(3, [3], 100_000)]
      await state.journal(first)
      await state.journal(second)
      for (let restarts = 0; restarts < 2; restarts += 1) {
        same(await state.journaled(), [first, second])
        same(await packsOf(state, 3, 1, 4, 2, 1), [packOf(3), packOf(9), undefined, packOf(9), packOf(9)])
        state = await reopened(place, state)
      }
      await state.close()
    },
  },
  {
    title: 'a committed pack leaves the journal and its chunks stay known',
    async run(place) {
      let state = await place.open()
      await state.journal(journaledOf(1, [1]))
      await state.journal(journaledOf(2, [2]))
      await state.committed(packOf(1))
      await state.committed(packOf(7))
      for (let restarts = 0; restarts < 2; restarts += 1) {
        same(await state.journaled(), [journaledOf(2, [2])])
        same(await packsOf(state, 1, 2), [packOf(1), packOf(2)])
        state = await reopened(place, state)
      }
      await state.close()
    },
  },
  {
    title: 'journaling a pack again replaces it in its place',
    async run(place) {
      let state = await place.open()
      const moved = { ...journaledOf(1, [1]), group: parseGroupId(hex(77, 16)) }
      await state.journal(journaledOf(1, [1]))
      await state.journal(journaledOf(2, [2]))
      await state.journal(moved)
      state = await reopened(place, state)
      same(await state.journaled(), [moved, journaledOf(2, [2])])
      await state.close()
    },
  },
  {
    title: 'learned chunks survive a restart, and learning them again changes nothing',
    async run(place) {
      let state = await place.open()
      await state.learn(packOf(1), [1, 2].map(chunkOf))
      await state.learn(packOf(1), [1, 2].map(chunkOf))
      await state.learn(packOf(2), [])
      state = await reopened(place, state)
      same(await packsOf(state, 1, 2, 3), [packOf(1), packOf(1), undefined])
      same(await state.journaled(), [])
      await state.close()
    },
  },
  {
    title: 'a chunk stays with the first pack that is known to hold it, until that one is forgotten',
    async run(place) {
      let state = await place.open()
      await state.learn(packOf(1), [chunkOf(1)])
      await state.learn(packOf(2), [1, 2].map(chunkOf))
      await state.journal(journaledOf(3, [1, 2, 3]))
      same(await packsOf(state, 1, 2, 3), [packOf(1), packOf(2), packOf(3)])
      await state.forget(packOf(1))
      for (let restarts = 0; restarts < 2; restarts += 1) {
        same(await packsOf(state, 1, 2, 3), [undefined, packOf(2), packOf(3)])
        state = await reopened(place, state)
      }
      await state.learn(packOf(2), [chunkOf(1)])
      same(await packsOf(state, 1), [packOf(2)])
      await state.close()
    },
  },
  {
    title: 'the chunks of a forgotten pack are to be packed again, and the pack may come back',
    async run(place) {
      let state = await place.open()
      await state.journal(journaledOf(1, [1, 2]))
      await state.learn(packOf(2), [chunkOf(3)])
      await state.forget(packOf(1))
      await state.forget(packOf(2))
      await state.forget(packOf(8))
      for (let restarts = 0; restarts < 2; restarts += 1) {
        same(await packsOf(state, 1, 2, 3), [undefined, undefined, undefined])
        same(await state.journaled(), [])
        state = await reopened(place, state)
      }
      await state.journal(journaledOf(1, [1, 3]))
      state = await reopened(place, state)
      same(await packsOf(state, 1, 2, 3), [packOf(1), undefined, packOf(1)])
      same(await state.journaled(), [journaledOf(1, [1, 3])])
      await state.close()
    },
  },
  {
    title: 'the newest pinned head of each device is kept',
    async run(place) {
      let state = await place.open()
      await state.pinHead('a1', Uint8Array.of(1))
      await state.pinHead('b2', Uint8Array.of(2))
      await state.pinHead('a1', Uint8Array.of(3))
      state = await reopened(place, state)
      same((await state.pinnedHeads()).map((head) => head[0]).sort(), [2, 3])
      await state.close()
    },
  },
  {
    title: 'what was given up is kept for each device, beside its head',
    async run(place) {
      let state = await place.open()
      await state.pinHead('a1', Uint8Array.of(9))
      await state.pinGivenUp('a1', Uint8Array.of(1))
      await state.pinGivenUp('b2', Uint8Array.of(2))
      await state.pinGivenUp('a1', Uint8Array.of(3))
      state = await reopened(place, state)
      same((await state.pinnedGivenUp()).map((statement) => statement[0]).sort(), [2, 3])
      same(await state.pinnedHeads(), [Uint8Array.of(9)])
      await state.close()
    },
  },
  {
    title: 'the newest manifest is remembered with the packs that hold it, and beside it one that was sent',
    async run(place) {
      let state = await place.open()
      same(await state.rememberedManifest(), undefined)
      await state.rememberManifest({ packs: [packOf(1)], bytes: new Uint8Array(10) })
      const newest = { packs: [packOf(2), packOf(1)], bytes: new Uint8Array(70_000).fill(7) }
      await state.rememberManifest(newest)
      state = await reopened(place, state)
      same(await state.rememberedManifest(), newest)
      await state.rememberManifest({ ...newest, scannedAt: 1_700_000_000_123 })
      state = await reopened(place, state)
      same(await state.rememberedManifest(), { ...newest, scannedAt: 1_700_000_000_123 })
      same(await state.rememberedManifest('sent'), undefined)
      const sent = { packs: [packOf(3)], bytes: new Uint8Array(10) }
      await state.rememberManifest(sent, 'sent')
      state = await reopened(place, state)
      same(await state.rememberedManifest('sent'), sent)
      same(await state.rememberedManifest(), { ...newest, scannedAt: 1_700_000_000_123 })
      await state.close()
    },
  },
  {
    title:
      'chunks that were laid at hand are there until they are cleared away and handed on, and what is wanted stays',
    async run(place) {
      let state = await place.open()
      same(await state.atHand(chunkOf(1)), undefined)
      await state.onlyAtHand(new Set())
      const bytesOf = (i: number) => new Uint8Array(100 + i).fill(i)
      const some = (...numbers: readonly number[]) => new Map(numbers.map((i) => [chunkOf(i), bytesOf(i)]))
      await state.layAtHand(some(1, 2, 3, 4))
      await state.layAtHand(some(5))
      await state.layAtHand(new Map())
      state = await reopened(place, state)
      for (const i of [5, 2, 4, 1, 3]) same(await state.atHand(chunkOf(i)), bytesOf(i))
      const left = new Map<ChunkId, Bytes>()
      await state.onlyAtHand(new Set([chunkOf(3), chunkOf(9)]), (leaving) => {
        for (const [id, bytes] of leaving) left.set(id, bytes)
        return Promise.resolve()
      })
      same([...left].sort(), [...some(1, 2, 4, 5)].sort())
      same(await state.atHand(chunkOf(3)), bytesOf(3))
      same(await state.atHand(chunkOf(1)), undefined)
      same(await state.atHand(chunkOf(5)), undefined)
      await state.layAtHand(some(6))
      state = await reopened(place, state)
      same(await state.atHand(chunkOf(3)), bytesOf(3))
      same(await state.atHand(chunkOf(6)), bytesOf(6))
      await state.close()
    },
  },
  {
    title: 'packs that are journaled, learned and committed at once are all known afterwards',
    async run(place) {
      let state = await place.open()
      const numbers = Array.from({ length: 20 }, (_, i) => i)
      await Promise.all(numbers.map((i) => state.journal(journaledOf(i, [i]))))
      await Promise.all(
        numbers.map((i) =>
          i % 2 === 0 ? state.committed(packOf(i)) : state.learn(packOf(100 + i), [chunkOf(100 + i)]),
        ),
      )
      state = await reopened(place, state)
      same(await packsOf(state, ...numbers), numbers.map(packOf))
      same((await state.journaled()).length, 10)
      same(await packsOf(state, 101, 119), [packOf(101), packOf(119)])
      await state.close()
    },
  },
]
