/** A new version of the page that a coordinator serves. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Stands in the page once for each newer version than the first. */
const MARK = '<meta name="newer-version">'

/** @param page the folder that is served, a copy of the built page */
export async function release(page: string): Promise<void> {
  const [html, worker] = [join(page, 'index.html'), join(page, 'service-worker.js')]
  const precached = /("revision":)"\w+"(,"url":"index.html")/
  const before = await readFile(worker, 'utf8')
  if (!precached.test(before)) throw new Error('The service worker names no revision of the page.')
  await writeFile(html, (await readFile(html, 'utf8')).replace('<head>', `<head>${MARK}`))
  await writeFile(worker, before.replace(precached, '$1"newer"$2'))
}
