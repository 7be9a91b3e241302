import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import Libsql from 'libsql'
import { expect, it } from 'vitest'
import { openDatabase } from '../../signaling/db/database.ts'
import { toSqlite } from '../../signaling/db/sqlite.ts'
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
