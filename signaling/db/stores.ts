/**
 * What the coordinator keeps, as narrow interfaces. They hold no rule but one: what is written in a transaction is there
 * as a whole or not at all, and on disk before the transaction resolves. Absence is `undefined`, never a throw.
 */
import type { Bytes } from '../../src/core/bytes.ts'
import type { AccountId, DeviceId, GroupId, PackId } from '../../src/core/ids.ts'
import type { Platform } from '../../src/core/platform.ts'
import type { ByteCount, Millis } from '../../src/core/units.ts'
import type { ChurnTally, LastingName } from '../../src/durability/churn.ts'
import type { Hand } from '../../src/durability/hand.ts'
import type { HealthLevel } from '../../src/durability/health.ts'
import type { PresenceHistory } from '../../src/durability/presence.ts'
import type { Draw } from '../../src/durability/audit-proof.ts'
import type { ReadOutcome, ReadReport } from '../../src/durability/reading.ts'
import type { AuditResult, Reputation } from '../../src/durability/reputation.ts'
import type { StatedHours } from '../../src/durability/stated-hours.ts'
import type { Keeping, ReplaceReason } from '../../src/protocol/coordinator-messages.ts'

export interface Database {
  /**
   * Runs `work` alone, as if no other transaction existed, and resolves when what it wrote is on disk. When `work`
   * throws, nothing of it remains. `work` may run more than once, so it must do nothing but read and write its stores.
   */
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>
  /** @throws when the database does not answer */
  check(): Promise<void>
  close(): Promise<void>
}

export interface Stores {
  readonly meta: MetaStore
  readonly devices: DeviceStore
  readonly groups: GroupStore
  readonly packs: PackStore
  readonly inventories: InventoryStore
  readonly heads: HeadStore
  readonly deviceRecords: DeviceRecordStore
  readonly revocations: RevocationStore
  readonly presences: PresenceStore
  readonly condemnations: CondemnationStore
  readonly audits: AuditStore
  readonly reputations: ReputationStore
  readonly reads: ReadStore
  readonly hands: HandStore
  readonly repairs: RepairStore
  readonly tallies: TallyStore
  readonly watches: WatchStore
}

export interface MetaStore {
  get(name: string): Promise<Bytes | undefined>
  /** Keeps the first value a name was given. */
  putOnce(name: string, value: Bytes): Promise<void>
  /** Replaces the value of a name. */
  put(name: string, value: Bytes): Promise<void>
}

export interface StoredDevice {
  readonly device: DeviceId
  readonly account: AccountId
  readonly certificate: Bytes
  /** Address block it was last seen in. */
  readonly block: string
  readonly platform: Platform
  readonly seenAt: Millis
}

/** What a device would go down with, as far as it is written down. */
export interface StoredPlace {
  readonly account: AccountId
  readonly block: string
  readonly platform: Platform
  readonly stated: StatedHours
  /** Share of the time that it was there while it was watched, once it was for long enough. */
  readonly seenShare: number | undefined
}

export interface StoredKeeper extends Omit<Keeping, 'hours'>, StoredPlace {
  readonly keeper: DeviceId
  /** When its coming and going was first noted; `undefined` before. */
  readonly knownSince: Millis | undefined
  readonly seenAt: Millis
}

export interface DeviceStore {
  get(device: DeviceId): Promise<StoredDevice | undefined>
  /** By device. */
  ofAccount(account: AccountId): Promise<StoredDevice[]>
  /** Makes the device, and its account when there is none, or brings all but the account up to date. */
  put(device: StoredDevice): Promise<void>
  /** Notes where a known device is seen. */
  seen(device: DeviceId, block: string, at: Millis): Promise<void>
  setKeeping(device: DeviceId, keeping: Omit<Keeping, 'hours'>, stated?: StatedHours): Promise<void>
  /** What a device has said of its hours. */
  statedHours(device: DeviceId): Promise<StatedHours>
  /** When a device that is paused until a time said it would go on. */
  backAt(device: DeviceId): Promise<Millis | undefined>
  /** Every device that has said what it keeps. */
  keepers(): Promise<StoredKeeper[]>
  /** Places of these devices, those that are known. */
  places(devices: readonly DeviceId[]): Promise<Map<DeviceId, StoredPlace>>
}

