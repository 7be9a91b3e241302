/** What would be known of a source if keepers of it vanished, from the same measurement as what is known of it now. */
import type { SourceOutlook } from '../backup/own-outlook.ts'
import { outlookOf, survivedLosses, type MeasuredChurn } from '../durability/outlook.ts'

export interface Mishap {
  /** Keepers that vanish at once and for good; where there are several groups, of each. */
  readonly vanish: number
  /** Whoever is left stays half as long as keepers were seen to. */
  readonly shorter: boolean
}

export type Imagined = Pick<SourceOutlook, 'survives' | 'keepsYear'>

/** Keepers of it that can vanish. */
export const mostToVanish = ({ groups }: SourceOutlook): number => Math.max(...groups.map(({ live }) => live))

export function whatIf(
  { groups }: SourceOutlook,
  measured: MeasuredChurn | undefined,
  { vanish, shorter }: Mishap,
): Imagined {
  const left = groups.map(({ code, live }) => ({ code, live: Math.max(0, live - vanish) }))
  if (measured === undefined) return { survives: survivedLosses(left), keepsYear: undefined }
  return outlookOf(left, shorter ? { ...measured, watched: measured.watched / 2 } : measured)
}
