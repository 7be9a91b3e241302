/** T4: a share of all keepers works together and vanishes at once. How often that takes a pack, drawn and calculated. */
import type { Random } from '../../src/core/clock.ts'
import type { AccountId, DeviceId } from '../../src/core/ids.ts'
import { capsOf, type KnownPlace } from '../../src/durability/failure-domains.ts'
import { atLeast, type GroupCode } from '../../src/durability/forecast.ts'
import { choosePlaces } from '../../src/durability/placement.ts'
import type { Draw } from './populations.ts'

/** Of the network. */
const KEEPERS = 10_000
const NETWORKS = 100
/** Of one placement, for each place of the group. */
const CANDIDATES = 1.5

export interface Collusion {
  readonly placements: number
  readonly share: number
  /** Packs that are lost while all n shards are there, and when there are as few as repair waits for. */
  readonly lost: { readonly whole: number; readonly atRepair: number }
  /** The chance of one pack to be lost: that of as many keepers drawn from all, none of them twice. */
  readonly each: { readonly whole: number; readonly atRepair: number }
  readonly expected: { readonly whole: number; readonly atRepair: number }
}

/** Nothing rarer than this, on either side, is put down to chance. */
const RARE = 1e-6

/**
 * Whether as many were lost as the law says. Who colludes is settled before the first group, and each group is drawn anew
 * from all keepers: groups share keepers, and still what befalls one says nothing of another, so that their number is
 * binomial.
 */
export const isAsCalculated = ({ placements, lost, each }: Collusion): boolean =>
  (['whole', 'atRepair'] as const).every(
    (when) =>
      atLeast(lost[when], placements, each[when]) > RARE &&
      atLeast(placements - lost[when], placements, 1 - each[when]) > RARE,
  )

/**
 * Groups of the code among keepers of which just that share colludes.
 * @param gathered their colluders lie in two networks of their own, instead of anywhere
 */
export function collude(code: GroupCode, share: number, placements: number, draw: Draw, gathered = false): Collusion {
  const { k, n, repairAt } = code
  const random: Random = { fraction: draw, bytes: (length) => new Uint8Array(length) }
  const keepers = Array.from({ length: KEEPERS }, (_, i) => {
    const colludes = i < share * KEEPERS
    return { ...place(i), ...(gathered && colludes && { network: `theirs ${i % 2}` }), colludes }
  })
  const rules = { oneMachine: false, caps: capsOf(code) }
  const lost = { whole: 0, atRepair: 0 }
  for (let i = 0; i < placements; i += 1) {
    const drawn = new Set<(typeof keepers)[number]>()
    while (drawn.size < CANDIDATES * n) drawn.add(keepers[Math.floor(draw() * KEEPERS)] as (typeof keepers)[number])
    const group = choosePlaces([...drawn], n, rules, random)
    lost.whole += Number(honest(group) < k)
    lost.atRepair += Number(honest(some(group, repairAt, draw)) < k)
  }
  const chance = (live: number) => drawnAtLeast(live - k + 1, live, Math.ceil(share * KEEPERS))
  const each = { whole: chance(n), atRepair: chance(repairAt) }
  return {
    placements,
    share,
    lost,
    each,
    expected: { whole: placements * each.whole, atRepair: placements * each.atRepair },
  }
}

/** Chance of `wanted` or more colluders among so many keepers, none drawn twice (hypergeometric). */
function drawnAtLeast(wanted: number, drawn: number, colluding: number): number {
  let none = 1
  for (let i = 0; i < drawn; i += 1) none *= (KEEPERS - colluding - i) / (KEEPERS - i)
  let [sum, term] = [0, none]
  for (let hits = 0; hits <= drawn; hits += 1) {
    if (hits >= wanted) sum += term
    term *= ((drawn - hits) * (colluding - hits)) / ((hits + 1) * (KEEPERS - colluding - drawn + hits + 1))
  }
  return sum
}

const place = (i: number): KnownPlace => ({
  keeper: `keeper ${i}` as DeviceId,
  account: `account ${i}` as AccountId,
  block: `block ${i}`,
  network: `network ${i % NETWORKS}`,
  platform: i % 2 === 0 ? 'chromium-windows' : 'node-linux',
  operator: `operator ${i % 3}`,
})

const honest = (group: readonly { readonly colludes: boolean }[]): number =>
  group.filter(({ colludes }) => !colludes).length

/** So many of them, whichever. */
function some<T>(of: readonly T[], many: number, draw: Draw): T[] {
  const left = [...of]
  return Array.from({ length: many }, () => left.splice(Math.floor(draw() * left.length), 1)[0] as T)
}
