/** A keeper's disk: shards of others, and the newest heads it has seen. */
import type { Bytes } from '../core/bytes.ts'
import type { AccountId, DeviceId, GroupId, PackId } from '../core/ids.ts'
import type { ByteCount, Millis } from '../core/units.ts'

/** Which shard: at most one of each index of a pack lies in a store. */
export interface ShardName {
  readonly pack: PackId
  readonly index: number
}

/** A shard as the store lists it. */
export interface KeptShard extends ShardName {
  readonly group: GroupId
  readonly owner: AccountId
  readonly sizeBytes: ByteCount
}

/** What goes in with a shard: the signed pack record, so that a coordinator that lost everything can be told again. */
export interface NewShard extends KeptShard {
  readonly record: Bytes
  readonly bytes: Bytes
}

/** What a keeper has sent and taken in, for its person: in a month of the calendar, and all in all. */
export interface Traffic {
  /** Such as `2026-11`. */
  readonly month: string
  readonly monthServedBytes: ByteCount
  readonly monthReceivedBytes: ByteCount
  readonly servedBytes: ByteCount
  readonly receivedBytes: ByteCount
}

/** Since when a keeper knows of something. */
interface Known {
  /** `watchedMs` when it was heard first. */
  readonly watchedMs: Millis
  /** The same by the coordinator's clock. */
  readonly heardAt: Millis
}

/** What a keeper has heard of packs that are to go, and of shards that nobody needs from it, and since when it knows. */
export interface CondemnedNotes {
  /** How much time it has seen pass, and when that was noted by its clock. */
  readonly watchedMs: Millis
  readonly notedAt: Millis
  readonly heard: readonly (Known & {
    readonly pack: PackId
    /** Which condemnation, 64 hexadecimal digits. */
    readonly condemnation: string
  })[]
  readonly unneeded?: readonly (Known & ShardName)[] | undefined
}

/** How far a keeper has looked through what it keeps. */
export interface ScrubNotes {
  /** The shard that was looked at last. */
  readonly after: ShardName
  /** Up to when what was due is done, by its clock. */
  readonly at: Millis
}

export interface StoreUsage {
  /** What the keeper is willing to keep. Lowering it below what is used throws nothing away; it only stops new shards. */
  readonly limitBytes: ByteCount
  readonly usedBytes: ByteCount
  readonly reservedBytes: ByteCount
  readonly shards: number
}

/**
 * Contract: `tests/contract/shard-store.ts`. Content is NOT verified here; the keeper checks Merkle roots before `put`
 * and readers after `read`. All methods may throw KeeptabError `store-failed` when the disk refuses.
 */
export interface ShardStore {
  usage(): Promise<StoreUsage>
  /** Survives a restart. A new store has a limit of 0 and accepts nothing. */
  setLimit(limitBytes: ByteCount): Promise<void>
  /**
   * Sets room aside for a shard that is on its way. Reserving a name again is harmless. Reservations do not survive
   * a restart.
   * @throws KeeptabError `store-full`, with nothing changed
   */
  reserve(name: ShardName, sizeBytes: ByteCount): Promise<void>
  /** Gives a reservation back. Harmless when there is none. */
  release(name: ShardName): Promise<void>
  /**
   * Stores a whole shard and ends its reservation. When it resolves the shard survives a power cut; when it throws or
   * the process dies before, the shard is not there at all. Putting one that is there changes nothing.
   * @throws KeeptabError `store-full` when there was no reservation and no room
   */
  put(shard: NewShard): Promise<void>
  /** A range of a shard, or `undefined` when it is not kept. Shorter at the end of the shard. */
  read(name: ShardName, offset: number, length: number): Promise<Bytes | undefined>
  has(name: ShardName): Promise<boolean>
  /** The signed pack record that came with a pack's shard. */
  record(pack: PackId): Promise<Bytes | undefined>
  /** Puts a sound copy in place of that record, where a shard of the pack is kept. When it resolves it survives a power cut. */
  keepRecord(pack: PackId, record: Bytes): Promise<void>
  /** Takes a shard out. Harmless when it is not there. */
  remove(name: ShardName): Promise<void>
  /**
   * Everything that can be served, in any order; a shard whose bytes have vanished or have another length is left out
   * and forgotten, so that an inventory admits losses.
   */
  list(): AsyncIterable<KeptShard>
  /** Keeps a signed head if `sequence` is higher than that of the one kept for this account and device. */
  keepHead(head: { account: AccountId; device: DeviceId; sequence: number; signed: Bytes }): Promise<void>
  /** The newest heads of an account, one for each of its devices. */
  heads(account: AccountId): Promise<Bytes[]>
  /** What was counted last; `undefined` before the first time. */
  traffic(): Promise<Traffic | undefined>
  /** Replaces what was counted. When it resolves it survives a restart. */
  keepTraffic(traffic: Traffic): Promise<void>
  /** What was heard of condemned packs; `undefined` before the first time, and when what was noted is unreadable. */
  condemned(): Promise<CondemnedNotes | undefined>
  /** Replaces it. When it resolves it survives a power cut. */
  keepCondemned(notes: CondemnedNotes): Promise<void>
  /** How far it has looked; `undefined` before the first time, and when what was noted is unreadable. */
  scrubbed(): Promise<ScrubNotes | undefined>
  /** Replaces it. Losing it in a power cut costs looking again. */
  keepScrubbed(notes: ScrubNotes): Promise<void>
  close(): Promise<void>
}
