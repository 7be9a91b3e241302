/** Worlds that every test run tells; more of them: `npm run soak dst`. */
import { expect, it } from 'vitest'
import { replayOf, tellStory } from '../sim/world/told.ts'

export const SEEDS = 200
const TOGETHER = 10
export const patient = { timeout: 300_000 }

/** Those of the seeds from `first` to `last`. */
export function holdInWorlds(first: number, last: number): void {
  it.for(Array.from({ length: (last + 1 - first) / TOGETHER }, (_, i) => first + i * TOGETHER))(
    'keep what they have promised and come to rest, in the worlds from seed %i on',
    patient,
    async (from) => {
      for (let seed = from; seed < from + TOGETHER; seed += 1) {
        const { violations } = await tellStory(seed)
        expect(violations, replayOf(seed)).toEqual([])
      }
    },
  )
}
