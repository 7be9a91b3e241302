/** Packs that are condemned, and how long this coordinator has been there to hear that one is needed after all. */
import { sql, type Kysely, type Selectable } from 'kysely'
import { own } from '../../src/core/bytes.ts'
import { parseAccountId, parsePackId } from '../../src/core/ids.ts'
import { numberOf } from './columns.ts'
import type { CondemnationStore, StoredCondemnation } from './stores.ts'
import type { Tables } from './tables.ts'

export const condemnationStore = (db: Kysely<Tables>): CondemnationStore => ({
  async get(packs) {
    if (packs.length === 0) return new Map()
    const rows = await db
      .selectFrom('condemnations')
      .selectAll()
      .where('pack', 'in', [...new Set(packs)])
      .execute()
    return new Map(rows.map((row) => [parsePackId(row.pack), condemnationOf(row)]))
  },
  async ofOwner(owner, after, most) {
    const rows = await db
      .selectFrom('condemnations')
      .selectAll()
      .where('owner', '=', owner)
      .where('pack', '>', after)
      .where('dropped_at', 'is', null)
      .orderBy('pack')
      .limit(most)
      .execute()
    return rows.map(condemnationOf)
  },
  async heldBy(keeper, after, most) {
    const rows = await db
      .selectFrom('condemnations')
      .selectAll()
      .where('pack', 'in', (eb) => eb.selectFrom('holders').select('pack').where('keeper', '=', keeper))
      .where('pack', '>', after)
      .orderBy('pack')
      .limit(most)
      .execute()
    return rows.map(condemnationOf)
  },
  async add({ pack, owner, statement, since, servedAt }) {
    await db
      .insertInto('condemnations')
      .values({ pack, owner, statement, since, served_at: servedAt, dropped_at: null })
      .onConflict((c) => c.column('pack').doNothing())
      .execute()
  },
  async renew(owner, since, servedAt) {
    await db
      .updateTable('condemnations')
      .set({ since, served_at: servedAt })
      .where('owner', '=', owner)
      .where('dropped_at', 'is', null)
      .execute()
  },
  async remove(pack) {
    await db.deleteFrom('condemnations').where('pack', '=', pack).execute()
  },
  async markDropped(pack, at) {
    await db.updateTable('condemnations').set({ dropped_at: at }).where('pack', '=', pack).execute()
  },
  async rounds(account) {
    const row = await db
      .selectFrom('condemned_rounds')
      .select('rounds')
      .where('account', '=', account)
      .executeTakeFirst()
    return row === undefined ? 0 : Number(row.rounds)
  },
  async addRound(account) {
    await db
      .insertInto('condemned_rounds')
      .values({ account, rounds: 1 })
      .onConflict((c) => c.column('account').doUpdateSet({ rounds: sql`condemned_rounds.rounds + 1` }))
      .execute()
  },
  async served() {
    const row = await db.selectFrom('served_time').selectAll().where('name', '=', SERVED).executeTakeFirst()
    return row && { servedMs: Number(row.served_ms), notedAt: Number(row.noted_at) }
  },
  async putServed({ servedMs, notedAt }) {
    const now = { served_ms: servedMs, noted_at: notedAt }
    await db
      .insertInto('served_time')
      .values({ name: SERVED, ...now })
      .onConflict((c) => c.column('name').doUpdateSet(now))
      .execute()
  },
})

const SERVED = 'condemned'

const condemnationOf = (row: Selectable<Tables['condemnations']>): StoredCondemnation => ({
  pack: parsePackId(row.pack),
  owner: parseAccountId(row.owner),
  statement: own(row.statement),
  since: Number(row.since),
  servedAt: Number(row.served_at),
  droppedAt: numberOf(row.dropped_at),
})
