/** The Chromium that the browser tests run in. */
import { findBrowser } from './installed-browser.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/**
 * Path of `KEEPTAB_CHROMIUM` when it is set, otherwise of an installed Chromium or Chrome that answers, otherwise
 * `undefined`: then Playwright uses its own, if it has one.
 * @throws SetUpError when `KEEPTAB_CHROMIUM` does not answer
 */
export const findChromium = () => findBrowser('KEEPTAB_CHROMIUM', names, elsewhere)

/** How the browser tests start it. @throws SetUpError as `findChromium` */
export function chromiumOptions() {
  const executablePath = findChromium()
  return { ...(executablePath === undefined ? {} : { executablePath }), args: ['--disable-quic', '--disable-sync'] }
}
