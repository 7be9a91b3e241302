/** Stories in a real Chromium. Fixtures start their own coordinator and keepers, on free ports and in their own folders. */
import { defineConfig } from '@playwright/test'
import { chromiumOptions } from './tests/chromium.mjs'

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  // Each story starts a dozen peers; two at once would only slow each other down, and a retry would hide a race.
  workers: 1,
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
