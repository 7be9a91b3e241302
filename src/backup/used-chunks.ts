/**
 * Which old packs a snapshot leans on, and the chunks of those that no kept index segment names yet. Chunk by chunk:
 * of a pack that another device or an unfinished run has made, an index names only what was used of it so far.
 */
import type { ChunkId, PackId } from '../core/ids.ts'
import type { ChunkIndex, PackContents } from '../snapshot/chunk-index.ts'
import type { OwnerState } from '../store/owner-state.ts'

export class UsedChunks {
  readonly packs = new Set<PackId>()
  /** Those of them with something that cannot be read now, and so not be sent again. */
  readonly away = new Set<PackId>()
  readonly #state: OwnerState
  readonly #named: ChunkIndex
  readonly #unnamed = new Map<PackId, Set<ChunkId>>()
  /** Packs of which the state has said in this run that it still relies on them; it gives up whole packs only. */
  readonly #relied = new Set<PackId>()

  constructor(state: OwnerState, named: ChunkIndex) {
    this.#state = state
    this.#named = named
  }

  async add(chunks: readonly ChunkId[]): Promise<void> {
    this.#use(chunks, await this.#packsOf(chunks))
  }

  /** Uses these chunks if every one of them is kept; nothing happens if not. @param isAway what they are of cannot be read now */
  async addIfKept(chunks: readonly ChunkId[], isAway = false): Promise<boolean> {
    const packs = await this.#packsOf(chunks)
    if (packs.includes(undefined)) return false
    this.#use(chunks, packs)
    if (isAway) for (const pack of packs) if (pack !== undefined) this.away.add(pack)
    return true
  }

  /** @param fresh packs of this run, whose contents are listed whole anyway */
  unnamed(fresh: ReadonlySet<PackId>): PackContents[] {
    return [...this.#unnamed].flatMap(([pack, chunks]) => (fresh.has(pack) ? [] : [{ pack, chunks: [...chunks] }]))
  }

  /** Asks the state, unless the index names a pack that the state relies on: most of a tree is in few packs. */
  async #packsOf(chunks: readonly ChunkId[]): Promise<(PackId | undefined)[]> {
    const packs = chunks.map((chunk) => {
      const pack = this.#named.packOf(chunk)
      return pack !== undefined && this.#relied.has(pack) ? pack : undefined
    })
    if (!packs.includes(undefined)) return packs
    const known = await this.#state.packsOf(chunks)
    for (const pack of known) if (pack !== undefined) this.#relied.add(pack)
    return known
  }

  #use(chunks: readonly ChunkId[], packs: readonly (PackId | undefined)[]): void {
    chunks.forEach((chunk, i) => {
      const pack = packs[i]
      if (pack === undefined) return // in the open pack: the writer lists it when it is closed
      this.packs.add(pack)
      if (this.#named.packOf(chunk) === pack) return
      const used = this.#unnamed.get(pack) ?? new Set()
      this.#unnamed.set(pack, used.add(chunk))
    })
  }
}
