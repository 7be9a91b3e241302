/** Losses of the simulated network by calculation: each is held against the other. */
import { atLeast, lossUnrepaired, YEAR } from '../../src/durability/forecast.ts'
import { lossesAYear } from '../../src/durability/renewal.ts'
import type { ChurnOptions } from './churn.ts'

export interface CalculatedLosses {
  readonly losses: number
  /** What a run without a mistake stays within in 95 of 100 cases, packs that share no keeper. */
  readonly least: number
  readonly most: number
}

/** For a whole run; `undefined` where no calculation fits: keepers unlike each other, with long absences, or with hours. */
export function calculatedLosses(options: ChurnOptions): CalculatedLosses | undefined {
  const { code, repair, packs, years, lifetime, lifetimes, absences, hours } = options
  if (lifetimes !== 'alike' || absences !== 'short' || hours !== undefined) return undefined
  if (!repair) return interval(packs, lossUnrepaired(code.k, code.n, years * YEAR, lifetime))
  // Of many short times each has at most one loss: as good as a Poisson distribution.
  const steps = 1000 * packs
  return interval(steps, Math.min(1, (lossesAYear(code, options) * packs * years) / steps))
}

function interval(tries: number, each: number): CalculatedLosses {
  let [least, most] = [0, Math.ceil(tries * each)]
  while (1 - atLeast(least + 1, tries, each) < 0.025) least += 1
  while (atLeast(most + 1, tries, each) > 0.025) most += 1
  return { losses: tries * each, least, most }
}
