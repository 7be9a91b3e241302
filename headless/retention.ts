/** `keeptab forget`, `protect` and `retention`: how long snapshots of this device stay. */
import type { OwnerContext } from '../src/backup/owner-context.ts'
import {
  bringBackRemoved,
  collectGarbage,
  findRemoved,
  isCollectionDue,
  ownRetention,
  protect,
  removeSnapshots,
  setRule,
} from '../src/backup/retention.ts'
import { listSnapshots } from '../src/backup/snapshots.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { SnapshotId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import { CONDEMNED_MS } from '../src/protocol/condemnation.ts'
import { presetOf, PRESETS, type PresetName } from '../src/snapshot/retention.ts'
import { exitCode } from './exit-code.ts'
import { countText, printable } from './output.ts'
import { dayText, withOwnDevice, type Session } from './session.ts'

/** @returns the exit code. @throws KeeptabError `not-initialised`, `snapshot-unknown`, `snapshot-stays`, `usage`, and as the service */
export function forgetCommand(
  session: Session,
  { snapshots, undo }: { snapshots: readonly string[]; undo: boolean },
): Promise<number> {
  const { output } = session
  const options = optionsOf(session)
  return withOwnDevice(session, async (owner) => {
    if (undo) {
      const found = await findRemoved(owner, options)
      const chosen = snapshots.map((prefix) => named(found, prefix, ({ summary }) => summary.id))
      await bringBackRemoved(owner, chosen, options)
      for (const { summary } of chosen) {
        const snapshot = summary.id
        output.item({ event: 'back', snapshot }, `${snapshot} is back. It is protected: no rule takes it again.`)
      }
      return exitCode.done
    }
    const ids = await ownSnapshots(owner, session, snapshots)
    await removeSnapshots(owner, ids, options).catch(sayWhatStays)
    const goneAt = owner.clock.now() + CONDEMNED_MS
    for (const snapshot of ids) {
      const text = `${snapshot} goes on ${dayText(goneAt)}. Until then: keeptab forget --undo ${snapshot}`
      output.item({ event: 'removed', snapshot, goneAt }, text)
    }
    await collect(owner, session)
    return exitCode.done
  })
}

/** Of several that were named, a person is to know which one keeps the others from going. */
function sayWhatStays(thrown: unknown): never {
  if (!(thrown instanceof KeeptabError) || thrown.code !== 'snapshot-stays') throw thrown
  const { newest, protected: kept = [] } = thrown.data as { newest?: SnapshotId; protected?: readonly SnapshotId[] }
  const newestText = `${newest} is the newest of this device, on which the next backup builds: it can go after that one.`
  const keptText = kept.map((id) => `${id} is protected: keeptab protect --lift ${id}`)
  throw new KeeptabError(
    'snapshot-stays',
    [...(newest === undefined ? [] : [newestText]), ...keptText].join(' '),
    thrown.data,
    thrown,
  )
}

/** @returns the exit code. @throws KeeptabError `not-initialised`, `snapshot-unknown`, `usage`, and as the service */
export function protectCommand(
  session: Session,
  { snapshots, lift }: { snapshots: readonly string[]; lift: boolean },
): Promise<number> {
  return withOwnDevice(session, async (owner) => {
    const ids = await ownSnapshots(owner, session, snapshots)
    await protect(owner, ids, !lift, optionsOf(session))
    for (const snapshot of ids) {
      const text = lift ? `${snapshot} is not protected any more.` : `${snapshot} stays until that is lifted.`
      session.output.item({ event: 'protected', snapshot, protected: !lift }, text)
    }
    return exitCode.done
  })
}

/** Says which rule holds, or sets it. @returns the exit code. @throws KeeptabError `not-initialised`, and as the service */
export function retentionCommand(session: Session, { rule }: { rule?: PresetName | undefined }): Promise<number> {
  return withOwnDevice(session, async (owner) => {
    if (rule !== undefined) {
      await setRule(owner, PRESETS[rule], optionsOf(session))
      await collect(owner, session)
    }
    const own = await ownRetention(owner, optionsOf(session))
    const name = presetOf(own.rule)
    session.output.result(
      { event: 'retention', rule: name ?? own.rule, protected: own.protected, removed: own.removed.length },
      `Snapshots of this device are kept by the rule ${name ?? JSON.stringify(own.rule)}; ` +
        `${countText(own.protected.length, 'snapshot')} protected, ${own.removed.length} removed in the last 30 days.`,
    )
    return exitCode.done
  })
}

/** Clears up behind a backup where that is due. What fails is said and tried again another day: the backup is done. @param lookedAt `lastLookAt` */
export async function collectWhenDue(
  owner: OwnerContext,
  session: Session,
  lookedAt: Millis | undefined,
): Promise<void> {
  try {
    if (await isCollectionDue(owner, lookedAt)) await collect(owner, session)
  } catch (thrown) {
    if (session.signal.aborted) throw thrown
    session.output.note('What is no longer needed could not be cleared away now; it is tried again.')
  }
}

async function collect(owner: OwnerContext, session: Session): Promise<void> {
  const { condemned, takenBack, unsure } = await collectGarbage(owner, optionsOf(session))
  const { output } = session
  if (takenBack.length > 0) {
    output.item(
      { event: 'taken-back', packs: takenBack.length },
      `Something in this account had ${countText(takenBack.length, 'pack')} set to be deleted that snapshots need. ` +
        'That was taken back. If it was none of your devices, remove the one that you do not know.',
    )
  }
  if (unsure !== undefined)
    output.note('Nothing was cleared away: not all lists of the account could be read just now.')
  if (condemned > 0)
    output.item({ event: 'condemned', packs: condemned }, `${countText(condemned, 'pack')} to be deleted.`)
}

/** Snapshots of this device whose ids start so. */
async function ownSnapshots(owner: OwnerContext, session: Session, prefixes: readonly string[]): Promise<SnapshotId[]> {
  const all = await listSnapshots(owner, optionsOf(session))
  const own = all.filter(({ device }) => device === owner.identity.device)
  return prefixes.map((prefix) => named(own, prefix, ({ id }) => id).id)
}

/** @throws KeeptabError `snapshot-unknown`, `usage` */
function named<T>(all: readonly T[], prefix: string, idOf: (one: T) => SnapshotId): T {
  const [found, other] = all.filter((one) => idOf(one).startsWith(prefix.toLowerCase()))
  if (found === undefined) throw new KeeptabError('snapshot-unknown', printable(prefix), { snapshot: prefix })
  if (other !== undefined) throw new KeeptabError('usage', `More than one snapshot starts with ${prefix}.`)
  return found
}

const optionsOf = ({ signal, output }: Session) => ({ signal, onEvent: output.event.bind(output) })
