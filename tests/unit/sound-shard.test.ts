/** When a keeper may say of a shard that it is not what was signed: it is deleted for that. */
import { expect, it } from 'vitest'
import type { Bytes } from '../../src/core/bytes.ts'
import { signatureTag } from '../../src/core/derive.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { idOf, parseGroupId, type PackId } from '../../src/core/ids.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { signBody } from '../../src/core/signed.ts'
import { KiB } from '../../src/core/units.ts'
import { proveLeaf } from '../../src/keeping/proving.ts'
import { soundShard, type Kept } from '../../src/keeping/sound-shard.ts'
import { packIdOf, signPackRecord } from '../../src/protocol/records.ts'
import { emptyShelf, MemoryShardStore } from '../../src/store/memory.ts'
import type { ShardName, ShardStore } from '../../src/store/shard-store.ts'
import { newIdentity, random } from '../contract/coordinator-fixtures.ts'
import { noise } from '../sim/network.ts'

const bytes = noise('shard', 16 * KiB)
const owner = await newIdentity()
const roots = await Promise.all(Array.from({ length: 6 }, () => merkleRoot(bytes)))
const record = await signPackRecord(owner, { k: 2, n: 6, shardBytes: bytes.length, roots })

const nobody: Kept['coordinator'] = { record: () => Promise.reject(new KeeptabError('not-found')) }

/** What is said of a shard that lies under this record, on a disk that reads wrongly so many times. */
async function said(record: Bytes, pack: PackId, { wrongReads = 0 } = {}) {
  const store = new MemoryShardStore(emptyShelf(1024 * KiB))
  const group = idOf(parseGroupId, random.bytes(16))
  await store.put({ pack, index: 1, group, owner: owner.account, sizeBytes: bytes.length, record, bytes })
  let reads = 0
  const disk = Object.assign(Object.create(store) as ShardStore, {
    record: (of: PackId) => store.record(of),
    has: (name: ShardName) => store.has(name),
    read: async (name: ShardName, offset: number, length: number) => {
      const read = await store.read(name, offset, length)
      if (read !== undefined && ++reads <= wrongReads) read[5] = (read[5] ?? 0) ^ 1
      return read
    },
  })
  const found = await soundShard({ store: disk, coordinator: nobody }, { pack, index: 1 })
  return typeof found === 'string' ? found : 'sound'
}

it('a shard is spoilt when it was read wrongly twice running, not once', async () => {
  const pack = await packIdOf(record)
  expect(await said(record, pack)).toBe('sound')
  expect(await said(record, pack, { wrongReads: 1 })).toBe('sound')
  expect(await said(record, pack, { wrongReads: 2 })).toBe('spoilt')
})

it('a shard is not spoilt because its record is damaged, or of a version that is not known yet', async () => {
  const damaged = record.slice()
  damaged[40] = (damaged[40] ?? 0) ^ 1
  expect(await said(damaged, await packIdOf(record))).toBe('unproven')
  const newer = await signBody(owner.deviceKey, signatureTag.packRecord, { v: 2, k: 2, n: 6, what: 'is to come' })
  expect(await said(newer, await packIdOf(newer))).toBe('unproven')
})

it('a damaged record is put right from the coordinator, whom nobody has to believe, and then the shard proves itself', async () => {
  const damaged = record.slice(0, -1)
  const pack = await packIdOf(record)
  const store = new MemoryShardStore(emptyShelf(1024 * KiB))
  const group = idOf(parseGroupId, random.bytes(16))
  await store.put({ pack, index: 1, group, owner: owner.account, sizeBytes: bytes.length, record: damaged, bytes })
  const shard = { pack, index: 1 }
  const lying = { record: () => Promise.resolve(damaged) }
  expect(await soundShard({ store, coordinator: lying }, shard)).toBe('unproven')
  const honest = { record: () => Promise.resolve(record) }
  expect(await soundShard({ store, coordinator: honest }, shard)).toMatchObject({ record })
  expect(await soundShard({ store, coordinator: nobody }, shard)).toMatchObject({ record })
  expect(await soundShard({ store, coordinator: honest }, { pack, index: 2 })).toBe('missing')
})

it('of a shard whose record cannot be asked for now nothing is said, and a full disk keeps none from proving itself', async () => {
  const pack = await packIdOf(record)
  const store = new MemoryShardStore(emptyShelf(1024 * KiB))
  const group = idOf(parseGroupId, random.bytes(16))
  const damaged = record.slice(0, -1)
  await store.put({ pack, index: 1, group, owner: owner.account, sizeBytes: bytes.length, record: damaged, bytes })
  const away = { record: () => Promise.reject(new KeeptabError('coordinator-unreachable')) }
  const question = { type: 'audit', audit: 'a', day: 1, number: 1, pack, index: 1, leaf: 0, answerWithinMs: 1 } as const
  const answered = proveLeaf({ store, coordinator: away, identity: owner }, question)
  await expect(answered).rejects.toMatchObject({ code: 'coordinator-unreachable' })
  store.keepRecord = () => Promise.reject(new KeeptabError('store-failed'))
  const honest = { record: () => Promise.resolve(record) }
  expect(await soundShard({ store, coordinator: honest }, { pack, index: 1 })).toMatchObject({ record })
})
