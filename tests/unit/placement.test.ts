import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccountId, DeviceId } from '../../src/core/ids.ts'
import type { Place } from '../../src/durability/failure-domains.ts'
import { happiness, placesApart, type ShardPlace } from '../../src/durability/placement.ts'

const place = (keeper: number, account: number, block: number): Place => ({
  keeper: `keeper ${keeper}` as DeviceId,
  account: `account ${account}` as AccountId,
  block: `block ${block}`,
})
const apart = { oneMachine: false }
const together = { oneMachine: true }

const areApart = (places: readonly Place[], { oneMachine }: { oneMachine: boolean }): boolean =>
  new Set(places.map(({ account }) => account)).size === places.length &&
  (oneMachine || new Set(places.map(({ block }) => block)).size === places.length)

/** Every subset, so small ones only. */
const subsets = <T>(all: readonly T[]): T[][] =>
  all.reduce<T[][]>((sets, item) => [...sets, ...sets.map((set) => [...set, item])], [[]])

const small = fc
  .array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 9 })
  .map((pairs) => pairs.map(([account, block], keeper) => place(keeper, account, block)))
const rules = fc.record({ oneMachine: fc.boolean() })

describe('places apart', () => {
  it('finds as many places apart as there are, and never two in one failure domain', () => {
    fc.assert(
      fc.property(small, rules, fc.nat(10), (candidates, rules, wanted) => {
        const chosen = placesApart(candidates, wanted, rules)
        const most = Math.max(...subsets(candidates).map((set) => (areApart(set, rules) ? set.length : 0)))
        expect(areApart(chosen, rules)).toBe(true)
        expect(chosen.every((one) => candidates.includes(one))).toBe(true)
        expect(chosen).toHaveLength(Math.min(wanted, most))
      }),
    )
  })

  it('succeeds where taking the first that fits would fail', () => {
    // The first candidate takes account 1 and block 1, which are the only hope of the two others.
    const candidates = [place(0, 1, 1), place(1, 1, 2), place(2, 2, 1)]
    expect(placesApart(candidates, 2, apart)).toEqual([candidates[1], candidates[2]])
  })

  it('prefers earlier candidates and keeps their order', () => {
    const candidates = Array.from({ length: 64 }, (_, i) => place(i, i, i))
    expect(placesApart(candidates, 48, apart)).toEqual(candidates.slice(0, 48))
  })

  it('places 48 shards over 64 keepers, also when they share addresses in pairs of unlike accounts', () => {
    const paired = Array.from({ length: 96 }, (_, i) => place(i, i % 64, (7 * i) % 48))
    expect(placesApart(paired, 48, apart)).toHaveLength(48)
    const oneAddress = Array.from({ length: 64 }, (_, i) => place(i, i, 0))
    expect(placesApart(oneAddress, 48, apart)).toHaveLength(1)
    expect(placesApart(oneAddress, 48, together)).toHaveLength(48)
  })
})

describe('happiness', () => {
  const held = fc
    .array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)), { maxLength: 8 })
    .map((triples) =>
      triples.map(([index, account, block], keeper): ShardPlace => ({ index, ...place(keeper, account, block) })),
    )
  const best = (holders: readonly ShardPlace[], rules: { oneMachine: boolean }): number =>
    Math.max(
      ...subsets(holders)
        .filter((set) => areApart(set, rules) && new Set(set.map(({ index }) => index)).size === set.length)
        .map((set) => set.length),
    )

  it('is never more than the shards that lie apart', () => {
    fc.assert(
      fc.property(held, rules, (holders, rules) => {
        expect(happiness(holders, rules)).toBeLessThanOrEqual(best(holders, rules))
      }),
    )
  })

  it('is exact where keepers share all or nothing', () => {
    const whole = held.map((holders) => holders.map((one) => ({ ...one, block: `block of ${one.account}` })))
    fc.assert(
      fc.property(whole, rules, (holders, rules) => {
        expect(happiness(holders, rules)).toBe(best(holders, rules))
      }),
    )
  })

  it('counts a keeper of two indices once, and one index at two keepers once', () => {
    expect(happiness([], apart)).toBe(0)
    const twoIndices = [0, 1].map((index): ShardPlace => ({ index, ...place(1, 1, 1) }))
    expect(happiness(twoIndices, apart)).toBe(1)
    const twoKeepers = [1, 2].map((who): ShardPlace => ({ index: 0, ...place(who, who, who) }))
    expect(happiness(twoKeepers, apart)).toBe(1)
  })

  it('of everything at one address is one, unless one machine is all there is', () => {
    const holders = Array.from({ length: 6 }, (_, i): ShardPlace => ({ index: i, ...place(i, i, 0) }))
    expect(happiness(holders, apart)).toBe(1)
    expect(happiness(holders, together)).toBe(6)
  })
})
