import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_ROUNDS } from '../../src/durability/audit-schedule.ts'
import {
  after,
  afterVerdict,
  isBarred,
  isOut,
  isVetted,
  newReputation,
  renewed,
  standingOf,
  type AuditResult,
  type Reputation,
} from '../../src/durability/reputation.ts'
import { live, seeded, type Audited, type AuditedLife } from '../sim/audited.ts'
import { DAY } from '../../src/core/units.ts'

const GAP_MS = DAY / 8

/** Results one after another, eight a day. */
function through(results: readonly AuditResult[], from = newReputation(0), at = 0): { of: Reputation; now: number } {
  let now = at
  const of = results.reduce((reputation, result) => after(reputation, result, (now += GAP_MS)), from)
  return { of, now }
}
const times = (count: number, result: AuditResult): AuditResult[] => Array.from({ length: count }, () => result)
const vetted = (): { of: Reputation; now: number } => through(times(120, 'proven'))
const stateOf = ({ of, now }: { of: Reputation; now: number }) => standingOf(of, now)

describe('vetting', () => {
  it('takes 100 leaves and 14 days, both', () => {
    expect(stateOf(through(times(99, 'proven')))).toMatchObject({ state: 'new', leaves: 1 })
    expect(stateOf(through(times(111, 'proven')))).toMatchObject({ state: 'new', leaves: 0, notBefore: 14 * DAY })
    expect(stateOf(through(times(112, 'proven')))).toMatchObject({ state: 'vetted', reason: 'proven' })
    expect(standingOf(through(times(99, 'proven')).of, 100 * DAY).state).toBe('new')
    expect(isVetted(newReputation(0), 1000 * DAY)).toBe(false)
  })
})

