import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, utf8, type Bytes } from '../../../src/core/bytes.ts'
import { idOf, parseChunkId, type ChunkId } from '../../../src/core/ids.ts'
import { KiB } from '../../../src/core/units.ts'
import { encode, type WireValue } from '../../../src/core/wire.ts'
import { chunkIdsIn } from '../../../src/snapshot/id-list.ts'
import { chunkId } from '../../../src/snapshot/seal.ts'
import { fileChunks, MAX_TREE_DEPTH, readTree, TreeBuilder } from '../../../src/snapshot/tree.ts'
import { compareNames, type TreeEntry } from '../../../src/snapshot/tree-entry.ts'
import { keysOf, noise } from './account.ts'

const keys = await keysOf(1)

/** Keeps tree chunks in memory and counts what was not there before. */
class Kept {
  readonly chunks = new Map<ChunkId, Bytes>()
  newBytes = 0
  readonly put = async (plain: Bytes): Promise<ChunkId> => {
    const id = await chunkId(keys, plain)
    if (!this.chunks.has(id)) this.newBytes += plain.length
    this.chunks.set(id, plain)
    return id
  }
  readonly read = (id: ChunkId): Promise<Bytes> => {
    const chunk = this.chunks.get(id)
    return chunk === undefined ? Promise.reject(new Error('no such chunk')) : Promise.resolve(chunk)
  }
}

async function all(ids: Bytes, read: (id: ChunkId) => Promise<Bytes>): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = []
  for await (const entry of readTree(ids, read)) entries.push(entry)
  return entries
}
const id = (i: number): ChunkId => idOf(parseChunkId, noise(32, i + 1))
const builderOver = (kept: Kept) => new TreeBuilder(keys.gear, kept.put)

async function lines(kept: Kept, root: Bytes, path = ''): Promise<string[]> {
  const below = async (entry: TreeEntry): Promise<string[]> => {
    const shown = `${path}/${new TextDecoder('latin1').decode(entry.name)}`
    const meta = `${entry.modifiedMicros ?? '-'} ${entry.mode ?? '-'}`
    if (entry.kind === 'symlink') return [`${shown} -> ${new TextDecoder('latin1').decode(entry.target)} ${meta}`]
    if (entry.kind === 'directory') return [`${shown}/ ${meta}`, ...(await lines(kept, entry.ids, shown))]
    return [`${shown} ${entry.sizeBytes} ${chunkIdsIn(entry.ids).join()} ${meta}`]
  }
  return (await Promise.all((await all(root, kept.read)).map(below))).flat()
}

test('a walk comes back: nested and empty directories, empty files, links, dates, rights and raw names', async () => {
  const kept = new Kept()
  const tree = builderOver(kept)
  await tree.file(utf8('z'), 5, [id(1)], { modifiedMicros: 1_700_000_000_123_456, mode: 0o644 })
  tree.enter(utf8('d'), { modifiedMicros: -1, mode: 0o1777 })
  tree.enter(utf8('empty'))
  await tree.leave()
  await tree.file(Uint8Array.of(0xff, 0xfe), 0, [])
  await tree.leave()
  tree.symlink(utf8('l'), utf8('../../etc/passwd'), { modifiedMicros: 7, mode: 0o777 })
  const root = await tree.finish()
  expect(await lines(kept, root)).toEqual([
    '/d/ -1 1023',
    '/d/empty/ - -',
    '/d/\u00ff\u00fe 0  - -',
    '/l -> ../../etc/passwd 7 -',
    `/z 5 ${id(1)} 1700000000123456 420`,
  ])
})

test('the order in which siblings come does not matter', async () => {
  const names = fc.uniqueArray(
    fc
      .uint8Array({ minLength: 1, maxLength: 6 })
      .map((name) =>
        new Uint8Array(name.map((byte) => byte || 1)).map((byte) => (byte === 0x2f || byte === 0x2e ? 0x30 : byte)),
      ),
    { selector: String, maxLength: 30 },
  )
  await fc.assert(
    fc.asyncProperty(names, async (list) => {
      const build = async (order: readonly Bytes[]) => {
        const tree = builderOver(new Kept())
        for (const name of order) await tree.file(name, 0, [])
        return tree.finish()
      }
      expect(await build(list.toSorted(compareNames))).toEqual(await build(list))
    }),
  )
})

