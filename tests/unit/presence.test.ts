/** What presence says of a peer: how long it may be away, and that what was not seen counts against nobody. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attendanceAt,
  came,
  firstSeen,
  goneAtOf,
  graceOf,
  shareHere,
  shareOnline,
  went,
  type PresenceHistory,
} from '../../src/durability/presence.ts'
import { ALL_DAY, bits } from '../../src/core/week-hours.ts'

const minutes = (count: number) => count * 60_000
const hours = (count: number) => count * 60 * 60_000
const days = (count: number) => hours(24) * count

/** A peer after absences of these lengths, each followed by an hour online; online since the time it says. */
function after(absencesMs: readonly number[], from = days(1000)): PresenceHistory {
  let [history, at] = [firstSeen(from), from]
  for (const awayMs of absencesMs) {
    at += hours(1)
    history = went(history, at)
    at += awayMs
    history = came(history, at)
  }
  return history
}

describe('a peer that is away', () => {
  it('is waited for 48 hours as long as little is known of it, and is gone until it comes back', () => {
    const left = went(firstSeen(0), hours(5))
    expect(attendanceAt(left, hours(5))).toBe('here')
    expect(attendanceAt(left, hours(5 + 48) - 1)).toBe('late')
    expect(attendanceAt(left, hours(5 + 48))).toBe('gone')
    expect(goneAtOf(left)).toBe(hours(53))
    const back = came(left, days(30))
    expect(attendanceAt(back, days(300))).toBe('here')
    expect(goneAtOf(back)).toBeUndefined()
  })

  it('is not missed outside of the hours that it has stated, through a year of weekends', () => {
    const weekends = [0, 0, 0, 0, 0, ALL_DAY, ALL_DAY]
    // 1970 began with a Thursday.
    let [history, monday] = [firstSeen(days(2)), days(4)]
    for (let week = 0; week < 52; week += 1) {
      history = went(history, monday, undefined, weekends)
      for (let hour = 0; hour < 5 * 24; hour += 1) expect(attendanceAt(history, monday + hours(hour))).toBe('here')
      history = came(history, monday + days(5))
      monday += days(7)
    }
    expect(history.absencesMs).toEqual([])
  })

  it('is missed all the same when it stays away in its hours, and within a week more however few they are', () => {
    const nights = Array.from({ length: 7 }, () => bits((hour) => hour < 8))
    const left = went(firstSeen(0), days(3), undefined, nights)
    // 48 hours of grace are six nights.
    expect(goneAtOf(left)).toBe(days(8) + hours(8))
    const hardly = went(firstSeen(0), days(3), undefined, [1, 0, 0, 0, 0, 0, 0])
    expect(goneAtOf(hardly)).toBe(days(3 + 2 + 7))
    const always = went(
      firstSeen(0),
      days(3),
      undefined,
      Array.from({ length: 7 }, () => ALL_DAY),
    )
    expect(goneAtOf(always)).toBe(days(5))
  })

  it('is waited for as long as 99 of 100 of its own absences took', () => {
    const usual = Array.from({ length: 99 }, (_, i) => hours(1 + i / 10))
    expect(graceOf(after([...usual.slice(0, 98), hours(60), hours(90)]))).toBe(hours(60))
    expect(graceOf(after([...usual, hours(90)]))).toBe(hours(24)) // one outlier of a hundred is none of its habits
    expect(graceOf(after(Array.from({ length: 9 }, () => hours(1))))).toBe(hours(48))
    expect(graceOf(after(Array.from({ length: 10 }, () => hours(1))))).toBe(hours(24))
    expect(graceOf(after(Array.from({ length: 10 }, () => days(20))))).toBe(hours(96))
  })

  it('is waited for between 24 and 96 hours whatever it did, and longer only for longer absences', () => {
    const spans = fc.array(fc.integer({ min: 0, max: days(40) }), { maxLength: 150 })
    fc.assert(
      fc.property(spans, (absences) => {
        const grace = graceOf(after(absences))
        expect(grace).toBeGreaterThanOrEqual(hours(24))
        expect(grace).toBeLessThanOrEqual(hours(96))
        expect(after(absences).absencesMs.length).toBeLessThanOrEqual(100)
        if (absences.length >= 20) {
          expect(graceOf(after(absences.map((ms) => ms + hours(1))))).toBeGreaterThanOrEqual(grace)
        }
      }),
    )
  })

  it('for a blink was not away', () => {
    const blinks = Array.from({ length: 200 }, () => minutes(9))
    expect(after(blinks).absencesMs).toEqual([])
    expect(graceOf(after([...Array.from({ length: 10 }, () => hours(50)), ...blinks]))).toBe(hours(50))
  })

  it('is late when it is away longer than nine times of ten', () => {
    const steady = went(after(Array.from({ length: 20 }, () => hours(3))), days(2000))
    expect(attendanceAt(steady, days(2000) + hours(3) - 1)).toBe('here')
    expect(attendanceAt(steady, days(2000) + hours(3))).toBe('late')
    const unknown = went(firstSeen(0), 0)
    expect(attendanceAt(unknown, hours(12) - 1)).toBe('here')
    expect(attendanceAt(unknown, hours(12))).toBe('late')
  })
})

