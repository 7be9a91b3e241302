/**
 * Where shards may lie so that one misfortune takes few of them: never two with one account or in one address block, and no
 * more than its share in a wider failure domain. How well a set of holders is spread is its *happiness*, the size of the
 * largest matching of shards to distinct accounts and blocks (Tahoe-LAFS, "servers of happiness").
 */
import type { Random } from '../core/clock.ts'
import { WIDE_DOMAINS, type KnownPlace, type PerDomain, type Place, type WideDomain } from './failure-domains.ts'

export interface PlacementRules {
  /** All keepers may share one address: only accounts count as different places. */
  readonly oneMachine: boolean
}

/**
 * As many places as can be had, at most `wanted`, no two with an account or an address block in common.
 * Largest: keepers are the edges between accounts and blocks, and this is a maximum matching of that graph, found by
 * augmenting paths, where taking the first that fits would block others. Earlier candidates are preferred.
 */
export function placesApart<P extends Place>(candidates: readonly P[], wanted: number, rules: PlacementRules): P[] {
  const edges = candidates.map((place) => ({
    left: place.account,
    right: rules.oneMachine ? place.account : place.block,
    via: place,
  }))
  // An account that is matched stays matched, so stopping at `wanted` accounts loses nothing.
  const chosen = maximumMatching(edges, wanted).map(({ via }) => via)
  return inOrderOf(candidates, chosen)
}

/**
 * The places of a group: as many as `placesApart` finds, and within the caps wherever that can be. Where it cannot, caps
 * are raised as little as possible, the operator's first, then the platform's, then the network's. Earlier candidates are
 * preferred. Finding the largest set under all caps at once is NP-hard (three-dimensional matching), so it is searched for
 * by exchange, with an end; a group that is hard to find may be missed, and then a cap gives way that need not have.
 */
export function choosePlaces<P extends KnownPlace>(
  candidates: readonly P[],
  wanted: number,
  { caps, ...rules }: PlacementRules & { readonly caps: PerDomain },
  random: Random,
): P[] {
  const apart = placesApart(candidates, wanted, rules)
  const size = apart.length
  const search = (within: PerDomain): P[] | undefined =>
    searchWithin(candidates, size, { ...rules, caps: within }, random)
  /** Without caps on these. */
  const searchBut = (free: readonly WideDomain[], within: PerDomain): P[] | undefined =>
    search(mapped((domain) => (free.includes(domain) ? size : within[domain])))

  let limits = mapped((domain) => Math.max(caps[domain], leastCap(candidates, size, domain)))
  let found = search(limits)
  if (found !== undefined) return inOrderOf(candidates, found)
  // Which must give way at all, and then of each as little as does, the most important one first.
  const giving = [1, 2]
    .map((few) => WIDE_DOMAINS.slice(-few))
    .find((some) => (found = searchBut(some, limits)) !== undefined)
  for (const [i, domain] of (giving ?? WIDE_DOMAINS).entries()) {
    const after = (giving ?? WIDE_DOMAINS).slice(i + 1)
    let [low, high] = [limits[domain], size]
    while (low < high) {
      const middle = (low + high) >>> 1
      const tried = searchBut(after, { ...limits, [domain]: middle })
      if (tried === undefined) low = middle + 1
      else [found, high] = [tried, middle]
    }
    limits = { ...limits, [domain]: high }
  }
  return inOrderOf(candidates, found ?? apart)
}

const mapped = (value: (domain: WideDomain) => number): PerDomain => ({
  network: value('network'),
  platform: value('platform'),
  operator: value('operator'),
})

/** No cap below this leaves room for so many: there are not enough accounts in the other ones of this domain. */
function leastCap(candidates: readonly KnownPlace[], size: number, domain: WideDomain): number {
  const accounts = new Map<string, Set<string>>()
  for (const { account, [domain]: value } of candidates) {
    const known = accounts.get(value)
    if (known === undefined) accounts.set(value, new Set([account]))
    else known.add(account)
  }
  const counts = [...accounts.values()].map((of) => of.size)
  const room = (cap: number): number => counts.reduce((sum, count) => sum + Math.min(count, cap), 0)
  let cap = 0
  while (cap < size && room(cap) < size) cap += 1
  return cap
}

/** Exchanges that are tried before a search ends without success. */
const EXCHANGES = 10_000
/** How often a candidate is let in for which two must leave; as much more seldom for which three must. */
const COSTLY = 0.05

/**
 * So many places within the caps, or `undefined`. Takes each candidate that fits, in their order; what is short after
 * that is looked for by letting others in at random, each for the one that is in its way.
 */
