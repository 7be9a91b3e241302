/** Code of a test that runs in a page. */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** A file of this folder with all that it imports, as one script that can be run as it is. */
export async function pageScript(name: string): Promise<string> {
  const input = fileURLToPath(new URL(name, import.meta.url))
  const result = await build({
    configFile: false,
    logLevel: 'error',
    // A script that is run as it is has no address of its own.
    define: { 'import.meta.url': 'location.href' },
    build: { write: false, minify: false, rolldownOptions: { input, output: { format: 'iife' } } },
  })
  const output = Array.isArray(result) ? result[0] : result
  if (output === undefined || !('output' in output)) throw new Error('vite built nothing')
  return output.output[0].code
}
