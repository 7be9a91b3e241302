/** The coordinator as peers see it: introductions, places for shards, records and heads. No user byte goes there. */
import type { Bytes } from '../core/bytes.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { DeviceId, GroupId, PackId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import type { Visitor } from '../identity/visitor.ts'
import type {
  CondemnedPack,
  CondemnedShard,
  CoordinatorInfo,
  Handover,
  AuditQuestion,
  KeeperStanding,
  Keeping,
  ListedDevice,
  LocatedPack,
  OwnHealth,
  OwnPack,
  OwnRepair,
  Pairing,
  PairingSlot,
  PastHead,
  PlacementGroup,
  RendezvousTicket,
  RepairJob,
  RepairReport,
  ReplaceReason,
  SeenHead,
  ToldChurn,
} from '../protocol/coordinator-messages.ts'

/**
 * With these a head is left to whoever brings it later, knowing more: its manifest is not there yet, somebody else has
 * brought a newer one, or a removal of devices does not count it.
 */
export const HEAD_NOT_WANTED: readonly ErrorCode[] = ['not-found', 'conflict', 'device-revoked', 'epoch-behind']

/**
 * Signs in by itself when needed and again when a session has ended. Every method may throw KeeptabError
 * `coordinator-unreachable` once the patience of the adapter is used up, `too-many-requests`, `forbidden`, `malformed`
 * or `aborted`. All are safe to repeat: asking twice for the same thing changes nothing more.
 * Nothing that comes back is to be believed without its signature; openers are in `protocol/records`.
 */
