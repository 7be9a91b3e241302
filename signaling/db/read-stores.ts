/** When whole shards of keepers are read, what was said of it, and what the word of readers and repairers is worth. */
import type { Kysely } from 'kysely'
import { parseDeviceId, parsePackId } from '../../src/core/ids.ts'
import { newHand } from '../../src/durability/hand.ts'
import type { ReadReport } from '../../src/durability/reading.ts'
import { MILLIONTHS, numberOf } from './columns.ts'
import type { HandStore, ReadStore } from './stores.ts'
import type { Tables } from './tables.ts'

export const readStore = (db: Kysely<Tables>): ReadStore => ({
  async get(keeper) {
    const row = await db.selectFrom('reads').selectAll().where('keeper', '=', keeper).executeTakeFirst()
    if (row === undefined) return undefined
    const reports = await db
      .selectFrom('read_reports')
      .selectAll()
      .where('keeper', '=', keeper)
      .orderBy('at')
      .orderBy('reader')
      .execute()
    return {
      keeper,
      readAt: numberOf(row.read_at),
      reports: reports.map(({ reader, outcome, at, pack, shard }) => ({
        reader: parseDeviceId(reader),
        outcome: outcome as ReadReport['outcome'],
        at: Number(at),
        pack: parsePackId(pack),
        index: Number(shard),
      })),
    }
  },
  async put(keeper, readAt) {
    const now = { read_at: readAt ?? null }
    await db
      .insertInto('reads')
      .values({ keeper, ...now })
      .onConflict((c) => c.column('keeper').doUpdateSet(now))
      .execute()
  },
  async addReport(keeper, { index, ...report }) {
    await db
      .insertInto('read_reports')
      .values({ keeper, shard: index, ...report })
      .onConflict((c) => c.doNothing())
      .execute()
  },
  async forgetReports(keeper, until = Number.MAX_SAFE_INTEGER) {
    await db.deleteFrom('read_reports').where('keeper', '=', keeper).where('at', '<=', BigInt(until)).execute()
  },
  async due(now, limit) {
    const rows = await readsDueQuery(db, now, limit).execute()
    return rows.map(({ keeper }) => parseDeviceId(keeper))
  },
})

// Exported, because a test asks the database how it would run it: never by looking at every row.
export const readsDueQuery = (db: Kysely<Tables>, now: number, limit: number) =>
  db.selectFrom('reads').select('keeper').where('read_at', '<=', BigInt(now)).orderBy('read_at').limit(limit)

export const handStore = (db: Kysely<Tables>): HandStore => ({
  async get(device) {
    const row = await db.selectFrom('hands').selectAll().where('device', '=', device).executeTakeFirst()
    if (row === undefined) return newHand
    return {
      borneOut: Number(row.borne_out) / MILLIONTHS,
      contradicted: Number(row.contradicted) / MILLIONTHS,
      reachedAt: numberOf(row.reached_at),
      barredUntil: numberOf(row.barred_until),
    }
  },
  async put(device, { borneOut, contradicted, reachedAt, barredUntil }) {
    const now = {
      borne_out: Math.round(borneOut * MILLIONTHS),
      contradicted: Math.round(contradicted * MILLIONTHS),
      reached_at: reachedAt ?? null,
      barred_until: barredUntil ?? null,
    }
    await db
      .insertInto('hands')
      .values({ device, ...now })
      .onConflict((c) => c.column('device').doUpdateSet(now))
      .execute()
  },
  async barred(now) {
    const rows = await db.selectFrom('hands').select('device').where('barred_until', '>', BigInt(now)).execute()
    return new Set(rows.map(({ device }) => parseDeviceId(device)))
  },
})
