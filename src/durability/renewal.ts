/**
 * Losses of a placement group as a renewal process: what screens tell. Finer than `yearlyLoss`, which says less than is
 * lost where losses are many: survivors that are offline delay the repair, those that were met are online and therefore
 * sooner gone than others, and who died in the last grace before a repair ended is missing from the next cycle's start.
 */
import type { Millis } from '../core/units.ts'
import { atLeast, diesWithin, MEAN_SPELL, meanAbsence, TRANSFER, YEAR, type Churn, type GroupCode } from './forecast.ts'

/** Chance of a loss, and time, from a state on. */
interface Outcome {
  readonly loss: number
  readonly time: Millis
}

/** Whoever moves a slider asks for the same few again and again. */
const MOST_REMEMBERED = 64
const remembered = new Map<string, number>()

const LOST: Outcome = { loss: 1, time: 0 }

/** Losses that a group must expect in a year while repair runs as it should, a new group taking its place each time. */
export function lossesAYear(code: GroupCode, churn: Churn): number {
  const { k, n, repairAt } = code
  const { lifetime, availability, grace } = churn
  const asked = [k, n, repairAt, lifetime, availability, grace].join(' ')
  const before = remembered.get(asked)
  if (before !== undefined) return before
  if (remembered.size >= MOST_REMEMBERED) remembered.clear()
  const losses = calculated(code, churn)
  remembered.set(asked, losses)
  return losses
}

function calculated(code: GroupCode, churn: Churn): number {
  const { k, n, repairAt } = code
  const { lifetime, availability, grace } = churn
  const fromThreshold = repairOutcomes(code, churn)
  // From the death that leaves `repairAt`: the grace passes, and of those who survive it some are online.
  let [loss, time] = [0, 0]
  const diesInGrace = diesWithin(grace, lifetime)
  for (let dead = 0; dead <= repairAt; dead += 1) {
    const live = repairAt - dead
    const chance = exactly(dead, repairAt, diesInGrace)
    if (live < k) loss += chance
    else {
      for (let online = 0; online <= live; online += 1) {
        const share = chance * exactly(online, live, availability)
        if (share === 0) continue
        const outcome = fromThreshold(live - online, online)
        loss += share * outcome.loss
        time += share * outcome.time
      }
    }
  }
  // Who dies while it gathers is made again too, unless within the last grace.
  const missing = repairAt * Math.exp(-(time / lifetime)) * diesInGrace
  let cycle = grace + time
  for (let live = repairAt + 1; live <= n; live += 1)
    cycle += (lifetime / live) * Math.min(1, Math.max(0, n - missing - live + 1))
  return (YEAR / cycle) * loss
}

/** What comes of a repair that is asked for when of the survivors so many are away and so many online. */
function repairOutcomes({ k, repairAt }: GroupCode, { lifetime, availability }: Churn) {
  const absence = meanAbsence(availability)
  const dies = diesWithin(TRANSFER, lifetime)
  const diesOnline = diesWithin(TRANSFER + headStart(availability), lifetime)
  const known = new Map<number, Outcome>()

  /** `away`: survivors not met yet, all offline; `here`: those met that still live; `met`: all that were met. */
  const gathering = (away: number, here: number, met: number): Outcome => {
    if (away + here < k) return LOST
    const state = (away * (repairAt + 1) + here) * (repairAt + 1) + met
    const before = known.get(state)
    if (before !== undefined) return before
    const outcome = met >= k ? moving(away, here) : waiting(away, here, met)
    known.set(state, outcome)
    return outcome
  }

  const waiting = (away: number, here: number, met: number): Outcome => {
    // Whoever is offline dies no more: it left for good when it went, and then it is not among the survivors.
    const [comes, goes] = [away / absence, here / lifetime]
    const came = gathering(away - 1, here + 1, met + 1)
    const died = here > 0 ? gathering(away, here - 1, met) : LOST
    const share = comes / (comes + goes)
    return {
      loss: share * came.loss + (1 - share) * died.loss,
      time: 1 / (comes + goes) + share * came.time + (1 - share) * died.time,
    }
  }

  const moving = (away: number, here: number): Outcome => {
    const tooMany = away + here - k + 1
    let loss = 0
    for (let dead = 0; dead <= away; dead += 1)
      loss += exactly(dead, away, dies) * atLeast(tooMany - dead, here, diesOnline)
    return { loss, time: TRANSFER }
  }

  return (away: number, online: number): Outcome => gathering(away, online, online)
}

/** By how much sooner than anybody somebody dies who is online, because nobody dies offline. */
function headStart(availability: number): Millis {
  const forgets = MEAN_SPELL * (1 - availability)
  return forgets === 0 ? 0 : meanAbsence(availability) * (1 - availability) * diesWithin(TRANSFER, forgets)
}

const exactly = (hits: number, tries: number, each: number): number =>
  atLeast(hits, tries, each) - atLeast(hits + 1, tries, each)
