import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  believe,
  noticeKinds,
  nothingTold,
  problemsIn,
  tell,
  usualSettings,
  withAllKinds,
  wrongsOf,
  type NoticeFacts,
  type Wrongs,
} from '../../src/app/notices.ts'
import { isWithinHours } from '../../src/core/hours.ts'
import type { NoticeKind, RememberedNotices } from '../../src/store/indexeddb-page-memory.ts'
import { DAY } from '../../src/core/units.ts'

const NOON = 12
const NIGHT = 23

const things = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'))
const wrongs: fc.Arbitrary<Wrongs> = fc.record({
  'at-risk': fc.option(things, { nil: undefined }),
  'overdue': things,
  'failed': fc.option(things, { nil: undefined }),
  'unproven': things,
  'permission': things,
  'lost': fc.option(things, { nil: undefined }),
})
const none: Wrongs = { 'at-risk': [], 'overdue': [], 'failed': [], 'unproven': [], 'permission': [], 'lost': [] }

/** What is shown in each of many looks, with what was remembered going from one to the next. */
function looks(each: readonly { readonly wrongs: Wrongs; readonly hour: number }[], from = nothingTold) {
  let remembered: RememberedNotices = from
  return each.map(({ wrongs, hour }) => {
    const told = tell(wrongs, remembered, hour)
    // It goes through a database in between.
    remembered = structuredClone(told.remembered)
    return told.show
  })
}

describe('each thing is told once', () => {
  test('what stays wrong is not told again, however often one looks', () => {
    fc.assert(
      fc.property(wrongs, fc.integer({ min: 2, max: 9 }), (wrong, times) => {
        const shown = looks(Array.from({ length: times }, () => ({ wrongs: wrong, hour: NOON })))
        expect(shown[0]).toEqual(noticeKinds.filter((kind) => (wrong[kind]?.length ?? 0) > 0))
        expect(shown.slice(1).flat()).toEqual([])
      }),
    )
  })

  test('in any history a thing is told as often as it comes up', () => {
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(fc.constantFrom('a', 'b'))), (history) => {
        const shown = looks(history.map((permission) => ({ wrongs: { ...none, permission }, hour: NOON })))
        history.forEach((now, i) => {
          const before = history[i - 1] ?? []
          expect(shown[i]).toEqual(now.some((thing) => !before.includes(thing)) ? ['permission'] : [])
        })
      }),
    )
  })

  test('what cannot be known for a while is neither cleared nor raised', () => {
    const failed: Wrongs = { ...none, failed: ['backup'] }
    const unknown: Wrongs = { ...none, failed: undefined }
    const day = [failed, unknown, failed, none, unknown, failed].map((wrong) => ({ wrongs: wrong, hour: NOON }))
    expect(looks(day)).toEqual([['failed'], [], [], [], [], ['failed']])
  })

  test('a kind that is switched off is not told, and is when it is switched on and still wrong', () => {
    const off = { ...nothingTold, settings: { ...usualSettings, on: { ...usualSettings.on, lost: false } } }
    const wrong: Wrongs = { ...none, lost: ['1'] }
    const { show, remembered } = tell(wrong, off, NOON)
    expect(show).toEqual([])
    expect(tell(wrong, { ...remembered, settings: usualSettings }, NOON).show).toEqual(['lost'])
  })
})

describe('quiet hours', () => {
  const hours = fc.nat(23)

  test('a span of hours holds each hour once around the clock, also past midnight', () => {
    fc.assert(
      fc.property(hours, hours, (from, to) => {
        const within = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => isWithinHours(hour, from, to))
        expect(within).toHaveLength((to - from + 24) % 24)
        expect(within.every((hour) => (hour - from + 24) % 24 < (to - from + 24) % 24)).toBe(true)
      }),
    )
  })

  test('nothing is shown in them, and afterwards everything that is still wrong, once', () => {
    fc.assert(
      fc.property(fc.array(wrongs, { minLength: 1 }), (night) => {
        const last = night.at(-1) ?? none
        const still = Object.fromEntries(noticeKinds.map((kind) => [kind, last[kind] ?? []])) as unknown as Wrongs
        const shown = looks([
          ...night.map((wrong) => ({ wrongs: wrong, hour: NIGHT })),
          ...[still, still].map((wrong) => ({ wrongs: wrong, hour: NOON })),
        ])
        expect(shown.slice(0, night.length).flat()).toEqual([])
        expect(shown[night.length]).toEqual(noticeKinds.filter((kind) => (still[kind]?.length ?? 0) > 0))
        expect(shown.at(-1)).toEqual([])
      }),
    )
  })

  test('a loss of the night is told in the morning, though the tab that saw it is gone', () => {
    const [lost, unknown]: Wrongs[] = [
      { ...none, lost: ['1'] },
      { ...none, lost: undefined },
    ]
    const at = (wrong: Wrongs | undefined, hour: number) => ({ wrongs: wrong ?? none, hour })
    expect(looks([at(lost, NIGHT), at(unknown, NIGHT), at(unknown, NOON), at(unknown, NOON)])).toEqual([
      [],
      [],
      ['lost'],
      [],
    ])
  })
})