test('one new file among 100,000 sends little', async () => {
  const kept = new Kept()
  const build = async (files: number) => {
    const tree = builderOver(kept)
    for (let i = 0; i < files; i++) {
      const name = utf8(`IMG_${String((i * 7919) % 100_003).padStart(6, '0')}.jpg`)
      await tree.file(name, 1024, [id(i)], { modifiedMicros: 1_700_000_000_000_000 + i, mode: 0o644 })
    }
    return tree.finish()
  }
  const root = await build(100_000)
  const whole = kept.newBytes
  kept.newBytes = 0
  await build(100_001)
  expect(kept.newBytes).toBeLessThan(whole / 10)
  expect(await all(root, kept.read)).toHaveLength(100_000)
}, 60_000)

test('a file of many chunks has its list in chunks, and gives the same ids', async () => {
  for (const count of [0, 1, 4096, 4097, 20_000]) {
    const kept = new Kept()
    const ids = Array.from({ length: count }, (_, i) => id(i))
    const tree = builderOver(kept)
    await tree.file(utf8('disk.img'), count * 192 * KiB, ids)
    const [entry] = await all(await tree.finish(), kept.read)
    if (entry?.kind !== 'file') throw new Error('not a file')
    expect(entry.indirect).toBe(count > 4096)
    expect(entry.ids.length).toBeLessThanOrEqual(4096 * 32)
    const read: ChunkId[] = []
    for await (const chunk of fileChunks(entry, kept.read)) read.push(chunk)
    expect(read).toEqual(ids)
  }
})

test('what is no walk is refused', async () => {
  const tree = () => builderOver(new Kept())
  for (const name of ['', '.', '..', 'a/b', '/', 'a\0']) {
    await expect(tree().file(utf8(name), 0, [])).rejects.toMatchObject({ code: 'malformed' })
    expect(() => tree().symlink(utf8(name), utf8('x'))).toThrow()
  }
  await expect(tree().leave()).rejects.toMatchObject({ code: 'internal' })
  const open = tree()
  open.enter(utf8('d'))
  await expect(open.finish()).rejects.toMatchObject({ code: 'internal' })
  const twice = tree()
  await twice.file(utf8('a'), 0, [])
  twice.symlink(utf8('a'), utf8('x'))
  await expect(twice.finish()).rejects.toMatchObject({ code: 'malformed' })
  const deep = tree()
  for (let depth = 0; depth < MAX_TREE_DEPTH; depth++) deep.enter(utf8('d'))
  expect(() => deep.enter(utf8('d'))).toThrow(expect.objectContaining({ code: 'limit-exceeded' }) as Error)
})

