/** What every cache of trees does. Runs over memory, and IndexedDB in Node and in Chromium. */
import { utf8 } from '../../src/core/bytes.ts'
import { parseAccountId, parseSnapshotId } from '../../src/core/ids.ts'
import type { TreeCache } from '../../src/store/tree-cache.ts'
import { same, type Law } from './law.ts'
import { chunkOf as chunk, hex } from './owner-state.ts'

export interface TreeCachePlace {
  /** The cache of this place: empty at first, then with what was left in it. @param limitBytes of chunks; many when absent */
  open(limitBytes?: number): Promise<TreeCache>
}

const snapshot = (i: number) => parseSnapshotId(hex(i, 16))
const account = (i: number) => parseAccountId(hex(i, 32))

/** All that a cache has of the things that these laws keep in it. */
const everything = async (cache: TreeCache) => [
  await cache.chunk(chunk(1)),
  await cache.chunk(chunk(2)),
  await cache.sources(snapshot(1)),
  await cache.list(account(1)),
]

async function fill(cache: TreeCache): Promise<void> {
  await cache.keepChunks(new Map([1, 2].map((i) => [chunk(i), utf8(`chunk ${i}`)])))
  await cache.keepSources(snapshot(1), utf8('sources'))
  await cache.keepList(account(1), utf8('list'))
}
const filled = [utf8('chunk 1'), utf8('chunk 2'), utf8('sources'), utf8('list')]
const nothing = [undefined, undefined, undefined, undefined]

export const treeCacheLaws: readonly Law<TreeCachePlace>[] = [
  {
    title: 'what is not there is absent',
    async run(place) {
      same(await everything(await place.open()), nothing)
    },
  },
  {
    title: 'what is kept is found, also by whoever opens it next, and nothing else is',
    async run(place) {
      const cache = await place.open()
      await fill(cache)
      same(await everything(cache), filled)
      const next = await place.open()
      same(await everything(next), filled)
      same([await next.chunk(chunk(3)), await next.sources(snapshot(2)), await next.list(account(2))], nothing.slice(1))
    },
  },
  {
    title: 'what is too much lets what was kept first go, whoever kept it, and nothing counts twice',
    async run(place) {
      const bytes = new Uint8Array(100)
      const kept = async (cache: TreeCache) => {
        const all = await Promise.all([1, 2, 3, 4, 5].map(async (i) => ((await cache.chunk(chunk(i))) ? [i] : [])))
        return all.flat()
      }
      const cache = await place.open(350)
      await cache.keepChunks(new Map([1, 2].map((i) => [chunk(i), bytes])))
      await cache.keepChunks(new Map([2, 3].map((i) => [chunk(i), bytes])))
      same(await kept(cache), [1, 2, 3])
      const next = await place.open(350)
      await next.keepChunks(new Map([[chunk(4), bytes]]))
      same(await kept(next), [2, 3, 4])
      await next.keepChunks(new Map([[chunk(1), new Uint8Array(50)]]))
      same(await kept(next), [1, 2, 3, 4])
      await next.clear()
      await next.keepChunks(new Map([1, 2, 3].map((i) => [chunk(i), bytes])))
      same(await kept(next), [1, 2, 3])
    },
  },
  {
    title: 'a later list takes the place of the earlier one',
    async run(place) {
      const cache = await place.open()
      await fill(cache)
      await cache.keepList(account(1), utf8('a later list'))
      same(await cache.list(account(1)), utf8('a later list'))
    },
  },
  {
    title: 'what is cleared is forgotten, and it fills again',
    async run(place) {
      const cache = await place.open()
      await fill(cache)
      await cache.clear()
      same(await everything(cache), nothing)
      same(await everything(await place.open()), nothing)
      await fill(cache)
      same(await everything(cache), filled)
    },
  },
]
