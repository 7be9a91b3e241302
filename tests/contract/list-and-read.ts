/** A keeper that reads all it keeps and says which shards it could serve. Run by `fs-shard-store.test`. */
import { openFsShardStore } from '../../headless/fs-shard-store.ts'
import { shardKey } from '../../src/store/room.ts'
import { all } from './law.ts'

const [directory] = process.argv.slice(2)
if (directory === undefined) throw new Error('usage: list-and-read DIRECTORY')

const store = await openFsShardStore(directory)
for (const shard of await all(store.list())) await store.read(shard, 0, shard.sizeBytes)
console.log(JSON.stringify((await all(store.list())).map(shardKey)))
await store.close()