/** An id alone names no group: keepers know it, and after a loss one could call it a group of an account of its own. */
export interface GroupName {
  readonly id: GroupId
  readonly owner: AccountId
}

export interface StoredGroup extends GroupName {
  readonly k: number
  readonly n: number
  /** Pack bytes committed to it, parity not counted. */
  readonly storedBytes: ByteCount
  /** Made out of inventories, because it was lost. */
  readonly rebuilt: boolean
  readonly madeAt: Millis
}

/** A keeper's time at an index of a group. */
export interface StoredSlot {
  readonly index: number
  readonly keeper: DeviceId
  /** `undefined`: keeps it now. */
  readonly ended: { readonly at: Millis; readonly reason: EndReason } | undefined
}

/** Why a keeper no longer takes new shards of an index: its owner asked for another one, it gave the place up, is gone, or may get nothing. */
export type EndReason = ReplaceReason | 'handed-over' | 'gone' | 'barred'

export interface GroupStore {
  get(group: GroupName): Promise<StoredGroup | undefined>
  /** Whose there is one of that id. */
  ofId(id: GroupId): Promise<StoredGroup[]>
  /** The newest group of an owner that was not rebuilt. */
  newest(owner: AccountId): Promise<StoredGroup | undefined>
  /** Does nothing when its owner has one of that id. */
  add(group: StoredGroup): Promise<void>
  markRebuilt(group: GroupName): Promise<void>
  addBytes(group: GroupName, bytes: ByteCount): Promise<void>
  /** Pack bytes in all groups. */
  storedBytes(): Promise<ByteCount>
  /** Present and past keepers, by index. */
  slots(group: GroupName): Promise<StoredSlot[]>
  /** Whether a keeper has, or had at some time, this index of a group of that owner. */
  wasGiven(keeper: DeviceId, index: number, owner: AccountId): Promise<boolean>
  /** Those of these owners of a group of which the keeper has, or had at some time, any index. */
  ownersServed(keeper: DeviceId, owners: readonly AccountId[]): Promise<Set<AccountId>>
  /** Puts a keeper at an index that has none. */
  assign(group: GroupName, index: number, keeper: DeviceId, at: Millis): Promise<void>
  /** Ends the time of a keeper at an index. */
  end(group: GroupName, index: number, keeper: DeviceId, at: Millis, reason: EndReason): Promise<void>
  /** Notes a keeper that takes over old shards of an index and gets no new ones. Changes nothing for one that was there. */
  assignPast(group: GroupName, index: number, keeper: DeviceId, at: Millis): Promise<void>
}

export interface StoredPack {
  readonly id: PackId
  readonly owner: AccountId
  readonly group: GroupId
  readonly k: number
  readonly n: number
  /** `undefined`: a keeper brought the record, the owner has not shown enough receipts here. */
  readonly committedAt: Millis | undefined
  /** As it was when it was last looked at; `undefined` before that. */
  readonly health: PackHealth | undefined
  /** Nobody is asked to repair it before (`spoilt-codes.ts`). */
  readonly setAsideUntil: Millis | undefined
}

export interface PackHealth {
  readonly level: HealthLevel
  /** Distinct shards that counted. */
  readonly live: number
}

/** Packs that are equally well. */
export interface HealthCount {
  readonly k: number
  readonly n: number
  readonly health: PackHealth | undefined
  readonly packs: number
}

export interface Holder {
  readonly pack: PackId
  readonly index: number
  readonly keeper: DeviceId
  readonly group: GroupId
  /** When the keeper last signed that it holds it, by this coordinator's clock as the keeper knows it. */
  readonly seenAt: Millis
}

