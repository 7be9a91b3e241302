/** Who is here: the coordinator itself, accounts, devices and what they offer to keep. */
import type { Kysely, Selectable } from 'kysely'
import { own } from '../../src/core/bytes.ts'
import { parseAccountId, parseDeviceId } from '../../src/core/ids.ts'
import type { Platform } from '../../src/core/platform.ts'
import type { StatedHours } from '../../src/durability/stated-hours.ts'
import { numberOf } from './columns.ts'
import type { DeviceStore, MetaStore, StoredDevice, StoredPlace } from './stores.ts'
import type { Tables } from './tables.ts'

export const metaStore = (db: Kysely<Tables>): MetaStore => ({
  async get(name) {
    const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst()
    return row && own(row.value)
  },
  async putOnce(name, value) {
    await db
      .insertInto('meta')
      .values({ name, value })
      .onConflict((c) => c.column('name').doNothing())
      .execute()
  },
  async put(name, value) {
    await db
      .insertInto('meta')
      .values({ name, value })
      .onConflict((c) => c.column('name').doUpdateSet({ value }))
      .execute()
  },
})

export const deviceStore = (db: Kysely<Tables>): DeviceStore => ({
  async get(device) {
    const row = await db.selectFrom('devices').selectAll().where('device', '=', device).executeTakeFirst()
    return row && deviceOf(row)
  },
  async ofAccount(account) {
    const rows = await db.selectFrom('devices').selectAll().where('account', '=', account).orderBy('device').execute()
    return rows.map(deviceOf)
  },
  async put({ device, account, certificate, block, platform, seenAt }) {
    await db
      .insertInto('accounts')
      .values({ account, joined_at: seenAt })
      .onConflict((c) => c.column('account').doNothing())
      .execute()
    const now = { certificate, block, platform, seen_at: seenAt }
    await db
      .insertInto('devices')
      .values({ device, account, ...now })
      .onConflict((c) => c.column('device').doUpdateSet(now))
      .execute()
  },
  async seen(device, block, at) {
    await db.updateTable('devices').set({ block, seen_at: at }).where('device', '=', device).execute()
  },
  async setKeeping(device, { limitBytes, freeBytes, paused, until }, stated = {}) {
    const now = {
      limit_bytes: limitBytes,
      free_bytes: freeBytes,
      paused: paused ? 1 : 0,
      back_at: paused ? (until ?? null) : null,
      stated_hours: JSON.stringify(stated),
    }
    await db
      .insertInto('keepings')
      .values({ device, ...now })
      .onConflict((c) => c.column('device').doUpdateSet(now))
      .execute()
  },
  async backAt(device) {
    const row = await db.selectFrom('keepings').select('back_at').where('device', '=', device).executeTakeFirst()
    return numberOf(row?.back_at)
  },
  async statedHours(device) {
    const row = await db.selectFrom('keepings').select('stated_hours').where('device', '=', device).executeTakeFirst()
    return hoursOf(row?.stated_hours ?? null)
  },
  async keepers() {
    const rows = await db
      .selectFrom('keepings')
      .innerJoin('devices', 'devices.device', 'keepings.device')
      .leftJoin('presences', 'presences.device', 'keepings.device')
      .select(['keepings.device', 'account', 'block', 'platform', 'first_seen_at', 'seen_at'])
      .select(['limit_bytes', 'free_bytes', 'paused', 'keepings.back_at', 'stated_hours', 'online_share'])
      .orderBy('keepings.device')
      .execute()
    return rows.map((row) => ({
      keeper: parseDeviceId(row.device),
      ...placeOf(row),
      knownSince: numberOf(row.first_seen_at),
      seenAt: Number(row.seen_at),
      limitBytes: Number(row.limit_bytes),
      freeBytes: Number(row.free_bytes),
      paused: row.paused === 1n,
      ...(row.back_at === null ? {} : { until: Number(row.back_at) }),
    }))
  },
  async places(devices) {
    if (devices.length === 0) return new Map()
    const rows = await db
      .selectFrom('devices')
      .leftJoin('keepings', 'keepings.device', 'devices.device')
      .leftJoin('presences', 'presences.device', 'devices.device')
      .select(['devices.device', 'account', 'block', 'platform', 'stated_hours', 'online_share'])
      .where('devices.device', 'in', [...new Set(devices)])
      .execute()
    return new Map(rows.map((row) => [parseDeviceId(row.device), placeOf(row)]))
  },
})

const deviceOf = (row: Selectable<Tables['devices']>): StoredDevice => ({
  device: parseDeviceId(row.device),
  account: parseAccountId(row.account),
  certificate: own(row.certificate),
  block: row.block,
  platform: row.platform as Platform,
  seenAt: Number(row.seen_at),
})

type PlaceRow = Pick<Selectable<Tables['devices']>, 'account' | 'block' | 'platform'> & {
  readonly stated_hours: string | null
  readonly online_share: bigint | null
}

const placeOf = (row: PlaceRow): StoredPlace => ({
  account: parseAccountId(row.account),
  block: row.block,
  platform: row.platform as Platform,
  stated: hoursOf(row.stated_hours),
  seenShare: row.online_share === null ? undefined : Number(row.online_share) / 1000,
})

const hoursOf = (json: string | null): StatedHours => (json === null ? {} : (JSON.parse(json) as StatedHours))
