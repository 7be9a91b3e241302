/** Gathering a pack of the own account: any k of its shards, and the sealed pack out of them. */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { LocatedPack } from '../protocol/coordinator-messages.ts'
import { openPackRecord } from '../protocol/records.ts'
import { Collector } from './collect.ts'
import type { KeeperTrouble } from './events.ts'
import type { OwnerContext } from './owner-context.ts'

/** One for each restore: it learns which keepers are fast, lie or are away. */
export class Gatherer {
  readonly #owner: OwnerContext
  readonly #collector: Collector

  constructor(owner: OwnerContext, onTrouble: (trouble: KeeperTrouble) => void) {
    this.#owner = owner
    this.#collector = new Collector({
      connect: (keeper, options) => owner.transport.connect(keeper, options),
      onTrouble: ({ keeper, what, detail }) => onTrouble({ keeper, what, detail }),
    })
  }

  /**
   * The sealed pack, rebuilt from verified shards.
   * @throws KeeptabError `too-few-shards` with {needed, reachable, away} when every holder was tried; `malformed`,
   *   `signature-invalid` or `forbidden` when the record is not this account's; `aborted`
   */
  async gather({ pack, record: signed, holders }: LocatedPack, signal?: AbortSignal): Promise<Bytes> {
    const record = await openPackRecord(signed)
    if (record.id !== pack) throw new KeeptabError('signature-invalid', 'A pack record has another name.')
    if (record.owner !== this.#owner.identity.account)
      throw new KeeptabError('forbidden', 'A pack is of another account.')
    const shards = await this.#collector.collect(record, holders, { signal })
    return this.#owner.codec.decode({ k: record.k, n: record.n }, shards, signal === undefined ? {} : { signal })
  }
}
