/** Made-up populations of keepers, out of one seed each: for laws of placement that are tried over very many of them. */
import { PLATFORMS } from '../../src/core/platform.ts'
import type { AccountId, DeviceId } from '../../src/core/ids.ts'
import type { Random } from '../../src/core/clock.ts'
import {
  capsOf,
  crowding,
  leastCrowding,
  waived,
  type KnownPlace,
  type PerDomain,
} from '../../src/durability/failure-domains.ts'
import { choosePlaces } from '../../src/durability/placement.ts'

/** In [0, 1). */
export type Draw = () => number

const below = (draw: Draw, bound: number): number => Math.floor(draw() * bound)

/** Skewed: the first of so many are common and the last ones rare, as providers and browsers are. */
const skewed = (draw: Draw, many: number): number => Math.floor(many * draw() ** 2)

export interface Shape {
  readonly accounts: number
  readonly blocks: number
  readonly networks: number
  readonly platforms: number
  readonly operators: number
}

const place = (
  id: number,
  account: number,
  block: number,
  network: number,
  platform: number,
  operator: number,
): KnownPlace => ({
  keeper: `keeper ${id}` as DeviceId,
  account: `account ${account}` as AccountId,
  block: `block ${block}`,
  network: `network ${network}`,
  platform: PLATFORMS[platform] ?? 'other-other',
  operator: `operator ${operator}`,
})

/** Whatever is drawn, but that a block lies in one network. */
export function wild(draw: Draw, size: number, shape: Shape): KnownPlace[] {
  const networkOf = Array.from({ length: shape.blocks }, () => skewed(draw, shape.networks))
  return Array.from({ length: size }, (_, i) => {
    const block = below(draw, shape.blocks)
    const [account, platform] = [below(draw, shape.accounts), skewed(draw, shape.platforms)]
    return place(i, account, block, networkOf[block] ?? 0, platform, skewed(draw, shape.operators))
  })
}

/**
 * One in which so many places within the caps exist: they are made first, the fullest domains filled to the brim, and then
 * hidden among others that share accounts, blocks and domains with them.
 */
function planted(draw: Draw, size: number, others: number, caps: PerDomain, operators: number): KnownPlace[] {
  const least = (cap: number): number => Math.ceil(size / cap)
  const filled = (cap: number, values: number): number[] => {
    const slots = Array.from({ length: values * cap }, (_, i) => Math.floor(i / cap))
    return shuffled(draw, slots).slice(0, size)
  }
  const networks = least(caps.network) + below(draw, 3)
  const platforms = least(caps.platform) + below(draw, 2)
  const [network, platform, operator] = [
    filled(caps.network, networks),
    filled(caps.platform, platforms),
    filled(caps.operator, operators),
  ]
  const hidden = Array.from({ length: size }, (_, i) =>
    place(i, i, i, network[i] ?? 0, platform[i] ?? 0, operator[i] ?? 0),
  )
  const noise = Array.from({ length: others }, (_, i) => {
    const block = below(draw, size + others)
    const of = block < size ? (network[block] ?? 0) : skewed(draw, networks)
    return place(size + i, below(draw, size + others), block, of, skewed(draw, platforms), skewed(draw, operators))
  })
  return shuffled(draw, [...hidden, ...noise])
}

function shuffled<T>(draw: Draw, some: readonly T[]): T[] {
  const all = [...some]
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = below(draw, i + 1)
    ;[all[i], all[j]] = [all[j] as T, all[i] as T]
  }
  return all
}

/** Tries so many placements, groups of all codes and replacements in them, where the caps can be kept. */
export function tryPlacements(draw: Draw, count: number): { placements: number; groups: number; violations: number } {
  const random: Random = { fraction: draw, bytes: (length) => new Uint8Array(length) }
  const done = { placements: 0, groups: 0, violations: 0 }
  while (done.placements < count) {
    const { k, n } = codes[below(draw, codes.length)] ?? { k: 16, n: 48 }
    const caps = capsOf({ k, n })
    const operators = Math.ceil(n / caps.operator) + below(draw, 2)
    const keepers = planted(draw, n, below(draw, 2 * n), caps, operators)
    let group = choosePlaces(keepers, n, { oneMachine: false, caps }, random)
    done.groups += 1
    const note = (wanted: number): void => {
      done.placements += 1
      if (group.length !== wanted || !areApart(group) || waived(crowding(group), caps).length > 0) done.violations += 1
    }
    note(n)
    for (let i = 0; i < n / 2; i += 1) {
      const leaving = group[below(draw, group.length)]
      const staying = group.filter((one) => one !== leaving)
      const taken = new Set<string>(staying.flatMap(({ account, block }) => [account, block]))
      const apart = keepers.filter(({ account, block }) => !taken.has(account) && !taken.has(block))
      const [next] = leastCrowding(shuffled(draw, apart), staying, caps)
      group = next === undefined ? staying : [...staying, next]
      // Whoever leaves fits its own place, so there always is one.
      note(n)
    }
  }
  return done
}

const codes = [
  { k: 2, n: 6 },
  { k: 4, n: 12 },
  { k: 8, n: 24 },
  { k: 16, n: 48 },
  { k: 16, n: 32 },
]

const areApart = (places: readonly KnownPlace[]): boolean =>
  new Set(places.map(({ account }) => account)).size === places.length &&
  new Set(places.map(({ block }) => block)).size === places.length
