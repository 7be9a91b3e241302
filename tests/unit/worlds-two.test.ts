/** The other half of the worlds, for another core. */
import { describe, expect, it } from 'vitest'
import { holdInWorlds, SEEDS } from './worlds.ts'

describe('owner, keepers, repairers and coordinator on machines and lines that fail', () => {
  const told = holdInWorlds(1 + SEEDS / 2, SEEDS)

  it.for([
    [
      'two keepers are off for a night, and the coordinator for a week',
      125,
      'leaving',
      'of two is off for a night, and the coordinator for a week',
    ],
    [
      'a stolen phone has unlisted and condemned everything, and is removed',
      175,
      'stolen',
      'unlists and condemns everything',
    ],
  ] as const)('%s, in world %i', ([, seed, story, what]) => {
    expect(told.get(seed)).toMatchObject({ story, faults: { [what]: expect.any(Number) as number } })
  })
})
