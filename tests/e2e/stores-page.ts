/** The page of `stores.spec`: runs the laws of the stores over the browser's own IndexedDB. */
import { messageOf } from '../../src/core/errors.ts'
import { identityStoreLaws } from '../contract/identity-store.ts'
import {
  databaseName,
  indexedDbIdentityPlace,
  indexedDbOwnerStatePlace,
  indexedDbShardStorePlace,
  indexedDbTreeCachePlace,
} from '../contract/indexeddb-places.ts'
import { inventoryOf, shardOf, shardStoreLaws } from '../contract/shard-store.ts'
import { outcome, type Law } from '../contract/law.ts'
import { ownerStateLaws } from '../contract/owner-state.ts'
import { treeCacheLaws } from '../contract/tree-cache.ts'

/** What broke a law, or `undefined`. */
async function broken<Place>(laws: readonly Law<Place>[], title: string, place: Place): Promise<string | undefined> {
  const law = laws.find((candidate) => candidate.title === title)
  if (law === undefined) return 'there is no such law'
  try {
    await law.run(place)
    return undefined
  } catch (thrown) {
    return messageOf(thrown)
  }
}

const stores = {
  shardStore: (title: string) => broken(shardStoreLaws, title, indexedDbShardStorePlace(databaseName())),
  ownerState: (title: string) => broken(ownerStateLaws, title, indexedDbOwnerStatePlace(databaseName())),
  identityStore: (title: string) => broken(identityStoreLaws, title, indexedDbIdentityPlace(databaseName())),
  treeCache: (title: string) => broken(treeCacheLaws, title, indexedDbTreeCachePlace(databaseName())),

  /** Puts shards of 1 MiB, eight at once, until one is refused; says how it was and what is there after a restart. */
  async fillToQuota() {
    const place = indexedDbShardStorePlace(databaseName())
    let store = await place.open()
    await store.setLimit(Number.MAX_SAFE_INTEGER)
    let stored = 0
    const refusals: unknown[] = []
    for (let round = 0; round < 32 && refusals.length === 0; round += 1) {
      const batch = Array.from({ length: 8 }, (_, index) => shardOf(round, index, 1024 * 1024))
      for (const result of await Promise.all(batch.map((shard) => outcome(store.put(shard))))) {
        if (JSON.stringify(result) === '{}') stored += 1
        else refusals.push(result)
      }
    }
    const { usedBytes, reservedBytes } = await store.usage()
    await store.close()
    store = await place.open()
    const listed = (await inventoryOf(store)).length
    await store.close()
    return { stored, listed, refusals, usedBytes, reservedBytes }
  },
}

export type Stores = typeof stores
Object.assign(globalThis, { stores })