export interface PackStore {
  /** Those of `ids` that are known, record and all. */
  get(ids: readonly PackId[]): Promise<Map<PackId, StoredPack>>
  /** The signed record of a pack. */
  record(id: PackId): Promise<Bytes | undefined>
  /** Writes pack and record. A pack that is there and committed stays as it is, and how it is is not written here. */
  add(pack: Omit<StoredPack, 'health' | 'setAsideUntil'>, record: Bytes): Promise<void>
  /** @param until `undefined`: it is repaired again at once */
  setAside(id: PackId, until: Millis | undefined): Promise<void>
  /** From now on it is a pack of that group. */
  move(id: PackId, group: GroupId): Promise<void>
  /** Adds holders, or moves their `seenAt` forward. */
  addHolders(holders: readonly Holder[]): Promise<void>
  /** Notes what keepers say to hold and are not counted for. */
  addClaims(claims: readonly Holder[]): Promise<void>
  /** How many such claims a keeper has made since: of packs whose record is `known`, and of others. */
  claimCounts(keeper: DeviceId, since: Millis): Promise<{ known: number; unknown: number }>
  /** Makes the claims of a pack holders. */
  settleClaims(id: PackId): Promise<void>
  /** By pack, then index. */
  claims(ids: readonly PackId[]): Promise<Holder[]>
  /** By pack, then index. */
  holders(ids: readonly PackId[]): Promise<Holder[]>
  /** At most `limit` packs after one by id, from the first one without. */
  after(id: PackId | undefined, limit: number): Promise<PackId[]>
  /** Forgets a holder. Harmless when there is none. */
  removeHolder(holder: Pick<Holder, 'pack' | 'index' | 'keeper'>): Promise<void>
  /** Those of an owner, by id. @param after the empty text for the first ones */
  ofOwner(owner: AccountId, after: PackId | '', most: number): Promise<StoredPack[]>
  /** Those of these packs that nobody has committed, condemned, or says to have a shard of any more. */
  unheld(ids: readonly PackId[]): Promise<PackId[]>
  /** Forgets a pack, its record and claims. Its holders stay. */
  remove(id: PackId): Promise<void>
  /** Notes how a pack is. */
  setHealth(id: PackId, health: PackHealth): Promise<void>
  /** How the packs of an owner are that are not condemned, by group. */
  healthOf(owner: AccountId): Promise<(HealthCount & { readonly group: GroupId })[]>
  /** At most `most` packs of an owner that are at one of these levels and not condemned, the worst first. */
  atLevels(
    owner: AccountId,
    levels: readonly HealthLevel[],
    most: number,
  ): Promise<{ id: PackId; group: GroupId; health: PackHealth }[]>
  /**
   * Packs of an owner after one by id that are not condemned and down to so many shards of their code, those that are lost
   * among them.
   * @param after the empty text for the first ones
   */
  thinned(
    owner: AccountId,
    codes: readonly { readonly k: number; readonly n: number; readonly live: number }[],
    after: PackId | '',
    most: number,
  ): Promise<{ id: PackId; risk: number }[]>
  /** How all packs are, from counts that are kept; those that were never looked at are not among them. */
  healthCounts(): Promise<HealthCount[]>
}

export interface InventoryStore {
  /** When the newest complete inventory of a keeper was taken. */
  takenAt(keeper: DeviceId): Promise<Millis | undefined>
  /** Of which inventory there are pages and not all of them. */
  running(keeper: DeviceId): Promise<Millis | undefined>
  /** Forgets pages of a keeper's inventories, and which shards of its own they alone say that it was not given. */
  abandon(keeper: DeviceId): Promise<void>
  /** Forgets that a keeper holds shards of packs that nobody has committed. */
  disown(keeper: DeviceId): Promise<void>
  hasPage(keeper: DeviceId, takenAt: Millis, page: number): Promise<boolean>
  /** Notes a page. @returns how many pages of that inventory are in */
  addPage(keeper: DeviceId, takenAt: Millis, page: number): Promise<number>
  /** What this keeper was seen to hold later than this counts as seen long ago: the next inventory confirms it or it goes. */
  unsee(keeper: DeviceId, after: Millis): Promise<void>
  /**
   * Makes this the newest inventory; forgets holders and claims it did not confirm, and pages up to it. Marks the packs that
   * have lost a holder by it to be looked at.
   * @returns how many shards of packs that are kept it no longer has
   */
  complete(keeper: DeviceId, takenAt: Millis): Promise<number>
}

