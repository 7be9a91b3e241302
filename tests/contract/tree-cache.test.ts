import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../../src/core/bytes.ts'
import { parseChunkId } from '../../src/core/ids.ts'
import { IndexedDbTreeCache } from '../../src/store/indexeddb-tree-cache.ts'
import { MemoryTreeCache } from '../../src/store/memory.ts'
import { databaseName, indexedDbTreeCachePlace } from './indexeddb-places.ts'
import { treeCacheLaws } from './tree-cache.ts'

describe('in memory', () => {
  for (const { title, run } of treeCacheLaws) {
    test(title, () => {
      let cache: MemoryTreeCache | undefined
      return run({ open: (limitBytes) => Promise.resolve((cache ??= new MemoryTreeCache(limitBytes))) })
    })
  }
})

describe('in IndexedDB, as Node has it', () => {
  for (const { title, run } of treeCacheLaws) {
    test(title, () => run(indexedDbTreeCachePlace(databaseName())))
  }

  test('a cache that a newer version has written is an empty one, and throws nothing', async () => {
    const name = databaseName()
    const newer = await openDB(name, 3)
    newer.close()
    const cache = new IndexedDbTreeCache(name)
    const id = parseChunkId('01'.repeat(32))
    await cache.keepChunks(new Map([[id, utf8('chunk')]]))
    expect(await cache.chunk(id)).toBeUndefined()
    await cache.clear()
  })
})
