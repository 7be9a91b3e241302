/** Whatever fails, and in whatever order: the laws of `tests/sim/world/laws.ts` hold in the world of every seed. */
import { describe, expect, it } from 'vitest'
import { replayOf, tellStory } from '../sim/world/told.ts'
import { holdInWorlds, patient, SEEDS } from './worlds.ts'

describe('owner, keepers, repairers and coordinator on machines and lines that fail', () => {
  holdInWorlds(1, SEEDS / 2)

  it('do the same again when the seed is the same', patient, async () => {
    for (const seed of [1, 2, 3]) {
      const [one, other] = [await tellStory(seed), await tellStory(seed)]
      expect(one.digest, replayOf(seed)).toBe(other.digest)
      expect(one.promised).toBe(other.promised)
    }
  })
})
