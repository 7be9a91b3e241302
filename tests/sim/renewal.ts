/**
 * Losses of the simulated network by calculation, to hold the simulator against: one pack whose keepers are away for
 * exponential times. Finer than `yearlyLoss`: survivors that are offline delay the repair, and who died in the last grace
 * before a repair ended is missing from the next cycle's start.
 */
import type { Millis } from '../../src/core/units.ts'
import {
  atLeast,
  lossUnrepaired,
  MEAN_SPELL,
  TRANSFER,
  YEAR,
  type Churn,
  type GroupCode,
} from '../../src/durability/forecast.ts'
import type { ChurnOptions } from './churn.ts'

export interface CalculatedLosses {
  readonly losses: number
  /** What a run without a mistake stays within in 95 of 100 cases, packs that share no keeper. */
  readonly least: number
  readonly most: number
}

/** For a whole run; `undefined` where no calculation fits: keepers unlike each other, or with long absences. */
export function calculatedLosses(options: ChurnOptions): CalculatedLosses | undefined {
  const { code, repair, packs, years, lifetime, lifetimes, absences } = options
  if (lifetimes !== 'alike' || absences !== 'short') return undefined
  if (!repair) return interval(packs, lossUnrepaired(code.k, code.n, years * YEAR, lifetime))
  // Of many short times each has at most one loss: as good as a Poisson distribution.
  const steps = 1000 * packs
  return interval(steps, Math.min(1, (expectedLosses(code, options) * packs * years) / steps))
}

function interval(tries: number, each: number): CalculatedLosses {
  let [least, most] = [0, Math.ceil(tries * each)]
  while (1 - atLeast(least + 1, tries, each) < 0.025) least += 1
  while (atLeast(most + 1, tries, each) > 0.025) most += 1
  return { losses: tries * each, least, most }
}

/** Chance of a loss, and time, from a state on. */
interface Outcome {
  readonly loss: number
  readonly time: Millis
}

/** Packs that one pack must expect to lose in a year, another one taking its place each time. */
function expectedLosses(code: GroupCode, churn: Churn): number {
  const { k, n, repairAt } = code
  const { lifetime, availability, grace } = churn
  const meanAbsence = (MEAN_SPELL * (1 - availability)) / availability
  const known = new Map<string, Outcome>()

  /** `away`: survivors not met yet, all offline; `here`: those met that still live; `met`: all that were met. */
  const gathering = (away: number, here: number, met: number): Outcome => {
    const live = away + here
    if (live < k) return { loss: 1, time: 0 }
    if (met >= k) return { loss: atLeast(live - k + 1, live, -Math.expm1(-(TRANSFER / lifetime))), time: TRANSFER }
    const state = `${away} ${here} ${met}`
    const before = known.get(state)
    if (before !== undefined) return before
    // Whoever is offline dies no more: it left for good when it went, and then it is not among the survivors.
    const [comes, dies] = [away / meanAbsence, here / lifetime]
    const came = away > 0 ? gathering(away - 1, here + 1, met + 1) : { loss: 0, time: 0 }
    const died = here > 0 ? gathering(away, here - 1, met) : { loss: 0, time: 0 }
    const share = comes / (comes + dies)
    const outcome = {
      loss: share * came.loss + (1 - share) * died.loss,
      time: 1 / (comes + dies) + share * came.time + (1 - share) * died.time,
    }
    known.set(state, outcome)
    return outcome
  }

  // From the death that leaves `repairAt`: the grace passes, and of those who survive it some are online.
  let [loss, time] = [0, 0]
  const diesInGrace = -Math.expm1(-(grace / lifetime))
  for (let dead = 0; dead <= repairAt; dead += 1) {
    const live = repairAt - dead
    for (let online = 0; online <= live; online += 1) {
      const chance = exactly(dead, repairAt, diesInGrace) * exactly(online, live, availability)
      const outcome = gathering(live - online, online, online)
      loss += chance * outcome.loss
      time += chance * outcome.time
    }
  }
  // Who dies while it gathers is made again too, unless within the last grace.
  const missing = repairAt * Math.exp(-(time / lifetime)) * diesInGrace
  let cycle = grace + time
  for (let live = repairAt + 1; live <= n; live += 1)
    cycle += (lifetime / live) * Math.min(1, Math.max(0, n - missing - live + 1))
  return (YEAR / cycle) * loss
}

const exactly = (hits: number, tries: number, each: number): number =>
  atLeast(hits, tries, each) - atLeast(hits + 1, tries, each)
