/**
 * The short form of what `npm run soak` does for twenty minutes: a tab that nobody looks at keeps, is asked and serves, and
 * shows afterwards what it did.
 */
import { expect, test } from '@playwright/test'
import { hiddenTab } from '../soak/hidden-tab.ts'

test('a tab hidden in a stock browser serves a restore that cannot do without it, and shows what it moved and answered', async () => {
  const { keeper, idle, record, shown } = await hiddenTab(0.5)
  expect(keeper.hiddenMs).toBeGreaterThan(29_000)
  expect(idle.hiddenMs).toBeGreaterThan(29_000)

  const { ticks, work } = record
  expect(ticks.hiddenMs).toBeGreaterThan(29_000)
  // Half of ten megabytes is only here and at one other keeper.
  expect(work.servedBytes).toBeGreaterThan(4_900_000)
  expect(work.sentBytes).toBeGreaterThan(4_900_000)
  // What it was given came while it was in sight, and it has no backup of its own.
  expect(work).toMatchObject({ takenBytes: 0, receivedBytes: 0 })
  expect(work.asked).toBeGreaterThanOrEqual(2)
  expect(work.inTime).toBe(work.asked)

  expect(shown.served).toMatch(/^(4\.9|[5-9]|1\d)(\.\d)? MB sent$/)
  expect(shown.taken).toBe('0 bytes taken in')
  expect([shown.sent, shown.fetched]).toEqual(['0 bytes backed up', '0 bytes brought back'])
  expect(shown.rate).toBe('Too little was moved to say how fast this tab is while hidden.')
  expect(shown.audits).toContain(`${work.inTime} of ${work.asked} answered in time`)
  expect(shown.time).toMatch(/^(Less than a|\d+) minutes?/)
})
