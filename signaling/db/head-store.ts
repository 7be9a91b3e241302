/** The newest head of every device. */
import type { Kysely, Selectable } from 'kysely'
import { own } from '../../src/core/bytes.ts'
import { parseAccountId, parseDeviceId } from '../../src/core/ids.ts'
import type { HeadStore, StoredHead } from './stores.ts'
import type { Tables } from './tables.ts'

export const headStore = (db: Kysely<Tables>): HeadStore => ({
  async newest(device) {
    const row = await db.selectFrom('heads').selectAll().where('device', '=', device).executeTakeFirst()
    return row && headOf(row)
  },
  async sequences(devices) {
    if (devices.length === 0) return new Map()
    const asked = [...new Set(devices)]
    const rows = await db.selectFrom('heads').select(['device', 'sequence']).where('device', 'in', asked).execute()
    return new Map(rows.map(({ device, sequence }) => [parseDeviceId(device), Number(sequence)]))
  },
  async ofAccount(account) {
    const rows = await db.selectFrom('heads').selectAll().where('account', '=', account).orderBy('device').execute()
    return rows.map(headOf)
  },
  async put({ device, account, sequence, signed }) {
    const now = { sequence, signed }
    await db
      .insertInto('heads')
      .values({ device, account, ...now })
      .onConflict((c) => c.column('device').doUpdateSet(now))
      .execute()
  },
  async addPast({ device, account, sequence, signed, replacedAt }) {
    await db
      .insertInto('past_heads')
      .values({ device, account, sequence, signed, replaced_at: replacedAt })
      .onConflict((c) => c.columns(['device', 'sequence']).doNothing())
      .execute()
  },
  async past(account, device, before, most) {
    const rows = await db
      .selectFrom('past_heads')
      .selectAll()
      .where('device', '=', device)
      .where('account', '=', account)
      .where('sequence', '<', BigInt(before))
      .orderBy('sequence', 'desc')
      .limit(most)
      .execute()
    return rows.map((row) => ({ ...headOf(row), replacedAt: Number(row.replaced_at) }))
  },
  async forgetPast(before) {
    await db.deleteFrom('past_heads').where('replaced_at', '<', BigInt(before)).execute()
  },
})

const headOf = (row: Omit<Selectable<Tables['past_heads']>, 'replaced_at'>): StoredHead => ({
  device: parseDeviceId(row.device),
  account: parseAccountId(row.account),
  sequence: Number(row.sequence),
  signed: own(row.signed),
})
