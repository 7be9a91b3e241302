import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bytes } from '../../../src/core/bytes.ts'
import { compare, fileKey, type Change } from '../../../src/snapshot/compare.ts'
import type { SnapshotSource } from '../../../src/snapshot/manifest.ts'
import { PathFinder } from '../../../src/snapshot/path-finder.ts'
import { readTree } from '../../../src/snapshot/tree.ts'
import { displayName, type TreeEntry } from '../../../src/snapshot/tree-entry.ts'
import { Trees, type Folder } from '../../sim/trees.ts'

/** What is at each path, in words; a directory is the same whatever is in it. */
async function listing(trees: Trees, sources: readonly SnapshotSource[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const visit = async (ids: Bytes, prefix: string): Promise<void> => {
    for await (const entry of readTree(ids, trees.read)) {
      const path = `${prefix}/${displayName(entry.name)}`
      found.set(path, contentOf(entry))
      if (entry.kind === 'directory') await visit(entry.ids, path)
    }
  }
  for (const { name, root } of sources) {
    found.set(name, 'directory')
    await visit(root, name)
  }
  return found
}

const contentOf = (entry: TreeEntry): string =>
  entry.kind === 'file' ? fileKey(entry) : entry.kind === 'symlink' ? `-> ${displayName(entry.target)}` : 'directory'

const names = fc.constantFrom('a', 'b', 'c', 'a-', 'ab', 'd')
const { folder } = fc.letrec<{ folder: Folder; entry: Folder[string] }>((tie) => ({
  entry: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: 0, max: 4 }),
    fc.constantFrom('->x', '->y'),
    tie('folder'),
  ),
  folder: fc.dictionary(names, tie('entry'), { maxKeys: 4, noNullPrototype: true }),
}))
const sourcesOf = fc.dictionary(names, folder, { maxKeys: 3, noNullPrototype: true })

async function changesBetween(trees: Trees, before: Folder, after: Folder) {
  const [one, other] = [await trees.sources(before), await trees.sources(after)]
  trees.reads = 0
  const changes: Change[] = []
  for await (const change of compare(one, other, trees.read, trees.read)) changes.push(change)
  return { changes, reads: trees.reads, before: await listing(trees, one), after: await listing(trees, other) }
}

test('what a comparison says makes one moment into the other, and names nothing that is the same in both', async () => {
  await fc.assert(
    fc.asyncProperty(sourcesOf, sourcesOf, async (one, other) => {
      const { changes, before, after } = await changesBetween(new Trees(), one, other)
      const now = new Map(before)
      const taken = new Map<string, string>()
      const below = (path: string) => (key: string) => key === path || key.startsWith(`${path}/`)
      for (const change of changes) {
        if (change.what !== 'moved') continue
        for (const key of [...before.keys()].filter(below(change.from))) {
          taken.set(change.path + key.slice(change.from.length), before.get(key) ?? '')
          now.delete(key)
        }
      }
      for (const change of changes) {
        const { what, path } = change
        if (what === 'changed') expect(before.get(path)).toBe(contentOf(change.before))
        if (what !== 'moved' && what !== 'added') expect(now.delete(path)).toBe(true)
      }
      for (const [path, content] of taken) now.set(path, content)
      for (const { what, path, entry } of changes) {
        if (what === 'removed' || what === 'moved') continue
        expect(now.has(path)).toBe(false)
        now.set(path, contentOf(entry))
      }
      expect(new Map([...now].sort())).toEqual(new Map([...after].sort()))
      for (const { what, path } of changes) {
        if (what !== 'moved') expect(before.get(path)).not.toBe(after.get(path))
      }
    }),
    { numRuns: 300 },
  )
})

test('a comparison reads only directories that differ', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`d${i}`, { deep: { a: i + 1, b: 7 }, more: 9 }]),
  )
  const changed = { ...many, d17: { deep: { a: 99, b: 7 }, more: 9 } }
  const { changes, reads } = await changesBetween(new Trees(), { s: many }, { s: changed })
  expect(changes).toMatchObject([{ what: 'changed', path: 's/d17/deep/a' }])
  expect(reads).toBe(6)
})

test('a file, and a directory with all that is in it, moves as a whole', async () => {
  const photos = { may: { a: 1, b: 2 }, june: { c: 3 } }
  const { changes, reads } = await changesBetween(
    new Trees(),
    { s: { photos, note: 4 } },
    { s: { old: { pictures: photos, note: 4 } } },
  )
  expect(changes.map((change) => ({ ...change, entry: undefined }))).toEqual([
    { what: 'moved', path: 's/old/note', from: 's/note', entry: undefined },
    { what: 'moved', path: 's/old/pictures', from: 's/photos', entry: undefined },
    { what: 'added', path: 's/old', entry: undefined },
  ])
  expect(reads).toBeLessThan(12)
})

test('what lies at a path is what a walk of everything finds there', async () => {
  const paths = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
  await fc.assert(
    fc.asyncProperty(fc.array(sourcesOf, { minLength: 1, maxLength: 4 }), paths, async (moments, path) => {
      const trees = new Trees()
      const finder = new PathFinder(path)
      for (const moment of moments) {
        const sources = await trees.sources(moment)
        const found = await finder.find(sources, trees.read)
        expect(found && contentOf(found)).toBe((await listing(trees, sources)).get(path))
      }
    }),
    { numRuns: 200 },
  )
})

test('a directory that many moments share is read once', async () => {
  const trees = new Trees()
  const finder = new PathFinder('s/deep/er/file')
  for (let i = 1; i <= 20; i += 1) {
    const sources = await trees.sources({ s: { other: i, deep: { er: { file: i > 10 ? 2 : 1 } } } })
    trees.reads = 0
    expect((await finder.find(sources, trees.read))?.kind).toBe('file')
    expect(trees.reads).toBe(i === 1 || i === 11 ? 3 : 1)
  }
})

test('a directory that one part has moved out of is not said to have moved whole as well', async () => {
  const album = { may: { a: 1 }, b: 2 }
  const { changes } = await changesBetween(
    new Trees(),
    { s: { album } },
    { s: { may: album.may, x: { y: { album } } } },
  )
  const moves = changes.flatMap((change) => (change.what === 'moved' ? [[change.from, change.path]] : []))
  expect(moves).toEqual([
    ['s/album/may', 's/may'],
    ['s/album/b', 's/x/y/album/b'],
  ])
})
