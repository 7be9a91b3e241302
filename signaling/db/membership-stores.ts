/** Who belongs to an account: what devices say of themselves, which were removed, and what was sealed for those that stay. */
import type { Kysely } from 'kysely'
import { own } from '../../src/core/bytes.ts'
import { parseAccountId, parseDeviceId } from '../../src/core/ids.ts'
import type { DeviceRecordStore, RevocationStore } from './stores.ts'
import type { Tables } from './tables.ts'

export const deviceRecordStore = (db: Kysely<Tables>): DeviceRecordStore => ({
  async ofAccount(account) {
    const rows = await db.selectFrom('device_records').selectAll().where('account', '=', account).execute()
    return new Map(rows.map(({ device, signed }) => [parseDeviceId(device), own(signed)]))
  },
  async put(device, account, signed) {
    await db
      .insertInto('device_records')
      .values({ device, account, signed })
      .onConflict((c) => c.column('device').doUpdateSet({ account, signed }))
      .execute()
  },
})

export const revocationStore = (db: Kysely<Tables>): RevocationStore => ({
  async ofAccount(account) {
    const rows = await db
      .selectFrom('revocations')
      .select('signed')
      .where('account', '=', account)
      .orderBy('epoch')
      .execute()
    return rows.map(({ signed }) => own(signed))
  },
  async accounts() {
    const rows = await db.selectFrom('revocations').select('account').distinct().execute()
    return rows.map(({ account }) => parseAccountId(account))
  },
  async add(account, epoch, signed) {
    await db.insertInto('revocations').values({ account, epoch, signed }).execute()
  },
  async envelope(account, device) {
    const row = await db
      .selectFrom('envelopes')
      .select('envelope')
      .where('account', '=', account)
      .where('device', '=', device)
      .executeTakeFirst()
    return row && own(row.envelope)
  },
  async putEnvelope(account, device, envelope) {
    await db
      .insertInto('envelopes')
      .values({ account, device, envelope })
      .onConflict((c) => c.columns(['account', 'device']).doUpdateSet({ envelope }))
      .execute()
  },
  async givenUp(account) {
    const rows = await db.selectFrom('given_up').selectAll().where('account', '=', account).execute()
    return new Map(rows.map(({ device, signed }) => [parseDeviceId(device), own(signed)]))
  },
  async putGivenUp(account, device, signed) {
    await db
      .insertInto('given_up')
      .values({ account, device, signed })
      .onConflict((c) => c.columns(['account', 'device']).doUpdateSet({ signed }))
      .execute()
  },
})
