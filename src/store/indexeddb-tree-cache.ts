/** The cache of trees in an IndexedDB database of its own, so that it can be thrown away without touching anything else. */
import { openDB, type DBSchema, type IDBPDatabase, type StoreNames } from 'idb'
import type { Bytes } from '../core/bytes.ts'
import { idBytes, type AccountId, type ChunkId, type SnapshotId } from '../core/ids.ts'
import type { TreeCache } from './tree-cache.ts'

interface Schema extends DBSchema {
  /** Key: chunk id, 32 B. */
  chunks: { key: ArrayBuffer; value: Bytes }
  sources: { key: SnapshotId; value: Bytes }
  lists: { key: AccountId; value: Bytes }
}
type Database = IDBPDatabase<Schema>

const NAME = 'keeptab-trees'

export class IndexedDbTreeCache implements TreeCache {
  readonly #name: string
  #db: Promise<Database> | undefined

  constructor(name = NAME) {
    this.#name = name
  }

  chunk(id: ChunkId): Promise<Bytes | undefined> {
    return this.#quietly(async (db) => db.get('chunks', idBytes(id).buffer))
  }

  async keepChunks(chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void> {
    await this.#quietly(async (db) => {
      // Relaxed: what a power cut takes is read again from keepers.
      const tx = db.transaction('chunks', 'readwrite', { durability: 'relaxed' })
      for (const [id, bytes] of chunks) void tx.store.put(bytes, idBytes(id).buffer).catch(() => undefined) // told by tx.done
      await tx.done
    })
  }

  sources(snapshot: SnapshotId): Promise<Bytes | undefined> {
    return this.#quietly((db) => db.get('sources', snapshot))
  }

  async keepSources(snapshot: SnapshotId, bytes: Bytes): Promise<void> {
    await this.#quietly((db) => db.put('sources', bytes, snapshot))
  }

  list(account: AccountId): Promise<Bytes | undefined> {
    return this.#quietly((db) => db.get('lists', account))
  }

  async keepList(account: AccountId, bytes: Bytes): Promise<void> {
    await this.#quietly((db) => db.put('lists', bytes, account))
  }

  async clear(): Promise<void> {
    await this.#quietly(cleared)
  }

  /** A cache that fails is a cache that is empty; one that is full is emptied, and fills again with what is looked at now. */
  async #quietly<T>(work: (db: Database) => Promise<T>): Promise<T | undefined> {
    try {
      this.#db ??= open(this.#name)
      return await work(await this.#db)
    } catch (thrown) {
      this.#db = undefined
      if (thrown instanceof DOMException && thrown.name === 'QuotaExceededError') await emptied(this.#name)
      return undefined
    }
  }
}

const stores: StoreNames<Schema>[] = ['chunks', 'sources', 'lists']

const open = (name: string): Promise<Database> =>
  openDB<Schema>(name, 1, {
    upgrade(db) {
      for (const store of stores) db.createObjectStore(store)
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })

async function cleared(db: Database): Promise<void> {
  const tx = db.transaction(stores, 'readwrite')
  await Promise.all([...stores.map((store) => tx.objectStore(store).clear()), tx.done])
}

async function emptied(name: string): Promise<void> {
  try {
    const db = await open(name)
    await cleared(db)
    db.close()
  } catch {
    // The next one to look finds it as it is.
  }
}
