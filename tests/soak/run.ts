/**
 * `npm run soak [STORY…]`: the stories of `tests/e2e` at full size, too long for every test run. One JSON line for each,
 * with the command that repeats it; the exit code is 1 when one has failed.
 */
import { join } from 'node:path'
import { differences, emptyFiles, nodeModulesSlice } from '../e2e/corpus.ts'
import { MiB, peaksFor } from '../e2e/memory.ts'
import { expectCode, Network } from '../e2e/network.ts'
import { hiddenTab } from './hidden-tab.ts'
import { natMatrix } from './nat.ts'

type Facts = Readonly<Record<string, unknown>>

const stories: Readonly<Record<string, (network: Network) => Promise<Facts>>> = {
  /** S1: everything that is installed. */
  'all-packages': (network) =>
    thereAndBack(network, async (source) => ({ ...(await nodeModulesSlice(source, Infinity)) })),

  /** Part 3: a hundred thousand files in one directory. */
  'many-files': (network) =>
    thereAndBack(network, async (source) => {
      await emptyFiles(source, 100_000)
      return { files: 100_000 }
    }),

  /** S10: 1 GiB against 64 MiB. */
  'memory': async (network) => {
    const small = await peaksFor(network, 64)
    const large = await peaksFor(network, 1024)
    for (const way of ['backup', 'restore'] as const) {
      const more = large[way] - small[way]
      if (more > 64 * MiB) throw new Error(`The ${way} of the large file took ${Math.round(more / MiB)} MiB more.`)
    }
    return { small, large }
  },

  /** Part 9: hidden for so long that a stock browser throttles whoever is not exempt. */
  'hidden-tab': async () => {
    const seen = await hiddenTab(20)
    if (seen.idle.longestGapMs < 30_000)
      throw new Error('The browser did not throttle a hidden page: nothing is shown.')
    return { ...seen }
  },

  /** M28: every pair behind every kind of router, with and without a relay. Needs root and coturn. */
  'nat': () => natMatrix(),
}

/** Backs up a folder, once more with nothing changed, and brings it back with words alone. */
async function thereAndBack(network: Network, fill: (source: string) => Promise<Facts>): Promise<Facts> {
  const source = join(network.folder, 'source')
  const made = await fill(source)
  const owner = await network.owner('owner')
  const seconds: number[] = []
  const timed = async <T>(work: Promise<T>): Promise<T> => {
    const from = performance.now()
    const result = await work
    seconds.push(Math.round((performance.now() - from) / 1000))
    return result
  }
  const first = await timed(network.backup(owner, source))
  const second = await timed(network.backup(owner, source))
  const to = join(network.folder, 'restored')
  expectCode(0, await timed(network.restoreAfresh(owner, to)))
  const wrong = await differences(source, join(to, 'source'))
  if (wrong.length > 0) throw new Error(wrong.slice(0, 20).join('\n'))
  const { bytesRead, bytesSent } = first
  return { ...made, bytesRead, bytesSent, bytesSentAgain: second.bytesSent, secondsBackupAgainRestore: seconds }
}

const chosen = process.argv.slice(2)
const unknown = chosen.find((name) => stories[name] === undefined)
if (unknown !== undefined)
  throw new Error(`There is no story ${unknown}; there are ${Object.keys(stories).join(', ')}.`)
for (const [name, story] of Object.entries(stories)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  const command = `npm run soak ${name}`
  const network = await Network.start()
  const from = performance.now()
  try {
    await network.addKeepersTogether(12)
    const facts = await story(network)
    const took = Math.round((performance.now() - from) / 1000)
    console.log(JSON.stringify({ story: name, passed: true, seconds: took, ...facts, command }))
  } catch (thrown) {
    console.log(JSON.stringify({ story: name, passed: false, error: String(thrown), command }))
    process.exitCode = 1
  } finally {
    await network.stop()
  }
}
