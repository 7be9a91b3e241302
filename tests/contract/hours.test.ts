/** The hours that a keeper states, over both databases and with a clock that is moved: when they hold, that an absence outside of them is not held against it, and that it is asked at any hour at which it is there. */
import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccounts } from '../../signaling/accounts.ts'
import { createAudits } from '../../signaling/audits.ts'
import { openBeacon } from '../../signaling/beacon.ts'
import { openDatabase } from '../../signaling/db/database.ts'
import type { Database } from '../../signaling/db/stores.ts'
import { openPresence } from '../../signaling/presence.ts'
import { createPlacement } from '../../signaling/placement.ts'
import { signingKey } from '../../src/core/crypto.ts'
import { idOf, parseAccountId, parseDeviceId, parseGroupId, type DeviceId, type PackId } from '../../src/core/ids.ts'
import { NO_PLATFORM } from '../../src/core/platform.ts'
import { DAY, GiB, HOUR, MiB, MINUTE, type Millis } from '../../src/core/units.ts'
import { bits, isOpenAt, type WeekHours } from '../../src/core/week-hours.ts'
import { createNetworks } from '../../src/durability/networks.ts'
import { newReputation } from '../../src/durability/reputation.ts'
import { packIdOf, signPackRecord } from '../../src/protocol/records.ts'
import { newIdentity, noLives, random, startPostgres, temporaryFolder } from './coordinator-fixtures.ts'

const daily = (open: (hour: number) => boolean): WeekHours => Array.from({ length: 7 }, () => bits(open))
const night = daily((hour) => hour >= 20 || hour < 8)
const day = daily((hour) => hour >= 8 && hour < 20)

/** A Monday at noon. */
const START = Date.UTC(2026, 10, 23, 12)

