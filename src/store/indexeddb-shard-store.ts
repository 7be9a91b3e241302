/** A keeper's disk in a browser profile. */
import { concat, own, toHex, type Bytes } from '../core/bytes.ts'
import { idBytes, idOf, parsePackId, type AccountId, type DeviceId, type PackId } from '../core/ids.ts'
import type { ByteCount } from '../core/units.ts'
import { inTransaction, type KeeptabDatabase } from './indexeddb-schema.ts'
import { checkLength, Room, shardKey } from './room.ts'
import type {
  CondemnedNotes,
  KeptShard,
  NewShard,
  ScrubNotes,
  ShardName,
  ShardStore,
  StoreUsage,
  Traffic,
} from './shard-store.ts'

/** Shards that go to the disk in one transaction: eight are two thirds faster than eight times one (performance.md). */
const PUTS_AT_ONCE = 8
/** Shards in one step of an inventory. */
const PAGE = 500

/** The shard store in this database, which it closes when it is closed. @throws KeeptabError `store-failed` */
export async function openIndexedDbShardStore(db: KeeptabDatabase): Promise<ShardStore> {
  const limit = await inTransaction(db, 'readonly', ['limits'], (tx) => tx.store.get('keeping'))
  const room = new Room(typeof limit === 'number' ? limit : 0)
  for await (const page of pages(db)) for (const { sizeBytes } of page) room.keep(sizeBytes)
  return new IndexedDbShardStore(db, room)
}

interface WaitingPut {
  readonly shard: NewShard
  readonly done: (isNew: boolean) => void
  readonly failed: (thrown: unknown) => void
}

class IndexedDbShardStore implements ShardStore {
  readonly #db: KeeptabDatabase
  readonly #room: Room
  readonly #waiting: WaitingPut[] = []
  #isWriting = false

  constructor(db: KeeptabDatabase, room: Room) {
    this.#db = db
    this.#room = room
  }

  usage(): Promise<StoreUsage> {
    return Promise.resolve(this.#room.usage())
  }

  async setLimit(limitBytes: ByteCount): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['limits'], (tx) => tx.store.put(limitBytes, 'keeping'))
    this.#room.limitBytes = limitBytes
  }

  async reserve(name: ShardName, sizeBytes: ByteCount): Promise<void> {
    if (!(await this.has(name))) this.#room.reserve(shardKey(name), sizeBytes)
  }

  release(name: ShardName): Promise<void> {
    this.#room.release(shardKey(name))
    return Promise.resolve()
  }

  async put(shard: NewShard): Promise<void> {
    checkLength(shard)
    if (await this.has(shard)) return
    await this.#room.fill(shardKey(shard), shard.sizeBytes, () => this.#write(shard))
  }

  async read(name: ShardName, offset: number, length: number): Promise<Bytes | undefined> {
    const key = keyOf(name)
    const [shard, bytes] = await inTransaction(this.#db, 'readonly', ['shards', 'shardBytes'], (tx) =>
      Promise.all([tx.objectStore('shards').get(key), tx.objectStore('shardBytes').get(key)]),
    )
    if (shard === undefined) return undefined
    if (bytes?.byteLength !== shard.sizeBytes) {
      await this.remove(name)
      return undefined
    }
    return new Uint8Array(bytes.slice(offset, offset + length))
  }

  async has(name: ShardName): Promise<boolean> {
    const key = keyOf(name)
    return (await inTransaction(this.#db, 'readonly', ['shards'], (tx) => tx.store.getKey(key))) !== undefined
  }

  record(pack: PackId): Promise<Bytes | undefined> {
    return inTransaction(this.#db, 'readonly', ['records'], (tx) => tx.store.get(pack))
  }

  async keepRecord(pack: PackId, record: Bytes): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['shards', 'records'], async (tx) => {
      const isKept = (await tx.objectStore('shards').count(keysOf(pack))) > 0
      if (isKept) await tx.objectStore('records').put(own(record), pack)
    })
  }

  async remove(name: ShardName): Promise<void> {
    const key = keyOf(name)
    const removed = await inTransaction(this.#db, 'readwrite', ['shards', 'shardBytes', 'records'], async (tx) => {
      const shards = tx.objectStore('shards')
      const shard = await shards.get(key)
      await Promise.all([shards.delete(key), tx.objectStore('shardBytes').delete(key)])
      if ((await shards.count(keysOf(name.pack))) === 0) await tx.objectStore('records').delete(name.pack)
      return shard
    })
    if (removed !== undefined) this.#room.lose(removed.sizeBytes)
  }

  async *list(): AsyncIterable<KeptShard> {
    for await (const page of pages(this.#db)) {
      for (const { isThere, ...shard } of page) {
        if (isThere) yield shard
        else await this.remove(shard)
      }
    }
  }

  async keepHead(head: { account: AccountId; device: DeviceId; sequence: number; signed: Bytes }): Promise<void> {
    const { sequence, signed } = head
    await inTransaction(this.#db, 'readwrite', ['heads'], async (tx) => {
      const before = await tx.store.get([head.account, head.device])
      if (before !== undefined && before.sequence >= sequence) return
      await tx.store.put({ sequence, signed: own(signed) }, [head.account, head.device])
    })
  }

  async heads(account: AccountId): Promise<Bytes[]> {
    // An array sorts after every string, so this is everything that begins with the account.
    const range = IDBKeyRange.bound([account], [account, []])
    const heads = await inTransaction(this.#db, 'readonly', ['heads'], (tx) => tx.store.getAll(range))
    return heads.map(({ signed }) => signed)
  }

  async traffic(): Promise<Traffic | undefined> {
    const traffic = await inTransaction(this.#db, 'readonly', ['limits'], (tx) => tx.store.get('traffic'))
    return typeof traffic === 'object' && 'month' in traffic ? traffic : undefined
  }

  async keepTraffic(traffic: Traffic): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['limits'], (tx) => tx.store.put(traffic, 'traffic'))
  }

  async condemned(): Promise<CondemnedNotes | undefined> {
    const notes = await inTransaction(this.#db, 'readonly', ['limits'], (tx) => tx.store.get('condemned'))
    return typeof notes === 'object' && 'heard' in notes ? notes : undefined
  }

  async keepCondemned(notes: CondemnedNotes): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['limits'], (tx) => tx.store.put(notes, 'condemned'))
  }

  async scrubbed(): Promise<ScrubNotes | undefined> {
    const notes = await inTransaction(this.#db, 'readonly', ['limits'], (tx) => tx.store.get('scrubbed'))
    return typeof notes === 'object' && 'after' in notes ? notes : undefined
  }

  async keepScrubbed(notes: ScrubNotes): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['limits'], (tx) => tx.store.put(notes, 'scrubbed'))
  }

  close(): Promise<void> {
    this.#db.close()
    return Promise.resolve()
  }

  /** Whether the shard is new. Shards that come while others are being written go to the disk together. */
  #write(shard: NewShard): Promise<boolean> {
    return new Promise((done, failed) => {
      this.#waiting.push({ shard, done, failed })
      if (!this.#isWriting) void this.#writeWaiting()
    })
  }

  async #writeWaiting(): Promise<void> {
    this.#isWriting = true
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      try {
        const areNew = await writeTogether(this.#db, batch)
        batch.forEach(({ done }, i) => done(areNew[i] === true))
      } catch {
        // One that does not fit must not take the others with it.
        for (const { shard, done, failed } of batch) {
          await writeTogether(this.#db, [{ shard }]).then(([isNew]) => done(isNew === true), failed)
        }
      }
    }
    this.#isWriting = false
  }

  #take(): WaitingPut[] {
    return this.#waiting.splice(0, PUTS_AT_ONCE)
  }
}

