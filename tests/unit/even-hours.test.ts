/** Groups whose keepers complement each other over the hours of the week. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Random } from '../../src/core/clock.ts'
import { ALL_DAY, bits, type WeekHours } from '../../src/core/week-hours.ts'
import { evenedOut, fewestThere, fillsBest, hoursThere, type TimedPlace } from '../../src/durability/even-hours.ts'
import { capsOf, crowding, WIDE_DOMAINS } from '../../src/durability/failure-domains.ts'
import { choosePlaces } from '../../src/durability/placement.ts'
import { chanceOf } from '../e2e/chance.ts'
import { wild } from '../sim/populations.ts'

const daily = (open: (hour: number) => boolean): WeekHours => Array.from({ length: 7 }, () => bits(open))
const night = daily((hour) => hour >= 20 || hour < 8)
const day = daily((hour) => hour >= 8 && hour < 20)
const code = { k: 16, n: 48 }
const rules = { oneMachine: false, caps: capsOf(code) }
const random = (seed: number): Random => ({ fraction: chanceOf(seed).next, bytes: (length) => new Uint8Array(length) })
const shape = { accounts: 1e6, blocks: 1e6, networks: 40, platforms: 6, operators: 1 }

const people = (seed: number, size: number, hours: (i: number) => WeekHours | undefined, share = (): number => 1) =>
  wild(chanceOf(seed).next, size, shape).map((place, i): TimedPlace => ({
    ...place,
    there: hoursThere(hours(i), share()),
  }))

describe('the hours of a group', () => {
  it('have k keepers at each of them where half keep by night and half by day', () => {
    for (let seed = 0; seed < 10; seed += 1) {
      // One in five keeps by night: drawn at random, ten of a group would.
      const keepers = people(seed, 200, (i) => (i % 5 === 0 ? night : day))
      const drawn = choosePlaces(keepers, code.n, rules, random(seed))
      expect(fewestThere(drawn)).toBeLessThan(code.k)
      const group = evenedOut(drawn, keepers, 30, rules)
      expect(fewestThere(group)).toBeGreaterThanOrEqual(code.k)
    }
  })

  it('are as full as they can be made where three shifts share the day', () => {
    const shifts = [0, 8, 16].map((from) => daily((hour) => hour >= from && hour < from + 8))
    const keepers = people(1, 300, (i) => shifts[i % 3])
    const drawn = choosePlaces(keepers, code.n, rules, random(1))
    expect(fewestThere(evenedOut(drawn, keepers, 30, rules))).toBeCloseTo(16)
  })

  it('are never emptier than they were drawn, in a group that is as large, as far apart and no more crowded', () => {
    const anyHours = fc.array(fc.integer({ min: 0, max: ALL_DAY }), { minLength: 7, maxLength: 7 })
    const kinds = fc.array(fc.option(anyHours, { nil: undefined }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), kinds, fc.integer({ min: 10, max: 60 }), (seed, hours, size) => {
        const chance = chanceOf(seed).next
        const keepers = people(seed, size, () => hours[Math.floor(chance() * hours.length)], chance)
        const drawn = choosePlaces(keepers, code.n, rules, random(seed))
        const group = evenedOut(drawn, keepers, 30, rules)
        expect(fewestThere(group)).toBeGreaterThanOrEqual(fewestThere(drawn) - 1e-9)
        for (const of of ['keeper', 'account', 'block'] as const) {
          expect(new Set(group.map((place) => place[of])).size).toBe(drawn.length)
        }
        for (const domain of WIDE_DOMAINS) {
          expect(crowding(group)[domain]).toBeLessThanOrEqual(Math.max(rules.caps[domain], crowding(drawn)[domain]))
        }
      }),
      { numRuns: 20 },
    )
  })

  it('leave a group as it was drawn where enough are there all the time', () => {
    const keepers = people(1, 100, (i) => (i % 3 === 0 ? night : undefined))
    const drawn = choosePlaces(keepers, code.n, rules, random(1))
    expect(evenedOut(drawn, keepers, 30, rules)).toEqual(drawn)
  })

  it('that are empty are filled first where a place is given away', () => {
    const members = people(1, 40, () => day)
    const fitting = people(2, 10, (i) => (i === 7 ? night : day))
    expect(fillsBest(fitting, members, 30)).toBe(fitting[7])
    const allDay: readonly WeekHours[] = []
    const others = people(3, 40, (i) => allDay[i])
    expect(fillsBest(fitting, others, 30)).toBe(fitting[0])
    expect(fillsBest<TimedPlace>([], members, 30)).toBeUndefined()
  })
})
