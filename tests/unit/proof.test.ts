import { describe, expect, test } from 'vitest'
import { rememberedOf } from '../../src/backup/drill-remembered.ts'
import { isElsewhere, isStruck, unprovenSince } from '../../src/backup/proof.ts'
import type { DrillFailure, DrillReport } from '../../src/backup/drill.ts'
import { idOf, parseAccountId, parseDeviceId, parseSnapshotId } from '../../src/core/ids.ts'
import { DAY, HOUR } from '../../src/core/units.ts'
import { noise } from '../sim/network.ts'

const account = idOf(parseAccountId, noise('account', 32))
const device = idOf(parseDeviceId, noise('laptop', 32))
const phone = idOf(parseDeviceId, noise('phone', 32))
const snapshot = idOf(parseSnapshotId, noise('snapshot', 16))
const self = { account, device }

const failure: DrillFailure = { stage: 'content', code: 'decrypt-failed', detail: '', device, source: 'b', away: false }
const report = (endedAt: number, failures: readonly DrillFailure[], proven: readonly string[]): DrillReport => ({
  endedAt,
  sources: proven.map((name) => ({ device, snapshot, name, files: 1, bytes: 1, proven: true })),
  sourcesLeft: 0,
  files: 1,
  bytes: 1,
  packsChecked: 1,
  packs: 1,
  packsRead: 1,
  bytesRead: 7,
  failures,
})

describe('what is remembered of a drill', () => {
  test('each source keeps the date on which it last came back, also when its turn did not come or it failed', () => {
    const first = rememberedOf(report(DAY, [], ['a', 'b']), undefined, self)
    const second = rememberedOf(report(8 * DAY, [failure], ['a']), first, self)
    expect([...second.sources]).toEqual([
      ['a', 8 * DAY],
      ['b', DAY],
    ])
    expect(second).toMatchObject({ provenAt: DAY, failed: { at: 8 * DAY, since: 8 * DAY } })
  })

  test('failures in a row are one until something is proven again, and what failed is known for the next', () => {
    const first = rememberedOf(report(DAY, [failure], []), undefined, self)
    const second = rememberedOf(report(2 * DAY, [failure], []), first, self)
    expect(second.failed).toMatchObject({ at: 2 * DAY, since: DAY, failures: [{ source: 'b', stage: 'content' }] })
    const well = rememberedOf(report(3 * DAY, [], ['b']), second, self)
    expect([well.provenAt, well.failed]).toEqual([3 * DAY, undefined])
    expect(rememberedOf(report(4 * DAY, [failure], []), well, self).failed?.since).toBe(4 * DAY)
  })

  test('what another device has backed up says nothing about the sources here', () => {
    const { sources, failed } = rememberedOf(
      {
        ...report(DAY, [{ ...failure, device: phone }], []),
        sources: [{ device: phone, snapshot, name: 'a', files: 1, bytes: 1, proven: true }],
      },
      undefined,
      self,
    )
    expect(sources.size).toBe(0)
    expect(failed && [isStruck(failed, 'b', device), isElsewhere(failed, device)]).toEqual([false, true])
  })
})

describe('a failed drill', () => {
  const failedOf = (...failures: DrillFailure[]) => rememberedOf(report(DAY, failures, []), undefined, self).failed

  test('strikes the source it was in, all of a device where that is not known, and everything when the head is gone', () => {
    const struck = (...failures: DrillFailure[]) => {
      const failed = failedOf(...failures)
      return failed && ['a', 'b'].map((name) => isStruck(failed, name, device))
    }
    expect(struck(failure)).toEqual([false, true])
    expect(struck({ ...failure, source: undefined })).toEqual([true, true])
    expect(struck({ ...failure, source: undefined, device: undefined })).toEqual([true, true])
    expect(struck({ ...failure, device: phone })).toEqual([false, false])
  })

  test('worries at once when data is missing, and after a day when only keepers are away', () => {
    expect(unprovenSince(undefined, 9 * DAY)).toBeUndefined()
    expect(unprovenSince(failedOf(failure), DAY)).toBe(DAY)
    const away = failedOf({ ...failure, away: true })
    expect(unprovenSince(away, DAY + 23 * HOUR)).toBeUndefined()
    expect(unprovenSince(away, 2 * DAY)).toBe(DAY)
    expect(unprovenSince(failedOf(failure, { ...failure, away: true }), DAY)).toBe(DAY)
  })
})
