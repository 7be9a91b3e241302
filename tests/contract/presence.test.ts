/** Who counts as gone, noted in a real database: and that what the coordinator did not see counts against nobody. */
import { rm } from 'node:fs/promises'
import { afterEach, expect, it } from 'vitest'
import { openDatabase } from '../../signaling/db/database.ts'
import { openPresence, type Presence } from '../../signaling/presence.ts'
import { NO_PLATFORM } from '../../src/core/platform.ts'
import { idOf, parseAccountId, parseDeviceId, type DeviceId } from '../../src/core/ids.ts'
import { random, temporaryFolder } from './coordinator-fixtures.ts'

const minutes = (count: number) => count * 60_000
const hours = (count: number) => minutes(60) * count

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A database and a coordinator's presence on it, with another device that is always there, which can be ended as a kill would and started again. */
async function start() {
  const dataDir = temporaryFolder()
  const database = await openDatabase({ dataDir })
  closers.push(
    () => rm(dataDir, { recursive: true, force: true }),
    () => database.close(),
  )
  const time = { now: 1_700_000_000_000, stopwatch: 0 }
  const turned: DeviceId[] = []
  const open = () =>
    openPresence({
      database,
      clock: { now: () => time.now },
      // As that of a machine, it counts fractions.
      stopwatch: { now: () => time.stopwatch + (time.stopwatch % 7) / 8 + 0.25 },
      onTurn: (_stores, device) => Promise.resolve(void turned.push(device)),
    })
  let presence = await open()
  const witness = idOf(parseDeviceId, random.bytes(32))
  await note(presence, witness, true)
  const device = idOf(parseDeviceId, random.bytes(32))
  const pass = (ms: number) => {
    time.now += ms
    time.stopwatch += ms
  }
  return {
    device,
    database,
    turned,
    presence: () => presence,
    /** Time goes by, with a beat in every hour of it. */
    pass: async (ms: number): Promise<DeviceId[]> => {
      const gone: DeviceId[] = []
      for (let left = ms; left > 0; left -= hours(1)) {
        pass(Math.min(hours(1), left))
        gone.push(...(await presence.beat()))
      }
      return gone
    },
    /** The clock is put forward or back, or the machine slept. */
    /** The other device comes and goes, too. */
    witness: (online: boolean) => note(presence, witness, online),
    jump: (ms: number) => void (time.now += ms),
    restart: async (afterMs: number) => {
      await presence.settled()
      pass(afterMs)
      presence = await open()
      await note(presence, witness, true)
    },
  }
}

const note = async (presence: Presence, device: DeviceId, ...states: boolean[]) => {
  for (const online of states) presence.note(device, online)
  await presence.settled()
}

it('a device that stays away is found gone once, after its grace, and is back when it comes', async () => {
  const { device, presence, pass, turned, database } = await start()
  await note(presence(), device, true, false)
  expect(await pass(hours(47))).toEqual([])
  expect(turned).toEqual([])
  expect(await pass(hours(2))).toEqual([device])
  expect(await pass(hours(100))).toEqual([])
  expect(turned).toEqual([device])
  await note(presence(), device, true)
  expect(turned).toEqual([device, device])
  const known = await database.transaction(({ presences }) => presences.get([device]))
  expect(known.get(device)).toMatchObject({ gone: false, history: { online: true, absencesMs: [hours(149)] } })
  expect(await pass(hours(1000))).toEqual([])
})

it('a coordinator that is down for a week finds nobody gone for it, and gives time to come back', async () => {
  const { device, presence, pass, restart, turned } = await start()
  const other = idOf(parseDeviceId, random.bytes(32))
  await note(presence(), device, true) // online when it goes down
  await note(presence(), other, true, false)
  await pass(hours(47))
  await restart(hours(7 * 24))
  expect(await pass(hours(1) - 1)).toEqual([])
  expect(await pass(hours(1))).toEqual([other]) // its 48 hours are over, and so is the time to come back
  expect(await pass(hours(45))).toEqual([])
  expect(await pass(hours(2))).toEqual([device])
  expect(turned).toEqual([other, device])
})

it('a coordinator that starts again and again without an end of its own finds whoever is gone', async () => {
  const { device, presence, pass, restart } = await start()
  await note(presence(), device, true, false)
  const gone: DeviceId[] = []
  for (let run = 0; run < 60; run += 1) {
    gone.push(...(await pass(hours(1))))
    await restart(minutes(30))
  }
  expect(gone).toEqual([device])
})

it.each([
  ['forward', hours(48)],
  ['back', -hours(48)],
])('a clock that is put %s by two days makes nobody gone, and nobody stay', async (_name, ms) => {
  const { device, presence, pass, jump } = await start()
  await note(presence(), device, true, false)
  expect(await pass(hours(24))).toEqual([])
  jump(ms)
  expect(await pass(hours(23))).toEqual([])
  expect(await pass(hours(2))).toEqual([device])
})

it('time in which nobody at all was there counts against nobody: it is rather the line of the coordinator that was down', async () => {
  const { device, presence, pass, witness } = await start()
  await note(presence(), device, true, false)
  expect(await pass(hours(40))).toEqual([])
  await witness(false)
  await pass(hours(1)) // in part of it somebody was there
  expect(await pass(hours(500))).toEqual([])
  await witness(true)
  expect(await pass(hours(6))).toEqual([])
  expect(await pass(hours(2))).toEqual([device])
})

it('a keeper that said when it would be back is waited for', async () => {
  const { device, presence, pass, database } = await start()
  const at = await database.transaction(async ({ devices }) => {
    const account = idOf(parseAccountId, random.bytes(32))
    await devices.put({ device, account, certificate: random.bytes(9), block: 'b', platform: NO_PLATFORM, seenAt: 1 })
    const until = 1_700_000_000_000 + hours(5 * 24)
    await devices.setKeeping(device, { limitBytes: 1, freeBytes: 1, paused: true, until })
    return until
  })
  await note(presence(), device, true, false)
  const known = await database.transaction(({ presences }) => presences.get([device]))
  expect(known.get(device)?.history.backAt).toBe(at)
  expect(await pass(hours(7 * 24 - 1))).toEqual([])
  expect(await pass(hours(2))).toEqual([device])
})
