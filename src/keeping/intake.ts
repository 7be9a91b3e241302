/** Shards on their way in: offered with a ticket, sent in slices, checked against their root, put on the disk, signed for. */
import { equal, type Bytes } from '../core/bytes.ts'
import { CLOCK_TOLERANCE_MS, type Clock } from '../core/clock.ts'
import { KeeptabError } from '../core/errors.ts'
import { Gate } from '../core/gate.ts'
import { idOf, parsePackId, type AccountId, type DeviceId, type GroupId, type PackId } from '../core/ids.ts'
import { merkleRoot } from '../core/merkle.ts'
import type { ByteCount, Millis } from '../core/units.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import { SLICE_BYTES, type PeerRequest, type PeerResponse } from '../protocol/peer-messages.ts'
import {
  openPackRecord,
  openPlacementTicket,
  signShardReceipt,
  type PackRecord,
  type PlacementTicket,
} from '../protocol/records.ts'
import type { ShardStore } from '../store/shard-store.ts'
import type { RemotePeer } from '../transport/transport.ts'

/** A half-received shard is given up after so long without a byte. */
const STAGING_PATIENCE_MS: Millis = 10 * 60_000
/** Half-received shards in memory at once. */
const MAX_STAGINGS = 64
/** Those, and offers of which no byte has come yet: they take no room. */
const MAX_OFFERS = 1024
/** Of them of one account: several times what its devices send to one keeper at once (backup, repairs, handing over). */
const SHARE_OF_OFFERS = 32
/** Who was heard of since is still sending, or about to, also over a slow line. */
const FRESH_MS: Millis = 30_000
/** Devices that have brought shards for others, remembered for the heads they bring beside them. */
const MAX_CARRIERS = 1024

type Offer = Extract<PeerRequest, { type: 'offer' }>
type Slice = Extract<PeerRequest, { type: 'slice' }>

export interface IntakeParts {
  readonly identity: DeviceIdentity
  readonly store: ShardStore
  readonly clock: Clock
  /** The coordinator's. */
  readonly coordinatorClock: Clock
  readonly coordinatorKey: Bytes
  /** Asked before room is set aside. @throws KeeptabError when nothing new is taken now */
  readonly admit: () => void
  /** Whether what is kept may be on its way to other keepers. */
  readonly isMoving: () => boolean
  /** A pack is signed for again, so it does not go before its time has passed anew. */
  readonly renew: (pack: PackId) => Promise<void>
  /** Runs once for each shard that has come to lie on the disk. */
  readonly onStored: (pack: PackId, owner: AccountId) => Promise<void>
}

/** A shard on its way in. */
interface Staging {
  readonly record: PackRecord
  readonly signedRecord: Bytes
  readonly index: number
  readonly group: GroupId
  /** Room set aside, on the disk and here: from the first slice on. */
  bytes?: Promise<Bytes>
  readonly slices: Set<number>
  /** Who may send it: those whose offer was accepted. */
  readonly senders: Set<DeviceId>
  /** Whose share of the room it takes: of whoever brought it first, its owner or one that hands it over. */
  readonly account: AccountId
  /** They are its owner's devices, and not one that hands it over. */
  readonly isOwners: boolean
  touchedAt: Millis
  /** Once all slices are here: no byte changes any more, and whoever asks meanwhile gets the same answer. */
  storing?: Promise<PeerResponse>
}

