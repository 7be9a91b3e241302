/** Whatever fails, and in whatever order: the laws of `tests/sim/world/laws.ts` hold in the world of every seed. */
import { describe, expect, it } from 'vitest'
import { replayOf, tellStory } from '../sim/world/told.ts'

/** More of them: `npm run soak dst`. */
const SEEDS = 20
const TOGETHER = 10
const patient = { timeout: 300_000 }

async function holds(seed: number): Promise<void> {
  const { violations } = await tellStory(seed)
  expect(violations, replayOf(seed)).toEqual([])
}

describe('owner, keepers, repairers and coordinator on machines and lines that fail', () => {
  it.for(Array.from({ length: SEEDS / TOGETHER }, (_, i) => 1 + i * TOGETHER))(
    'keep what they have promised and come to rest, in the worlds from seed %i on',
    patient,
    async (first) => {
      for (let seed = first; seed < first + TOGETHER; seed += 1) await holds(seed)
    },
  )

  it('do so in a story of days', patient, () => holds(50))

  it('do the same again when the seed is the same', patient, async () => {
    for (const seed of [1, 2, 3]) {
      const [one, other] = [await tellStory(seed), await tellStory(seed)]
      expect(one.digest, replayOf(seed)).toBe(other.digest)
      expect(one.promised).toBe(other.promised)
    }
  })
})
