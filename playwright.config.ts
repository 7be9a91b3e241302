/** Stories in a real Chromium. Fixtures start their own coordinator and keepers, on free ports and in their own folders. */
import { defineConfig } from '@playwright/test'
import { chromiumOptions } from './tests/chromium.mjs'

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  // A story waits half of its time, for deadlines and for screens: two at once keep two cores busy.
  workers: 2,
  // On a machine that is busy with something else a browser misses a deadline now and then. Such a story is told once
  // more, and `npm test` says which ones were, so that a race does not hide in it.
  retries: 1,
  forbidOnly: true,
  timeout: 5 * 60_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: chromiumOptions(),
  },
})
