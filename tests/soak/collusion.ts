/** T4: a million placements among colluding keepers against what is calculated, and what caps make of colluders who lie together. */
import { chance } from '../e2e/chance.ts'
import { collude, isAsCalculated } from '../sim/colluders.ts'

const SMALLER = { k: 10, n: 30, repairAt: 20 }
const NORMAL = { k: 16, n: 48, repairAt: 30 }
const MILLION = 1_000_000
const FEWER = 50_000

export function collusion() {
  const { next, seed } = chance('collusion')
  const anywhere = [
    { code: SMALLER, ...collude(SMALLER, 0.2, MILLION, next) },
    ...[0.3, 0.4, 0.5].map((share) => ({ code: SMALLER, ...collude(SMALLER, share, FEWER, next) })),
    ...[0.3, 0.4].map((share) => ({ code: NORMAL, ...collude(NORMAL, share, FEWER, next) })),
  ]
  const gathered = { code: SMALLER, ...collude(SMALLER, 0.4, FEWER, next, true) }
  const facts = { seed, anywhere, gathered }
  if (!anywhere.every(isAsCalculated)) throw new Error(`Not as calculated: ${JSON.stringify(facts)}`)
  if (gathered.lost.whole > 0) throw new Error(`Caps do not hold colluders down: ${JSON.stringify(facts)}`)
  return facts
}