/** What a keeper was asked for and has not answered. */
export interface PendingAudit {
  readonly id: string
  /** Whose secret of the beacon it was chosen with. */
  readonly day: number
  readonly pack: PackId
  readonly index: number
  readonly leaf: number
  /** How often the answer has not come in time. */
  readonly rounds: number
}

export interface StoredAudit {
  readonly keeper: DeviceId
  /** `undefined`: it is being asked, or is away and waits until it is back. */
  readonly askAt: Millis | undefined
  readonly owedAt: Millis
  /** Questions so far. */
  readonly number: number
  readonly pending: PendingAudit | undefined
}

/** A shard that a keeper did not prove. */
export interface Disproof {
  readonly pack: PackId
  readonly index: number
  readonly keeper: DeviceId
  readonly at: Millis
  readonly result: Exclude<AuditResult, 'proven' | 'late'>
  /** What the keeper signed, where it is evidence. */
  readonly answer: Bytes | undefined
}

export interface AuditStore {
  get(keeper: DeviceId): Promise<StoredAudit | undefined>
  /** Replaces what there was. */
  put(audit: StoredAudit): Promise<void>
  /** Keepers whose time has come, the longest overdue first. */
  due(now: Millis, limit: number): Promise<DeviceId[]>
  /** The shard of a keeper at or after a point of the ring, or else the first one. `undefined` when it has none. */
  drawn(keeper: DeviceId, point: Draw): Promise<Holder | undefined>
  /** The shard of a keeper at exactly this point, where there is one. */
  at(keeper: DeviceId, point: Draw): Promise<Holder | undefined>
  /** The shard with so many of that keeper before it on the ring. `undefined` when it has no more than that. */
  nth(keeper: DeviceId, before: number): Promise<Holder | undefined>
  /** Moves a shard to another place of the ring. */
  redraw(holder: Pick<Holder, 'pack' | 'index' | 'keeper'>, draw: Draw): Promise<void>
  /** How many shards a keeper has, counted up to `most`. */
  count(keeper: DeviceId, most: number): Promise<number>
  /** Remembers it, in place of an earlier one of the same shard and keeper. */
  disprove(disproof: Disproof): Promise<void>
  /** The newest of each shard of these packs. */
  disproofs(packs: readonly PackId[]): Promise<Disproof[]>
}

export interface ReputationStore {
  get(keeper: DeviceId): Promise<Reputation | undefined>
  /** Of those of these keepers that have one. */
  of(keepers: readonly DeviceId[]): Promise<Map<DeviceId, Reputation>>
  /** Of everybody who has one. */
  all(): Promise<Map<DeviceId, Reputation>>
  put(keeper: DeviceId, reputation: Reputation): Promise<void>
}

/** What a reader said, and of which shard. */
export interface StoredReport extends ReadReport {
  readonly pack: PackId
  readonly index: number
}

/** When a whole shard of a keeper is read next, and what readers have said since there was a verdict. */
export interface StoredRead {
  readonly keeper: DeviceId
  /** `undefined`: it is away and waits until it is back. */
  readonly readAt: Millis | undefined
  /** By time. */
  readonly reports: readonly StoredReport[]
}

export interface ReadStore {
  get(keeper: DeviceId): Promise<StoredRead | undefined>
  /** Makes it, or moves its time; reports stay. */
  put(keeper: DeviceId, readAt: Millis | undefined): Promise<void>
  /** Notes what a reader said, unless it has said something of this keeper already. */
  addReport(keeper: DeviceId, report: StoredReport): Promise<void>
  /** Forgets what was said of a keeper, or only what was said until then. */
  forgetReports(keeper: DeviceId, until?: Millis): Promise<void>
  /** Keepers whose time has come, the longest overdue first. */
  due(now: Millis, limit: number): Promise<DeviceId[]>
}

/** What the word of peers is worth that read and repair for others. */
export interface HandStore {
  /** `newHand` of one that nothing is known of. */
  get(device: DeviceId): Promise<Hand>
  put(device: DeviceId, hand: Hand): Promise<void>
  /** Everybody who is not to be asked now. */
  barred(now: Millis): Promise<ReadonlySet<DeviceId>>
}

export interface StoredHead {
  readonly device: DeviceId
  readonly account: AccountId
  readonly sequence: number
  readonly signed: Bytes
}

