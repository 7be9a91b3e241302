/** What every shard store does. Runs over memory, files, and IndexedDB in Node and in Chromium. */
import { equal, type Bytes } from '../../src/core/bytes.ts'
import { parseAccountId, parseDeviceId, parseGroupId, parsePackId } from '../../src/core/ids.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { SHARD_SIZES } from '../../src/core/shard-sizes.ts'
import { DAY, MINUTE } from '../../src/core/units.ts'
import type { Clock } from '../../src/core/clock.ts'
import { newDevice } from '../../src/identity/keys.ts'
import type { Stopwatch } from '../../src/keeping/rate.ts'
import { Scrubbing } from '../../src/keeping/scrubbing.ts'
import { packIdOf, signPackRecord } from '../../src/protocol/records.ts'
import { shardKey } from '../../src/store/room.ts'
import type { KeptShard, NewShard, ShardName, ShardStore, Traffic } from '../../src/store/shard-store.ts'
import { all, refusedWith, same, shown, type Law } from './law.ts'

/** Where a store lies. Laws close a store before they open the place again. */
export interface ShardStorePlace {
  /** The store of this place: empty with a limit of 0 at first, then with what was left in it. */
  open(): Promise<ShardStore>
  /** Takes the last bytes of a kept shard away behind the store's back, or everything of it but the knowledge of it. */
  damage(name: ShardName, lostBytes: number | 'all'): Promise<void>
  /** Turns one bit of a kept shard over behind the store's back. */
  flip(name: ShardName): Promise<void>
}

const account = (i: number) => parseAccountId(hex(i, 32))
const device = (i: number) => parseDeviceId(hex(i, 32))
const hex = (i: number, lengthBytes: number): string => i.toString(16).padStart(2, '0').repeat(lengthBytes)

/** Bytes that follow from the shard's name, so that whoever reads it knows what it should be. */
export function contentOf({ pack, index }: ShardName, sizeBytes: number): Bytes {
  let state = (Number.parseInt(pack.slice(0, 6), 16) * 256 + index + 1) >>> 0
  const bytes = new Uint8Array(sizeBytes)
  for (let i = 0; i < sizeBytes; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

/** The shard of this pack (0 to 255), index and size; the same for the same numbers. */
export function shardOf(pack: number, index: number, sizeBytes: number): NewShard {
  const name = { pack: parsePackId(hex(pack, 32)), index }
  const bytes = contentOf(name, sizeBytes)
  return {
    ...name,
    group: parseGroupId(hex(255 - pack, 16)),
    owner: account(pack % 3),
    sizeBytes,
    record: new Uint8Array(40).fill(pack),
    bytes,
  }
}

/** One shard of each of so many packs, as a keeper would hold them: under records that somebody has signed. */
export async function signedShards(count: number): Promise<NewShard[]> {
  const identity = await newDevice(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2), 0)
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const bytes = contentOf({ pack: parsePackId(hex(i, 32)), index: 0 }, SHARD_SIZES[0] ?? 0)
      const root = await merkleRoot(bytes)
      const roots = Array.from({ length: 6 }, () => root)
      const record = await signPackRecord(identity, { k: 2, n: 6, shardBytes: bytes.length, roots })
      const pack = await packIdOf(record)
      return { ...shardOf(i, 0, bytes.length), pack, owner: identity.account, record, bytes }
    }),
  )
}

