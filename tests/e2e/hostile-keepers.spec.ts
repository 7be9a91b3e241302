/** S5: as many keepers lie as the code can bear; the restore is right, and the liars are named. */
import { join } from 'node:path'
import { differences, randomFolder } from './corpus.ts'
import { expectCode, type Network, type Owner, type Run } from './network.ts'
import { expect, test } from './story.ts'

const MB = 1_000_000

test('four of six keepers lie, each in its own way: the restore is right and names exactly them', async ({
  network,
}) => {
  const { owner, source } = await backedUp(network)
  const liars = await turn(network, ['flip', 'truncate', 'zeros', 'another'])
  const restored = await restoredRight(network, owner, source)
  expect(named(restored, 'corrupt')).toEqual(liars)
  expect(named(restored)).toEqual(liars)
})

test('four of six keepers never answer a read: the restore is right and blames no honest one', async ({ network }) => {
  const { owner, source } = await backedUp(network)
  const silent = await turn(network, ['stall', 'stall', 'stall', 'stall'])
  const restored = await restoredRight(network, owner, source)
  expect(silent).toEqual(expect.arrayContaining(named(restored)))
  expect(named(restored, 'corrupt')).toEqual([])
})

async function backedUp(network: Network): Promise<{ owner: Owner; source: string }> {
  await network.addKeepers(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 12, MB)
  const owner = await network.owner('owner')
  await network.backup(owner, source)
  return { owner, source }
}

/** Makes the holders of the lowest indexes lie, who are asked first. @returns their devices, sorted */
async function turn(network: Network, lies: readonly string[]): Promise<string[]> {
  const holders = await network.holders()
  const lowest = (shards: readonly { index: number }[]) => Math.min(...shards.map(({ index }) => index))
  holders.sort((a, b) => lowest(a.shards) - lowest(b.shards))
  const liars = await Promise.all(
    lies.map(async (lie, i) => {
      const honest = holders[i]
      if (honest === undefined) throw new Error('there are more lies than keepers')
      await honest.program.kill()
      const options = ['--coordinator', network.url, '--data', honest.data, '--lie', lie]
      return network.adopt(honest.data, network.run(['--import', 'tsx', 'tests/e2e/hostile-keeper.ts', ...options]))
    }),
  )
  return liars.map(({ device }) => device).sort()
}

async function restoredRight(network: Network, owner: Owner, source: string): Promise<Run> {
  const to = join(network.folder, 'restored')
  const run = expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
  return run
}

/** The keepers that trouble was told of, each once, sorted. */
const named = ({ events }: Run, what?: string): string[] => [
  ...new Set(
    events
      .filter((event) => event.event === 'keeper-trouble' && (what === undefined || event['what'] === what))
      .map(({ keeper }) => String(keeper))
      .sort(),
  ),
]
