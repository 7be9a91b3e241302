/** What a device keeps of a restore drill that has ended. */
import type { AccountId, DeviceId } from '../core/ids.ts'
import type { FailedDrill, RememberedDrill } from '../store/remembered-drill.ts'
import type { DrillReport } from './drill.ts'

/** Failures that are remembered, to be looked at again. */
const REMEMBERED = 20
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
