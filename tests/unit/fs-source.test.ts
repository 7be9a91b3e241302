import { execFileSync } from 'node:child_process'
import {
  appendFile,
  chmod,
  lutimes,
  mkdir,
  mkdtemp,
  open,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDevice } from '../../headless/account.ts'
import { openDataDir } from '../../headless/data-dir.ts'
import { pathSources } from '../../headless/fs-source.ts'
import { SourceNames } from '../../headless/source-names.ts'
import { systemClock as clock, systemRandom as random } from '../../headless/system.ts'
import type { Source, SourceDirectory, SourceEntry } from '../../src/backup/source.ts'
import { concat } from '../../src/core/bytes.ts'
import { MiB } from '../../src/core/units.ts'

let place: string
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'keeptab-source-'))
})
afterEach(() => rm(place, { recursive: true, force: true }))

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

async function only(path: string): Promise<Source> {
  const [source, ...others] = await pathSources([path])
  expect(others).toEqual([])
  if (source === undefined) throw new Error('no source')
  return source
}

async function entries(directory: SourceDirectory): Promise<Map<string, SourceEntry>> {
  return new Map((await directory.list()).map((entry) => [text(entry.name), entry]))
}

async function bytesOf(entry: SourceEntry | undefined): Promise<Uint8Array[]> {
  if (entry?.kind !== 'file') throw new Error(`a file was expected, not ${entry?.kind}`)
  const content = await entry.content()
  if (content instanceof Blob) throw new Error('a stream was expected')
  const parts: Uint8Array[] = []
  for await (const part of content) parts.push(part)
  return parts
}

