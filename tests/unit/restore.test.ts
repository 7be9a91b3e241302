/** What a restore is given, and what it says of what it cannot bring back. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Notice, RestoreEvent } from '../../src/backup/events.ts'
import { restore } from '../../src/backup/restore.ts'
import { findSnapshots, type FoundSnapshot } from '../../src/backup/snapshots.ts'
import { backup } from '../../src/backup/backup.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { utf8 } from '../../src/core/bytes.ts'
import { KeeptabError } from '../../src/core/errors.ts'
import { parseManifest } from '../../src/snapshot/manifest.ts'
import { memoryTarget, noise, sourceOf, startNetwork, type SimulatedNetwork } from '../sim/network.ts'

let network: SimulatedNetwork
beforeAll(async () => (network = await startNetwork(6)))
afterAll(() => network.close())

/** Another device of the account, which has nothing at hand. */
const fresh = ({ identity }: OwnerContext): OwnerContext => network.ownerAs(identity)

it('a snapshot that was found before is brought back without asking for any list again, the one that was chosen', async () => {
  const owner = await network.owner()
  for (const text of ['first', 'second']) await backup(owner, [sourceOf('home', { letter: utf8(text) })])
  const [newest, older] = await findSnapshots(owner, {})
  if (newest === undefined || older === undefined) throw new Error('there are two snapshots')
  const unlisted = fresh(owner)
  const away = () => Promise.reject(new KeeptabError('coordinator-unreachable'))
  Object.assign(unlisted, { coordinator: { ...unlisted.coordinator, heads: away } })
  const letterOf = async (snapshot: FoundSnapshot) => {
    const { target, files } = memoryTarget()
    const { snapshot: id, missing } = await restore(unlisted, snapshot, undefined, target)
    expect([id, missing]).toEqual([snapshot.summary.id, []])
    return new TextDecoder().decode(files.get('home/letter'))
  }
  expect([await letterOf(newest), await letterOf(older)]).toEqual(['second', 'first'])
  // By its name alone it has to be looked for.
  await expect(restore(unlisted, newest.summary.id, undefined, memoryTarget().target)).rejects.toMatchObject({
    code: 'coordinator-unreachable',
  })
})

it('what cannot be listed any more is said once, and does not stop the rest', async () => {
  const owner = await network.owner()
  const lost = sourceOf('lost', { file: noise('lost', 1000) })
  await backup(owner, [lost])
  const { packs } = parseManifest((await owner.state.rememberedManifest())?.bytes ?? utf8(''))
  await backup(owner, [lost, sourceOf('home', { letter: utf8('here') })])
  for (const { shelf } of network.keepers) {
    for (const [name, { pack }] of shelf.shards) if (packs.includes(pack)) shelf.shards.delete(name)
  }
  const { target, files } = memoryTarget()
  const said: Notice[] = []
  const onEvent = (event: RestoreEvent) => {
    if (event.type === 'notice') said.push(event.notice)
  }
  const reader = fresh(owner)
  const [found] = await findSnapshots(reader, {})
  if (found === undefined) throw new Error('no snapshot was found')
  const { missing } = await restore(reader, found, undefined, target, { onEvent })
  expect([...files.keys()]).toEqual(['home/letter'])
  expect(missing.map(({ path }) => path)).toEqual(['lost'])
  expect(said).toEqual(missing)
})

it('a pack whose record the coordinator has swapped costs what is in it, and not the rest', async () => {
  const owner = await network.owner()
  await backup(owner, [sourceOf('home', { 'first.bin': noise('swapped', 1000) })])
  const { packs } = parseManifest((await owner.state.rememberedManifest())?.bytes ?? utf8(''))
  await backup(owner, [sourceOf('home', { 'first.bin': noise('swapped', 1000), 'second.bin': noise('here', 1000) })])
  const stranger = await network.owner()
  await backup(stranger, [sourceOf('other', { file: noise('other', 1000) })])
  const [foreign] = parseManifest((await stranger.state.rememberedManifest())?.bytes ?? utf8('')).packs
  if (foreign === undefined) throw new Error('the stranger has a pack')
  const [swapped] = await stranger.coordinator.locatePacks([foreign])
  if (swapped === undefined) throw new Error('it is known where it is')
  const reader = fresh(owner)
  const { coordinator } = reader
  const swap: typeof coordinator.locatePacks = async (ids) =>
    (await coordinator.locatePacks(ids)).map((one) => (packs.includes(one.pack) ? { ...swapped, pack: one.pack } : one))
  Object.assign(reader, { coordinator: { ...coordinator, locatePacks: swap } })
  const [found] = await findSnapshots(reader, {})
  if (found === undefined) throw new Error('no snapshot was found')
  const { target, files } = memoryTarget()
  const { missing } = await restore(reader, found, undefined, target)
  expect([...files.keys()]).toEqual(['home/second.bin'])
  expect(missing.map(({ path }) => path)).toEqual(['home/first.bin'])
})
