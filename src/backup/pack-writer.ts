/** Sealed chunks in, packs on their way out: fills packs, codes, signs and journals them, then lets them spread. */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { ChunkId, PackId } from '../core/ids.ts'
import type { ByteCount } from '../core/units.ts'
import type { PlacementGroup } from '../protocol/coordinator-messages.ts'
import { packIdOf, signPackRecord } from '../protocol/records.ts'
import type { PackContents } from '../snapshot/chunk-index.ts'
import { PackBuilder } from '../snapshot/pack.ts'
import type { SealedChunk } from '../snapshot/seal.ts'
import type { JournaledPack } from '../store/owner-state.ts'
import type { OwnerContext } from './owner-context.ts'
import type { Spreader } from './spread.ts'
import { addBytes, UnderWay, type BytesBySource } from './tally.ts'

/** Data shards in packs that are on their way, at 1 MiB each: reading the source waits while there are more. */
const DATA_SHARDS_WAITING = 16

export interface PackEvents {
  /** These source bytes are in packs whose records are at the coordinator. */
  readonly onKept: (bytes: BytesBySource) => void
  /** A keeper has acknowledged a shard. */
  readonly onMoved: () => void
}

export class PackWriter {
  readonly #owner: OwnerContext
  readonly #spreader: Spreader
  readonly #events: PackEvents
  readonly #signal: AbortSignal | undefined
  /** Chunks of the open pack and of packs that are being journaled: known, though not in the state yet. */
  readonly #open = new Set<ChunkId>()
  readonly #spreading = new Set<Promise<void>>()
  /** Source bytes in packs that are sent, by pack. */
  readonly #sent = new Map<PackId, BytesBySource>()
  readonly #underWay = new UnderWay()
  readonly #written: PackContents[] = []
  /** The pack being filled, for the code of the group it will go to. */
  #filling: { builder: PackBuilder; group: PlacementGroup; bytes: BytesBySource } | undefined
  /** Of the open pack, or the one that is being journaled. */
  #newest: BytesBySource = new Map()
  #failure: unknown

  constructor(owner: OwnerContext, spreader: Spreader, events: PackEvents, signal: AbortSignal | undefined) {
    this.#owner = owner
    this.#spreader = spreader
    this.#events = events
    this.#signal = signal
  }

  /** Packs written so far, in order. */
  get written(): readonly PackContents[] {
    return this.#written
  }

  /** Source bytes of packs on their way that keepers have acknowledged. */
  get underWayBytes(): ByteCount {
    return this.#underWay.bytes
  }

  /** For each chunk the pack it is in already: an old one, one on its way, or the open one, which has no name yet. */
  async packsOf(chunks: readonly ChunkId[]): Promise<(PackId | 'open' | undefined)[]> {
    const packs = await this.#owner.state.packsOf(chunks)
    return chunks.map((chunk, i) => packs[i] ?? (this.#open.has(chunk) ? 'open' : undefined))
  }

  /** Counts source bytes that turned out to be in these packs already: as kept, or with the last of them that is not yet. */
  countKnown(packs: readonly (PackId | 'open' | undefined)[], source: number, bytes: ByteCount): void {
    const waiting = packs.map((pack) => (pack === 'open' ? this.#newest : pack && this.#sent.get(pack)))
    const last = waiting.findLast((pack) => pack !== undefined)
    if (last === undefined) this.#events.onKept(new Map([[source, bytes]]))
    else addBytes(last, source, bytes)
  }

  /** Takes chunks into the open pack, or a next one. Waits while too many packs are on their way. @throws what spreading met */
  async add(chunks: readonly SealedChunk[], source = 0): Promise<void> {
    for (const chunk of chunks) {
      if (this.#open.has(chunk.id)) continue // twice in one batch
      this.#filling ??= await this.#begin()
      if (!this.#filling.builder.add(chunk)) {
        await this.flush()
        this.#filling = await this.#begin()
        if (!this.#filling.builder.add(chunk)) throw new KeeptabError('internal', 'A chunk fits into no pack.')
      }
      this.#open.add(chunk.id)
      if (chunk.kind === 'file') addBytes(this.#filling.bytes, source, chunk.plainLength)
    }
  }

  /** Closes the open pack, however full, and sends it on its way: coded, signed, journaled, and only then sent. */
  async flush(): Promise<void> {
    this.#throwFailure()
    if (this.#filling === undefined) return
    const { builder, group, bytes: sourceBytes } = this.#filling
    this.#filling = undefined
    const { identity, codec, state } = this.#owner
    const { bytes, shardBytes, chunks } = await builder.finish(identity.daily)
    const options = this.#signal === undefined ? {} : { signal: this.#signal }
    const { shards, roots } = await codec.encode(group.code, bytes, options)
    const record = await signPackRecord(identity, { ...group.code, shardBytes, roots })
    const total = [...sourceBytes.values()].reduce((sum, count) => sum + count, 0)
    const id = await packIdOf(record)
    const pack = { id, record, pack: bytes, group: group.id, chunks, sourceBytes: total }
    this.#sent.set(id, sourceBytes)
    await state.journal(pack)
    for (const chunk of chunks) this.#open.delete(chunk)
    this.#written.push({ pack: pack.id, chunks })
    this.#send(pack, shards, sourceBytes)
    while (this.#spreading.size * group.code.k > DATA_SHARDS_WAITING) await Promise.race(this.#spreading)
    this.#throwFailure()
  }

  /** Closes the open pack and waits until every pack is kept. @throws what the first that failed met */
  async finish(): Promise<void> {
    await this.flush()
    await Promise.all(this.#spreading)
    this.#throwFailure()
  }

  async #begin() {
    const group = await this.#spreader.openGroup()
    this.#newest = new Map()
    return { builder: new PackBuilder(group.code.k), group, bytes: this.#newest }
  }

  #send(pack: JournaledPack, shards: readonly Bytes[], bytes: BytesBySource): void {
    this.#underWay.start(bytes)
    const onStored = (stored: number, of: number) => {
      this.#underWay.arrived(bytes, stored, of)
      this.#events.onMoved()
    }
    const tracked = this.#spreader
      .spread(pack, shards, onStored)
      .then(() => {
        this.#sent.delete(pack.id)
        this.#underWay.end(bytes)
        this.#events.onKept(bytes)
      })
      .catch((failure: unknown) => {
        this.#failure ??= failure
      })
      .finally(() => {
        this.#spreading.delete(tracked)
      })
    this.#spreading.add(tracked)
  }

  #throwFailure(): void {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- passed on as it came
    if (this.#failure !== undefined) throw this.#failure
  }
}
