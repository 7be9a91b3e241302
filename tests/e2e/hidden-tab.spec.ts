/** The short form of what `npm run soak` does for twenty minutes: a tab that nobody looks at keeps, and serves. */
import { expect, test } from '@playwright/test'
import { hiddenTab } from '../soak/hidden-tab.ts'

test('a tab hidden in a stock browser serves a restore that cannot do without it', async () => {
  const { keeper, idle } = await hiddenTab(0.5)
  expect(keeper.hiddenMs).toBeGreaterThan(29_000)
  expect(idle.hiddenMs).toBeGreaterThan(29_000)
})
