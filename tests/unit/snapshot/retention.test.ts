import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSnapshotId, type SnapshotId } from '../../../src/core/ids.ts'
import { FOR_EVER_DAYS, presetOf, PRESETS, prunable, type KeepingRule } from '../../../src/snapshot/retention.ts'
import { DAY, HOUR } from '../../../src/core/units.ts'

interface Moment {
  readonly snapshot: SnapshotId
  readonly createdAt: number
}

const moment = (createdAt: number, i: number): Moment => ({
  snapshot: parseSnapshotId(i.toString(16).padStart(32, '0')),
  createdAt,
})
const nothing = () => false
const kept = (all: readonly Moment[], rule: KeepingRule | undefined, now: number, isProtected = nothing) => {
  const gone = new Set(prunable(all, rule, isProtected, now))
  return all.filter((one) => !gone.has(one))
}

/**
 * The same said another way: a snapshot stays when none of a later time shares its hour, day, … as calendars write
 * them, and it is young enough for one of those; or when it is the newest of all.
 */
function expected(all: readonly Moment[], rule: KeepingRule, now: number): Moment[] {
  const iso = ({ createdAt }: Moment) => new Date(createdAt).toISOString()
  const monday = ({ createdAt }: Moment) => {
    const day = new Date(createdAt)
    day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
    return day.toISOString().slice(0, 10)
  }
  const written: [number, (one: Moment) => string][] = [
    [rule.hourly, (one) => iso(one).slice(0, 13)],
    [rule.daily, (one) => iso(one).slice(0, 10)],
    [rule.weekly, monday],
    [rule.monthly, (one) => iso(one).slice(0, 7)],
    [rule.yearly, (one) => iso(one).slice(0, 4)],
  ]
  const last = written.map(([, name]) => {
    const ends = new Map<string, Moment>()
    for (const one of all) {
      const end = ends.get(name(one))
      if (end === undefined || one.createdAt > end.createdAt) ends.set(name(one), one)
    }
    return ends
  })
  const newest = all.reduce((a, b) => (a.createdAt > b.createdAt ? a : b))
  return all.filter((one) => {
    const ageDays = (now - one.createdAt) / DAY
    const isLast = written.some(([days, name], i) => ageDays < days && last[i]?.get(name(one)) === one)
    return one === newest || ageDays < rule.all || isLast
  })
}

describe('two years of a snapshot every twenty minutes', () => {
  const from = Date.UTC(2023, 11, 31, 23, 50)
  const history = Array.from({ length: 2 * 366 * 72 }, (_, i) => moment(from + i * 20 * 60_000, i))
  const now = (history.at(-1)?.createdAt ?? 0) + 1000

  test.each(['thinning', 'lean'] as const)('leave exactly what the rule %s says', (name) => {
    const left = kept(history, PRESETS[name], now)
    expect(left).toEqual(expected(history, PRESETS[name], now))
    expect(left.length).toBe({ thinning: 272, lean: 93 }[name])
  })

  test('leave everything where everything is to stay', () => {
    expect(kept(history, PRESETS.everything, now)).toEqual(history)
  })

  test('leave the end of each year for ever, the leap day counted', () => {
    const years = Array.from({ length: 400 * 366 }, (_, i) => moment(Date.UTC(1896, 0, 1, 12) + i * DAY, i))
    const rule = { all: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: FOR_EVER_DAYS }
    const at = Date.UTC(1996, 0, 1)
    const early = years.filter(({ createdAt }) => createdAt < at)
    expect(kept(early, rule, at).map(({ createdAt }) => new Date(createdAt).toISOString().slice(0, 10))).toEqual(
      Array.from({ length: 100 }, (_, i) => `${1896 + i}-12-31`),
    )
  })
})

const days = fc.constantFrom(0, 0.5, 1, 2, 7, 31, 92, 400, FOR_EVER_DAYS)
const rules = fc.record({ all: days, hourly: days, daily: days, weekly: days, monthly: days, yearly: days })
const start = Date.UTC(2024, 1, 27)
const histories = fc.array(fc.integer({ min: 1, max: 30 * 24 }), { maxLength: 60 }).map((hours) => {
  let at = start
  return hours.map((pause, i) => moment((at += (pause * HOUR) / 4), i))
})

test('what stays is what calendars say, whatever rule and history', () => {
  fc.assert(
    fc.property(rules, histories, fc.integer({ min: 0, max: 800 }), (rule, history, later) => {
      fc.pre(history.length > 0)
      const now = (history.at(-1)?.createdAt ?? 0) + later * DAY
      expect(kept(history, rule, now)).toEqual(expected(history, rule, now))
    }),
  )
})

test('the newest and what is protected always stay', () => {
  fc.assert(
    fc.property(rules, histories, fc.func(fc.boolean()), (rule, history, isProtected) => {
      fc.pre(history.length > 0)
      const gone = prunable(history, rule, isProtected, start + 4000 * DAY)
      expect(gone).not.toContain(history.at(-1))
      expect(gone.filter(({ snapshot }) => isProtected(snapshot))).toEqual([])
    }),
  )
})

test('pruning on the way, as snapshots come in, leaves what pruning once at the end does', () => {
  fc.assert(
    fc.property(
      rules,
      histories,
      fc.array(fc.nat(100)),
      fc.func(fc.boolean()),
      (rule, history, pauses, isProtected) => {
        const end = start + 900 * DAY
        let now = start
        let left: Moment[] = []
        let seen = 0
        for (const pause of [...pauses, Infinity]) {
          now = Math.min(end, now + pause * 6 * HOUR)
          const arrived = history.filter(({ createdAt }) => createdAt <= now)
          left = kept([...left, ...arrived.slice(seen)], rule, now, isProtected)
          expect(kept(left, rule, now, isProtected), 'again').toEqual(left)
          seen = arrived.length
        }
        expect(left).toEqual(kept(history, rule, end, isProtected))
      },
    ),
  )
})

test('a snapshot of the future, as of a device whose clock was wrong, stays', () => {
  const history = [moment(start, 1), moment(start + 500 * DAY, 2), moment(start + 501 * DAY, 3)]
  expect(kept(history, PRESETS.lean, start + DAY)).toEqual(history)
})

test('a rule is known by its name', () => {
  for (const name of Object.keys(PRESETS) as (keyof typeof PRESETS)[]) expect(presetOf(PRESETS[name])).toBe(name)
  expect(presetOf({ ...PRESETS.lean, daily: 8 })).toBeUndefined()
})
