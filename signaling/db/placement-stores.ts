/** Where shards lie: groups and their slots, packs and their holders, and what keepers say they have. */
import { sql, type Kysely, type Selectable } from 'kysely'
import { own } from '../../src/core/bytes.ts'
import { parseAccountId, parseDeviceId, parseGroupId, parsePackId, type PackId } from '../../src/core/ids.ts'
import { firstDraw } from '../../src/durability/audit-proof.ts'
import type { HealthLevel } from '../../src/durability/health.ts'
import { numberOf } from './columns.ts'
import type {
  EndReason,
  GroupStore,
  Holder,
  InventoryStore,
  PackHealth,
  PackStore,
  StoredGroup,
  StoredPack,
} from './stores.ts'
import type { Tables } from './tables.ts'

export const groupStore = (db: Kysely<Tables>): GroupStore => ({
  async get({ id, owner }) {
    const row = await db
      .selectFrom('groups')
      .selectAll()
      .where('id', '=', id)
      .where('owner', '=', owner)
      .executeTakeFirst()
    return row && groupOf(row)
  },
  async ofId(id) {
    const rows = await db.selectFrom('groups').selectAll().where('id', '=', id).orderBy('owner').execute()
    return rows.map(groupOf)
  },
  async newest(owner) {
    const row = await db
      .selectFrom('groups')
      .selectAll()
      .where('owner', '=', owner)
      .where('rebuilt', '=', 0n)
      .orderBy('made_at', 'desc')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
    return row && groupOf(row)
  },
  async add({ id, owner, k, n, storedBytes, rebuilt, madeAt }) {
    await db
      .insertInto('groups')
      .values({ id, owner, k, n, stored_bytes: storedBytes, rebuilt: rebuilt ? 1 : 0, made_at: madeAt })
      .onConflict((c) => c.columns(['id', 'owner']).doNothing())
      .execute()
  },
  async markRebuilt({ id, owner }) {
    await db.updateTable('groups').set({ rebuilt: 1 }).where('id', '=', id).where('owner', '=', owner).execute()
  },
  async addBytes({ id, owner }, bytes) {
    await db
      .updateTable('groups')
      .set({ stored_bytes: sql`stored_bytes + ${BigInt(bytes)}` })
      .where('id', '=', id)
      .where('owner', '=', owner)
      .execute()
  },
  async storedBytes() {
    // PostgreSQL would add integers up to something wider.
    const { bytes } = await db
      .selectFrom('groups')
      .select(sql<bigint>`cast(coalesce(sum(stored_bytes), 0) as bigint)`.as('bytes'))
      .executeTakeFirstOrThrow()
    return Number(bytes)
  },
  async slots({ id, owner }) {
    const rows = await db
      .selectFrom('slots')
      .selectAll()
      .where('group_id', '=', id)
      .where('owner', '=', owner)
      .orderBy('shard')
      .orderBy('since')
      .orderBy('keeper')
      .execute()
    return rows.map((row) => ({
      index: Number(row.shard),
      keeper: parseDeviceId(row.keeper),
      ended: row.ended_at === null ? undefined : { at: Number(row.ended_at), reason: row.reason as EndReason },
    }))
  },
  async wasGiven(keeper, index, owner) {
    const row = await db
      .selectFrom('groups')
      .innerJoin('slots', (join) =>
        join.onRef('slots.group_id', '=', 'groups.id').onRef('slots.owner', '=', 'groups.owner'),
      )
      .select('groups.id')
      .where('groups.owner', '=', owner)
      .where('shard', '=', BigInt(index))
      .where('keeper', '=', keeper)
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  },
  async ownersServed(keeper, owners) {
    if (owners.length === 0) return new Set()
    const rows = await db
      .selectFrom('groups')
      .innerJoin('slots', (join) =>
        join.onRef('slots.group_id', '=', 'groups.id').onRef('slots.owner', '=', 'groups.owner'),
      )
      .select('groups.owner')
      .distinct()
      .where('groups.owner', 'in', [...new Set(owners)])
      .where('keeper', '=', keeper)
      .execute()
    return new Set(rows.map(({ owner }) => parseAccountId(owner)))
  },
  async assign({ id, owner }, index, keeper, at) {
    const now = { since: at, ended_at: null, reason: null }
    await db
      .insertInto('slots')
      .values({ owner, group_id: id, shard: index, keeper, ...now })
      .onConflict((c) => c.columns(['group_id', 'owner', 'shard', 'keeper']).doUpdateSet(now))
      .execute()
  },
  async end({ id, owner }, index, keeper, at, reason) {
    await db
      .updateTable('slots')
      .set({ ended_at: at, reason })
      .where('group_id', '=', id)
      .where('owner', '=', owner)
      .where('shard', '=', BigInt(index))
      .where('keeper', '=', keeper)
      .execute()
  },
  async assignPast({ id, owner }, index, keeper, at) {
    const reason: EndReason = 'handed-over'
    await db
      .insertInto('slots')
      .values({ owner, group_id: id, shard: index, keeper, since: at, ended_at: at, reason })
      .onConflict((c) => c.columns(['group_id', 'owner', 'shard', 'keeper']).doNothing())
      .execute()
  },
})

