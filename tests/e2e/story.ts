/** What every headless story starts with: a coordinator of its own, and everything gone at its end, failed or not. */
import { expect as patient, test as base } from '@playwright/test'
import { Network } from './network.ts'

/** As patient as the stories are, also where `npm run soak` uses it without Playwright's configuration. */
export const expect = patient.configure({ timeout: 30_000 })

export const test = base.extend<{ coordinatorProgram: string | undefined; network: Network }>({
  /** The usual one when left out. */
  coordinatorProgram: [undefined, { option: true }],
  network: async ({ coordinatorProgram }, use) => {
    const network = await Network.start(0, undefined, coordinatorProgram)
    await use(network)
    await network.stop()
  },
})