/** A head that was the newest of its device until then. */
export interface PastStoredHead extends StoredHead {
  /** By this coordinator's clock. */
  readonly replacedAt: Millis
  /** What `served` counted then. */
  readonly servedAt: Millis
}

/** By account and device: any account can sign for any device, and reaches no row of another by that. */
export interface HeadStore {
  newest(account: AccountId, device: DeviceId): Promise<StoredHead | undefined>
  /** By device. */
  ofAccount(account: AccountId): Promise<StoredHead[]>
  /** How far the heads of these accounts are. */
  sequences(accounts: Iterable<AccountId>): Promise<Omit<StoredHead, 'signed'>[]>
  /** Replaces the newest head of the device in this account. */
  put(head: StoredHead): Promise<void>
  /** Remembers a head that is replaced. */
  addPast(head: PastStoredHead): Promise<void>
  /** Those remembered of a device of this account with a lower sequence, highest first. */
  past(account: AccountId, device: DeviceId, before: number, most: number): Promise<PastStoredHead[]>
  /** Forgets all that were replaced before, by the clock and by `served`. */
  forgetPast(before: Pick<PastStoredHead, 'replacedAt' | 'servedAt'>): Promise<void>
}

export interface StoredCondemnation {
  readonly pack: PackId
  readonly owner: AccountId
  /** The signed condemnation. */
  readonly statement: Bytes
  /** By this coordinator's clock. */
  readonly since: Millis
  /** What `served` counted then. */
  readonly servedAt: Millis
  /** When the first keeper was ordered to drop it. */
  readonly droppedAt: Millis | undefined
}

export interface CondemnationStore {
  get(packs: readonly PackId[]): Promise<Map<PackId, StoredCondemnation>>
  /** Those of an owner that are not dropped, by pack. @param after the empty text for the first ones */
  ofOwner(owner: AccountId, after: PackId | '', most: number): Promise<StoredCondemnation[]>
  /** Those, dropped or not, of which a keeper is a holder, by pack. */
  heldBy(keeper: DeviceId, after: PackId | '', most: number): Promise<StoredCondemnation[]>
  /** Does nothing when the pack is condemned already. */
  add(condemnation: StoredCondemnation): Promise<void>
  /** Those of an owner that are not dropped count from now on. */
  renew(owner: AccountId, since: Millis, servedAt: Millis): Promise<void>
  remove(pack: PackId): Promise<void>
  markDropped(pack: PackId, at: Millis): Promise<void>
  /** How often packs of an account were condemned. */
  rounds(account: AccountId): Promise<number>
  addRound(account: AccountId): Promise<void>
  /** For how long this coordinator could be asked, and when that was noted. */
  served(): Promise<{ servedMs: Millis; notedAt: Millis } | undefined>
  putServed(served: { servedMs: Millis; notedAt: Millis }): Promise<void>
}

export interface DeviceRecordStore {
  /** Signed bytes by device. */
  ofAccount(account: AccountId): Promise<Map<DeviceId, Bytes>>
  put(device: DeviceId, account: AccountId, signed: Bytes): Promise<void>
}

export interface RevocationStore {
  /** Oldest first. */
  ofAccount(account: AccountId): Promise<Bytes[]>
  /** Every account that has removed a device. */
  accounts(): Promise<AccountId[]>
  /** @throws when the account has one of that epoch */
  add(account: AccountId, epoch: number, signed: Bytes): Promise<void>
  /** What its account has sealed for a device last. */
  envelope(account: AccountId, device: DeviceId): Promise<Bytes | undefined>
  putEnvelope(account: AccountId, device: DeviceId, envelope: Bytes): Promise<void>
  /** What an account has given up: the signed statement of each device. */
  givenUp(account: AccountId): Promise<Map<DeviceId, Bytes>>
  /** Replaces that of the device. */
  putGivenUp(account: AccountId, device: DeviceId, signed: Bytes): Promise<void>
}

export interface StoredPresence {
  readonly device: DeviceId
  readonly history: PresenceHistory
  /** When it is to be found gone; `undefined` while it is online. */
  readonly goneAt: Millis | undefined
  /** It was found gone and has not come back. */
  readonly gone: boolean
}

