/** What an owner's device remembers, without packs that are to go: a chunk in one of those is as good as never packed. */
import type { Bytes } from '../core/bytes.ts'
import type { ChunkId, PackId } from '../core/ids.ts'
import type { JournaledPack, ManifestStage, OnLeaving, OwnerState, RememberedManifest } from '../store/owner-state.ts'

export class AvoidingState implements OwnerState {
  readonly #state: OwnerState
  #avoided = new Set<PackId>()

  constructor(state: OwnerState) {
    this.#state = state
  }

  /** From now on nothing is found in these packs; each is forgotten when something is looked for that it holds. */
  avoid(packs: ReadonlySet<PackId>): void {
    this.#avoided = new Set(packs)
  }

  async packsOf(chunks: readonly ChunkId[]): Promise<(PackId | undefined)[]> {
    const packs = await this.#state.packsOf(chunks)
    const avoided = new Set(packs.filter((pack) => pack !== undefined && this.#avoided.has(pack)))
    if (avoided.size === 0) return packs
    for (const pack of avoided) if (pack !== undefined) await this.#state.forget(pack)
    return packs.map((pack) => (avoided.has(pack) ? undefined : pack))
  }

  journal(pack: JournaledPack): Promise<void> {
    // The same chunks make the same pack again, and this time it is wanted.
    this.#avoided.delete(pack.id)
    return this.#state.journal(pack)
  }
  journaled(): Promise<JournaledPack[]> {
    return this.#state.journaled()
  }
  committed(pack: PackId): Promise<void> {
    return this.#state.committed(pack)
  }
  async learn(pack: PackId, chunks: readonly ChunkId[]): Promise<void> {
    if (!this.#avoided.has(pack)) await this.#state.learn(pack, chunks)
  }
  forget(pack: PackId): Promise<void> {
    return this.#state.forget(pack)
  }
  pinnedHeads(): Promise<Bytes[]> {
    return this.#state.pinnedHeads()
  }
  pinHead(device: string, signed: Bytes): Promise<void> {
    return this.#state.pinHead(device, signed)
  }
  pinnedGivenUp(): Promise<Bytes[]> {
    return this.#state.pinnedGivenUp()
  }
  pinGivenUp(device: string, signed: Bytes): Promise<void> {
    return this.#state.pinGivenUp(device, signed)
  }
  rememberManifest(manifest: RememberedManifest, stage?: ManifestStage): Promise<void> {
    return this.#state.rememberManifest(manifest, stage)
  }
  rememberedManifest(stage?: ManifestStage): Promise<RememberedManifest | undefined> {
    return this.#state.rememberedManifest(stage)
  }
  layAtHand(chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void> {
    return this.#state.layAtHand(chunks)
  }
  atHand(chunk: ChunkId): Promise<Bytes | undefined> {
    return this.#state.atHand(chunk)
  }
  onlyAtHand(chunks: ReadonlySet<ChunkId>, onLeaving?: OnLeaving): Promise<void> {
    return this.#state.onlyAtHand(chunks, onLeaving)
  }
  close(): Promise<void> {
    return this.#state.close()
  }
}