describe('a node is refused', () => {
  const file = (n: string, more: object = {}) => ({ t: 'f', n: utf8(n), s: 0, c: new Uint8Array(0), ...more })
  const node = (...entries: WireValue[]) => ({ v: 1, entries })
  const cases: readonly (readonly [string, WireValue])[] = [
    ['of another version', { v: 2, entries: [] }],
    ['with a name that climbs', node(file('..'))],
    ['with a name that is a path', node(file('../x'))],
    ['with an absolute name', node(file('/etc/passwd'))],
    ['with a name of nothing', node(file(''))],
    ['with a name that is its directory', node(file('.'))],
    ['with NUL in a name', node(file('a\0b'))],
    ['with a text for a name', node({ ...file('a'), n: 'a' })],
    ['with a name of 4 KiB and one', node(file('a'.repeat(4097)))],
    ['with the same name twice', node(file('a'), file('a'))],
    ['with names out of order', node(file('b'), file('a'))],
    ['with an unknown type', node({ ...file('a'), t: 'x' })],
    ['with an unknown field', node(file('a', { x: 1 }))],
    ['with a negative size', node(file('a', { s: -1, c: noise(32) }))],
    ['with a size and no chunks', node(file('a', { s: 1 }))],
    ['with chunks and no size', node(file('a', { c: noise(32) }))],
    ['with half an id', node(file('a', { s: 1, c: noise(33) }))],
    ['with a mode of more than twelve bits', node(file('a', { p: 0o10000 }))],
    ['with a link that has a size', node({ t: 'l', n: utf8('a'), l: utf8('b'), s: 1 })],
  ]
  test.each(cases)('%s', async (_, value) => {
    await expect(entriesOf(encode(value))).rejects.toMatchObject({ code: 'malformed' })
  })

  test('with any bytes at all', async () => {
    const whole = encode(node(file('a'), file('b')))
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(3), async (at, byte, cut) => {
        const touched = whole.with(at, byte).subarray(0, whole.length - cut)
        const outcome = await entriesOf(touched).then(
          (entries) => entries.length,
          (thrown: unknown) => (thrown as { code: string }).code,
        )
        expect([2, 'malformed', 'limit-exceeded']).toContain(outcome)
      }),
      { numRuns: 2000 },
    )
  })

  test('that says it has 2^32 − 1 entries, or more than follow', async () => {
    const head = encode(node()).subarray(0, -1)
    const counted = (...count: number[]) => entriesOf(concat(head, Uint8Array.of(...count)))
    await expect(counted(0x9a, 0xff, 0xff, 0xff, 0xff)).rejects.toMatchObject({ code: 'limit-exceeded' })
    await expect(counted(0x9b, 0, 0, 0, 1, 0, 0, 0, 0)).rejects.toMatchObject({ code: 'malformed' })
    await expect(counted(0x98, 1)).rejects.toMatchObject({ code: 'malformed' })
    await expect(counted(0x9f)).rejects.toMatchObject({ code: 'malformed' })
    await expect(counted(0x81)).rejects.toMatchObject({ code: 'malformed' })
    await expect(counted(0x80, 0)).rejects.toMatchObject({ code: 'malformed' })
  })
})

test('a node is the canonical encoding of its value, however many entries it has', async () => {
  for (const count of [0, 1, 23, 24, 255, 256, 65_535, 65_536]) {
    const kept = new Kept()
    const tree = builderOver(kept)
    const names = Array.from({ length: count }, (_, i) => utf8(String(i).padStart(5, '0')))
    for (const name of names) await tree.file(name, 0, [])
    const parts = await Promise.all(chunkIdsIn(await tree.finish()).map(kept.read))
    const value = { v: 1, entries: names.map((n) => ({ t: 'f', n, s: 0, c: new Uint8Array(0) })) }
    expect(Buffer.compare(concat(...parts), encode(value))).toBe(0)
  }
})

test('entries are read from pieces of any size', async () => {
  const kept = new Kept()
  const tree = builderOver(kept)
  const ids = Array.from({ length: 4096 }, (_, i) => id(i))
  for (const [i, count] of [1, 4096, 7, 300, 2, 4096, 1].entries()) {
    await tree.file(utf8(`f${i}`), count, ids.slice(0, count))
  }
  const node = concat(...(await Promise.all(chunkIdsIn(await tree.finish()).map(kept.read))))
  const digest = async (...pieces: Bytes[]) =>
    (await entriesOf(...pieces)).map((entry) => [
      entry.name.join(),
      entry.kind === 'file' && chunkIdsIn(entry.ids).length,
    ])
  const whole = await digest(node)
  expect(whole.map(([, count]) => count)).toEqual([1, 4096, 7, 300, 2, 4096, 1])
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 3000, max: 200_000 }), { minLength: 1 }), async (steps) => {
      const pieces: Bytes[] = []
      for (let at = 0; at < node.length; at += pieces.at(-1)?.length ?? 0) {
        pieces.push(node.slice(at, at + (steps[pieces.length % steps.length] ?? 1)))
      }
      expect(await digest(...pieces)).toEqual(whole)
    }),
    { numRuns: 20 },
  )
})

/** The entries of a node that comes in these pieces. */
function entriesOf(...pieces: Bytes[]): Promise<TreeEntry[]> {
  const rest = pieces.toReversed()
  return all(new Uint8Array(32 * pieces.length), () => Promise.resolve(rest.pop() ?? new Uint8Array(0)))
}
