import 'fake-indexeddb/auto'
import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { blindSpots } from '../../src/app/blind-spots.ts'
import { isWithin } from '../../src/app/browse.svelte.ts'
import { fileListSources } from '../../src/app/file-list-source.ts'
import { SourceList } from '../../src/app/source-list.svelte.ts'
import { nameInText } from '../../src/app/visible-name.ts'
import { preview } from '../../src/backup/scan.ts'
import { PageMemory } from '../../src/store/indexeddb-page-memory.ts'
import { droppedEntries, droppedHandles, folderHandle, folderIn } from './browser-folders.ts'

function chosen(path: string, content = path): File {
  const file = new File([content], path.split('/').at(-1) ?? '', { lastModified: 1_700_000_000_000 })
  return Object.assign(file, { webkitRelativePath: path.includes('/') ? path : '' })
}

describe('files chosen as a list', () => {
  test('make the tree they were in again, one source for each folder and one for loose files', async () => {
    const sources = fileListSources([
      chosen('photos/a.jpg'),
      chosen('photos/2024/may/b.jpg'),
      chosen('notes/todo: now?.txt'),
      chosen('photos/2024/c.jpg'),
      chosen('loose.txt'),
    ])
    expect(sources.map(({ name }) => name)).toEqual(['photos', 'notes', 'Files'])
    const found = await preview(sources)
    expect(found.sources.map(({ name, files }) => [name, files])).toEqual([
      ['photos', 3],
      ['notes', 1],
      ['Files', 1],
    ])
    expect(found.directories).toBe(2)
  })

  test('of which not one can be read any more are away, and one that can be is enough', async () => {
    const place = await mkdtemp(join(tmpdir(), 'keeptab-list-'))
    onTestFinished(() => rm(place, { recursive: true }))
    const onStick = async (name: string) => {
      await writeFile(join(place, name), name)
      const file = new File([await openAsBlob(join(place, name))], name)
      return Object.assign(file, { webkitRelativePath: `stick/deep/${name}` })
    }
    const files = [await onStick('a'), await onStick('b')]
    const unread = async () => (await preview(fileListSources(files))).leftOut.map(({ path }) => path)
    await rm(join(place, 'a'))
    expect(await unread()).toEqual([])
    await rm(join(place, 'b'))
    expect(await unread()).toEqual(['stick'])
  })

  test('names that no folder can have are only names', async () => {
    const [source] = fileListSources([chosen('top/__proto__/constructor')])
    expect((await preview(source === undefined ? [] : [source])).files).toBe(1)
  })
})

test('every way of choosing in a browser says what it cannot see', () => {
  for (const way of ['folder', 'drop', 'files'] as const) expect(blindSpots[way].length).toBeGreaterThan(0)
  expect(blindSpots.path).toEqual([])
})

describe('a choice in a tree', () => {
  test('what lies in something ticked is ticked, what only begins like it is not', () => {
    const ticked = new Set(['a/b'])
    expect(isWithin('a/b', ticked)).toBe(true)
    expect(isWithin('a/b/c', ticked)).toBe(true)
    expect(isWithin('a/bc', ticked)).toBe(false)
    expect(isWithin('a', ticked)).toBe(false)
  })
})

test('as many folders as a backup can hold are chosen, and of a choice that goes beyond nothing is taken and the number said', async () => {
  const memory = await PageMemory.open(crypto.randomUUID())
  const list = new SourceList(memory)
  const folders = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => chosen(`folder ${from + i}/file`))
  await list.addFiles(folders(0, 1023))
  await expect(list.addFiles(folders(1022, 1025))).rejects.toMatchObject({
    code: 'limit-exceeded',
    data: { what: 'folders', most: 1024 },
  })
  expect(list.all).toHaveLength(1023)
  await list.addFiles(folders(1022, 1024)) // one of them is in the list
  expect(list.all).toHaveLength(1024)
  await expect(list.addFiles(folders(1024, 1025))).rejects.toMatchObject({ code: 'limit-exceeded' })
  expect(await memory.folders()).toHaveLength(1024)
})

