/**
 * A keeper that stores honestly and lies when it is asked: the real one, over a store whose reads are spoilt.
 * Arguments: --coordinator URL --data DIR --lie KIND. Speaks as `keeptab keep --json` does.
 */
import { parseArgs } from 'node:util'
import { createDevice } from '../../headless/account.ts'
import { composePeer } from '../../headless/compose.ts'
import { openDataDir } from '../../headless/data-dir.ts'
import { openFsShardStore } from '../../headless/fs-shard-store.ts'
import { systemClock as clock, systemRandom as random } from '../../headless/system.ts'
import type { Bytes } from '../../src/core/bytes.ts'
import { GB } from '../../src/core/units.ts'
import { startKeeping } from '../../src/keeping/keeper.ts'
import type { ShardName, ShardStore } from '../../src/store/shard-store.ts'

type Read = ShardStore['read']

/** Each way to lie, over the honest way to read. */
const lies: Readonly<Record<string, (store: ShardStore) => Read>> = {
  flip: (store) =>
    changed(store, (bytes) => {
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
      return bytes
    }),
  truncate: (store) => changed(store, (bytes) => bytes.slice(0, -1)),
  zeros: (store) => changed(store, (bytes) => new Uint8Array(bytes.length)),
  another: (store) => async (name, offset, length) => {
    const other = await anotherOf(store, name)
    const bytes = await store.read(other, offset, length)
    // As long as what was asked for: only the content gives it away.
    return bytes && fitted(bytes, length)
  },
  stall: () => () => new Promise(() => undefined),
}

const { values } = parseArgs({
  options: { coordinator: { type: 'string' }, data: { type: 'string' }, lie: { type: 'string' } },
})
const { coordinator, data, lie = '' } = values
const spoilt = lies[lie]
if (coordinator === undefined || data === undefined || spoilt === undefined) throw new Error('see the first lines')

const directory = await openDataDir(data)
const identity =
  (await directory.loadIdentity()) ?? (await createDevice(directory, data, random.bytes(32), false, { clock, random }))
const store = await openFsShardStore(directory.keeperDirectory)
const read = spoilt(store)
const hostile = new Proxy(store, {
  get(target, property) {
    if (property === 'read') return read
    // It would find its own lies when it looks through what it keeps, and admit them.
    if (property === 'remove') return () => Promise.resolve()
    const value: unknown = Reflect.get(target, property, target)
    return typeof value === 'function' ? (value.bind(target) as unknown) : value
  },
})
const peer = composePeer(identity, coordinator, new AbortController().signal)
const keeper = await startKeeping({ ...peer, store: hostile }, { limitBytes: 2 * GB })
const say = () => console.log(JSON.stringify({ event: 'keeping', device: identity.device, ...keeper.state() }))
keeper.onChange(say)
say()

function changed(honest: ShardStore, change: (bytes: Bytes) => Bytes): Read {
  return async (name, offset, length) => {
    const bytes = await honest.read(name, offset, length)
    return bytes && change(bytes)
  }
}

async function anotherOf(honest: ShardStore, { pack }: ShardName): Promise<ShardName> {
  for await (const shard of honest.list()) if (shard.pack !== pack) return shard
  throw new Error('it keeps nothing else')
}

function fitted(bytes: Bytes, length: number): Bytes {
  const all = new Uint8Array(length)
  all.set(bytes.subarray(0, length))
  return all
}
