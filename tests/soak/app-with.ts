/** The built app with a script of a test beside it, for a coordinator to hand out (`--page`). */
import { cp, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { ensureBuilt } from '../../headless/set-up.mjs'
import { root } from '../e2e/program.ts'

/**
 * @param script of this folder: `x.ts` becomes `/assets/x.js`
 * @returns a folder that is the caller's to remove
 */
export async function appWith(script: string): Promise<string> {
  ensureBuilt()
  const pages = await mkdtemp(join(tmpdir(), 'keeptab-page-'))
  await cp(join(root, 'dist'), pages, { recursive: true })
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      outDir: pages, // beside the app: its policy trusts scripts in this place only
      emptyOutDir: false,
      rolldownOptions: {
        input: fileURLToPath(new URL(script, import.meta.url)),
        output: { entryFileNames: `assets/${basename(script, '.ts')}.js` },
      },
    },
  })
  return pages
}
