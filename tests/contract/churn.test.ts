/** How long keepers stay, as a coordinator measures it: over both databases, with lives that a test deals out. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { expect, it } from 'vitest'
import { enrol, rejudge, reputationOf } from '../../signaling/audits.ts'
import { createChurn, noteLost, noteTurn, noteUnseen } from '../../signaling/churn.ts'
import { openDatabase } from '../../signaling/db/database.ts'
import { postgresDialect } from '../../signaling/db/postgres.ts'
import { sqliteDialect } from '../../signaling/db/sqlite.ts'
import type { Tables } from '../../signaling/db/tables.ts'
import { watchesDueQuery } from '../../signaling/db/tally-stores.ts'
import { openPresence } from '../../signaling/presence.ts'
import { idOf, parseDeviceId, parseGroupId, parsePackId, type DeviceId } from '../../src/core/ids.ts'
import { DAY, HOUR } from '../../src/core/units.ts'
import { enoughOf } from '../../src/durability/churn.ts'
import { firstSeen } from '../../src/durability/presence.ts'
import { OUT_MS } from '../../src/durability/reputation.ts'
import { overBothDatabases } from './both-databases.ts'
import { random, temporaryFolder } from './coordinator-fixtures.ts'

overBothDatabases('churn over %s', (place) => {
  const { closers } = place

  /** Keepers of so many shards each, all online, each known for so many days. */
  const network = async (shardsOf: readonly number[], daysKnown: readonly number[] = []) => {
    const dataDir = temporaryFolder()
    const database = await openDatabase({ dataDir, url: await place.empty() })
    closers.push(
      () => rm(dataDir, { recursive: true, force: true }),
      () => database.close(),
    )
    const time = { now: 20_000 * DAY }
    const clock = { now: () => time.now }
    const here = new Set<DeviceId>()
    const open = async () => {
      const presence = await openPresence({
        database,
        clock,
        stopwatch: clock,
        onTurn: (stores, device, turn) => noteTurn(stores, device, turn, clock.now()),
        onUnseen: noteUnseen,
      })
      const churn = createChurn({ database, clock, isOnline: (device) => here.has(device) })
      for (const device of here) presence.note(device, true)
      await presence.settled()
      return { presence, churn }
    }
    let running = await open()
    const group = idOf(parseGroupId, random.bytes(16))
    const keepers: DeviceId[] = []
    for (const [i, shards] of shardsOf.entries()) {
      const keeper = idOf(parseDeviceId, random.bytes(32))
      keepers.push(keeper)
      await database.transaction(async (stores) => {
        await enrol(stores, keeper, time.now, random)
        const history = { ...firstSeen(time.now - (daysKnown[i] ?? 0) * DAY), since: time.now }
        await stores.presences.put({ device: keeper, history, goneAt: undefined, gone: false })
        await stores.packs.addHolders(
          Array.from({ length: shards }, (_, index) => ({
            pack: idOf(parsePackId, random.bytes(32)),
            index,
            keeper,
            group,
            seenAt: time.now,
          })),
        )
      })
      here.add(keeper)
      running.presence.note(keeper, true)
    }
    await running.presence.settled()
    return {
      keeper: (i: number): DeviceId => keepers[i] ?? idOf(parseDeviceId, random.bytes(32)),
      database,
      clock,
      turn: async (keeper: DeviceId, online: boolean) => {
        if (online) here.add(keeper)
        else here.delete(keeper)
        running.presence.note(keeper, online)
        await running.presence.settled()
      },
      pass: async (ms: number) => {
        for (let left = ms; left > 0; left -= HOUR) {
          time.now += Math.min(HOUR, left)
          await running.presence.beat()
          await running.churn.beat()
        }
      },
      /** The coordinator is not there for so long. */
      down: async (ms: number) => {
        time.now += ms
        running = await open()
      },
      told: () => running.churn.told(),
      lives: () => running.churn.lives(),
    }
  }

  it('nothing is said of a network in which nobody keeps anything, and little of one that is two weeks old', async () => {
    const empty = await network([0, 0, 0, 0, 0, 0, 0])
    await empty.pass(DAY)
    expect(await empty.told()).toMatchObject({ keepers: 0, measured: undefined })
    const young = await network([3, 3, 3, 3, 3, 3])
    await young.pass(DAY)
    const told = await young.told()
    expect(told.keepers).toBe(6)
    expect(told.measured).toBeDefined()
    expect(enoughOf(told)).toBeUndefined()
    expect(enoughOf({ ...told, days: 14 })).toEqual(told.measured)
    expect(enoughOf({ ...told, days: 14, keepers: 5 })).toBeUndefined()
  })

  it('whose time has come is found by an index alone', async () => {
    const dataDir = temporaryFolder()
    const url = await place.empty()
    closers.push(() => rm(dataDir, { recursive: true, force: true }))
    await (await openDatabase({ dataDir, url })).close()
    const dialect = url === undefined ? sqliteDialect(join(dataDir, 'coordinator.sqlite')) : postgresDialect(url)
    const db = new Kysely<Tables>({ dialect })
    closers.push(() => db.destroy())
    const steps = await db.transaction().execute(async (db) => {
      // PostgreSQL reads a table without rows from end to end where it may.
      if (url !== undefined) await sql`set local enable_seqscan = off`.execute(db)
      return watchesDueQuery(db, 500, 50).explain(undefined, url === undefined ? sql`query plan` : undefined)
    })
    const plan = steps.flatMap((step) => Object.values(step).map(String)).join('\n')
    expect(plan).toMatch(
      /SEARCH watches USING INDEX watches_by_count \(counted_at<|Index Scan using watches_by_count on/,
    )
    expect(plan).not.toMatch(/SCAN watches|Seq Scan|sort|temp|bitmap/i)
  })

  it('lives, deaths, returns, hours online and graces are what they were', async () => {
    const { keeper, turn, pass, told, database, clock } = await network(Array.from({ length: 10 }, () => 4))
    // Two are online every other ten hours and never gone.
    for (let spell = 0; spell < 24; spell += 1) {
      for (const i of [8, 9]) await turn(keeper(i), spell % 2 === 1)
      if (spell === 0) await turn(keeper(0), false) // for good
      if (spell === 12) await turn(keeper(1), false) // until it is back
      await pass(10 * HOUR)
    }
    expect((await told()).measured).toMatchObject({ gone: 2, returned: 0 })
    // Those are left alone until their turn, so that the many that are gone for good are not looked at again and again.
    const lookedAt = async (i: number) =>
      (await database.transaction(({ watches }) => watches.get(keeper(i))))?.countedAt
    for (const i of [0, 1]) expect(await lookedAt(i)).toBeGreaterThan(clock.now() + 300 * DAY)
    expect(await lookedAt(2)).toBeLessThanOrEqual(clock.now())
    await turn(keeper(1), true)
    await pass(DAY)
    const { keepers, measured } = await told()
    expect(keepers).toBe(9)
    // 264 hours of eight keepers; of one that went at once its grace; of one that was gone for three days what it was here.
    const watched = 8 * 264 + 48 + (120 + 48 + 24)
    expect((measured?.watched ?? 0) / HOUR / watched).toBeCloseTo(1, 1)
    expect(measured).toMatchObject({ gone: 2, returned: 1, returnedAfter: 72 * HOUR })
    // Six were there all the time, one until it went and after it was back, two half of it and at the end.
    const online = (6 * 264 + 120 + 24 + 2 * (120 + 24)) / watched
    expect(measured?.availability).toBeCloseTo(online, 1)
    expect((measured?.grace ?? 0) / HOUR).toBeGreaterThanOrEqual(40)
    expect((measured?.grace ?? 0) / HOUR).toBeLessThanOrEqual(48)
  })

  it('one that keeps half of everything is one keeper, and not half of what was seen', async () => {
    const { keeper, turn, pass, told } = await network([90, ...Array.from({ length: 10 }, () => 9)])
    await turn(keeper(1), false)
    await pass(10 * DAY)
    const { measured } = await told()
    // Kish: (Σw)² / Σw² of 11 keepers with these shards is 3.6.
    expect((measured?.watched ?? 0) / (10 * DAY)).toBeGreaterThan(2)
    expect((measured?.watched ?? 0) / (10 * DAY)).toBeLessThan(4)
    expect(measured?.gone).toBeLessThan(0.3)
  })

  it('the time in which the coordinator was down is not watched, and nobody goes in it', async () => {
    const { pass, down, told } = await network(Array.from({ length: 6 }, () => 2))
    await pass(5 * DAY)
    await down(30 * DAY)
    await pass(5 * DAY)
    const { measured, days } = await told()
    expect((measured?.watched ?? 0) / (6 * DAY)).toBeLessThanOrEqual(11)
    expect((measured?.watched ?? 0) / (6 * DAY)).toBeGreaterThan(9)
    expect(measured?.gone).toBe(0)
    expect(days).toBe(40)
  })

  it('of hours that alternate with outages those are counted in which the coordinator was there, all of them', async () => {
    const { pass, down, told } = await network(Array.from({ length: 6 }, () => 2))
    for (let spell = 0; spell < 30; spell += 1) {
      await pass(4 * HOUR)
      await down(spell % 2 === 0 ? 9 * HOUR : 40 * HOUR)
    }
    await pass(6 * HOUR)
    const { measured } = await told()
    // What was seen since the last look is added with the next one.
    expect((measured?.watched ?? 0) / (6 * HOUR)).toBeLessThanOrEqual(126)
    expect((measured?.watched ?? 0) / (6 * HOUR)).toBeGreaterThan(119)
    expect(measured?.availability).toBe(1)
  })

  it('a keeper that was turned out is watched again once it is new, and was not absent for so long', async () => {
    const { keeper, database, clock, turn, pass, down, told } = await network(Array.from({ length: 8 }, () => 2))
    const turnOut = (i: number) =>
      database.transaction(async (stores) => {
        const before = await reputationOf(stores, keeper(i), clock.now())
        const barred = { state: 'out', why: 'wrong', at: clock.now(), streak: 0 } as const
        await rejudge(stores, keeper(i), before, { ...before, barred }, clock.now())
      })
    await turnOut(0)
    for (const i of [1, 2]) await turn(keeper(i), false)
    await pass(3 * DAY)
    expect(await told()).toMatchObject({ keepers: 5, measured: { gone: 3, returned: 0 } })
    await turnOut(1)
    for (const i of [1, 2]) await turn(keeper(i), true)
    await down(OUT_MS)
    await pass(DAY)
    expect(await told()).toMatchObject({ keepers: 8, measured: { gone: 3, returned: 1, returnedAfter: DAY } })
  })

  it('lives of keepers that have stayed for 90 days are added up once more, for themselves', async () => {
    const days = [100, 100, 100, 100, 89, 0, 0, 0]
    const { keeper, database, clock, turn, pass, told, lives } = await network(
      days.map(() => 2),
      days,
    )
    await pass(12 * HOUR)
    expect((await lives()).long?.watched).toBeLessThanOrEqual(2 * DAY)
    for (const i of [0, 7]) await turn(keeper(i), false)
    await pass(3 * DAY)
    for (const i of [0, 7]) await turn(keeper(i), true)
    await turn(keeper(1), false)
    await pass(3 * DAY)
    await database.transaction(async (stores) => {
      for (const i of [2, 6]) await noteLost(stores, keeper(i), 2, clock.now())
    })
    await pass(2 * HOUR)
    const { long, recent } = await lives()
    expect(recent).toEqual(long)
    expect(long).toMatchObject({ gone: 3, returned: 1, returnedAfter: DAY })
    expect((await told()).measured).toMatchObject({ gone: 5, returned: 2 })
    // Two for six days and a half, two for five and a half, and one that became such a keeper after a day.
    expect((long?.watched ?? 0) / DAY).toBeCloseTo(2 * 6.5 + 2 * 5.5 + 5.5, 0)
  })

  it('shards that are lost while their keeper stays are lives that ended, too', async () => {
    const { keeper, database, clock, pass, told } = await network(Array.from({ length: 6 }, () => 2))
    await pass(DAY)
    await database.transaction((stores) => noteLost(stores, keeper(0), 2, clock.now()))
    expect((await told()).measured).toMatchObject({ gone: 1, returned: 0 })
  })
})
