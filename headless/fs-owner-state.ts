/**
 * What an owner's device remembers, as plain files.
 *
 *   chunks                       which pack holds which chunk (`chunk-log`)
 *   journal/<number>-<pack>      u32 length ‖ header (CBOR) ‖ the sealed pack; numbers of 8 digits grow with age
 *   heads/<device>               the signed head, replaced as a whole
 */
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { concat, own, u32, type Bytes } from '../src/core/bytes.ts'
import { codeOf } from '../src/core/errors.ts'
import { idBytes, idOf, parseChunkId, parseGroupId, parsePackId, type ChunkId, type PackId } from '../src/core/ids.ts'
import { fixedBytes, someBytes } from '../src/core/signed.ts'
import { MiB } from '../src/core/units.ts'
import { decode, encode } from '../src/core/wire.ts'
import type { JournaledPack, OwnerState } from '../src/store/owner-state.ts'
import { ChunkLog } from './chunk-log.ts'
import { makeDirectory, namesIn, readIfThere, removeFile, tidyNamesIn, writeDurably } from './durable-files.ts'
import { Turns } from './turns.ts'

const headerSchema = z.strictObject({
  v: z.literal(1),
  pack: fixedBytes(32),
  record: someBytes(MiB),
  group: fixedBytes(16),
  chunks: someBytes(32 * MiB),
  sourceBytes: z.int().min(0),
  packBytes: z.int().min(0),
  /** CRC-32 of the sealed pack: one that has rotted would be refused by every keeper, for ever. */
  sum: z.int().min(0),
})

/**
 * Opens an owner's state, made if it is not there; leftovers of a kill are removed.
 * @throws KeeptabError `store-failed`, or `unsupported-version` when a newer Keeptab has written here
 */
export async function openFsOwnerState(directory: string): Promise<OwnerState> {
  const [journal, heads] = [join(directory, 'journal'), join(directory, 'heads')]
  await Promise.all([journal, heads].map(makeDirectory))
  await Promise.all([directory, heads].map(tidyNamesIn))
  const names = (await tidyNamesIn(journal)).filter((name) => /^[0-9]{8}-[0-9a-f]{64}$/.test(name)).sort()
  const state = new FsOwnerState(directory, await ChunkLog.open(join(directory, 'chunks')), names)
  await state.learnJournaled()
  return state
}

class FsOwnerState implements OwnerState {
  readonly #directory: string
  readonly #log: ChunkLog
  /** Names of the journal's files by pack, oldest first. */
  readonly #journal: Map<PackId, string>
  #nextNumber: number
  readonly #turns = new Turns()

  constructor(directory: string, log: ChunkLog, journalNames: readonly string[]) {
    this.#directory = directory
    this.#log = log
    this.#journal = new Map(journalNames.map((name) => [parsePackId(name.slice(9)), name]))
    this.#nextNumber = Number(journalNames.at(-1)?.slice(0, 8) ?? 0) + 1
  }

  /** Ends the step that a kill between the two writes of `journal` has left open. */
  async learnJournaled(): Promise<void> {
    for (const [id, name] of this.#journal) {
      if (this.#log.knows(id)) continue
      const pack = await this.#read(id, name)
      if (pack !== undefined) await this.#log.learn(id, pack.chunks)
    }
  }

  packsOf(chunks: readonly ChunkId[]): Promise<(PackId | undefined)[]> {
    return Promise.resolve(chunks.map((chunk) => this.#log.get(chunk)))
  }

  journal(pack: JournaledPack): Promise<void> {
    return this.#turns.take(pack.id, async () => {
      const name = this.#journal.get(pack.id) ?? `${String(this.#nextNumber++).padStart(8, '0')}-${pack.id}`
      await writeDurably(this.#journalPath(name), ...partsOf(pack))
      this.#journal.set(pack.id, name)
      await this.#log.learn(pack.id, pack.chunks)
    })
  }

  async journaled(): Promise<JournaledPack[]> {
    const packs: JournaledPack[] = []
    const oldestFirst = [...this.#journal].sort(([, a], [, b]) => (a < b ? -1 : 1))
    for (const [id, name] of oldestFirst) {
      const pack = await this.#read(id, name)
      if (pack !== undefined) packs.push(pack)
    }
    return packs
  }

  committed(pack: PackId): Promise<void> {
    return this.#turns.take(pack, () => this.#leaveJournal(pack))
  }

  learn(pack: PackId, chunks: readonly ChunkId[]): Promise<void> {
    return this.#log.learn(pack, chunks)
  }

  forget(pack: PackId): Promise<void> {
    return this.#turns.take(pack, async () => {
      // The journal first: a journaled pack that the log does not know is learned again at the next start.
      await this.#leaveJournal(pack)
      await this.#log.forget(pack)
    })
  }

  async pinnedHeads(): Promise<Bytes[]> {
    const names = await namesIn(join(this.#directory, 'heads'))
    const heads = await Promise.all(names.map((name) => readIfThere(join(this.#directory, 'heads', name))))
    return heads.filter((head) => head !== undefined)
  }

  pinHead(device: string, signed: Bytes): Promise<void> {
    const path = join(this.#directory, 'heads', encodeURIComponent(device))
    return this.#turns.take(path, () => writeDurably(path, signed))
  }

  close(): Promise<void> {
    return this.#log.close()
  }

  async #leaveJournal(pack: PackId): Promise<void> {
    const name = this.#journal.get(pack)
    if (name === undefined) return
    await removeFile(this.#journalPath(name))
    this.#journal.delete(pack)
  }

  /** A journaled pack; a damaged one is forgotten, so that its chunks are packed again. */
  async #read(id: PackId, name: string): Promise<JournaledPack | undefined> {
    const bytes = await readIfThere(this.#journalPath(name))
    const pack = bytes && packOf(bytes)
    if (pack?.id === id) return pack
    if (this.#journal.get(id) === name) await this.forget(id)
    return undefined
  }

  #journalPath(name: string): string {
    return join(this.#directory, 'journal', name)
  }
}

function partsOf(pack: JournaledPack): Bytes[] {
  const header = encode({
    v: 1,
    pack: idBytes(pack.id),
    record: pack.record,
    group: idBytes(pack.group),
    chunks: concat(...pack.chunks.map(idBytes)),
    sourceBytes: pack.sourceBytes,
    packBytes: pack.pack.length,
    sum: crc32(pack.pack),
  })
  return [u32(header.length), header, pack.pack]
}

/** What a journal file holds, or `undefined` when it is damaged. */
function packOf(bytes: Bytes): JournaledPack | undefined {
  if (bytes.length < 4) return undefined
  const end = 4 + new DataView(bytes.buffer).getUint32(0)
  try {
    const header = decode(headerSchema, bytes.subarray(4, end))
    const pack = own(bytes.subarray(end))
    if (pack.length !== header.packBytes || crc32(pack) !== header.sum) return undefined
    return {
      id: idOf(parsePackId, header.pack),
      record: header.record,
      pack,
      group: idOf(parseGroupId, header.group),
      chunks: Array.from({ length: header.chunks.length / 32 }, (_, i) =>
        idOf(parseChunkId, header.chunks.subarray(32 * i, 32 * i + 32)),
      ),
      sourceBytes: header.sourceBytes,
    }
  } catch (thrown) {
    if (codeOf(thrown) === 'malformed') return undefined
    throw thrown
  }
}
