/** S11: a network of 64 keepers gives the code (16,48), uses every place of it, and bears thirty deaths. */
import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { differences, randomFolder } from './corpus.ts'
import { expectCode, shardsIn, type ShardOnDisk } from './network.ts'
import { expect, test } from './story.ts'

const KEEPERS = 64
const [PLACES, DEATHS] = [48, 30]

test('with 64 keepers all 48 shards of every pack find a place, and thirty deaths take nothing', async ({
  network,
}) => {
  const folder = join(network.folder, 'keepers')
  const keepers = await network.addKeepersTogether(KEEPERS, folder)
  const source = join(network.folder, 'source')
  await randomFolder(source, 40, 1_000_000)
  const owner = await network.owner('owner')
  await network.backup(owner, source)

  const shardsOf = async (name: string) => shardsIn(join(folder, name))
  const byKeeper = new Map<string, ShardOnDisk[]>()
  for (const name of await readdir(folder)) byKeeper.set(name, await shardsOf(name))
  const holders = [...byKeeper].flatMap(([name, shards]) => (shards.length === 0 ? [] : [name]))
  const placesOf = new Map<string, Set<number>>()
  for (const { pack, index } of [...byKeeper.values()].flat()) {
    placesOf.set(pack, (placesOf.get(pack) ?? new Set()).add(index))
  }
  expect([...placesOf.values()].map((indexes) => indexes.size)).toEqual([...placesOf].map(() => PLACES))
  expect(holders).toHaveLength(PLACES)

  await keepers.stop()
  const dead = join(network.folder, 'dead')
  await mkdir(dead)
  for (const name of holders.slice(0, DEATHS)) await rename(join(folder, name), join(dead, name))
  // In the place of the dead come new ones, who know nothing.
  await network.addKeepersTogether(KEEPERS, folder)
  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
})
