/** What is counted by day, and whose lives are watched for it. */
import { sql, type Kysely, type Selectable } from 'kysely'
import { parseDeviceId } from '../../src/core/ids.ts'
import { numberOf } from './columns.ts'
import type { TallyName, TallyStore, Watch, WatchStore } from './stores.ts'
import type { Tables } from './tables.ts'

export const tallyStore = (db: Kysely<Tables>): TallyStore => ({
  async add(day, tally) {
    const rows = Object.entries(tally)
      .filter(([, amount]) => amount !== 0)
      .map(([name, amount]) => ({ day, name, amount }))
    if (rows.length === 0) return
    await db
      .insertInto('tallies')
      .values(rows)
      .onConflict((c) => c.columns(['day', 'name']).doUpdateSet({ amount: sql`tallies.amount + excluded.amount` }))
      .execute()
  },
  async from(day) {
    const rows = await db
      .selectFrom('tallies')
      .selectAll()
      .where('day', '>=', BigInt(day))
      .orderBy('day')
      .orderBy('name')
      .execute()
    const days = new Map<number, Partial<Record<TallyName, number>>>()
    for (const row of rows) {
      const tally = days.get(Number(row.day)) ?? {}
      days.set(Number(row.day), { ...tally, [row.name]: Number(row.amount) })
    }
    return Array.from(days, ([day, tally]) => ({ day, tally }))
  },
  async forgetBefore(day) {
    await db.deleteFrom('tallies').where('day', '<', BigInt(day)).execute()
  },
})

export const watchStore = (db: Kysely<Tables>): WatchStore => ({
  async get(keeper) {
    const row = await db.selectFrom('watches').selectAll().where('keeper', '=', keeper).executeTakeFirst()
    return row && watchOf(row)
  },
  async put({ keeper, shards, countedAt, goneAt }) {
    const now = { shards, counted_at: countedAt, gone_at: goneAt ?? null }
    await db
      .insertInto('watches')
      .values({ keeper, ...now })
      .onConflict((c) => c.column('keeper').doUpdateSet(now))
      .execute()
  },
  async due(countedBy, limit) {
    return (await watchesDueQuery(db, countedBy, limit).execute()).map(watchOf)
  },
  async shift(ms) {
    await db
      .updateTable('watches')
      .set({
        counted_at: sql`counted_at + ${BigInt(Math.round(ms))}`,
        gone_at: sql`gone_at + ${BigInt(Math.round(ms))}`,
      })
      .execute()
  },
  async keepers() {
    const { keepers } = await db
      .selectFrom('watches')
      .select((eb) => eb.fn.countAll<bigint>().as('keepers'))
      .where('gone_at', 'is', null)
      .where('shards', '>', 0n)
      .executeTakeFirstOrThrow()
    return Number(keepers)
  },
})

// Exported, because a test asks the database how it would run it: never by looking at every row.
export const watchesDueQuery = (db: Kysely<Tables>, countedBy: number, limit: number) =>
  db.selectFrom('watches').selectAll().where('counted_at', '<=', BigInt(countedBy)).orderBy('counted_at').limit(limit)

const watchOf = (row: Selectable<Tables['watches']>): Watch => ({
  keeper: parseDeviceId(row.keeper),
  shards: Number(row.shards),
  countedAt: Number(row.counted_at),
  goneAt: numberOf(row.gone_at),
})
