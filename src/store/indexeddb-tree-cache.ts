/** The cache of trees in an IndexedDB database of its own, so that it can be thrown away without touching anything else. */
import { openDB, type DBSchema, type IDBPDatabase, type StoreNames } from 'idb'
import type { Bytes } from '../core/bytes.ts'
import { idBytes, type AccountId, type ChunkId, type SnapshotId } from '../core/ids.ts'
import { nextTurn } from '../core/next-turn.ts'
import { KEPT_TREE_BYTES, type TreeCache } from './tree-cache.ts'

interface Schema extends DBSchema {
  /** By rising numbers, so that the oldest come first. `id`: chunk id, 32 B. */
  chunks: { key: number; value: { id: ArrayBuffer; bytes: Bytes }; indexes: { id: ArrayBuffer } }
  /** Bytes of all chunks, at `chunks`. */
  sizes: { key: 'chunks'; value: number }
  sources: { key: SnapshotId; value: Bytes }
  lists: { key: AccountId; value: Bytes }
}
type Database = IDBPDatabase<Schema>

const NAME = 'keeptab-trees'
const VERSION = 2

export class IndexedDbTreeCache implements TreeCache {
  readonly #name: string
  readonly #limitBytes: number
  #db: Promise<Database> | undefined

  constructor(name = NAME, limitBytes = KEPT_TREE_BYTES) {
    this.#name = name
    this.#limitBytes = limitBytes
  }

  readonly chunk = together((ids: readonly ChunkId[]) =>
    this.#quietly((db) => {
      const index = db.transaction('chunks').store.index('id')
      return Promise.all(ids.map(async (id) => (await index.get(idBytes(id).buffer))?.bytes))
    }),
  )

  async keepChunks(chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void> {
    await this.#quietly(async (db) => {
      // Relaxed: what a power cut takes is read again from keepers.
      const tx = db.transaction(['chunks', 'sizes'], 'readwrite', { durability: 'relaxed' })
      tx.done.catch(() => undefined) // told by what fails in it, or below
      const [kept, sizes] = [tx.objectStore('chunks'), tx.objectStore('sizes')]
      let bytesKept = (await sizes.get('chunks')) ?? 0
      for (const [chunk, bytes] of chunks) {
        const id = idBytes(chunk).buffer
        if ((await kept.index('id').getKey(id)) !== undefined) continue
        await kept.add({ id, bytes })
        bytesKept += bytes.length
      }
      let oldest = bytesKept > this.#limitBytes ? await kept.openCursor() : null
      while (oldest !== null && bytesKept > this.#limitBytes) {
        bytesKept -= oldest.value.bytes.length
        await oldest.delete()
        oldest = await oldest.continue()
      }
      await sizes.put(bytesKept, 'chunks')
      await tx.done
    })
  }

  readonly sources = together((snapshots: readonly SnapshotId[]) =>
    this.#quietly((db) => {
      const { store } = db.transaction('sources')
      return Promise.all(snapshots.map((snapshot) => store.get(snapshot)))
    }),
  )

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

/** Reads all that is asked for in one turn at once, because a transaction costs more than many reads in it. */
function together<K, V>(
  read: (keys: readonly K[]) => Promise<readonly (V | undefined)[] | undefined>,
): (key: K) => Promise<V | undefined> {
  let next: { readonly keys: K[]; readonly found: ReturnType<typeof read> } | undefined
  const begin = () => {
    const keys: K[] = []
    const found = nextTurn().then(() => {
      next = undefined
      return read(keys)
    })
    return { keys, found }
  }
  return async (key) => {
    const { keys, found } = (next ??= begin())
    const place = keys.push(key) - 1
    return (await found)?.[place]
  }
}

const open = (name: string): Promise<Database> =>
  openDB<Schema>(name, VERSION, {
    upgrade(db) {
      // What an older version has kept is kept anew when it is looked at.
      for (const store of db.objectStoreNames) db.deleteObjectStore(store)
      for (const store of ['sizes', 'sources', 'lists'] as const) db.createObjectStore(store)
      db.createObjectStore('chunks', { autoIncrement: true }).createIndex('id', 'id', { unique: true })
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })

async function cleared(db: Database): Promise<void> {
  const stores: StoreNames<Schema>[] = [...db.objectStoreNames]
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
