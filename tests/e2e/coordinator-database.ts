/** The coordinator's database, opened from outside as its operator, or whoever broke in, could; also while it runs. */
import { join } from 'node:path'
import Libsql from 'libsql'
import type { Network } from './network.ts'

/** The rows of a query. Byte strings come as ArrayBuffer. */
export const query = (network: Network, sql: string): Readonly<Record<string, unknown>>[] =>
  using(network, (database) => database.prepare(sql).all([]) as Record<string, unknown>[])

/** Runs one statement that changes something. */
export function change(network: Network, sql: string, parameters: readonly (string | Uint8Array)[] = []): void {
  using(network, (database) => database.prepare(sql).run([...parameters]))
}

function using<T>({ coordinatorData }: Network, work: (database: Libsql.Database) => T): T {
  const database = new Libsql(join(coordinatorData, 'coordinator.sqlite'), { timeout: 5000 })
  try {
    return work(database)
  } finally {
    database.close()
  }
}
