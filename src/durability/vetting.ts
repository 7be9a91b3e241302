/**
 * How many keepers that nobody knows yet may be in a placement group, so that many new ones at once, all of one hand
 * (T5), never hold enough of it. In a network in which too few are known the rule is waived, and its groups are shown as
 * a trial.
 */
import type { Redundancy } from './redundancy.ts'

/** With fewer vetted keepers the rule does not hold: there would be nobody to give anything to. */
export const FEWEST_VETTED = 64

/** Of the n keepers of a group: a tenth at most, so none of fewer than ten. */
export const mostUnvetted = (n: number): number => Math.floor(n / 10)

/** Whether a group is shown as a trial: its code protects too little, or too few of its keepers are known. */
export const isTrial = ({ n, trial }: Pick<Redundancy, 'n' | 'trial'>, unvetted: number): boolean =>
  trial || unvetted > mostUnvetted(n)

/** All that are vetted and the first few that are not, in their order. Whatever is chosen among them keeps to that number. */
export function inShare<C extends { readonly isVetted: boolean }>(candidates: readonly C[], unvetted: number): C[] {
  let left = unvetted
  return candidates.filter(({ isVetted }) => {
    if (isVetted) return true
    left -= 1
    return left >= 0
  })
}
