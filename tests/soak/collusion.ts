/** T4: a million placements among colluding keepers against the binomial, and what caps make of colluders who lie together. */
import { chance } from '../e2e/chance.ts'
import { collude, type Collusion } from '../sim/colluders.ts'

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
  if (!anywhere.every(isBinomial)) throw new Error(`Not as the binomial says: ${JSON.stringify(facts)}`)
  if (gathered.lost.whole > 0) throw new Error(`Caps do not hold colluders down: ${JSON.stringify(facts)}`)
  return facts
}

/** Within four standard errors, and two packs where fewer than one is expected. */
export const isBinomial = ({ lost, expected }: Collusion): boolean =>
  (['whole', 'atRepair'] as const).every(
    (when) => Math.abs(lost[when] - expected[when]) <= 4 * Math.sqrt(expected[when]) + 2,
  )
