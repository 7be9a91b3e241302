/** Set-up of `npm test`: the programs the tests run against. Installed where that can be done, named where it cannot. */
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, SetUpError } from '../headless/set-up.mjs'
import { findChromium } from './chromium.mjs'
import { findFirefox } from './firefox.mjs'

/** @typedef {{ what: string, debian: string, found: () => boolean | Promise<boolean> }} Requirement */

/** @type {readonly Requirement[]} */
const requirements = [
  { what: 'Chromium', debian: 'chromium', found: browserFound },
  { what: 'Firefox', debian: 'firefox-esr', found: () => findFirefox() !== undefined },
  { what: 'PostgreSQL (initdb)', debian: 'postgresql', found: () => onPath('initdb') || installedPostgres() },
  { what: 'strace', debian: 'strace', found: () => onPath('strace') },
  { what: 'Python 3', debian: 'python3', found: () => onPath('python3') },
]

/** @throws SetUpError that says exactly what to do when something is missing and cannot be installed */
export async function ensureRequirements() {
  let missing = await missingOf(requirements)
  if (missing.length === 0) return
  console.log(`Installing what the tests need (once): ${missing.map(({ what }) => what).join(', ')} …`)
  for (const attempt of [installFromDebian, installFromPlaywright]) {
    try {
      attempt(missing)
    } catch {
      // The next way may work, and the last word is what was found.
    }
    missing = await missingOf(missing)
    if (missing.length === 0) return
  }
  const packages = missing.map(({ debian }) => debian).join(' ')
  throw new SetUpError(
    `The tests need ${missing.map(({ what }) => what).join(', ')}, which could not be installed. ` +
      `Install it (Debian: sudo apt-get install ${packages}) and run npm test again. ` +
      'A Chromium or Chrome elsewhere can be named in KEEPTAB_CHROMIUM, a Firefox in KEEPTAB_FIREFOX.',
  )
}

/** @param {readonly Requirement[]} wanted */
async function missingOf(wanted) {
  /** @type {Requirement[]} */
  const missing = []
  for (const one of wanted) if (!(await one.found())) missing.push(one)
  return missing
}

async function browserFound() {
  if (findChromium() !== undefined) return true
  const { chromium } = await import('@playwright/test')
  return existsSync(chromium.executablePath())
}

/** @param {string} program */
function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))
}

/** Debian keeps the server's programs off the PATH. */
function installedPostgres() {
  const versions = '/usr/lib/postgresql'
  return (
    existsSync(versions) && readdirSync(versions).some((version) => existsSync(join(versions, version, 'bin/initdb')))
  )
}

/** @param {readonly Requirement[]} missing */
function installFromDebian(missing) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  run(['apt-get', 'update', '-q'], 'apt-get update failed.')
  const packages = missing.map(({ debian }) => debian)
  const quiet = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '-q', '--no-install-recommends']
  run([...quiet, ...packages], 'apt-get failed.')
}

/** @param {readonly Requirement[]} missing */
function installFromPlaywright(missing) {
  if (!missing.some(({ debian }) => debian === 'chromium')) return
  run([process.execPath, 'node_modules/playwright/cli.js', 'install', 'chromium'], 'playwright install failed.')
}
