import { expect, test } from 'vitest'
import { limits, limitsOf, type BrowserFacts, type Limit } from '../../src/app/browser-limits.ts'
import { noTicks, TickCounter } from '../../src/app/hidden-ticks.ts'
import { en } from '../../src/app/messages/en.ts'
import { holdOf } from '../../src/app/power.svelte.ts'
import { GB } from '../../src/core/units.ts'

const best: BrowserFacts = {
  secure: true,
  hidden: noTicks,
  wasDiscarded: false,
  wasFrozen: false,
  persisted: true,
  forgets: false,
  freeBytes: 100 * GB,
  notifications: 'granted',
  installed: true,
  wakeLock: true,
  onMains: true,
  metered: false,
  observesFolders: true,
  locks: true,
  keeping: true,
  openLinks: 1,
}

test('a browser that takes nothing has no limit to name', () => {
  expect(limitsOf(best)).toEqual([])
})

/** Every limit, put in one at a time. */
const injected: Readonly<Record<Limit, Partial<BrowserFacts>>> = {
  'insecure': { secure: false },
  'no-locks': { locks: false },
  'private-window': { forgets: true },
  'not-persistent': { persisted: false },
  'low-space': { freeBytes: GB - 1 },
  'discarded': { wasDiscarded: true },
  'frozen': { wasFrozen: true },
  'timers-slowed': { hidden: { ...noTicks, longestGapMs: 60_000 } },
  'notifications-off': { notifications: 'denied' },
  'not-installed': { installed: false },
  'light-sleep': { openLinks: 0 },
  'on-battery': { onMains: false },
  'metered': { metered: true },
  'no-observer': { observesFolders: false },
  'no-wake-lock': { wakeLock: false },
}
test.each(limits)('%s is found alone and has a name and a cure', (limit) => {
  expect(limitsOf({ ...best, ...injected[limit] })).toEqual([limit])
  expect(en[`check.limit.${limit}`]).not.toBe('')
  expect(en[`check.limit.${limit}.cure`]).not.toBe('')
})

test('what a browser does not tell is no limit', () => {
  expect(limitsOf({ ...best, onMains: undefined, metered: undefined, freeBytes: undefined })).toEqual([])
})

test('ticks are counted while the page is hidden only, and a standstill of the worker is told apart', () => {
  const counter = new TickCounter()
  counter.page(0, false)
  counter.page(90_000, false) // a debugger, say: seen by a person, so no limit
  counter.page(91_000, true)
  counter.page(92_000, true)
  counter.page(152_000, true)
  counter.worker(5000, true)
  counter.worker(6000, true)
  expect(counter.hidden).toEqual({
    hiddenMs: 61_000,
    longestGapMs: 60_000,
    longestStandstillMs: 1000,
    ticks: 2,
    expected: 61,
  })
  expect(limitsOf({ ...best, hidden: counter.hidden })).toEqual(['timers-slowed'])
  counter.worker(46_000, true)
  expect(limitsOf({ ...best, hidden: counter.hidden })).toEqual(['frozen', 'timers-slowed'])
})

test('rules hold the work only when they are on and the browser tells', () => {
  const off = { onlyOnMains: false, pauseWhenMetered: false, onMains: false, metered: true }
  expect(holdOf(off)).toBeUndefined()
  expect(holdOf({ ...off, onlyOnMains: true })).toBe('battery')
  expect(holdOf({ ...off, pauseWhenMetered: true })).toBe('metered')
  expect(holdOf({ onlyOnMains: true, pauseWhenMetered: true, onMains: undefined, metered: undefined })).toBeUndefined()
  expect(holdOf({ onlyOnMains: true, pauseWhenMetered: true, onMains: true, metered: false })).toBeUndefined()
})
