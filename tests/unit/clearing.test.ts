/** What a keeper drops, before a coordinator that was made to believe anything. */
import { beforeEach, expect, test } from 'vitest'
import { own } from '../../src/core/bytes.ts'
import { signingKey } from '../../src/core/crypto.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import type { Coordinator } from '../../src/coordinator/coordinator.ts'
import { idOf, parseGroupId, type PackId } from '../../src/core/ids.ts'
import type { DeviceIdentity } from '../../src/identity/keys.ts'
import { Clearing, type Unneeded } from '../../src/keeping/clearing.ts'
import { machineStopwatch } from '../../src/keeping/rate.ts'
import type { CondemnedShard } from '../../src/protocol/coordinator-messages.ts'
import { signCondemnation, signDropOrder } from '../../src/protocol/condemnation.ts'
import { packIdOf, signPackRecord } from '../../src/protocol/records.ts'

import { emptyShelf, MemoryShardStore, type ShardShelf } from '../../src/store/memory.ts'
import type { ShardName } from '../../src/store/shard-store.ts'
import { newIdentity, random } from '../contract/coordinator-fixtures.ts'
import { DAY } from '../../src/core/units.ts'

const START = Date.UTC(2026, 0, 1)
let shelf: ShardShelf
let keeper: DeviceIdentity
let owner: DeviceIdentity
let pack: PackId
let key: Awaited<ReturnType<typeof signingKey>>
/** By the clock of the keeper's machine, and as the coordinator tells it. */
let [here, there] = [START, START]
let told: readonly CondemnedShard[]
let said: PackId[]
/** Of the two shards, what nobody needs; that a keeper which is to keep them asks. */
let unneeded: readonly number[]
let isBusy: boolean

beforeEach(async () => {
  shelf = emptyShelf()
  keeper = await newIdentity()
  owner = await newIdentity()
  key = await signingKey(random.bytes(32))
  here = there = START
  told = []
  said = []
  unneeded = []
  isBusy = false
  const roots = Array.from({ length: 6 }, () => random.bytes(32))
  const record = await signPackRecord(owner, { k: 2, n: 6, shardBytes: 1024, roots })
  pack = await packIdOf(record)
  const store = new MemoryShardStore(shelf)
  await store.setLimit(1_000_000)
  const shard = { pack, group: idOf(parseGroupId, random.bytes(16)), owner: owner.account, sizeBytes: 1024 }
  for (const index of [0, 3]) await store.put({ ...shard, index, record, bytes: random.bytes(1024) })
})

/** A keeper that has just been started on its disk looks once. @param onGone runs for each shard that leaves the disk */
async function look(onGone: (clearing: Clearing) => void = () => undefined): Promise<Clearing> {
  const clearing: Clearing = new Clearing({
    device: keeper.device,
    coordinator: {
      condemnedHere: () => Promise.resolve({ now: there, packs: [...told] }),
      unneeded: (shards: readonly ShardName[]) =>
        isBusy
          ? Promise.reject(new KeeptabError('too-many-requests', 'The coordinator is busy.'))
          : Promise.resolve(
              shards.filter(({ index }) => unneeded.includes(index)).map(({ index }) => ({ pack, index })),
            ),
      dropped: (packs: readonly PackId[]) => Promise.resolve(void said.push(...packs)),
    } as Partial<Coordinator> as Coordinator,
    coordinatorKey: key.publicKey,
    store: new MemoryShardStore(shelf),
    clock: { now: () => here },
    stopwatch: machineStopwatch,
    alone: (work) => work(),
    onUnneeded: (unneeded) => (waiting = unneeded),
    onGone: () => {
      onGone(clearing)
      return Promise.resolve()
    },
  })
  await clearing.open()
  await clearing.look()
  return clearing
}

let waiting: Unneeded | undefined
const keptIndices = () => [...shelf.shards.values()].map(({ index }) => index)
const isKept = () => [...shelf.shards.values()].some((shard) => shard.pack === pack)
const condemned = async (by = owner, issuedAt = 1): Promise<CondemnedShard> => ({
  pack,
  statement: await signCondemnation(by, pack, issuedAt),
})
const ordered = async (one: CondemnedShard, by = key, device = keeper.device): Promise<CondemnedShard> => ({
  ...one,
  order: await signDropOrder(by, { keeper: device, condemnation: one.statement, issuedAt: there }),
})
async function days(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    here += DAY
    there += DAY
    await look()
  }
}

test('a shard goes when it is ordered and has been known to be condemned for 30 days, and not a day before', async () => {
  const one = await condemned()
  told = [await ordered(one)]
  await look()
  await days(29)
  expect(isKept()).toBe(true)
  await days(1)
  expect(isKept()).toBe(false)
  expect(said).toEqual([pack])
})

