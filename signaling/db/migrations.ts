/** Versioned changes of the tables. A migration that has been released is never edited: the next one follows it. */
import { Migrator, sql, type Kysely, type Migration } from 'kysely'
import { KeeptabError } from '../../src/core/errors.ts'
import type { Tables } from './tables.ts'

/** What the two databases call a byte string. */
export type BlobType = 'blob' | 'bytea'

const first = (blob: BlobType): Migration => ({
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('meta')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('value', blob, (c) => c.notNull())
      .execute()
    await schema
      .createTable('accounts')
      .addColumn('account', 'text', (c) => c.primaryKey())
      .addColumn('joined_at', 'bigint', (c) => c.notNull())
      .execute()
    await schema
      .createTable('devices')
      .addColumn('device', 'text', (c) => c.primaryKey())
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('certificate', blob, (c) => c.notNull())
      .addColumn('block', 'text', (c) => c.notNull())
      .addColumn('seen_at', 'bigint', (c) => c.notNull())
      .execute()
    await schema
      .createTable('keepings')
      .addColumn('device', 'text', (c) => c.primaryKey())
      .addColumn('limit_bytes', 'bigint', (c) => c.notNull())
      .addColumn('free_bytes', 'bigint', (c) => c.notNull())
      .addColumn('paused', 'bigint', (c) => c.notNull())
      .execute()
    await schema
      .createTable('groups')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('owner', 'text', (c) => c.notNull())
      .addColumn('k', 'bigint', (c) => c.notNull())
      .addColumn('n', 'bigint', (c) => c.notNull())
      .addColumn('stored_bytes', 'bigint', (c) => c.notNull())
      .addColumn('rebuilt', 'bigint', (c) => c.notNull())
      .addColumn('made_at', 'bigint', (c) => c.notNull())
      .execute()
    await schema.createIndex('groups_of_owner').on('groups').columns(['owner', 'made_at']).execute()
    await schema
      .createTable('slots')
      .addColumn('group_id', 'text', (c) => c.notNull())
      .addColumn('shard', 'bigint', (c) => c.notNull())
      .addColumn('keeper', 'text', (c) => c.notNull())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addColumn('ended_at', 'bigint')
      .addColumn('reason', 'text')
      .addPrimaryKeyConstraint('slots_key', ['group_id', 'shard', 'keeper'])
      .execute()
    await schema
      .createIndex('one_keeper_at_a_time')
      .unique()
      .on('slots')
      .columns(['group_id', 'shard'])
      .where(sql.ref('ended_at'), 'is', null)
      .execute()
    await schema
      .createTable('records')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('value', blob, (c) => c.notNull())
      .execute()
    await schema
      .createTable('packs')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('owner', 'text', (c) => c.notNull())
      .addColumn('group_id', 'text', (c) => c.notNull())
      .addColumn('k', 'bigint', (c) => c.notNull())
      .addColumn('n', 'bigint', (c) => c.notNull())
      .addColumn('committed_at', 'bigint')
      .execute()
    await schema
      .createTable('holders')
      .addColumn('pack', 'text', (c) => c.notNull())
      .addColumn('shard', 'bigint', (c) => c.notNull())
      .addColumn('keeper', 'text', (c) => c.notNull())
      .addColumn('group_id', 'text', (c) => c.notNull())
      .addColumn('seen_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('holders_key', ['pack', 'shard', 'keeper'])
      .execute()
    await schema.createIndex('holders_of_keeper').on('holders').columns(['keeper', 'seen_at']).execute()
    await schema
      .createTable('inventories')
      .addColumn('keeper', 'text', (c) => c.primaryKey())
      .addColumn('taken_at', 'bigint', (c) => c.notNull())
      .execute()
    await schema
      .createTable('inventory_pages')
      .addColumn('keeper', 'text', (c) => c.notNull())
      .addColumn('taken_at', 'bigint', (c) => c.notNull())
      .addColumn('page', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('inventory_pages_key', ['keeper', 'taken_at', 'page'])
      .execute()
    await schema
      .createTable('heads')
      .addColumn('device', 'text', (c) => c.primaryKey())
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('sequence', 'bigint', (c) => c.notNull())
      .addColumn('signed', blob, (c) => c.notNull())
      .execute()
    await schema.createIndex('heads_of_account').on('heads').column('account').execute()
  },
})

/** What keepers say of packs without a record gets a table of its own: it can be counted, and it stays out of the holders. */
const second: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('claims')
      .addColumn('pack', 'text', (c) => c.notNull())
      .addColumn('shard', 'bigint', (c) => c.notNull())
      .addColumn('keeper', 'text', (c) => c.notNull())
      .addColumn('group_id', 'text', (c) => c.notNull())
      .addColumn('seen_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('claims_key', ['pack', 'shard', 'keeper'])
      .execute()
    await db.schema.createIndex('claims_of_keeper').on('claims').columns(['keeper', 'seen_at']).execute()
    await sql`insert into claims select pack, shard, keeper, group_id, seen_at from holders
      where pack not in (select id from packs)`.execute(db)
    await sql`delete from holders where pack not in (select id from packs)`.execute(db)
  },
}

