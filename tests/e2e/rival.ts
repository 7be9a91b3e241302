/** A history of a device that forks, as when a copy of it signs, made after its words or its folder were stolen. */
import { openDataDir } from '../../headless/data-dir.ts'
import { linkTo } from '../../src/backup/heads.ts'
import type { DeviceIdentity } from '../../src/identity/keys.ts'
import { openHead, signHead, type Head } from '../../src/protocol/records.ts'
import { change, query } from './coordinator-database.ts'
import type { Network, Owner } from './network.ts'

export async function identityOf({ data }: Owner): Promise<DeviceIdentity> {
  const directory = await openDataDir(data)
  try {
    const identity = await directory.loadIdentity()
    if (identity === undefined) throw new Error('the owner has no account')
    return identity
  } finally {
    await directory.close()
  }
}

/** The newest head that the coordinator has of an owner. */
export async function headOf(network: Network, owner: Owner): Promise<Head> {
  const { device } = await identityOf(owner)
  const [row] = query(network, `SELECT signed FROM heads WHERE device = '${device}'`)
  if (!(row?.['signed'] instanceof ArrayBuffer)) throw new Error('there is no head')
  return openHead(new Uint8Array(row['signed']))
}

/** Puts another head in the place of the newest one. @param from what both follow */
export async function forkHistory(network: Network, owner: Owner, from: Head): Promise<Head> {
  const identity = await identityOf(owner)
  const { sequence } = await headOf(network, owner)
  const { manifest } = from
  const signed = await signHead(identity, { sequence, previous: await linkTo(from), manifest })
  change(network, `UPDATE heads SET signed = ? WHERE device = '${identity.device}'`, [signed])
  return openHead(signed)
}