describe('an announced absence', () => {
  it('is waited for beyond the grace, seven days at most', () => {
    const history = firstSeen(0)
    expect(goneAtOf(went(history, 0, days(3)))).toBe(days(3 + 2))
    expect(goneAtOf(went(history, 0, days(70)))).toBe(days(7 + 2))
    expect(goneAtOf(went(history, days(5), days(1)))).toBe(days(5 + 2)) // its time has passed
    expect(attendanceAt(went(history, 0, days(3)), days(3))).toBe('here')
  })

  it('has a budget of fourteen days in ninety, of which only waiting beyond the grace is taken', () => {
    let [history, at] = [firstSeen(0), 0]
    const away = (announcedMs: number, tookMs: number) => {
      const left = went(history, at, at + announcedMs)
      const waits = (goneAtOf(left) ?? 0) - at - graceOf(left)
      history = came(left, (at += tookMs))
      at += hours(1)
      return waits
    }
    for (let night = 0; night < 30; night += 1) expect(away(hours(12), hours(12))).toBe(hours(12))
    expect(away(days(7), days(9))).toBe(days(7))
    expect(away(days(7), days(7))).toBe(days(7)) // five beyond the grace of two
    expect(away(days(7), days(7))).toBe(days(2))
    expect(away(days(7), days(7))).toBe(0)
    at += days(90)
    expect(away(days(7), days(7))).toBe(days(7))
  })

  it('says nothing of how long it stays away without a word', () => {
    let [history, at] = [firstSeen(0), 0]
    for (let night = 0; night < 40; night += 1) {
      history = came(went(history, at, at + hours(10)), at + hours(10))
      at += hours(24)
    }
    expect(history.absencesMs).toEqual([])
    expect(came(went(history, at, at + hours(10)), at + hours(40)).absencesMs).toEqual([hours(30)])
  })
})

describe('hours of the day', () => {
  it('tell the share of the time online, and fade', () => {
    let history = firstSeen(0)
    const day = (number: number, from: number, to: number) => {
      history = came(history, days(number) + hours(from))
      history = went(history, days(number) + hours(to))
    }
    expect(shareOnline(history, 8)).toBeUndefined()
    for (let number = 0; number < 60; number += 1) day(number, number === 0 ? 0 : 8, 20)
    expect(shareOnline(history, 10)).toBeCloseTo(1)
    expect(shareOnline(history, 21)).toBe(0)
    for (let number = 60; number < 220; number += 1) day(number, 20, 22)
    expect(shareOnline(history, 10)).toBeLessThan(0.05)
    expect(shareOnline(history, 21)).toBeGreaterThan(0.95)
  })

  it('say how much of its time a peer is there, up to now, and nothing before two days', () => {
    let history = firstSeen(0)
    expect(shareHere(history, days(2) - 1)).toBeUndefined()
    expect(shareHere(history, days(2))).toBe(1)
    for (let number = 0; number < 30; number += 1) {
      history = went(came(history, days(number)), days(number) + hours(18))
    }
    expect(shareHere(history, days(30))).toBeCloseTo(0.75)
    expect(shareHere(history, days(45))).toBeLessThan(0.5)
  })
})

describe('the time', () => {
  it('of a clock that was put back is no absence', () => {
    const back = came(went(firstSeen(days(10)), days(11)), days(9))
    expect(back.absencesMs).toEqual([])
    expect(attendanceAt(back, days(9))).toBe('here')
  })
})