function searchWithin<P extends KnownPlace>(
  candidates: readonly P[],
  size: number,
  { oneMachine, caps }: PlacementRules & { readonly caps: PerDomain },
  random: Random,
): P[] | undefined {
  const domains: { readonly of: (place: P) => string; readonly cap: number }[] = [
    { of: ({ account }) => account, cap: 1 },
    ...(oneMachine ? [] : [{ of: ({ block }: P) => block, cap: 1 }]),
    ...WIDE_DOMAINS.map((domain) => ({ of: (place: P) => place[domain], cap: caps[domain] })),
  ]
  const counts = domains.map(() => new Map<string, number>())
  const chosen = new Set<P>()
  const count = (place: P, by: 1 | -1): void => {
    for (const [i, { of }] of domains.entries()) counts[i]?.set(of(place), (counts[i].get(of(place)) ?? 0) + by)
  }
  const enter = (place: P): void => {
    chosen.add(place)
    count(place, 1)
  }
  const leave = (place: P): void => {
    chosen.delete(place)
    count(place, -1)
  }
  const full = (place: P) => domains.filter(({ of, cap }, i) => (counts[i]?.get(of(place)) ?? 0) >= cap)
  const any = <T>(some: readonly T[]): T | undefined => some[Math.floor(random.fraction() * some.length)]

  for (const place of candidates) {
    if (chosen.size >= size) break
    if (full(place).length === 0) enter(place)
  }
  for (let i = 0; chosen.size < size && i < EXCHANGES; i += 1) {
    const place = any(candidates)
    if (place === undefined || chosen.has(place)) continue
    const inTheWay = full(place)
    // One that is in the way everywhere makes room alone.
    const sharing = any([...chosen].filter((one) => inTheWay.every(({ of }) => of(one) === of(place))))
    if (inTheWay.length > 0 && sharing !== undefined) leave(sharing)
    else if (inTheWay.length > 1 && random.fraction() > COSTLY ** (inTheWay.length - 1)) continue
    for (let [next] = full(place); next !== undefined; [next] = full(place)) {
      const { of } = next
      const out = any([...chosen].filter((one) => of(one) === of(place)))
      if (out !== undefined) leave(out)
    }
    enter(place)
  }
  return chosen.size < size ? undefined : [...chosen]
}

function inOrderOf<P>(candidates: readonly P[], chosen: readonly P[]): P[] {
  const rank = new Map(candidates.map((place, i) => [place, i]))
  return chosen.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
}

/** A place and the shard index it holds. */
export interface ShardPlace extends Place {
  readonly index: number
}

/**
 * How many shard indices lie in distinct failure domains.
 * Exact where keepers share either nothing or a whole domain, as every chosen group does. Matching indices, accounts and
 * blocks all at once is NP-hard, so places chained together by a common account or block count as one domain: never too
 * many.
 */
export function happiness(holders: readonly ShardPlace[], rules: PlacementRules): number {
  const domainOf = domains(holders, rules)
  const edges = holders.map((holder) => ({ left: String(holder.index), right: domainOf(holder), via: holder }))
  return maximumMatching(edges, holders.length).length
}

interface Edge<Via> {
  readonly left: string
  readonly right: string
  readonly via: Via
}

/**
 * Maximum bipartite matching by augmenting paths (Kuhn), at most `limit` edges.
 * Lefts are tried in the order of their first edge and the edges of each in order, so earlier ones are preferred.
 * Augmenting never unmatches a left, so with a limit the first lefts that can be matched stay.
 */
function maximumMatching<Via>(edges: readonly Edge<Via>[], limit: number): Edge<Via>[] {
  const edgesOf = new Map<string, Edge<Via>[]>()
  for (const edge of edges) {
    const known = edgesOf.get(edge.left)
    if (known === undefined) edgesOf.set(edge.left, [edge])
    else known.push(edge)
  }
  const takenBy = new Map<string, Edge<Via>>()

  const augment = (left: string, tried: Set<string>): boolean => {
    for (const edge of edgesOf.get(left) ?? []) {
      if (tried.has(edge.right)) continue
      tried.add(edge.right)
      const holder = takenBy.get(edge.right)
      if (holder === undefined || augment(holder.left, tried)) {
        takenBy.set(edge.right, edge)
        return true
      }
    }
    return false
  }

  for (const left of edgesOf.keys()) {
    if (takenBy.size >= limit) break
    augment(left, new Set())
  }
  return [...takenBy.values()]
}

/** Joins places that share an account or a block, by union-find, and names each domain after one of its members. */
function domains(places: readonly Place[], { oneMachine }: PlacementRules): (place: Place) => string {
  const parent = new Map<string, string>()
  const rootOf = (name: string): string => {
    let root = name
    for (let above = parent.get(root); above !== undefined; above = parent.get(root)) root = above
    return root
  }
  if (!oneMachine) {
    for (const { account, block } of places) {
      const [a, b] = [rootOf(account), rootOf(`block ${block}`)]
      if (a !== b) parent.set(b, a)
    }
  }
  return ({ account }) => rootOf(account)
}
