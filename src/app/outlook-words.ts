/** What is known of the time to come, in words. Rules without a screen. */
import type { OwnOutlook, SourceOutlook } from '../backup/own-outlook.ts'
import { chance } from './figures.ts'
import type { Message } from './language.svelte.ts'

/** Chances are told by these steps, rounded down: more digits would say more than is known. */
const STEPS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999] as const
/** What is computed of a step may fall short of it by rounding. */
const ROUNDING = 1e-12
const LONG_DAYS = 60

const stepOf = (share: number): number => STEPS.findLast((step) => share >= step - ROUNDING) ?? 0

export function survivesMessage({ survives }: Pick<SourceOutlook, 'survives'>): Message {
  return survives < 0 ? { id: 'backup.outlook.away' } : { id: 'backup.outlook.survives', values: { keepers: survives } }
}

/** The chance to last the year: one bound where all that is likely is in one step, else from where to where. */
export function yearMessage({ keepsYear }: Pick<SourceOutlook, 'keepsYear'>): Message {
  if (keepsYear === undefined) return { id: 'backup.outlook.young' }
  const [least, likely] = [stepOf(keepsYear.least), stepOf(keepsYear.likely)]
  if (likely === 0) return { id: 'backup.outlook.below', values: { chance: chance(STEPS[0]) } }
  if (least === likely) return { id: 'backup.outlook.better', values: { chance: chance(least) } }
  return { id: 'backup.outlook.between', values: { least: chance(least), likely: chance(likely) } }
}

/** What the numbers rest on, and what they cannot know. */
export function groundsOf({ keepers, days, shared, dependent, trial, restAtRisk, sources }: OwnOutlook): Message[] {
  const isKnown = [...sources.values()].some(({ keepsYear }) => keepsYear !== undefined)
  const grounds: Message[] = []
  if (restAtRisk) grounds.push({ id: 'backup.outlook.rest-at-risk' })
  if (isKnown) {
    grounds.push(
      days < LONG_DAYS
        ? { id: 'backup.outlook.known.days', values: { keepers, count: days } }
        : { id: 'backup.outlook.known.months', values: { keepers, count: Math.floor(days / 30) } },
    )
  }
  for (const { what, keepers, of } of shared)
    grounds.push({ id: `backup.outlook.shared.${what}`, values: { keepers, of } })
  if (dependent) grounds.push({ id: 'backup.outlook.dependent' })
  if (trial) grounds.push({ id: 'backup.outlook.trial' })
  if (isKnown || trial) grounds.push({ id: 'backup.outlook.unknowable' })
  return grounds
}