const devices = (blob: BlobType): Migration => ({
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('device_records')
      .addColumn('device', 'text', (c) => c.primaryKey())
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('signed', blob, (c) => c.notNull())
      .execute()
    await schema.createIndex('device_records_of_account').on('device_records').column('account').execute()
    await schema.createIndex('devices_of_account').on('devices').column('account').execute()
    await schema
      .createTable('revocations')
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('epoch', 'bigint', (c) => c.notNull())
      .addColumn('signed', blob, (c) => c.notNull())
      .addPrimaryKeyConstraint('revocations_key', ['account', 'epoch'])
      .execute()
    await schema
      .createTable('envelopes')
      .addColumn('device', 'text', (c) => c.primaryKey())
      .addColumn('envelope', blob, (c) => c.notNull())
      .execute()
  },
})

const promiseOfReturn: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('keepings').addColumn('back_at', 'bigint').execute()
  },
}

const presence: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('presences')
      .addColumn('device', 'text', (c) => c.primaryKey())
      .addColumn('first_seen_at', 'bigint', (c) => c.notNull())
      .addColumn('online', 'bigint', (c) => c.notNull())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addColumn('back_at', 'bigint')
      .addColumn('watched', 'text', (c) => c.notNull())
      .addColumn('online_hours', 'text', (c) => c.notNull())
      .addColumn('absences', 'text', (c) => c.notNull())
      .addColumn('announced', 'text', (c) => c.notNull())
      .addColumn('gone_at', 'bigint')
      .addColumn('gone', 'bigint', (c) => c.notNull())
      .execute()
    await schema
      .createIndex('presences_due')
      .on('presences')
      .column('gone_at')
      .where(sql.ref('gone'), '=', sql.lit(0))
      .execute()
    await schema
      .createIndex('presences_online')
      .on('presences')
      .column('device')
      .where(sql.ref('online'), '=', sql.lit(1))
      .execute()
    // Whoever was seen before presence was noted: the first start moves the absence of all, and its end, to its own time.
    const graceMs = 48 * 60 * 60_000
    const hours = `[${Array.from({ length: 24 }, () => 0).join()}]`
    await sql`insert into presences select device, seen_at, 0, 0, null, ${hours}, ${hours}, '[]', '[]', ${graceMs}, 0
      from devices`.execute(db)
  },
}
/** Deleting with a delay. */
const retention = (blob: BlobType): Migration => ({
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('past_heads')
      .addColumn('device', 'text', (c) => c.notNull())
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('sequence', 'bigint', (c) => c.notNull())
      .addColumn('signed', blob, (c) => c.notNull())
      .addColumn('replaced_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('past_heads_key', ['device', 'sequence'])
      .execute()
    await schema.createIndex('past_heads_by_time').on('past_heads').column('replaced_at').execute()
    await schema
      .createTable('condemnations')
      .addColumn('pack', 'text', (c) => c.primaryKey())
      .addColumn('owner', 'text', (c) => c.notNull())
      .addColumn('statement', blob, (c) => c.notNull())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addColumn('served_at', 'bigint', (c) => c.notNull())
      .addColumn('dropped_at', 'bigint')
      .execute()
    await schema.createIndex('condemnations_of_owner').on('condemnations').columns(['owner', 'pack']).execute()
    await schema
      .createTable('condemned_rounds')
      .addColumn('account', 'text', (c) => c.primaryKey())
      .addColumn('rounds', 'bigint', (c) => c.notNull())
      .execute()
    await schema
      .createTable('served_time')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('served_ms', 'bigint', (c) => c.notNull())
      .addColumn('noted_at', 'bigint', (c) => c.notNull())
      .execute()
    await schema.createIndex('packs_of_owner').on('packs').columns(['owner', 'id']).execute()
  },
})

