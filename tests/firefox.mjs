/** The Firefox that the stories with Firefox run in. */
import { findBrowser } from './installed-browser.mjs'

const names = ['firefox-esr', 'firefox']
const elsewhere = ['/Applications/Firefox.app/Contents/MacOS/firefox']

/**
 * Path of `KEEPTAB_FIREFOX` when it is set, otherwise of an installed Firefox that answers.
 * @throws SetUpError when `KEEPTAB_FIREFOX` does not answer
 */
export const findFirefox = () => findBrowser('KEEPTAB_FIREFOX', names, elsewhere)