export interface Coordinator {
  info(): Promise<CoordinatorInfo>
  /**
   * A fresh ticket for the rendezvous, with the ICE servers of the operator (none configured: none).
   * @param visitor the name of the moment that this device joins under; its own when left out
   */
  ticket(visitor?: Visitor): Promise<RendezvousTicket>
  /** The owner's open placement group. @throws KeeptabError `not-enough-keepers` with {eligible, needed} */
  group(): Promise<PlacementGroup>
  /** A group as it is now. @throws KeeptabError `not-found` */
  groupById(id: GroupId): Promise<PlacementGroup>
  /** Another keeper for one index of a group. @throws KeeptabError `not-enough-keepers` when there is no other */
  replaceKeeper(id: GroupId, index: number, keeper: DeviceId, reason: ReplaceReason): Promise<PlacementGroup>
  /** Commits a pack whose receipts reach the group's `happy`; adds receipts to one that is committed. Resolves when it is on the coordinator's disk. */
  commitPack(record: Bytes, group: GroupId, receipts: readonly Bytes[]): Promise<{ happiness: number }>
  /**
   * Where packs lie now; unknown ones are left out. Any number; asked in batches.
   * @param reader the name that they are to be read under: then each holder has a ticket for it
   */
  locatePacks(packs: readonly PackId[], reader?: Visitor): Promise<LocatedPack[]>
  /**
   * Publishes a head of this device, or one of another's that a keeper has seen.
   * @param rounds of this account's condemned packs, as `condemned` told it: whoever publishes must know of all of them
   * @throws KeeptabError `not-found` when a pack of its manifest is not known, `conflict` when the coordinator
   *   has this sequence with other bytes, or a later one, or when packs were condemned since; `device-revoked` or
   *   `epoch-behind` when a removal of devices does not count it
   */
  publishHead(head: Bytes, rounds?: number): Promise<void>
  /** Those of heads that were seen that the coordinator does not have, or only older ones. Any number; asked in batches. */
  missingHeads<T extends SeenHead>(seen: readonly T[]): Promise<T[]>
  /** The newest heads of this account, as the coordinator tells it: unverified. */
  heads(): Promise<Bytes[]>
  /** Heads of a device of this account that were the newest within the last 30 days, newest first: unverified. */
  pastHeads(device: DeviceId): Promise<PastHead[]>
  /** How the packs of this account are, those that are not condemned. */
  health(): Promise<OwnHealth>
  /** What the coordinator has seen of the lives of its keepers. */
  churn(): Promise<ToldChurn>
  /** Every pack of this account. */
  ownPacks(): Promise<OwnPack[]>
  /** The packs of this account that are condemned and not gone yet; `rounds` is for `publishHead`. */
  condemned(): Promise<{ rounds: number; packs: CondemnedPack[] }>
  /**
   * Condemns packs, any number of them (`protocol/condemnation`).
   * @param basis `headsDigest` of the newest heads, all of which were read
   * @throws KeeptabError `conflict` when those are not the newest any more
   */
  condemn(statements: readonly Bytes[], basis: Bytes): Promise<void>
  /** Takes condemnations back. @returns those of the packs that stay; the others are gone, or never were here */
  reprieve(packs: readonly PackId[]): Promise<PackId[]>
  /** Condemned packs of which this keeper keeps shards; with an order where their time is over. `now` is the coordinator's. */
  condemnedHere(): Promise<{ now: Millis; packs: CondemnedShard[] }>
  /** Says that this keeper has dropped all it kept of these packs, as it was ordered. */
  dropped(packs: readonly PackId[]): Promise<void>
  /** Says what this device is called and how to seal for it (`protocol/device-record`). */
  publishDevice(record: Bytes): Promise<void>
  /** Every device of this account that has ever signed in, as the coordinator tells it: unverified. */
  devices(): Promise<ListedDevice[]>
  /** All removals of devices, oldest first, and what was sealed for this device at the last one: unverified. */
  revocations(): Promise<{ revocations: Bytes[]; envelope?: Bytes | undefined }>
  /**
   * Removes devices: from now on those not kept are refused. Without envelopes it gives a removal back to a coordinator
   * that has lost it. @throws KeeptabError `conflict` when another one, or a head, came in between
   */
  revoke(revocation: Bytes, envelopes: readonly SealedFor[]): Promise<void>
  /** What this account has given up of removed devices (`identity/given-up`): unverified. */
  givenUp(): Promise<Bytes[]>
  /** Gives up what a removed device has backed up. @throws KeeptabError `conflict` when no removal has removed it */
  giveUp(statement: Bytes): Promise<void>
  /** Makes the mailbox in which this device waits for a new one. @param name 32 hexadecimal digits */
  openMailbox(name: string, offer: Bytes): Promise<void>
  keep(keeping: Keeping): Promise<void>
  /**
   * Who takes over shards that this keeper gives up, at most `HANDOVERS`; those that nobody can take are left out. They
   * stay this keeper's until `handedOver`.
   * @param not keepers that did not take what they were sent before
   */
  handOver(shards: readonly ShardPlace[], not: readonly DeviceId[]): Promise<Handover[]>
  /**
   * Hands in the receipts of successors, at most `HANDOVERS`. @returns the shards that lie there by now, on the
   * coordinator's disk, and need not be kept here any longer
   */
  handedOver(receipts: readonly Bytes[]): Promise<ShardPlace[]>
  /** Those of these shards that nobody takes over and nobody needs from this keeper; none where it does not say so. */
  unneeded(shards: readonly ShardPlace[]): Promise<ShardPlace[]>
  /**
   * A pack to repair; the same one again while this device has one. `undefined`: there is none for it now.
   * @param reader the name that holders are to be read under; the device's own when left out
   */
  takeRepair(reader?: Visitor): Promise<RepairJob | undefined>
  /** Packs of this account that have lost shards, of which its own devices may make them now. In no order. */
  ownRepairs(): Promise<OwnRepair[]>
  /** The job of repairing one of them, without holders; `undefined`: not now. `reportRepair` ends it. */
  takeOwnRepair(pack: PackId): Promise<RepairJob | undefined>
  /** Ends the repair that this device has. @returns indices whose receipts count */
  reportRepair(report: RepairReport): Promise<readonly number[]>
  /** Hands over one signed inventory page; answers with packs whose record is wanted. */
  reportInventory(page: Bytes): Promise<{ unknown: PackId[] }>
  putRecord(value: Bytes): Promise<void>
  /** The record of a pack of which this keeper keeps a shard. @throws KeeptabError `not-found` */
  record(pack: PackId): Promise<Bytes>
  /** What it thinks of this keeper. */
  standing(): Promise<KeeperStanding>
  /** Hands over a signed answer to an audit. One to a question that is no longer open changes nothing. */
  answerAudit(answer: Bytes): Promise<KeeperStanding>
  /**
   * Goes online: holds the live socket, re-opens it when it breaks. `onEvent` runs for each change, in order.
   * @returns ends it; this device is offline afterwards
   */
  goOnline(onEvent: (event: LiveEvent) => void): () => void
}

/**
 * The mailboxes of devices that meet, open to those without an account. Both methods may throw KeeptabError
 * `coordinator-unreachable`, `too-many-requests` or `malformed`, and may be repeated.
 */
export interface Mailboxes {
  /** What is in one. @throws KeeptabError `not-found` when it never was, or its time is over */
  read(name: string): Promise<Pairing>
  /** @throws KeeptabError `not-found`; `conflict` when another message is there */
  leave(name: string, slot: Exclude<PairingSlot, 'offer'>, message: Bytes): Promise<void>
}

export interface SealedFor {
  readonly device: DeviceId
  readonly envelope: Bytes
}

/** One shard of a pack. */
export interface ShardPlace {
  readonly pack: PackId
  readonly index: number
}

export type LiveEvent =
  | { readonly type: 'online' }
  | { readonly type: 'offline' }
  | { readonly type: 'inventory-wanted' }
  /** Prove a leaf. */
  | AuditQuestion
  /** There is a pack to repair. */
  | { readonly type: 'repair-wanted' }
  /** Devices of this account were removed, and this one goes on under new keys. */
  | { readonly type: 'epoch-began' }
  /** This device was removed from its account; it stays offline. */
  | { readonly type: 'revoked' }
  /** Another process or tab of the same device took over; this one stays offline. */
  | { readonly type: 'replaced' }
