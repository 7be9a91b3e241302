/** Spreading a pack where the coordinator changes its mind about who is of the group. */
import { afterEach, expect, it, vi } from 'vitest'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import type { PackId } from '../../src/core/ids.ts'
import { packIdOf } from '../../src/protocol/records.ts'
import {
  backUp,
  bringBack,
  noise,
  sourceOf,
  startNetwork,
  type SimulatedKeeper,
  type SimulatedNetwork,
} from '../sim/network.ts'

let network: SimulatedNetwork | undefined
afterEach(async () => {
  await network?.close()
  network = undefined
})

it('commits no pack with fewer receipts than it needs, also when some were found to be of no keeper of the group meanwhile', async () => {
  const started = (network = await startNetwork(6))
  const root = noise('root', 32)
  const owner = await network.owner(root)
  const { coordinator } = owner
  /** Receipts in each commit of the first pack. */
  const commits: number[] = []
  let first: PackId | undefined
  let forgets = false
  const forgetful: OwnerContext = {
    ...owner,
    coordinator: {
      ...coordinator,
      async commitPack(record, group, receipts) {
        const pack = await packIdOf(record)
        first ??= pack
        if (pack === first) commits.push(receipts.length)
        if (pack !== first || commits.length > 1) return coordinator.commitPack(record, group, receipts)
        const holds = ({ shelf }: SimulatedKeeper) => [...shelf.shards.values()].some((shard) => shard.pack === pack)
        await vi.waitUntil(() => started.keepers.every(holds), { timeout: 20_000 })
        forgets = true
        throw new KeeptabError('forbidden')
      },
      async groupById(id) {
        const group = await coordinator.groupById(id)
        if (!forgets) return group
        forgets = false
        return { ...group, slots: group.slots.slice(0, 3) }
      },
    },
  }
  const { result } = await backUp(forgetful, sourceOf('home', { a: noise('a', 300_000) }))
  expect(result.state).toBe('safe')
  expect(commits.length).toBeGreaterThan(1)
  expect(Math.min(...commits)).toBeGreaterThanOrEqual(5)
  expect([...(await bringBack(await started.owner(root))).files.keys()]).toEqual(['home/a'])
})
