/** What a device keeps of its restore drills. */
import type { ErrorCode } from '../core/errors.ts'
import type { AccountId, DeviceId, PackId } from '../core/ids.ts'
import type { ByteCount, Millis } from '../core/units.ts'

/** What restore drills have proven of an account's backups, and what the last one could not bring back. */
export interface RememberedDrill {
  readonly account: AccountId
  /** When one last ended without a failure. */
  readonly provenAt?: Millis | undefined
  /** When each source of this device last came back, by name. */
  readonly sources: ReadonlyMap<string, Millis>
  readonly failed?: FailedDrill | undefined
  /** Shard bytes that the last one used. */
  readonly bytesRead: ByteCount
}

export interface FailedDrill {
  readonly at: Millis
  /** When the first of those in a row failed. */
  readonly since: Millis
  /** All of it may only miss keepers that were not there. */
  readonly away: boolean
  /** The first of them. */
  readonly failures: readonly {
    readonly stage: 'head' | 'manifest' | 'record' | 'placement' | 'index' | 'tree' | 'content'
    readonly code: ErrorCode
    readonly device?: DeviceId | undefined
    readonly source?: string | undefined
    readonly path?: string | undefined
    readonly pack?: PackId | undefined
  }[]
}
