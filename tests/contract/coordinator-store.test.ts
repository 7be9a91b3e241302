import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import Libsql from 'libsql'
import { expect, it } from 'vitest'
import { openDatabase } from '../../signaling/db/database.ts'
import { postgresDialect } from '../../signaling/db/postgres.ts'
import { toSqlite } from '../../signaling/db/sqlite.ts'
import type { Tables } from '../../signaling/db/tables.ts'
import { startPostgres, temporaryFolder } from './coordinator-fixtures.ts'
import { databaseContract } from './coordinator-store.ts'

databaseContract('SQLite', () => {
  const dataDir = temporaryFolder()
  return Promise.resolve({
    open: () => openDatabase({ dataDir }),
    stop: () => rm(dataDir, { recursive: true, force: true }),
  })
})

databaseContract('PostgreSQL', async () => {
  const { url, stop } = await startPostgres()
  return { open: () => openDatabase({ dataDir: 'no-such-folder', url }), stop }
})

it('waits for the disk of PostgreSQL whatever role and URL say, and refuses a server that does not write', async () => {
  const { url, stop } = await startPostgres(['synchronous_commit=off'])
  const careless = `${url}?options=${encodeURIComponent('-c synchronous_commit=off')}`
  const db = new Kysely<Tables>({ dialect: postgresDialect(careless) })
  const { rows } = await sql<{ value: string }>`select current_setting('synchronous_commit') as value`.execute(db)
  expect(rows).toEqual([{ value: 'on' }])
  await db.destroy()
  await (await openDatabase({ dataDir: 'no-such-folder', url: careless })).close()
  await stop()

  const risky = await startPostgres(['fsync=off'])
  await expect(openDatabase({ dataDir: 'no-such-folder', url: risky.url })).rejects.toMatchObject({
    code: 'config-invalid',
    data: { setting: 'fsync' },
  })
  await risky.stop()
})

it('lets no value through to libsql on which it would end the process or keep something else', () => {
  for (const value of [true, new Date(), {}, [], undefined, Number.NaN, 0.5, 2 ** 60, 'a\0b', new Float64Array(1)]) {
    expect(() => toSqlite(value)).toThrow()
  }
  expect(['', 'text', 7, -1, 2n ** 60n, null].map(toSqlite)).toEqual(['', 'text', 7n, -1n, 2n ** 60n, null])
})

it('does not touch a database that a newer version has written', async () => {
  const dataDir = temporaryFolder()
  await (await openDatabase({ dataDir })).close()
  const file = new Libsql(join(dataDir, 'coordinator.sqlite'))
  file.exec("insert into kysely_migration (name, timestamp) values ('9999-later', '2100-01-01')")
  file.close()
  await expect(openDatabase({ dataDir })).rejects.toMatchObject({ code: 'unsupported-version' })
  await rm(dataDir, { recursive: true, force: true })
})
