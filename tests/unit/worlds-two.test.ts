/** The other half of the worlds, for another core. */
import { describe } from 'vitest'
import { holdInWorlds, SEEDS } from './worlds.ts'

describe('owner, keepers, repairers and coordinator on machines and lines that fail', () => {
  holdInWorlds(1 + SEEDS / 2, SEEDS)
})
