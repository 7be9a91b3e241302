/** Worlds that every test run tells; more of them: `npm run soak dst`. */
import { expect, it } from 'vitest'
import { LAWS } from '../sim/world/laws.ts'
import { replayOf, tellStory, type ToldStory } from '../sim/world/told.ts'

export const SEEDS = 200
const TOGETHER = 10
export const patient = { timeout: 300_000 }

/** Those of the seeds from `first` to `last`. @returns what was told by seed, once these tests have run */
export function holdInWorlds(first: number, last: number): ReadonlyMap<number, ToldStory> {
  const all = new Map<number, ToldStory>()
  it.for(Array.from({ length: (last + 1 - first) / TOGETHER }, (_, i) => first + i * TOGETHER))(
    'keep what they have promised and come to rest, in the worlds from seed %i on',
    patient,
    async (from) => {
      for (let seed = from; seed < from + TOGETHER; seed += 1) {
        const told = await tellStory(seed)
        all.set(seed, told)
        expect(told.violations, replayOf(seed)).toEqual([])
      }
    },
  )

  it.for(LAWS)('%s: that was put to the test in one of these worlds at least', (law) => {
    expect(all.size).toBe(last + 1 - first)
    const tests = [...all.values()].map(({ tested }) => tested[law] ?? 0)
    expect(tests.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
  })
  return all
}
