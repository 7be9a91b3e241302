/** PostgreSQL, through pg. */
import { PostgresDialect } from 'kysely'
import pg from 'pg'

/** Commits wait for the disk whatever the server's default is; int8 is read as bigint. @param url a connection URL */
export function postgresDialect(url: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    options: '-c synchronous_commit=on',
    types: { getTypeParser: parserOf },
  })
  // A connection that breaks while nobody uses it: the pool drops it, and whoever needs the next one hears of trouble.
  pool.on('error', () => undefined)
  return new PostgresDialect({ pool })
}

const INT8 = pg.types.builtins.INT8

/** pg's own parsers, but for int8, which they hand out as text. */
const parserOf = ((oid: typeof INT8, format?: 'text') =>
  oid === INT8 ? BigInt : (pg.types.getTypeParser(oid, format) as unknown)) as typeof pg.types.getTypeParser

/** Two serializable transactions were in each other's way (SQLSTATE 40001) or waited for each other (40P01). */
export const mayRetry = (thrown: unknown): boolean =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && ['40001', '40P01'].includes(String(thrown.code))
