/**
 * `npm run sim -- [--keepers 64] [--die 30] [--megabytes 20] [--break 0] [--seed 1]`: one backup, so many of the keepers
 * that hold it die, one restore; the real coordinator, services and codes over memory transport. One JSON line.
 */
import { parseArgs } from 'node:util'
import { codeOf } from '../../src/core/errors.ts'
import { backUp, bringBack, noise, sourceOf, startNetwork, type Files } from './network.ts'

const { values } = parseArgs({
  options: {
    keepers: { type: 'string', default: '64' },
    die: { type: 'string', default: '30' },
    megabytes: { type: 'string', default: '20' },
    break: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
})
const [keepers, die, megabytes, breakChance] = [values.keepers, values.die, values.megabytes, values.break].map(Number)
const network = await startNetwork(keepers ?? 64, { breakChance: breakChance ?? 0 })
const root = noise(`${values.seed}/root`, 32)
const files: Files = Object.fromEntries(
  Array.from({ length: megabytes ?? 20 }, (_, i) => [`file ${i}`, noise(`${values.seed}/${i}`, 1_000_000)]),
)

const startedAt = performance.now()
const { result } = await backUp(await network.owner(root), sourceOf('home', files))
const backedUpAt = performance.now()
const holders = network.keepers.filter(({ keeper }) => keeper.state().shards > 0)
await Promise.all(holders.slice(0, die).map((holder) => holder.die()))
const diedAt = performance.now()
const back = await bringBack(await network.owner(root)).catch((thrown: unknown) => codeOf(thrown))
const whole =
  typeof back !== 'string' &&
  Object.entries(files).every(
    ([path, bytes]) => Buffer.compare(bytes, back.files.get(`home/${path}`) ?? bytes.slice(1)) === 0,
  )

console.log(
  JSON.stringify({
    ...values,
    placed: holders.length,
    state: result.state,
    bytesSent: result.bytesSent,
    restored: typeof back === 'string' ? back : whole ? 'whole' : 'damaged',
    backupMs: Math.round(backedUpAt - startedAt),
    restoreMs: Math.round(performance.now() - diedAt),
  }),
)
await network.close()
