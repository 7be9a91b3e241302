/** `npm run screens`: pictures of every screen in every state, into `docs/screens/`. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, root, run } from '../headless/set-up.mjs'

ensureBuilt()
const pictures = join(root, 'docs/screens')
rmSync(pictures, { recursive: true, force: true })
process.env['KEEPTAB_SCREENS'] = pictures
run(
  [process.execPath, 'node_modules/@playwright/test/cli.js', 'test', 'screens.spec.ts'],
  'A screen is not right, see above.',
)
