/** Which of a pack's shards count, and what follows for it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { healthOf, type KnownShard } from '../../src/durability/health.ts'
import { redundancyOf, type Redundancy } from '../../src/durability/redundancy.ts'

const code = (k: number, n: number): Redundancy => {
  const redundancy = redundancyOf(k, n)
  if (redundancy === undefined) throw new Error('no such code')
  return redundancy
}
const codes = [code(2, 6), code(4, 12), code(8, 24), code(16, 48), code(16, 32)]
const shards = (count: number, attendance: KnownShard['attendance'], from = 0): KnownShard[] =>
  Array.from({ length: count }, (_, i) => ({ index: from + i, attendance, out: false }))

describe('the levels of a pack', () => {
  it.each([
    [48, 'healthy'],
    [31, 'healthy'],
    [30, 'repair'],
    [24, 'repair'],
    [23, 'urgent'],
    [20, 'urgent'],
    [19, 'alarm'],
    [16, 'alarm'],
    [15, 'lost'],
    [0, 'lost'],
  ])('with %i of 48 shards is %s', (count, level) => {
    const health = healthOf([...shards(count, 'here'), ...shards(48 - count, 'gone', count)], code(16, 48))
    expect(health).toMatchObject({ level, live: count, risk: count - 16 })
    expect(health.missing).toEqual(level !== 'healthy' ? Array.from({ length: 48 - count }, (_, i) => count + i) : [])
  })

  it('wait for whoever is late, unless the pack is in danger', () => {
    // 24 are here: late ones are waited for, and only what is gone is made again.
    const patient = healthOf([...shards(24, 'here'), ...shards(6, 'late', 24)], code(16, 48))
    expect(patient).toMatchObject({ level: 'repair', live: 30 })
    expect(patient.missing).toHaveLength(18)
    expect(healthOf([...shards(24, 'here'), ...shards(24, 'late', 24)], code(16, 48)).level).toBe('healthy')
    // One less, and nobody waits any more.
    const urgent = healthOf([...shards(23, 'here'), ...shards(25, 'late', 23)], code(16, 48))
    expect(urgent).toMatchObject({ level: 'urgent', live: 23, risk: 7 })
    expect(urgent.missing).toHaveLength(25)
    expect(healthOf([...shards(19, 'here'), ...shards(29, 'late', 19)], code(16, 48)).level).toBe('alarm')
    // Even with fewer than k here, those that are late may still be read from.
    expect(healthOf([...shards(3, 'here'), ...shards(40, 'late', 3)], code(16, 48)).level).toBe('alarm')
  })

  it('count an index once, whoever keeps it, and none beyond the code', () => {
    const twice = [...shards(9, 'here'), ...shards(9, 'here'), ...shards(9, 'late'), ...shards(20, 'here', 24)]
    expect(healthOf(twice, code(8, 24))).toMatchObject({ level: 'alarm', live: 9, risk: 1 })
    // A keeper that is gone and its successor: the index lives.
    const succeeded = [...shards(24, 'gone'), ...shards(24, 'here')]
    expect(healthOf(succeeded, code(8, 24))).toMatchObject({ level: 'healthy', live: 24, missing: [] })
  })

  it('do not count whoever is out, online or not', () => {
    const out = shards(5, 'here').map((shard) => ({ ...shard, out: true }))
    expect(healthOf([...out, ...shards(19, 'here', 5)], code(8, 24))).toMatchObject({ level: 'healthy', live: 19 })
    const health = healthOf([...out, ...shards(3, 'gone', 5), ...shards(16, 'late', 8)], code(8, 24))
    expect(health).toMatchObject({ level: 'alarm', live: 0 })
  })

  it('never get better when a keeper is worse, and never name a live shard as missing', () => {
    const rank = ['healthy', 'repair', 'urgent', 'alarm', 'lost']
    const worse = { here: 'late', late: 'gone', gone: 'gone' } as const
    const attendance = fc.constantFrom<KnownShard['attendance']>('here', 'late', 'gone')
    fc.assert(
      fc.property(
        fc.constantFrom(...codes),
        fc.array(fc.record({ index: fc.integer({ min: 0, max: 60 }), attendance, out: fc.boolean() }), {
          maxLength: 90,
        }),
        fc.nat(),
        (redundancy, known, which) => {
          const before = healthOf(known, redundancy)
          const after = healthOf(
            known.map((shard, i) =>
              i === which % known.length ? { ...shard, attendance: worse[shard.attendance] } : shard,
            ),
            redundancy,
          )
          expect(rank.indexOf(after.level)).toBeGreaterThanOrEqual(rank.indexOf(before.level))
          expect(before.risk).toBe(before.live - redundancy.k)
          if (before.missing.length > 0) expect(before.missing.length).toBe(redundancy.n - before.live)
        },
      ),
    )
  })
})
