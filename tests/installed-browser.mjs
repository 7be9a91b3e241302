/** A browser of this machine for the tests to run in. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { SetUpError } from '../headless/set-up.mjs'

/**
 * The one that `variable` names when it is set, otherwise the first that answers.
 * @param {string} variable of the environment
 * @param {readonly string[]} names on the PATH
 * @param {readonly string[]} elsewhere whole paths
 * @throws SetUpError when the named one does not answer
 * @returns {string | undefined}
 */
export function findBrowser(variable, names, elsewhere) {
  const chosen = process.env[variable]
  if (chosen) {
    if (!answers(chosen)) throw new SetUpError(`${variable} is ${chosen}, which does not start.`)
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
