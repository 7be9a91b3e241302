/** Keeping shards for others: answers owners on every link, offers its space to the coordinator, admits its losses. */
import { equal, type Bytes } from '../core/bytes.ts'
import { CLOCK_TOLERANCE_MS, type Clock } from '../core/clock.ts'
import { KeeptabError } from '../core/errors.ts'
import { idOf, parsePackId, type AccountId, type PackId } from '../core/ids.ts'
import { merkleRoot } from '../core/merkle.ts'
import type { ByteCount, Millis } from '../core/units.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import { SLICE_BYTES, type PeerRequest, type PeerResponse } from '../protocol/peer-messages.ts'
import {
  openHead,
  openPackRecord,
  openPlacementTicket,
  signShardReceipt,
  type PackRecord,
} from '../protocol/records.ts'
import type { ShardStore } from '../store/shard-store.ts'
import type { Message, RemotePeer, Transport } from '../transport/transport.ts'
import { CoordinatorClock } from './coordinator-clock.ts'
import { reportInventory } from './inventory.ts'

export interface KeeperContext {
  readonly identity: DeviceIdentity
  readonly coordinator: Coordinator
  readonly transport: Transport
  readonly store: ShardStore
  readonly clock: Clock
  /** Hears when a key epoch of the account began, or when this device was removed from it. */
  readonly onMembership?: ((event: 'epoch-began' | 'revoked') => void) | undefined
}

/** What a keeper's screen or log line shows. */
export interface KeeperState {
  readonly online: boolean
  readonly paused: boolean
  readonly limitBytes: ByteCount
  readonly usedBytes: ByteCount
  readonly shards: number
  /** Accounts that something is kept for. */
  readonly owners: number
  /** Shard bytes sent and taken in since the start. */
  readonly servedBytes: ByteCount
  readonly receivedBytes: ByteCount
  /** Shards that were here at some time and are no longer, found by the inventory and told to the coordinator. */
  readonly lost: number
}

export interface Keeper {
  state(): KeeperState
  /** Runs the listener after every change. @returns ends it */
  onChange(listener: (state: KeeperState) => void): () => void
  /** Takes no new shards; what is kept is still served. */
  pause(): Promise<void>
  resume(): Promise<void>
  setLimit(limitBytes: ByteCount): Promise<void>
  /** Leaves the network. What is kept stays on disk. */
  stop(): Promise<void>
}

/** A half-received shard is given up after so long without a byte. */
const STAGING_PATIENCE_MS: Millis = 10 * 60_000
/** Heads in one answer, which has at most 16 KiB. */
const ANSWER_BYTES = 15 * 1024
/** Half-received shards in memory at once. */
const MAX_STAGINGS = 64
/** The coordinator hears of free space when it has changed by this much. */
const ANNOUNCE_STEP_BYTES = 64 * 1024 * 1024

/**
 * Starts keeping: takes stock, offers the space, answers owners until stopped.
 * @throws KeeptabError `coordinator-unreachable` or `store-failed`
 */
export async function startKeeping(context: KeeperContext, options: { limitBytes: ByteCount }): Promise<Keeper> {
  await context.store.setLimit(options.limitBytes)
  const { publicKey, now } = await context.coordinator.info()
  const engine = new KeeperEngine(context, publicKey, new CoordinatorClock(context.clock, now))
  try {
    await engine.start()
    return engine
  } catch (thrown) {
    await engine.stop()
    throw thrown
  }
}

/** A shard on its way in. */
interface Staging {
  readonly record: PackRecord
  readonly signedRecord: Bytes
  readonly index: number
  readonly group: Parameters<typeof signShardReceipt>[1]['group']
  readonly bytes: Bytes
  readonly slices: Set<number>
  touchedAt: Millis
  /** Once all slices are here: no byte changes any more, and whoever asks meanwhile gets the same answer. */
  storing?: Promise<PeerResponse>
}

