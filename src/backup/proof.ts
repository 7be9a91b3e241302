/** What follows for each source from what a device keeps of its restore drills. Rules without a screen. */
import type { DeviceId } from '../core/ids.ts'
import { DAY, type Millis } from '../core/units.ts'
import type { FailedDrill } from '../store/remembered-drill.ts'

/** Keepers that are away at night are no reason to worry anybody; those that stay away for so long are. */
const PATIENCE_MS: Millis = DAY

/** Since when there is a reason to worry; `undefined` while there is none. */
export const unprovenSince = (failed: FailedDrill | undefined, now: Millis): Millis | undefined =>
  failed !== undefined && (!failed.away || now - failed.since >= PATIENCE_MS) ? failed.since : undefined

/** Whether the last drill failed in one source of this device. */
export const isStruck = (failed: FailedDrill, name: string, own: DeviceId | undefined): boolean =>
  failed.failures.some(({ device, source }) => (device ?? own) === own && (source ?? name) === name)

/** Whether all of it is in what other devices have backed up. */
export const isElsewhere = (failed: FailedDrill, own: DeviceId | undefined): boolean =>
  failed.failures.every(({ device }) => device !== undefined && device !== own)
