/** A million placements, each in a population in which it can keep to the caps. */
import { chance } from '../e2e/chance.ts'
import { tryPlacements } from '../sim/populations.ts'

export function placements() {
  const { next, seed } = chance('placements')
  const facts = { seed, ...tryPlacements(next, 1_000_000) }
  if (facts.violations > 0) throw new Error(JSON.stringify(facts))
  return facts
}
