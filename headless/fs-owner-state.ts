/**
 * What an owner's device remembers, as plain files.
 *
 *   chunks                       which pack holds which chunk (`chunk-log`)
 *   journal/<number>-<pack>      header and sealed pack; numbers of 8 digits grow with age
 *   heads/<device>               the signed head, replaced as a whole
 *   given-up/<device>            the signed statement that its backups are given up, likewise
 *   manifest                     header and manifest of the newest snapshot
 *   sent-manifest                the same of the one whose head was sent last
 *   at-hand/<number>             chunks of trees and indexes for the next backup (chunks-at-hand.ts)
 *
 * "Header and body" is u32 length ‖ header (CBOR) ‖ u32 CRC-32 of the body ‖ body.
 */
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { concat, own, u32, type Bytes } from '../src/core/bytes.ts'
import { codeOf } from '../src/core/errors.ts'
import { idBytes, idOf, parseChunkId, parseGroupId, parsePackId, type ChunkId, type PackId } from '../src/core/ids.ts'
import { fixedBytes, someBytes } from '../src/core/signed.ts'
import { MiB } from '../src/core/units.ts'
import { decode, encode, type WireValue } from '../src/core/wire.ts'
import type {
  JournaledPack,
  ManifestStage,
  OnLeaving,
  OwnerState,
  RememberedManifest,
} from '../src/store/owner-state.ts'
import { ChunkLog } from './chunk-log.ts'
import { ChunksAtHand } from './chunks-at-hand.ts'
import { makeDirectory, namesIn, readIfThere, removeFile, tidyNamesIn, writeDurably } from './durable-files.ts'
import { Turns } from './turns.ts'

const journalHeader = z.strictObject({
  v: z.literal(1),
  pack: fixedBytes(32),
  record: someBytes(MiB),
  group: fixedBytes(16),
  chunks: someBytes(32 * MiB),
  sourceBytes: z.int().min(0),
})

const manifestHeader = z.strictObject({
  v: z.literal(1),
  packs: someBytes(32 * MiB),
  scannedAt: z.int().optional(),
})

/**
 * Opens an owner's state, made if it is not there; leftovers of a kill are removed.
 * @throws KeeptabError `store-failed`, or `unsupported-version` when a newer Keeptab has written here
 */
export async function openFsOwnerState(directory: string): Promise<OwnerState> {
  const journal = join(directory, 'journal')
  const pinned = [join(directory, 'heads'), join(directory, 'given-up')]
  await Promise.all([journal, ...pinned].map(makeDirectory))
  await Promise.all([directory, ...pinned].map(tidyNamesIn))
  const names = (await tidyNamesIn(journal)).filter((name) => /^[0-9]{8}-[0-9a-f]{64}$/.test(name)).sort()
  const state = new FsOwnerState(directory, await ChunkLog.open(join(directory, 'chunks')), names)
  await state.learnJournaled()
  return state
}

const manifestFiles: Readonly<Record<ManifestStage, string>> = { newest: 'manifest', sent: 'sent-manifest' }

class FsOwnerState implements OwnerState {
  readonly #directory: string
  readonly #log: ChunkLog
  /** Names of the journal's files by pack, oldest first. */
  readonly #journal: Map<PackId, string>
  #nextNumber: number
  readonly #turns = new Turns()
  readonly #atHand: ChunksAtHand

