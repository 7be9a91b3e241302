/**
 * Chunks of trees and indexes in plain form, so that the next backup need not ask keepers for them. Files of a folder,
 * named by rising numbers, each a row of id (32) ‖ u32 length ‖ bytes. Whoever reads a chunk checks it against its id.
 */
import { join } from 'node:path'
import { concat, u32, type Bytes } from '../src/core/bytes.ts'
import { idBytes, idOf, parseChunkId, type ChunkId } from '../src/core/ids.ts'
import type { OnLeaving } from '../src/store/owner-state.ts'
import { makeDirectory, readIfThere, removeFile, tidyNamesIn, writeDurably } from './durable-files.ts'
import { Turns } from './turns.ts'

const HEAD_BYTES = 36

export class ChunksAtHand {
  readonly #directory: string
  readonly #turns = new Turns()
  /** The chunks of each file; read when the first is asked for. */
  #files: Map<string, Set<ChunkId>> | undefined
  /** The file that was read last, as chunks are asked for in the order in which they were laid down. */
  #open: { name: string; chunks: Map<ChunkId, Bytes> } | undefined

  /** @param directory made when something is laid there */
  constructor(directory: string) {
    this.#directory = directory
  }

  lay(chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void> {
    return this.#turn(async (files) => {
      if (chunks.size > 0) await this.#write(files, chunks)
    })
  }

  read(chunk: ChunkId): Promise<Bytes | undefined> {
    return this.#turn(async (files) => {
      if (this.#open?.chunks.has(chunk) !== true) {
        const name = [...files].findLast(([, chunks]) => chunks.has(chunk))?.[0]
        if (name === undefined) return undefined
        this.#open = { name, chunks: await this.#chunksIn(name) }
      }
      return this.#open.chunks.get(chunk)?.slice()
    })
  }

  /** Files of which more than half is wanted stay as they are, so that little is written again. Of two copies the later stays. */
  keepOnly(wanted: ReadonlySet<ChunkId>, onLeaving?: OnLeaving): Promise<void> {
    return this.#turn(async (files) => {
      const sought = new Set(wanted)
      for (const [name, chunks] of [...files].reverse()) {
        const stay = [...chunks].filter((chunk) => sought.delete(chunk))
        if (2 * stay.length > chunks.size) continue
        if (onLeaving !== undefined || stay.length > 0) {
          const all = await this.#chunksIn(name)
          await onLeaving?.(new Map([...all].filter(([id]) => !wanted.has(id))))
          if (stay.length > 0) {
            await this.#write(files, new Map(stay.map((chunk) => [chunk, all.get(chunk) ?? new Uint8Array(0)])))
          }
        }
        await removeFile(join(this.#directory, name))
        files.delete(name)
        if (this.#open?.name === name) this.#open = undefined
      }
    })
  }

  #turn<T>(work: (files: Map<string, Set<ChunkId>>) => Promise<T>): Promise<T> {
    return this.#turns.take('all', async () => work((this.#files ??= await this.#list())))
  }

  async #list(): Promise<Map<string, Set<ChunkId>>> {
    const files = new Map<string, Set<ChunkId>>()
    const names = (await tidyNamesIn(this.#directory)).filter((name) => /^[0-9]{8}$/.test(name)).sort()
    for (const name of names) files.set(name, new Set((await this.#chunksIn(name)).keys()))
    return files
  }

  async #write(files: Map<string, Set<ChunkId>>, chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void> {
    const name = String(Number([...files.keys()].at(-1) ?? 0) + 1).padStart(8, '0')
    await makeDirectory(this.#directory)
    const rows = [...chunks].map(([id, bytes]) => concat(idBytes(id), u32(bytes.length), bytes))
    await writeDurably(join(this.#directory, name), ...rows)
    files.set(name, new Set(chunks.keys()))
  }

  /** What is damaged ends the file: a convenience loses nothing that matters. */
  async #chunksIn(name: string): Promise<Map<ChunkId, Bytes>> {
    const bytes = (await readIfThere(join(this.#directory, name))) ?? new Uint8Array(0)
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const chunks = new Map<ChunkId, Bytes>()
    for (let at = 0; at + HEAD_BYTES <= bytes.length;) {
      const end = at + HEAD_BYTES + view.getUint32(at + 32)
      if (end > bytes.length) break
      chunks.set(idOf(parseChunkId, bytes.subarray(at, at + 32)), bytes.slice(at + HEAD_BYTES, end))
      at = end
    }
    return chunks
  }
}
