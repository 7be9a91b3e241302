/**
 * What a fresh clone lacks: dependencies and the built page. Plain JavaScript on Node alone, because it runs before
 * anything is installed; does nothing when there is nothing to do.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Thrown with the one sentence that tells a person what to do. */
export class SetUpError extends Error {}

/** Installs dependencies when they are missing or older than the lockfile. @throws SetUpError */
export function ensureInstalled() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (!((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22)) {
    throw new SetUpError(`Keeptab needs Node.js 20.19, 22.12 or newer; this is ${process.versions.node}.`)
  }
  // npm writes this file last, so a broken-off installation is done again.
  if (changedAt(join(root, 'package-lock.json')) <= changedAt(join(root, 'node_modules/.package-lock.json'))) return
  console.log('Installing dependencies (once) …')
  // npm names itself to the scripts it runs; a name on the PATH would be npm.cmd on Windows.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  // Building the page needs the development dependencies, whatever NODE_ENV says.
  run([...npm, 'ci', '--include=dev'], 'npm ci failed, see above. It needs the network once; then try again.')
}

/** Builds the page into `dist/` when a source is newer. @throws SetUpError */
export function ensureBuilt() {
  const sources = ['src', 'workers', 'public', 'index.html', 'vite.config.ts', 'svelte.config.js', 'package-lock.json']
  const newest = Math.max(...sources.map((name) => changedAt(join(root, name))))
  if (newest <= changedAt(join(root, 'dist/index.html'))) return
  console.log('Building the page …')
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  // A build that works has nothing to say to a person who wanted to start Keeptab.
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [vite, 'build'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (signal) throw new SetUpError('Stopped.')
  if (status !== 0) throw new SetUpError(`${stdout}${stderr}\nThe page does not build, see above.`)
}

/**
 * Runs a program in the checkout and shows what it says.
 * @param {readonly string[]} command
 * @param {string} complaint what to say when it fails
 * @throws SetUpError
 */
export function run([program = '', ...args], complaint) {
  const { status, signal } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (signal) throw new SetUpError('Stopped.')
  if (status !== 0) throw new SetUpError(complaint)
}

/**
 * When a file, or the newest thing in a folder, was changed: milliseconds since 1970, 0 when it is not there.
 * @param {string} path
 * @returns {number}
 */
function changedAt(path) {
  if (!existsSync(path)) return 0
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))))
}
