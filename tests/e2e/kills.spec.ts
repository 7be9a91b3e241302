/** S4 and S6: owner, keeper and coordinator die in the middle of everything, and it goes on. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openFsShardStore } from '../../headless/fs-shard-store.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { openPackRecord } from '../../src/protocol/records.ts'
import { chance } from './chance.ts'
import { differences, randomFolder } from './corpus.ts'
import { ended, expectCode, safe, type Keeper } from './network.ts'
import type { JsonEvent } from './program.ts'
import { expect, test } from './story.ts'

const MB = 1_000_000
const KILLS = 10

test('a backup killed at ten random points goes on each time and sends at most 110 % in all', async ({ network }) => {
  const { next } = chance('ten kills')
  await network.addKeepers(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 40, MB)
  const undisturbed = await network.owner('undisturbed')
  await network.backup(undisturbed, source)
  const expected = await network.receivedBytes()

  const owner = await network.owner('owner')
  let sentBytes = 0
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const run = network.keeptab(owner.data, ['backup', source])
    // Spread over the whole road, with something left for the kills to come.
    const untilBytes = (next() * (expected - sentBytes)) / (KILLS + 2 - kill)
    await (untilBytes < MB ? run.event('scanned') : run.event('progress', (event) => bytesSentIn(event) >= untilBytes))
    await run.kill()
    sentBytes += Math.max(0, ...run.events('progress').map(bytesSentIn))
  }
  await network.backup(owner, source)
  expect((await network.receivedBytes()) - expected).toBeLessThanOrEqual(1.1 * expected)

  const to = join(network.folder, 'restored')
  const restoring = ['restore', '--phrase-file', owner.phrase, '--to', to]
  const killed = network.keeptab(network.freshPath('new-device'), restoring)
  await killed.event('progress', (event) => Number(event['bytesDone']) > 10 * MB * (1 + next()))
  await killed.kill()
  expect(await unlike(source, join(to, 'source'))).toEqual([])
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
})

test('keepers killed while they store serve nothing torn', async ({ network }) => {
  await network.addKeepers(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 30, MB)
  const owner = await network.owner('owner')
  const backup = network.keeptab(owner.data, ['backup', source])
  const killed = network.keepers.slice(0, 3).map(async (keeper) => {
    await anotherFile(join(keeper.data, 'keeper/shards'))
    await keeper.program.kill()
    const whole = await wholeShards(keeper)
    const back = await network.addKeeper(keeper.data)
    expect(back.device).toBe(keeper.device)
    expect(back.program.events('keeping')[0]).toMatchObject({ shards: whole })
  })
  await Promise.all(killed)
  safe(await ended(backup))

  const to = join(network.folder, 'restored')
  const restored = expectCode(0, await network.restoreAfresh(owner, to))
  expect(restored.events.filter(({ what }) => what === 'corrupt')).toEqual([])
  expect(await differences(source, join(to, 'source'))).toEqual([])
})

test('a coordinator that stops and one that is killed in a backup come back, and it ends safe', async ({ network }) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(source, 60, MB)
  const owner = await network.owner('owner')
  const backup = network.keeptab(owner.data, ['backup', source])
  const sent = (bytes: number) => backup.event('progress', (event) => bytesSentIn(event) > bytes)

  await sent(20 * MB)
  await network.coordinator?.stop()
  await backup.event('waiting', (event) => event['for'] === 'coordinator')
  await network.startCoordinator()
  await sent(80 * MB)
  await network.coordinator?.kill()
  await network.startCoordinator()
  safe(await ended(backup))

  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
})

const bytesSentIn = (event: JsonEvent): number => Number(event['bytesSent'])

/** Files that are there under their own name and are not what they should be. */
const unlike = async (source: string, to: string): Promise<string[]> =>
  (await differences(source, to, { meta: false })).filter(
    (line) => !line.endsWith('≠ missing') && !line.includes('.keeptab-unfinished-'),
  )

/** Resolves the moment a file begins to be written below a folder, whatever it is called until it is whole. */
async function anotherFile(folder: string): Promise<void> {
  const files = async () => (await readdir(folder, { recursive: true })).length
  for (const before = await files(); (await files()) <= before;);
}

/** How many shards a dead keeper would serve, each of them checked against its signed root. */
async function wholeShards({ data }: Keeper): Promise<number> {
  const store = await openFsShardStore(join(data, 'keeper'))
  try {
    let whole = 0
    for await (const { pack, index, sizeBytes } of store.list()) {
      const [bytes, signed] = [await store.read({ pack, index }, 0, sizeBytes), await store.record(pack)]
      if (bytes === undefined || signed === undefined) throw new Error('a listed shard cannot be read')
      const { roots } = await openPackRecord(signed)
      expect(Buffer.from(await merkleRoot(bytes))).toEqual(Buffer.from(roots[index] ?? []))
      whole += 1
    }
    return whole
  } finally {
    await store.close()
  }
}
