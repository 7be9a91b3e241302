/**
 * Snapshots that nobody looks after any more: those of devices that were removed, or that were not seen for a month. Who
 * finds some in a weak code takes them into its own list, over packs of a better one. Their own list stays as it is, and all
 * it names: if its device comes back after all, it has lost nothing.
 */
import type { DeviceId, SnapshotId } from '../core/ids.ts'
import { DAY, type Millis } from '../core/units.ts'
import { seenRevocations } from '../backup/epoch.ts'
import type { DeviceHeads } from '../backup/heads.ts'
import { ownRecord } from '../backup/own-record.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import { asAbsent, type Readers } from '../backup/retention.ts'
import { wasRemoved } from '../identity/given-up.ts'
import { asPast, MAX_HISTORY, type Manifest, type PastSnapshot } from '../snapshot/manifest.ts'

/** Whoever was away for so long may not come back. */
const AWAY_MS: Millis = 30 * DAY
/** Packs located with one question. */
const LOCATED_AT_ONCE = 100

/**
 * What devices that are away list, and neither this one nor one that is there: as many as fit into this one's list. Of a
 * forked history nothing, because nobody knows whose it is; what cannot be read now waits.
 * @param own newest list of this device
 * @throws KeeptabError `coordinator-unreachable`, `aborted`
 */
export async function leftBehind(
  owner: OwnerContext,
  own: Manifest,
  histories: readonly DeviceHeads[],
  { whole }: Readers,
  signal: AbortSignal | undefined,
): Promise<PastSnapshot[]> {
  const isAway = await awayDevices(owner)
  const taken = new Set<SnapshotId>(snapshotsOf(own))
  const found = new Map<SnapshotId, PastSnapshot>()
  for (const { device, ends } of histories) {
    const [head, rival] = ends
    if (head === undefined || device === owner.identity.device) continue
    const away = isAway(device, head.epoch)
    if (away && rival !== undefined) continue
    const list = await whole.manifest(head.manifest).catch(asAbsent(signal))
    if (list === undefined) continue
    if (!away) for (const id of snapshotsOf(list)) taken.add(id)
    else for (const past of [asPast(list, head.manifest), ...list.history]) found.set(past.snapshot, past)
  }
  return [...found.values()]
    .filter(({ snapshot }) => !taken.has(snapshot))
    .slice(0, Math.max(0, MAX_HISTORY - own.history.length - 1))
}

/** The list with what others have left behind in it: protected, because no rule of this device was made for that. */
export function takingOver(manifest: Manifest, left: readonly PastSnapshot[]): Manifest {
  const listed = new Set(snapshotsOf(manifest))
  const taken = left.filter(({ snapshot }) => !listed.has(snapshot))
  if (taken.length === 0) return manifest
  const { rule, protected: safe = [], removed = [] } = manifest.retention ?? {}
  return {
    ...manifest,
    history: [...manifest.history, ...taken].sort((a, b) => b.createdAt - a.createdAt),
    retention: { rule, protected: [...safe, ...taken.map(({ snapshot }) => snapshot)], removed },
  }
}

/**
 * This device as it was in an ended epoch, to write under the keys of then what only those open. Its certificate of that
 * time stands in every record that it signed. `undefined` where it has signed none: it came later.
 */
export async function inEpoch(owner: OwnerContext, epoch: number, own: Manifest): Promise<OwnerContext | undefined> {
  const { identity, coordinator } = owner
  if (epoch === identity.daily.epoch) return owner
  const daily = identity.past[epoch]
  const signed = [...new Set(own.history.flatMap(({ manifest }) => manifest.slice(0, 1)))]
  for (let i = 0; daily !== undefined && i < signed.length; i += LOCATED_AT_ONCE) {
    for (const located of await coordinator.locatePacks(signed.slice(i, i + LOCATED_AT_ONCE))) {
      const { device, epoch: of, certificate } = await ownRecord(owner, located)
      if (device !== identity.device || of !== epoch) continue
      const ahead = [...(identity.ahead ?? []), ...identity.past.slice(epoch + 1), identity.daily]
      return { ...owner, identity: { ...identity, daily, certificate, ahead } }
    }
  }
  return undefined
}

async function awayDevices({ identity, coordinator }: OwnerContext) {
  const removals = await seenRevocations(identity)
  const { now } = await coordinator.info()
  const seen = new Map((await coordinator.devices()).map((one) => [one.device, one]))
  return (device: DeviceId, epoch: number): boolean => {
    const { online = false, seenAt = now } = seen.get(device) ?? {}
    return wasRemoved(removals, device, epoch) || (!online && now - seenAt > AWAY_MS)
  }
}

const snapshotsOf = ({ snapshot, history }: Manifest): SnapshotId[] => [
  snapshot,
  ...history.map(({ snapshot }) => snapshot),
]
