/** The hours that a keeper states, over both databases and with a clock that is moved: when they hold, and that it is asked within them alone. */
import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccounts } from '../../signaling/accounts.ts'
import { createAudits } from '../../signaling/audits.ts'
import { openBeacon } from '../../signaling/beacon.ts'
import { openDatabase } from '../../signaling/db/database.ts'
import type { Database } from '../../signaling/db/stores.ts'
import { createPlacement } from '../../signaling/placement.ts'
import { signingKey } from '../../src/core/crypto.ts'
import { idOf, parseAccountId, parseDeviceId, parseGroupId, type DeviceId } from '../../src/core/ids.ts'
import { NO_PLATFORM } from '../../src/core/platform.ts'
import { DAY, GiB, HOUR, MiB, MINUTE, type Millis } from '../../src/core/units.ts'
import { bits, isOpenAt, type WeekHours } from '../../src/core/week-hours.ts'
import { createNetworks } from '../../src/durability/networks.ts'
import { packIdOf, signPackRecord } from '../../src/protocol/records.ts'
import { newIdentity, random, startPostgres, temporaryFolder } from './coordinator-fixtures.ts'

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

  it('hold from a day later on, and then the keeper is asked within them alone and loses nothing outside', async () => {
    now = START
    const beacon = await openBeacon(database, clock, random)
    const asked: { readonly keeper: DeviceId; readonly at: Millis }[] = []
    const tell = (keeper: DeviceId): void => void asked.push({ keeper, at: now })
    const audits = createAudits({ ...parts, database, beacon, tell })
    const keeper = await newKeeper(night)
    const owner = await newIdentity()
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
    }
    // It never answers, as a keeper whose tab is shut: what it is asked within its hours is late, and nothing else is.
    let late = 0
    for (const until = START + 4 * DAY; now < until; now += 5 * MINUTE) {
      await audits.beat()
      const reputation = await database.transaction(({ reputations }) => reputations.get(keeper))
      const after = reputation?.late ?? 0
      if (after > late) expect(isOpenAt(night, now) || now < START + 1.5 * DAY + HOUR).toBe(true)
      late = after
    }
    const [before, after] = [
      asked.filter(({ at }) => at < START + 1.5 * DAY),
      asked.filter(({ at }) => at >= START + 1.5 * DAY),
    ]
    expect(before.some(({ at }) => !isOpenAt(night, at))).toBe(true)
    expect(after.length).toBeGreaterThan(8)
    for (const { at } of after) expect(isOpenAt(night, at) && isOpenAt(night, at + 2 * MINUTE)).toBe(true)
  })

  it('make groups of keepers that complement each other', async () => {
    now = START
    for (let i = 0; i < 70; i += 1) await newKeeper(i % 7 === 0 ? undefined : i % 7 < 3 ? night : day)
    now += 3 * DAY
    const key = await signingKey(random.bytes(32))
    const placement = createPlacement({ ...parts, database, key, oneMachine: false, networks: createNetworks([]) })
    const caller = { device: idOf(parseDeviceId, random.bytes(32)), account: idOf(parseAccountId, random.bytes(32)) }
    const { slots } = await placement.open(caller)
    const places = await database.transaction(({ devices }) => devices.places(slots.map(({ keeper }) => keeper)))
    const count = (at: number): number =>
      [...places.values()].filter(({ stated: { next } }) => next?.hours === undefined || isOpenAt(next.hours, at))
        .length
    for (let hour = 0; hour < 168; hour += 1) expect(count(hour * HOUR)).toBeGreaterThanOrEqual(24)
  })
})
