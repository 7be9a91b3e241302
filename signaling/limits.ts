/** How much one address or one device may ask for. Generous: a room full of peers behind one address is a normal thing. */
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { KeeptabError } from '../src/core/errors.ts'
import type { Millis } from '../src/core/units.ts'

/** What is counted, and against whom. */
export type Limit =
  | 'request-of-address'
  | 'request-of-device'
  | 'sign-in-of-address'
  | 'socket-of-address'
  | 'pairing-of-address'
  | 'tickets-of-address'
  | 'tickets-of-device'

const perMinute: Readonly<Record<Limit, number>> = {
  'request-of-address': 30_000,
  'request-of-device': 6000,
  'sign-in-of-address': 1200,
  'socket-of-address': 1200,
  'pairing-of-address': 300,
  // Of whole packs: each takes as many signatures as it has holders.
  'tickets-of-address': 6000,
  'tickets-of-device': 3000,
}
/** With all peers on one machine its address is everybody's. */
const ONE_MACHINE_FACTOR = 20

export interface Limits {
  /** Counts one, or as many as are named. @throws KeeptabError `too-many-requests` */
  count(limit: Limit, who: string, times?: number): Promise<void>
}

export function createLimits({ oneMachine }: { readonly oneMachine: boolean }): Limits {
  const limiters = new Map<Limit, RateLimiterMemory>()
  const limiterOf = (limit: Limit): RateLimiterMemory => {
    const known = limiters.get(limit)
    if (known !== undefined) return known
    const points = perMinute[limit] * (oneMachine ? ONE_MACHINE_FACTOR : 1)
    const made = new RateLimiterMemory({ keyPrefix: limit, points, duration: 60 })
    limiters.set(limit, made)
    return made
  }
  return {
    async count(limit, who, times = 1) {
      try {
        await limiterOf(limit).consume(who, times)
      } catch (thrown) {
        // The library rejects with its count, and with an Error only when it is broken.
        throw thrown instanceof Error ? thrown : new KeeptabError('too-many-requests')
      }
    },
  }
}

/** Messages one socket may send: a burst (a peer dials 48 others at once), then a steady rate (threats.md, T31). */
const BURST = 2000
const PER_SECOND = 50

/** Takes one from a bucket that refills; false when it is empty. */
export function createBucket(): () => boolean {
  let left = BURST
  let at: Millis = performance.now()
  return () => {
    const now = performance.now()
    left = Math.min(BURST, left + ((now - at) / 1000) * PER_SECOND)
    at = now
    if (left < 1) return false
    left -= 1
    return true
  }
}
