import { describe, expect, test } from 'vitest'
import { blindSpots } from '../../src/app/blind-spots.ts'
import { isWithin } from '../../src/app/browse.svelte.ts'
import { fileListSources } from '../../src/app/file-list-source.ts'
import { preview } from '../../src/backup/scan.ts'

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
