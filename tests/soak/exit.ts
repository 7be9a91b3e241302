/** A keeper that keeps much and leaves: every shard is somewhere else before it is gone from there, and the same. */
import { merkleRoot } from '../../src/core/merkle.ts'
import { parseDeviceId, type DeviceId } from '../../src/core/ids.ts'
import { GB, MiB, type ByteCount } from '../../src/core/units.ts'
import { signShardReceipt } from '../../src/protocol/records.ts'
import { readShard } from '../../src/transport/keeper-client.ts'
import { connect, startKeepers } from '../contract/coordinator-fixtures.ts'
import { Network, type Keeper } from '../e2e/network.ts'
import { meetHeadless, type HeadlessOwner } from './headless-owner.ts'
import type { StoredShard } from './one-keeper.ts'

/** Fewest with which anything is protected, but the one that leaves. */
const OTHERS = 5
const SUCCESSORS = 2
const AT_ONCE = 4

export interface Exit {
  readonly bytes: ByteCount
  readonly shards: number
  readonly secondsToStore: number
  /** From the moment at which it began to leave. */
  readonly secondsToLeave: number
}

/** @throws Error when the coordinator still names it, or a shard is not where it is named, or another one */
export async function exitOf(bytes: ByteCount): Promise<Exit> {
  const network = await Network.start()
  // They only sign that they have their shards.
  const others = await startKeepers((identity) => connect(network.url, identity), OTHERS)
  let owner: HeadlessOwner | undefined
  try {
    const space = ['--space', `${Math.ceil((2 * bytes) / GB)}GB`]
    const keeping = (data: string, args: readonly string[]) =>
      network.adopt(data, network.keeptab(data, ['keep', ...args]))
    const leaver = await keeping(network.freshPath('leaver'), space)
    const met = await meetHeadless(network.url, leaver.device)
    owner = met
    const shards: StoredShard[] = []
    const from = performance.now()
    await together(Math.ceil(bytes / MiB), async () => {
      const shard = await met.keeper.store()
      await commit(met, shard, others)
      shards.push(shard)
    })
    const stored = performance.now()
    const successors = new Map<DeviceId, Keeper>()
    for (let i = 0; i < SUCCESSORS; i += 1) {
      const keeper = await keeping(network.freshPath('successor'), space)
      successors.set(parseDeviceId(keeper.device), keeper)
    }
    await leaver.program.stop()
    const leaving = performance.now()
    const { program } = await keeping(leaver.data, ['--space', '1kB'])
    await program.event('keeping', ({ shards }) => shards === 0)
    const left = performance.now()
    const queue = [...shards]
    await together(shards.length, async () => {
      const shard = queue.pop()
      if (shard !== undefined) await expectMoved(met, shard, successors)
    })
    return {
      bytes,
      shards: shards.length,
      secondsToStore: Math.round((stored - from) / 1000),
      secondsToLeave: Math.round((left - leaving) / 1000),
    }
  } finally {
    await owner?.close()
    for (const { end } of others.values()) end()
    await network.stop()
  }
}

type Others = Awaited<ReturnType<typeof startKeepers>>

async function commit({ keeper, peer }: HeadlessOwner, shard: StoredShard, others: Others): Promise<void> {
  const { pack, record, roots, receipt } = shard
  const { id: group, slots } = keeper.group
  const storedAt = peer.clock.now()
  const signed = slots.flatMap(({ index, keeper }) => {
    const [key, root] = [others.get(keeper)?.identity.deviceKey, roots[index]]
    return key === undefined || root === undefined
      ? []
      : [signShardReceipt(key, { pack, index, root, group, storedAt })]
  })
  await peer.coordinator.commitPack(record, group, [receipt, ...(await Promise.all(signed))])
}

async function expectMoved(
  { peer }: HeadlessOwner,
  { pack, index, roots }: StoredShard,
  successors: ReadonlyMap<DeviceId, Keeper>,
): Promise<void> {
  const [located] = await peer.coordinator.locatePacks([pack])
  const named = located?.holders.filter((holder) => holder.index === index).map(({ keeper }) => keeper) ?? []
  const [to] = named
  if (to === undefined || named.length !== 1 || !successors.has(to))
    throw new Error(`${pack} is with ${named.join(', ') || 'nobody'}.`)
  const bytes = await readShard(await peer.transport.connect(to), pack, index, MiB)
  const [is, was] = [await merkleRoot(bytes), roots[index]]
  if (was === undefined || Buffer.compare(is, was) !== 0) throw new Error(`${pack} is another one now.`)
}

/** So many times, some of them at once. */
async function together(times: number, one: () => Promise<void>): Promise<void> {
  let left = times
  const keepOn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await one()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, keepOn))
}
