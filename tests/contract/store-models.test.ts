/** Whatever is done to a store in whatever order, files and IndexedDB answer as the model in memory does. */
import 'fake-indexeddb/auto'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { openFsOwnerState } from '../../headless/fs-owner-state.ts'
import { openFsShardStore } from '../../headless/fs-shard-store.ts'
import { parseDeviceId } from '../../src/core/ids.ts'
import { emptyOwnerShelf, emptyShelf, MemoryOwnerState, MemoryShardStore } from '../../src/store/memory.ts'
import type { OwnerState } from '../../src/store/owner-state.ts'
import type { ShardStore } from '../../src/store/shard-store.ts'
import { databaseName, indexedDbOwnerStatePlace, indexedDbShardStorePlace } from './indexeddb-places.ts'
import { outcome, same, shown } from './law.ts'
import { chunkOf, journaledOf, packOf } from './owner-state.ts'
import { inventoryOf, shardOf } from './shard-store.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'

/** One thing that is done to a store. */
interface Step<Store> {
  readonly what: string
  readonly run: (store: Store) => Promise<unknown>
}

interface Place<Store> {
  open(): Promise<Store>
}

/** Makes steps of one kind; a counterexample names them with their input. */
const stepsOn =
  <Store>() =>
  <Input>(
    name: string,
    input: fc.Arbitrary<Input>,
    run: (store: Store, input: Input) => Promise<unknown>,
  ): fc.Arbitrary<Step<Store>> =>
    input.map((value) => ({ what: `${name} ${shown(value)}`, run: (store) => run(store, value) }))

// Few packs, indices and sizes, so that steps meet one another often.
const shard = fc.record({ pack: fc.nat(2), index: fc.nat(1), sizeBytes: fc.constantFrom(1, 300, 1000) })
const named = ({ pack, index, sizeBytes }: { pack: number; index: number; sizeBytes: number }) =>
  shardOf(pack, index, sizeBytes)
const ownerOf = (i: number) => shardOf(i, 0, 1).owner
const deviceOf = (i: number) => parseDeviceId(packOf(i))

const onShards = stepsOn<ShardStore>()
const shardSteps = fc.oneof(
  onShards('setLimit', fc.constantFrom(0, 600, 1500, 4000), (store, limitBytes) => store.setLimit(limitBytes)),
  onShards('reserve', shard, (store, it) => store.reserve(named(it), it.sizeBytes)),
  onShards('release', shard, (store, it) => store.release(named(it))),
  onShards('put', shard, (store, it) => store.put(named(it))),
  onShards('put', shard, (store, it) => store.put(named(it))),
  onShards('remove', shard, (store, it) => store.remove(named(it))),
  onShards('read', fc.tuple(shard, fc.nat(400), fc.nat(400)), (store, [it, offset, length]) =>
    store.read(named(it), offset, length),
  ),
  onShards('record', shard, (store, it) => store.record(named(it).pack)),
  onShards('keepHead', fc.tuple(fc.nat(1), fc.nat(1), fc.nat(4)), (store, [account, device, sequence]) =>
    store.keepHead({
      account: ownerOf(account),
      device: deviceOf(device),
      sequence,
      signed: Uint8Array.of(device, sequence),
    }),
  ),
)

const pack = fc.nat(4)
const chunks = fc.array(fc.nat(8), { maxLength: 5 })

const onOwner = stepsOn<OwnerState>()
const ownerSteps = fc.oneof(
  onOwner('journal', fc.tuple(pack, chunks), (state, [id, ids]) => state.journal(journaledOf(id, ids))),
  onOwner('learn', fc.tuple(pack, chunks), (state, [id, ids]) => state.learn(packOf(id), ids.map(chunkOf))),
  onOwner('committed', pack, (state, id) => state.committed(packOf(id))),
  onOwner('forget', pack, (state, id) => state.forget(packOf(id))),
  onOwner('pinGivenUp', pack, (state, id) => state.pinGivenUp(`device-${id % 2}`, Uint8Array.of(id))),
  onOwner('pinHead', pack, (state, id) => state.pinHead(`device-${id % 2}`, Uint8Array.of(id))),
  onOwner('rememberManifest', pack, (state, id) =>
    state.rememberManifest({ packs: [packOf(id)], bytes: Uint8Array.of(id) }),
  ),
)

async function seenOfShards(store: ShardStore): Promise<unknown> {
  const heads = await Promise.all([0, 1].map(async (i) => (await store.heads(ownerOf(i))).map(shown).sort()))
  return { usage: await store.usage(), inventory: await inventoryOf(store), heads }
}

async function seenOfOwner(state: OwnerState): Promise<unknown> {
  const packs = await state.packsOf(Array.from({ length: 9 }, (_, i) => chunkOf(i)))
  const heads = (await state.pinnedHeads()).map(shown).sort()
  const givenUp = (await state.pinnedGivenUp()).map(shown).sort()
  return { packs, heads, givenUp, journaled: await state.journaled(), manifest: await state.rememberedManifest() }
}

/** Tries sequences of steps with restarts in between, and compares every answer and all that can be seen after it. */
function alike<Store extends { close(): Promise<void> }>(
  steps: fc.Arbitrary<Step<Store>>,
  seen: (store: Store) => Promise<unknown>,
  model: () => Place<Store>,
  withReal: (work: (place: Place<Store>) => Promise<void>) => Promise<void>,
): Promise<void> {
  const restart = fc.constant('restart' as const)
  const sequence = fc.array(fc.oneof({ weight: 10, arbitrary: steps }, { weight: 1, arbitrary: restart }), {
    maxLength: 40,
  })
  return fc.assert(
    fc.asyncProperty(sequence, (sequence) =>
      withReal(async (realPlace) => {
        const modelPlace = model()
        let [expected, actual] = [await modelPlace.open(), await realPlace.open()]
        for (const step of sequence) {
          if (step === 'restart') {
            await Promise.all([expected.close(), actual.close()])
            ;[expected, actual] = [await modelPlace.open(), await realPlace.open()]
          } else {
            same(await outcome(step.run(actual)), await outcome(step.run(expected)))
          }
          same(await seen(actual), await seen(expected))
        }
        await Promise.all([expected.close(), actual.close()])
      }),
    ),
    { numRuns: 60 },
  )
}

function modelOfShards(): Place<ShardStore> {
  const shelf = emptyShelf()
  return { open: () => Promise.resolve(new MemoryShardStore(shelf)) }
}

function modelOfOwner(): Place<OwnerState> {
  const shelf = emptyOwnerShelf()
  return { open: () => Promise.resolve(new MemoryOwnerState(shelf)) }
}

describe('whatever is done to it, a shard store answers as the one in memory', () => {
  test('as files', () =>
    alike(shardSteps, seenOfShards, modelOfShards, (work) =>
      inTemporaryDirectory((directory) => work({ open: () => openFsShardStore(directory) })),
    ))
  test('in IndexedDB', () =>
    alike(shardSteps, seenOfShards, modelOfShards, (work) => work(indexedDbShardStorePlace(databaseName()))))
})

describe('whatever is done to it, an owner state answers as the one in memory', () => {
  test('as files', () =>
    alike(ownerSteps, seenOfOwner, modelOfOwner, (work) =>
      inTemporaryDirectory((directory) => work({ open: () => openFsOwnerState(directory) })),
    ))
  test('in IndexedDB', () =>
    alike(ownerSteps, seenOfOwner, modelOfOwner, (work) => work(indexedDbOwnerStatePlace(databaseName()))))
})