const groupOf = (row: Selectable<Tables['groups']>): StoredGroup => ({
  id: parseGroupId(row.id),
  owner: parseAccountId(row.owner),
  k: Number(row.k),
  n: Number(row.n),
  storedBytes: Number(row.stored_bytes),
  rebuilt: row.rebuilt === 1n,
  madeAt: Number(row.made_at),
})

const packOf = (row: Selectable<Tables['packs']>): StoredPack => ({
  id: parsePackId(row.id),
  owner: parseAccountId(row.owner),
  group: parseGroupId(row.group_id),
  k: Number(row.k),
  n: Number(row.n),
  committedAt: numberOf(row.committed_at),
  health: healthIn(row.level, row.live),
  setAsideUntil: numberOf(row.set_aside_until),
})

const healthIn = (level: string | null, live: bigint | null): PackHealth | undefined =>
  level === null || live === null ? undefined : { level: level as HealthLevel, live: Number(live) }

export const packStore = (db: Kysely<Tables>): PackStore => ({
  async get(ids) {
    if (ids.length === 0) return new Map()
    const rows = await db
      .selectFrom('packs')
      .innerJoin('records', 'records.name', 'packs.id')
      .selectAll('packs')
      .where('id', 'in', [...new Set(ids)])
      .execute()
    return new Map(rows.map((row) => [parsePackId(row.id), packOf(row)]))
  },
  async record(id) {
    const row = await db.selectFrom('records').select('value').where('name', '=', id).executeTakeFirst()
    return row && own(row.value)
  },
  async add({ id, owner, group, k, n, committedAt }, record) {
    await db
      .insertInto('records')
      .values({ name: id, value: record })
      .onConflict((c) => c.column('name').doNothing())
      .execute()
    await db
      .insertInto('packs')
      .values({ id, owner, group_id: group, k, n, committed_at: committedAt ?? null })
      .onConflict((c) =>
        c
          .column('id')
          .doUpdateSet({ group_id: group, committed_at: committedAt ?? null })
          .where('packs.committed_at', 'is', null),
      )
      .execute()
  },
  async setAside(id, until) {
    await db
      .updateTable('packs')
      .set({ set_aside_until: until ?? null })
      .where('id', '=', id)
      .execute()
  },
  async move(id, group) {
    await db.updateTable('packs').set({ group_id: group }).where('id', '=', id).execute()
  },
  addHolders: (holders) => write(db, 'holders', holders),
  addClaims: (claims) => write(db, 'claims', claims),
  async claimCounts(keeper, since) {
    const { all, known } = await db
      .selectFrom('claims')
      .leftJoin('packs', 'packs.id', 'claims.pack')
      .select((eb) => [eb.fn.countAll<bigint>().as('all'), eb.fn.count<bigint>('packs.id').as('known')])
      .where('keeper', '=', keeper)
      .where('seen_at', '>=', BigInt(since))
      .executeTakeFirstOrThrow()
    return { known: Number(known), unknown: Number(all - known) }
  },
  claims: (ids) => read(db, 'claims', ids),
  async settleClaims(id) {
    await write(db, 'holders', await read(db, 'claims', [id]))
    await db.deleteFrom('claims').where('pack', '=', id).execute()
  },
  holders: (ids) => read(db, 'holders', ids),
  async after(id, limit) {
    const rows = await db
      .selectFrom('packs')
      .select('id')
      .$if(id !== undefined, (query) => query.where('id', '>', id ?? ''))
      .orderBy('id')
      .limit(limit)
      .execute()
    return rows.map((row) => parsePackId(row.id))
  },
  async removeHolder({ pack, index, keeper }) {
    await db
      .deleteFrom('holders')
      .where('pack', '=', pack)
      .where('shard', '=', BigInt(index))
      .where('keeper', '=', keeper)
      .execute()
  },
  async ofOwner(owner, after, most) {
    const rows = await db
      .selectFrom('packs')
      .selectAll()
      .where('owner', '=', owner)
      .where('id', '>', after)
      .orderBy('id')
      .limit(most)
      .execute()
    return rows.map(packOf)
  },
  async setHealth(id, { level, live }) {
    await countHealth(db, id, -1)
    await db.updateTable('packs').set({ level, live }).where('id', '=', id).execute()
    await countHealth(db, id, 1)
  },
  async healthOf(owner) {
    const rows = await healthOfQuery(db, owner).execute()
    return rows.map(({ group_id, k, n, level, live, packs }) => ({
      group: parseGroupId(group_id),
      k: Number(k),
      n: Number(n),
      health: healthIn(level, live),
      packs: Number(packs),
    }))
  },
  async atLevels(owner, levels, most) {
    const rows = await db
      .selectFrom('packs')
      .select(['id', 'group_id', 'level', 'live'])
      .where('owner', '=', owner)
      .where('level', 'in', [...levels])
      .where(notCondemned)
      .orderBy(sql`live - k`)
      .orderBy('id')
      .limit(most)
      .execute()
    return rows.flatMap(({ id, group_id, level, live }) => {
      const health = healthIn(level, live)
      return health === undefined ? [] : [{ id: parsePackId(id), group: parseGroupId(group_id), health }]
    })
  },
  async thinned(owner, codes, after, most) {
    const rows = await db
      .selectFrom('packs')
      .select(['id', sql<bigint>`live - k`.as('risk')])
      .where('owner', '=', owner)
      .where('id', '>', after)
      .where((eb) =>
        eb.or(
          codes.map(({ k, n, live }) =>
            eb.and([eb('k', '=', BigInt(k)), eb('n', '=', BigInt(n)), eb('live', '<=', BigInt(live))]),
          ),
        ),
      )
      .where(notCondemned)
      .orderBy('id')
      .limit(most)
      .execute()
    return rows.map(({ id, risk }) => ({ id: parsePackId(id), risk: Number(risk) }))
  },
  async healthCounts() {
    const rows = await db
      .selectFrom('health_counts')
      .selectAll()
      .where('packs', '>', 0n)
      .orderBy(sql`live - k`)
      .execute()
    return rows.map(({ k, n, level, live, packs }) => ({
      k: Number(k),
      n: Number(n),
      health: healthIn(level, live),
      packs: Number(packs),
    }))
  },
  async unheld(ids) {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('packs')
      .select('id')
      .where('id', 'in', [...ids])
      .where('committed_at', 'is', null)
      .where(notCondemned)
      .where(sql<boolean>`not exists (select 1 from holders where holders.pack = packs.id)`)
      .where(sql<boolean>`not exists (select 1 from claims where claims.pack = packs.id)`)
      .execute()
    return rows.map((row) => parsePackId(row.id))
  },
  async remove(id) {
    await countHealth(db, id, -1)
    await db.deleteFrom('packs').where('id', '=', id).execute()
    await db.deleteFrom('records').where('name', '=', id).execute()
    await db.deleteFrom('claims').where('pack', '=', id).execute()
  },
})

