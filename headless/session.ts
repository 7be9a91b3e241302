/** What the owner's commands need: where the account is, who it is, and the network for as long as they run. */
import type { OwnerContext } from '../src/backup/owner-context.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { Millis } from '../src/core/units.ts'
import type { DeviceIdentity } from '../src/identity/keys.ts'
import type { OwnerState } from '../src/store/owner-state.ts'
import { composeOwner, composePeer } from './compose.ts'
import type { DataDir } from './data-dir.ts'
import { openFsOwnerState } from './fs-owner-state.ts'
import type { Output } from './output.ts'

/** What a command needs besides its arguments. */
export interface Session {
  readonly directory: DataDir
  /** The data folder. */
  readonly data: string
  /** Address of the coordinator. */
  readonly coordinator: string
  readonly signal: AbortSignal
  readonly output: Output
}

/** Runs `work` as the device of the data folder. @throws KeeptabError `not-initialised`; as `work` */
export async function withOwnDevice<T>(session: Session, work: (owner: OwnerContext) => Promise<T>): Promise<T> {
  const { directory } = session
  const identity = await ownIdentity(session)
  return withOwner(session, identity, await openFsOwnerState(directory.ownerDirectory), directory, work)
}

export async function ownIdentity({ directory, data }: Pick<Session, 'directory' | 'data'>): Promise<DeviceIdentity> {
  const identity = await directory.loadIdentity()
  if (identity === undefined) throw new KeeptabError('not-initialised', `The data folder is ${data}.`)
  return identity
}

/** Runs `work` on the network and leaves it again whatever happens. */
export async function withOwner<T>(
  { coordinator, signal, output }: Session,
  identity: DeviceIdentity,
  state: OwnerState,
  /** Where this device is kept; a guest is nowhere. */
  kept: DataDir | undefined,
  work: (owner: OwnerContext) => Promise<T>,
): Promise<T> {
  const peer = composePeer(identity, coordinator, signal, output.coordinatorAwaited)
  try {
    const store = kept && ((next: DeviceIdentity) => kept.advanceIdentity(next))
    return await work(composeOwner(peer, state, store))
  } finally {
    await peer.transport.close()
    await state.close()
  }
}

/** Such as 2026-11-27 09:30 UTC. */
export const timeText = (at: Millis): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** A day, such as 2026-11-27. */
export const dayText = (at: Millis): string => new Date(at).toISOString().slice(0, 10)
