/** The turns of looking through what is kept. What is found is in the laws of the stores. */
import { expect, it } from 'vitest'
import { KeeptabError } from '../../src/core/errors.ts'
import { idOf, parseGroupId, parsePackId } from '../../src/core/ids.ts'
import { DAY, MINUTE, type Millis } from '../../src/core/units.ts'
import { Scrubbing } from '../../src/keeping/scrubbing.ts'
import { emptyShelf, MemoryShardStore } from '../../src/store/memory.ts'
import { shardKey } from '../../src/store/room.ts'
import type { ShardName } from '../../src/store/shard-store.ts'
import { newIdentity, random } from '../contract/coordinator-fixtures.ts'
import { StepTime } from '../contract/shard-store.ts'

const PAUSE_MS: Millis = 2000
const { account: owner } = await newIdentity()

/** Some shards, and which of them are looked at. The disk always refuses the one at `broken`, in the order of the round. */
async function start({ shards = 3, broken = -1, isBusy = false }) {
  const names = Array.from({ length: shards }, () => ({ pack: idOf(parsePackId, random.bytes(32)), index: 0 }))
  names.sort((a, b) => (a.pack < b.pack ? -1 : 1))
  const looked: number[] = []
  class Disk extends MemoryShardStore {
    override read(name: ShardName, offset: number, length: number) {
      const at = names.findIndex(({ pack }) => pack === name.pack)
      looked.push(at)
      return at === broken ? Promise.reject(new KeeptabError('store-failed')) : super.read(name, offset, length)
    }
  }
  const store = new Disk(emptyShelf(1_000_000))
  const rest = { group: idOf(parseGroupId, random.bytes(16)), owner, sizeBytes: 10, record: random.bytes(10) }
  for (const name of names) await store.put({ ...name, ...rest, bytes: random.bytes(10) })
  const time = new StepTime()
  const scrubbing = new Scrubbing({
    store,
    coordinator: { record: () => Promise.reject(new KeeptabError('not-found')) },
    clock: time,
    stopwatch: time,
    isBusy: () => isBusy,
    onSpoilt: ({ pack, index }) => Promise.reject(new Error(`${shardKey({ pack, index })} has no sound record.`)),
  })
  scrubbing.start()
  return { names, looked, time, scrubbing }
}

it('one shard that the disk always refuses does not keep it from the others', async () => {
  const { looked, time } = await start({ broken: 1 })
  await time.pass(101 * DAY)
  expect(looked.slice(0, 4)).toEqual([0, 1, 2, 0])
})

it('where shards are read all the time the round goes on all the same', async () => {
  const { names, looked, time, scrubbing } = await start({ shards: 60 })
  for (let i = 59; i > 40; i -= 1) {
    scrubbing.wasRead(names[i] ?? { pack: idOf(parsePackId, random.bytes(32)), index: 0 })
    await time.pass(PAUSE_MS)
  }
  expect(looked.slice(0, 3)).toEqual([59, 0, 58])
})

it('while something is on its way for others it looks at one shard a minute', async () => {
  const { names, looked, time, scrubbing } = await start({ isBusy: true })
  for (const name of names) scrubbing.wasRead(name)
  await time.pass(MINUTE)
  expect(looked).toEqual([])
  await time.pass(2 * PAUSE_MS)
  expect(looked).toHaveLength(1)
  await time.pass(MINUTE + 2 * PAUSE_MS)
  expect(looked).toHaveLength(2)
})