export class Intake {
  readonly #parts: IntakeParts
  readonly #stagings = new Map<string, Staging>()
  /** Room is set aside and given up in the order in which that was decided. */
  readonly #setsAside = new Gate(1)
  readonly #carriers = new Set<string>()

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** Everything is checked before room is set aside: the coordinator's ticket, the owner's record, that they fit. */
  async offer(offer: Offer, remote: RemotePeer): Promise<PeerResponse> {
    const { store, clock } = this.#parts
    const { ticket, record } = await this.#checked(offer, remote)
    const name = { pack: record.id, index: offer.index }
    if (ticket.carrier !== undefined) this.#remember(ticket)
    if (await store.has(name)) {
      await this.#parts.renew(record.id)
      // That waited for whatever was being dropped: if it was this, it comes as a new one.
      if (await store.has(name)) {
        if (this.#parts.isMoving()) throw new KeeptabError('store-full', 'It is giving space back.')
        return this.#receipt(record, offer.index, ticket.group)
      }
    }
    this.#parts.admit()

    const key = keyOf(record.id, offer.index)
    const isOwners = ticket.carrier === undefined
    let staging = this.#stagings.get(key)
    if (staging?.storing === undefined && staging?.senders.has(remote.device) === false) {
      // Whoever hands a shard over may not write into what its owner sends; and the owner does not wait for others.
      if (isOwners && !staging.isOwners) {
        await this.#drop(key)
        staging = undefined
      } else if (!isOwners) throw new KeeptabError('store-full', 'It is on its way from another device.')
    }
    if (staging === undefined) {
      await this.#dropStale()
      const usage = await store.usage()
      if (usage.usedBytes + usage.reservedBytes + record.shardBytes > usage.limitBytes)
        throw new KeeptabError('store-full', undefined, { ...usage, sizeBytes: record.shardBytes })
      // From here on at once, or of several that come together more would be let in than there may be.
      staging = this.#stagings.get(key)
      if (staging === undefined) {
        this.#makeRoom(remote.account, [...this.#stagings.values()], MAX_OFFERS)
        staging = {
          record,
          signedRecord: offer.record,
          index: offer.index,
          group: ticket.group,
          slices: new Set(),
          senders: new Set(),
          account: remote.account,
          isOwners,
          touchedAt: clock.now(),
        }
        this.#stagings.set(key, staging)
      }
    }
    staging.senders.add(remote.device)
    return staging.storing ?? { type: 'offered', have: prefix(staging) }
  }

  async slice(slice: Slice, body: Bytes | undefined, remote: RemotePeer): Promise<PeerResponse> {
    const key = keyOf(idOf(parsePackId, slice.pack), slice.index)
    const staging = this.#stagings.get(key)
    if (staging?.senders.has(remote.device) !== true) throw refused('Offer the shard first.')
    const { shardBytes } = staging.record
    const expected = Math.min(SLICE_BYTES, shardBytes - slice.offset)
    if (slice.offset % SLICE_BYTES !== 0 || body?.length !== expected)
      throw refused('A slice has the wrong place or length.')

    staging.touchedAt = this.#parts.clock.now()
    const bytes = await (staging.bytes ??= this.#setAside(key, staging))
    if (staging.storing !== undefined) return staging.storing
    if (this.#stagings.get(key) !== staging) throw refused('Offer the shard again.')
    bytes.set(body, slice.offset)
    staging.slices.add(slice.offset)
    if (prefix(staging) < shardBytes) return { type: 'staged', have: prefix(staging) }
    staging.storing = this.#store(staging, bytes).catch(async (thrown: unknown) => {
      await this.#drop(key)
      throw thrown
    })
    return staging.storing
  }

  /** Whether this device has brought shards of that account with a ticket of its own. */
  hasCarried(device: DeviceId, owner: AccountId): boolean {
    return this.#carriers.has(`${device} ${owner}`)
  }

  /** Gives up all that is half-received. What is being written is written: whoever opens this disk next counts it. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#stagings.values()].flatMap(({ storing }) => storing ?? []))
    for (const key of [...this.#stagings.keys()]) await this.#drop(key)
  }

  async #checked(
    offer: Offer,
    remote: RemotePeer,
  ): Promise<{ readonly ticket: PlacementTicket; readonly record: PackRecord }> {
    const { identity, coordinatorClock, coordinatorKey } = this.#parts
    const ticket = await openPlacementTicket(offer.ticket, coordinatorKey)
    const record = await openPackRecord(offer.record)
    if (ticket.keeper !== identity.device || ticket.index !== offer.index)
      throw refused('The ticket is for another place.')
    // The shard is its owner's whoever brings it; and a ticket with a carrier is good for nobody else, its owner included.
    const isBearer = ticket.carrier === undefined ? ticket.owner === remote.account : ticket.carrier === remote.device
    if (!isBearer || record.owner !== ticket.owner) throw refused('It is of another account.')
    if (ticket.expiresAt + CLOCK_TOLERANCE_MS < coordinatorClock.now()) throw refused('The ticket has expired.')
    if (offer.index >= record.n) throw refused('The pack has no such shard.')
    return { ticket, record }
  }

  /** The whole shard is here: root first, disk second, receipt last. */
  async #store(staging: Staging, bytes: Bytes): Promise<PeerResponse> {
    const { store, onStored } = this.#parts
    const { record, index, group } = staging
    const root = record.roots[index]
    if (root === undefined || !equal(await merkleRoot(bytes), root)) {
      throw new KeeptabError('shard-corrupt', 'What arrived does not match the signed root.')
    }
    // Two that ask at the very end of a shard may both have brought it.
    const isNew = !(await store.has({ pack: record.id, index }))
    await store.put({
      pack: record.id,
      index,
      group,
      owner: record.owner,
      sizeBytes: record.shardBytes,
      record: staging.signedRecord,
      bytes,
    })
    this.#stagings.delete(keyOf(record.id, index))
    if (isNew) await onStored(record.id, record.owner)
    return this.#receipt(record, index, group)
  }

