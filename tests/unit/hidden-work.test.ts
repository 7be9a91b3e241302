import { expect, test } from 'vitest'
import { noTicks } from '../../src/app/hidden-ticks.ts'
import { measuredOf, WorkCounter } from '../../src/app/hidden-work.ts'
import type { Work } from '../../src/store/hidden-record.ts'

const ticks = { ...noTicks, hiddenMs: 60_000, ticks: 60, expected: 60 }

/** A page that does so much in each second, looked at every `everyMs`. */
class Page {
  counter = new WorkCounter()
  now = 0
  totals: Work = { sentBytes: 0, receivedBytes: 0, servedBytes: 0, takenBytes: 0, asked: 0, inTime: 0 }

  pass(seconds: number, isHidden: boolean, aSecond: Partial<Work> = {}, everyMs = 1000): this {
    this.look(isHidden)
    for (let passedMs = 0; passedMs < 1000 * seconds; passedMs += everyMs) {
      this.now += everyMs
      const names = Object.keys(aSecond) as (keyof Work)[]
      const more = names.map((name) => [name, this.totals[name] + ((aSecond[name] ?? 0) * everyMs) / 1000])
      this.totals = { ...this.totals, ...Object.fromEntries(more) } as Work
      this.look(isHidden)
    }
    return this
  }

  look(isHidden: boolean): void {
    this.counter.look(this.now, isHidden, this.totals)
  }

  get measured() {
    const measured = measuredOf({ since: 0, ticks, ...this.counter.counted })
    if (measured === undefined) throw new Error('It was hidden.')
    return measured
  }
}

test('what is done in sight is not counted, and what is done for others is told apart from what is for oneself', () => {
  const page = new Page()
  page.pass(5, false, { sentBytes: 1000, servedBytes: 1000, receivedBytes: 700, asked: 1, inTime: 1 })
  page.pass(10, true, { sentBytes: 500, servedBytes: 200, receivedBytes: 300, takenBytes: 300, asked: 2, inTime: 1 })
  page.pass(5, false, { sentBytes: 1000 })
  const { work, own } = page.measured
  expect(work).toEqual({
    sentBytes: 5000,
    receivedBytes: 3000,
    servedBytes: 2000,
    takenBytes: 3000,
    asked: 20,
    inTime: 10,
  })
  expect(own).toEqual({ sentBytes: 3000, receivedBytes: 0 })
})

test('a keeper that begins to count anew takes nothing away', () => {
  const page = new Page().pass(10, true, { servedBytes: 500 })
  page.totals = { ...page.totals, servedBytes: 0 }
  page.pass(10, true, { servedBytes: 500 })
  expect(page.measured.work.servedBytes).toBe(10_000)
})

test('of ten seconds with much to move a speed is told, of fewer or of a trickle none', () => {
  expect(new Page().pass(9, true, { sentBytes: 1_000_000 }).measured.hiddenSpeed).toBeUndefined()
  expect(new Page().pass(60, true, { sentBytes: 100_000 }).measured.hiddenSpeed).toBeUndefined()
  const page = new Page()
    .pass(7, true, { sentBytes: 1_000_000 })
    .pass(3, true, { receivedBytes: 4_000_000 })
    .pass(100, true)
    .pass(12, false, { sentBytes: 2_000_000, receivedBytes: 1_000_000 })
  expect(page.measured.hiddenSpeed).toEqual({ usual: 1_000_000, best: 4_000_000 })
  expect(page.measured.seenSpeed).toEqual({ usual: 3_000_000, best: 3_000_000 })
})

test('looks that come thick do not make a speed, and of what comes once a minute none is known', () => {
  const often = new Page().pass(20, true, { sentBytes: 1_000_000 }, 100).measured
  expect(often.hiddenSpeed).toEqual({ usual: 1_000_000, best: 1_000_000 })
  const seldom = new Page().pass(3600, true, { sentBytes: 1_000_000 }, 60_000).measured
  expect(seldom.hiddenSpeed).toBeUndefined()
  expect(seldom.work.sentBytes).toBe(3600 * 1_000_000)
})

test('a second that is partly seen is of neither speed', () => {
  const page = new Page()
  for (let round = 0; round < 30; round += 1) {
    page.pass(0.5, true, { sentBytes: 1_000_000 }, 500)
    page.pass(0.5, false, { sentBytes: 1_000_000 }, 500)
  }
  expect(page.measured).toMatchObject({ hiddenSpeed: undefined, seenSpeed: undefined })
  expect(page.measured.work.sentBytes).toBe(15_000_000)
})

test('what was measured before a reload goes on, and stays small', () => {
  const page = new Page().pass(600, true, { sentBytes: 1_000_000 })
  const kept = structuredClone(page.counter.counted)
  expect(JSON.stringify(kept).length).toBeLessThan(1000)
  const again = new Page()
  again.counter = new WorkCounter(kept)
  again.pass(10, true, { sentBytes: 1_000_000 })
  expect(again.measured.work.sentBytes).toBe(610_000_000)
  expect(again.measured.hiddenSpeed).toEqual({ usual: 1_000_000, best: 1_000_000 })
})

test('where nothing was hidden there is nothing to show', () => {
  expect(measuredOf({ since: 0, ticks: noTicks, ...new WorkCounter().counted })).toBeUndefined()
})
