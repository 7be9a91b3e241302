/**
 * Where shards may lie so that one misfortune takes one of them: never two in one failure domain.
 * A failure domain is an account and an address block. How well a set of holders is spread is its *happiness*, the size
 * of the largest matching of shards to distinct domains (Tahoe-LAFS, "servers of happiness").
 */
import type { AccountId, DeviceId } from '../core/ids.ts'

/** A device, and what it would go down with. */
export interface Place {
  readonly keeper: DeviceId
  readonly account: AccountId
  /** Answer of `addressBlock`. */
  readonly block: string
}

export interface PlacementRules {
  /** All keepers may share one address: only accounts count as different places. */
  readonly oneMachine: boolean
}

/**
 * As many places as can be had, at most `wanted`, no two with an account or an address block in common.
 * Largest: keepers are the edges between accounts and blocks, and this is a maximum matching of that graph, found by
 * augmenting paths, where taking the first that fits would block others. Earlier candidates are preferred.
 */
export function choosePlaces<P extends Place>(candidates: readonly P[], wanted: number, rules: PlacementRules): P[] {
  const rank = new Map(candidates.map((place, i) => [place, i]))
  const edges = candidates.map((place) => ({
    left: place.account,
    right: rules.oneMachine ? place.account : place.block,
    via: place,
  }))
  // An account that is matched stays matched, so stopping at `wanted` accounts loses nothing.
  const chosen = maximumMatching(edges, wanted).map(({ via }) => via)
  return chosen.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
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

/** The failure domain of an address: /24 of IPv4, /48 of IPv6 (threats.md, T4). This machine is one, `loopback`. */
export function addressBlock(address: string): string {
  const plain = address.replace(/%.*$/, '').toLowerCase()
  const mapped = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(plain)
  if (mapped !== null) {
    const [, a, b, c] = mapped
    return a === '127' ? 'loopback' : `${a}.${b}.${c}.0/24`
  }
  const groups = ipv6Groups(plain)
  if (groups === undefined) return 'unknown'
  if (groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1) return 'loopback'
  return `${groups
    .slice(0, 3)
    .map((group) => group.toString(16))
    .join(':')}::/48`
}

/** The eight groups of an IPv6 address (RFC 4291 §2.2), or `undefined` for anything else. */
function ipv6Groups(text: string): number[] | undefined {
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')))
  const [head = [], tail = []] = halves
  const missing = 8 - head.length - tail.length
  if (halves.length > 2 || (halves.length === 1 ? missing !== 0 : missing < 1)) return undefined
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  return all.every((group) => /^[0-9a-f]{1,4}$/.test(group))
    ? all.map((group) => Number.parseInt(group, 16))
    : undefined
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
