import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { timeLeft } from '../../src/app/figures.ts'
import { language } from '../../src/app/language.svelte.ts'
import { Pace } from '../../src/app/time-left.ts'

beforeAll(() => language.speak('en'))

describe('time left', () => {
  test('is not guessed in the first seconds, and not when nothing moves', () => {
    const pace = new Pace()
    expect(pace.left(1000)).toBeUndefined()
    pace.add(0, 0)
    pace.add(1000, 100)
    expect(pace.left(1000)).toBeUndefined()
    for (let at = 2000; at <= 60_000; at += 1000) pace.add(at, 100)
    expect(pace.left(1000)).toBeUndefined()
  })

  test('at a steady pace both ends of the range are right', () => {
    const pace = new Pace()
    for (let at = 0; at <= 20_000; at += 500) pace.add(at, at)
    expect(pace.bytesPerSecond()).toBeCloseTo(1000)
    expect(pace.left(50_000)?.fromMs).toBeCloseTo(30_000)
    expect(pace.left(50_000)?.toMs).toBeCloseTo(30_000)
  })

  test('when the pace halves, the range spans the old and the new', () => {
    const pace = new Pace()
    for (let at = 0; at <= 30_000; at += 500) pace.add(at, 2 * at)
    for (let at = 30_500; at <= 60_000; at += 500) pace.add(at, 60_000 + (at - 30_000))
    const left = pace.left(120_000)
    expect(left?.fromMs).toBeLessThan(25_000)
    expect(left?.toMs).toBeCloseTo(30_000, -2)
  })

  test('is said as a range and never as zero', () => {
    expect(timeLeft({ fromMs: 0, toMs: 0 })).toBe('less than a minute left')
    expect(timeLeft({ fromMs: 250_000, toMs: 290_000 })).toBe('about 4–5 min left')
    expect(timeLeft({ fromMs: 30_000, toMs: 90_000 })).toBe('about 1–2 min left')
    expect(timeLeft({ fromMs: 7_200_000, toMs: 10_800_000 })).toBe('about 2–3 h left')
  })

  test('on a steady link it is right by a quarter after the first tenth, however coarse the steps are', () => {
    const link = fc.record({
      /** Mean time between two steps, and how many make up the whole. */
      gapMs: fc.integer({ min: 20, max: 3_000 }),
      steps: fc.integer({ min: 60, max: 200 }),
      /** Nothing arrives before the first packs are made. */
      beginMs: fc.integer({ min: 0, max: 20_000 }),
      jitter: fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 16, maxLength: 16 }),
    })
    fc.assert(
      fc.property(link, ({ gapMs, steps, beginMs, jitter }) => {
        const mean = jitter.reduce((sum, part) => sum + part, 0) / jitter.length
        const gaps = Array.from({ length: steps }, (_, i) => (gapMs * (jitter[i % jitter.length] ?? 1)) / mean)
        const arrivals = gaps.map(
          (
            (at) => (gap: number) =>
              (at += gap)
          )(beginMs),
        )
        const endMs = arrivals.at(-1) ?? 0
        const pace = new Pace()
        let arrived = 0
        let done = -1
        for (let now = 0; now < endMs; now += 1000) {
          while ((arrivals[arrived] ?? Infinity) <= now) arrived += 1
          pace.add(now, arrived * 1_000_000)
          expect(arrived).toBeGreaterThanOrEqual(done)
          done = arrived
          const left = pace.left(steps * 1_000_000)
          if (arrived < steps / 10) continue
          if (left === undefined) {
            expect(now - (arrivals[0] ?? 0)).toBeLessThan(10_000 + 2 * gapMs)
            continue
          }
          expect(timeLeft(left)).not.toMatch(/\b0\b/)
          const trueMs = endMs - now
          // What is on its way between two steps nobody can see.
          const unseenMs = 2 * gapMs + 1500
          expect(left.fromMs).toBeLessThanOrEqual(1.25 * trueMs + unseenMs)
          expect(left.toMs).toBeGreaterThanOrEqual(0.75 * trueMs - unseenMs)
          expect(left.toMs).toBeLessThanOrEqual(1.25 * trueMs + unseenMs)
          expect(left.fromMs).toBeGreaterThanOrEqual(0.75 * trueMs - unseenMs)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('is not said any more when everything has stopped for long', () => {
    const pace = new Pace()
    for (let at = 0; at <= 20_000; at += 500) pace.add(at, at)
    const before = pace.left(100_000)?.toMs ?? 0
    for (let at = 20_500; at <= 120_000; at += 500) pace.add(at, 20_000)
    expect(pace.left(100_000)?.toMs).toBeGreaterThan(4 * before)
    expect(pace.bytesPerSecond()).toBeLessThan(200)
  })
})