/** Time that goes on from one call to the next as soon as what the last one has begun is done. */
export class StepTime implements Stopwatch, Clock {
  #now = 0
  #waiting: { readonly at: number; readonly run: () => void } | undefined
  #heard: () => void = () => undefined

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const waiting = { at: this.#now + ms, run }
    this.#waiting = waiting
    this.#heard()
    return () => {
      if (this.#waiting === waiting) this.#waiting = undefined
    }
  }

  async pass(ms: number): Promise<void> {
    const until = this.#now + ms
    for (;;) {
      if (this.#waiting === undefined) await new Promise<void>((resolve) => (this.#heard = resolve))
      const next = this.#waiting
      if (next === undefined) continue
      if (next.at > until) break
      this.#now = next.at
      this.#waiting = undefined
      next.run()
    }
    this.#now = until
  }
}

/** The same store; notes which shards are read. */
const noting = (store: ShardStore, read: string[]): ShardStore =>
  new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        if (property === 'read') read.push(shardKey(args[0] as ShardName))
        return value.apply(target, args) as unknown
      }
    },
  })

const keptOf = ({ pack, index, group, owner, sizeBytes }: NewShard): KeptShard => ({
  pack,
  index,
  group,
  owner,
  sizeBytes,
})

/** The inventory in a form that does not depend on its order. */
export const inventoryOf = async (store: ShardStore): Promise<string[]> =>
  (await all(store.list())).map((shard) => shown(shard)).sort()

const inventory = (...shards: NewShard[]): string[] => shards.map((shard) => shown(keptOf(shard))).sort()

async function openWith(place: ShardStorePlace, limitBytes: number): Promise<ShardStore> {
  const store = await place.open()
  await store.setLimit(limitBytes)
  return store
}

async function reopened(place: ShardStorePlace, store: ShardStore): Promise<ShardStore> {
  await store.close()
  return place.open()
}

const [a, b, c] = [shardOf(1, 0, 1000), shardOf(1, 7, 1000), shardOf(2, 255, 500)] as const

