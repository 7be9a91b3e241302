/** What an owner's services need: wired once by the composition root of each program. */
import type { Clock, Random } from '../core/clock.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import type { ErasureCodec } from '../erasure/erasure-codec.ts'
import type { Millis } from '../core/units.ts'
import type { DailyKeys, DeviceIdentity } from '../identity/keys.ts'
import type { FileSealer } from '../snapshot/file-sealer.ts'
import type { OwnerState } from '../store/owner-state.ts'
import type { Transport } from '../transport/transport.ts'

export interface OwnerContext {
  /**
   * Who this is now. Where there is a `follow`, it changes when a key epoch begins: what must be of one epoch takes a
   * copy of the context first.
   */
  readonly identity: DeviceIdentity
  readonly coordinator: Coordinator
  readonly transport: Transport
  readonly codec: ErasureCodec
  readonly state: OwnerState
  /** Cuts and seals as the keys of one epoch do: what is written those of now, what is compared those that it was written under. */
  readonly sealerOf: (keys: DailyKeys) => FileSealer
  readonly clock: Clock
  readonly random: Random
  /**
   * Brings `identity` into the newest key epoch of the account and keeps it. Absent where nothing outlives the run.
   * @throws KeeptabError `device-revoked`, `epoch-behind`, `revocation-forked`, and as the coordinator
   */
  readonly follow?: (() => Promise<void>) | undefined
}

/**
 * The time by which something of the past is given up: no later than the device or the coordinator has it, so that neither
 * a clock that is years ahead nor a coordinator that lies about the time takes what the other would keep.
 */
export const timeToPrune = async ({ clock, coordinator }: OwnerContext): Promise<Millis> =>
  Math.min(clock.now(), (await coordinator.info()).now)
