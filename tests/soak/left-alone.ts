/**
 * A backup that nobody looks after: forty keepers and six tabs keep it, its owner's machine is gone, the ten that keep most
 * of it die, the five after them lie, and the coordinator is killed in between. Days go by on the coordinator's clock; all
 * else is as it always is.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { redundancyFor } from '../../src/durability/redundancy.ts'
import { query } from '../e2e/coordinator-database.ts'
import { goOn, patience } from '../e2e/days.ts'
import { differences, randomFolder } from '../e2e/corpus.ts'
import { expectCode, shardsIn, type Network } from '../e2e/network.ts'
import { expect } from '../e2e/story.ts'
import type { Program } from '../e2e/program.ts'
import type { Profiles } from '../e2e/tab.ts'

const [KEEPERS, TABS, DYING] = [40, 6, 10]
const LIES = ['flip', 'truncate', 'zeros', 'another', 'flip']
const code = redundancyFor(KEEPERS)
/** In minutes. */
const DAY = 24 * 60
/** @throws Error when the backup does not become whole by itself, an honest keeper is slandered, or words do not restore it */
export async function leftAlone(network: Network, profiles: Profiles): Promise<Readonly<Record<string, unknown>>> {
  const folder = network.freshPath('keepers')
  const keepers = await network.addKeepersTogether(KEEPERS, folder)
  for (let i = 0; i < TABS; i += 1) await (await profiles.fresh('keep')).keep()

  const source = join(network.folder, 'source')
  await randomFolder(source, 60, 1_000_000)
  const owner = await network.owner('owner')
  await network.backup(owner, source)
  await rm(owner.data, { recursive: true })
  expect(query(network, 'select distinct k, n from packs')).toEqual([{ k: code?.k, n: code?.n }])

  await keepers.kill()
  const counted = (await readdir(folder)).map(async (name) => ({
    name,
    held: (await shardsIn(join(folder, name))).length,
  }))
  const names = (await Promise.all(counted)).sort((a, b) => b.held - a.held).map(({ name }) => name)
  const liars: string[] = []
  for (const [i, lie] of LIES.entries()) {
    const data = join(folder, names[DYING + i] ?? '')
    const lying = ['--import', 'tsx', 'tests/e2e/hostile-keeper.ts', '--coordinator', network.url, '--data', data]
    liars.push((await network.adopt(data, network.run([...lying, '--lie', lie]))).device)
  }
  const left = network.freshPath('staying')
  const staying = names.slice(DYING + LIES.length)
  await mkdir(left)
  const inTheirNames = names.toSorted()
  for (const [i, name] of staying.entries()) await rename(join(folder, name), join(left, inTheirNames[i] ?? ''))
  const honest = await devicesOf(await network.addKeepersTogether(staying.length, left))
  const dead = (await devicesOf(keepers)).filter((device) => ![...honest, ...liars].includes(device))

  const bad = [...dead, ...liars].map((device) => `'${device}'`).join()
  /** Shards that neither the dead nor the liars keep, of the pack that has fewest of them. */
  const fewest = (): number => {
    const sound = `select count(distinct shard) from holders where pack = packs.id and keeper not in (${bad})`
    return Number(query(network, `select min((${sound})) as shards from packs`)[0]?.['shards'])
  }
  const begun = fewest()
  let [minutes, lowest] = [0, begun]
  const step = async (): Promise<void> => {
    minutes += await goOn(network, [...dead, ...liars])
    lowest = Math.min(lowest, fewest())
  }
  while (minutes < DAY) await step()
  await network.coordinator?.kill()
  await network.startCoordinator()
  await expect.poll(() => network.pass(0), patience()).toBe(KEEPERS - DYING + TABS)
  let wholeAfter: number | undefined
  while (wholeAfter === undefined || minutes < 7 * DAY) {
    await step()
    if (fewest() > (code?.repairAt ?? Infinity)) wholeAfter ??= minutes
    if (minutes > 14 * DAY) throw new Error(`A pack still has ${fewest()} shards after two weeks.`)
  }
  const disproven = query(network, 'select distinct keeper from disproofs').map(({ keeper }) => String(keeper))
  expect(disproven.sort()).toEqual(liars.sort())

  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
  return {
    packs: query(network, 'select id from packs').length,
    begun,
    lowest,
    wholeAfterHours: Math.round(wholeAfter / 60),
    days: minutes / DAY,
    atLast: fewest(),
  }
}

const devicesOf = async (keepers: Program): Promise<string[]> => (await keepers.event('ready'))['devices'] as string[]
