/** Asks the coordinator where packs are. Questions that come together go in one request. */
import type { Coordinator } from '../coordinator/coordinator.ts'
import { KeeptabError } from '../core/errors.ts'
import type { PackId } from '../core/ids.ts'
import type { Visitor } from '../identity/visitor.ts'
import type { LocatedPack } from '../protocol/coordinator-messages.ts'

interface Question {
  readonly visit: Visitor | undefined
  readonly packs: Set<PackId>
  readonly answer: Promise<ReadonlyMap<PackId, LocatedPack>>
}

export class Locator {
  readonly #coordinator: Coordinator
  #next: Question | undefined

  constructor(coordinator: Coordinator) {
    this.#coordinator = coordinator
  }

  /**
   * @param visit the name that it is to be read under: only then there are tickets to read it
   * @throws KeeptabError `too-few-shards` when the coordinator does not know the pack, and as the coordinator
   */
  async locate(pack: PackId, visit?: Visitor): Promise<LocatedPack> {
    if (this.#next === undefined || this.#next.visit?.device !== visit?.device) this.#next = this.#ask(visit)
    this.#next.packs.add(pack)
    const located = (await this.#next.answer).get(pack)
    if (located !== undefined) return located
    throw new KeeptabError('too-few-shards', 'The coordinator does not know where a pack is.', { reachable: 0 })
  }

  #ask(visit: Visitor | undefined): Question {
    const packs = new Set<PackId>()
    const ask = async () => {
      await new Promise((resolve) => setTimeout(resolve)) // whoever asks in this turn comes along
      if (this.#next === question) this.#next = undefined
      const located = await this.#coordinator.locatePacks([...packs], visit)
      return new Map(located.map((one) => [one.pack, one]))
    }
    const question: Question = { visit, packs, answer: ask() }
    return question
  }
}