const audits = (blob: BlobType): Migration => ({
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .alterTable('holders')
      .addColumn('draw', 'text', (c) => c.notNull().defaultTo(''))
      .execute()
    await sql`update holders set draw = substr(pack, 1, 12)`.execute(db)
    await schema.createIndex('holders_drawn').on('holders').columns(['keeper', 'draw']).execute()
    await schema
      .createTable('audits')
      .addColumn('keeper', 'text', (c) => c.primaryKey())
      .addColumn('ask_at', 'bigint')
      .addColumn('owed_at', 'bigint', (c) => c.notNull())
      .addColumn('number', 'bigint', (c) => c.notNull())
      .addColumn('audit', 'text')
      .addColumn('day', 'bigint')
      .addColumn('pack', 'text')
      .addColumn('shard', 'bigint')
      .addColumn('leaf', 'bigint')
      .addColumn('rounds', 'bigint', (c) => c.notNull())
      .execute()
    await schema
      .createIndex('audits_due')
      .on('audits')
      .column('ask_at')
      .where(sql.ref('ask_at'), 'is not', null)
      .execute()
    await schema
      .createTable('reputations')
      .addColumn('keeper', 'text', (c) => c.primaryKey())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addColumn('proven', 'bigint', (c) => c.notNull())
      .addColumn('lost', 'bigint', (c) => c.notNull())
      .addColumn('prompt', 'bigint', (c) => c.notNull())
      .addColumn('late', 'bigint', (c) => c.notNull())
      .addColumn('passed', 'bigint', (c) => c.notNull())
      .addColumn('failed', 'bigint', (c) => c.notNull())
      .addColumn('last_proven_at', 'bigint')
      .addColumn('last_wrong_at', 'bigint')
      .addColumn('barred', 'text')
      .addColumn('barred_for', 'text')
      .addColumn('barred_at', 'bigint')
      .addColumn('streak', 'bigint', (c) => c.notNull())
      .execute()
    await schema
      .createTable('disproofs')
      .addColumn('pack', 'text', (c) => c.notNull())
      .addColumn('shard', 'bigint', (c) => c.notNull())
      .addColumn('keeper', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('result', 'text', (c) => c.notNull())
      .addColumn('answer', blob)
      .addPrimaryKeyConstraint('disproofs_key', ['pack', 'shard', 'keeper'])
      .execute()
  },
})

const repairs: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('looks')
      .addColumn('pack', 'text', (c) => c.primaryKey())
      .execute()
    await schema
      .createTable('repairs')
      .addColumn('pack', 'text', (c) => c.primaryKey())
      .addColumn('level', 'text', (c) => c.notNull())
      .addColumn('risk', 'bigint', (c) => c.notNull())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addColumn('not_before', 'bigint', (c) => c.notNull())
      .addColumn('failures', 'bigint', (c) => c.notNull())
      .addColumn('repairer', 'text')
      .addColumn('given_at', 'bigint')
      .addColumn('deadline', 'bigint')
      .execute()
    await schema.createIndex('repairs_by_risk').on('repairs').columns(['risk', 'since', 'pack']).execute()
    await schema
      .createIndex('repairs_under_way')
      .on('repairs')
      .column('repairer')
      .where(sql.ref('repairer'), 'is not', null)
      .execute()
  },
}

/** What devices run on: unknown of those that have not signed in since. */
const platforms: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('devices')
      .addColumn('platform', 'text', (c) => c.notNull().defaultTo('other-other'))
      .execute()
  },
}

