/** SQLite in one file, through libsql. */
import Libsql from 'libsql'
import { SqliteAdapter, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import { KeeptabError } from '../../src/core/errors.ts'

/**
 * Write-ahead log, and `synchronous=FULL`: a commit returns when it is on the disk.
 * One process holds the file; `VACUUM INTO` from another one makes a backup while this one runs.
 */
export function sqliteDialect(path: string): SqliteDialect {
  return new WithMigrationsAsOne({ database: () => Promise.resolve(open(path)) })
}

/** SQLite changes tables within transactions, too: killed in the middle of its migrations, a coordinator starts again. */
class WithMigrationsAsOne extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** Statements that are kept for the next time: to prepare one takes several times as long as to run it. */
const MOST_STATEMENTS = 300
const changesTables = /^\s*(create|alter|drop)\b/i

function open(path: string): SqliteDatabase {
  // Whoever meets a lock, also that of a process which is just closing the file, waits where nobody is held up (`database`).
  const libsql = new Libsql(path, { timeout: 0 })
  try {
    libsql.defaultSafeIntegers(true)
    libsql.pragma('journal_mode=WAL')
    libsql.pragma('synchronous=FULL')
  } catch (thrown) {
    libsql.close()
    throw thrown
  }
  /** By their text, the one used last at the end. */
  const statements = new Map<string, SqliteStatement>()
  const prepare = (sql: string): SqliteStatement => {
    // Columns of a statement that is there already would be those from before.
    if (changesTables.test(sql)) statements.clear()
    const statement = statements.get(sql) ?? checked(libsql, libsql.prepare(sql))
    statements.delete(sql)
    statements.set(sql, statement)
    for (const oldest of statements.keys()) {
      if (statements.size <= MOST_STATEMENTS) break
      statements.delete(oldest)
    }
    return statement
  }
  return {
    prepare,
    close: () => {
      statements.clear()
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

function checked(libsql: Libsql.Database, statement: RawStatement): SqliteStatement {
  const { reader } = statement
  const all = (parameters: readonly unknown[]): unknown[] => {
    const values = parameters.map(toSqlite)
    return ended(libsql, () => statement.all(values)).map(fromSqlite)
  }
  return {
    reader,
    all,
    run(parameters) {
      const values = parameters.map(toSqlite)
      return ended(libsql, () => statement.run(values))
    },
    *iterate(parameters) {
      yield* all(parameters)
    },
  }
}

/**
 * libsql leaves a statement that met a lock open, and SQLite what it saw with it: no transaction could write any more.
 * Nothing but running it again ends it, so that is done where no statement may write, and those that want to fail for good.
 */
function ended<T>(libsql: Libsql.Database, run: () => T): T {
  try {
    return run()
  } catch (thrown) {
    if (!isLocked(thrown)) throw thrown
    libsql.pragma('query_only=1')
    try {
      return run()
    } catch {
      throw thrown
    } finally {
      libsql.pragma('query_only=0')
    }
  }
}

/** Another connection, mostly of another process, holds the file, or has written since this transaction began to read. */
export const isLocked = (thrown: unknown): boolean =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && String(thrown.code).startsWith('SQLITE_BUSY')

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

/** libsql hands byte strings out as ArrayBuffer, and each row as an object of its own. */
function fromSqlite(row: unknown): unknown {
  const columns = row as Record<string, unknown>
  for (const name in columns) {
    const value = columns[name]
    if (value instanceof ArrayBuffer) columns[name] = new Uint8Array(value)
  }
  return row
}
