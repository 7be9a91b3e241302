/** Opens the database the operator chose and puts the stores on it. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Kysely, sql, type Transaction } from 'kysely'
import { KeeptabError } from '../../src/core/errors.ts'
import type { Millis } from '../../src/core/units.ts'
import { migrate } from './migrations.ts'
import { checkDurable, mayRetry, postgresDialect } from './postgres.ts'
import { isLocked, sqliteDialect } from './sqlite.ts'
import type { Database, Stores } from './stores.ts'
import type { Tables } from './tables.ts'
import { deviceStore, metaStore } from './account-stores.ts'
import { auditStore, reputationStore } from './audit-stores.ts'
import { groupStore, inventoryStore, packStore } from './placement-stores.ts'
import { condemnationStore } from './condemnation-store.ts'
import { repairStore } from './repair-store.ts'
import { handStore, readStore } from './read-stores.ts'
import { headStore } from './head-store.ts'
import { presenceStore } from './presence-store.ts'
import { tallyStore, watchStore } from './tally-stores.ts'
import { deviceRecordStore, revocationStore } from './membership-stores.ts'

export interface DatabaseChoice {
  /** Folder of the SQLite file; made when it is missing. */
  readonly dataDir: string
  /** PostgreSQL instead. */
  readonly url?: string | undefined
  /** How long a transaction waits for another process that writes into the SQLite file. */
  readonly patienceMs?: Millis
}

/** Opens it and brings its tables up to date. @throws KeeptabError `unsupported-version`, `config-invalid` for a server that is not durable, or what the driver throws */
export async function openDatabase({ dataDir, url, patienceMs = 5000 }: DatabaseChoice): Promise<Database> {
  const db = url === undefined ? openSqlite(dataDir) : new Kysely<Tables>({ dialect: postgresDialect(url) })
  try {
    if (url === undefined) await unlocked(() => migrate(db, 'blob'), patienceMs)
    else {
      await checkDurable(db)
      await migrate(db, 'bytea')
    }
  } catch (thrown) {
    await db.destroy()
    throw thrown
  }
  return {
    transaction: (work) => (url === undefined ? runAlone(db, work, patienceMs) : runSerializable(db, work)),
    check: async () => {
      await sql`select 1`.execute(db)
    },
    close: () => db.destroy(),
  }
}

function openSqlite(dataDir: string): Kysely<Tables> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  return new Kysely<Tables>({ dialect: sqliteDialect(join(dataDir, 'coordinator.sqlite')) })
}

/** SQLite has one connection here, and Kysely queues for it: one transaction at a time. */
const runAlone = <T>(db: Kysely<Tables>, work: (stores: Stores) => Promise<T>, patienceMs: Millis): Promise<T> =>
  unlocked(() => db.transaction().execute((transaction) => work(storesOn(transaction))), patienceMs)

const PAUSE_MS: Millis = 20

/**
 * A transaction that meets the lock of another process lets others by, of which those that only read go on, and runs again.
 * @throws KeeptabError `timeout`
 */
async function unlocked<T>(transaction: () => Promise<T>, patienceMs: Millis): Promise<T> {
  const from = performance.now()
  for (;;) {
    try {
      return await transaction()
    } catch (thrown) {
      if (!isLocked(thrown)) throw thrown
      if (performance.now() - from >= patienceMs) throw heldByAnother(patienceMs, thrown)
    }
    await setTimeout(PAUSE_MS)
  }
}

const heldByAnother = (patienceMs: Millis, cause: unknown): KeeptabError =>
  new KeeptabError(
    'timeout',
    `Another process has been writing into the coordinator's database for ${patienceMs / 1000} s. Nothing was changed: ` +
      `end that process, or try again when it is done.`,
    {},
    cause,
  )

const MOST_ATTEMPTS = 50

/** PostgreSQL runs them side by side and refuses those that could not have run one after the other: they run again. */
async function runSerializable<T>(db: Kysely<Tables>, work: (stores: Stores) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db
        .transaction()
        .setIsolationLevel('serializable')
        .execute((transaction) => work(storesOn(transaction)))
    } catch (thrown) {
      if (!mayRetry(thrown) || attempt === MOST_ATTEMPTS) throw thrown
    }
  }
}

const storesOn = (transaction: Transaction<Tables>): Stores => ({
  meta: metaStore(transaction),
  devices: deviceStore(transaction),
  groups: groupStore(transaction),
  packs: packStore(transaction),
  inventories: inventoryStore(transaction),
  heads: headStore(transaction),
  deviceRecords: deviceRecordStore(transaction),
  revocations: revocationStore(transaction),
  presences: presenceStore(transaction),
  condemnations: condemnationStore(transaction),
  audits: auditStore(transaction),
  reputations: reputationStore(transaction),
  reads: readStore(transaction),
  hands: handStore(transaction),
  repairs: repairStore(transaction),
  tallies: tallyStore(transaction),
  watches: watchStore(transaction),
})
