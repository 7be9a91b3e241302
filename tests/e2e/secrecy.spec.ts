/** S7 and S8: nothing of what an owner has lies with the others, and next to nothing of it passes the coordinator. */
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { countingProxy } from './counting-proxy.ts'
import { differences, randomFolder } from './corpus.ts'
import { expectCode } from './network.ts'
import { expect, test } from './story.ts'

const MB = 1_000_000
const MARKERS = 64

test('64 random markers in names and contents are nowhere with coordinator or keepers, however they are written', async ({
  network,
}) => {
  await network.addKeepers(6)
  const markers = Array.from({ length: MARKERS }, () => `marker${randomBytes(12).toString('hex')}`)
  const source = join(network.folder, `source-${markers[0] ?? ''}`)
  await mark(source, markers)
  const owner = await network.owner('owner')
  const { bytesRead } = await network.backup(owner, source)
  // Once more, so that what is remembered and what is asked again are there too; and a listing, and a restore by name.
  await network.backup(owner, source)
  expectCode(0, await network.keeptabRun(owner.data, ['ls']))
  expectCode(0, await network.restoreAfresh(owner, join(network.folder, 'restored'), `source-${markers[0] ?? ''}`))

  await test.step('the search finds every marker where it is, and in every disguise', async () => {
    expect(found(markers, await everythingIn(source))).toEqual(markers)
    for (const written of ways)
      expect(found(markers, [written(`in the middle of ${markers.join(' ')} text`)])).toEqual(markers)
  })

  const others = [network.coordinatorData, ...network.keepers.map(({ data }) => data)]
  const kept = (await Promise.all(others.map(everythingIn))).flat()
  expect(Buffer.concat(kept).length).toBeGreaterThan(2 * bytesRead)
  const programs = [network.coordinator, ...network.keepers.map(({ program }) => program)]
  const said = programs.flatMap((program) => (program === undefined ? [] : [...program.lines, program.errors]))
  expect(found(markers, [...kept, Buffer.from(said.join('\n'))])).toEqual([])
})

test('under 1 % of the bytes of a backup and its restore pass the coordinator', async ({ network }) => {
  const proxy = await countingProxy(Number(new URL(network.url).port))
  try {
    network.url = proxy.url
    await network.addKeepersTogether(6)
    const source = join(network.folder, 'source')
    await randomFolder(source, 30, MB)
    const owner = await network.owner('owner')
    const { bytesRead } = await network.backup(owner, source)
    const to = join(network.folder, 'restored')
    expectCode(0, await network.restoreAfresh(owner, to))
    expect(await differences(source, join(to, 'source'))).toEqual([])

    expect(bytesRead).toBe(30 * MB)
    expect(proxy.bytes()).toBeGreaterThan(0)
    expect(proxy.bytes()).toBeLessThan(0.01 * 2 * bytesRead)
  } finally {
    proxy.close()
  }
})

/** A folder with each marker in the name of a file, a folder or a link, and in a content that no compression hides. */
async function mark(source: string, markers: readonly string[]): Promise<void> {
  for (const [i, marker] of markers.entries()) {
    const folder = join(source, `folder-${marker}`)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `text ${marker}.txt`), `${marker}\n`.repeat(10))
    await writeFile(join(folder, 'raw'), Buffer.concat([randomBytes(5000), Buffer.from(marker), randomBytes(5000)]))
    await symlink(`/to/${marker}`, join(folder, `link-${i}`))
  }
}

/** The contents, names and link targets of everything in a folder. */
async function everythingIn(folder: string): Promise<Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const each = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      const name = Buffer.from(entry.name)
      if (entry.isSymbolicLink()) return [name, Buffer.from(await readlink(path))]
      return entry.isFile() ? [name, await readFile(path)] : [name]
    }),
  )
  return each.flat()
}

/** Ways to write a text that leave it readable to whoever knows them. */
const ways: readonly ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(text, 'utf16le').swap16(),
  (text) => Buffer.from(Buffer.from(text).toString('hex')),
  (text) => Buffer.from(Buffer.from(text).toString('hex').toUpperCase()),
  ...[0, 1, 2].map((shift) => (text: string) => Buffer.from(Buffer.from(' '.repeat(shift) + text).toString('base64'))),
]

/** The markers that stand in any of these bytes, written in any of the ways. */
function found(markers: readonly string[], bytes: readonly Buffer[]): string[] {
  return markers.filter((marker) => {
    const needles = disguises(marker)
    return bytes.some((some) => needles.some((needle) => some.includes(needle)))
  })
}

/** A marker in each of the ways; in base64 without the characters that share bits with its neighbours. */
const disguises = (marker: string): Buffer[] =>
  ways.map((written, i) => {
    const shift = i - (ways.length - 3)
    if (shift < 0) return written(marker)
    return written(marker).subarray(Math.ceil((shift * 8) / 6), Math.floor(((shift + marker.length) * 8) / 6))
  })
