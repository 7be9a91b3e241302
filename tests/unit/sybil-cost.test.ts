import { describe, expect, it, test } from 'vitest'
import { DAY, GB } from '../../src/core/units.ts'
import { drawWeight } from '../../src/durability/presence.ts'
import { chanceToHold, costToHold, type HonestNetwork } from '../../src/durability/sybil-cost.ts'
import { chanceOf } from '../e2e/chance.ts'
import { captured } from '../sim/sybils.ts'

const code = { k: 16, n: 48 }
const network: HonestNetwork = {
  weight: 1000 * drawWeight(20 * GB, 60 * DAY),
  lifetime: 60 * DAY,
  groups: 1000,
  shardBytes: 10_000 * GB,
}

test('a claim of endless room weighs as much as one of 50 GB, and waiting counts no more than sixtyfold', () => {
  expect(drawWeight(Infinity, 0)).toBe(drawWeight(50 * GB, 0))
  expect(drawWeight(GB, 10_000 * DAY)).toBe(60 * GB)
})

describe('the cost to hold n \u2212 k + 1 shards of a group', () => {
  it.each([
    { code: { k: 2, n: 6 }, honest: 60, sybils: 140, waited: 0 },
    { code: { k: 2, n: 6 }, honest: 90, sybils: 30, waited: 2 },
    { code: { k: 4, n: 12 }, honest: 140, sybils: 60, waited: 3 },
  ])('is what drawing comes to: $code.k of $code.n, $honest honest, $sybils not, $waited lives', ({ code, ...who }) => {
    const groups = 400
    const seen = captured(code, { ...who, groups }, chanceOf(7).next)
    const chance = chanceToHold(code, seen.share, who.waited, 1)
    const error = 3 * Math.sqrt((chance * (1 - chance)) / groups)
    expect(seen.captured).toBeLessThan(chance + error)
    expect(seen.captured).toBeGreaterThan(chance * 0.6 - error)
  })

  it('falls with time, and is less for any group than for a given one', () => {
    let before = Infinity
    for (const days of [0, 30, 90, 365]) {
      const [given, any] = (['given', 'any'] as const).map((of) => costToHold(code, of, days * DAY, network))
      if (given === undefined || any === undefined) throw new Error('There are two.')
      expect(given.share).toBeLessThan(before)
      expect(any.share).toBeLessThan(given.share)
      expect(any.accounts).toBeLessThanOrEqual(given.accounts)
      expect(given.days).toBe(14 + days)
      expect(chanceToHold(code, given.share, days * DAY, network.lifetime)).toBeCloseTo(0.5)
      before = given.share
    }
  })

  it('is never less than a block for each shard, and networks for all of them', () => {
    const cost = costToHold(code, 'any', 3650 * DAY, { ...network, weight: 1 })
    expect(cost).toMatchObject({ accounts: 33, blocks: 33, networks: 4 })
  })

  it('counts what must be kept meanwhile', () => {
    const waited = 90 * DAY
    const { share, gbDays, gb } = costToHold(code, 'given', waited, network)
    let sum = 0
    const held = (at: number): number => 1 - (1 - share) * Math.exp((-share * at) / network.lifetime)
    for (let i = 0; i < 1000; i += 1) sum += (held(((i + 0.5) * waited) / 1000) * network.shardBytes * 0.09) / GB
    expect(gbDays / sum).toBeCloseTo(1, 4)
    expect(gb).toBeCloseTo((held(waited) * network.shardBytes) / GB)
  })
})