describe('a folder', () => {
  test('tells when anything of a file changed, also only its name', async () => {
    const [one, other] = [join(place, 'one'), join(place, 'other')]
    await writeFile(one, 'content')
    await utimes(one, 1, 1)
    const seen = async () => [...(await entries((await only(place)).root)).values()].find(({ kind }) => kind === 'file')
    const before = await seen()
    await rename(one, other)
    const after = await seen()
    if (before?.kind !== 'file' || after?.kind !== 'file') throw new Error('there is one file')
    expect(after.modifiedMicros).toBe(before.modifiedMicros)
    expect(after.changedMicros).toBeGreaterThan(before.changedMicros ?? Infinity)
  })

  test('shows every kind of thing, with times and modes, and follows no link', async () => {
    await writeFile(join(place, 'file'), 'content')
    await chmod(join(place, 'file'), 0o4750)
    await utimes(join(place, 'file'), '1700000000.25', '1700000000.25')
    await mkdir(join(place, 'folder', 'below'), { recursive: true })
    await symlink('/etc', join(place, 'link'))
    await lutimes(join(place, 'link'), 12, 12)
    execFileSync('mkfifo', [join(place, 'pipe')])
    const server = createServer().listen(join(place, 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))

    const found = await entries((await only(place)).root)
    server.close()

    expect([...found.keys()].sort()).toEqual(['file', 'folder', 'link', 'pipe', 'socket'])
    expect(found.get('file')).toMatchObject({
      kind: 'file',
      sizeBytes: 7,
      mode: 0o4750,
      modifiedMicros: 1_700_000_000_250_000,
    })
    const link = found.get('link')
    expect(link).toMatchObject({ kind: 'symlink', modifiedMicros: 12_000_000 })
    expect(link?.kind === 'symlink' && text(link.target)).toBe('/etc')
    expect(found.get('pipe')).toMatchObject({ kind: 'special', what: 'a named pipe' })
    expect(found.get('socket')).toMatchObject({ kind: 'special', what: 'a socket' })
    const inner = found.get('folder')
    if (inner?.kind !== 'directory') throw new Error('no folder')
    expect([...(await entries(inner.directory)).keys()]).toEqual(['below'])
  })

  test('shows no data folder of Keeptab, and does not take for one what only has a file of its name', async () => {
    const [data, other] = [join(place, 'data'), join(place, 'other')]
    const directory = await openDataDir(data)
    await createDevice(directory, data, random.bytes(32), true, { clock, random })
    await directory.close()
    await mkdir(other)
    await writeFile(join(other, 'identity.cbor'), 'who I am')
    const found = await entries((await only(place)).root)
    expect(found.get('data')).toMatchObject({ kind: 'special', what: 'a data folder of Keeptab' })
    expect(found.get('other')).toMatchObject({ kind: 'directory' })
    await expect(pathSources([data])).rejects.toThrow('it is a data folder of Keeptab')
    // Also one with all that a device in use has in it, and no folder of documents that somebody put an identity into.
    const reopened = await openDataDir(data)
    await reopened.saveCoordinator('http://localhost:8787')
    for (const used of [reopened.keeperDirectory, reopened.ownerDirectory]) await mkdir(used)
    await expect(pathSources([data])).rejects.toThrow('it is a data folder of Keeptab')
    await reopened.close()
    await writeFile(join(data, 'letter'), 'x')
    expect((await entries((await only(place)).root)).get('data')).toMatchObject({ kind: 'directory' })
  })

  test('gives names byte for byte, also those that are no UTF-8', async () => {
    const raw = Buffer.from([0x61, 0xff, 0x0a, 0x80])
    await writeFile(Buffer.concat([Buffer.from(`${place}/`), raw]), 'x')
    const [entry] = await (await only(place)).root.list()
    expect(entry?.name).toEqual(new Uint8Array(raw))
    expect(text(concat(...(await bytesOf(entry))))).toBe('x')
  })

  test('lists 10,000 files', async () => {
    for (let i = 0; i < 10_000; i += 1) await (await open(join(place, `f${i}`), 'w')).close()
    expect(await entries((await only(place)).root)).toHaveProperty('size', 10_000)
  })

  test('that cannot be listed says so with a code', async () => {
    const { root } = await only(place)
    await rm(place, { recursive: true })
    await expect(root.list()).rejects.toMatchObject({ code: 'source-unreadable' })
  })

  test('keeps dates before 1970', async () => {
    await writeFile(join(place, 'old'), '')
    await utimes(join(place, 'old'), '-1.5', '-1.5')
    const found = await entries((await only(place)).root)
    expect(found.get('old')).toMatchObject({ modifiedMicros: -1_500_000 })
  })
})

describe('a file', () => {
  test('comes in pieces of at most 1 MiB, each in a buffer of its own', async () => {
    const content = Buffer.alloc(2 * MiB + 5, 'keeptab')
    await writeFile(join(place, 'big'), content)
    const parts = await bytesOf((await entries((await only(place)).root)).get('big'))
    expect(parts.map((part) => part.length)).toEqual([MiB, MiB, 5])
    expect(Buffer.concat(parts).equals(content)).toBe(true)
  })

  test('that grew after it was listed gives more, one that shrank less', async () => {
    for (const name of ['grows', 'shrinks', 'empty'])
      await writeFile(join(place, name), name === 'empty' ? '' : '12345')
    const found = await entries((await only(place)).root)
    await appendFile(join(place, 'grows'), '6')
    await truncate(join(place, 'shrinks'), 2)
    expect(text(concat(...(await bytesOf(found.get('grows')))))).toBe('123456')
    expect(text(concat(...(await bytesOf(found.get('shrinks')))))).toBe('12')
    expect(await bytesOf(found.get('empty'))).toEqual([])
  })

  test.each([
    ['a link', (path: string) => symlink('/etc/hostname', path)],
    ['a pipe', (path: string) => Promise.resolve(void execFileSync('mkfifo', [path]))],
    ['nothing', () => Promise.resolve()],
  ])('that became %s after it was listed is not read', async (_, replace) => {
    const path = join(place, 'file')
    await writeFile(path, 'x')
    const found = await entries((await only(place)).root)
    await rm(path)
    await replace(path)
    await expect(bytesOf(found.get('file'))).rejects.toMatchObject({ code: 'source-unreadable' })
  })
})

