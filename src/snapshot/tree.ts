/**
 * Making and reading the directories of a snapshot. The bytes of a node (tree-entry.ts) are cut by the chunker of file
 * contents and kept as chunks of kind `tree`, so that one new file in a directory of 100,000 sends little.
 * A file of more than 4,096 chunks has `i: true`: its `c` names chunks of kind `tree` whose bytes together, cut by the
 * same chunker, are the list of its chunk ids.
 */
import { concat, type Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { ChunkId } from '../core/ids.ts'
import type { ByteCount } from '../core/units.ts'
import { Chunker } from './chunker.ts'
import { chunkIdsIn, joinIds } from './id-list.ts'
import { MAX_ENTRY_IDS, NodeReader, NodeWriter, type EntryMeta, type FileEntry, type TreeEntry } from './tree-entry.ts'

/** Most directories inside one another. */
export const MAX_TREE_DEPTH = 1024
/** Chunks of a long directory that are read ahead of the one that is decoded. */
const CHUNKS_AHEAD = 3

/** Fetches one chunk of kind `tree`, opened and verified. */
export type ReadChunk = (id: ChunkId) => Promise<Bytes>

/**
 * The entries of the directory whose node has these chunks, in the order of their names.
 * @param ids `DirectoryEntry.ids`, or the root of a source
 * @throws KeeptabError `malformed`, `limit-exceeded`, or what `read` throws; entries that came before are sound
 */
export async function* readTree(ids: Bytes, read: ReadChunk): AsyncGenerator<TreeEntry, void, undefined> {
  const node = new NodeReader()
  for await (const bytes of treeChunks(ids, read)) yield* node.push(bytes)
  yield* node.finish()
}

/** The chunks of a node in their order, the next few on their way while one is looked at. @throws what `read` throws */
export async function* treeChunks(ids: Bytes, read: ReadChunk): AsyncGenerator<Bytes, void, undefined> {
  const underWay: Promise<Bytes>[] = []
  for (const id of chunkIdsIn(ids)) {
    const bytes = read(id)
    bytes.catch(() => undefined) // told when it is its turn
    underWay.push(bytes)
    const next = underWay.length > CHUNKS_AHEAD ? underWay.shift() : undefined
    if (next !== undefined) yield await next
  }
  for (const bytes of underWay) yield await bytes
}

/**
 * The chunks of a file, in order. Their plain lengths must add up to `sizeBytes`: the reader's to check.
 * @throws KeeptabError `malformed` for a list that is cut off, or what `read` throws
 */
export async function* fileChunks(file: FileEntry, read: ReadChunk): AsyncGenerator<ChunkId, void, undefined> {
  if (!file.indirect) {
    yield* chunkIdsIn(file.ids)
    return
  }
  let rest: Bytes = new Uint8Array(0)
  for (const id of chunkIdsIn(file.ids)) {
    const list = concat(rest, await read(id))
    const whole = list.length - (list.length % 32)
    yield* chunkIdsIn(list.subarray(0, whole))
    rest = list.slice(whole)
  }
  if (rest.length > 0) throw new KeeptabError('malformed', 'A list of chunks is cut off.')
}

/**
 * Makes the nodes of one source bottom-up out of a depth-first walk. Holds the encoded entries of the directories that
 * are open and nothing else. Siblings may come in any order.
 */
export class TreeBuilder {
  readonly #gear: Bytes
  readonly #put: (plain: Bytes) => Promise<ChunkId>
  readonly #open: OpenDirectory[] = [{ node: new NodeWriter() }]

  /**
   * @param gear `DailyKeys.gear`
   * @param put sees that a chunk of kind `tree` is kept, unless it is already, and returns its id
   */
  constructor(gear: Bytes, put: (plain: Bytes) => Promise<ChunkId>) {
    this.#gear = gear
    this.#put = put
  }

  /** @param chunks ids of its chunks in order, none for an empty file. @throws KeeptabError `malformed` for a name with a separator */
  async file(name: Bytes, sizeBytes: ByteCount, chunks: readonly ChunkId[], meta: EntryMeta = {}): Promise<void> {
    const list = joinIds(chunks)
    const indirect = chunks.length > MAX_ENTRY_IDS
    const ids = indirect ? await this.#keep([list]) : list
    // Last, because `meta` may be a whole entry of the scan, whose size is that of before it was read.
    this.#node.add({ ...meta, kind: 'file', name, sizeBytes, ids, indirect })
  }

  symlink(name: Bytes, target: Bytes, meta: EntryMeta = {}): void {
    this.#node.add({ ...meta, kind: 'symlink', name, target })
  }

  /** What comes until `leave` lies in this directory. @throws KeeptabError `limit-exceeded` at depth 1,024 */
  enter(name: Bytes, meta: EntryMeta = {}): void {
    if (this.#open.length > MAX_TREE_DEPTH) throw new KeeptabError('limit-exceeded', 'Directories are nested too deep.')
    this.#open.push({ name, meta, node: new NodeWriter() })
  }

  async leave(): Promise<void> {
    const left = this.#open.pop()
    if (left?.name === undefined) throw new KeeptabError('internal', 'A directory was left that was not entered.')
    const ids = await this.#keep(left.node.finish())
    this.#node.add({ ...left.meta, kind: 'directory', name: left.name, ids })
  }

  /** Ids of the chunks of the root's node, one behind the other. The builder is used up. */
  async finish(): Promise<Bytes> {
    const root = this.#open.pop()
    if (root === undefined || this.#open.length > 0) throw new KeeptabError('internal', 'A directory was not left.')
    return this.#keep(root.node.finish())
  }

  get #node(): NodeWriter {
    const directory = this.#open.at(-1)
    if (directory === undefined) throw new KeeptabError('internal', 'The tree was finished.')
    return directory.node
  }

  async #keep(pieces: Iterable<Uint8Array>): Promise<Bytes> {
    const chunker = new Chunker(this.#gear)
    const ids: ChunkId[] = []
    for (const piece of pieces) {
      for (const chunk of chunker.push(piece)) ids.push(await this.#put(chunk))
    }
    const last = chunker.finish()
    if (last !== undefined) ids.push(await this.#put(last))
    if (ids.length > MAX_ENTRY_IDS) throw new KeeptabError('limit-exceeded', 'A file or directory is too long.')
    return joinIds(ids)
  }
}

interface OpenDirectory {
  readonly name?: Bytes
  readonly meta?: EntryMeta
  readonly node: NodeWriter
}
