/** Builds the snapshot that `snapshot.json` freezes: every kind of chunk and entry, in packs for two data shards. */
import { concat, toHex, utf8, type Bytes } from '../../src/core/bytes.ts'
import { sha256 } from '../../src/core/crypto.ts'
import { idOf, parsePackId, parseSnapshotId, type ChunkId, type PackId } from '../../src/core/ids.ts'
import { dailyKeys, dailySecret } from '../../src/identity/keys.ts'
import { encodeSegment } from '../../src/snapshot/chunk-index.ts'
import { chunksOf, evenPieces } from '../../src/snapshot/chunker.ts'
import { encodeManifest } from '../../src/snapshot/manifest.ts'
import { PackBuilder } from '../../src/snapshot/pack.ts'
import { sealChunk, type ChunkKind } from '../../src/snapshot/seal.ts'
import { TreeBuilder } from '../../src/snapshot/tree.ts'

/** Key epoch 0 of the root secret 00 01 … 1f. */
export const keys = await dailyKeys(
  await dailySecret(
    Uint8Array.from({ length: 32 }, (_, i) => i),
    0,
  ),
  0,
)

/** Highest byte of each state of xorshift32 (13, 17, 5) from `seed`: bytes that no compressor shrinks. */
export function noise(length: number, seed: number): Bytes {
  let state = seed
  return Uint8Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 24
  })
}

/** Lengths of the chunks of 3,000,000 bytes of noise. */
const chunkLengths = (): number[] => Array.from(chunksOf(keys.gear, noise(3_000_000, 1)), ({ length }) => length)

/** A chunk of two segments, too long to stand in a file. */
async function longChunk() {
  const { id, method, storedLength, hash, sealed } = await sealChunk(keys, 'file', noise(300_000, 2))
  return { id, method, storedLength, hash: toHex(hash), sealedSha256: toHex(await sha256(sealed)) }
}

const text = utf8('Keeptab keeps. '.repeat(40))

/** Packs have the SHA-256 of their bytes for an id here; in the field it is that of their signed record. */
async function packOf(chunks: readonly (readonly [ChunkKind, Bytes])[]) {
  const builder = new PackBuilder(2)
  for (const [kind, plain] of chunks) builder.add(await sealChunk(keys, kind, plain))
  const { bytes, chunks: ids } = await builder.finish(keys)
  return { pack: idOf(parsePackId, await sha256(bytes)), bytes, chunks: ids }
}

async function tinySnapshot() {
  const kept: [ChunkKind, Bytes][] = []
  const put = async (kind: ChunkKind, plain: Bytes): Promise<ChunkId> => {
    kept.push([kind, plain])
    return (await sealChunk(keys, kind, plain)).id
  }
  const tree = new TreeBuilder(keys.gear, (plain) => put('tree', plain))
  await tree.file(utf8('a.txt'), text.length, [await put('file', text)], {
    modifiedMicros: 1_700_000_000_123_456,
    mode: 0o644,
  })
  tree.enter(utf8('empty'), { mode: 0o755 })
  await tree.leave()
  tree.symlink(utf8('link'), utf8('../a.txt'), { modifiedMicros: -1 })
  await tree.file(Uint8Array.of(0xff, 0x25), 0, [])
  const root = await tree.finish()

  const data = await packOf(kept)
  const segment = encodeSegment([{ pack: data.pack, chunks: data.chunks }])
  const index = await packOf(evenPieces(segment).map((plain) => ['index', plain]))
  const manifest = encodeManifest({
    snapshot: idOf(parseSnapshotId, new Uint8Array(16).fill(7)),
    createdAt: 1_790_000_000_000,
    epoch: 0,
    sources: [
      { name: 'tiny', way: 'path', root, files: 2, directories: 1, symlinks: 1, leftOut: 0, bytes: text.length },
    ],
    packs: [data.pack, index.pack],
    indexes: [{ chunks: data.chunks.length, pieces: index.chunks.map((chunk) => ({ chunk, pack: index.pack })) }],
    history: [],
  })
  const head = await packOf(evenPieces(manifest).map((plain) => ['manifest', plain]))
  const shown = ({ pack, bytes, chunks }: { pack: PackId; bytes: Bytes; chunks: readonly ChunkId[] }) => ({
    pack,
    bytes: toHex(bytes),
    chunks,
  })
  return {
    root: toHex(root),
    nodes: kept.filter(([kind]) => kind === 'tree').map(([, plain]) => toHex(plain)),
    segment: toHex(segment),
    manifest: toHex(manifest),
    packs: { data: shown(data), index: shown(index), manifest: shown(head) },
  }
}

/** All that is frozen. */
export const vectors = async () => ({
  about:
    'Root secret 00 01 … 1f, key epoch 0. Bytes in hexadecimal. What the values are: docs/format.md and tiny-snapshot.ts.',
  gear: toHex(keys.gear),
  chunkLengths: chunkLengths(),
  longChunk: await longChunk(),
  text: new TextDecoder().decode(concat(text)),
  snapshot: await tinySnapshot(),
})
