/** Audits among a million shards: how long it takes to find who is to be asked and for what, and whether anything is scanned. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { drawnQuery, dueQuery } from '../../signaling/db/audit-stores.ts'
import { migrate } from '../../signaling/db/migrations.ts'
import { postgresDialect } from '../../signaling/db/postgres.ts'
import { sqliteDialect } from '../../signaling/db/sqlite.ts'
import type { Tables } from '../../signaling/db/tables.ts'
import { median } from '../bench/figure.ts'
import { startPostgres, temporaryFolder } from '../contract/coordinator-fixtures.ts'
import { chanceOf } from '../e2e/chance.ts'

const SHARDS = 1_000_000
const KEEPERS = 10_000
const TIMED = 1000
const SEED = 1
/** A keeper falls due for each unit of time; as many as a beat takes. */
const AT_ONCE = 100

export interface AuditIndex {
  readonly shards: number
  readonly keepers: number
  /** Milliseconds for one, over `TIMED` of each. */
  readonly drawn: { readonly median: number; readonly slowest: number }
  readonly due: { readonly median: number; readonly slowest: number }
  /** Steps of the plans that read a whole table. */
  readonly scans: readonly string[]
}

export async function auditIndexes(): Promise<Record<'SQLite' | 'PostgreSQL', AuditIndex>> {
  const folder = temporaryFolder()
  const server = await startPostgres()
  try {
    const sqlite = new Kysely<Tables>({ dialect: sqliteDialect(join(folder, 'coordinator.sqlite')) })
    const postgres = new Kysely<Tables>({ dialect: postgresDialect(server.url) })
    try {
      await migrate(sqlite, 'blob')
      await migrate(postgres, 'bytea')
      await fillSqlite(sqlite)
      await fillPostgres(postgres)
      return {
        SQLite: await measured(sqlite, sqliteScans),
        PostgreSQL: await measured(postgres, postgresScans),
      }
    } finally {
      await sqlite.destroy()
      await postgres.destroy()
    }
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

// The sequence is spread over the ring by a multiplication that has no common factor with its length.
const [STEP, RING] = [sql.lit(162_259_276_829), sql.lit(2 ** 48)]

async function fillSqlite(db: Kysely<Tables>): Promise<void> {
  await sql`insert into holders (pack, shard, keeper, group_id, seen_at, draw)
    with recursive i(n) as (select 0 union all select n + 1 from i where n + 1 < ${sql.lit(SHARDS)})
    select printf('%064x', n), 0, printf('%064x', n % ${sql.lit(KEEPERS)}), 'group', 0,
      printf('%012x', (n * ${STEP}) % ${RING}) from i`.execute(db)
  await sql`insert into audits (keeper, ask_at, owed_at, number, rounds)
    with recursive i(n) as (select 0 union all select n + 1 from i where n + 1 < ${sql.lit(KEEPERS)})
    select printf('%064x', n), n, 0, 0, 0 from i`.execute(db)
}

async function fillPostgres(db: Kysely<Tables>): Promise<void> {
  const hex = (digits: number, of: ReturnType<typeof sql>) => sql`lpad(to_hex(${of}), ${sql.lit(digits)}, '0')`
  await sql`insert into holders (pack, shard, keeper, group_id, seen_at, draw)
    select ${hex(64, sql`n`)}, 0, ${hex(64, sql`n % ${sql.lit(KEEPERS)}`)}, 'group', 0,
      ${hex(12, sql`((n::numeric * ${STEP}) % ${RING})::bigint`)}
    from generate_series(0, ${sql.lit(SHARDS - 1)}) as n`.execute(db)
  await sql`insert into audits (keeper, ask_at, owed_at, number, rounds)
    select ${hex(64, sql`n`)}, n, 0, 0, 0 from generate_series(0, ${sql.lit(KEEPERS - 1)}) as n`.execute(db)
  // As the server does by itself after so many new rows.
  await sql`analyze`.execute(db)
}

async function measured(
  db: Kysely<Tables>,
  scansOf: (db: Kysely<Tables>, keeper: string) => Promise<string[]>,
): Promise<AuditIndex> {
  const chance = chanceOf(SEED)
  const hex = (below: number, digits: number) =>
    Math.floor(chance.next() * below)
      .toString(16)
      .padStart(digits, '0')
  const drawn = await timed(() => drawnQuery(db, hex(KEEPERS, 64), hex(2 ** 48, 12)).execute())
  const due = await timed(() => dueQuery(db, Math.floor(chance.next() * KEEPERS), AT_ONCE).execute())
  return { shards: SHARDS, keepers: KEEPERS, drawn, due, scans: await scansOf(db, hex(KEEPERS, 64)) }
}

async function timed(query: () => Promise<unknown>): Promise<AuditIndex['drawn']> {
  const took: number[] = []
  for (let i = 0; i < TIMED; i += 1) {
    const from = performance.now()
    await query()
    took.push(performance.now() - from)
  }
  return { median: median(took), slowest: Math.max(...took) }
}

const queries = (db: Kysely<Tables>, keeper: string) => [
  dueQuery(db, KEEPERS / 2, AT_ONCE),
  drawnQuery(db, keeper, '800000000000'),
]

async function sqliteScans(db: Kysely<Tables>, keeper: string): Promise<string[]> {
  const plans = await Promise.all(
    queries(db, keeper).map((query) => query.explain<{ detail: string }>(undefined, sql`query plan`)),
  )
  return plans.flat().flatMap(({ detail }) => (/SCAN|TEMP/.test(detail) ? [detail] : []))
}

/** The planner may choose a scan: nothing forbids it. */
async function postgresScans(db: Kysely<Tables>, keeper: string): Promise<string[]> {
  const plans = await Promise.all(queries(db, keeper).map((query) => query.explain<{ 'QUERY PLAN': string }>()))
  return plans.flat().flatMap((step) => (/Seq Scan|Sort/.test(step['QUERY PLAN']) ? [step['QUERY PLAN']] : []))
}
