/** What the doctor found, as text that a person may hand to a stranger: no key, no name, no address, no whole id. */
import type { DeviceId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import type { Limit } from './browser-limits.ts'
import type { Finding } from './doctor.ts'
import type { LogEntry } from './event-log.ts'
import type { Measured } from './hidden-work.ts'

export interface ReportParts {
  readonly at: Millis
  /** What the browser calls itself. */
  readonly browser: string
  readonly device: DeviceId | undefined
  readonly findings: readonly Finding[]
  readonly limits: readonly Limit[]
  readonly hidden: Measured | undefined
  readonly log: readonly LogEntry[]
}

const DEVICE_DIGITS = 8

/** Its fields are chosen one by one: what is not named here does not get out. */
export function reportOf({ at, browser, device, findings, limits, hidden, log }: ReportParts): string {
  const report = {
    keeptab: 'connection report',
    version: 1,
    at: new Date(at).toISOString(),
    browser,
    device: device?.slice(0, DEVICE_DIGITS) ?? 'none',
    stages: findings.map(({ stage, found, verdict, facts }) => ({ stage, verdict, found, ...facts })),
    limits,
    hidden,
    log: log.map(({ at, what, code, peer }) => ({ at: new Date(at).toISOString(), what, code, peer })),
  }
  return `${JSON.stringify(report, undefined, 2)}\n`
}
