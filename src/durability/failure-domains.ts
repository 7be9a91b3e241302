/**
 * How much of a placement group may go down together (durability.md): a provider's network, one kind of browser on one
 * system, everything at one operator. Two shards never lie with one account or in one address block (`placement`); of
 * these wider domains each may have a share. Where a network is too young to have enough of them, a cap gives way as far as
 * it must, which is told to whoever asks for the group; its owner's screen says how many lie together.
 */
import type { AccountId, DeviceId } from '../core/ids.ts'
import type { Platform } from '../core/platform.ts'
import { redundancyOf } from './redundancy.ts'

/** A device, and what it would go down with. */
export interface Place {
  readonly keeper: DeviceId
  readonly account: AccountId
  /** Answer of `addressBlock`. */
  readonly block: string
}

/** A place with its wider failure domains. */
export interface KnownPlace extends Place {
  /** Answer of `Networks.of`. */
  readonly network: string
  /** Browser engine and operating system, as the device says: it may lie. */
  readonly platform: Platform
  /** The coordinator that the keeper is enrolled with. */
  readonly operator: string
}

/** The wider failure domains. Where caps must give way, the last one gives way first: the first is measured, not told. */
export const WIDE_DOMAINS = ['network', 'platform', 'operator'] as const
export type WideDomain = (typeof WIDE_DOMAINS)[number]

/** Shards of a group of n: the most that may lie in one, or the most that do. */
export type PerDomain = Readonly<Record<WideDomain, number>>

/**
 * Losing any one of them leaves k shards at every count down to the threshold of repair, as long as the others are lost
 * evenly; of a network, which fails more often than an engine, a fifth and no more.
 */
export function capsOf({ k, n }: { readonly k: number; readonly n: number }): PerDomain {
  const repairAt = redundancyOf(k, n)?.repairAt ?? n
  const share = Math.floor((n * (repairAt - k)) / repairAt)
  return { network: Math.min(share, Math.max(1, Math.floor(n / 5))), platform: share, operator: share }
}

/** How many of these places lie in the fullest of each domain. */
export function crowding(places: readonly KnownPlace[]): PerDomain {
  const counts = countsOf(places)
  const most = (domain: WideDomain): number => Math.max(0, ...counts[domain].values())
  return { network: most('network'), platform: most('platform'), operator: most('operator') }
}

/** The caps that a group does not keep to: it is not independent there. */
export const waived = (crowded: PerDomain, caps: PerDomain): WideDomain[] =>
  WIDE_DOMAINS.filter((domain) => crowded[domain] > caps[domain])

/** Of some candidates for one more place those that exceed the caps by the least, the first domain counting most. */
export function leastCrowding<P extends KnownPlace>(
  candidates: readonly P[],
  members: readonly KnownPlace[],
  caps: PerDomain,
): P[] {
  const counts = countsOf(members)
  let least = candidates
  for (const domain of WIDE_DOMAINS) {
    const excess = (place: P): number => Math.max(0, (counts[domain].get(place[domain]) ?? 0) + 1 - caps[domain])
    const smallest = Math.min(...least.map(excess))
    least = least.filter((place) => excess(place) === smallest)
  }
  return [...least]
}

/** How many of these places lie in each of the wider domains. */
export function countsOf(places: readonly KnownPlace[]): Readonly<Record<WideDomain, Map<string, number>>> {
  const counts = {
    network: new Map<string, number>(),
    platform: new Map<string, number>(),
    operator: new Map<string, number>(),
  }
  for (const place of places) {
    for (const domain of WIDE_DOMAINS) counts[domain].set(place[domain], (counts[domain].get(place[domain]) ?? 0) + 1)
  }
  return counts
}
