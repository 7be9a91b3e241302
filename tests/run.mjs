/**
 * `npm test`: set-up if needed, then every test there is. Its end names what failed at least once, and the last line says
 * `N passed, N failed`; the exit code is 0 only when something passed and nothing failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ensureBuilt, ensureInstalled, root, SetUpError } from '../headless/set-up.mjs'
import { ensureRequirements } from './requirements.mjs'

const reports = join(root, 'test-results')
const vitestReport = join(reports, 'vitest.json')
const playwrightReport = join(reports, 'playwright.json')

try {
  ensureInstalled()
  await ensureRequirements()
  ensureBuilt()
} catch (error) {
  console.error(error instanceof SetUpError ? error.message : error)
  process.exit(1)
}

rmSync(reports, { recursive: true, force: true })
mkdirSync(reports)

const withoutBrowser = runTests(
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--retry=1',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${vitestReport}`,
  ],
  {},
  () => countVitest(vitestReport),
)
const withBrowser = runTests(
  ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'],
  { PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport },
  () => countPlaywright(playwrightReport),
)

const passed = withoutBrowser.passed + withBrowser.passed
const failed = withoutBrowser.failed + withBrowser.failed
for (const what of [...withoutBrowser.names, ...withBrowser.names]) console.log(what)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

/** @typedef {{ passed: number, failed: number, names: readonly string[] }} Count `names`: what went wrong, a line each */

/**
 * Runs one test program. One that fails in a way its report does not show counts as one failure.
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 * @param {() => Count} count
 * @returns {Count}
 */
function runTests(args, env, count) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
  const { passed, failed, names } = count()
  if (status === 0 || failed > 0) return { passed, failed, names }
  return { passed, failed: 1, names: [...names, `failed: ${args[0]} ended with ${status}`] }
}

/**
 * A file that does not load has failed without a test in it.
 * @param {string} path
 * @returns {Count}
 */
function countVitest(path) {
  const report = /** @type {import('vitest/reporters').JsonTestResults | undefined} */ (read(path))
  if (!report) return { passed: 0, failed: 0, names: [] }
  const failures = report.testResults.flatMap(({ name, status, assertionResults }) =>
    status === 'failed' && assertionResults.length === 0
      ? [`failed: ${relative(root, name)}`]
      : assertionResults
          .filter((one) => one.status === 'failed')
          .map((one) => `failed: ${relative(root, name)} › ${one.fullName}`),
  )
  // What chance found the first time stands here, with its seed: passing later does not take it back.
  const again = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages }) => status === 'passed' && (failureMessages?.length ?? 0) > 0)
      .map(
        ({ fullName, failureMessages }) =>
          `passed only when told again: ${relative(root, name)} › ${fullName}\n${failureMessages?.[0] ?? ''}`,
      ),
  )
  return { passed: report.numPassedTests, failed: failures.length, names: [...failures, ...again] }
}

/**
 * `unexpected` are failures, `errors` are files that do not load.
 * @param {string} path
 * @returns {Count}
 */
function countPlaywright(path) {
  const report = /** @type {import('@playwright/test/reporter').JSONReport | undefined} */ (read(path))
  if (!report) return { passed: 0, failed: 0, names: [] }
  const { expected, flaky, unexpected } = report.stats
  /** @type {(suite: import('@playwright/test/reporter').JSONReportSuite) => string[]} */
  const namesIn = ({ file, specs, suites = [] }) => [
    ...specs.flatMap(({ title, tests }) =>
      tests.flatMap(({ status }) => {
        const story = `${relative(root, join(report.config.rootDir, file))} › ${title}`
        if (status === 'unexpected') return [`failed: ${story}`]
        return status === 'flaky' ? [`passed only when told again: ${story}`] : []
      }),
    ),
    ...suites.flatMap(namesIn),
  ]
  const names = [...report.suites.flatMap(namesIn), ...report.errors.map(({ message }) => `failed: ${message ?? ''}`)]
  return { passed: expected + flaky, failed: unexpected + report.errors.length, names }
}

/**
 * A report, or `undefined` when the program ended before it wrote one.
 * @param {string} path
 */
function read(path) {
  try {
    return /** @type {unknown} */ (JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}
