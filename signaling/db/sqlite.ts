/** SQLite in one file, through libsql. */
import Libsql from 'libsql'
import { SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import { KeeptabError } from '../../src/core/errors.ts'

/**
 * Write-ahead log, and `synchronous=FULL`: a commit returns when it is on the disk.
 * One process holds the file; `VACUUM INTO` from another one makes a backup while this one runs.
 */
export function sqliteDialect(path: string): SqliteDialect {
  return new SqliteDialect({ database: () => Promise.resolve(open(path)) })
}

function open(path: string): SqliteDatabase {
  const libsql = new Libsql(path, { timeout: 5000 })
  libsql.defaultSafeIntegers(true)
  libsql.pragma('journal_mode=WAL')
  libsql.pragma('synchronous=FULL')
  return {
    prepare: (sql) => checked(libsql.prepare(sql)),
    close: () => {
      // Brings the log into the file, so that a stopped coordinator is one file to copy.
      libsql.pragma('wal_checkpoint(TRUNCATE)')
      libsql.close()
    },
  }
}

/** What is left of a libsql statement behind the door. */
interface RawStatement {
  readonly reader: boolean
  all(parameters: readonly unknown[]): unknown[]
  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
}

function checked(statement: RawStatement): SqliteStatement {
  return {
    reader: statement.reader,
    all: (parameters) => statement.all(parameters.map(toSqlite)).map(fromSqlite),
    run: (parameters) => statement.run(parameters.map(toSqlite)),
    *iterate(parameters) {
      yield* statement.all(parameters.map(toSqlite)).map(fromSqlite)
    },
  }
}

/**
 * The one door for every parameter: libsql ends the whole process on values it does not know, stores NaN as NULL and
 * cuts text at NUL. Integers go in as bigint, because it binds every number as a float.
 * @throws KeeptabError `internal`
 */
export function toSqlite(value: unknown): string | bigint | Uint8Array | null {
  if (value === null || typeof value === 'bigint') return value
  if (typeof value === 'string' && !value.includes('\0')) return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (value instanceof Uint8Array) return value
  throw new KeeptabError('internal', `A ${typeof value} was about to go into the database.`)
}

/** libsql hands byte strings out as ArrayBuffer. */
const fromSqlite = (row: unknown): unknown =>
  Object.fromEntries(
    Object.entries(row as Record<string, unknown>).map(([name, value]) => [
      name,
      value instanceof ArrayBuffer ? new Uint8Array(value) : value,
    ]),
  )
