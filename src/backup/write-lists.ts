/** Lists go into packs as everything else does: which chunk is where (index segments), and what a snapshot is (manifests). */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { ChunkId, PackId } from '../core/ids.ts'
import { absorbed, encodeSegment, inSegments, type PackContents } from '../snapshot/chunk-index.ts'
import { evenPieces } from '../snapshot/chunker.ts'
import type { IndexReference } from '../snapshot/manifest.ts'
import { sealChunk, type SealKeys } from '../snapshot/seal.ts'
import type { PackWriter } from './pack-writer.ts'

const chunksIn = (packs: readonly PackContents[]): number => packs.reduce((sum, { chunks }) => sum + chunks.length, 0)

/** The last segments of an index, which the one for these packs takes in. */
export const takenIn = (indexes: readonly IndexReference[], contents: readonly PackContents[]): IndexReference[] =>
  indexes.slice(
    indexes.length -
      absorbed(
        indexes.map(({ chunks }) => chunks),
        chunksIn(contents),
      ),
  )

/**
 * Writes segments that say what these packs hold.
 * @param onPiece hears of each piece, before it is with keepers
 */
export async function writeSegments(
  keys: SealKeys,
  writer: PackWriter,
  packs: readonly PackContents[],
  onPiece: (id: ChunkId, plain: Bytes) => Promise<void>,
): Promise<IndexReference[]> {
  const written: IndexReference[] = []
  for (const segment of inSegments(packs)) {
    const ids: ChunkId[] = []
    const before = writer.written.length // a long segment fills packs while it is added
    for (const plain of evenPieces(encodeSegment(segment))) {
      const piece = await sealChunk(keys, 'index', plain)
      ids.push(piece.id)
      await writer.add([piece])
      await onPiece(piece.id, plain)
    }
    await writer.finish()
    const places = new Map(
      writer.written.slice(before).flatMap(({ pack, chunks }) => chunks.map((chunk) => [chunk, pack])),
    )
    const pieces = ids.map((chunk) => ({ chunk, pack: known(places.get(chunk)) }))
    written.push({ chunks: chunksIn(segment), pieces })
  }
  return written
}

/** Writes a manifest. @param bytes as `encodeManifest` gives them. @returns the packs that hold it */
export async function writeManifest(keys: SealKeys, writer: PackWriter, bytes: Bytes): Promise<readonly PackId[]> {
  const before = writer.written.length
  for (const plain of evenPieces(bytes)) await writer.add([await sealChunk(keys, 'manifest', plain)])
  await writer.finish()
  return writer.written.slice(before).map(({ pack }) => pack)
}

function known(pack: PackId | undefined): PackId {
  if (pack === undefined) throw new KeeptabError('internal', 'An index was not written.')
  return pack
}
