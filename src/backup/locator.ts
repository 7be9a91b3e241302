/** Asks the coordinator where packs are. Questions that come together go in one request. */
import type { Coordinator } from '../coordinator/coordinator.ts'
import { KeeptabError } from '../core/errors.ts'
import type { PackId } from '../core/ids.ts'
import type { LocatedPack } from '../protocol/coordinator-messages.ts'

export class Locator {
  readonly #coordinator: Coordinator
  #next: { readonly packs: Set<PackId>; readonly answer: Promise<ReadonlyMap<PackId, LocatedPack>> } | undefined

  constructor(coordinator: Coordinator) {
    this.#coordinator = coordinator
  }

  /** @throws KeeptabError `too-few-shards` when the coordinator does not know the pack, and as the coordinator */
  async locate(pack: PackId): Promise<LocatedPack> {
    this.#next ??= this.#ask(new Set())
    this.#next.packs.add(pack)
    const located = (await this.#next.answer).get(pack)
    if (located !== undefined) return located
    throw new KeeptabError('too-few-shards', 'The coordinator does not know where a pack is.', { reachable: 0 })
  }

  #ask(packs: Set<PackId>) {
    const answer = (async () => {
      await new Promise((resolve) => setTimeout(resolve)) // whoever asks in this turn comes along
      this.#next = undefined
      const located = await this.#coordinator.locatePacks([...packs])
      return new Map(located.map((one) => [one.pack, one]))
    })()
    return { packs, answer }
  }
}
