/** Packs that are to be looked at, and those that are to be repaired. */
import { sql, type Kysely, type Selectable } from 'kysely'
import { parseDeviceId, parsePackId } from '../../src/core/ids.ts'
import type { RepairLevel, RepairStore, StoredRepair } from './stores.ts'
import type { Tables } from './tables.ts'

export const repairStore = (db: Kysely<Tables>): RepairStore => ({
  async lookAt(packs) {
    if (packs.length === 0) return
    await db
      .insertInto('looks')
      .values([...new Set(packs)].map((pack) => ({ pack })))
      .onConflict((c) => c.doNothing())
      .execute()
  },
  async lookAtKeeper(keeper) {
    await sql`insert into looks select distinct pack from holders where keeper = ${keeper} on conflict do nothing`.execute(
      db,
    )
  },
  async looks(limit) {
    const rows = await db.selectFrom('looks').select('pack').limit(limit).execute()
    return rows.map(({ pack }) => parsePackId(pack))
  },
  async looked(packs) {
    if (packs.length === 0) return
    await db
      .deleteFrom('looks')
      .where('pack', 'in', [...packs])
      .execute()
  },
  async want({ pack, level, risk }, at) {
    await db
      .insertInto('repairs')
      .values({ pack, level, risk, since: at, not_before: 0, failures: 0, repairer: null, deadline: null })
      .onConflict((c) =>
        c.column('pack').doUpdateSet({
          level,
          risk,
          not_before: sql`case when repairs.risk = excluded.risk then repairs.not_before else 0 end`,
        }),
      )
      .execute()
  },
  async forget(packs) {
    if (packs.length === 0) return
    await db
      .deleteFrom('repairs')
      .where('pack', 'in', [...packs])
      .execute()
  },
  async get(pack) {
    const row = await db.selectFrom('repairs').selectAll().where('pack', '=', pack).executeTakeFirst()
    return row && repairOf(row)
  },
  async ready(now, limit) {
    const waiting = (isLost: '=' | '!=', most: number) =>
      db
        .selectFrom('repairs')
        .selectAll()
        .where('repairer', 'is', null)
        .where('level', isLost, 'lost')
        .where('not_before', '<=', BigInt(now))
        .orderBy('risk')
        .orderBy('since')
        .orderBy('pack')
        .limit(most)
        .execute()
    // What can surely be saved comes first.
    const rows = await waiting('!=', limit)
    const lost = rows.length < limit ? await waiting('=', limit - rows.length) : []
    return [...rows, ...lost].map(repairOf)
  },
  async underWay() {
    const rows = await db.selectFrom('repairs').selectAll().where('repairer', 'is not', null).execute()
    return rows.map(repairOf)
  },
  async give(pack, repairer, at, deadline) {
    await db.updateTable('repairs').set({ repairer, given_at: at, deadline }).where('pack', '=', pack).execute()
  },
  async takeBack(pack, failures, notBefore) {
    await db
      .updateTable('repairs')
      .set({ repairer: null, given_at: null, deadline: null, failures, not_before: notBefore })
      .where('pack', '=', pack)
      .execute()
  },
  async histogram() {
    const rows = await db
      .selectFrom('repairs')
      .select(['level', 'risk', (eb) => eb.fn.countAll<bigint>().as('packs')])
      .groupBy(['level', 'risk'])
      .orderBy('risk')
      .execute()
    return rows.map(({ level, risk, packs }) => ({
      level: level as RepairLevel,
      risk: Number(risk),
      packs: Number(packs),
    }))
  },
})

const repairOf = (row: Selectable<Tables['repairs']>): StoredRepair => ({
  pack: parsePackId(row.pack),
  level: row.level as RepairLevel,
  risk: Number(row.risk),
  since: Number(row.since),
  failures: Number(row.failures),
  job:
    row.repairer === null
      ? undefined
      : { repairer: parseDeviceId(row.repairer), givenAt: Number(row.given_at), deadline: Number(row.deadline) },
})
