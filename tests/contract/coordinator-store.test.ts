import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Kysely, sql } from 'kysely'
import Libsql from 'libsql'
import { expect, it } from 'vitest'
import { parseAccountId, parseDeviceId, parseGroupId } from '../../src/core/ids.ts'
import { openDatabase } from '../../signaling/db/database.ts'
import { migrate } from '../../signaling/db/migrations.ts'
import { postgresDialect } from '../../signaling/db/postgres.ts'
import { sqliteDialect, toSqlite } from '../../signaling/db/sqlite.ts'
import type { Database } from '../../signaling/db/stores.ts'
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

it('brings the tables of SQLite up to date in one step or not at all', async () => {
  const dataDir = temporaryFolder()
  const file = new Libsql(join(dataDir, 'coordinator.sqlite'))
  file.exec('create table hands (in_the_way)')
  await expect(openDatabase({ dataDir })).rejects.toThrow('already exists')
  file.exec('drop table hands')
  file.close()
  await (await openDatabase({ dataDir })).close()
  await rm(dataDir, { recursive: true, force: true })
})

it('keeps every row of before where tables are made anew for accounts of devices, and for owners of groups', async () => {
  const dataDir = temporaryFolder()
  const { url, stop } = await startPostgres()
  const [owner, who] = [parseAccountId('a'.repeat(64)), parseDeviceId('d'.repeat(64))]
  const id = parseGroupId('1'.repeat(32))
  const both = [
    { dialect: sqliteDialect(join(dataDir, 'coordinator.sqlite')), blob: 'blob', open: { dataDir } },
    { dialect: postgresDialect(url), blob: 'bytea', open: { dataDir: 'no-such-folder', url } },
  ] as const
  for (const { dialect, blob, open } of both) {
    const db = new Kysely<Tables>({ dialect })
    await migrate(db, blob, '0021-given-up')
    const bytes = (value: number) => new Uint8Array([value])
    const write = async (table: string, ...values: unknown[]) =>
      sql`insert into ${sql.table(table)} values (${sql.join(values)})`.execute(db)
    await write('devices', who, owner, bytes(0), 'block', 5, 'other-other')
    await write('heads', who, owner, 7, bytes(7))
    await write('past_heads', who, owner, 6, bytes(6), 1000)
    await write('served_time', 'served', 500, 1000)
    await write('envelopes', who, bytes(9))
    await write('groups', id, owner, 2, 6, 8, 0, 1)
    await write('slots', id, 0, who, 1, 2, 'full')
    await write('slots', id, 1, who, 3, null, null)
    await db.destroy()
    const database = await openDatabase(open)
    await database.transaction(async ({ heads, revocations, groups }) => {
      const group = { id, owner, k: 2, n: 6, storedBytes: 8, rebuilt: false, madeAt: 1 }
      expect(await groups.ofId(id)).toEqual([group])
      expect(await groups.slots(group)).toEqual([
        { index: 0, keeper: who, ended: { at: 2, reason: 'full' } },
        { index: 1, keeper: who, ended: undefined },
      ])
      const head = { account: owner, device: who, sequence: 7, signed: bytes(7) }
      expect(await heads.newest(owner, who)).toEqual(head)
      const past = { ...head, sequence: 6, signed: bytes(6), replacedAt: 1000, servedAt: 500 }
      expect(await heads.past(owner, who, 9, 9)).toEqual([past])
      expect(await revocations.envelope(owner, who)).toEqual(bytes(9))
    })
    await database.close()
  }
  await stop()
  await rm(dataDir, { recursive: true, force: true })
})

/** Another process with the file open, which runs what it is told. */
function anotherProcess(file: string) {
  const program = `const db = new (require('libsql'))(process.argv[1], { timeout: 0 })
    process.stdin.on('data', (sql) => { db.exec(String(sql)); console.log('done') })`
  const child = spawn(process.execPath, ['-e', program, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  const died = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`The other process has ended with ${code}.`)))
  })
  died.catch(() => undefined) // it also ends when it is told to
  return {
    async run(statement: string) {
      const done = once(lines, 'line')
      child.stdin.write(statement)
      await Promise.race([done, died])
    },
    async end() {
      const exited = once(child, 'exit')
      child.stdin.end()
      await exited
    },
  }
}

it('waits for a file of SQLite that another process holds while it is opened, and holds up nobody meanwhile', async () => {
  const dataDir = temporaryFolder()
  const other = anotherProcess(join(dataDir, 'coordinator.sqlite'))
  await other.run('create table held (v); begin exclusive')
  let turns = 0
  const turning = setInterval(() => (turns += 1), 1)
  await expect(openDatabase({ dataDir, patienceMs: 2000 })).rejects.toMatchObject({ code: 'timeout' })
  clearInterval(turning)
  expect(turns).toBeGreaterThan(0)
  const opening = openDatabase({ dataDir, patienceMs: 60_000 })
  await other.run('commit')
  const database = await opening
  await database.transaction(({ meta }) => meta.put('own', new Uint8Array(1)))
  await other.end()
  await database.close()
  await rm(dataDir, { recursive: true, force: true })
})

it('waits while another process writes into the file of SQLite, gives up on it in the end, and goes on when it is done', async () => {
  const dataDir = temporaryFolder()
  const database = await openDatabase({ dataDir, patienceMs: 60_000 })
  const hasty = await openDatabase({ dataDir, patienceMs: 0 })
  const other = anotherProcess(join(dataDir, 'coordinator.sqlite'))
  const writeBeside = "insert or replace into meta (name, value) values ('beside', x'00');"
  const byte = (value: number) => new Uint8Array([value])
  const read = (from: Database) => from.transaction(({ meta }) => Promise.all([meta.get('own'), meta.get('beside')]))

  await other.run(`begin immediate; ${writeBeside}`)
  const refused = hasty.transaction(({ meta }) => meta.put('own', byte(1)))
  await expect(refused).rejects.toMatchObject({
    code: 'timeout',
    detail: expect.stringContaining('Another process') as unknown,
  })
  const refusedLater = hasty.transaction(async ({ meta }) => {
    await meta.get('own')
    await meta.putOnce('own', byte(1))
  })
  await expect(refusedLater).rejects.toMatchObject({ code: 'timeout' })
  expect(await read(hasty)).toEqual([undefined, undefined])

  let runs = 0
  await database.transaction(async ({ meta }) => {
    // It has failed once: now the other one may go.
    if (++runs === 2) await other.run('commit')
    await meta.put('own', byte(2))
  })
  expect(runs).toBe(2)
  expect(await read(hasty)).toEqual([byte(2), byte(0)])
  await hasty.transaction(({ meta }) => meta.put('own', byte(3)))

  // What it has read is no longer so when it writes.
  const seen: unknown[] = []
  await database.transaction(async ({ meta }) => {
    seen.push(await meta.get('beside'))
    if (seen.length === 1) await other.run("update meta set value = x'01' where name = 'beside'")
    await meta.put('own', byte(4))
  })
  expect(seen).toEqual([byte(0), byte(1)])
  expect(await read(database)).toEqual([byte(4), byte(1)])
  await other.end()
  for (const one of [database, hasty]) await one.close()
  await rm(dataDir, { recursive: true, force: true })
})
