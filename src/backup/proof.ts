/** What a device keeps of restore drills, and what follows from it for each source. Rules without a screen. */
import type { DrillReport } from './drill.ts'
import type { AccountId, DeviceId } from '../core/ids.ts'
import { DAY, type Millis } from '../core/units.ts'
import type { FailedDrill, RememberedDrill } from '../store/remembered-drill.ts'

/** Failures that are remembered, to be looked at again. */
const REMEMBERED = 20
/** Keepers that are away at night are no reason to worry anybody; those that stay away for so long are. */
const PATIENCE_MS: Millis = DAY

/** Who has drilled. */
interface Self {
  readonly account: AccountId
  readonly device: DeviceId
}

/** What is remembered once a drill has ended. @param before of the same account */
export function rememberedOf(
  report: DrillReport,
  before: RememberedDrill | undefined,
  { account, device }: Self,
): RememberedDrill {
  const { endedAt: at, failures, bytesRead } = report
  const proven = report.sources.filter((source) => source.device === device && source.proven)
  const sources = new Map([...(before?.sources ?? []), ...proven.map(({ name }) => [name, at] as const)])
  if (failures.length === 0) return { account, provenAt: at, sources, bytesRead }
  const away = failures.every((failure) => failure.away)
  const failed: FailedDrill = {
    at,
    // Damage after keepers were only away is news.
    since: before?.failed?.away === away ? before.failed.since : at,
    away,
    failures: failures
      .slice(0, REMEMBERED)
      .map(({ stage, code, device, source, path, pack }) => ({ stage, code, device, source, path, pack })),
  }
  return { account, provenAt: before?.provenAt, sources, bytesRead, failed }
}

/** Since when there is a reason to worry; `undefined` while there is none. */
export const unprovenSince = (failed: FailedDrill | undefined, now: Millis): Millis | undefined =>
  failed !== undefined && (!failed.away || now - failed.since >= PATIENCE_MS) ? failed.since : undefined

/** Whether the last drill failed in one source of this device. */
export const isStruck = (failed: FailedDrill, name: string, own: DeviceId | undefined): boolean =>
  failed.failures.some(({ device, source }) => (device ?? own) === own && (source ?? name) === name)

/** Whether all of it is in what other devices have backed up. */
export const isElsewhere = (failed: FailedDrill, own: DeviceId | undefined): boolean =>
  failed.failures.every(({ device }) => device !== undefined && device !== own)