  async #receipt(record: PackRecord, index: number, group: GroupId): Promise<PeerResponse> {
    const { identity, coordinatorClock } = this.#parts
    const root = record.roots[index]
    if (root === undefined) throw new KeeptabError('internal')
    const shard = { pack: record.id, index, root, group, storedAt: coordinatorClock.now() }
    return { type: 'stored', receipt: await signShardReceipt(identity.deviceKey, shard) }
  }

  #remember({ carrier, owner }: PlacementTicket): void {
    this.#carriers.add(`${carrier} ${owner}`)
    const [oldest] = this.#carriers
    if (this.#carriers.size > MAX_CARRIERS && oldest !== undefined) this.#carriers.delete(oldest)
  }

  async #dropStale(): Promise<void> {
    const oldest = this.#parts.clock.now() - STAGING_PATIENCE_MS
    for (const [key, { touchedAt }] of this.#stagings) if (touchedAt < oldest) await this.#drop(key)
  }

  /** Before the first byte: memory for all of them, and the disk. @throws KeeptabError `store-full` */
  async #setAside(key: string, staging: Staging): Promise<Bytes> {
    const { record, index, account } = staging
    try {
      const others = [...this.#stagings.values()].filter(({ bytes }) => bytes !== undefined)
      this.#makeRoom(account, others, MAX_STAGINGS)
      await this.#setsAside.run(() => this.#parts.store.reserve({ pack: record.id, index }, record.shardBytes))
    } catch (thrown) {
      if (this.#stagings.get(key) === staging) this.#stagings.delete(key)
      throw thrown
    }
    return new Uint8Array(record.shardBytes)
  }

  /**
   * For one more of this account among these, at once. Offers cost nothing, so nobody is refused for those of others: beyond
   * its share an account gives up its own stalest one, and when there are too many, whoever has most does. Where nobody has
   * more than this account would have, what is coming in comes in.
   * @throws KeeptabError `store-full`
   */
  #makeRoom(account: AccountId, among: readonly Staging[], limit: number): void {
    const held = new Map([[account, 1]])
    for (const staging of among) held.set(staging.account, (held.get(staging.account) ?? 0) + 1)
    const own = held.get(account) ?? 0
    const isBeyondShare = own > SHARE_OF_OFFERS
    if (!isBeyondShare && among.length < limit) return
    const most = Math.max(...held.values())
    const isAny = isBeyondShare || most > own
    const freshSince = this.#parts.clock.now() - FRESH_MS
    const [stalest] = among
      .filter((one) => (isBeyondShare ? one.account === account : held.get(one.account) === most))
      .filter(({ storing, touchedAt }) => storing === undefined && (isAny || touchedAt < freshSince))
      .sort((a, b) => a.touchedAt - b.touchedAt)
    if (stalest === undefined) throw new KeeptabError('store-full', 'Too many shards are on their way.')
    this.#drop(keyOf(stalest.record.id, stalest.index)).catch(() => undefined) // a store that fails tells whoever asks next
  }

  async #drop(key: string): Promise<void> {
    const staging = this.#stagings.get(key)
    this.#stagings.delete(key)
    if (staging?.bytes === undefined) return
    await this.#setsAside.run(() => this.#parts.store.release({ pack: staging.record.id, index: staging.index }))
  }
}

const keyOf = (pack: PackId, index: number): string => `${pack}-${index}`

/** Bytes staged without a gap from the start. */
function prefix({ slices, record }: Staging): ByteCount {
  let end = 0
  while (slices.has(end)) end += SLICE_BYTES
  return Math.min(end, record.shardBytes)
}

const refused = (detail: string): KeeptabError => new KeeptabError('peer-refused', detail)
