/** Gathering a pack of the own account: any k of its shards, and the sealed pack out of them. */
import type { Bytes } from '../core/bytes.ts'
import { codeOf, type ErrorCode } from '../core/errors.ts'
import type { DeviceId, PackId } from '../core/ids.ts'
import { MiB, type ByteCount, type Millis } from '../core/units.ts'
import type { IndexedShard } from '../erasure/erasure-codec.ts'
import type { Visitor } from '../identity/visitor.ts'
import type { LocatedPack } from '../protocol/coordinator-messages.ts'
import type { PackRecord } from '../protocol/records.ts'
import { Collector } from './collect.ts'
import type { KeeperTrouble } from './events.ts'
import { ownRecord } from './own-record.ts'
import type { OwnerContext } from './owner-context.ts'

/** Shards of packs that are not whole are kept up to here, until the others come. */
const KEPT_BYTES: ByteCount = 128 * MiB

/** After these the shards that came are of use later. */
const keepsFor = new Set<ErrorCode>(['too-few-shards', 'aborted'])

/** One for each restore: it learns which keepers are fast, lie or are away. */
export class Gatherer {
  readonly #owner: OwnerContext
  readonly #collector: Collector
  /** Verified shards of packs that are not whole: k keepers may never be online at once, and a pause breaks reading off. */
  readonly #kept = new Map<PackId, readonly IndexedShard[]>()
  /** Until when keepers that gave nothing are left alone by `collectSome`, in the time of `performance.now()`. */
  readonly #leftUntil = new Map<DeviceId, Millis>()

  /** @param restMs how long a keeper that gave nothing is left alone by `collectSome` */
  constructor(owner: OwnerContext, onTrouble: (trouble: KeeperTrouble) => void, restMs: Millis) {
    this.#owner = owner
    this.#collector = new Collector({
      connect: (keeper, options) => owner.transport.connect(keeper, options),
      onTrouble: ({ keeper, what, detail }) => {
        this.#leftUntil.set(keeper, performance.now() + restMs)
        onTrouble({ keeper, what, detail })
      },
    })
  }

  /**
   * The sealed pack, rebuilt from verified shards.
   * @param visit the name that the holders' tickets are for
   * @throws KeeptabError `too-few-shards` with {needed, reachable, away} when every holder was tried; `malformed`,
   *   `signature-invalid` or `forbidden` when the record is not this account's; `aborted`
   */
  async gather(located: LocatedPack, visit: Visitor, signal?: AbortSignal): Promise<Bytes> {
    const { pack, holders } = located
    const record = await ownRecord(this.#owner, located)
    const shards = await this.#collect(record, holders, visit, signal)
    this.#keep(pack, shards)
    const sealed = await this.#owner.codec.decode({ k: record.k, n: record.n }, shards, signal && { signal })
    this.#kept.delete(pack)
    return sealed
  }

  /**
   * Reads what holders that are online now have of a pack of which there were too few shards, and keeps it, while there is
   * room. Keepers that could give nothing a moment ago are left alone for a while.
   * @returns whether the pack can be gathered now
   * @throws KeeptabError as `gather`, without `too-few-shards`
   */
  async collectSome(located: LocatedPack, visit: Visitor, signal: AbortSignal): Promise<boolean> {
    const { pack } = located
    const record = await ownRecord(this.#owner, located)
    const kept = this.#indicesOf(pack)
    const fresh = this.fresh(located)
    const isEnough = kept.size + new Set(fresh.map(({ index }) => index)).size >= record.k
    const hasRoom = this.#others(pack) + record.k * record.shardBytes <= KEPT_BYTES
    if (!hasRoom || fresh.length === 0) return isEnough
    try {
      this.#keep(pack, await this.#collect(record, fresh, visit, signal))
      return true
    } catch (thrown) {
      if (codeOf(thrown) !== 'too-few-shards') throw thrown
      return false
    }
  }

  /** Holders that may now give what is not here of a pack of which there were too few shards. */
  fresh({ pack, holders }: LocatedPack): LocatedPack['holders'] {
    const kept = this.#indicesOf(pack)
    const now = performance.now()
    // Whoever has gone offline since is another matter when it is back.
    for (const { keeper, online } of holders) if (!online) this.#leftUntil.delete(keeper)
    return holders.filter(
      ({ index, keeper, online }) => online && !kept.has(index) && (this.#leftUntil.get(keeper) ?? 0) <= now,
    )
  }

  #indicesOf(pack: PackId): ReadonlySet<number> {
    return new Set(this.#kept.get(pack)?.map(({ index }) => index))
  }

  /** k shards, those that are kept among them; where that fails, all that there are stay. */
  async #collect(
    record: PackRecord,
    holders: LocatedPack['holders'],
    visit: Visitor,
    signal?: AbortSignal,
  ): Promise<IndexedShard[]> {
    const own = this.#kept.get(record.id) ?? []
    const met = [...own]
    try {
      return await this.#collector.collect(record, holders, { own, onShard: (shard) => met.push(shard), visit, signal })
    } catch (thrown) {
      if (keepsFor.has(codeOf(thrown))) this.#keep(record.id, met)
      throw thrown
    }
  }

  /** A pack for which there is no room has to be met by k keepers at once. */
  #keep(pack: PackId, shards: readonly IndexedShard[]): void {
    if (this.#others(pack) + bytesOf(shards) <= KEPT_BYTES) this.#kept.set(pack, shards)
  }

  /** Bytes kept of other packs. */
  #others(pack: PackId): ByteCount {
    return [...this.#kept].reduce((sum, [id, shards]) => sum + (id === pack ? 0 : bytesOf(shards)), 0)
  }
}

const bytesOf = (shards: readonly IndexedShard[]): ByteCount => shards.reduce((sum, { bytes }) => sum + bytes.length, 0)
