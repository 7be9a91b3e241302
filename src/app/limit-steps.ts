/** What the screen offers as limits of keeping, and how a week's hours are set. */
import { GB, MB } from '../core/units.ts'

export { always, isOpen, type WeekHours } from '../core/week-hours.ts'
export { nights, weekends, withHours } from '../keeping/limits.ts'

/** Bytes in a second; the last step sets no limit. A slower keeper would keep owners waiting for longer than they do. */
export const rateSteps = [100_000, 250_000, 500_000, MB, 2 * MB, 5 * MB, 10 * MB, 25 * MB, undefined] as const
/** Bytes of a month, sent and taken in. */
export const monthSteps = [5, 10, 25, 50, 100, 250, 500, 1000].map((gigabytes): number | undefined => gigabytes * GB)
monthSteps.push(undefined)

/** The step that is in force: the largest that is not above it. */
export function stepOf(steps: readonly (number | undefined)[], limit: number | undefined): number {
  const above = steps.findIndex((step) => step === undefined || (limit !== undefined && step > limit))
  if (limit === undefined || above < 0) return steps.length - 1
  return Math.max(0, above - 1)
}