const notCondemned = sql<boolean>`not exists (select 1 from condemnations where condemnations.pack = packs.id)`

// Exported, because a test asks the database how it would run it: never by looking at every row.
export const healthOfQuery = (db: Kysely<Tables>, owner: string) =>
  db
    .selectFrom('packs')
    .select(['group_id', 'k', 'n', 'level', 'live', (eb) => eb.fn.countAll<bigint>().as('packs')])
    .where('owner', '=', owner)
    .where(notCondemned)
    .groupBy(['group_id', 'k', 'n', 'level', 'live'])
    .orderBy('group_id')
    .orderBy('k')
    .orderBy('n')
    .orderBy('level')
    .orderBy('live')

/** Takes a pack that was looked at into the counts, or out of them. */
async function countHealth(db: Kysely<Tables>, id: PackId, by: 1 | -1): Promise<void> {
  await sql`insert into health_counts (k, n, level, live, packs)
    select k, n, level, live, cast(${BigInt(by)} as bigint) from packs where id = ${id} and level is not null
    on conflict (k, n, level, live) do update set packs = health_counts.packs + excluded.packs`.execute(db)
}

/** Writes what keepers say to hold into one of the two tables; what a keeper said last moves forward only. */
async function write(db: Kysely<Tables>, table: 'holders' | 'claims', holders: readonly Holder[]): Promise<void> {
  if (holders.length === 0) return
  // PostgreSQL refuses a statement that would write one row twice.
  const once = new Map(holders.map((holder) => [`${holder.pack} ${holder.index} ${holder.keeper}`, holder]))
  const rows = Array.from(once.values(), ({ pack, index, keeper, group, seenAt }) => ({
    pack,
    shard: index,
    keeper,
    group_id: group,
    seen_at: seenAt,
  }))
  await db
    .insertInto(table)
    // A shard that is there already stays where it is on the ring of audits.
    .values(table === 'holders' ? rows.map((row) => ({ ...row, draw: firstDraw(row.pack) })) : rows)
    .onConflict((c) =>
      c
        .columns(['pack', 'shard', 'keeper'])
        .doUpdateSet({ seen_at: sql`excluded.seen_at`, group_id: sql`excluded.group_id` })
        .where(`${table}.seen_at`, '<', (eb) => eb.ref('excluded.seen_at')),
    )
    .execute()
}

