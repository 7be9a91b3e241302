/**
 * Which pack holds which chunk, as a file that only grows: "KTC" ‖ 0x01, then entries
 *
 *   u32 length of the body ‖ u32 CRC-32 of the body ‖ body = kind (1 B: 1 learned, 2 forgotten) ‖ pack (32 B) ‖ chunks (32 B each)
 *
 * An entry counts when it is whole and its sum is right. A power cut leaves at most the last one torn, which is cut off
 * at the next start. Damage further in could hide that a pack was forgotten, so then all of it is dropped: knowing
 * nothing costs sending again, or an index read from the keepers; believing wrongly costs the data.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { concat, equal, own, u32, utf8, type Bytes } from '../src/core/bytes.ts'
import { KeeptabError } from '../src/core/errors.ts'
import { idBytes, idOf, parsePackId, type ChunkId, type PackId } from '../src/core/ids.ts'
import { ChunkTable } from './chunk-table.ts'
import { diskError, readIfThere, writeDurably } from './durable-files.ts'
import { Turns } from './turns.ts'

const LEARNED = 1
const FORGOTTEN = 2
const MAGIC = utf8('KTC')
const VERSION = 1
const START = concat(MAGIC, Uint8Array.of(VERSION))
const PREFIX_BYTES = 8
const ID_BYTES = 32

export class ChunkLog {
  readonly #file: FileHandle
  readonly #table: ChunkTable
  readonly #turns = new Turns()
  /** Length of the sound part of the file. */
  #lengthBytes: number

  private constructor(file: FileHandle, table: ChunkTable, lengthBytes: number) {
    this.#file = file
    this.#table = table
    this.#lengthBytes = lengthBytes
  }

  /** @throws KeeptabError `store-failed`, or `unsupported-version` when a newer Keeptab has written here */
  static async open(path: string): Promise<ChunkLog> {
    const bytes = (await readIfThere(path)) ?? new Uint8Array(0)
    if (
      bytes.length >= START.length &&
      equal(bytes.subarray(0, MAGIC.length), MAGIC) &&
      bytes[MAGIC.length] !== VERSION
    ) {
      throw new KeeptabError('unsupported-version', undefined, { path })
    }
    const table = new ChunkTable()
    let soundBytes = equal(bytes.subarray(0, START.length), START) ? START.length : 0
    for (let body = bodyAt(bytes, soundBytes); body !== undefined; body = bodyAt(bytes, soundBytes)) {
      replay(table, body)
      soundBytes += PREFIX_BYTES + body.length
    }
    if (soundBytes === 0 || !isTorn(bytes.subarray(soundBytes))) {
      await writeDurably(path, START)
      return new ChunkLog(await open(path, 'r+'), new ChunkTable(), START.length)
    }
    const file = await open(path, 'r+').catch((thrown: unknown) => {
      throw diskError(thrown)
    })
    const log = new ChunkLog(file, table, soundBytes)
    if (soundBytes < bytes.length) await log.#cut()
    return log
  }

  /** The pack that holds a chunk, when one is known. */
  get(chunk: ChunkId): PackId | undefined {
    return this.#table.get(Buffer.from(chunk, 'hex'))
  }

  /** Whether this pack was noted since it was last forgotten. */
  knows(pack: PackId): boolean {
    return this.#table.knows(pack)
  }

  /** Notes a pack, for those of its chunks that no pack is known for. On the disk when it resolves. @throws KeeptabError `store-failed` */
  async learn(pack: PackId, chunks: readonly ChunkId[]): Promise<void> {
    await this.#turns.take('log', async () => {
      const news = chunks
        .map((chunk) => Buffer.from(chunk, 'hex'))
        .filter((chunk) => this.#table.get(chunk) === undefined)
      if (news.length === 0 && this.#table.knows(pack)) return
      await this.#append(LEARNED, pack, news)
      this.#table.meet(pack)
      for (const chunk of news) this.#table.add(pack, chunk)
    })
  }

  /** Makes the chunks of a pack unknown. On the disk when it resolves. @throws KeeptabError `store-failed` */
  async forget(pack: PackId): Promise<void> {
    await this.#turns.take('log', async () => {
      if (!this.#table.knows(pack)) return
      await this.#append(FORGOTTEN, pack, [])
      this.#table.forget(pack)
    })
  }

  async close(): Promise<void> {
    await this.#turns.take('log', () => this.#file.close())
  }

  async #append(kind: number, pack: PackId, chunks: readonly Uint8Array[]): Promise<void> {
    const body = concat(Uint8Array.of(kind), idBytes(pack), ...chunks)
    const entry = concat(u32(body.length), u32(crc32(body)), body)
    try {
      const { bytesWritten } = await this.#file.write(entry, 0, entry.length, this.#lengthBytes)
      if (bytesWritten !== entry.length) throw new KeeptabError('store-full')
      await this.#file.datasync()
      this.#lengthBytes += entry.length
    } catch (thrown) {
      // Half an entry in the middle would look like damage once the next one stands behind it.
      await this.#cut().catch(() => undefined)
      throw diskError(thrown)
    }
  }

  async #cut(): Promise<void> {
    await this.#file.truncate(this.#lengthBytes)
    await this.#file.sync()
  }
}

function replay(table: ChunkTable, body: Bytes): void {
  const pack = idOf(parsePackId, body.subarray(1, 1 + ID_BYTES))
  if (body[0] === FORGOTTEN) table.forget(pack)
  else table.meet(pack)
  for (let at = 1 + ID_BYTES; at < body.length; at += ID_BYTES) table.add(pack, body.subarray(at, at + ID_BYTES))
}

/** The body of the entry that begins at an offset, or `undefined` when there is no whole and sound one. */
function bodyAt(bytes: Bytes, offset: number): Bytes | undefined {
  if (offset < START.length || offset + PREFIX_BYTES > bytes.length) return undefined
  const view = new DataView(bytes.buffer)
  const end = offset + PREFIX_BYTES + view.getUint32(offset)
  if (end > bytes.length) return undefined
  const body = bytes.subarray(offset + PREFIX_BYTES, end)
  return body.length > ID_BYTES && crc32(body) === view.getUint32(offset + 4) ? own(body) : undefined
}

/** Whether what follows the last sound entry can be one torn entry, and not damage with good entries behind it. */
function isTorn(rest: Bytes): boolean {
  if (rest.length < PREFIX_BYTES || rest.every((byte) => byte === 0)) return true
  return PREFIX_BYTES + new DataView(rest.buffer, rest.byteOffset).getUint32(0) >= rest.length
}
