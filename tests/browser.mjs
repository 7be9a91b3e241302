/** Set-up of `npm test`: a Chromium to run the stories in. */
import { existsSync } from 'node:fs'
import { run, SetUpError } from '../headless/set-up.mjs'
import { findChromium } from './chromium.mjs'

/** @throws SetUpError that says exactly what to do when there is no browser and none can be installed */
export async function ensureBrowser() {
  if (await found()) return
  console.log('Installing Chromium for the browser tests (once) …')
  for (const attempt of [installFromDebian, installFromPlaywright]) {
    try {
      attempt()
    } catch {
      // The next way may work, and the last word is what was found.
    }
    if (await found()) return
  }
  throw new SetUpError(
    'The browser tests need Chromium, and it could not be installed. Install it (Debian: sudo apt-get install chromium), ' +
      'or run npx playwright install --with-deps chromium, or set KEEPTAB_CHROMIUM to the path of a Chromium or Chrome; then run npm test again.',
  )
}

async function found() {
  if (findChromium() !== undefined) return true
  const { chromium } = await import('@playwright/test')
  return existsSync(chromium.executablePath())
}

function installFromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  run(['apt-get', 'update', '-q'], 'apt-get update failed.')
  run(
    ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '-q', '--no-install-recommends', 'chromium'],
    'apt-get failed.',
  )
}

function installFromPlaywright() {
  run([process.execPath, 'node_modules/playwright/cli.js', 'install', 'chromium'], 'playwright install failed.')
}
