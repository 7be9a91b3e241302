/** Whoever looks for a name finds it where it is in every other list of names. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BrowseState, type Item } from '../../src/app/browse.svelte.ts'
import { FindState } from '../../src/app/find.svelte.ts'
import { language } from '../../src/app/language.svelte.ts'
import { LeftOutGatherer } from '../../src/app/left-out.ts'
import { byName, byPath } from '../../src/app/name-order.ts'
import type { SnapshotSummary } from '../../src/backup/events.ts'
import type { SnapshotLibrary } from '../../src/backup/library.ts'
import { idOf, parseDeviceId, parseSnapshotId } from '../../src/core/ids.ts'
import { Trees } from '../sim/trees.ts'

beforeAll(() => language.speak('en'))
afterAll(() => language.speak('en'))

const snapshot = (byte: number): SnapshotSummary => ({
  id: idOf(parseSnapshotId, new Uint8Array(16).fill(byte)),
  device: idOf(parseDeviceId, new Uint8Array(32)),
  createdAt: byte,
  sources: ['home'],
  files: 2,
  bytes: 3,
  disputed: false,
})

const self = (name: string) => name

test('numbers go by their value, and letters as the language has them', async () => {
  expect(byName(['10', 'b', 'a2', '2', 'a10', 'Z', 'ä', '1'], self)).toEqual([
    '1',
    '2',
    '10',
    'ä',
    'a2',
    'a10',
    'b',
    'Z',
  ])
  const names = ['nube', 'ñandú', 'nz']
  expect(byName(names, self)).toEqual(['ñandú', 'nube', 'nz'])
  await language.speak('es')
  expect(byName(names, self)).toEqual(['nube', 'nz', 'ñandú'])
  await language.speak('en')
})

test('what is in a folder stays together, after the folder', () => {
  const paths = ['a-b/1', 'a/10', 'a b/1', 'a/2/x', 'a', 'a/2']
  expect(byPath(paths, self)).toEqual(['a', 'a/2', 'a/2/x', 'a/10', 'a b/1', 'a-b/1'])
})

test('a folder, what was found, what differs, and what was left out are listed so', async () => {
  const trees = new Trees()
  const folder = { 'v10': {}, 'v9': {}, 'IMG 10': 1, 'IMG 9': 1, 'img 11': 1 }
  const [before, after] = [await trees.sources({ home: {} }), await trees.sources({ home: folder, abroad: {} })]
  const library = {
    snapshots: [{ summary: snapshot(2) }, { summary: snapshot(1) }],
    find: (id: string) => ({ summary: id === snapshot(1).id ? snapshot(1) : snapshot(2) }),
    sources: (id: string) => Promise.resolve(id === snapshot(1).id ? before : after),
    tree: () => trees.read,
  } as object as SnapshotLibrary
  const files = ['IMG 9', 'IMG 10', 'img 11']
  const names = (items: readonly Item[] | undefined) => items?.map(({ name }) => name)

  const browse = await BrowseState.open(library, snapshot(2))
  expect(names(browse.top)).toEqual(['abroad', 'home'])
  await browse.top[1]?.folder?.show()
  expect(names(browse.top[1]?.folder?.items)).toEqual(['v9', 'v10', ...files])

  const find = new FindState(library, [snapshot(2)])
  find.words = 'img'
  await find.start()
  expect(find.found.map(({ path }) => path)).toEqual(files.map((name) => `home/${name}`))

  await browse.show('changes')
  expect(browse.comparison.changes.map(({ path }) => path)).toEqual([
    'abroad',
    ...['IMG 9', 'IMG 10', 'img 11', 'v9', 'v10'].map((name) => `home/${name}`),
  ])

  const leftOut = new LeftOutGatherer()
  for (const path of ['c/10', 'c/9']) leftOut.add({ path, what: 'ignored', detail: '*' })
  expect(leftOut.gathered().groups[0]?.paths).toEqual(['c/9', 'c/10'])
})

test('what lies in a folder stays together, though another one counts as of the same name', () => {
  const paths = ['1/b', '01/a', '1/d', '01/c']
  expect(byPath(paths, self)).toEqual(['01/a', '01/c', '1/b', '1/d'])
})