  constructor(directory: string, log: ChunkLog, journalNames: readonly string[]) {
    this.#directory = directory
    this.#log = log
    this.#atHand = new ChunksAtHand(join(directory, 'at-hand'))
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
      await writeDurably(this.#journalPath(name), ...journalFile(pack))
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

  pinnedHeads(): Promise<Bytes[]> {
    return this.#pinned('heads')
  }

  pinHead(device: string, signed: Bytes): Promise<void> {
    return this.#pin('heads', device, signed)
  }

  pinnedGivenUp(): Promise<Bytes[]> {
    return this.#pinned('given-up')
  }

  pinGivenUp(device: string, signed: Bytes): Promise<void> {
    return this.#pin('given-up', device, signed)
  }

  rememberManifest({ packs, bytes, scannedAt }: RememberedManifest, stage: ManifestStage = 'newest'): Promise<void> {
    const path = join(this.#directory, manifestFiles[stage])
    const header = { v: 1, packs: concat(...packs.map(idBytes)), scannedAt }
    return this.#turns.take(path, () => writeDurably(path, ...headed(header, bytes)))
  }

  async rememberedManifest(stage: ManifestStage = 'newest'): Promise<RememberedManifest | undefined> {
    const file = await readIfThere(join(this.#directory, manifestFiles[stage]))
    const sound = file && soundParts(manifestHeader, file)
    if (sound === undefined) return undefined
    const { packs, scannedAt } = sound.header
    return { packs: idsIn(parsePackId, packs), bytes: sound.body, ...(scannedAt !== undefined && { scannedAt }) }
  }

  layAtHand(chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void> {
    return this.#atHand.lay(chunks)
  }

  atHand(chunk: ChunkId): Promise<Bytes | undefined> {
    return this.#atHand.read(chunk)
  }

  onlyAtHand(chunks: ReadonlySet<ChunkId>, onLeaving?: OnLeaving): Promise<void> {
    return this.#atHand.keepOnly(chunks, onLeaving)
  }

  close(): Promise<void> {
    return this.#log.close()
  }

  async #pinned(kind: 'heads' | 'given-up'): Promise<Bytes[]> {
    const directory = join(this.#directory, kind)
    const names = await namesIn(directory)
    const files = await Promise.all(names.map((name) => readIfThere(join(directory, name))))
    return files.filter((file) => file !== undefined)
  }

  #pin(kind: 'heads' | 'given-up', device: string, signed: Bytes): Promise<void> {
    const path = join(this.#directory, kind, encodeURIComponent(device))
    return this.#turns.take(path, () => writeDurably(path, signed))
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
    const pack = bytes && journaledOf(bytes)
    if (pack?.id === id) return pack
    if (this.#journal.get(id) === name) await this.forget(id)
    return undefined
  }

  #journalPath(name: string): string {
    return join(this.#directory, 'journal', name)
  }
}

const journalFile = (pack: JournaledPack): Bytes[] =>
  headed(
    {
      v: 1,
      pack: idBytes(pack.id),
      record: pack.record,
      group: idBytes(pack.group),
      chunks: concat(...pack.chunks.map(idBytes)),
      sourceBytes: pack.sourceBytes,
    },
    pack.pack,
  )

/** What a journal file holds, or `undefined` when it is damaged. */
function journaledOf(bytes: Bytes): JournaledPack | undefined {
  const sound = soundParts(journalHeader, bytes)
  if (sound === undefined) return undefined
  const { pack, record, group, chunks, sourceBytes } = sound.header
  return {
    id: idOf(parsePackId, pack),
    record,
    pack: sound.body,
    group: idOf(parseGroupId, group),
    chunks: idsIn(parseChunkId, chunks),
    sourceBytes,
  }
}

/** The parts of a file of header and body. */
function headed(header: WireValue, body: Bytes): Bytes[] {
  const encoded = encode(header)
  return [u32(encoded.length), encoded, u32(crc32(body)), body]
}

/**
 * Header and body of a file, or `undefined` when either is damaged. The sum is checked because a pack that has rotted
 * would be refused by every keeper, for ever.
 */
function soundParts<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Bytes,
): { header: z.output<Schema>; body: Bytes } | undefined {
  const view = new DataView(bytes.buffer)
  if (bytes.length < 4) return undefined
  const end = 4 + view.getUint32(0)
  if (bytes.length < end + 4) return undefined
  const body = own(bytes.subarray(end + 4))
  if (crc32(body) !== view.getUint32(end)) return undefined
  try {
    return { header: decode(schema, bytes.subarray(4, end)), body }
  } catch (thrown) {
    if (codeOf(thrown) === 'malformed') return undefined
    throw thrown
  }
}

const idsIn = <T extends string>(parse: (text: string) => T, bytes: Bytes): T[] =>
  Array.from({ length: bytes.length / 32 }, (_, i) => idOf(parse, bytes.subarray(32 * i, 32 * i + 32)))
