/**
 * Following the account into a new key epoch. Removals are signed by the account and each names the one before, so the
 * coordinator can hide the newest from a device that has not seen it, but not make one up or take one back.
 */
import { equal, type Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import { openEnvelope } from '../identity/envelope.ts'
import { advanced, newDevice, readingUpTo, type DeviceIdentity } from '../identity/keys.ts'
import { MOST_REVOCATIONS, openRevocations, type Revocation } from '../identity/revocation.ts'
import type { AccountId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import { openHead } from '../protocol/records.ts'

/**
 * This device in the newest epoch of its account: the same object when nothing has changed. What comes back must be
 * stored before it is used. Removals that the coordinator has lost are given back to it.
 * @throws KeeptabError `device-revoked`; `epoch-behind` when this device stays but nothing was sealed for it;
 *   `revocation-forked` when the coordinator shows other removals than this device has seen
 */
export async function followEpoch(identity: DeviceIdentity, coordinator: Coordinator): Promise<DeviceIdentity> {
  const { revocations, envelope } = await coordinator.revocations()
  const told = await openRevocations(identity.account, revocations)
  checkSame(identity.revocations, revocations)
  if (told.length <= identity.revocations.length) {
    for (const lost of identity.revocations.slice(told.length)) await coordinator.revoke(lost, [])
    return identity
  }
  const since = told.slice(identity.revocations.length)
  if (since.some(({ devices }) => devices.get(identity.device)?.kept === false))
    throw new KeeptabError('device-revoked')
  if (envelope === undefined) throw new KeeptabError('epoch-behind')
  const admission = await openEnvelope(identity, envelope)
  if (admission.secrets.length <= told.length) throw new KeeptabError('epoch-behind')
  return advanced(identity, { ...admission, revocations })
}

/**
 * A device that words make, in the newest epoch of their account.
 * @param connect a client for the device as it would be if nobody had ever been removed, with which it asks
 */
export async function deviceOfWords(
  root: Bytes,
  deviceSeed: Bytes,
  issuedAt: Millis,
  connect: (provisional: DeviceIdentity) => Coordinator,
): Promise<DeviceIdentity> {
  const provisional = await newDevice(root, deviceSeed, issuedAt)
  const coordinator = connect(provisional)
  const { revocations } = await coordinator.revocations()
  await openRevocations(provisional.account, revocations)
  const device = revocations.length === 0 ? provisional : await newDevice(root, deviceSeed, issuedAt, revocations)
  // A coordinator may have lost removals and have heads again from keepers: the words open those all the same.
  return readingUpTo(device, root, await newestEpoch(provisional.account, await coordinator.heads()))
}

/** The newest epoch in which a device that the account let in has signed a head; 0 without one. */
async function newestEpoch(account: AccountId, heads: readonly Bytes[]): Promise<number> {
  const epochs = await Promise.all(
    heads.map(async (signed) => {
      const head = await openHead(signed).catch(() => undefined) // told of, where heads are looked at
      return head?.account === account && head.epoch <= MOST_REVOCATIONS ? head.epoch : 0
    }),
  )
  return Math.max(0, ...epochs)
}

/** All removals that this device has seen. */
export const seenRevocations = ({ account, revocations }: DeviceIdentity): Promise<Revocation[]> =>
  openRevocations(account, revocations)

/** @throws KeeptabError `revocation-forked` when one row is not the beginning of the other */
function checkSame(seen: readonly Bytes[], told: readonly Bytes[]): void {
  const differ = seen.some((bytes, i) => {
    const other = told[i]
    return other !== undefined && !equal(bytes, other)
  })
  if (differ) throw new KeeptabError('revocation-forked')
}
