/**
 * T15: a browser takes away what a tab keeps: one shard, half of them, or all that the site has stored. What is gone is
 * admitted as soon as there is somebody to do it, made again by others without its owner, and not missed in a restore.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { query } from './coordinator-database.ts'
import { differences, randomFolder } from './corpus.ts'
import { goOn } from './days.ts'
import { expectCode, type Network } from './network.ts'
import { clearSiteData, expect, loseShards, test } from './tab.ts'

const MB = 1_000_000
/** In the code that six keepers earn. */
const [K, N] = [2, 6]
/** How long the coordinator waits for a keeper that it does not know yet, in minutes. */
const GRACE = 48 * 60

test.use({ coordinatorProgram: 'tests/e2e/hasty-coordinator.ts' })

test('two tabs lose one shard, half of them, and all: just that is admitted, and others make it again', async ({
  network,
  profiles,
}) => {
  let [one, other] = [await profiles.fresh('keep'), await profiles.fresh('keep')]
  await Promise.all([one.keep(), other.keep(), network.addKeepers(N - 2)])
  const source = join(network.folder, 'source')
  await randomFolder(source, 10, MB)
  const owner = await network.owner('owner')
  await network.backup(owner, source)
  await rm(owner.data, { recursive: true }) // nobody but keepers can make anything again
  const [first, second] = [await one.device(), await other.device()]
  const packs = packsOf(network)
  const whole = packs.map((pack) => ({ pack, shards: N }))
  expect(packs.length).toBeGreaterThan(3)
  expect(keptBy(first, network)).toEqual(packs)
  expect(keptBy(second, network)).toEqual(packs)
  // These two take what the tabs lose, which would take it again themselves: everybody else has a shard of each pack.
  for (const tab of [one, other]) await tab.press('Until I say so')
  const spares = network.keepers.length
  await network.addKeepers(2)

  // One shard of the same pack each. The first admits it, and nothing needs to be done yet; the second, and it does.
  one = await one.meanwhile((bare) => loseShards(bare, 1))
  await expect(one.page.getByText('1 piece that you kept is gone from this device.')).toBeVisible()
  expect(keptBy(first, network)).toEqual(packs.slice(1))
  other = await other.meanwhile((bare) => loseShards(bare, 1))
  await expect(other.page.getByText('1 piece that you kept is gone from this device.')).toBeVisible()
  expect(keptBy(second, network)).toEqual(packs.slice(1))
  await expect.poll(() => afterAStep(network)).toEqual(whole)

  // Half of what is left.
  const half = Math.ceil((packs.length - 1) / 2)
  const admitted = new RegExp(`^${half} pieces? that you kept (is|are) gone from this device.`)
  one = await one.meanwhile((bare) => loseShards(bare, half))
  await expect(one.page.getByText(admitted)).toBeVisible()
  expect(keptBy(first, network)).toEqual(packs.slice(1 + half))
  other = await other.meanwhile((bare) => loseShards(bare, half))
  await expect(other.page.getByText(admitted)).toBeVisible()
  await expect.poll(() => afterAStep(network)).toEqual(whole)

  // All of it. While it is open there is still somebody who can admit it.
  await clearSiteData(other.page)
  await expect(other.trouble).toContainText('deleted everything that Keeptab had stored here')
  await expect.poll(() => keptBy(second, network)).toEqual([])
  // Afterwards there is nobody: who comes back is a stranger, and the coordinator learns it from silence.
  one = await one.meanwhile(clearSiteData)
  await expect(one.page.getByRole('button', { name: 'Keep for others' })).toBeVisible()
  expect(keptBy(first, network)).toEqual(packs.slice(1 + half))
  let minutes = 0
  while (minutes < GRACE - 60) minutes += await goOn(network, [first, second])
  expect(soundShards(network, first, second)).not.toEqual(whole)
  while (minutes < GRACE + 60) minutes += await goOn(network, [first, second])
  expect(soundShards(network, first, second)).toEqual(whole)

  // All that is left is what was made again.
  await Promise.all(network.keepers.slice(0, spares).map(({ program }) => program.kill()))
  expect(network.keepers.slice(spares)).toHaveLength(K)
  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
})

const packsOf = (network: Network): string[] =>
  query(network, 'select id from packs order by id').map(({ id }) => String(id))

/** What the coordinator believes a device to hold. */
const keptBy = (device: string, network: Network): string[] =>
  query(network, `select pack from holders where keeper = '${device}' order by pack`).map(({ pack }) => String(pack))

const afterAStep = async (network: Network) => {
  await goOn(network, [])
  return countedShards(network)
}

const countedShards = (network: Network) =>
  query(network, 'select pack, count(distinct shard) as shards from holders group by pack order by pack')

/** Those that are not at these devices. */
const soundShards = (network: Network, ...devices: readonly string[]) =>
  query(
    network,
    `select pack, count(distinct shard) as shards from holders
       where keeper not in (${devices.map((device) => `'${device}'`).join()}) group by pack order by pack`,
  )
