/** A keeper that stores shard after shard and says which are stored, until it is killed. Run by `fs-shard-store.test`. */
import { writeSync } from 'node:fs'
import { openFsShardStore } from '../../headless/fs-shard-store.ts'
import { shardOf } from './shard-store.ts'

const [directory, first] = process.argv.slice(2)
if (directory === undefined || first === undefined) throw new Error('usage: put-until-killed DIRECTORY FIRST')

/** Puts at once: a kill then meets shards in every state. */
const LANES = 4

const store = await openFsShardStore(directory)
await store.setLimit(Number.MAX_SAFE_INTEGER)
let next = Number(first)

async function putForEver(): Promise<never> {
  for (;;) {
    const i = next++
    // Written straight to the pipe: what console.log holds back would die with the process.
    await store.put(shardOf(i & 255, i >> 8, 20_000 + (i % 50)))
    writeSync(1, `${i}\n`)
  }
}

await Promise.all(Array.from({ length: LANES }, putForEver))
