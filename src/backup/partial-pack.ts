/**
 * A pack of which only what is asked for comes over the network: its directory first, then chunk by chunk, straight out
 * of the data shards. For looking at a little of much: a directory, a picture, a place in a film.
 *
 * Without a whole shard its Merkle root says nothing. What counts instead is that header, directory and chunks are
 * sealed under keys that only this account has, and that a chunk is named by its content: bytes that anybody has changed
 * do not open. Whoever meets that reads the pack as a whole, where roots say which keeper it was.
 */
import { concat, type Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { ChunkId, DeviceId, PackId } from '../core/ids.ts'
import { KiB, type ByteCount, type Millis } from '../core/units.ts'
import { keysOf } from '../identity/keys.ts'
import type { Visitor } from '../identity/visitor.ts'
import type { LocatedPack } from '../protocol/coordinator-messages.ts'
import type { PackRecord } from '../protocol/records.ts'
import { directoryEnd, openPack, sealedSpan, type PackEntry } from '../snapshot/pack.ts'
import { openChunk, type SealKeys } from '../snapshot/seal.ts'
import { readShardPart } from '../transport/keeper-client.ts'
import type { Locator } from './locator.ts'
import { ownRecord } from './own-record.ts'
import type { OwnerContext } from './owner-context.ts'

/** Most directories end within it. */
const FIRST_READ_BYTES: ByteCount = 8 * KiB
/** A keeper that is not that quick is not waited for: the pack is read as a whole, from whoever is. */
const READ_TIMEOUT_MS: Millis = 8_000
/** Tickets are asked for anew after it: they are good for half an hour. */
const TICKET_MS: Millis = 20 * 60_000

/** A pack, with tickets for one reader. */
type Place = LocatedPack & { readonly reader: DeviceId }

export class PartialPack {
  readonly entries: ReadonlyMap<ChunkId, PackEntry>
  readonly epoch: number
  readonly #keys: SealKeys
  readonly #shards: DataShards
  /** What came along with the directory: the first chunks, of a small pack all of them. */
  readonly #start: Bytes

  private constructor(shards: DataShards, keys: SealKeys, epoch: number, entries: readonly PackEntry[], start: Bytes) {
    this.#shards = shards
    this.#start = start
    this.#keys = keys
    this.epoch = epoch
    this.entries = new Map(entries.map((entry) => [entry.id, entry]))
  }

  /**
   * Reads the directory.
   * @throws KeeptabError `peer-unreachable` and what else keepers of the data shards meet, `decrypt-failed`, `malformed`,
   *   `forbidden`, `epoch-behind`: read the pack as a whole then
   */
  static async open(
    owner: OwnerContext,
    locator: Locator,
    id: PackId,
    signal: AbortSignal | undefined,
  ): Promise<PartialPack> {
    const locate = async (visit: Visitor) => ({ ...(await locator.locate(id, visit)), reader: visit.device })
    const first = await owner.transport.visit(locate)
    const record = await ownRecord(owner, first)
    const keys = keysOf(owner.identity, record.epoch)
    const shards = new DataShards(owner, first, locate, record, signal)
    let start = await shards.read(0, Math.min(FIRST_READ_BYTES, shards.packBytes))
    const end = await directoryEnd(keys, start)
    if (end > shards.packBytes) throw new KeeptabError('malformed', 'A directory is longer than its pack.')
    if (end > start.length) start = concat(start, await shards.read(start.length, end))
    return new PartialPack(shards, keys, record.epoch, await openPack(keys, start, shards.packBytes), start)
  }

  /** The plain bytes of a chunk. @param entry one of `entries`. @throws KeeptabError as `open`, `decompress-failed` */
  async chunk(entry: PackEntry): Promise<Bytes> {
    const { from, to } = sealedSpan(entry)
    const sealed = to <= this.#start.length ? this.#start.subarray(from, to) : await this.#shards.read(from, to)
    return openChunk(this.#keys, entry, sealed)
  }
}

/** The first k shards of a pack as what they are: the pack itself, cut into k. */
class DataShards {
  readonly packBytes: ByteCount
  readonly #owner: OwnerContext
  readonly #locate: (visit: Visitor) => Promise<Place>
  readonly #record: PackRecord
  readonly #signal: AbortSignal | undefined
  #located: Place
  /** When its tickets were given, in the time of `performance.now()`. */
  #locatedAt = performance.now()

  constructor(
    owner: OwnerContext,
    located: Place,
    locate: (visit: Visitor) => Promise<Place>,
    record: PackRecord,
    signal: AbortSignal | undefined,
  ) {
    this.#owner = owner
    this.#locate = locate
    this.#located = located
    this.#record = record
    this.#signal = signal
    this.packBytes = record.k * record.shardBytes
  }

  read(from: ByteCount, to: ByteCount): Promise<Bytes> {
    return this.#owner.transport.visit(async (visit) => {
      const isOld = performance.now() - this.#locatedAt > TICKET_MS
      if (isOld || this.#located.reader !== visit.device) {
        this.#located = await this.#locate(visit)
        this.#locatedAt = performance.now()
      }
      return this.#readAs(visit, from, to)
    })
  }

  async #readAs(visit: Visitor, from: ByteCount, to: ByteCount): Promise<Bytes> {
    const { shardBytes } = this.#record
    const parts: Promise<Bytes>[] = []
    for (let at = from; at < to;) {
      const index = Math.floor(at / shardBytes)
      const end = Math.min(to, (index + 1) * shardBytes)
      parts.push(this.#readShard(visit, index, at - index * shardBytes, end - index * shardBytes))
      at = end
    }
    return concat(...(await Promise.all(parts)))
  }

  async #readShard(visit: Visitor, index: number, from: ByteCount, to: ByteCount): Promise<Bytes> {
    const holder = this.#located.holders.find((one) => one.index === index && one.online)
    if (holder === undefined) throw new KeeptabError('peer-unreachable', 'Nobody with a data shard is online.')
    const signal = AbortSignal.any([AbortSignal.timeout(READ_TIMEOUT_MS), ...(this.#signal ? [this.#signal] : [])])
    const { keeper, ticket } = holder
    const link = await this.#owner.transport.connect(keeper, { signal, visit: ticket && visit })
    return readShardPart(link, this.#record.id, index, from, to, signal, ticket)
  }
}
