/** PostgreSQL, through pg. */
import { CompiledQuery, PostgresDialect, sql, type Kysely } from 'kysely'
import pg from 'pg'
import { KeeptabError } from '../../src/core/errors.ts'
import type { Tables } from './tables.ts'

/**
 * Commits wait for the disk whatever server, role or URL say; int8 is read as bigint.
 * @param url a connection URL
 */
export function postgresDialect(url: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: parserOf },
  })
  // A connection that breaks while nobody uses it: the pool drops it, and whoever needs the next one hears of trouble.
  pool.on('error', () => undefined)
  return new PostgresDialect({
    pool,
    // Not among the options of the connection: those of the URL would take their place, and a pooler may drop them.
    onCreateConnection: async (connection) => {
      await connection.executeQuery(CompiledQuery.raw('set synchronous_commit to on'))
    },
  })
}

/** @throws KeeptabError `config-invalid` when the server would acknowledge what a power cut takes away again */
export async function checkDurable(db: Kysely<Tables>): Promise<void> {
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    const { rows } = await sql<{ value: string }>`select current_setting(${setting}) as value`.execute(db)
    const value = rows[0]?.value
    if (value === 'on') continue
    throw new KeeptabError(
      'config-invalid',
      `DATABASE_URL: PostgreSQL runs with ${setting}=${value ?? '?'}, so a power cut would lose records that were ` +
        `acknowledged. Set it to on.`,
      { setting },
    )
  }
}

const INT8 = pg.types.builtins.INT8

/** pg's own parsers, but for int8, which they hand out as text. */
const parserOf = ((oid: typeof INT8, format?: 'text') =>
  oid === INT8 ? BigInt : (pg.types.getTypeParser(oid, format) as unknown)) as typeof pg.types.getTypeParser

/** Two serializable transactions were in each other's way (SQLSTATE 40001) or waited for each other (40P01). */
export const mayRetry = (thrown: unknown): boolean =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && ['40001', '40P01'].includes(String(thrown.code))