describe('what is wrong', () => {
  const well: NoticeFacts = {
    backedUpAt: 100 * DAY,
    folders: 1,
    failed: false,
    unprovenSince: undefined,
    disconnected: [],
    lost: 0,
    atRisk: [],
    openedAt: 0,
  }
  const kindsWrong = (facts: Partial<NoticeFacts>, now: number, remembered = nothingTold): NoticeKind[] => {
    const wrong = wrongsOf({ ...well, ...facts }, remembered, now)
    return noticeKinds.filter((kind) => (wrong[kind]?.length ?? 0) > 0)
  }

  test('a backup is overdue after the days that were set, and never without a folder or before the first', () => {
    expect(kindsWrong({}, 102 * DAY - 1)).toEqual([])
    expect(kindsWrong({}, 102 * DAY)).toEqual(['overdue'])
    expect(kindsWrong({ folders: 0 }, 999 * DAY)).toEqual([])
    expect(kindsWrong({ backedUpAt: undefined }, 999 * DAY)).toEqual([])
    const patient = { ...nothingTold, settings: { ...usualSettings, overdueDays: 14 } }
    expect(kindsWrong({}, 114 * DAY - 1, patient)).toEqual([])
    expect(kindsWrong({}, 114 * DAY, patient)).toEqual(['overdue'])
  })

  test('a drill that fails again is the same thing, and one that fails after it was proven is a new one', () => {
    const failing = (since: number) => wrongsOf({ ...well, unprovenSince: since }, nothingTold, 100 * DAY).unproven
    expect(failing(1)).toEqual(failing(1))
    expect(failing(2)).not.toEqual(failing(1))
    expect(kindsWrong({ unprovenSince: 1 }, 100 * DAY)).toEqual(['unproven'])
  })

  test('a folder at risk is told once while it lasts, also while nobody knows, and again when it is at risk again', () => {
    const at = (atRisk: string[] | undefined) => wrongsOf({ ...well, atRisk }, nothingTold, 100 * DAY)
    const seen = looks(
      [['a'], ['a'], undefined, ['a'], [], ['a'], ['a', 'b']].map((atRisk) => ({ wrongs: at(atRisk), hour: NOON })),
    )
    expect(seen.map((kinds) => kinds.length)).toEqual([1, 0, 0, 0, 0, 1, 1])
  })

  test('of a kind that an earlier version did not know nothing was told, and it is on', () => {
    const { unproven: on, ...otherKinds } = usualSettings.on
    const { unproven: told, ...otherTold } = nothingTold.told
    const old = {
      settings: { ...usualSettings, on: { ...otherKinds, failed: false } },
      told: otherTold,
      held: otherTold,
    }
    const now = withAllKinds(old as unknown as RememberedNotices)
    expect([on, told]).toEqual([true, []])
    expect(now).toEqual({ ...nothingTold, settings: { ...usualSettings, on: { ...usualSettings.on, failed: false } } })
  })

  test('the next backup makes the next delay a new thing', () => {
    const late = (backedUpAt: number) => wrongsOf({ ...well, backedUpAt }, nothingTold, 999 * DAY)
    const { remembered } = tell(late(100 * DAY), nothingTold, NOON)
    expect(tell(late(100 * DAY), remembered, NOON).show).toEqual([])
    expect(tell(late(200 * DAY), remembered, NOON).show).toEqual(['overdue'])
  })

  test('however the clock jumps, a backup is overdue after the days that were set, and not years later', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 5000 }), (nowDay, aheadDays) => {
        // Made while the clock ran ahead; then it was put right and went on.
        const [now, backedUpAt] = [nowDay * DAY, (nowDay + aheadDays) * DAY]
        let remembered = nothingTold
        const at = (days: number) => {
          remembered = believe(remembered, backedUpAt, now + days * DAY)
          return kindsWrong({ backedUpAt }, now + days * DAY, remembered)
        }
        expect(at(0)).toEqual([])
        expect(at(1)).toEqual([])
        expect(at(2)).toEqual(['overdue'])
        // It jumps back behind the backup: not overdue, and again after the days that were set at the latest.
        expect(at(-1)).toEqual([])
        expect(at(2)).toEqual(['overdue'])
      }),
    )
  })

  test('pieces that are lost later are a new thing; only what waits for the person counts in the badge', () => {
    const lost = (lost: number) => wrongsOf({ ...well, lost }, nothingTold, 100 * DAY)
    const { remembered } = tell(lost(3), nothingTold, NOON)
    expect(tell(lost(3), remembered, NOON).show).toEqual([])
    expect(tell(lost(8), remembered, NOON).show).toEqual(['lost'])
    expect(problemsIn(lost(8))).toBe(0)
    expect(problemsIn(wrongsOf({ ...well, failed: true, disconnected: ['x', 'y'] }, nothingTold, 999 * DAY))).toBe(3)
  })
})
