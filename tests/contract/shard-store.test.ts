import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { openFsShardStore } from '../../headless/fs-shard-store.ts'
import { emptyShelf, MemoryShardStore } from '../../src/store/memory.ts'
import { shardKey } from '../../src/store/room.ts'
import 'fake-indexeddb/auto'
import { databaseName, indexedDbShardStorePlace } from './indexeddb-places.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'
import { shardStoreLaws, type ShardStorePlace } from './shard-store.ts'

function memoryPlace(): ShardStorePlace {
  const shelf = emptyShelf()
  return {
    open: () => Promise.resolve(new MemoryShardStore(shelf)),
    damage: (name, lostBytes) => {
      const shard = shelf.shards.get(shardKey(name))
      const left = lostBytes === 'all' ? 0 : -lostBytes
      if (shard !== undefined) shelf.shards.set(shardKey(name), { ...shard, bytes: shard.bytes.slice(0, left) })
      return Promise.resolve()
    },
    flip: (name) => {
      const bytes = shelf.shards.get(shardKey(name))?.bytes
      if (bytes !== undefined) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
      return Promise.resolve()
    },
  }
}

const fsPlace = (directory: string): ShardStorePlace => ({
  open: () => openFsShardStore(directory),
  async damage(name, lostBytes) {
    const path = join(directory, 'shards', name.pack.slice(0, 2), shardKey(name))
    if (lostBytes === 'all') await rm(path)
    else await truncate(path, (await stat(path)).size - lostBytes)
  },
  async flip(name) {
    const path = join(directory, 'shards', name.pack.slice(0, 2), shardKey(name))
    const bytes = await readFile(path)
    const at = bytes.length - 100
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(path, bytes)
  },
})

describe('in memory', () => {
  for (const { title, run } of shardStoreLaws) {
    test(title, () => run(memoryPlace()))
  }
})

describe('as files', () => {
  for (const { title, run } of shardStoreLaws) {
    test(title, () => inTemporaryDirectory((directory) => run(fsPlace(directory))))
  }
})

describe('in IndexedDB, as Node has it', () => {
  for (const { title, run } of shardStoreLaws) {
    test(title, () => run(indexedDbShardStorePlace(databaseName())))
  }
})