/** How packs are, counted as it changes; what a day brought; and whose lives are watched. */
const outlook: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema.alterTable('packs').addColumn('level', 'text').execute()
    await schema.alterTable('packs').addColumn('live', 'bigint').execute()
    // Holds all that is asked of an owner's health, so that ten thousand packs are one walk through it.
    await schema
      .createIndex('packs_by_health')
      .on('packs')
      .columns(['owner', 'group_id', 'k', 'n', 'level', 'live', 'id'])
      .execute()
    await schema
      .createTable('health_counts')
      .addColumn('k', 'bigint', (c) => c.notNull())
      .addColumn('n', 'bigint', (c) => c.notNull())
      .addColumn('level', 'text', (c) => c.notNull())
      .addColumn('live', 'bigint', (c) => c.notNull())
      .addColumn('packs', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('health_counts_key', ['k', 'n', 'level', 'live'])
      .execute()
    await schema
      .createTable('tallies')
      .addColumn('day', 'bigint', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('amount', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('tallies_key', ['day', 'name'])
      .execute()
    await schema
      .createTable('watches')
      .addColumn('keeper', 'text', (c) => c.primaryKey())
      .addColumn('shards', 'bigint', (c) => c.notNull())
      .addColumn('counted_at', 'bigint', (c) => c.notNull())
      .addColumn('gone_at', 'bigint')
      .execute()
    await schema
      .createIndex('watches_due')
      .on('watches')
      .column('counted_at')
      .where(sql.ref('gone_at'), 'is', null)
      .execute()
    // Those who are gone already were not seen to go.
    await sql`insert into watches select keeper, 0, 0, null from audits
      where keeper not in (select device from presences where gone = 1)`.execute(db)
  },
}

/** When devices say that they keep, and how much of the time they were there. */
const hours: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('keepings').addColumn('stated_hours', 'text').execute()
    await db.schema.alterTable('presences').addColumn('hours', 'text').execute()
    await db.schema.alterTable('presences').addColumn('online_share', 'bigint').execute()
  },
}

/** Whole shards that strangers read, what they said of it, and what their word is worth. */
const reads: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('reads')
      .addColumn('keeper', 'text', (c) => c.primaryKey())
      .addColumn('read_at', 'bigint')
      .execute()
    await schema
      .createIndex('reads_due')
      .on('reads')
      .column('read_at')
      .where(sql.ref('read_at'), 'is not', null)
      .execute()
    await sql`insert into reads select keeper, 0 from audits`.execute(db)
    await schema
      .createTable('read_reports')
      .addColumn('keeper', 'text', (c) => c.notNull())
      .addColumn('reader', 'text', (c) => c.notNull())
      .addColumn('outcome', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('pack', 'text', (c) => c.notNull())
      .addColumn('shard', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('read_reports_key', ['keeper', 'reader'])
      .execute()
    await schema
      .createTable('hands')
      .addColumn('device', 'text', (c) => c.primaryKey())
      .addColumn('borne_out', 'bigint', (c) => c.notNull())
      .addColumn('contradicted', 'bigint', (c) => c.notNull())
      .addColumn('reached_at', 'bigint')
      .addColumn('barred_until', 'bigint')
      .execute()
    await schema
      .createIndex('hands_barred')
      .on('hands')
      .column('barred_until')
      .where(sql.ref('barred_until'), 'is not', null)
      .execute()
    await schema.alterTable('reputations').addColumn('unread', 'text').execute()
    await schema.alterTable('reputations').addColumn('unread_at', 'bigint').execute()
    await schema
      .alterTable('reputations')
      .addColumn('reads_left', 'bigint', (c) => c.notNull().defaultTo(0))
      .execute()
  },
}

/** Keepers that do not count are looked for, too, and not among all rows. */
const watches: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.dropIndex('watches_due').execute()
    await db.schema.createIndex('watches_by_count').on('watches').column('counted_at').execute()
  },
}

const givenUp = (blob: BlobType): Migration => ({
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('given_up')
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('device', 'text', (c) => c.notNull())
      .addColumn('signed', blob, (c) => c.notNull())
      .addPrimaryKeyConstraint('given_up_key', ['account', 'device'])
      .execute()
  },
})

/**
 * A certificate needs no consent of the device it names, so that any account can sign for any device: what is kept of a
 * device is kept by account and device. Rows of before stay; no past head is older by `served_time` than this.
 */
