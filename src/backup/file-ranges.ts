/** A kept file that can be read at any place: offset → chunk → pack, and of the packs only the chunks that are asked for. */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { ChunkId } from '../core/ids.ts'
import type { ByteCount } from '../core/units.ts'
import { MIN_CHUNK_BYTES } from '../snapshot/chunker.ts'
import { fileChunks, type ReadChunk } from '../snapshot/tree.ts'
import type { FileEntry } from '../snapshot/tree-entry.ts'

/** Gives chunks of files, and how long one is without fetching it. */
export interface ChunkSource {
  readonly chunk: ReadChunk
  readonly plainLength: (chunk: ChunkId) => Promise<ByteCount>
}

/** Chunks whose lengths are asked for ahead: each asks for the directory of a pack at most, and neighbours share one. */
const LENGTHS_AHEAD = 256
/** Chunks read ahead of the one that is given out, and chunks kept for whoever reads the same place again. */
const CHUNKS_AHEAD = 3
const CHUNKS_KEPT = 16

/**
 * The places where chunks begin are not written down anywhere. They follow from the lengths, which the directories of
 * the packs tell: counted from the beginning of the file or from its end, whichever is nearer.
 */
export class FileRanges {
  readonly sizeBytes: ByteCount
  readonly #source: ChunkSource
  readonly #chunks: Promise<readonly ChunkId[]>
  readonly #lengths: (Promise<ByteCount> | undefined)[] = []
  readonly #kept = new Map<number, Promise<Bytes>>()
  /** Where chunks begin, as far as it is known from either end. */
  readonly #starts: ByteCount[] = []
  #front = 0
  #back = 0
  #counting: Promise<unknown> = Promise.resolve()

  /** @param readTree reads chunks of kind `tree`, which hold the list of chunks of a very long file */
  constructor(entry: FileEntry, source: ChunkSource, readTree: ReadChunk) {
    this.sizeBytes = entry.sizeBytes
    this.#source = source
    this.#chunks = this.#listed(entry, readTree)
    this.#chunks.catch(() => undefined) // told to whoever reads
  }

  /**
   * The bytes from one offset up to another, in parts. Parts are views of what may be given out again: do not write into them.
   * @throws KeeptabError `malformed` when chunks and length of the file do not agree, and as reading a chunk does
   */
  async *bytes(from: ByteCount, to: ByteCount): AsyncGenerator<Bytes, void, undefined> {
    if (from >= to) return
    if (from < 0 || to > this.sizeBytes) throw new KeeptabError('internal', 'A range is outside of its file.')
    const chunks = await this.#chunks
    let index = await this.#chunkAt(from)
    for (let start = this.#starts[index] ?? 0; start < to; index += 1) {
      for (let ahead = 1; ahead <= CHUNKS_AHEAD; ahead += 1) {
        const mayBeNeeded = start + ahead * MIN_CHUNK_BYTES < to
        if (mayBeNeeded && index + ahead < chunks.length) this.#chunk(chunks, index + ahead).catch(() => undefined)
      }
      const bytes = await this.#chunk(chunks, index)
      const end = start + bytes.length
      if (end > this.sizeBytes) throw lengthsDiffer()
      yield bytes.subarray(Math.max(0, from - start), Math.min(bytes.length, to - start))
      start = end
      if (start < to && index + 1 >= chunks.length) throw lengthsDiffer()
    }
  }

  async #listed(entry: FileEntry, readTree: ReadChunk): Promise<readonly ChunkId[]> {
    const chunks: ChunkId[] = []
    for await (const chunk of fileChunks(entry, readTree)) chunks.push(chunk)
    this.#starts[0] = 0
    this.#starts[chunks.length] = this.sizeBytes
    this.#back = chunks.length
    return chunks
  }

  #chunk(chunks: readonly ChunkId[], index: number): Promise<Bytes> {
    const id = chunks[index]
    if (id === undefined) return Promise.reject(lengthsDiffer())
    const found = this.#kept.get(index) ?? this.#source.chunk(id)
    this.#kept.delete(index)
    this.#kept.set(index, found)
    found.catch(() => this.#kept.delete(index))
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= CHUNKS_KEPT) break
      this.#kept.delete(oldest)
    }
    return found
  }

  /** The chunk that an offset lies in; where it begins is known then. */
  #chunkAt(offset: ByteCount): Promise<number> {
    const counted = this.#counting.then(() => this.#countTo(offset))
    this.#counting = counted.catch(() => undefined)
    return counted
  }

  async #countTo(offset: ByteCount): Promise<number> {
    const chunks = await this.#chunks
    const frontEnd = () => this.#starts[this.#front] ?? 0
    const backStart = () => this.#starts[this.#back] ?? 0
    while (offset >= frontEnd() && offset < backStart()) {
      if (this.#front === this.#back) throw lengthsDiffer()
      if (offset - frontEnd() <= backStart() - offset) {
        const start = frontEnd() + (await this.#lengthAt(chunks, this.#front, 1))
        this.#meet(this.#front + 1, start)
        this.#front += 1
      } else {
        const start = backStart() - (await this.#lengthAt(chunks, this.#back - 1, -1))
        this.#meet(this.#back - 1, start)
        this.#back -= 1
      }
    }
    let [low, high] = offset < frontEnd() ? [0, this.#front] : [this.#back, chunks.length]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low
  }

  /** Notes where a chunk begins; where both counts meet they must agree. */
  #meet(index: number, start: ByteCount): void {
    const known = this.#starts[index]
    if ((known !== undefined && known !== start) || start < 0 || start > this.sizeBytes) throw lengthsDiffer()
    this.#starts[index] = start
  }

  #lengthAt(chunks: readonly ChunkId[], index: number, direction: 1 | -1): Promise<ByteCount> {
    for (let step = 0; step < LENGTHS_AHEAD; step += 1) {
      const at = index + step * direction
      const id = chunks[at]
      if (id === undefined || (step > 0 && this.#lengths[at] !== undefined)) break
      if (this.#lengths[at] !== undefined) continue
      const length = this.#source.plainLength(id)
      // Told to whoever needs it, and tried again for whoever is next.
      length.catch(() => {
        this.#lengths[at] = undefined
      })
      this.#lengths[at] = length
    }
    return this.#lengths[index] ?? Promise.reject(lengthsDiffer())
  }
}

const lengthsDiffer = () => new KeeptabError('malformed', 'A file has another length than was recorded.')
