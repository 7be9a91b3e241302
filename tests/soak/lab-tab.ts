/** The app in a Chromium that lives in a namespace of the lab. */
import { chromium, type Browser } from '@playwright/test'
import { url, type NatLab } from './nat-lab.ts'

export async function chromiumAt(lab: NatLab, home: string): Promise<Browser> {
  return chromium.launch({
    executablePath: await lab.chromiumIn(home),
    // The page comes without TLS here; and as root Chromium does not start with its sandbox.
    args: [`--unsafely-treat-insecure-origin-as-secure=${url}`, '--no-sandbox'],
  })
}

/** The app as a person uses it. @returns the device it is */
export async function keepInTab(browser: Browser): Promise<string> {
  const page = await browser.newPage()
  page.setDefaultTimeout(120_000)
  await page.goto(`${url}/#keep`)
  await page.getByRole('button', { name: 'Keep for others' }).click()
  await page.getByText('You are a keeper').waitFor()
  await page.goto(`${url}/#account`)
  return page.locator('dt', { hasText: 'This device' }).locator('+ dd').innerText()
}
