/** Who comes and goes. */
import { sql, type Kysely, type Selectable } from 'kysely'
import { parseDeviceId } from '../../src/core/ids.ts'
import type { Millis } from '../../src/core/units.ts'
import type { WeekHours } from '../../src/core/week-hours.ts'
import { shareSeen, type PresenceHistory } from '../../src/durability/presence.ts'
import { numberOf } from './columns.ts'
import type { PresenceStore, StoredPresence } from './stores.ts'
import type { Tables } from './tables.ts'

export const presenceStore = (db: Kysely<Tables>): PresenceStore => ({
  async get(devices) {
    if (devices.length === 0) return new Map()
    const rows = await db
      .selectFrom('presences')
      .selectAll()
      .where('device', 'in', [...new Set(devices)])
      .execute()
    return new Map(rows.map((row) => [parseDeviceId(row.device), presenceOf(row)]))
  },
  async put({ device, history, goneAt, gone }) {
    const share = shareSeen(history)
    const row = {
      online: history.online ? 1 : 0,
      since: history.since,
      back_at: history.backAt ?? null,
      watched: JSON.stringify(history.watchedMs),
      online_hours: JSON.stringify(history.onlineMs),
      absences: JSON.stringify(history.absencesMs),
      announced: JSON.stringify(history.announced),
      gone_at: goneAt ?? null,
      gone: gone ? 1 : 0,
      hours: history.hours === undefined ? null : JSON.stringify(history.hours),
      online_share: share === undefined ? null : Math.round(1000 * share),
    }
    await db
      .insertInto('presences')
      .values({ device, first_seen_at: history.firstSeenAt, ...row })
      .onConflict((c) => c.column('device').doUpdateSet(row))
      .execute()
  },
  async online() {
    const rows = await db.selectFrom('presences').selectAll().where('online', '=', sql.lit(1n)).execute()
    return rows.map(presenceOf)
  },
  async due(now, limit) {
    const rows = await db
      .selectFrom('presences')
      .selectAll()
      .where('gone', '=', sql.lit(0n))
      .where('gone_at', '<=', BigInt(now))
      .orderBy('gone_at')
      .limit(limit)
      .execute()
    return rows.map(presenceOf)
  },
  async shift(ms, now, soonest) {
    const [by, latest, first] = [BigInt(ms), BigInt(now), BigInt(soonest)]
    await db
      .updateTable('presences')
      .set({
        since: sql`case when since + ${by} > ${latest} then ${latest} else since + ${by} end`,
        back_at: sql`back_at + ${by}`,
        gone_at: sql`case when gone_at + ${by} < ${first} then ${first} else gone_at + ${by} end`,
      })
      .where('gone', '=', sql.lit(0n))
      .execute()
  },
})

const presenceOf = (row: Selectable<Tables['presences']>): StoredPresence => ({
  device: parseDeviceId(row.device),
  history: {
    firstSeenAt: Number(row.first_seen_at),
    online: row.online === 1n,
    since: Number(row.since),
    backAt: numberOf(row.back_at),
    watchedMs: JSON.parse(row.watched) as Millis[],
    onlineMs: JSON.parse(row.online_hours) as Millis[],
    absencesMs: JSON.parse(row.absences) as Millis[],
    announced: JSON.parse(row.announced) as PresenceHistory['announced'],
    hours: row.hours === null ? undefined : (JSON.parse(row.hours) as WeekHours),
  },
  goneAt: numberOf(row.gone_at),
  gone: row.gone === 1n,
})
