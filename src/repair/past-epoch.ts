/** Writing under the keys of an ended key epoch, as re-coding does with what was backed up in it. */
import { ownRecord } from '../backup/own-record.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import { LOCATE_PACKS } from '../protocol/coordinator-messages.ts'
import type { Manifest } from '../snapshot/manifest.ts'

/**
 * This device as it was in an ended epoch, to write under the keys of then what only those open. Its certificate of that
 * time stands in every record that it signed. `undefined` where it has signed none: it came later.
 */
export async function inEpoch(owner: OwnerContext, epoch: number, own: Manifest): Promise<OwnerContext | undefined> {
  const { identity, coordinator } = owner
  const daily = identity.past[epoch]
  const signed = [...new Set(own.history.flatMap(({ manifest }) => manifest.slice(0, 1)))]
  for (let i = 0; daily !== undefined && i < signed.length; i += LOCATE_PACKS) {
    for (const located of await coordinator.locatePacks(signed.slice(i, i + LOCATE_PACKS))) {
      const { device, epoch: of, certificate } = await ownRecord(owner, located)
      if (device !== identity.device || of !== epoch) continue
      const ahead = [...(identity.ahead ?? []), ...identity.past.slice(epoch + 1), identity.daily]
      return { ...owner, identity: { ...identity, daily, certificate, ahead } }
    }
  }
  return undefined
}
