/** Stories in a real Chromium. Fixtures start their own coordinator and keepers, on free ports and in their own folders. */
import { defineConfig } from '@playwright/test'
import { chromiumOptions } from './tests/chromium.mjs'

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  // A story waits half of its time, for deadlines and for screens: two at once keep two cores busy.
  workers: 2,
  // A second try would hide a race.
  retries: 0,
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