test('one that is stopped while it drops says nothing more, and its next start tells', async () => {
  told = [await ordered(await condemned())]
  await look()
  await days(29)
  here += DAY
  there += DAY
  await look((clearing) => clearing.stop())
  expect(isKept()).toBe(false)
  expect(said).toEqual([])
  await look()
  expect(said).toEqual([pack])
})

test('without an order nothing goes, however long it is condemned', async () => {
  told = [await condemned()]
  await look()
  await days(60)
  expect(isKept()).toBe(true)
})

test.each<[string, () => Promise<CondemnedShard>]>([
  ['by another account', async () => ordered(await condemned(await newIdentity()))],
  [
    'for another pack',
    async () => {
      const statement = await signCondemnation(owner, await packIdOf(random.bytes(10)), 1)
      return ordered({ pack, statement })
    },
  ],
  ['by nobody', async () => ordered({ pack, statement: own(random.bytes(300)) })],
  ['and ordered by another coordinator', async () => ordered(await condemned(), await signingKey(random.bytes(32)))],
  ['and ordered of another keeper', async () => ordered(await condemned(), key, owner.device)],
  [
    'and ordered because of another condemnation',
    async () => {
      const { order } = await ordered(await condemned(owner, 2))
      return { ...(await condemned()), order }
    },
  ],
])('what is condemned %s stays', async (_, make) => {
  told = [await make()]
  await look()
  await days(40)
  expect(isKept()).toBe(true)
})

test('a coordinator whose clock was put forward gets nothing dropped, nor a keeper whose own was', async () => {
  const one = await condemned()
  told = [await ordered(one)]
  await look()
  there += 400 * DAY
  await look()
  expect(isKept()).toBe(true)
  there = START
  here += 400 * DAY
  await look()
  there += DAY
  here += DAY
  await look()
  expect(isKept()).toBe(true)
})

test('a keeper whose clock runs twice as fast drops nothing before 30 days of the coordinator have passed', async () => {
  told = [await ordered(await condemned())]
  await look()
  const day = async () => {
    here += DAY
    await days(1)
  }
  for (let i = 0; i < 29; i += 1) await day()
  expect(isKept()).toBe(true)
  await day()
  expect(isKept()).toBe(false)
})

test('what was taken back and condemned again has its 30 days again, also when the keeper was away in between', async () => {
  told = [await condemned(owner, 1)]
  await look()
  await days(28)
  told = []
  await look()
  told = [await ordered(await condemned(owner, 1))]
  await look()
  await days(28)
  expect(isKept(), 'the same words after it had heard that they were taken back').toBe(true)
  told = [await ordered(await condemned(owner, 2))]
  await look()
  await days(28)
  expect(isKept(), 'other words').toBe(true)
  await days(3)
  expect(isKept()).toBe(false)
})

test('what is signed for again has its 30 days again', async () => {
  told = [await ordered(await condemned())]
  await look()
  await days(28)
  await (await look()).renew(pack)
  await days(28)
  expect(isKept()).toBe(true)
  await days(3)
  expect(isKept()).toBe(false)
})

test('a shard that is to be given up and that nobody has needed for 30 days goes, and no other of its pack', async () => {
  shelf.limitBytes = 0
  unneeded = [3]
  await look()
  expect(waiting).toEqual({ sizeBytes: 1024, goneAt: START + 30 * DAY })
  await days(29)
  expect(keptIndices()).toEqual([0, 3])
  await days(1)
  expect(keptIndices()).toEqual([0])
  expect(waiting).toBeUndefined()
  expect(said, 'nobody has ordered it').toEqual([])
})

test('what somebody needs again in between, or what is not to be given up, stays', async () => {
  unneeded = [0, 3]
  await look()
  await days(40)
  expect(keptIndices(), 'it is within its limit').toEqual([0, 3])
  shelf.limitBytes = 0
  await look()
  await days(29)
  unneeded = [0]
  await days(1)
  expect(keptIndices()).toEqual([3])
  unneeded = [3]
  await days(30)
  expect(keptIndices(), 'its time begins anew').toEqual([3])
  await days(1)
  expect(keptIndices()).toEqual([])
})

test('a coordinator that is too busy to say what nobody needs takes and keeps nothing by it', async () => {
  shelf.limitBytes = 0
  unneeded = [3]
  await look()
  await days(29)
  isBusy = true
  await expect(days(1)).rejects.toMatchObject({ code: 'too-many-requests' })
  expect(keptIndices()).toEqual([0, 3])
  isBusy = false
  await days(1)
  expect(keptIndices(), 'its time was not forgotten').toEqual([0])
})

test('what is ordered goes, though the coordinator is too busy to say what nobody needs', async () => {
  shelf.limitBytes = 0
  told = [await ordered(await condemned())]
  await look()
  await days(29)
  isBusy = true
  await expect(days(1)).rejects.toMatchObject({ code: 'too-many-requests' })
  expect(isKept()).toBe(false)
  expect(said).toEqual([pack])
})