describe.each(['SQLite', 'PostgreSQL'] as const)('stated hours over %s', (kind) => {
  let database: Database
  let end: () => Promise<unknown>
  beforeAll(async () => {
    const dataDir = temporaryFolder()
    const postgres = kind === 'PostgreSQL' ? await startPostgres() : undefined
    database = await openDatabase({ dataDir, url: postgres?.url })
    end = async () => {
      await database.close()
      await postgres?.stop()
      await rm(dataDir, { recursive: true, force: true })
    }
  })
  afterAll(() => end())

  let now: Millis = START
  const clock = { now: () => now }
  const parts = { clock, random, isOnline: () => true }
  const newAccounts = () =>
    createAccounts({
      ...parts,
      database,
      tokens: undefined as never,
      membership: undefined as never,
      publicKey: random.bytes(32),
    })

  async function newKeeper(hours: WeekHours | undefined): Promise<DeviceId> {
    const [device, account] = [idOf(parseDeviceId, random.bytes(32)), idOf(parseAccountId, random.bytes(32))]
    const block = `block ${device}`
    await database.transaction(({ devices }) =>
      devices.put({ device, account, certificate: random.bytes(1), block, platform: NO_PLATFORM, seenAt: now }),
    )
    const offer = { limitBytes: GiB, freeBytes: GiB, paused: false }
    await newAccounts().setKeeping({ device, account }, { ...offer, ...(hours && { hours: [...hours] }) })
    return device
  }

  /** A keeper of these hours that keeps twelve shards. */
  async function newHolder(hours: WeekHours): Promise<{ keeper: DeviceId; packs: PackId[] }> {
    const keeper = await newKeeper(hours)
    const owner = await newIdentity()
    const kept: PackId[] = []
    const group = idOf(parseGroupId, random.bytes(16))
    // Each that is never shown is lost to it after eight rounds.
    for (let i = 0; i < 12; i += 1) {
      const roots = Array.from({ length: 6 }, () => random.bytes(32))
      const record = await signPackRecord(owner, { k: 2, n: 6, shardBytes: MiB, roots })
      const id = await packIdOf(record)
      await database.transaction(async ({ packs }) => {
        await packs.add({ id, owner: owner.account, group, k: 2, n: 6, committedAt: now }, record)
        await packs.addHolders([{ pack: id, index: 0, keeper, group, seenAt: now }])
      })
      kept.push(id)
    }
    return { keeper, packs: kept }
  }

  it('hold from a day later on, and then a keeper that is there within them alone loses nothing by being away', async () => {
    now = START
    const beacon = await openBeacon(database, clock, random)
    const { keeper } = await newHolder(night)
    const isOnline = () => now < START + 1.5 * DAY || isOpenAt(night, now)
    const audits = createAudits({ ...parts, database, beacon, isOnline, tell: () => undefined })
    // It never answers: what it is asked shortly before it leaves is not late, and all else is.
    let [late, was] = [0, true]
    for (const until = START + 4 * DAY; now < until; now += 5 * MINUTE) {
      if (isOnline() && !was) await audits.cameOnline(keeper)
      was = isOnline()
      await audits.beat()
      const reputation = await database.transaction(({ reputations }) => reputations.get(keeper))
      const after = reputation?.late ?? 0
      if (after > late) expect(isOnline()).toBe(true)
      late = after
    }
    expect(late).toBeGreaterThan(8)
  })

  it('are no way out of being asked, for whoever is there outside of them alone and leaves after each question', async () => {
    now = START
    const beacon = await openBeacon(database, clock, random)
    const { keeper, packs } = await newHolder(night)
    now += 2 * DAY
    let leftAt = -Infinity
    const isOnline = () => !isOpenAt(night, now) && now - leftAt > 30 * MINUTE
    const tell = () => void (leftAt = now)
    const audits = createAudits({ ...parts, database, beacon, isOnline, tell })
    const lost = () => database.transaction((stores) => stores.audits.disproofs(packs))
    let was = false
    for (const until = now + 7 * DAY; now < until && (await lost()).length === 0; now += 5 * MINUTE) {
      if (isOnline() && !was) await audits.cameOnline(keeper)
      was = isOnline()
      await audits.beat()
    }
    expect((await lost()).map((one) => one.keeper)).toEqual([keeper])
  })

  it('are not needed for a week away: who announced it is as good as before and is waited for, who did not is gone', async () => {
    now = START
    const beacon = await openBeacon(database, clock, random)
    const always = daily(() => true)
    const [{ keeper: announced }, { keeper: silent }] = [await newHolder(always), await newHolder(always)]
    const turns: [DeviceId, string][] = []
    const onTurn = (_stores: unknown, device: DeviceId, turn: string) =>
      Promise.resolve(void turns.push([device, turn]))
    const presence = await openPresence({ database, clock, stopwatch: clock, onTurn })
    const here = new Set<DeviceId>()
    const note = (device: DeviceId, isHere: boolean) => {
      if (isHere) here.add(device)
      else here.delete(device)
      presence.note(device, isHere)
      return presence.settled()
    }
    const audits = createAudits({ ...parts, database, beacon, isOnline: (one) => here.has(one), tell: () => undefined })
    const account = idOf(parseAccountId, random.bytes(32))
    const standing = () => audits.standing({ device: announced, account })
    await database.transaction(({ reputations }) =>
      reputations.put(announced, { ...newReputation(START - 30 * DAY), passed: 200 }),
    )
    // Somebody is always there, or the coordinator would have seen nothing.
    for (const device of [announced, silent, idOf(parseDeviceId, random.bytes(32))]) await note(device, true)
    const before = await standing()
    expect(before).toMatchObject({ state: 'vetted', onlineScore: 1 })
    const offer = { limitBytes: GiB, freeBytes: GiB, paused: true, until: now + 6 * DAY }
    await newAccounts().setKeeping({ device: announced, account }, offer)
    for (const device of [announced, silent]) await note(device, false)
    for (const until = START + 6 * DAY; now < until; now += HOUR) {
      await audits.beat()
      await presence.beat()
    }
    expect(turns).toEqual([[silent, 'gone']])
    await note(announced, true)
    await audits.cameOnline(announced)
    // It is told how little it was there, and that is all.
    expect(await standing()).toEqual({ ...before, hereShare: 0 })
    expect(turns).toEqual([[silent, 'gone']])
  })

  it('make groups of keepers that complement each other', async () => {
    now = START
    for (let i = 0; i < 70; i += 1) await newKeeper(i % 7 === 0 ? undefined : i % 7 < 3 ? night : day)
    now += 3 * DAY
    const key = await signingKey(random.bytes(32))
    const networks = createNetworks([])
    const placement = createPlacement({ ...parts, database, key, oneMachine: false, networks, lives: noLives })
    const caller = { device: idOf(parseDeviceId, random.bytes(32)), account: idOf(parseAccountId, random.bytes(32)) }
    const { slots } = await placement.open(caller)
    const places = await database.transaction(({ devices }) => devices.places(slots.map(({ keeper }) => keeper)))
    const count = (at: number): number =>
      [...places.values()].filter(({ stated: { next } }) => next?.hours === undefined || isOpenAt(next.hours, at))
        .length
    for (let hour = 0; hour < 168; hour += 1) expect(count(hour * HOUR)).toBeGreaterThanOrEqual(24)
  })
})
