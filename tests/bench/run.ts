/** `npm run bench [-- stages | road | page | rescan | look | look-page | joins]`: figures as JSON lines, each a ratio against a peer of the same run. */
import { benchEndToEnd } from './end-to-end.ts'
import { benchJoins } from './joins.ts'
import { benchLook } from './look.ts'
import { benchLookInPage } from './look-page.ts'
import { benchPage } from './page.ts'
import { benchRescan } from './rescan.ts'
import { benchStages } from './stages.ts'

const benches: Readonly<Record<string, () => Promise<void>>> = {
  'stages': benchStages,
  'road': benchEndToEnd,
  'page': benchPage,
  'rescan': benchRescan,
  'look': benchLook,
  'look-page': benchLookInPage,
  'joins': benchJoins,
}

const chosen = process.argv.slice(2)
const unknown = chosen.find((name) => !Object.hasOwn(benches, name))
if (unknown !== undefined) {
  console.error(`There is no bench called ${unknown}: ${Object.keys(benches).join(', ')}.`)
  process.exit(2)
}
for (const [name, bench] of Object.entries(benches)) if (chosen.length === 0 || chosen.includes(name)) await bench()
process.exit(0)
