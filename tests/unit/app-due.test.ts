import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueAt, everyMs, type DueFacts } from '../../src/app/due.ts'
import { drillDueAt, type DrillDueFacts } from '../../src/backup/drill-due.ts'
import { lastOf } from '../../src/core/clock.ts'
import { DAY, HOUR, MINUTE } from '../../src/core/units.ts'

const facts: DueFacts = {
  now: 100 * HOUR,
  every: 'hour',
  paused: false,
  everFinished: true,
  unfinished: false,
  lastAt: 99.5 * HOUR,
  changed: undefined,
}

describe('folders are read again', () => {
  test('when the time that was chosen is over, however late the timer is', () => {
    expect(dueAt(facts)).toBe(100.5 * HOUR)
    expect(dueAt({ ...facts, every: 'quarter' })).toBe(99.75 * HOUR)
    expect(dueAt({ ...facts, every: 'day' })).toBe(123.5 * HOUR)
    expect(dueAt({ ...facts, lastAt: 3 * HOUR })).toBeLessThan(facts.now)
    expect(dueAt({ ...facts, lastAt: undefined })).toBeLessThan(facts.now)
  })

  test('soon after the browser tells of changes, once they have calmed down or have gone on for long', () => {
    const changed = { firstAt: facts.now - 1000, lastAt: facts.now }
    const due = dueAt({ ...facts, changed }) ?? 0
    expect(due).toBeGreaterThan(facts.now)
    expect(due - facts.now).toBeLessThan(10_000)
    expect(dueAt({ ...facts, changed: { firstAt: facts.now - 200_000, lastAt: facts.now } })).toBeLessThan(facts.now)
  })

  test('on time again after a clock that ran ahead was put right', () => {
    const [wrong, right] = [1000 * HOUR, 10 * HOUR]
    expect(lastOf(right, wrong, undefined)).toBeUndefined()
    expect(lastOf(right, wrong, 9 * HOUR, 8 * HOUR)).toBe(9 * HOUR)
    const wasDue = [0, 1, 2].map((hours) => {
      const now = right + hours * HOUR
      return (dueAt({ ...facts, now, lastAt: lastOf(now, wrong) }) ?? Infinity) <= now
    })
    expect(wasDue).toEqual([true, true, true])
  })

  test('sooner when the last one did not end', () => {
    expect(dueAt({ ...facts, every: 'day', unfinished: true })).toBeLessThan(99.8 * HOUR)
  })

  const any = fc.record<DueFacts>({
    now: fc.nat(1e9),
    every: fc.constantFrom('quarter', 'hour', 'day', 'hand'),
    paused: fc.boolean(),
    everFinished: fc.boolean(),
    unfinished: fc.boolean(),
    lastAt: fc.option(fc.nat(2e9), { nil: undefined }),
    changed: fc.option(fc.record({ firstAt: fc.nat(1e9), lastAt: fc.nat(1e9) }), { nil: undefined }),
  })

  test('never while paused, never by hand only, and never before the first that a person has begun', () => {
    fc.assert(
      fc.property(any, (drawn) => {
        const may = !drawn.paused && drawn.every !== 'hand' && (drawn.everFinished || drawn.unfinished)
        expect(dueAt(drawn) !== undefined).toBe(may)
      }),
    )
  })

  test('no later than the chosen time from now, whatever was done to the clock', () => {
    fc.assert(
      fc.property(any, (drawn) => {
        const due = dueAt(drawn)
        if (due === undefined || drawn.every === 'hand') return
        expect(due - drawn.now).toBeLessThanOrEqual(everyMs[drawn.every])
      }),
    )
  })
})

describe('what is kept is proven to come back', () => {
  const now = 100 * DAY
  const calm: DrillDueFacts = {
    now,
    seenAt: now - HOUR,
    provenAt: now - DAY,
    failed: undefined,
    triedAt: undefined,
  }

  test('every week, and at once when it never was', () => {
    expect(drillDueAt(calm)).toBe(now + 6 * DAY)
    expect(drillDueAt({ ...calm, provenAt: now - 8 * DAY })).toBeLessThan(now)
    expect(drillDueAt({ ...calm, provenAt: undefined })).toBeLessThan(now)
  })

  test('sooner when it failed, and soonest when only keepers were away', () => {
    const failed = (away: boolean) => drillDueAt({ ...calm, failed: { at: now, away } }) - now
    expect(failed(false)).toBe(DAY)
    expect(failed(true)).toBeGreaterThan(HOUR)
    expect(failed(true)).toBeLessThan(failed(false))
  })

  test('never in the first minutes of a page, nor in a row after one that did not end', () => {
    const overdue = { ...calm, provenAt: undefined }
    expect(drillDueAt({ ...overdue, seenAt: now - MINUTE })).toBeGreaterThan(now)
    expect(drillDueAt({ ...overdue, triedAt: now - MINUTE })).toBeGreaterThan(now)
  })

  test('also after a clock that ran ahead was put right', () => {
    const ahead = now + 1000 * DAY
    for (const wrong of [
      { provenAt: ahead },
      { seenAt: ahead, provenAt: undefined },
      { failed: { at: ahead, away: false } },
    ])
      expect(drillDueAt({ ...calm, ...wrong })).toBeLessThanOrEqual(now)
  })
})
