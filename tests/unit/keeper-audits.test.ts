/** What a keeper counts of the questions it is asked: those it answered in time, and those it did not. */
import { expect, it } from 'vitest'
import { KeeptabError } from '../../src/core/errors.ts'
import { MINUTE } from '../../src/core/units.ts'
import { startKeeping } from '../../src/keeping/keeper.ts'
import { emptyShelf, MemoryShardStore } from '../../src/store/memory.ts'
import { createMemoryNetwork } from '../../src/transport/memory.ts'
import { clock, connect, newIdentity, random, runCoordinator } from '../contract/coordinator-fixtures.ts'
import { signedShards } from '../contract/shard-store.ts'
import { VirtualTime } from './virtual-time.ts'

it('an answer counts as in time when the coordinator has it by then, not when it is late or never comes', async () => {
  const { url, close } = await runCoordinator()
  const identity = await newIdentity()
  const [shard] = await signedShards(1)
  if (shard === undefined) throw new Error('There is no shard.')
  const store = new MemoryShardStore(emptyShelf(1_000_000))
  await store.put(shard)
  const time = new VirtualTime()
  const honest = connect(url, identity)
  const standing = await honest.standing()
  let hears: Parameters<typeof honest.goOnline>[0] = () => undefined
  let answering: () => Promise<typeof standing> = () => Promise.resolve(standing)
  const coordinator: typeof honest = {
    ...honest,
    answerAudit: () => answering(),
    goOnline: (onEvent) => ((hears = onEvent), () => undefined),
  }
  const transport = createMemoryNetwork({ random }).join(identity)
  const context = { identity, coordinator, transport, store, clock, stopwatch: time }
  const keeper = await startKeeping(context, { limitBytes: 1_000_000 })
  const { pack, index } = shard
  const ask = () =>
    hears({ type: 'audit', audit: 'a'.repeat(32), day: 1, number: 1, pack, index, leaf: 0, answerWithinMs: 2 * MINUTE })
  const counted = () => expect.poll(() => keeper.state().audits)

  ask()
  await counted().toEqual({ asked: 1, inTime: 1 })
  answering = async () => (await time.pass(3 * MINUTE), standing)
  ask()
  await counted().toEqual({ asked: 2, inTime: 1 })
  answering = () => Promise.reject(new KeeptabError('coordinator-unreachable'))
  ask()
  await counted().toEqual({ asked: 3, inTime: 1 })
  answering = () => Promise.resolve(standing)
  ask()
  await counted().toEqual({ asked: 4, inTime: 2 })
  await keeper.stop()
  await close()
})
