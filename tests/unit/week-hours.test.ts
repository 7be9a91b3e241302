import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/core/units.ts'
import {
  ALL_DAY,
  always,
  bits,
  closedMs,
  isOpenAt,
  nextOpen,
  openHours,
  type WeekHours,
} from '../../src/core/week-hours.ts'
import { hoursAt, restated, shareKept, type StatedHours } from '../../src/durability/stated-hours.ts'

const anyHours = fc.array(fc.integer({ min: 0, max: ALL_DAY }), { minLength: 7, maxLength: 7 })
const anyTime = fc.integer({ min: 0, max: 400 * DAY }).map((at) => Math.round(at / MINUTE) * MINUTE)
const nights: WeekHours = Array.from({ length: 7 }, () => bits((hour) => hour >= 22 || hour < 7))

describe('hours of the week', () => {
  it('begin on Monday, in UTC', () => {
    const mondayAtNine = [1 << 9, 0, 0, 0, 0, 0, 0]
    expect(isOpenAt(mondayAtNine, Date.UTC(2026, 10, 23, 9, 59))).toBe(true)
    expect(isOpenAt(mondayAtNine, Date.UTC(2026, 10, 23, 10))).toBe(false)
    expect(isOpenAt(mondayAtNine, Date.UTC(2026, 10, 24, 9))).toBe(false)
    expect([openHours(mondayAtNine), openHours(nights), openHours(always)]).toEqual([1, 63, 168])
  })

  it('open next at the first time that is open, and are closed for as long as every minute says', () => {
    fc.assert(
      fc.property(anyHours, anyTime, fc.integer({ min: 0, max: 20 * 24 }), (hours, from, quarters) => {
        const to = from + quarters * 37 * MINUTE
        let closed = 0
        for (let at = from; at < to; at += MINUTE) if (!isOpenAt(hours, at)) closed += MINUTE
        expect(closedMs(hours, from, to)).toBe(closed)
        const next = nextOpen(hours, from)
        if (openHours(hours) > 0) expect(isOpenAt(hours, next)).toBe(true)
        for (let at = from; at < next; at += HOUR / 4) expect(isOpenAt(hours, at)).toBe(false)
      }),
      { numRuns: 30 },
    )
  })
})

describe('the hours that a keeper states', () => {
  it('hold from the first midnight on that is a day away, and the ones before until then', () => {
    const at = Date.UTC(2026, 10, 23, 15)
    const once = restated({}, nights, at)
    expect(hoursAt(once, at)).toBeUndefined()
    const from = Date.UTC(2026, 10, 25)
    expect(hoursAt(once, from - 1)).toBeUndefined()
    expect(hoursAt(once, from)).toEqual(nights)
    const off = restated(once, undefined, from + HOUR)
    expect(hoursAt(off, from + DAY)).toEqual(nights)
    expect(hoursAt(off, from + 2 * DAY)).toBeUndefined()
    // Saying the same again, as each announcement does, puts nothing off.
    expect(restated(once, nights, at + HOUR)).toEqual(once)
    expect(hoursAt(restated(once, nights, from + 1), from + 1)).toEqual(nights)
  })

  it('that change more often than once a day never hold', () => {
    fc.assert(
      fc.property(fc.array(anyHours, { minLength: 2, maxLength: 60 }), anyTime, (words, from) => {
        let stated: StatedHours = {}
        for (const [i, hours] of words.entries()) {
          stated = restated(stated, [...hours.slice(0, 6), i], from + i * 23 * HOUR)
          expect(hoursAt(stated, from + i * 23 * HOUR)).toBeUndefined()
        }
      }),
    )
  })

  it('of less than three hours a day are none', () => {
    const few = restated({}, [ALL_DAY & 0xf_ffff, 0, 0, 0, 0, 0, 0], 0)
    expect(hoursAt(few, 10 * DAY)).toBeUndefined()
    const enough = restated({}, [ALL_DAY & 0x1f_ffff, 0, 0, 0, 0, 0, 0], 0)
    expect(hoursAt(enough, 10 * DAY)).toBeDefined()
  })

  it('bring no more shards than keeping does: neither more nor none of them said', () => {
    expect(shareKept(nights, undefined)).toBeCloseTo(9 / 24)
    expect(shareKept(undefined, 9 / 24)).toBeCloseTo(9 / 24)
    expect(shareKept(always, 9 / 24)).toBeCloseTo(9 / 24)
    expect(shareKept(nights, 1)).toBeCloseTo(9 / 24)
  })
})
