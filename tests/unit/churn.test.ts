import { describe, expect, test } from 'vitest'
import { DAY } from '../../src/core/units.ts'
import { repairTraffic } from '../../src/durability/forecast.ts'
import { chanceOf } from '../e2e/chance.ts'
import { simulateChurn, type ChurnOptions } from '../sim/churn.ts'
import { EventQueue } from '../sim/event-queue.ts'
import { calculatedLosses } from '../sim/calculated-losses.ts'
import { splitLosses } from '../sim/splitting.ts'
import { LIFETIME, REPLACED } from '../soak/owner-away.ts'

const options = (k: number, n: number, repairAt: number, lifetimeDays: number, more: Partial<ChurnOptions> = {}) => ({
  peers: 1000,
  years: 1,
  packs: 500,
  code: { k, n, repairAt },
  repair: true,
  availability: 0.5,
  lifetime: lifetimeDays * DAY,
  lifetimes: 'alike' as const,
  absences: 'short' as const,
  grace: 2 * DAY,
  preferLasting: false,
  ...more,
})
const run = (of: ChurnOptions, seed = 1) => simulateChurn(of, chanceOf(seed))

describe('the simulated network', () => {
  test.each([
    ['(2,6) repaired at 4', options(2, 6, 4, 30, { peers: 600, packs: 300 })],
    ['(10,20) repaired at 15', options(10, 20, 15, 20, { peers: 600, packs: 100 })],
    ['(16,48) that nobody repairs', options(16, 48, 30, 60, { repair: false, years: 0.15, packs: 150, peers: 2500 })],
    ['a code without spare shards', options(3, 3, 3, 60, { repair: false, years: 0.1, packs: 400 })],
  ])('%s loses as many packs as is calculated', (_name, of) => {
    const { packsLost } = run(of)
    const { least, most } = calculatedLosses(of) ?? { least: NaN, most: NaN }
    expect(packsLost).toBeGreaterThanOrEqual(least)
    expect(packsLost).toBeLessThanOrEqual(most)
    expect(least).toBeGreaterThan(0)
  })

  test('repairs move as many bytes as the closed form says, within a quarter', () => {
    const of = options(16, 48, 30, 60, { peers: 200, packs: 60, years: 0.4 })
    const { trafficPerByteMonth, packsLost } = run(of)
    expect(packsLost).toBe(0)
    expect(Math.abs(trafficPerByteMonth / repairTraffic(of.code, of) - 1)).toBeLessThan(0.25)
  })

  test('an owner that is there moves only the shards it makes, and leaves strangers nearly nothing to do', () => {
    const of = options(16, 48, 30, 60, { peers: 200, packs: 60, years: 0.4, owners: 1 })
    const { repairs, ownRepairs, trafficPerByteMonth } = run(of)
    expect(ownRepairs).toBeGreaterThan(0.9 * repairs)
    expect(trafficPerByteMonth).toBeLessThan(0.7 * repairTraffic(of.code, of))
  })

  test('while its owner is away for 60 days and two keepers of five are replaced, strangers keep a backup whole', () => {
    const of = (repair: boolean) =>
      run(options(8, 24, 17, LIFETIME / DAY, { peers: 63, packs: 300, years: 60 / 365, repair }))
    const [looked, left] = [of(true), of(false)]
    expect(Math.abs(looked.replaced - REPLACED)).toBeLessThan(0.1)
    expect(looked.packsLost).toBe(0)
    expect(looked.fewestShards).toBeGreaterThan(left.fewestShards)
  })

  test('keepers of eight hours a day bring back within a day what those that are always there bring at once, with the same code', () => {
    const of = (hours?: number) =>
      run(options(16, 48, 30, 60, { peers: 150, packs: 10, years: 0.3, availability: 0.99, hours }))
    const [always, eight] = [of(), of(8)]
    expect(always.restoreNow).toBe(1)
    expect(eight.restore24h).toBe(1)
    // Fewer than sixteen of 48 are there at a time, however even they are.
    expect(eight.restoreNow).toBeLessThan(0.5)
    expect(eight.restore8h).toBeGreaterThan(0.7)
    expect(eight.packsLost).toBe(0)
  })

  test.each([
    ['(2,6) repaired at 4', options(2, 6, 4, 30), 300],
    ['(4,12) repaired at 9', options(4, 12, 9, 30), 100],
  ])('%s loses by splitting what is calculated', (_name, of, runs) => {
    const { losses } = calculatedLosses(of) ?? { losses: NaN }
    const { least, most } = splitLosses(of.code, of, chanceOf(1), runs)
    // The calculation leaves out how the survivors of one cycle are spread: it is within a fifth.
    expect(least).toBeLessThan((1.2 * losses) / of.packs)
    expect(most).toBeGreaterThan((0.8 * losses) / of.packs)
    expect(most).toBeLessThan((3 * losses) / of.packs)
  })

  test('one seed is one run', () => {
    const of = options(2, 6, 4, 30, { peers: 60, packs: 30 })
    expect(run(of, 7)).toEqual(run(of, 7))
    expect(run(of, 8)).not.toEqual(run(of, 7))
  })

  test('what is planned happens in the order of time, and of one time in the order of planning', () => {
    const queue = new EventQueue()
    const chance = chanceOf(3)
    const seen: [number, number][] = []
    const plan = (order: number) => {
      const at = queue.now + Math.floor(chance.next() * 50)
      queue.at(at, () => {
        seen.push([queue.now, order])
        expect(queue.now).toBe(at)
        if (order < 500) plan(order + 1000)
      })
    }
    for (let order = 0; order < 500; order += 1) plan(order)
    queue.runUntil(1000)
    expect(seen).toHaveLength(1000)
    expect(seen).toEqual(seen.toSorted(([a], [b]) => a - b))
    const first = seen.filter(([, order]) => order < 500)
    expect(first).toEqual(first.toSorted(([a, i], [b, j]) => a - b || i - j))
  })
})
