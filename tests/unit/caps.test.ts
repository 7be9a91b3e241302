/** How much of a group may lie in one network, with one platform, at one operator. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Random } from '../../src/core/clock.ts'
import { platformOfBrowser, platformOfNode } from '../../src/core/platform.ts'
import {
  capsOf,
  crowding,
  leastCrowding,
  waived,
  WIDE_DOMAINS,
  type KnownPlace,
  type PerDomain,
} from '../../src/durability/failure-domains.ts'
import { choosePlaces, placesApart } from '../../src/durability/placement.ts'
import { redundancyOf } from '../../src/durability/redundancy.ts'
import { chanceOf } from '../e2e/chance.ts'
import { collude, isAsCalculated } from '../sim/colluders.ts'
import { tryPlacements, wild, type Shape } from '../sim/populations.ts'

const randomOf = (seed: number): Random => ({
  fraction: chanceOf(seed).next,
  bytes: (length) => new Uint8Array(length),
})
const excessOf = (places: readonly KnownPlace[], caps: PerDomain): number[] => {
  const crowded = crowding(places)
  return WIDE_DOMAINS.map((domain) => Math.max(0, crowded[domain] - caps[domain]))
}
const compare = (a: readonly number[], b: readonly number[]): number =>
  a.map((value, i) => value - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0

/** Every set of so many places with no account and no block in common. */
function* sets(
  candidates: readonly KnownPlace[],
  size: number,
  chosen: readonly KnownPlace[] = [],
): Generator<readonly KnownPlace[]> {
  if (chosen.length === size) yield chosen
  else {
    for (const [i, one] of candidates.entries()) {
      const clashes = chosen.some(({ account, block }) => account === one.account || block === one.block)
      if (!clashes) yield* sets(candidates.slice(i + 1), size, [...chosen, one])
    }
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const shapes: fc.Arbitrary<Shape> = fc.record({
  accounts: fc.integer({ min: 1, max: 9 }),
  blocks: fc.integer({ min: 1, max: 9 }),
  networks: fc.integer({ min: 1, max: 5 }),
  platforms: fc.integer({ min: 1, max: 4 }),
  operators: fc.integer({ min: 1, max: 3 }),
})
const smallCaps = fc.record({
  network: fc.integer({ min: 1, max: 3 }),
  platform: fc.integer({ min: 1, max: 4 }),
  operator: fc.integer({ min: 1, max: 4 }),
})

describe('the caps of a group', () => {
  it.each([
    [16, 48, { network: 9, platform: 22, operator: 22 }],
    [16, 32, { network: 6, platform: 12, operator: 12 }],
    [8, 24, { network: 4, platform: 12, operator: 12 }],
    [4, 12, { network: 2, platform: 6, operator: 6 }],
    [2, 6, { network: 1, platform: 3, operator: 3 }],
  ])(
    'of (%i, %i) leave k at every count down to repair when one domain goes, others being lost evenly',
    (k, n, caps) => {
      expect(capsOf({ k, n })).toEqual(caps)
      const { repairAt = Infinity } = redundancyOf(k, n) ?? {}
      for (let live = repairAt; live <= n; live += 1) {
        expect(live - Math.floor((live * Math.max(caps.platform, caps.network)) / n)).toBeGreaterThanOrEqual(k)
      }
    },
  )

  it('are kept wherever that can be, and else give way by as little as can be, the operator\u2019s first and the network\u2019s last', () => {
    fc.assert(
      fc.property(seeds, shapes, smallCaps, fc.nat(9), fc.nat(6), (seed, shape, caps, keepers, wanted) => {
        const candidates = wild(chanceOf(seed).next, keepers, shape)
        const rules = { oneMachine: false, caps }
        const chosen = choosePlaces(candidates, wanted, rules, randomOf(seed))
        const size = placesApart(candidates, wanted, rules).length
        const all = [...sets(candidates, size)]
        const best = all.map((set) => excessOf(set, caps)).sort(compare)[0]
        expect(new Set(chosen).size).toBe(size)
        expect(all.some((set) => set.every((one) => chosen.includes(one)))).toBe(true)
        expect(excessOf(chosen, caps)).toEqual(best)
      }),
      { numRuns: 500 },
    )
  })

  it('are never exceeded where a group within them exists, when it is made and when its keepers are replaced', () => {
    expect(tryPlacements(chanceOf(1).next, 20_000)).toMatchObject({ violations: 0 })
  })

  it('give way where everybody is alike, and it is said', () => {
    const alike = wild(chanceOf(2).next, 200, { accounts: 1e6, blocks: 1e6, networks: 1, platforms: 1, operators: 1 })
    const caps = capsOf({ k: 16, n: 48 })
    const chosen = choosePlaces(alike, 48, { oneMachine: false, caps }, randomOf(2))
    expect(chosen).toHaveLength(48)
    expect(crowding(chosen)).toEqual({ network: 48, platform: 48, operator: 48 })
    expect(waived(crowding(chosen), caps)).toEqual(['network', 'platform', 'operator'])
  })

  it('let a common platform have no more than it must where there are few others', () => {
    const common = wild(chanceOf(3).next, 200, { accounts: 1e6, blocks: 1e6, networks: 50, platforms: 1, operators: 1 })
    const rare = wild(chanceOf(4).next, 10, { accounts: 1e6, blocks: 1e6, networks: 50, platforms: 1, operators: 1 })
    const all = [...common, ...rare.map((one) => ({ ...one, keeper: one.keeper, platform: 'node-linux' as const }))]
    const caps = capsOf({ k: 16, n: 48 })
    const chosen = choosePlaces(all, 48, { oneMachine: false, caps }, randomOf(3))
    expect(crowding(chosen).platform).toBe(38)
    expect(waived(crowding(chosen), caps)).toEqual(['platform', 'operator'])
  })

  it('of those who may take over a place leave the ones that exceed them by the least', () => {
    fc.assert(
      fc.property(seeds, shapes, smallCaps, fc.nat(9), fc.nat(9), (seed, shape, caps, keepers, members) => {
        const all = wild(chanceOf(seed).next, keepers + members, shape)
        const [candidates, group] = [all.slice(members), all.slice(0, members)]
        const fitting = leastCrowding(candidates, group, caps)
        const excess = (one: KnownPlace): number[] =>
          WIDE_DOMAINS.map((domain) => {
            const there = group.filter((other) => other[domain] === one[domain]).length
            return Math.max(0, there + 1 - caps[domain])
          })
        const least = candidates.map(excess).sort(compare)[0]
        expect(fitting).toEqual(candidates.filter((one) => compare(excess(one), least ?? []) === 0))
      }),
    )
  })
})

describe('a platform', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'chromium-linux',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'chromium-windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
      'chromium-android',
    ],
    [
      'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'chromium-linux',
    ],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0', 'firefox-windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0', 'firefox-macos'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
      'webkit-macos',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1',
      'webkit-ios',
    ],
    ['Lynx/2.9', 'other-other'],
  ])('is read off what a browser says of itself: %s', (userAgent, platform) => {
    expect(platformOfBrowser(userAgent)).toBe(platform)
  })

  it('of a headless peer is its system', () => {
    expect(['linux', 'win32', 'darwin', 'sunos'].map(platformOfNode)).toEqual([
      'node-linux',
      'node-windows',
      'node-macos',
      'node-other',
    ])
  })
})

describe('keepers that collude and vanish at once', () => {
  const code = { k: 10, n: 30, repairAt: 20 }

  it('take as many packs as is calculated', () => {
    const seen = collude(code, 0.5, 1500, chanceOf(1).next)
    expect(seen.expected.whole).toBeGreaterThan(20)
    expect(isAsCalculated(seen), JSON.stringify(seen)).toBe(true)
  })

  it('take fewer where they lie together', () => {
    const { lost, expected } = collude(code, 0.5, 500, chanceOf(1).next, true)
    expect(expected.whole).toBeGreaterThan(5)
    expect(lost.whole).toBe(0)
  })
})
