/** The newest head of every device of an account. */
import type { Kysely, Selectable } from 'kysely'
import { own } from '../../src/core/bytes.ts'
import { parseAccountId, parseDeviceId } from '../../src/core/ids.ts'
import type { HeadStore, StoredHead } from './stores.ts'
import type { Tables } from './tables.ts'

export const headStore = (db: Kysely<Tables>): HeadStore => ({
  async newest(account, device) {
    const row = await db
      .selectFrom('heads')
      .selectAll()
      .where('account', '=', account)
      .where('device', '=', device)
      .executeTakeFirst()
    return row && headOf(row)
  },
  async ofAccount(account) {
    const rows = await db.selectFrom('heads').selectAll().where('account', '=', account).orderBy('device').execute()
    return rows.map(headOf)
  },
  async sequences(accounts) {
    const asked = [...accounts]
    if (asked.length === 0) return []
    const rows = await db
      .selectFrom('heads')
      .select(['account', 'device', 'sequence'])
      .where('account', 'in', asked)
      .execute()
    return rows.map(({ account, device, sequence }) => ({
      account: parseAccountId(account),
      device: parseDeviceId(device),
      sequence: Number(sequence),
    }))
  },
  async put({ device, account, sequence, signed }) {
    const now = { sequence, signed }
    await db
      .insertInto('heads')
      .values({ device, account, ...now })
      .onConflict((c) => c.columns(['account', 'device']).doUpdateSet(now))
      .execute()
  },
  async addPast({ device, account, sequence, signed, replacedAt, servedAt }) {
    await db
      .insertInto('past_heads')
      .values({ device, account, sequence, signed, replaced_at: replacedAt, served_at: servedAt })
      .onConflict((c) => c.columns(['account', 'device', 'sequence']).doNothing())
      .execute()
  },
  async past(account, device, before, most) {
    const rows = await db
      .selectFrom('past_heads')
      .selectAll()
      .where('account', '=', account)
      .where('device', '=', device)
      .where('sequence', '<', BigInt(before))
      .orderBy('sequence', 'desc')
      .limit(most)
      .execute()
    return rows.map((row) => ({ ...headOf(row), replacedAt: Number(row.replaced_at), servedAt: Number(row.served_at) }))
  },
  async forgetPast({ replacedAt, servedAt }) {
    await db
      .deleteFrom('past_heads')
      .where('replaced_at', '<', BigInt(replacedAt))
      .where('served_at', '<', BigInt(servedAt))
      .execute()
  },
})

const headOf = (row: Selectable<Tables['heads']>): StoredHead => ({
  device: parseDeviceId(row.device),
  account: parseAccountId(row.account),
  sequence: Number(row.sequence),
  signed: own(row.signed),
})
