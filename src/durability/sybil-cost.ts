/**
 * What it costs one hand to hold so much of a placement group that its owner can be kept from it: n − k + 1 shards. Places
 * are drawn, not chosen, so whoever wants those of one group must take as large a share of all draws; and he must stay,
 * because what he does not hold at first comes to him only as honest keepers leave and their places are drawn anew.
 *
 * The model: each place of a group is his with chance s at first, his share of the weight of all vetted keepers, and again
 * each time that an honest keeper leaves it, at rate 1 ÷ lifetime; he never leaves. After a time t it is his with chance
 * 1 − (1 − s)·exp(−s·t ÷ lifetime), each for itself. Caps, and that keepers are drawn without being put back, only make it
 * harder.
 */
import { DAY, GB, type ByteCount, type Millis } from '../core/units.ts'
import { capsOf } from './failure-domains.ts'
import { drawWeight } from './presence.ts'
import { VETTED_AFTER_MS } from './reputation.ts'

/** The network as the attacker meets it. */
export interface HonestNetwork {
  /** Of all vetted keepers, each `drawWeight`. */
  readonly weight: number
  /** How long a keeper stays, on the average. */
  readonly lifetime: Millis
  readonly groups: number
  /** All shards of all groups. */
  readonly shardBytes: ByteCount
}

export interface SybilCost {
  /** Share of the weight of all vetted keepers, his own included, in (0, 1). */
  readonly share: number
  /** Accounts of one device each, all vetted and with as much room as counts. */
  readonly accounts: number
  /** Address blocks and networks, at least. */
  readonly blocks: number
  readonly networks: number
  /** From the first day on: vetting, and the time until enough places are his. */
  readonly days: number
  /** What he must keep, because audits ask for it: gigabytes at the end, and from vetting on until then, each for a day. */
  readonly gb: number
  readonly gbDays: number
}

interface Code {
  readonly k: number
  readonly n: number
}

/** Chance that he holds n − k + 1 places of a group after a time. */
export function chanceToHold({ k, n }: Code, share: number, waited: Millis, lifetime: Millis): number {
  return tail(n, n - k + 1, shareAfter(share, waited, lifetime))
}

/**
 * The least that gives an even chance to hold one given group, or any one of them all.
 * @param waited after vetting
 */
export function costToHold(code: Code, of: 'given' | 'any', waited: Millis, network: HonestNetwork): SybilCost {
  const { weight, lifetime, groups, shardBytes } = network
  const wanted = of === 'given' ? 0.5 : 1 - 0.5 ** (1 / Math.max(1, groups))
  let [low, high] = [0, 1]
  for (let i = 0; i < 60; i += 1) {
    const share = (low + high) / 2
    if (chanceToHold(code, share, waited, lifetime) < wanted) low = share
    else high = share
  }
  const places = code.n - code.k + 1
  // As heavy as they are at the end, though he needs them from the beginning: too cheap rather than too dear.
  const ownWeight = drawWeight(Infinity, VETTED_AFTER_MS + waited)
  const held = shareAfter(high, waited, lifetime)
  return {
    share: high,
    accounts: Math.max(places, Math.ceil(((high / (1 - high)) * weight) / ownWeight)),
    blocks: places,
    networks: Math.ceil(places / capsOf(code).network),
    days: (VETTED_AFTER_MS + waited) / DAY,
    gb: (held * shardBytes) / GB,
    // What is his grows as what is left to honest keepers falls, at this rate: the mean of it, for all that time.
    gbDays: ((waited - (1 - high - (1 - held)) * (lifetime / high)) * shardBytes) / (GB * DAY),
  }
}

const shareAfter = (share: number, waited: Millis, lifetime: Millis): number =>
  1 - (1 - share) * Math.exp((-share * waited) / lifetime)

/** Chance of at least so many of n, each with chance p in (0, 1); by logarithms, because its terms go below all numbers. */
function tail(n: number, least: number, p: number): number {
  if (p >= 1) return 1
  let [choices, sum] = [0, 0]
  for (let i = 0; i <= n; i += 1) {
    if (i >= least) sum += Math.exp(choices + i * Math.log(p) + (n - i) * Math.log1p(-p))
    choices += Math.log((n - i) / (i + 1))
  }
  return Math.min(1, sum)
}