describe('a standing', () => {
  it('is suspended while others get nothing, whatever it proves, and what it keeps counts for nothing until they do', () => {
    for (const verdict of ['withholds', 'unreachable'] as const) {
      const before = vetted()
      const of = afterVerdict(before.of, verdict, undefined, before.now)
      const proving = through(times(500, 'proven'), of, before.now)
      expect(stateOf(proving)).toMatchObject({ state: 'suspended', leaves: 3, auditScore: 1 })
      expect([isOut(proving.of, proving.now), isBarred(proving.of)]).toEqual([true, true])
      const almost = afterVerdict(proving.of, undefined, 1, proving.now)
      expect(standingOf(almost, proving.now)).toMatchObject({ state: 'suspended', leaves: 1 })
      const good = afterVerdict(almost, 'serves', 0, proving.now)
      expect(standingOf(good, proving.now).state).toBe('vetted')
      expect([isOut(good, proving.now), isBarred(good)]).toEqual([false, false])
    }
    // Nobody's word is needed for one of whom nothing is known.
    expect(afterVerdict(newReputation(0), undefined, undefined, 0)).toEqual(newReputation(0))
  })

  it('is not freed of it by the end of another suspension', () => {
    const wrong = through(['wrong'], vetted().of, vetted().now)
    const both = { ...wrong, of: afterVerdict(wrong.of, 'withholds', undefined, wrong.now) }
    expect(stateOf(both)).toMatchObject({ state: 'suspended', reason: 'wrong' })
    expect(stateOf(through(times(60, 'proven'), both.of, both.now))).toMatchObject({ reason: 'withheld' })
  })

  it('is warned by one lost leaf, and good again after as many leaves as it says', () => {
    const lost = through(['missing'], vetted().of, vetted().now)
    const standing = stateOf(lost)
    expect(standing).toMatchObject({ state: 'warned', reason: 'lost' })
    const almost = through(times(standing.leaves - 1, 'proven'), lost.of, lost.now)
    expect(stateOf(almost)).toMatchObject({ state: 'warned', leaves: 1 })
    expect(stateOf(through(['proven'], almost.of, almost.now)).state).toBe('vetted')
  })

  it('is suspended by one wrong leaf at once, new or known, and new again after a week and 56 leaves in a row', () => {
    for (const before of [vetted(), through([])]) {
      const wrong = through(['wrong'], before.of, before.now)
      expect(stateOf(wrong)).toMatchObject({ state: 'suspended', reason: 'wrong', leaves: 56 })
      const almost = through(times(55, 'proven'), wrong.of, wrong.now)
      expect(stateOf(almost)).toMatchObject({ state: 'suspended', leaves: 1 })
      expect(stateOf(through(['missing'], almost.of, almost.now))).toMatchObject({ state: 'suspended', leaves: 56 })
      expect(stateOf(through(['proven'], almost.of, almost.now))).toMatchObject({ state: 'new', leaves: 100 })
      // All leaves in one day do not shorten the week.
      const hurried = times(60, 'proven').reduce((of) => after(of, 'proven', wrong.now + 1), wrong.of)
      expect(standingOf(hurried, wrong.now + 1)).toMatchObject({ state: 'suspended', leaves: 0 })
    }
  })

  it('is out with the second wrong leaf within 90 days, and begins anew 90 days later', () => {
    const wrong = through(['wrong'])
    const cured = through(times(56, 'proven'), wrong.of, wrong.now)
    for (const second of [wrong, cured]) {
      const twice = through(['wrong'], second.of, second.now)
      expect(stateOf(twice)).toMatchObject({ state: 'out', reason: 'wrong', notBefore: twice.now + 90 * DAY })
      expect(stateOf(through(times(500, 'proven'), twice.of, twice.now)).state).toBe('out')
      const later = twice.now + 90 * DAY
      expect(standingOf(twice.of, later)).toMatchObject({ state: 'new', leaves: 100 })
      expect(renewed(twice.of, later)).toEqual(newReputation(later))
    }
    const late = { of: cured.of, now: cured.now + 91 * DAY }
    expect(stateOf(through(['wrong'], late.of, late.now)).state).toBe('suspended')
  })

  it('is suspended for a leaf that was never shown, and as before after a day of audits, but warned', () => {
    const silent = through(['silent'], vetted().of, vetted().now)
    expect(stateOf(silent)).toMatchObject({ state: 'suspended', reason: 'silent', leaves: 8 })
    const cured = through(times(8, 'proven'), silent.of, silent.now)
    expect(stateOf(cured).state).toBe('warned')
    expect(isVetted(cured.of, cured.now)).toBe(true)
  })

  it('is not mended by silence: what a wrong leaf has earned stays', () => {
    const both = through(['wrong', 'silent'])
    expect(stateOf(both)).toMatchObject({ state: 'suspended', reason: 'wrong', leaves: 56 })
  })

  it('is suspended when one leaf of twenty is gone, and out when one of five is', () => {
    const lossy = (of: number, periods: number): Reputation =>
      through(Array.from({ length: periods }, () => [...times(of - 1, 'proven'), 'missing' as const]).flat()).of
    expect(standingOf(lossy(40, 50), 0).state).toBe('warned')
    expect(standingOf(lossy(16, 50), 0)).toMatchObject({ state: 'suspended', reason: 'lost' })
    expect(standingOf(lossy(4, 100), 0)).toMatchObject({ state: 'out', reason: 'lost' })
  })

  it('is never worse than warned for answers that only come late', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('late', 'proven'), { maxLength: 300 }), (results) => {
        const lived = through(results)
        expect(['new', 'vetted', 'warned']).toContain(stateOf(lived).state)
      }),
    )
    expect(stateOf(through(times(50, 'late'), vetted().of, vetted().now))).toMatchObject({
      state: 'warned',
      reason: 'late',
    })
  })

  it('stays what it was through an outage of two hours', () => {
    // Every half hour, which is as often as an unanswered leaf can be asked for again.
    const outage = through(times(4, 'late'), vetted().of, vetted().now)
    expect(4).toBeLessThan(MOST_ROUNDS)
    expect(stateOf(outage).state).toBe('vetted')
  })

  it('has scores between 0 and 1, a reason, and an end that can be reached, whatever has happened', () => {
    const result = fc.constantFrom<AuditResult>('proven', 'wrong', 'missing', 'silent', 'late')
    fc.assert(
      fc.property(fc.array(result, { maxLength: 80 }), (results) => {
        let { of, now } = through(results)
        for (const score of [stateOf({ of, now }).auditScore, stateOf({ of, now }).onlineScore]) {
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(1)
        }
        // What the standing asks for is enough to come to a better one, and in the end to the best.
        for (let steps = 0; stateOf({ of, now }).state !== 'vetted'; steps += 1) {
          expect(steps).toBeLessThan(8)
          const { leaves, notBefore } = stateOf({ of, now })
          now = Math.max(now, (notBefore ?? now) - leaves * GAP_MS)
          ;({ of, now } = through(times(Math.max(1, leaves), 'proven'), of, now))
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('in the long run', () => {
  const keeper: Audited = { shards: 1000, honestFor: 0, dropped: 0, says: 'nothing', late: 0 }

  it.each(
    (['wrong', 'missing', 'nothing'] as const).flatMap((says) =>
      [10, 100, 266, 267, 300].map((shards) => ({ says, shards, honestFor: 15 })),
    ),
  )(
    'a vetted keeper of $shards shards that drops a tenth and says $says is found within 7 days in 99 of 100 runs',
    (who) => {
      // The same chance every time: as close as this is to the line, one run of hundreds would be on the other side of it.
      const random = seeded(2)
      const lives = Array.from({ length: 1000 }, () => live({ ...keeper, ...who, dropped: 0.1, late: 0.05 }, 7, random))
      const isFound = ({ worst }: AuditedLife) =>
        worst === 'suspended' || worst === 'out' || (worst === 'warned' && who.says === 'missing')
      expect(lives.filter(isFound).length).toBeGreaterThanOrEqual(990)
    },
  )

  it.each(
    (['eight hours', 'half'] as const).flatMap((there) =>
      (['wrong', 'nothing'] as const).map((says) => ({ there, says, shards: 267, honestFor: 15 })),
    ),
  )('the same of one that is there for $there of the day and says $says: away, it misses no leaf', (who) => {
    const random = seeded(1)
    const lives = Array.from({ length: 500 }, () => live({ ...keeper, ...who, dropped: 0.1, late: 0.05 }, 7, random))
    const found = lives.filter(({ worst }) => worst === 'suspended' || worst === 'out').length
    // The line of 99 % is held over 5,000 in `npm run soak audits`; 500 have three standard errors of 1.3 %.
    expect(found).toBeGreaterThanOrEqual(488)
  })

  it('an honest keeper with 5 % late answers is never suspended in ten years', () => {
    const random = seeded(1)
    // A hundred years here; a thousand times ten years in `npm run soak audits`.
    for (let run = 0; run < 10; run += 1) {
      const { worst, results, asked } = live({ ...keeper, late: 0.05 }, 3652, random)
      expect(asked).toBeGreaterThan(29_000)
      expect(results.late).toBeGreaterThan(1000)
      expect(['new', 'warned', 'vetted']).toContain(worst)
    }
    // What the rules leave to chance: so many in a row, at 29,200 leaves.
    expect(29_200 * 0.05 ** MOST_ROUNDS).toBeLessThan(0.001)
  })

  it('an honest keeper that answers in time is vetted after 14 days and stays so', () => {
    const { last, worst } = live(keeper, 15, seeded(1))
    expect(last.state).toBe('vetted')
    expect(worst).toBe('new')
  })
})
