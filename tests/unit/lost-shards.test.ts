/** A keeper on a dying disk tells what is gone by itself: nobody reads it, and its socket stays. */
import { stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import { openFsShardStore } from '../../headless/fs-shard-store.ts'
import { MINUTE } from '../../src/core/units.ts'
import { startKeeping } from '../../src/keeping/keeper.ts'
import { emptyShelf, MemoryShardStore } from '../../src/store/memory.ts'
import { shardKey } from '../../src/store/room.ts'
import type { ShardName, ShardStore } from '../../src/store/shard-store.ts'
import { createMemoryNetwork } from '../../src/transport/memory.ts'
import { clock, connect, newIdentity, random, runCoordinator } from '../contract/coordinator-fixtures.ts'
import { databaseName, indexedDbShardStorePlace } from '../contract/indexeddb-places.ts'
import { signedShards } from '../contract/shard-store.ts'
import { inTemporaryDirectory } from '../contract/temporary-directory.ts'
import { VirtualTime } from './virtual-time.ts'

/** One of two shards is damaged while its keeper is on, then the other; then the coordinator does not answer any more. */
async function story(store: ShardStore, damage: (shard: ShardName) => Promise<void>): Promise<void> {
  // The round begins with the first.
  const [first, second] = (await signedShards(2)).sort((a, b) => (a.pack < b.pack ? -1 : 1))
  if (first === undefined || second === undefined) throw new Error('There are too few shards.')
  await store.setLimit(1_000_000)
  for (const shard of [first, second]) await store.put(shard)
  const { url, close } = await runCoordinator()
  const identity = await newIdentity()
  const honest = connect(url, identity)
  let pages = 0
  let isAway = false
  let asked = 0
  const coordinator = {
    ...honest,
    info: () => {
      asked += 1
      return isAway ? new Promise<never>(() => undefined) : honest.info()
    },
    reportInventory: async (page: Parameters<typeof honest.reportInventory>[0]) => {
      const answer = await honest.reportInventory(page)
      pages += 1
      return answer
    },
  }
  const time = new VirtualTime()
  const transport = createMemoryNetwork({ random }).join(identity)
  const context = { identity, coordinator, transport, store, clock, stopwatch: time }
  const keeper = await startKeeping(context, { limitBytes: 1_000_000 })
  // Once when it comes online, and again with the records.
  await expect.poll(() => pages).toBe(2)
  const lost = async () => (await time.pass(MINUTE), keeper.state().lost)

  await damage(first)
  await expect.poll(lost).toBe(1)
  expect(pages).toBe(3)
  expect(keeper.state().shards).toBe(1)
  isAway = true
  asked = 0
  await damage(second)
  await store.read(second, 0, 1)
  await expect.poll(async () => (await time.pass(MINUTE), asked)).toBeGreaterThan(0)
  await keeper.stop()
  expect(keeper.state().lost).toBe(1)
  await close()
}

it('a file that was cut short', () =>
  inTemporaryDirectory(async (directory) =>
    story(await openFsShardStore(directory), async (shard) => {
      const path = join(directory, 'shards', shard.pack.slice(0, 2), shardKey(shard))
      await truncate(path, (await stat(path)).size - 1)
    }),
  ))

for (const lostBytes of [1, 'all'] as const) {
  it(`bytes that are missing in IndexedDB: ${lostBytes}`, async () => {
    const place = indexedDbShardStorePlace(databaseName())
    const store = await place.open()
    await story(store, (shard) => place.damage(shard, lostBytes))
    await store.close()
  })
}

it('a keeper stops although nobody answers what it asks, and answers no question that it was asked before', async () => {
  const { url, close } = await runCoordinator()
  const identity = await newIdentity()
  // The round begins with the first.
  const [damaged, sound] = (await signedShards(2)).sort((a, b) => (a.pack < b.pack ? -1 : 1))
  if (damaged === undefined || sound === undefined) throw new Error('There are too few shards.')
  const said: string[] = []
  let read: () => void = () => undefined
  const isReleased = new Promise<void>((resolve) => (read = resolve))
  class SlowDisk extends MemoryShardStore {
    override async read(name: ShardName, offset: number, length: number) {
      if (name.pack === sound?.pack && length > 0) {
        said.push('reads')
        await isReleased
      }
      return super.read(name, offset, length)
    }
  }
  const store = new SlowDisk(emptyShelf(1_000_000))
  await store.put({ ...damaged, record: damaged.record.slice(0, -1) })
  await store.put(sound)
  const noted = (what: string) => () => (said.push(what), new Promise<never>(() => undefined))
  let hears: Parameters<typeof coordinator.goOnline>[0] = () => undefined
  const coordinator: ReturnType<typeof connect> = {
    ...connect(url, identity),
    record: noted('record'),
    answerAudit: noted('answer'),
    goOnline: (onEvent) => ((hears = onEvent), () => undefined),
  }
  const time = new VirtualTime()
  const transport = createMemoryNetwork({ random }).join(identity)
  const context = { identity, coordinator, transport, store, clock, stopwatch: time }
  const keeper = await startKeeping(context, { limitBytes: 1_000_000 })
  await expect.poll(async () => (await time.pass(1000), said)).toEqual(['record'])
  const { pack, index } = sound
  hears({ type: 'audit', audit: 'a'.repeat(32), day: 1, number: 1, pack, index, leaf: 0, answerWithinMs: MINUTE })
  await expect.poll(() => said).toEqual(['record', 'reads'])
  await keeper.stop()
  read()
  // Whatever follows from what was read has followed when the coordinator has answered another request.
  for (let round = 0; round < 3; round += 1) await coordinator.info()
  expect(said).toEqual(['record', 'reads'])
  await close()
})

it('a keeper that has stopped says nothing more, also in the middle of its inventory', async () => {
  const { url, close } = await runCoordinator()
  const identity = await newIdentity()
  const honest = connect(url, identity)
  const store = new MemoryShardStore(emptyShelf(1_000_000))
  for (const shard of await signedShards(3)) await store.put(shard)
  const said: string[] = []
  let answer: () => void = () => undefined
  const asked = new Promise<void>((resolve) => (answer = resolve))
  const noting = new Proxy(honest, {
    get: (_, name: keyof typeof honest) => {
      const method = honest[name].bind(honest) as (...words: unknown[]) => Promise<unknown>
      if (name === 'goOnline') return method
      return async (...words: unknown[]) => {
        said.push(name)
        const told = await method(...words)
        if (name === 'reportInventory') await asked
        return told
      }
    },
  })
  const transport = createMemoryNetwork({ random }).join(identity)
  const keeper = await startKeeping(
    { identity, coordinator: noting, transport, store, clock },
    { limitBytes: 1_000_000 },
  )
  await expect.poll(() => said).toContain('reportInventory')
  await keeper.stop()
  const before = said.length
  answer()
  // Whatever follows from an answer has followed when another request of the same coordinator is done.
  for (let round = 0; round < 3; round += 1) await honest.info()
  expect(said.slice(before)).toEqual([])
  await close()
})
