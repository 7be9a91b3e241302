/** What the journal is for: a pack that was made once is the pack that is kept, whatever happened to the files meanwhile. */
import { afterEach, expect, it } from 'vitest'
import { listSnapshots } from '../../src/backup/snapshots.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import type { PackId } from '../../src/core/ids.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type SimulatedNetwork } from '../sim/network.ts'

let network: SimulatedNetwork | undefined
afterEach(async () => {
  await network?.close()
  network = undefined
})

it('has a pack before its first shard leaves, and after a kill there the same pack is kept although a file was put before it', async () => {
  network = await startNetwork(6)
  const owner = await network.owner()
  const files = { b: noise('b', 300_000), c: noise('c', 300_000) }

  // The process dies when it wants to send the first shard: nobody is reached, and nothing that it holds in memory is used again.
  const killed = new AbortController()
  let journaled: readonly PackId[] | undefined
  const dying: OwnerContext = {
    ...owner,
    transport: {
      ...owner.transport,
      connect: async () => {
        if (!killed.signal.aborted) {
          killed.abort()
          journaled = (await owner.state.journaled()).map(({ id }) => id)
        }
        throw new KeeptabError('peer-unreachable')
      },
    },
  }
  await expect(backUp(dying, sourceOf('home', files), { signal: killed.signal })).rejects.toBeInstanceOf(KeeptabError)
  const made = journaled ?? []
  expect(made.length).toBeGreaterThan(0)

  const { result } = await backUp(owner, sourceOf('home', { a: noise('a', 300_000), ...files }))
  expect(result.state).toBe('safe')
  expect((await owner.coordinator.locatePacks(made)).map(({ pack }) => pack)).toEqual(made)
  expect(await owner.state.journaled()).toEqual([])
  expect(await listSnapshots(owner)).toHaveLength(1)
  expect([...(await bringBack(owner)).files.keys()].sort()).toEqual(['home/a', 'home/b', 'home/c'])
})
