/** How long somebody who clicks waits until it is to be seen. */
import type { Locator } from '@playwright/test'
import type { Millis } from '../../src/core/units.ts'
import { expect } from '../e2e/tab.ts'

/**
 * From the click to the picture that shows it, both by the clock of the page: what Playwright takes is not waited for.
 * @param shown selector of what is not there before
 */
export async function fromClick(button: Locator, shown: string): Promise<Millis> {
  const took = await watched(button, shown)
  await button.click()
  return took()
}

/** Before the click. @returns the same, once it is shown */
export async function watched(button: Locator, shown: string): Promise<() => Promise<Millis>> {
  await expect(button).toBeEnabled({ timeout: 60_000 })
  const watch = await button.evaluateHandle(untilShown, shown)
  return () => watch.evaluate(({ took }) => took)
}

/** Runs in the page. */
function untilShown(button: Element, shown: string): { readonly took: Promise<Millis> } {
  const took = new Promise<Millis>((resolve) => {
    button.addEventListener('click', ({ timeStamp }) => {
      new MutationObserver((_, observer) => {
        if (document.querySelector(shown) === null) return
        observer.disconnect()
        // Drawn once the next picture is made.
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)))
      }).observe(document.body, { childList: true, subtree: true })
    })
  })
  return { took }
}
