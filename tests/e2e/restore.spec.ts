/** S2: keepers die, and words alone bring everything back; one more dies, and the restore says that it cannot. */
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { differences, nodeModulesSlice, oddFolder } from './corpus.ts'
import { expectCode } from './network.ts'
import { expect, test } from './story.ts'

/** The code that twelve keepers earn. */
const K = 2

test('with all but k holders dead, words alone bring back everything; with one more dead it says why it cannot', async ({
  network,
}) => {
  await network.addKeepers(12)
  const source = join(network.folder, 'source')
  await oddFolder(join(source, 'odd'))
  await nodeModulesSlice(join(source, 'packages'), 300)
  const owner = await network.owner('owner')
  await network.backup(owner, source)

  const holders = await network.holders()
  const packs = new Set(holders.flatMap(({ shards }) => shards.map(({ pack }) => pack)))
  // One shard of every pack at every holder: whoever dies, each pack has lost as many.
  for (const { shards } of holders) expect(new Set(shards.map(({ pack }) => pack))).toEqual(packs)
  expect(holders.length).toBeLessThanOrEqual(6)
  const survivors = holders.slice(-K)
  await Promise.all(holders.slice(0, -K).map(({ program }) => program.kill()))

  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])

  await survivors[0]?.program.kill()
  const nowhere = join(network.folder, 'nowhere')
  const { last, errors } = expectCode(6, await network.restoreAfresh(owner, nowhere))
  expect(last).toMatchObject({ event: 'error', code: 'too-few-shards' })
  expect(errors).toContain(`1 of ${K} needed shards`)
  expect(errors).toContain('again when more keepers are online')
  expect(await readdir(nowhere).catch(() => [])).toEqual([])
})

test('what differs in the target stands until it may be replaced, and a link there is never written through', async ({
  network,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await mkdir(join(source, 'folder'), { recursive: true })
  await writeFile(join(source, 'folder/file'), 'from the backup')
  await writeFile(join(source, 'single'), 'from the backup')
  const owner = await network.owner('owner')
  await network.backup(owner, source)

  const [to, outside] = [join(network.folder, 'to'), join(network.folder, 'outside')]
  await mkdir(join(to, 'source'), { recursive: true })
  await mkdir(outside)
  await writeFile(join(outside, 'victim'), 'untouched')
  await symlink(outside, join(to, 'source/folder'))
  await symlink(join(outside, 'victim'), join(to, 'source/single'))
  const refused = expectCode(2, await network.restoreAfresh(owner, to))
  expect(refused.last).toMatchObject({ event: 'error', code: 'target-differs' })
  expect(refused.errors).toContain(`2 files in ${to} differ from the backup, such as source/folder. Add --replace`)
  expect(await readlink(join(to, 'source/folder'))).toBe(outside)
  expect(await readdir(join(to, 'source'))).toEqual(['folder', 'single'])

  expectCode(0, await network.restoreAfresh(owner, to, '--replace'))

  expect(await readdir(outside)).toEqual(['victim'])
  expect(await readFile(join(outside, 'victim'), 'utf8')).toBe('untouched')
  expect(await differences(source, join(to, 'source'))).toEqual([])
  // What a restore has written is no reason to ask; what was written there since then is.
  expectCode(0, await network.restoreAfresh(owner, to))
  await writeFile(join(to, 'source/single'), 'from the backup, and later')
  expect(expectCode(2, await network.restoreAfresh(owner, to)).errors).toContain('1 file in')
  expect(await readFile(join(to, 'source/single'), 'utf8')).toBe('from the backup, and later')
})
