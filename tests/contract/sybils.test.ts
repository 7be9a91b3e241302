import { expect, it } from 'vitest'
import { chanceOf } from '../e2e/chance.ts'
import { waveOfSybils } from '../sim/sybils.ts'

it('a wave of new keepers that claim endless room gets less than a tenth of new shards in its first 14 days', async () => {
  const wave = { honest: 80, sybils: 160, days: [0, 7, 13], groupsADay: 3, repaired: 4 }
  for (const { shards, withSybils } of await waveOfSybils(wave, chanceOf(1).next)) {
    expect(shards).toBeGreaterThanOrEqual(3 * 48)
    expect(withSybils).toBeLessThan(shards / 10)
  }
})
