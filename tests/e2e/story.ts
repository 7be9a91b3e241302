/** What every headless story starts with: a coordinator of its own, and everything gone at its end, failed or not. */
import { expect as patient, test as base } from '@playwright/test'
import { Network } from './network.ts'

/** As patient as the stories are, also where `npm run soak` uses it without Playwright's configuration. */
export const expect = patient.configure({ timeout: 30_000 })

export const test = base.extend<{ network: Network }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern which fixtures are needed: none
  network: async ({}, use) => {
    const network = await Network.start()
    await use(network)
    await network.stop()
  },
})
