/** Frozen: whoever backed up with this version reads it back for ever. An independent reader in Python was run over them. */
import { expect, test } from 'vitest'
import { concat, fromHex, utf8, type Bytes } from '../../src/core/bytes.ts'
import type { ChunkId, PackId } from '../../src/core/ids.ts'
import { parseSegment } from '../../src/snapshot/chunk-index.ts'
import { chunkIdsIn } from '../../src/snapshot/id-list.ts'
import { parseManifest } from '../../src/snapshot/manifest.ts'
import { openPack, readChunk } from '../../src/snapshot/pack.ts'
import type { ChunkKind } from '../../src/snapshot/seal.ts'
import type { TreeEntry } from '../../src/snapshot/tree-entry.ts'
import { fileChunks, readTree } from '../../src/snapshot/tree.ts'
import frozen from './snapshot.json' with { type: 'json' }
import { keys, vectors } from './tiny-snapshot.ts'

const packs = new Map(Object.values(frozen.snapshot.packs).map(({ pack, bytes }) => [pack as PackId, fromBytes(bytes)]))

function fromBytes(hex: string): Bytes {
  return fromHex(hex, hex.length / 2) ?? new Uint8Array(0)
}

/** The plain chunks of one kind in a pack, by id, in its order. */
async function chunksIn(pack: PackId, kind: ChunkKind): Promise<Map<ChunkId, Bytes>> {
  const bytes = packs.get(pack) ?? new Uint8Array(0)
  const entries = (await openPack(keys, bytes)).filter((entry) => entry.kind === kind)
  const plains = await Promise.all(entries.map((entry) => readChunk(keys, bytes, entry)))
  return new Map(entries.map(({ id }, i) => [id, plains[i] ?? new Uint8Array(0)]))
}

test('the frozen snapshot is read back from its packs alone: manifest, index, tree, file', async () => {
  const head = frozen.snapshot.packs.manifest.pack as PackId
  const manifest = parseManifest(concat(...(await chunksIn(head, 'manifest')).values()))
  expect(manifest.sources.map(({ name }) => name)).toEqual(['tiny'])

  const [segment] = manifest.indexes
  const index = new Map<ChunkId, PackId>()
  for (const { chunk, pack } of segment?.pieces ?? []) {
    const plain = (await chunksIn(pack, 'index')).get(chunk) ?? new Uint8Array(0)
    for (const contents of parseSegment(plain)) for (const id of contents.chunks) index.set(id, contents.pack)
  }
  const read = (kind: ChunkKind) => async (id: ChunkId) => {
    const pack = index.get(id)
    if (pack === undefined) throw new Error(`no pack has ${id}`)
    return (await chunksIn(pack, kind)).get(id) ?? new Uint8Array(0)
  }

  const entries: TreeEntry[] = []
  const root = manifest.sources[0]?.root ?? new Uint8Array(0)
  for await (const entry of readTree(root, read('tree'))) entries.push(entry)
  expect(entries.map(({ kind, name, modifiedMicros, mode }) => [kind, [...name], modifiedMicros, mode])).toEqual([
    ['file', [...utf8('a.txt')], 1_700_000_000_123_456, 0o644],
    ['directory', [...utf8('empty')], undefined, 0o755],
    ['symlink', [...utf8('link')], -1, undefined],
    ['file', [0xff, 0x25], undefined, undefined],
  ])
  const [file] = entries
  if (file?.kind !== 'file') throw new Error('the first entry is no file')
  const content: Bytes[] = []
  for await (const id of fileChunks(file, read('tree'))) content.push(await read('file')(id))
  expect(concat(...content)).toEqual(utf8(frozen.text))
  expect(chunkIdsIn(file.ids)).toEqual([...index.keys()].slice(0, 1))
})

test('the same files make the frozen bytes again', async () => {
  expect(await vectors()).toEqual(frozen)
})
