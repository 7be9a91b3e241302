/** Where the laws find IndexedDB: the browser's own in a page, fake-indexeddb in Node. */
import { concat } from '../../src/core/bytes.ts'
import { idBytes } from '../../src/core/ids.ts'
import { IndexedDbIdentityStore } from '../../src/store/indexeddb-identity.ts'
import { IndexedDbOwnerState } from '../../src/store/indexeddb-owner-state.ts'
import { openDatabase } from '../../src/store/indexeddb-schema.ts'
import { openIndexedDbShardStore } from '../../src/store/indexeddb-shard-store.ts'
import { IndexedDbTreeCache } from '../../src/store/indexeddb-tree-cache.ts'
import type { IdentityStorePlace } from './identity-store.ts'
import type { OwnerStatePlace } from './owner-state.ts'
import type { ShardStorePlace } from './shard-store.ts'
import type { TreeCachePlace } from './tree-cache.ts'

let databases = 0

/** The name of a database that no law has used yet. */
export const databaseName = (): string => `keeptab-law-${databases++}`

export const indexedDbShardStorePlace = (name: string): ShardStorePlace => ({
  open: async () => openIndexedDbShardStore(await openDatabase(name)),
  async damage({ pack, index }, lostBytes) {
    const db = await openDatabase(name)
    const key = concat(idBytes(pack), Uint8Array.of(index)).buffer
    const bytes = await db.get('shardBytes', key)
    if (lostBytes === 'all') await db.delete('shardBytes', key)
    else if (bytes !== undefined) await db.put('shardBytes', bytes.slice(0, -lostBytes), key)
    db.close()
  },
  async flip({ pack, index }) {
    const db = await openDatabase(name)
    const key = concat(idBytes(pack), Uint8Array.of(index)).buffer
    const bytes = new Uint8Array((await db.get('shardBytes', key)) ?? [])
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    await db.put('shardBytes', bytes.buffer, key)
    db.close()
  },
})

export const indexedDbOwnerStatePlace = (name: string): OwnerStatePlace => ({
  open: async () => new IndexedDbOwnerState(await openDatabase(name)),
})

export const indexedDbIdentityPlace = (name: string): IdentityStorePlace => ({
  open: async () => new IndexedDbIdentityStore(await openDatabase(name)),
})

export const indexedDbTreeCachePlace = (name: string): TreeCachePlace => ({
  open: (limitBytes) => Promise.resolve(new IndexedDbTreeCache(name, limitBytes)),
})
