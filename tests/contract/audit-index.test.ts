import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countQuery, drawnQuery, dueQuery, nthQuery } from '../../signaling/db/audit-stores.ts'
import { readsDueQuery } from '../../signaling/db/read-stores.ts'
import { healthOfQuery } from '../../signaling/db/placement-stores.ts'
import { migrate } from '../../signaling/db/migrations.ts'
import { sqliteDialect } from '../../signaling/db/sqlite.ts'
import type { Tables } from '../../signaling/db/tables.ts'
import { COUNTED_SHARDS } from '../../src/durability/audit-schedule.ts'
import { temporaryFolder } from './coordinator-fixtures.ts'

/** As many shards as there is time for: SQLite plans by its indexes, and not by how many rows there are. */
const SHARDS = Number(process.env['KEEPTAB_SHARDS'] ?? 20_000)
const KEEPERS = 1000

let db: Kysely<Tables>
const folder = temporaryFolder()
beforeAll(async () => {
  db = new Kysely<Tables>({ dialect: sqliteDialect(join(folder, 'coordinator.sqlite')) })
  await migrate(db, 'blob')
  // The sequence is spread over the ring by a multiplication that has no common factor with its length.
  await sql`insert into holders (pack, shard, keeper, group_id, seen_at, draw)
    with recursive i(n) as (select 0 union all select n + 1 from i where n + 1 < ${sql.lit(SHARDS)})
    select printf('%064x', n), 0, printf('%064x', n % ${sql.lit(KEEPERS)}), 'group', 0,
      printf('%012x', (n * 162259276829) % 281474976710656) from i`.execute(db)
  await sql`insert into audits (keeper, ask_at, owed_at, number, rounds)
    with recursive i(n) as (select 0 union all select n + 1 from i where n + 1 < ${sql.lit(KEEPERS)})
    select printf('%064x', n), case when n % 2 = 0 then n end, 0, 0, 0 from i`.execute(db)
}, 300_000)
// The database goes with its folder: nobody will read what waits in its log.
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const keeper = '7'.padStart(64, '0')

it('finds who is to be asked for what among all shards by indexes alone, without sorting', () =>
  db.transaction().execute(async (db) => {
    const plans = {
      due: dueQuery(db, 500, 100),
      drawn: drawnQuery(db, keeper, '800000000000'),
      nth: nthQuery(db, keeper, COUNTED_SHARDS - 1),
      count: countQuery(db, keeper, COUNTED_SHARDS),
      reads: readsDueQuery(db, 500, 100),
    }
    const told: string[][] = []
    for (const query of Object.values(plans)) {
      const steps = await query.explain<{ detail: string }>(undefined, sql`query plan`)
      told.push(steps.map(({ detail }) => detail).filter((detail) => /SCAN|TEMP|SEARCH/.test(detail)))
    }
    const [due, drawn, nth, count, reads] = told
    expect(reads).toEqual([expect.stringMatching(/^SEARCH reads USING (COVERING )?INDEX reads_due \(read_at<\?\)/)])
    expect(due).toEqual([expect.stringMatching(/^SEARCH audits USING (COVERING )?INDEX audits_due \(ask_at<\?\)/)])
    expect(drawn).toEqual([
      expect.stringMatching(/^SEARCH holders USING INDEX holders_drawn \(keeper=\? AND draw>\?\)/),
    ])
    expect(nth).toEqual([expect.stringMatching(/^SEARCH holders USING INDEX holders_drawn \(keeper=\?\)/)])
    expect(count).toContainEqual(
      expect.stringMatching(/^SEARCH holders USING COVERING INDEX holders_\w+ \(keeper=\?\)/),
    )
    // What is counted is cut off before.
    expect(count?.filter((step) => step.includes('SCAN'))).toEqual([expect.stringMatching(/^SCAN some/)])
  }))

it('finds the very next shard of that keeper, and nobody else’s', () =>
  db.transaction().execute(async (db) => {
    const { rows } = await sql<{ draw: string }>`select min(draw) as draw from holders
    where keeper = ${keeper} and draw >= '800000000000'`.execute(db)
    const found = await drawnQuery(db, keeper, '800000000000').executeTakeFirst()
    expect(found).toMatchObject({ keeper, draw: rows[0]?.draw })
    const due = await dueQuery(db, 10, 100).execute()
    expect(due.map((row) => Number.parseInt(row.keeper, 16))).toEqual([0, 2, 4, 6, 8, 10])
  }))

it('adds up the health of an owner’s packs out of one index', () =>
  db.transaction().execute(async (db) => {
    const steps = await healthOfQuery(db, keeper).explain<{ detail: string }>(undefined, sql`query plan`)
    const told = steps.map(({ detail }) => detail)
    expect(told).toContainEqual(
      expect.stringMatching(/^SEARCH packs USING COVERING INDEX packs_by_health \(owner=\?\)/),
    )
    expect(told.filter((detail) => /TEMP|^SCAN/.test(detail))).toEqual([])
  }))
