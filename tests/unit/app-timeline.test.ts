import { expect, test } from 'vitest'
import { daysOf, neighbourOf } from '../../src/app/timeline.ts'
import type { SnapshotSummary } from '../../src/backup/events.ts'
import { idOf, parseDeviceId, parseSnapshotId } from '../../src/core/ids.ts'

const [desk, lap] = [1, 2].map((byte) => idOf(parseDeviceId, new Uint8Array(32).fill(byte)))
if (desk === undefined || lap === undefined) throw new Error('there are two devices')

const made = (count: number, device: typeof desk, at: Date): SnapshotSummary => ({
  id: idOf(parseSnapshotId, new Uint8Array(16).fill(count)),
  device,
  createdAt: at.getTime(),
  sources: ['home'],
  files: 1,
  bytes: 1,
  disputed: false,
})
// The calendar of whoever looks, whichever that is where the test runs.
const all = [
  made(5, desk, new Date(2026, 2, 2, 0, 5)),
  made(4, lap, new Date(2026, 2, 1, 23, 55)),
  made(3, desk, new Date(2026, 2, 1, 0, 0)),
  made(2, lap, new Date(2026, 1, 28, 12, 0)),
  made(1, desk, new Date(2025, 1, 28, 12, 0)),
]
const ids = (of: readonly SnapshotSummary[]) => of.map(({ id }) => Number.parseInt(id.slice(0, 2), 16))

test('a day holds what was backed up on it by the calendar here, newest first, and the same day of another year is another', () => {
  expect(daysOf(all).map(({ snapshots }) => ids(snapshots))).toEqual([[5], [4, 3], [2], [1]])
  expect(daysOf(all.filter(({ device }) => device === lap)).map(({ snapshots }) => ids(snapshots))).toEqual([[4], [2]])
  expect(daysOf(all.slice(0, 2)).map(({ snapshots }) => ids(snapshots))).toEqual([[5], [4]])
})

test('a snapshot is compared with the one before it of its device, then with any before it, then with what came after', () => {
  const before = (index: number, of = all) => {
    const one = of[index]
    const found = one && neighbourOf(of, one)
    return found && ids([found])[0]
  }
  expect(before(0)).toBe(3)
  expect(before(1)).toBe(2)
  expect(before(3)).toBe(1)
  expect(before(4)).toBe(2)
  expect(before(0, all.slice(0, 1))).toBeUndefined()
})