export interface PresenceStore {
  /** Those of these devices that were ever seen. */
  get(devices: readonly DeviceId[]): Promise<Map<DeviceId, StoredPresence>>
  put(presence: StoredPresence): Promise<void>
  online(): Promise<StoredPresence[]>
  /** At most `limit` that were to be found gone by `now` and were not yet, the longest overdue first. */
  due(now: Millis, limit: number): Promise<StoredPresence[]>
  /**
   * Moves what everybody is measured from by `ms`, which may be negative, to `now` at the latest. Nobody who was not found
   * gone before is to be before `soonest`.
   */
  shift(ms: Millis, now: Millis, soonest: Millis): Promise<void>
}

export type RepairLevel = Exclude<HealthLevel, 'healthy'>

/** A pack that is to be repaired. */
export interface StoredRepair {
  readonly pack: PackId
  readonly level: RepairLevel
  /** Shards that may still be lost. */
  readonly risk: number
  readonly since: Millis
  /** Jobs in a row of which nothing came. */
  readonly failures: number
  /** Who is at it. */
  readonly job: { readonly repairer: DeviceId; readonly givenAt: Millis; readonly deadline: Millis } | undefined
}

export interface RepairStore {
  /** Marks packs to be looked at. */
  lookAt(packs: readonly PackId[]): Promise<void>
  /** Marks every pack of which a keeper is known to hold a shard to be looked at. */
  lookAtKeeper(keeper: DeviceId): Promise<void>
  /** Some of those that are marked. */
  looks(limit: number): Promise<PackId[]>
  /** Takes their marks away. */
  looked(packs: readonly PackId[]): Promise<void>
  /** Puts a pack into the queue, or brings its level and risk up to date; with another risk it need not wait any more. */
  want(repair: Pick<StoredRepair, 'pack' | 'level' | 'risk'>, at: Millis): Promise<void>
  /** Takes packs out of the queue, whoever is at them. Harmless for those that are not in it. */
  forget(packs: readonly PackId[]): Promise<void>
  get(pack: PackId): Promise<StoredRepair | undefined>
  /** Those that nobody is at, that are not lost and need not wait, by risk, then by age. */
  ready(now: Millis, limit: number): Promise<StoredRepair[]>
  underWay(): Promise<StoredRepair[]>
  give(pack: PackId, repairer: DeviceId, at: Millis, deadline: Millis): Promise<void>
  /** Nobody is at it any more. @param notBefore until when it waits */
  takeBack(pack: PackId, failures: number, notBefore: Millis): Promise<void>
  /** How many packs are in the queue, by level and risk. */
  histogram(): Promise<{ level: RepairLevel; risk: number; packs: number }[]>
}

/** What is counted by day. */
export type TallyName = keyof ChurnTally | LastingName | AuditResult | ReadOutcome | 'repairBytes' | 'repairShards'

export type Tally = Readonly<Partial<Record<TallyName, number>>>

export interface TallyStore {
  /** Adds safe integers to what a day has. @param day since 1970 */
  add(day: number, tally: Tally): Promise<void>
  /** Days from one on that have any, oldest first. */
  from(day: number): Promise<{ day: number; tally: Tally }[]>
  forgetBefore(day: number): Promise<void>
}

/** A keeper whose life is watched. */
export interface Watch {
  readonly keeper: DeviceId
  /** What it kept when that was last counted, or when it stopped counting; nothing of one that was turned out. */
  readonly shards: number
  /** When it was last looked at, or in the future when it is to be left alone. */
  readonly countedAt: Millis
  /** Since when it does not count; `undefined`: it does. */
  readonly goneAt: Millis | undefined
}

export interface WatchStore {
  get(keeper: DeviceId): Promise<Watch | undefined>
  put(watch: Watch): Promise<void>
  /** At most `limit` of those that were last counted by then, the longest ago first. */
  due(countedBy: Millis, limit: number): Promise<Watch[]>
  /** Puts the times at which they were counted, and at which they stopped counting, forward by so much. */
  shift(ms: Millis): Promise<void>
  /** Keepers that count and keep something. */
  keepers(): Promise<number>
}