export const shardStoreLaws: readonly Law<ShardStorePlace>[] = [
  {
    title: 'a new store is empty and accepts nothing until it is given a limit',
    async run(place) {
      const store = await place.open()
      same(await store.usage(), { limitBytes: 0, usedBytes: 0, reservedBytes: 0, shards: 0 })
      await refusedWith('store-full', store.reserve(a, 1))
      await refusedWith('store-full', store.put(a))
      same(await inventoryOf(store), [])
      await store.close()
    },
  },
  {
    title: 'what was put is listed, counted, and read back whole and in ranges, with its record',
    async run(place) {
      const store = await openWith(place, 10_000)
      for (const shard of [a, b, c]) await store.put(shard)
      same(await inventoryOf(store), inventory(a, b, c))
      same(await store.usage(), { limitBytes: 10_000, usedBytes: 2500, reservedBytes: 0, shards: 3 })
      same(await store.read(b, 0, b.sizeBytes), b.bytes)
      same(await store.read(b, 10, 20), b.bytes.slice(10, 30))
      same(await store.read(b, 990, 100), b.bytes.slice(990))
      same(await store.read(b, 1000, 100), new Uint8Array(0))
      same(await store.has(c), true)
      same(await store.record(c.pack), c.record)
      await store.close()
    },
  },
  {
    title: 'a record is put in place of a damaged one where a shard of its pack is kept, and nowhere else',
    async run(place) {
      let store = await openWith(place, 10_000)
      await store.put({ ...a, record: c.record })
      await store.keepRecord(a.pack, a.record)
      await store.keepRecord(c.pack, c.record)
      same(await store.record(a.pack), a.record)
      same(await store.record(c.pack), undefined)
      store = await reopened(place, store)
      same(await store.record(a.pack), a.record)
      same(await store.record(c.pack), undefined)
      same(await store.read(a, 0, a.sizeBytes), a.bytes)
      same(await store.usage(), { limitBytes: 10_000, usedBytes: a.sizeBytes, reservedBytes: 0, shards: 1 })
      await store.close()
    },
  },
  {
    title: 'a shard that was never put is not there, and asking, releasing and removing it are harmless',
    async run(place) {
      const store = await openWith(place, 10_000)
      await store.put(a)
      same(await store.read(b, 0, 10), undefined)
      same(await store.has(b), false)
      same(await store.record(c.pack), undefined)
      await store.release(b)
      await store.remove(b)
      same(await inventoryOf(store), inventory(a))
      await store.close()
    },
  },
  {
    title: 'shards, records, heads and the limit survive a restart, and reservations do not',
    async run(place) {
      let store = await openWith(place, 10_000)
      await store.put(a)
      await store.put(c)
      await store.reserve(b, b.sizeBytes)
      await store.keepHead({ account: account(1), device: device(1), sequence: 4, signed: Uint8Array.of(4) })
      store = await reopened(place, store)
      same(await store.usage(), { limitBytes: 10_000, usedBytes: 1500, reservedBytes: 0, shards: 2 })
      same(await inventoryOf(store), inventory(a, c))
      same(await store.read(a, 0, a.sizeBytes), a.bytes)
      same(await store.record(a.pack), a.record)
      same(await store.heads(account(1)), [Uint8Array.of(4)])
      await store.close()
    },
  },
  {
    title: 'what was counted last survives a restart, is all of it replaced, and is no part of what is kept',
    async run(place) {
      const counted = (month: string, bytes: number): Traffic => ({
        month,
        monthServedBytes: bytes,
        monthReceivedBytes: bytes + 1,
        servedBytes: 2 ** 50 + bytes,
        receivedBytes: Number.MAX_SAFE_INTEGER,
      })
      let store = await openWith(place, 10_000)
      same(await store.traffic(), undefined)
      await store.put(a)
      await store.keepTraffic(counted('2026-11', 5))
      same(await store.traffic(), counted('2026-11', 5))
      store = await reopened(place, store)
      same(await store.traffic(), counted('2026-11', 5))
      await store.keepTraffic(counted('2026-12', 0))
      store = await reopened(place, store)
      same(await store.traffic(), counted('2026-12', 0))
      same(await store.usage(), { limitBytes: 10_000, usedBytes: 1000, reservedBytes: 0, shards: 1 })
      same(await inventoryOf(store), inventory(a))
      await store.close()
    },
  },
  {
    title: 'what was heard of condemned packs survives a restart, and is all of it replaced',
    async run(place) {
      const heard = (i: number) => ({
        pack: parsePackId(hex(i, 32)),
        condemnation: hex(i + 1, 32),
        watchedMs: i,
        heardAt: 2 ** 50 + i,
      })
      const unneeded = [{ pack: parsePackId(hex(3, 32)), index: 5, watchedMs: 7, heardAt: 8 }]
      const notes = { watchedMs: 2 ** 40, notedAt: 2 ** 50, heard: [heard(1), heard(2)], unneeded }
      let store = await openWith(place, 10_000)
      same(await store.condemned(), undefined)
      same(await store.traffic(), undefined)
      await store.put(a)
      await store.keepCondemned(notes)
      store = await reopened(place, store)
      same(await store.condemned(), notes)
      await store.keepCondemned({ watchedMs: 0, notedAt: -5, heard: [] })
      store = await reopened(place, store)
      same(await store.condemned(), { watchedMs: 0, notedAt: -5, heard: [] })
      same(await inventoryOf(store), inventory(a))
      await store.close()
    },
  },
  {
    title: 'how far it has looked survives a restart, and is replaced',
    async run(place) {
      let store = await openWith(place, 10_000)
      same(await store.scrubbed(), undefined)
      const name = ({ pack, index }: ShardName): ShardName => ({ pack, index })
      for (const notes of [
        { after: name(b), at: 2 ** 50 },
        { after: name(c), at: -5 },
      ]) {
        await store.keepScrubbed(notes)
        store = await reopened(place, store)
        same(await store.scrubbed(), notes)
      }
      await store.close()
    },
  },
  {
    title:
      'a bit that has turned over is found within a hundred days over a restart, no shard looked at twice, and soon once it is read',
    async run(place) {
      const shards = await signedShards(40)
      const [spoilt, spoiltLater] = [shards[17], shards[3]]
      if (spoilt === undefined || spoiltLater === undefined) throw new Error('There are too few shards.')
      let store = await openWith(place, 1_000_000)
      for (const shard of shards) await store.put(shard)
      await place.flip(spoilt)
      const time = new StepTime()
      const looked: string[] = []
      const found: string[] = []
      const scrub = (): Scrubbing => {
        const scrubbing = new Scrubbing({
          store: noting(store, looked),
          coordinator: { record: () => Promise.reject(new Error('Every record is sound.')) },
          clock: time,
          stopwatch: time,
          isBusy: () => false,
          onSpoilt: async (shard) => {
            found.push(shardKey(shard))
            await store.remove(shard)
          },
        })
        scrubbing.start()
        return scrubbing
      }
      let scrubbing = scrub()
      await time.pass(50 * DAY)
      await scrubbing.stop()
      same(looked.length > 15 && looked.length < 25, true)
      store = await reopened(place, store)
      scrubbing = scrub()
      await time.pass(50 * DAY)
      same(found, [shardKey(spoilt)])
      same(new Set(looked).size, 40)
      same(looked.length <= 41, true)
      await place.flip(spoiltLater)
      scrubbing.wasRead(spoiltLater)
      await time.pass(MINUTE)
      same(found, [spoilt, spoiltLater].map(shardKey))
      await scrubbing.stop()
      await store.close()
    },
  },
  {
    title: 'the store is full when used and reserved bytes reach the limit, and a refusal changes nothing',
    async run(place) {
      const store = await openWith(place, 2000)
      await store.put(a)
      await store.reserve(c, 600)
      const before = await store.usage()
      await refusedWith('store-full', store.reserve(b, 401))
      await refusedWith('store-full', store.put(b))
      same(await store.usage(), before)
      same(await inventoryOf(store), inventory(a))
      await store.reserve(b, 400)
      same((await store.usage()).reservedBytes, 1000)
      await store.close()
    },
  },
  {
    title: 'of two that reserve the last room at once exactly one gets it',
    async run(place) {
      const store = await openWith(place, 1000)
      const results = await Promise.allSettled([a, b].map((shard) => store.reserve(shard, 1000)))
      same(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      same((await store.usage()).reservedBytes, 1000)
      await store.close()
    },
  },
  {
    title: 'of two that put into the last room at once exactly one is kept',
    async run(place) {
      const store = await openWith(place, 1000)
      const results = await Promise.allSettled([a, b].map((shard) => store.put(shard)))
      same(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      same(await store.usage(), { limitBytes: 1000, usedBytes: 1000, reservedBytes: 0, shards: 1 })
      await store.close()
    },
  },
  {
    title: 'a reservation counts once however often it is made, and ends with release or put',
    async run(place) {
      const store = await openWith(place, 2000)
      await store.reserve(a, 1000)
      await store.reserve(a, 1000)
      same((await store.usage()).reservedBytes, 1000)
      await store.release(a)
      same((await store.usage()).reservedBytes, 0)
      await store.reserve(a, 1000)
      await store.put(a)
      same(await store.usage(), { limitBytes: 2000, usedBytes: 1000, reservedBytes: 0, shards: 1 })
      await store.reserve(a, 1000)
      same((await store.usage()).reservedBytes, 0)
      await store.close()
    },
  },
  {
    title: 'a lowered limit throws nothing away, keeps promises, and stops new shards',
    async run(place) {
      const store = await openWith(place, 10_000)
      await store.put(a)
      await store.reserve(b, b.sizeBytes)
      await store.setLimit(100)
      await refusedWith('store-full', store.reserve(c, c.sizeBytes))
      await refusedWith('store-full', store.put(c))
      await store.put(b)
      same(await inventoryOf(store), inventory(a, b))
      same(await store.usage(), { limitBytes: 100, usedBytes: 2000, reservedBytes: 0, shards: 2 })
      await store.close()
    },
  },
  {
    title: 'putting a shard that is there changes nothing, even when the store is full',
    async run(place) {
      const store = await openWith(place, 1000)
      await store.put(a)
      await store.put({ ...a, bytes: new Uint8Array(a.sizeBytes) })
      same(await store.read(a, 0, a.sizeBytes), a.bytes)
      same(await store.usage(), { limitBytes: 1000, usedBytes: 1000, reservedBytes: 0, shards: 1 })
      await store.close()
    },
  },
  {
    title: 'one shard put many times at once is kept once',
    async run(place) {
      const store = await openWith(place, 10_000)
      await Promise.all(Array.from({ length: 12 }, () => store.put(a)))
      same(await store.usage(), { limitBytes: 10_000, usedBytes: 1000, reservedBytes: 0, shards: 1 })
      same(await inventoryOf(store), inventory(a))
      await store.close()
    },
  },
  {
    title: 'many shards put at once are all kept',
    async run(place) {
      const shards = Array.from({ length: 40 }, (_, i) => shardOf(i, i, 100 + i))
      const store = await openWith(place, 1_000_000)
      await Promise.all(shards.map((shard) => store.put(shard)))
      same(await inventoryOf(store), inventory(...shards))
      for (const shard of shards) same(await store.read(shard, 0, 1000), shard.bytes)
      await store.close()
    },
  },
  {
    title: 'the store keeps what it was given, whatever the giver does to the buffer afterwards',
    async run(place) {
      const shard = { ...a, bytes: a.bytes.slice() }
      const store = await openWith(place, 10_000)
      await store.put(shard)
      shard.bytes.fill(0)
      same(await store.read(a, 0, a.sizeBytes), a.bytes)
      const read = await store.read(a, 0, a.sizeBytes)
      read?.fill(0)
      same(await store.read(a, 0, a.sizeBytes), a.bytes)
      await store.close()
    },
  },
  {
    title: 'a view into a larger buffer is stored as what it shows',
    async run(place) {
      const store = await openWith(place, 10_000)
      const whole = new Uint8Array(3000)
      whole.set(a.bytes, 500)
      await store.put({ ...a, bytes: whole.subarray(500, 1500) })
      same(await store.read(a, 0, 5000), a.bytes)
      await store.close()
    },
  },
  {
    title: 'a shard of another length than it says is refused',
    async run(place) {
      const store = await openWith(place, 10_000)
      await refusedWith('malformed', store.put({ ...a, sizeBytes: 999 }))
      same(await inventoryOf(store), [])
      await store.close()
    },
  },
  {
    title: 'a removed shard is gone and gives its room back, and a record goes with its last shard',
    async run(place) {
      let store = await openWith(place, 2000)
      await store.put(a)
      await store.put(b)
      await store.remove(a)
      same(await store.read(a, 0, 10), undefined)
      same(await store.record(a.pack), a.record)
      same((await store.usage()).usedBytes, 1000)
      await store.remove(b)
      same(await store.record(a.pack), undefined)
      store = await reopened(place, store)
      same(await store.usage(), { limitBytes: 2000, usedBytes: 0, reservedBytes: 0, shards: 0 })
      await store.put(a)
      same(await store.read(a, 0, a.sizeBytes), a.bytes)
      await store.close()
    },
  },
  {
    title: 'removing and putting the same shard at once leaves it either whole or gone',
    async run(place) {
      const store = await openWith(place, 10_000)
      await store.put(b)
      await Promise.all([store.put(a), store.remove(a), store.remove(b), store.put(b)])
      for (const shard of [a, b]) {
        const read = await store.read(shard, 0, shard.sizeBytes)
        same(await store.has(shard), read !== undefined)
        if (read !== undefined) same(read, shard.bytes)
      }
      const kept = await all(store.list())
      same((await store.usage()).usedBytes, 1000 * kept.length)
      same(await store.record(a.pack), kept.length === 0 ? undefined : a.record)
      await store.close()
    },
  },
  {
    title: 'a shard whose bytes have vanished is left out of the list and forgotten',
    async run(place) {
      let store = await openWith(place, 10_000)
      await store.put(a)
      await store.put(c)
      await place.damage(a, 'all')
      same(await inventoryOf(store), inventory(c))
      same(await store.has(a), false)
      same((await store.usage()).usedBytes, c.sizeBytes)
      store = await reopened(place, store)
      same(await inventoryOf(store), inventory(c))
      await store.put(a)
      same(await store.read(a, 0, a.sizeBytes), a.bytes)
      await store.close()
    },
  },
  {
    title: 'a shard that vanished while the store was closed is admitted at the next inventory',
    async run(place) {
      let store = await openWith(place, 10_000)
      await store.put(a)
      await store.put(c)
      await store.close()
      await place.damage(a, 'all')
      store = await place.open()
      same(await inventoryOf(store), inventory(c))
      same((await store.usage()).usedBytes, c.sizeBytes)
      await store.close()
    },
  },
  {
    title: 'a shard cut short is never served and forgotten when it is read',
    async run(place) {
      const store = await openWith(place, 10_000)
      await store.put(a)
      await store.put(c)
      await place.damage(a, 600)
      same(await store.read(a, 0, 100), undefined)
      same(await store.has(a), false)
      same(await inventoryOf(store), inventory(c))
      same((await store.usage()).usedBytes, c.sizeBytes)
      await store.close()
    },
  },
  {
    title: 'shards may come and go while the inventory is read',
    async run(place) {
      const shards = Array.from({ length: 30 }, (_, i) => shardOf(i, 1, 64))
      const store = await openWith(place, 1_000_000)
      await Promise.all(shards.map((shard) => store.put(shard)))
      const listed: KeptShard[] = []
      for await (const shard of store.list()) {
        listed.push(shard)
        await store.remove(shard)
        await store.put(shardOf(100 + listed.length, 1, 64))
        if (listed.length > 120) break
      }
      for (const shard of shards) same(listed.filter(({ pack }) => pack === shard.pack).length, 1)
      await store.close()
    },
  },
  {
    title: 'of the heads of an account the one with the highest sequence of each device is kept',
    async run(place) {
      const store = await place.open()
      const keep = (who: number, on: number, sequence: number, byte: number) =>
        store.keepHead({ account: account(who), device: device(on), sequence, signed: Uint8Array.of(byte) })
      await keep(1, 1, 5, 50)
      await keep(1, 1, 4, 40)
      await keep(1, 1, 5, 51)
      await keep(1, 2, 1, 10)
      await keep(2, 1, 9, 90)
      same((await store.heads(account(1))).map((head) => head[0]).sort(), [10, 50])
      await keep(1, 1, 6, 60)
      same((await store.heads(account(1))).map((head) => head[0]).sort(), [10, 60])
      same(await store.heads(account(2)), [Uint8Array.of(90)])
      same(await store.heads(account(3)), [])
      await store.close()
    },
  },
  {
    title: 'of heads that arrive at once the highest stays',
    async run(place) {
      const store = await place.open()
      await Promise.all(
        [3, 9, 1, 7].map((sequence) =>
          store.keepHead({ account: account(1), device: device(1), sequence, signed: Uint8Array.of(sequence) }),
        ),
      )
      same(await store.heads(account(1)), [Uint8Array.of(9)])
      await store.close()
    },
  },
  {
    title: 'a shard of the largest size goes in and comes back',
    async run(place) {
      const large = shardOf(9, 3, 1024 * 1024)
      const store = await openWith(place, 2_000_000)
      await store.put(large)
      const read = await store.read(large, 0, large.sizeBytes)
      same(read !== undefined && equal(read, large.bytes), true)
      await store.close()
    },
  },
]