async function read(db: Kysely<Tables>, table: 'holders' | 'claims', ids: readonly PackId[]): Promise<Holder[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom(table)
    .selectAll()
    .where('pack', 'in', [...new Set(ids)])
    .orderBy('pack')
    .orderBy('shard')
    .orderBy('keeper')
    .execute()
  return rows.map(holderOf)
}

export const holderOf = (row: Selectable<Tables['claims']>): Holder => ({
  pack: parsePackId(row.pack),
  index: Number(row.shard),
  keeper: parseDeviceId(row.keeper),
  group: parseGroupId(row.group_id),
  seenAt: Number(row.seen_at),
})

export const inventoryStore = (db: Kysely<Tables>): InventoryStore => ({
  async takenAt(keeper) {
    const row = await db.selectFrom('inventories').select('taken_at').where('keeper', '=', keeper).executeTakeFirst()
    return row && Number(row.taken_at)
  },
  async running(keeper) {
    const row = await db
      .selectFrom('inventory_pages')
      .select((eb) => eb.fn.max('taken_at').as('taken_at'))
      .where('keeper', '=', keeper)
      .executeTakeFirst()
    return numberOf(row?.taken_at)
  },
  async abandon(keeper) {
    const pages = db.selectFrom('inventory_pages').select('taken_at').where('keeper', '=', keeper)
    await db.deleteFrom('claims').where('keeper', '=', keeper).where('seen_at', 'in', pages).execute()
    await db.deleteFrom('inventory_pages').where('keeper', '=', keeper).execute()
  },
  async disown(keeper) {
    await db
      .deleteFrom('holders')
      .where('keeper', '=', keeper)
      .where('pack', 'in', db.selectFrom('packs').select('id').where('committed_at', 'is', null))
      .execute()
  },
  async hasPage(keeper, takenAt, page) {
    const row = await db
      .selectFrom('inventory_pages')
      .select('page')
      .where('keeper', '=', keeper)
      .where('taken_at', '=', BigInt(takenAt))
      .where('page', '=', BigInt(page))
      .executeTakeFirst()
    return row !== undefined
  },
  async addPage(keeper, takenAt, page) {
    await db
      .insertInto('inventory_pages')
      .values({ keeper, taken_at: takenAt, page })
      .onConflict((c) => c.columns(['keeper', 'taken_at', 'page']).doNothing())
      .execute()
    const { pages } = await db
      .selectFrom('inventory_pages')
      .select((eb) => eb.fn.countAll<bigint>().as('pages'))
      .where('keeper', '=', keeper)
      .where('taken_at', '=', BigInt(takenAt))
      .executeTakeFirstOrThrow()
    return Number(pages)
  },
  async unsee(keeper, after) {
    for (const table of ['holders', 'claims'] as const) {
      await db
        .updateTable(table)
        .set({ seen_at: 0 })
        .where('keeper', '=', keeper)
        .where('seen_at', '>', BigInt(after))
        .execute()
    }
  },
  async complete(keeper, takenAt) {
    const now = { taken_at: takenAt }
    await db
      .insertInto('inventories')
      .values({ keeper, ...now })
      .onConflict((c) => c.column('keeper').doUpdateSet(now))
      .execute()
    const upTo = BigInt(takenAt)
    await sql`insert into looks select distinct pack from holders where keeper = ${keeper} and seen_at < ${upTo}
      on conflict do nothing`.execute(db)
    const { lost } = await db
      .selectFrom('holders')
      .innerJoin('packs', 'packs.id', 'holders.pack')
      .select((eb) => eb.fn.countAll<bigint>().as('lost'))
      .where('holders.keeper', '=', keeper)
      .where('holders.seen_at', '<', upTo)
      .executeTakeFirstOrThrow()
    await db.deleteFrom('holders').where('keeper', '=', keeper).where('seen_at', '<', upTo).execute()
    await db.deleteFrom('claims').where('keeper', '=', keeper).where('seen_at', '<', upTo).execute()
    await db.deleteFrom('inventory_pages').where('keeper', '=', keeper).where('taken_at', '<=', upTo).execute()
    return Number(lost)
  },
})