describe('what is named on the command line', () => {
  test('single files are a source named after their folder', async () => {
    await mkdir(join(place, 'docs'))
    for (const name of ['a', 'b', 'c']) await writeFile(join(place, 'docs', name), name)
    const sources = await pathSources([join(place, 'docs/a'), join(place, 'docs/b'), join(place, 'docs/a')])
    expect(sources.map(({ name }) => name)).toEqual(['docs'])
    const found = await entries((sources[0] as Source).root)
    expect([...found.keys()]).toEqual(['a', 'b'])
    expect(text(concat(...(await bytesOf(found.get('b')))))).toBe('b')
  })

  test('folders of one name get names of their own', async () => {
    for (const name of ['x/docs', 'y/docs', 'z/docs (2)']) await mkdir(join(place, name), { recursive: true })
    const paths = ['x/docs', 'z/docs (2)', 'y/docs', 'x/docs/.'].map((name) => join(place, name))
    expect((await pathSources(paths)).map(({ name }) => name)).toEqual(['docs', 'docs (3)', 'docs (2)'])
  })

  test('a place keeps its name, whatever else is named and in whatever order, also in the next process', async () => {
    const [a, b, file] = [join(place, 'a/docs'), join(place, 'b/docs'), join(place, 'b/docs/file')]
    for (const path of [a, b]) await mkdir(path, { recursive: true })
    for (const path of [join(a, 'in a'), join(b, 'in b'), file]) await writeFile(path, 'x')
    const backedUp = async (...paths: string[]) => {
      const names = await SourceNames.load(place)
      const sources = await pathSources(paths, names)
      await names.save(place)
      return Promise.all(sources.map(async ({ name, root }) => [name, ...[...(await entries(root)).keys()].sort()]))
    }
    const unnamed = await pathSources([b, a])
    expect(unnamed.map(({ name }) => name)).toEqual(['docs (2)', 'docs'])
    expect(await backedUp(b)).toEqual([['docs', 'file', 'in b']])
    const both = await backedUp(a, b)
    expect(both).toEqual([
      ['docs (2)', 'in a'],
      ['docs', 'file', 'in b'],
    ])
    expect(await backedUp(b, a)).toEqual(both)
    expect(await backedUp(file)).toEqual([['docs (3)', 'file']])
    // What was a file is one while it is away, and not a folder of its name.
    await rm(file)
    await expect(backedUp(file)).rejects.toThrow('no such file')
    await writeFile(join(b, 'other'), 'x')
    expect(await backedUp(file, join(b, 'other'))).toEqual([['docs (3)', 'file', 'other']])
  })

  test('a link named there is opened', async () => {
    await mkdir(join(place, 'real'))
    await writeFile(join(place, 'real/file'), 'x')
    await symlink('real', join(place, 'link'))
    const source = await only(join(place, 'link'))
    expect(source.name).toBe('link')
    expect([...(await entries(source.root)).keys()]).toEqual(['file'])
  })

  test('nothing at a path is a source that cannot be read, under the name it would have, and the others are there', async () => {
    await mkdir(join(place, 'a', 'docs'), { recursive: true })
    await writeFile(join(place, 'file'), 'content')
    const paths = ['a/docs', 'b/docs', 'file', 'gone'].map((path) => join(place, path))
    const [files, docs, away] = await pathSources(paths)
    expect([docs?.name, away?.name, files?.name]).toEqual(['docs', 'docs (2)', basename(place)])
    expect(await docs?.root.list()).toEqual([])
    await expect(away?.root.list()).rejects.toMatchObject({ code: 'source-unreadable' })
    expect((await files?.root.list())?.map(({ kind }) => kind)).toEqual(['file', 'unreadable'])
  })
})