const accountsOfDevices = (blob: BlobType): Migration => ({
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('new_heads')
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('device', 'text', (c) => c.notNull())
      .addColumn('sequence', 'bigint', (c) => c.notNull())
      .addColumn('signed', blob, (c) => c.notNull())
      .addPrimaryKeyConstraint('heads_by_account', ['account', 'device'])
      .execute()
    await sql`insert into new_heads select account, device, sequence, signed from heads`.execute(db)
    await schema
      .createTable('new_past_heads')
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('device', 'text', (c) => c.notNull())
      .addColumn('sequence', 'bigint', (c) => c.notNull())
      .addColumn('signed', blob, (c) => c.notNull())
      .addColumn('replaced_at', 'bigint', (c) => c.notNull())
      .addColumn('served_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('past_heads_by_account', ['account', 'device', 'sequence'])
      .execute()
    await sql`insert into new_past_heads select account, device, sequence, signed, replaced_at,
      coalesce((select max(served_ms) from served_time), 0) from past_heads`.execute(db)
    await schema
      .createTable('new_envelopes')
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('device', 'text', (c) => c.notNull())
      .addColumn('envelope', blob, (c) => c.notNull())
      .addPrimaryKeyConstraint('envelopes_by_account', ['account', 'device'])
      .execute()
    await sql`insert into new_envelopes select devices.account, envelopes.device, envelope
      from envelopes join devices on devices.device = envelopes.device`.execute(db)
    for (const table of ['heads', 'past_heads', 'envelopes']) {
      await schema.dropTable(table).execute()
      await schema.alterTable(`new_${table}`).renameTo(table).execute()
    }
    await schema.createIndex('past_heads_by_time').on('past_heads').column('replaced_at').execute()
  },
})

/** Packs that nobody repairs for now, because their shards are said to belong to no code word. */
const setAside: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('packs').addColumn('set_aside_until', 'bigint').execute()
  },
}

/** Groups are named by owner and id: whoever knows an id alone can make no group of it his own. */
const groupsOfOwners: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('new_groups')
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('owner', 'text', (c) => c.notNull())
      .addColumn('k', 'bigint', (c) => c.notNull())
      .addColumn('n', 'bigint', (c) => c.notNull())
      .addColumn('stored_bytes', 'bigint', (c) => c.notNull())
      .addColumn('rebuilt', 'bigint', (c) => c.notNull())
      .addColumn('made_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('groups_by_owner', ['id', 'owner'])
      .execute()
    await sql`insert into new_groups select id, owner, k, n, stored_bytes, rebuilt, made_at from groups`.execute(db)
    await schema
      .createTable('new_slots')
      .addColumn('owner', 'text', (c) => c.notNull())
      .addColumn('group_id', 'text', (c) => c.notNull())
      .addColumn('shard', 'bigint', (c) => c.notNull())
      .addColumn('keeper', 'text', (c) => c.notNull())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addColumn('ended_at', 'bigint')
      .addColumn('reason', 'text')
      .addPrimaryKeyConstraint('slots_by_owner', ['group_id', 'owner', 'shard', 'keeper'])
      .execute()
    await sql`insert into new_slots select groups.owner, group_id, shard, keeper, since, ended_at, reason
      from slots join groups on groups.id = slots.group_id`.execute(db)
    for (const table of ['groups', 'slots']) {
      await schema.dropTable(table).execute()
      await schema.alterTable(`new_${table}`).renameTo(table).execute()
    }
    await schema.createIndex('groups_of_owner').on('groups').columns(['owner', 'made_at']).execute()
    await schema
      .createIndex('one_keeper_at_a_time')
      .unique()
      .on('slots')
      .columns(['group_id', 'owner', 'shard'])
      .where(sql.ref('ended_at'), 'is', null)
      .execute()
  },
}

/** Brings the tables to this version, or only up to a step on the way. @throws KeeptabError `unsupported-version` when they are from a newer one */
export async function migrate(db: Kysely<Tables>, blob: BlobType, upTo?: string): Promise<void> {
  const migrations = {
    '0001-first': first(blob),
    '0002-claims': second,
    '0003-devices': devices(blob),
    '0004-promise-of-return': promiseOfReturn,
    '0005-presence': presence,
    '0006-repairs': repairs,
    '0007-audits': audits(blob),
    '0009-retention': retention(blob),
    '0010-platforms': platforms,
    '0012-outlook': outlook,
    '0015-hours': hours,
    '0019-reads': reads,
    '0020-watches': watches,
    '0021-given-up': givenUp(blob),
    '0022-accounts-of-devices': accountsOfDevices(blob),
    '0023-set-aside': setAside,
    '0024-groups-of-owners': groupsOfOwners,
  }
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } })
  const { error } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo))
  if (error === undefined) return
  if (error instanceof Error && error.message.includes('is missing')) {
    throw new KeeptabError('unsupported-version', 'The database was written by a newer coordinator.', {}, error)
  }
  throw error instanceof Error ? error : new KeeptabError('internal', 'A migration failed.', {}, error)
}
