/** The Chromium that the browser tests run in. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { SetUpError } from '../headless/set-up.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/**
 * Path of `KEEPTAB_CHROMIUM` when it is set, otherwise of an installed Chromium or Chrome that answers, otherwise
 * `undefined`: then Playwright uses its own, if it has one.
 * @throws SetUpError when `KEEPTAB_CHROMIUM` does not answer
 * @returns {string | undefined}
 */
export function findChromium() {
  const chosen = process.env.KEEPTAB_CHROMIUM
  if (chosen) {
    if (!answers(chosen)) throw new SetUpError(`KEEPTAB_CHROMIUM is ${chosen}, which does not start.`)
    return chosen
  }
  const folders = (process.env.PATH ?? '').split(delimiter)
  const installed = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...installed, ...elsewhere].find(answers)
}

/** A wrapper may stand where the browser itself is missing, so being there is not enough. @param {string} path */
function answers(path) {
  if (!existsSync(path)) return false
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
