/** S12: the coordinator loses who keeps what, or whose backup is the newest; keepers tell it, and everything is found again. */
import { join } from 'node:path'
import { change, query } from './coordinator-database.ts'
import { differences, oddFolder } from './corpus.ts'
import { expectCode, shardsIn } from './network.ts'
import { expect, test } from './story.ts'

/** Everything the coordinator knows about places. Accounts, records and heads are left. */
const placement = ['groups', 'slots', 'holders', 'inventories', 'inventory_pages']

test('words and a new device bring everything back from a coordinator that has lost its placement table', async ({
  network,
}) => {
  await network.addKeepers(6)
  const source = join(network.folder, 'source')
  await oddFolder(source)
  const owner = await network.owner('owner')
  await network.backup(owner, source)

  await network.coordinator?.stop()
  for (const table of placement) change(network, `DELETE FROM ${table}`)
  await network.startCoordinator()
  const kept = (await Promise.all(network.keepers.map(({ data }) => shardsIn(data)))).flat().length
  await expect.poll(() => query(network, 'SELECT count(*) AS count FROM holders')).toEqual([{ count: kept }])

  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
  // The owner's next backup goes on as if nothing had happened.
  expect((await network.backup(owner, source)).bytesSent).toBeLessThan(100_000)

  // Now it knows every place and every record, and not that there is a backup at all: it has nothing to ask keepers for.
  await network.coordinator?.stop()
  change(network, 'DELETE FROM heads')
  await network.startCoordinator()
  await expect.poll(() => query(network, 'SELECT count(*) AS count FROM heads')).toEqual([{ count: 1 }])
  const again = join(network.folder, 'restored-again')
  expectCode(0, await network.restoreAfresh(owner, again))
  expect(await differences(source, join(again, 'source'))).toEqual([])
})
