/** The tables as Kysely sees them: what columns hold, in the order of the migrations that made them. */
import type { ColumnType } from 'kysely'

/** A safe integer, 64 bit in the database and read as bigint, so that no driver rounds it on the way. */
type Int = ColumnType<bigint, number, number>
type NullableInt = ColumnType<bigint | null, number | null, number | null>
/** 0 or 1: SQLite has no booleans. */
type Flag = Int
type Blob = ColumnType<Uint8Array, Uint8Array, Uint8Array>
type NullableBlob = ColumnType<Uint8Array | null, Uint8Array | null, Uint8Array | null>

export interface Tables {
  /** What this coordinator is: its key, its secrets. */
  meta: { name: string; value: Blob }
  accounts: { account: string; joined_at: Int }
  /** `block`: address block last seen, a failure domain. The address itself is not kept. `platform`: as the device says. */
  devices: { device: string; account: string; certificate: Blob; block: string; platform: string; seen_at: Int }
  /**
   * Coming and going. `since`: when it came or left. `watched`, `online_hours`: 24 numbers each, `absences`, `announced`:
   * lists, `hours`: seven numbers, those that held when it left, all in JSON (`durability/presence`). `gone_at`: when it is
   * to be found gone, of those who are away. `online_share`: thousandths of the time that it was watched, once it was for long.
   */
  presences: {
    device: string
    first_seen_at: Int
    online: Flag
    since: Int
    back_at: NullableInt
    watched: string
    online_hours: string
    absences: string
    announced: string
    gone_at: NullableInt
    gone: Flag
    hours: string | null
    online_share: NullableInt
  }
  /**
   * What a device offers to keep. `back_at`: when it promised to be back, of those who are paused until a time.
   * `stated_hours`: JSON (`durability/stated-hours`).
   */
  keepings: {
    device: string
    limit_bytes: Int
    free_bytes: Int
    paused: Flag
    back_at: NullableInt
    stated_hours: string | null
  }
  /** `rebuilt`: made again out of inventories after the placement was lost; open to claims, closed to new packs. */
  groups: { id: string; owner: string; k: Int; n: Int; stored_bytes: Int; rebuilt: Flag; made_at: Int }
  /** Who keeps, or kept, an index of a group. The one without `ended_at` does now. */
  slots: {
    owner: string
    group_id: string
    shard: Int
    keeper: string
    since: Int
    ended_at: NullableInt
    reason: string | null
  }
  /** Immutable: `name` is SHA-256 of `value`. */
  records: { name: string; value: Blob }
  packs: {
    id: string
    owner: string
    group_id: string
    k: Int
    n: Int
    /** Missing when a keeper brought the record. */
    committed_at: NullableInt
    /** How it was when it was last looked at (`durability/health`). */
    level: ColumnType<string | null, string | null | undefined, string | null>
    live: ColumnType<bigint | null, number | null | undefined, number | null>
    /** Repairers say that its shards belong to no code word: until then nobody is asked to repair it. */
    set_aside_until: ColumnType<bigint | null, number | null | undefined, number | null>
  }
  /** How many packs of those that were looked at are how well: what a count over `packs` would say. */
  health_counts: { k: Int; n: Int; level: string; live: Int; packs: Int }
  /**
   * `seen_at`: when the keeper last signed that it has this shard, by this coordinator's clock as the keeper knows it.
   * `draw`: where it lies on the ring of audits.
   */
  holders: { pack: string; shard: Int; keeper: string; group_id: string; seen_at: Int; draw: string }
  /** The same of packs whose record is not here yet: the keeper's word and nothing else, so there is a limit to them. */
  claims: { pack: string; shard: Int; keeper: string; group_id: string; seen_at: Int }
  /** The newest complete inventory of a keeper. */
  inventories: { keeper: string; taken_at: Int }
  /** Pages of the inventory that is coming in. */
  inventory_pages: { keeper: string; taken_at: Int; page: Int }
  /**
   * When a keeper is asked next, and what it was asked and has not answered. Without `ask_at` it is being asked, or is away.
   * `number` counts the questions, for the beacon.
   */
  audits: {
    keeper: string
    ask_at: NullableInt
    owed_at: Int
    number: Int
    audit: string | null
    day: NullableInt
    pack: string | null
    shard: NullableInt
    leaf: NullableInt
    rounds: Int
  }
  /** `durability/reputation`; the four kinds of evidence in millionths. `unread`: why others get nothing, and since when. */
  reputations: {
    keeper: string
    since: Int
    proven: Int
    lost: Int
    prompt: Int
    late: Int
    passed: Int
    failed: Int
    last_proven_at: NullableInt
    last_wrong_at: NullableInt
    barred: string | null
    barred_for: string | null
    barred_at: NullableInt
    streak: Int
    unread: string | null
    unread_at: NullableInt
    reads_left: Int
  }
  /** When a whole shard of a keeper is read. Without `read_at` it is away. */
  reads: { keeper: string; read_at: NullableInt }
  /** What readers have said of a keeper since there was a verdict, each once. */
  read_reports: { keeper: string; reader: string; outcome: string; at: Int; pack: string; shard: Int }
  /** `durability/hand`; evidence in millionths. */
  hands: {
    device: string
    borne_out: Int
    contradicted: Int
    reached_at: NullableInt
    barred_until: NullableInt
  }
  /** Shards that a keeper did not prove: its inventories do not bring them back. `answer`: what it signed, where it was wrong. */
  disproofs: { pack: string; shard: Int; keeper: string; at: Int; result: string; answer: NullableBlob }
  /** Packs whose health may have changed. */
  looks: { pack: string }
  /** Packs to be repaired; `repairer` is at it from `given_at` to `deadline`. */
  repairs: {
    pack: string
    level: string
    risk: Int
    since: Int
    not_before: Int
    failures: Int
    repairer: string | null
    given_at: NullableInt
    deadline: NullableInt
  }
  /** By account and device: any account can sign for any device. */
  heads: { account: string; device: string; sequence: Int; signed: Blob }
  /**
   * Heads that were the newest of their device until `replaced_at`, by `served_time` until `served_at`, one of each ten
   * minutes of the last 30 days.
   */
  past_heads: { account: string; device: string; sequence: Int; signed: Blob; replaced_at: Int; served_at: Int }
  /**
   * Packs that are to go: since when, by the clock and by `served_time`. With `dropped_at` keepers are ordered to drop
   * them; the row stays, for a keeper that comes back after years.
   */
  condemnations: {
    pack: string
    owner: string
    statement: Blob
    since: Int
    served_at: Int
    dropped_at: NullableInt
  }
  /** How often packs of an account were condemned. */
  condemned_rounds: { account: string; rounds: Int }
  /** For how long this coordinator could be asked. */
  served_time: { name: string; served_ms: Int; noted_at: Int }
  /** What devices say of themselves. */
  device_records: { device: string; account: string; signed: Blob }
  /** Removals of devices; `epoch` is the one that begins. */
  revocations: { account: string; epoch: Int; signed: Blob }
  /** What was sealed for a device when the newest epoch of its account began. */
  envelopes: { account: string; device: string; envelope: Blob }
  /** Statements that the backups of a removed device are given up. */
  given_up: { account: string; device: string; signed: Blob }
  /** What is counted by day (`TallyName`). */
  tallies: { day: Int; name: string; amount: Int }
  /** Keepers whose lives are watched, for the churn of the network. Without `gone_at` they count now. */
  watches: { keeper: string; shards: Int; counted_at: Int; gone_at: NullableInt }
}