class KeeperEngine implements Keeper {
  readonly #context: KeeperContext
  readonly #coordinatorKey: Bytes
  readonly #coordinatorClock: CoordinatorClock
  readonly #stagings = new Map<string, Staging>()
  readonly #listeners = new Set<(state: KeeperState) => void>()
  readonly #owners = new Map<PackId, AccountId>()
  readonly #stop: (() => void)[] = []
  #state: KeeperState = {
    online: false,
    paused: false,
    limitBytes: 0,
    usedBytes: 0,
    shards: 0,
    owners: 0,
    servedBytes: 0,
    receivedBytes: 0,
    lost: 0,
  }
  #announcedFreeBytes = -1
  /** Shards that were gone at the start, until the coordinator has been told. */
  #notAdmitted = 0
  #inventory: Promise<void> = Promise.resolve()

  constructor(context: KeeperContext, coordinatorKey: Bytes, coordinatorClock: CoordinatorClock) {
    this.#context = context
    this.#coordinatorKey = coordinatorKey
    this.#coordinatorClock = coordinatorClock
  }

  async start(): Promise<void> {
    const { store, transport, coordinator } = this.#context
    // Counted before it is listed, because listing forgets what is gone.
    const { shards } = await store.usage()
    let found = 0
    for await (const shard of store.list()) {
      this.#owners.set(shard.pack, shard.owner)
      found += 1
    }
    this.#notAdmitted = Math.max(0, shards - found)
    await this.#refresh()
    transport.serve((request, remote) => this.#answer(request, remote))
    await this.#announce()
    this.#stop.push(
      coordinator.goOnline((event) => {
        if (event.type === 'epoch-began' || event.type === 'revoked') this.#context.onMembership?.(event.type)
        const says = event.type === 'inventory-wanted' || event.type === 'epoch-began'
        this.#change({ online: event.type === 'online' || (says && this.#state.online) })
        if (event.type === 'inventory-wanted') this.#takeStock()
        if (event.type === 'online') void this.#announce().catch(() => undefined) // said again at the next change
      }),
    )
    await transport.ready()
  }

  state(): KeeperState {
    return this.#state
  }

  onChange(listener: (state: KeeperState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async pause(): Promise<void> {
    this.#change({ paused: true })
    await this.#announce()
  }

  async resume(): Promise<void> {
    this.#change({ paused: false })
    await this.#announce()
  }

  async setLimit(limitBytes: ByteCount): Promise<void> {
    await this.#context.store.setLimit(limitBytes)
    await this.#refresh()
    await this.#announce()
  }

  async stop(): Promise<void> {
    for (const end of this.#stop.splice(0)) end()
    for (const key of [...this.#stagings.keys()]) await this.#dropStaging(key)
    await this.#inventory
    this.#change({ online: false })
  }

  async #answer({ head, body }: Message<PeerRequest>, remote: RemotePeer): Promise<Message<PeerResponse>> {
    switch (head.type) {
      case 'offer':
        return { head: await this.#offer(head, remote) }
      case 'slice':
        return { head: await this.#slice(head, body, remote) }
      case 'read':
        return this.#read(head, remote)
      case 'keep-head':
        return { head: await this.#keepHead(head.head, remote) }
      case 'heads':
        return { head: { type: 'heads', heads: fitting(await this.#context.store.heads(remote.account)) } }
    }
  }

  /** Everything is checked before room is set aside: the coordinator's ticket, the owner's record, that they fit. */
  async #offer(offer: Extract<PeerRequest, { type: 'offer' }>, remote: RemotePeer): Promise<PeerResponse> {
    const { store, identity, clock } = this.#context
    const ticket = await openPlacementTicket(offer.ticket, this.#coordinatorKey)
    const record = await openPackRecord(offer.record)
    if (ticket.keeper !== identity.device || ticket.index !== offer.index)
      throw refused('The ticket is for another place.')
    if (ticket.owner !== remote.account || record.owner !== remote.account) throw refused('It is of another account.')
    if (ticket.expiresAt + CLOCK_TOLERANCE_MS < this.#coordinatorClock.now()) throw refused('The ticket has expired.')
    if (offer.index >= record.n) throw refused('The pack has no such shard.')

    const name = { pack: record.id, index: offer.index }
    if (await store.has(name)) return this.#receipt(record, offer.index, ticket.group)
    if (this.#state.paused) throw new KeeptabError('store-full', 'It is paused.')

    const key = keyOf(record.id, offer.index)
    let staging = this.#stagings.get(key)
    if (staging === undefined) {
      await this.#dropStale()
      if (this.#stagings.size >= MAX_STAGINGS) throw new KeeptabError('store-full', 'Too many shards are on their way.')
      await store.reserve(name, record.shardBytes)
      staging = {
        record,
        signedRecord: offer.record,
        index: offer.index,
        group: ticket.group,
        bytes: new Uint8Array(record.shardBytes),
        slices: new Set(),
        touchedAt: clock.now(),
      }
      this.#stagings.set(key, staging)
    }
    return staging.storing ?? { type: 'offered', have: prefix(staging) }
  }

  async #slice(
    slice: Extract<PeerRequest, { type: 'slice' }>,
    body: Bytes | undefined,
    remote: RemotePeer,
  ): Promise<PeerResponse> {
    const key = keyOf(idOf(parsePackId, slice.pack), slice.index)
    const staging = this.#stagings.get(key)
    if (staging?.record.owner !== remote.account) throw refused('Offer the shard first.')
    const expected = Math.min(SLICE_BYTES, staging.bytes.length - slice.offset)
    if (slice.offset % SLICE_BYTES !== 0 || body?.length !== expected)
      throw refused('A slice has the wrong place or length.')
    if (staging.storing !== undefined) return staging.storing

    staging.bytes.set(body, slice.offset)
    staging.slices.add(slice.offset)
    staging.touchedAt = this.#context.clock.now()
    this.#change({ receivedBytes: this.#state.receivedBytes + body.length })
    if (prefix(staging) < staging.bytes.length) return { type: 'staged', have: prefix(staging) }
    staging.storing = this.#store(staging).catch(async (thrown: unknown) => {
      await this.#dropStaging(key)
      throw thrown
    })
    return staging.storing
  }

  /** The whole shard is here: root first, disk second, receipt last. */
  async #store(staging: Staging): Promise<PeerResponse> {
    const { store } = this.#context
    const { record, index, group } = staging
    const root = record.roots[index]
    if (root === undefined || !equal(await merkleRoot(staging.bytes), root)) {
      throw new KeeptabError('shard-corrupt', 'What arrived does not match the signed root.')
    }
    await store.put({
      pack: record.id,
      index,
      group,
      owner: record.owner,
      sizeBytes: record.shardBytes,
      record: staging.signedRecord,
      bytes: staging.bytes,
    })
    this.#stagings.delete(keyOf(record.id, index))
    this.#owners.set(record.id, record.owner)
    const receipt = await this.#receipt(record, index, group)
    await this.#refresh()
    if (Math.abs(this.#freeBytes() - this.#announcedFreeBytes) >= ANNOUNCE_STEP_BYTES) {
      void this.#announce().catch(() => undefined) // said again at the next change
    }
    return receipt
  }

  async #read(read: Extract<PeerRequest, { type: 'read' }>, remote: RemotePeer): Promise<Message<PeerResponse>> {
    const { store } = this.#context
    const pack = idOf(parsePackId, read.pack)
    const owner = this.#owners.get(pack)
    // The same answer for what is not here and for what is another's: nobody learns what is kept for whom.
    if (owner !== remote.account) throw new KeeptabError('shard-unknown')
    const body = await store.read({ pack, index: read.index }, read.offset, read.length)
    if (body === undefined) throw new KeeptabError('shard-unknown')
    this.#change({ servedBytes: this.#state.servedBytes + body.length })
    return { head: { type: 'read' }, body }
  }

  async #keepHead(signed: Bytes, remote: RemotePeer): Promise<PeerResponse> {
    const head = await openHead(signed)
    const known = [...this.#owners.values()].includes(remote.account)
    if (head.account !== remote.account || !known)
      throw refused('Heads are kept only beside shards of the same account.')
    await this.#context.store.keepHead(head)
    return { type: 'done' }
  }

  async #receipt(record: PackRecord, index: number, group: Staging['group']): Promise<PeerResponse> {
    const { identity } = this.#context
    const root = record.roots[index]
    if (root === undefined) throw new KeeptabError('internal')
    const shard = { pack: record.id, index, root, group, storedAt: this.#coordinatorClock.now() }
    return { type: 'stored', receipt: await signShardReceipt(identity.deviceKey, shard) }
  }

  /** Reads through the store and tells the coordinator; one at a time. */
  #takeStock(): void {
    const before = this.#state.shards
    this.#inventory = this.#inventory
      .then(async () => {
        this.#coordinatorClock.set((await this.#context.coordinator.info()).now)
        const found = await reportInventory({ ...this.#context, clock: this.#coordinatorClock })
        await this.#refresh()
        this.#change({ lost: this.#state.lost + this.#notAdmitted + Math.max(0, before - found) })
        this.#notAdmitted = 0
      })
      .catch(() => undefined) // the coordinator is away; it asks again when it is back
  }

  async #announce(): Promise<void> {
    const { limitBytes, paused } = this.#state
    this.#announcedFreeBytes = this.#freeBytes()
    await this.#context.coordinator.keep({ limitBytes, freeBytes: this.#announcedFreeBytes, paused })
  }

  #freeBytes(): ByteCount {
    return Math.max(0, this.#state.limitBytes - this.#state.usedBytes)
  }

  async #refresh(): Promise<void> {
    const { limitBytes, usedBytes, shards } = await this.#context.store.usage()
    this.#change({ limitBytes, usedBytes, shards, owners: new Set(this.#owners.values()).size })
  }

  #change(change: Partial<KeeperState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener(this.#state)
  }

  async #dropStale(): Promise<void> {
    const oldest = this.#context.clock.now() - STAGING_PATIENCE_MS
    for (const [key, { touchedAt }] of this.#stagings) if (touchedAt < oldest) await this.#dropStaging(key)
  }

  async #dropStaging(key: string): Promise<void> {
    const staging = this.#stagings.get(key)
    this.#stagings.delete(key)
    if (staging !== undefined) await this.#context.store.release({ pack: staging.record.id, index: staging.index })
  }
}

const keyOf = (pack: PackId, index: number): string => `${pack}-${index}`

/** Bytes staged without a gap from the start. */
function prefix({ slices, bytes }: Staging): ByteCount {
  let end = 0
  while (slices.has(end)) end += SLICE_BYTES
  return Math.min(end, bytes.length)
}

/** As many heads as fit into one answer. */
function fitting(heads: readonly Bytes[]): Bytes[] {
  let room = ANSWER_BYTES
  return heads.filter(({ length }) => (room -= length + 8) >= 0)
}

const refused = (detail: string): KeeptabError => new KeeptabError('peer-refused', detail)