/** Writes shards in one transaction; for each whether it is new. */
function writeTogether(db: KeeptabDatabase, batch: readonly { shard: NewShard }[]): Promise<boolean[]> {
  return inTransaction(db, 'readwrite', ['shards', 'shardBytes', 'records'], (tx) =>
    Promise.all(
      batch.map(async ({ shard }) => {
        const key = keyOf(shard)
        const { group, owner, sizeBytes } = shard
        if ((await tx.objectStore('shards').getKey(key)) !== undefined) return false
        await Promise.all([
          tx.objectStore('shards').put({ group, owner, sizeBytes }, key),
          tx.objectStore('shardBytes').put(own(shard.bytes).buffer, key),
          tx.objectStore('records').put(own(shard.record), shard.pack),
        ])
        return true
      }),
    ),
  )
}

/** Everything that should be kept and whether its bytes are there, in the order of the keys; loads no bytes. */
async function* pages(db: KeeptabDatabase): AsyncIterable<(KeptShard & { isThere: boolean })[]> {
  let after: ArrayBuffer | undefined
  do {
    const range = after && IDBKeyRange.lowerBound(after, true)
    const { keys, shards, present } = await inTransaction(db, 'readonly', ['shards', 'shardBytes'], async (tx) => {
      const store = tx.objectStore('shards')
      const [keys, shards] = await Promise.all([store.getAllKeys(range, PAGE), store.getAll(range, PAGE)])
      const [first, last] = [keys[0], keys.at(-1)]
      if (first === undefined || last === undefined) return { keys, shards, present: [] }
      return { keys, shards, present: await tx.objectStore('shardBytes').getAllKeys(IDBKeyRange.bound(first, last)) }
    })
    const there = new Set(present.map((key) => toHex(new Uint8Array(key))))
    yield shards.flatMap((shard, i) => {
      const key = keys[i]
      if (key === undefined) return []
      return [{ ...nameOf(key), ...shard, isThere: there.has(toHex(new Uint8Array(key))) }]
    })
    after = keys.at(-1)
  } while (after !== undefined)
}

const keyOf = ({ pack, index }: ShardName): ArrayBuffer => concat(idBytes(pack), Uint8Array.of(index)).buffer

const keysOf = (pack: PackId): IDBKeyRange => IDBKeyRange.bound(keyOf({ pack, index: 0 }), keyOf({ pack, index: 255 }))

function nameOf(key: ArrayBuffer): ShardName {
  const bytes = new Uint8Array(key)
  return { pack: idOf(parsePackId, bytes.subarray(0, 32)), index: bytes[32] ?? 0 }
}
