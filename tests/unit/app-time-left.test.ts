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
})
