/** Sealed chunks in, packs on their way out: fills packs, codes, signs and journals them, then lets them spread. */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { ChunkId } from '../core/ids.ts'
import type { PlacementGroup } from '../protocol/coordinator-messages.ts'
import { packIdOf, signPackRecord } from '../protocol/records.ts'
import type { PackContents } from '../snapshot/chunk-index.ts'
import { PackBuilder } from '../snapshot/pack.ts'
import type { SealedChunk } from '../snapshot/seal.ts'
import type { JournaledPack } from '../store/owner-state.ts'
import type { OwnerContext } from './owner-context.ts'
import type { Spreader } from './spread.ts'

/** Data shards in packs that are on their way, at 1 MiB each: reading the source waits while there are more. */
const DATA_SHARDS_WAITING = 16

export class PackWriter {
  readonly #owner: OwnerContext
  readonly #spreader: Spreader
  readonly #onKept: (pack: JournaledPack) => void
  readonly #signal: AbortSignal | undefined
  /** Chunks of the open pack and of packs that are being journaled: known, though not in the state yet. */
  readonly #open = new Set<ChunkId>()
  readonly #spreading = new Set<Promise<void>>()
  readonly #written: PackContents[] = []
  /** The pack being filled, for the code of the group it will go to. */
  #filling: { builder: PackBuilder; group: PlacementGroup; sourceBytes: number } | undefined
  #failure: unknown

  /** @param onKept runs when a pack's record is at the coordinator */
  constructor(
    owner: OwnerContext,
    spreader: Spreader,
    onKept: (pack: JournaledPack) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#owner = owner
    this.#spreader = spreader
    this.#onKept = onKept
    this.#signal = signal
  }

  /** Packs written so far, in order. */
  get written(): readonly PackContents[] {
    return this.#written
  }

  /** For each chunk whether it is in a pack already: an old one, one on its way, or the open one. */
  async known(chunks: readonly ChunkId[]): Promise<boolean[]> {
    const packs = await this.#owner.state.packsOf(chunks)
    return chunks.map((chunk, i) => packs[i] !== undefined || this.#open.has(chunk))
  }

  /** Takes chunks into the open pack, or a next one. Waits while too many packs are on their way. @throws what spreading met */
  async add(chunks: readonly SealedChunk[]): Promise<void> {
    for (const chunk of chunks) {
      if (this.#open.has(chunk.id)) continue // twice in one batch
      this.#filling ??= await this.#begin()
      if (!this.#filling.builder.add(chunk)) {
        await this.flush()
        this.#filling = await this.#begin()
        if (!this.#filling.builder.add(chunk)) throw new KeeptabError('internal', 'A chunk fits into no pack.')
      }
      this.#open.add(chunk.id)
      if (chunk.kind === 'file') this.#filling.sourceBytes += chunk.plainLength
    }
  }

  /** Closes the open pack, however full, and sends it on its way: coded, signed, journaled, and only then sent. */
  async flush(): Promise<void> {
    this.#throwFailure()
    if (this.#filling === undefined) return
    const { builder, group, sourceBytes } = this.#filling
    this.#filling = undefined
    const { identity, codec, state } = this.#owner
    const { bytes, shardBytes, chunks } = await builder.finish(identity.daily)
    const options = this.#signal === undefined ? {} : { signal: this.#signal }
    const { shards, roots } = await codec.encode(group.code, bytes, options)
    const record = await signPackRecord(identity, { ...group.code, shardBytes, roots })
    const pack = { id: await packIdOf(record), record, pack: bytes, group: group.id, chunks, sourceBytes }
    await state.journal(pack)
    for (const chunk of chunks) this.#open.delete(chunk)
    this.#written.push({ pack: pack.id, chunks })
    this.#send(pack, shards)
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
    return { builder: new PackBuilder(group.code.k), group, sourceBytes: 0 }
  }

  #send(pack: JournaledPack, shards: readonly Bytes[]): void {
    const tracked = this.#spreader
      .spread(pack, shards)
      .then(() => {
        this.#onKept(pack)
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
