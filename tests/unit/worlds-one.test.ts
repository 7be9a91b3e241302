/** Whatever fails, and in whatever order: the laws of `tests/sim/world/laws.ts` hold in the world of every seed. */
import { describe, expect, it } from 'vitest'
import { replayOf, tellStory } from '../sim/world/told.ts'
import { holdInWorlds, patient, SEEDS } from './worlds.ts'

describe('owner, keepers, repairers and coordinator on machines and lines that fail', () => {
  const told = holdInWorlds(1, SEEDS / 2)

  it.for([
    ['two keepers rest, and say until when', 25, 'leaving', 'of two rests, and says until when'],
    ['a stolen phone has everything condemned, and is removed', 75, 'stolen', 'condemns everything'],
    ['the owner is gone for ever, and so is every keeper of its time', 90, 'alone', 'keepers of the first hour gone'],
    ['the coordinator is away for a week', 100, 'days', 'coordinator away for a week'],
  ] as const)('%s, in world %i', ([, seed, story, what]) => {
    expect(told.get(seed)).toMatchObject({ story, faults: { [what]: expect.any(Number) as number } })
  })

  it('do the same again when the seed is the same', patient, async () => {
    for (const seed of [1, 2, 3]) {
      const other = await tellStory(seed)
      expect(told.get(seed), replayOf(seed)).toMatchObject({ digest: other.digest, promised: other.promised })
    }
  })
})