describe('a source that meets another one in the list', () => {
  const emptyList = async () => new SourceList(await PageMemory.open(crypto.randomUUID()))
  const met = ({ all }: SourceList) => all.map(({ name, conflict }) => [name, conflict?.what, conflict?.other])

  test('of the same name gets another one, and is told of it', async () => {
    const list = await emptyList()
    for (const text of ['a', 'b', 'c']) await list.addDropped(droppedEntries('home', { [text]: text }))
    expect(met(list)).toEqual([
      ['home', undefined, undefined],
      ['home (2)', 'renamed', 'home'],
      ['home (3)', 'renamed', 'home'],
    ])
    expect(list.all.map(({ source }) => source?.name)).toEqual(['home', 'home (2)', 'home (3)'])
  })

  test('in it or around it is told of, in either order', async () => {
    const home = folderHandle('home', { deep: { photos: { a: 'a' } } })
    const photos = folderIn(folderIn(home, 'deep'), 'photos')
    const list = await emptyList()
    await list.addDropped(droppedHandles(home, photos))
    expect(met(list)).toEqual([
      ['home', undefined, undefined],
      ['photos', 'inside', 'home'],
    ])
    const other = await emptyList()
    await other.addDropped(droppedHandles(photos, home))
    expect(met(other)[1]).toEqual(['home', 'around', 'photos'])
    expect(other.said).toEqual([])
  })

  test('and is the same is not listed twice, and that is said', async () => {
    const home = folderHandle('home', { a: 'a' })
    const list = await emptyList()
    for (let i = 0; i < 2; i += 1) await list.addDropped(droppedHandles(home))
    expect(met(list)).toHaveLength(1)
    expect(list.said).toEqual([{ id: 'backup.said.twice', values: { name: nameInText('home') } }])
  })

  test('or is the same list of files with more in it, takes its place without a word', async () => {
    const list = await emptyList()
    await list.addDropped(droppedEntries('home', { a: 'a' }))
    await list.addDropped(droppedEntries('home', { a: 'a', b: 'b' }))
    expect(list.said).toEqual([])
    expect(met(list)).toHaveLength(1)
    expect(await list.all[0]?.source?.root.list()).toHaveLength(2)
  })

  test('or was called otherwise because of it is known again after a reload, and takes the place of no other', async () => {
    const memory = await PageMemory.open(crypto.randomUUID())
    const before = new SourceList(memory)
    await before.addDropped(droppedEntries('home', { a: 'a', e: 'e', index: 'i' }))
    await before.addDropped(droppedEntries('home', { b: 'b', c: 'c', d: 'd', index: 'i' }))
    const reloaded = async () => {
      const list = new SourceList(memory)
      await list.load()
      return { list, read: () => list.all.filter(({ source }) => source !== undefined).map(({ name }) => name) }
    }
    const { list, read } = await reloaded()
    await list.addDropped(droppedEntries('home', { b: 'b', d: 'd', new: 'n', index: 'i' }))
    expect(read()).toEqual(['home (2)'])
    await list.addDropped(droppedEntries('home', { x: 'x', y: 'y', z: 'z', index: 'i' }))
    expect(read()).toEqual(['home (2)', 'home (3)'])
    const again = await reloaded()
    await again.list.addDropped(droppedEntries('home', { a: 'a', e: 'e', index: 'i' }))
    await again.list.addDropped(droppedEntries('home', { d: 'd', new: 'n' }))
    expect(again.read().sort()).toEqual(['home', 'home (2)'])
    expect(again.list.all).toHaveLength(3)
  })

  test('of a version that did not remember what was in it is the same if no other is called so', async () => {
    const memory = await PageMemory.open(crypto.randomUUID())
    await memory.rememberFolder({ id: 'old', name: 'home', way: 'files', backedUpAt: 1 })
    const list = new SourceList(memory)
    await list.load()
    await list.addDropped(droppedEntries('home', { a: 'a' }))
    expect(list.all.map(({ id }) => id)).toEqual(['old'])
    await memory.rememberFolder({
      id: 'old 2',
      name: 'home (2)',
      way: 'files',
      conflict: { what: 'renamed', other: 'home' },
    })
    await memory.rememberFolder({ id: 'old', name: 'home', way: 'files' })
    const two = new SourceList(memory)
    await two.load()
    await two.addDropped(droppedEntries('home', { a: 'a' }))
    expect(two.all.map(({ name }) => name)).toEqual(['home', 'home (2)', 'home (3)'])
  })
})
