import { expect, test } from 'vitest'
import { weighted } from '../../signaling/candidates.ts'
import type { StoredKeeper } from '../../signaling/db/stores.ts'
import type { AccountId, DeviceId } from '../../src/core/ids.ts'
import { NO_PLATFORM } from '../../src/core/platform.ts'
import { DAY, GiB } from '../../src/core/units.ts'
import { chanceOf } from '../e2e/chance.ts'

const NOW = 1000 * DAY

const keeper = (name: string, freeBytes: number, ageDays: number | undefined): StoredKeeper => ({
  keeper: name as DeviceId,
  account: name as AccountId,
  block: name,
  platform: NO_PLATFORM,
  stated: {},
  seenShare: undefined,
  knownSince: ageDays === undefined ? undefined : NOW - ageDays * DAY,
  seenAt: NOW,
  limitBytes: freeBytes,
  freeBytes,
  paused: false,
})

/** How often the second comes before the first. */
function wins(first: StoredKeeper, second: StoredKeeper): number {
  const random = { fraction: chanceOf(5).next, bytes: (length: number) => new Uint8Array(length) }
  let count = 0
  for (let i = 0; i < 4000; i += 1) if (weighted([first, second], random, NOW)[0] === second) count += 1
  return count / 4000
}

test.each([
  ['of two alike each comes first half of the time', keeper('a', GiB, 10), keeper('b', GiB, 10), 1 / 2],
  [
    'who has three times the room comes first three times as often',
    keeper('a', GiB, 10),
    keeper('b', 3 * GiB, 10),
    3 / 4,
  ],
  [
    'who stayed for a month comes first four times as often as a newcomer',
    keeper('a', GiB, 0),
    keeper('b', GiB, 30),
    4 / 5,
  ],
  ['who is not known yet is a newcomer', keeper('a', GiB, undefined), keeper('b', GiB, 0), 1 / 2],
  ['a clock that was put back makes nobody worse than a newcomer', keeper('a', GiB, -9), keeper('b', GiB, 0), 1 / 2],
])('%s', (_law, first, second, share) => {
  expect(Math.abs(wins(first, second) - share)).toBeLessThan(0.03)
})
