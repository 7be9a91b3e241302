import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  inUtc,
  machineWallClock,
  nights,
  restAt,
  weekends,
  withHours,
  type RestRules,
  type WallClock,
} from '../../src/keeping/limits.ts'
import { HOUR } from '../../src/core/units.ts'
import { ALL_DAY, always, isOpen, isOpenAt } from '../../src/core/week-hours.ts'

const WEEK = 7 * 24 * HOUR

/** The wall clock of a place, by the rules of its country. */
function wallClockIn(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
  })
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
  return (at) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
    return {
      weekday: days.indexOf(part['weekday'] ?? ''),
      hour: Number(part['hour']),
      month: `${part['year'] ?? ''}-${part['month'] ?? ''}`,
    }
  }
}
/** With a clock that is put forward and back, half an hour from the others, and put by half an hour. */
const places = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
].map((zone) => [zone, wallClockIn(zone)] as const)

const nothingMoved = { month: '', bytes: 0 }
const rules = (change: Partial<RestRules>): RestRules => ({
  limits: {},
  pause: undefined,
  moved: nothingMoved,
  wallClock: wallClockIn('UTC'),
  ...change,
})

const anyHours = fc.array(fc.integer({ min: 0, max: ALL_DAY }), { minLength: 7, maxLength: 7 })
/** Of 2026, with both changes of the clock in it. */
const anyTime = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) })
const anyPlace = fc.constantFrom(...places)

describe('hours of the week', () => {
  it('a simulated week obeys the grid in every place, also when the clock is put forward or back', () => {
    const check = fc.property(anyHours, anyTime, anyPlace, (hours, from, [, wallClock]) => {
      for (let at = from; at < from + WEEK; at += 37 * 60_000) {
        const { weekday, hour } = wallClock(at)
        const rest = restAt(at, rules({ limits: { hours }, wallClock }))
        expect(rest === undefined).toBe(isOpen(hours, weekday, hour))
        if (rest !== undefined) expect(rest.why).toBe('hours')
      }
    })
    fc.assert(check, { numRuns: 20 })
  })

  it('the time of return is the first that is open, and none when no hour is', () => {
    const check = fc.property(anyHours, anyTime, anyPlace, (hours, now, [, wallClock]) => {
      const all = rules({ limits: { hours }, wallClock })
      const rest = restAt(now, all)
      if (rest === undefined) return
      if (hours.every((day) => day === 0)) {
        expect(rest.until).toBeUndefined()
        return
      }
      const until = rest.until ?? 0
      expect(until).toBeGreaterThan(now)
      expect(restAt(until, all)).toBeUndefined()
      expect(restAt(until - 1, all)).toEqual({ why: 'hours', until })
    })
    fc.assert(check, { numRuns: 200 })
  })

  it('goes on at two in the morning of the day on which that hour does not exist, and rests through both of its autumn', () => {
    const berlin = wallClockIn('Europe/Berlin')
    const atTwo = withHours(
      always.map(() => 0),
      true,
      (_, hour) => hour === 2,
    )
    const hours = { limits: { hours: atTwo }, wallClock: berlin }
    // 29 March 2026: after 01:59 comes 03:00, so the next two o'clock is a day later.
    expect(restAt(Date.UTC(2026, 2, 28, 23), rules(hours))?.until).toBe(Date.UTC(2026, 2, 30, 0))
    // 25 October 2026: two o'clock comes twice, at 00:00 and 01:00 UTC.
    expect(restAt(Date.UTC(2026, 9, 25, 0, 30), rules(hours))).toBeUndefined()
    expect(restAt(Date.UTC(2026, 9, 25, 1, 30), rules(hours))).toBeUndefined()
    expect(restAt(Date.UTC(2026, 9, 25, 2), rules(hours))?.until).toBe(Date.UTC(2026, 9, 26, 1))
  })

  it('presets say what their names say', () => {
    for (let weekday = 0; weekday < 7; weekday += 1) {
      for (let hour = 0; hour < 24; hour += 1) {
        expect(isOpen(always, weekday, hour)).toBe(true)
        expect(isOpen(nights, weekday, hour)).toBe(hour >= 22 || hour < 7)
        expect(isOpen(weekends, weekday, hour)).toBe(weekday >= 5)
      }
    }
  })

  it('changing some hours leaves the others as they were', () => {
    const check = fc.property(anyHours, fc.boolean(), fc.nat(6), fc.nat(23), (hours, open, day, at) => {
      const changed = withHours(hours, open, (weekday, hour) => weekday === day || hour === at)
      for (let weekday = 0; weekday < 7; weekday += 1) {
        for (let hour = 0; hour < 24; hour += 1) {
          const expected = weekday === day || hour === at ? open : isOpen(hours, weekday, hour)
          expect(isOpen(changed, weekday, hour)).toBe(expected)
        }
      }
    })
    fc.assert(check)
  })

  it('this machine’s wall clock shows what its calendar does', () => {
    const date = new Date(2026, 10, 27, 23, 59)
    expect(machineWallClock(date.getTime())).toEqual({ weekday: 4, hour: 23, month: '2026-11' })
  })
})

