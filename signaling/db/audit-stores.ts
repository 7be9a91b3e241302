/** Who is asked for what and when, what came of it, and what each keeper's word is worth. */
import type { Kysely, Selectable } from 'kysely'
import { own } from '../../src/core/bytes.ts'
import { parseDeviceId, parsePackId } from '../../src/core/ids.ts'
import type { Barred, Reputation, Unread } from '../../src/durability/reputation.ts'
import { MILLIONTHS, numberOf } from './columns.ts'
import { holderOf } from './placement-stores.ts'
import type { AuditStore, Disproof, PendingAudit, ReputationStore } from './stores.ts'
import type { Tables } from './tables.ts'

export const auditStore = (db: Kysely<Tables>): AuditStore => ({
  async get(keeper) {
    const row = await db.selectFrom('audits').selectAll().where('keeper', '=', keeper).executeTakeFirst()
    return (
      row && {
        keeper,
        askAt: numberOf(row.ask_at),
        owedAt: Number(row.owed_at),
        number: Number(row.number),
        pending: pendingOf(row),
      }
    )
  },
  async put({ keeper, askAt, owedAt, number, pending }) {
    const now = {
      ask_at: askAt ?? null,
      owed_at: owedAt,
      number,
      audit: pending?.id ?? null,
      day: pending?.day ?? null,
      pack: pending?.pack ?? null,
      shard: pending?.index ?? null,
      leaf: pending?.leaf ?? null,
      rounds: pending?.rounds ?? 0,
    }
    await db
      .insertInto('audits')
      .values({ keeper, ...now })
      .onConflict((c) => c.column('keeper').doUpdateSet(now))
      .execute()
  },
  async due(now, limit) {
    const rows = await dueQuery(db, now, limit).execute()
    return rows.map(({ keeper }) => parseDeviceId(keeper))
  },
  async drawn(keeper, point) {
    const row =
      (await drawnQuery(db, keeper, point).executeTakeFirst()) ?? (await drawnQuery(db, keeper, '').executeTakeFirst())
    return row && holderOf(row)
  },
  async at(keeper, point) {
    const row = await drawnQuery(db, keeper, point).executeTakeFirst()
    return row?.draw === point ? holderOf(row) : undefined
  },
  async nth(keeper, before) {
    const row = await nthQuery(db, keeper, before).executeTakeFirst()
    return row && holderOf(row)
  },
  async redraw({ pack, index, keeper }, draw) {
    await db
      .updateTable('holders')
      .set({ draw })
      .where('pack', '=', pack)
      .where('shard', '=', BigInt(index))
      .where('keeper', '=', keeper)
      .execute()
  },
  async count(keeper, most) {
    const { shards } = await countQuery(db, keeper, most).executeTakeFirstOrThrow()
    return Number(shards)
  },
  async disprove({ pack, index, keeper, at, result, answer }) {
    const now = { at, result, answer: answer ?? null }
    await db
      .insertInto('disproofs')
      .values({ pack, shard: index, keeper, ...now })
      .onConflict((c) => c.columns(['pack', 'shard', 'keeper']).doUpdateSet(now))
      .execute()
  },
  async disproofs(packs) {
    if (packs.length === 0) return []
    const rows = await db
      .selectFrom('disproofs')
      .selectAll()
      .where('pack', 'in', [...new Set(packs)])
      .execute()
    return rows.map((row) => ({
      pack: parsePackId(row.pack),
      index: Number(row.shard),
      keeper: parseDeviceId(row.keeper),
      at: Number(row.at),
      result: row.result as Disproof['result'],
      answer: row.answer === null ? undefined : own(row.answer),
    }))
  },
})

// Exported, because a test asks the database how it would run them: never by looking at every row.

export const dueQuery = (db: Kysely<Tables>, now: number, limit: number) =>
  db.selectFrom('audits').select('keeper').where('ask_at', '<=', BigInt(now)).orderBy('ask_at').limit(limit)

export const drawnQuery = (db: Kysely<Tables>, keeper: string, point: string) =>
  db.selectFrom('holders').selectAll().where('keeper', '=', keeper).where('draw', '>=', point).orderBy('draw').limit(1)

export const nthQuery = (db: Kysely<Tables>, keeper: string, before: number) =>
  db.selectFrom('holders').selectAll().where('keeper', '=', keeper).orderBy('draw').limit(1).offset(before)

export const countQuery = (db: Kysely<Tables>, keeper: string, most: number) =>
  db
    .selectFrom(db.selectFrom('holders').select('keeper').where('keeper', '=', keeper).limit(most).as('some'))
    .select((eb) => eb.fn.countAll<bigint>().as('shards'))

function pendingOf(row: Selectable<Tables['audits']>): PendingAudit | undefined {
  if (row.audit === null || row.pack === null) return undefined
  return {
    id: row.audit,
    day: Number(row.day),
    pack: parsePackId(row.pack),
    index: Number(row.shard),
    leaf: Number(row.leaf),
    rounds: Number(row.rounds),
  }
}

export const reputationStore = (db: Kysely<Tables>): ReputationStore => ({
  async get(keeper) {
    const row = await db.selectFrom('reputations').selectAll().where('keeper', '=', keeper).executeTakeFirst()
    return row && reputationOf(row)
  },
  async of(keepers) {
    if (keepers.length === 0) return new Map()
    const rows = await db
      .selectFrom('reputations')
      .selectAll()
      .where('keeper', 'in', [...new Set(keepers)])
      .execute()
    return new Map(rows.map((row) => [parseDeviceId(row.keeper), reputationOf(row)]))
  },
  async all() {
    const rows = await db.selectFrom('reputations').selectAll().execute()
    return new Map(rows.map((row) => [parseDeviceId(row.keeper), reputationOf(row)]))
  },
  async put(keeper, { since, proven, lost, prompt, late, passed, failed, lastProvenAt, lastWrongAt, barred, unread }) {
    const now = {
      since,
      proven: Math.round(proven * MILLIONTHS),
      lost: Math.round(lost * MILLIONTHS),
      prompt: Math.round(prompt * MILLIONTHS),
      late: Math.round(late * MILLIONTHS),
      passed,
      failed,
      last_proven_at: lastProvenAt ?? null,
      last_wrong_at: lastWrongAt ?? null,
      barred: barred?.state ?? null,
      barred_for: barred?.why ?? null,
      barred_at: barred?.at ?? null,
      streak: barred?.streak ?? 0,
      unread: unread?.why ?? null,
      unread_at: unread?.at ?? null,
      reads_left: unread?.left ?? 0,
    }
    await db
      .insertInto('reputations')
      .values({ keeper, ...now })
      .onConflict((c) => c.column('keeper').doUpdateSet(now))
      .execute()
  },
})

const reputationOf = (row: Selectable<Tables['reputations']>): Reputation => ({
  since: Number(row.since),
  proven: Number(row.proven) / MILLIONTHS,
  lost: Number(row.lost) / MILLIONTHS,
  prompt: Number(row.prompt) / MILLIONTHS,
  late: Number(row.late) / MILLIONTHS,
  passed: Number(row.passed),
  failed: Number(row.failed),
  lastProvenAt: numberOf(row.last_proven_at),
  lastWrongAt: numberOf(row.last_wrong_at),
  barred:
    row.barred === null
      ? undefined
      : {
          state: row.barred as Barred['state'],
          why: row.barred_for as Barred['why'],
          at: Number(row.barred_at),
          streak: Number(row.streak),
        },
  unread:
    row.unread === null
      ? undefined
      : { why: row.unread as Unread['why'], at: Number(row.unread_at), left: Number(row.reads_left) },
})
