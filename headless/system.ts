/** Time and chance of this machine. */
import { getRandomValues } from 'node:crypto'
import type { Clock, Random } from '../src/core/clock.ts'

export const systemClock: Clock = { now: () => Date.now() }

export const systemRandom: Random = {
  bytes: (length) => getRandomValues(new Uint8Array(length)),
  fraction: () => Math.random(),
}
