/** Keeping other people's shards in a data folder, until told to stop. */
import { KeeptabError } from '../src/core/errors.ts'
import type { ByteCount, Millis } from '../src/core/units.ts'
import type { DeviceIdentity } from '../src/identity/keys.ts'
import { reedSolomon } from '../src/erasure/reed-solomon.ts'
import { startKeeping, type Keeper, type KeeperState } from '../src/keeping/keeper.ts'
import { repairing } from '../src/repair/repair.ts'
import { createDevice } from './account.ts'
import { composePeer, followWith } from './compose.ts'
import type { DataDir } from './data-dir.ts'
import { openFsShardStore } from './fs-shard-store.ts'
import { systemClock as clock, systemRandom as random } from './system.ts'

export interface KeepOptions {
  /** The data folder. */
  readonly data: string
  readonly coordinator: string
  readonly spaceBytes: ByteCount
  /** Bytes in a second. */
  readonly uploadRate?: ByteCount | undefined
  readonly downloadRate?: ByteCount | undefined
  /** It is about to be away for so long, which is announced; it takes nothing new until then. */
  readonly awayMs?: Millis | undefined
  /** Ends it. */
  readonly signal: AbortSignal
  /** Runs when there was no account in the data folder and one was made. */
  readonly onNewAccount?: (identity: DeviceIdentity, data: string) => void
  /** Runs once, when this device can be reached for the first time. */
  readonly onOnline?: () => Promise<void>
  /** Runs when this device can be reached for the first time, and after every change from then on. */
  readonly onState: (identity: DeviceIdentity, state: KeeperState) => void
}

/**
 * Makes an account when there is none. Resolves once the signal has fired and everything is closed.
 * @throws KeeptabError `coordinator-unreachable` when it cannot be reached at the start, `device-revoked`,
 *   `store-failed`
 */
export async function keep(directory: DataDir, options: KeepOptions): Promise<void> {
  const { data, coordinator, spaceBytes, uploadRate, downloadRate, awayMs, signal, onNewAccount, onOnline, onState } =
    options
  const pause = awayMs === undefined ? undefined : { until: clock.now() + awayMs }
  const limits = { limitBytes: spaceBytes, uploadRate, downloadRate, pause }
  const known = await directory.loadIdentity()
  const identity = known ?? (await createDevice(directory, data, random.bytes(32), false, { clock, random }))
  if (known === undefined) onNewAccount?.(identity, data)
  const store = await openFsShardStore(directory.keeperDirectory)
  const peer = composePeer(identity, coordinator, signal)
  let revoke: (reason: KeeptabError) => void
  const revoked = new Promise<never>((_resolve, reject) => (revoke = reject))
  revoked.catch(() => undefined) // told to whoever waits for it
  const onMembership = (event: 'epoch-began' | 'revoked'): void => {
    if (event === 'revoked') revoke(new KeeptabError('device-revoked'))
    // When that fails, the next start or backup asks again.
    else void followWith(peer, (next) => directory.advanceIdentity(next)).catch(() => undefined)
  }
  const stopped = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  try {
    const work = repairing({ ...peer, store, codec: reedSolomon })
    const keeper = await Promise.race([startKeeping({ ...peer, store, onMembership, work }, limits), stopped])
    if (keeper === undefined) return
    await Promise.race([online(keeper), stopped, revoked])
    if (!signal.aborted) await onOnline?.()
    onState(identity, keeper.state())
    keeper.onChange((state) => onState(identity, state))
    await Promise.race([stopped, revoked]).finally(() => keeper.stop())
  } finally {
    await peer.transport.close()
    await store.close()
  }
}

const online = (keeper: Keeper): Promise<void> =>
  new Promise((resolve) => {
    const look = ({ online }: KeeperState) => {
      if (!online) return
      end()
      resolve()
    }
    const end = keeper.onChange(look)
    look(keeper.state())
  })
