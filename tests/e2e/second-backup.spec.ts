/** S3: what a second backup sends is what changed. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { differences, emptyFiles, randomFolder } from './corpus.ts'
import { expectCode } from './network.ts'
import { expect, test } from './story.ts'

const MB = 1_000_000

test('a second backup sends under 2 % of the first for one changed file, one renamed, one byte put at the head of 64 MB', async ({
  network,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await randomFolder(join(source, 'hundred'), 100, 100_000)
  await writeFile(join(source, 'large'), randomBytes(64 * MB))
  const owner = await network.owner('owner')
  const first = await network.backup(owner, source)
  expect(first.bytesSent).toBeGreaterThan(74 * MB)

  const change = async (what: string, make: () => Promise<void>) => {
    await make()
    const { bytesSent } = await network.backup(owner, source)
    expect.soft(bytesSent / first.bytesSent, what).toBeLessThan(0.02)
    return bytesSent
  }
  await change('one file changed', () => writeFile(join(source, 'hundred/file-7'), randomBytes(100_000)))
  const renamed = await change('one file renamed', () =>
    rename(join(source, 'hundred/file-8'), join(source, 'hundred/file-8-renamed')),
  )
  // Only directories and what leads to them: even six shards of the file itself would be more.
  expect(renamed).toBeLessThan(100_000)
  const withByte = async () => {
    await writeFile(join(source, 'large'), Buffer.concat([randomBytes(1), await readFile(join(source, 'large'))]))
  }
  await change('one byte at the head', withByte)

  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
})

test('ten thousand files in one directory come back, and every earlier snapshot stays readable', async ({
  network,
}) => {
  await network.addKeepersTogether(6)
  const source = join(network.folder, 'source')
  await emptyFiles(join(source, 'many'), 10_000)
  const owner = await network.owner('owner')
  const before = await network.backup(owner, source)
  await mkdir(join(source, 'later'))
  const after = await network.backup(owner, source)
  expect(after.bytesSent).toBeLessThan(before.bytesSent / 2)

  const [then, now] = [join(network.folder, 'then'), join(network.folder, 'now')]
  expectCode(0, await network.restoreAfresh(owner, then, '--snapshot', String(before.last['snapshot'])))
  expectCode(0, await network.restoreAfresh(owner, now))
  expect(await differences(join(source, 'many'), join(then, 'source/many'))).toEqual([])
  expect(await differences(then, now, { meta: false })).toEqual(['"source/later": missing ≠ directory'])
  expect(await differences(source, join(now, 'source'))).toEqual([])
})