describe('a month and a pause', () => {
  const december = Date.UTC(2026, 11)

  it('a month that is used up ends with the month of the calendar, where the person is', () => {
    for (const [zone, wallClock] of places) {
      const used = rules({ limits: { monthBytes: 5 }, moved: { month: '2026-11', bytes: 5 }, wallClock })
      const rest = restAt(Date.UTC(2026, 10, 27), used)
      expect(rest?.why, zone).toBe('month')
      expect(wallClock(rest?.until ?? 0).month, zone).toBe('2026-12')
      expect(wallClock((rest?.until ?? 0) - 1).month, zone).toBe('2026-11')
    }
    const left = rules({ limits: { monthBytes: 5 }, moved: { month: '2026-11', bytes: 4 } })
    expect(restAt(december - HOUR, left)).toBeUndefined()
  })

  it('a pause ends when it was promised, or when its person says so', () => {
    expect(restAt(10, rules({ pause: { until: 20 } }))).toEqual({ why: 'pause', until: 20 })
    expect(restAt(20, rules({ pause: { until: 20 } }))).toBeUndefined()
    expect(restAt(10, rules({ pause: {} }))).toEqual({ why: 'pause' })
  })

  it('goes on only when nothing stands in the way any more, and is promised for then', () => {
    const monday = Date.UTC(2026, 10, 30)
    const paused = rules({
      limits: { hours: withHours(always, false, (weekday) => weekday === 0), monthBytes: 1 },
      pause: { until: monday + HOUR },
      moved: { month: '2026-11', bytes: 1 },
    })
    expect(restAt(monday - 24 * HOUR, paused)).toEqual({ why: 'month', until: december })
    const forEver = rules({ limits: { monthBytes: 1 }, pause: {}, moved: { month: '2026-11', bytes: 1 } })
    expect(restAt(monday, forEver)).toEqual({ why: 'month' })
  })
})

describe('hours for the coordinator', () => {
  it('are those in UTC of which a keeper keeps the whole, wherever it is and whatever its clock does that week', () => {
    fc.assert(
      fc.property(anyHours, anyTime, anyPlace, (hours, from, [, wallClock]) => {
        const utc = inUtc(hours, from, wallClock)
        const first = Math.floor(from / HOUR) * HOUR
        for (let at = first; at < first + WEEK; at += HOUR) {
          const keeps = [0, 15, 30, 45].every((minutes) => {
            const { weekday, hour } = wallClock(at + minutes * 60_000)
            return isOpen(hours, weekday, hour)
          })
          expect(isOpenAt(utc, at)).toBe(keeps)
        }
      }),
      { numRuns: 20 },
    )
  })
})
