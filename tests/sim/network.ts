/** A whole network in one process: the real coordinator, services and codes over memory transport and memory disks. */
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { setMaxListeners } from 'node:events'
import { backup, type BackupOptions } from '../../src/backup/backup.ts'
import type { BackupEvent, BackupResult, RestoreEvent, RestoreResult } from '../../src/backup/events.ts'
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import { restore } from '../../src/backup/restore.ts'
import { listSnapshots, type FoundSnapshot } from '../../src/backup/snapshots.ts'
import type { Source, SourceDirectory } from '../../src/backup/source.ts'
import type { RestoreTarget } from '../../src/backup/target.ts'
import { concat, utf8, type Bytes } from '../../src/core/bytes.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { DeviceId, SnapshotId } from '../../src/core/ids.ts'
import { PLATFORMS } from '../../src/core/platform.ts'
import { GiB } from '../../src/core/units.ts'
import { reedSolomon } from '../../src/erasure/reed-solomon.ts'
import type { DeviceIdentity } from '../../src/identity/keys.ts'
import { startKeeping, type Keeper, type KeeperContext } from '../../src/keeping/keeper.ts'
import type { KeepingLimits } from '../../src/keeping/limits.ts'
import { repairing } from '../../src/repair/repair.ts'
import { createFileSealer } from '../../src/snapshot/file-sealer.ts'
import {
  emptyOwnerShelf,
  emptyShelf,
  MemoryOwnerState,
  MemoryShardStore,
  type ShardShelf,
} from '../../src/store/memory.ts'
import { createMemoryNetwork, type MemoryNetwork, type MemoryNetworkOptions } from '../../src/transport/memory.ts'
import type { Transport } from '../../src/transport/transport.ts'
import {
  clock as machineClock,
  connect,
  newIdentity,
  random,
  runCoordinator,
  temporaryFolder,
} from '../contract/coordinator-fixtures.ts'

// One signal ends all that a backup has under way, far more than the ten listeners that Node takes for a leak.
setMaxListeners(0)

export interface SimulatedKeeper {
  readonly device: DeviceId
  readonly keeper: Keeper
  readonly identity: DeviceIdentity
  /** Its disk. */
  readonly shelf: ShardShelf
  /** As a power cut would: gone from the network at once. */
  readonly die: () => Promise<void>
}

export interface KeeperOptions {
  /** Who it is, and its disk. */
  readonly again?: Pick<SimulatedKeeper, 'identity' | 'shelf'>
  readonly limits?: KeepingLimits
  /** What it is made of, changed. */
  readonly change?: (context: KeeperContext) => KeeperContext
}

export interface SimulatedNetwork {
  readonly keepers: readonly SimulatedKeeper[]
  /** One more, or one that comes back. Resolves when it is online. */
  readonly addKeeper: (options?: KeeperOptions) => Promise<SimulatedKeeper>
  /** An owner's device with an empty memory. The same root is the same account. */
  readonly owner: (root?: Bytes) => Promise<OwnerContext>
  readonly ownerAs: (identity: DeviceIdentity) => OwnerContext
  /** Address of the coordinator. */
  readonly url: string
  /** Where its database lies. */
  readonly dataDir: string
  /** Shard bytes that have arrived anywhere since the start. */
  readonly movedBytes: () => number
  /** Devices that the coordinator sees. */
  readonly online: () => number
  /** What follows from time that went by is done now. */
  readonly catchUp: () => Promise<void>
  /** The coordinator stops and starts again, at the same address and on the same database. */
  readonly restart: () => Promise<void>
  /** What the coordinator logs. */
  readonly log: () => readonly string[]
  readonly close: () => Promise<void>
}

export interface NetworkOptions extends Partial<MemoryNetworkOptions> {
  /** That everybody goes by, this machine's when left out. */
  readonly clock?: Clock
  /** Each keeper is in a network of its own and on one of four platforms, and the coordinator looks at that. */
  readonly apart?: boolean
  /** Where its database lies, with what is known from before. */
  readonly dataDir?: string
  /** A PostgreSQL database in place of an SQLite file there. */
  readonly databaseUrl?: string | undefined
}

/** @param options of the memory transport: delay, and the chance that a connection breaks */
export async function startNetwork(
  keepers: number,
  { clock = machineClock, apart = false, dataDir = temporaryFolder(), databaseUrl, ...options }: NetworkOptions = {},
): Promise<SimulatedNetwork> {
  const settings = { dataDir, databaseUrl, ...(apart && { oneMachine: false, trustProxy: true }) }
  let coordinator = await runCoordinator(settings, clock)
  const network = createMemoryNetwork({ random, ...options })
  const transports: Transport[] = []
  const join = (identity: Parameters<MemoryNetwork['join']>[0]) => {
    const transport = network.join(identity)
    transports.push(transport)
    return transport
  }
  const started: SimulatedKeeper[] = []
  let joined = 0
  const addKeeper = async ({ again, limits, change }: KeeperOptions = {}): Promise<SimulatedKeeper> => {
    const { identity, shelf } = again ?? { identity: await newIdentity(), shelf: emptyShelf() }
    const transport = join(identity)
    const number = (joined += 1)
    const address = apart ? `10.${number}.0.1` : undefined
    const platform = apart ? PLATFORMS[number % 4] : undefined
    const itsCoordinator = connect(coordinator.url, identity, address, undefined, clock, platform)
    const store = new MemoryShardStore(shelf)
    const context = {
      identity,
      coordinator: itsCoordinator,
      transport,
      store,
      clock,
      work: repairing({ coordinator: itsCoordinator, transport, store, codec: reedSolomon }),
    }
    const keeper = await startKeeping(change?.(context) ?? context, limits ?? { limitBytes: GiB })
    await online(keeper)
    const die = async () => {
      await keeper.stop()
      await transport.close()
    }
    const added = { device: identity.device, keeper, identity, shelf, die }
    started.push(added)
    return added
  }
  await Promise.all(Array.from({ length: keepers }, () => addKeeper()))
  const ownerAs = (identity: DeviceIdentity): OwnerContext => ({
    identity,
    coordinator: connect(coordinator.url, identity, undefined, undefined, clock),
    transport: join(identity),
    codec: reedSolomon,
    state: new MemoryOwnerState(emptyOwnerShelf()),
    sealerOf: createFileSealer,
    clock,
    random,
  })
  return {
    keepers: started,
    addKeeper,
    url: coordinator.url,
    dataDir,
    movedBytes: () => transports.reduce((sum, { counted }) => sum + counted.receivedBytes, 0),
    online: () => coordinator.online(),
    catchUp: () => coordinator.catchUp(),
    async restart() {
      const port = Number(new URL(coordinator.url).port)
      await coordinator.close()
      coordinator = await runCoordinator({ ...settings, port }, clock)
    },
    log: () => coordinator.log,
    ownerAs,
    owner: async (root) => ownerAs(await newIdentity(root)),
    async close() {
      await Promise.all(started.map(({ keeper }) => keeper.stop()))
      await Promise.all(transports.map((transport) => transport.close()))
      await coordinator.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function online(keeper: Keeper): Promise<void> {
  return new Promise((resolve) => {
    const end = keeper.onChange((state) => {
      if (!state.online) return
      end()
      resolve()
    })
    if (keeper.state().online) resolve()
  })
}

/** Files by path, directories by what is in them. */
export type Files = Readonly<Record<string, Bytes>>

/** A source of these files. */
export function sourceOf(name: string, files: Files): Source {
  const directory = (prefix: string): SourceDirectory => ({
    list: () => {
      const children = new Map<string, string[]>()
      for (const path of Object.keys(files)) {
        if (!path.startsWith(prefix)) continue
        const [child = '', ...rest] = path.slice(prefix.length).split('/')
        children.set(child, [...(children.get(child) ?? []), rest.join('/')])
      }
      return Promise.resolve(
        [...children].map(([child, rests]) => {
          const content = files[prefix + child]
          if (content === undefined || rests.some((rest) => rest !== '')) {
            return { kind: 'directory', name: utf8(child), directory: directory(`${prefix}${child}/`) } as const
          }
          return {
            kind: 'file',
            name: utf8(child),
            sizeBytes: content.length,
            content: () => Promise.resolve(new Blob([content])),
          } as const
        }),
      )
    },
  })
  return { name, root: directory(''), way: 'path' }
}

/** A target that collects files by path, under the name of their source. */
export function memoryTarget(): { target: RestoreTarget; files: Map<string, Bytes> } {
  const files = new Map<string, Bytes>()
  const path: string[] = []
  const text = (name: Bytes) => new TextDecoder().decode(name)
  const target: RestoreTarget = {
    enterDirectory: (name) => Promise.resolve(void path.push(text(name))),
    leaveDirectory: () => Promise.resolve(void path.pop()),
    async file(name, _sizeBytes, _meta, content) {
      const parts: Bytes[] = []
      for await (const bytes of content) parts.push(bytes)
      files.set([...path, text(name)].join('/'), concat(...parts))
    },
    symlink: () => Promise.resolve(),
    again: () => undefined,
    skip: () => undefined,
    finish: () => Promise.resolve(),
  }
  return { target, files }
}

/** Backs up and collects what was told meanwhile. */
export async function backUp(owner: OwnerContext, source: Source, options: BackupOptions = {}) {
  const events: BackupEvent[] = []
  const onEvent = (event: BackupEvent) => void events.push(event)
  const result: BackupResult = await backup(owner, [source], { ...options, onEvent })
  return { result, events }
}

/** Brings back a snapshot, the newest if none is named. */
export async function bringBack(owner: OwnerContext, paths?: readonly string[], snapshot?: SnapshotId | FoundSnapshot) {
  const events: RestoreEvent[] = []
  const onEvent = (event: RestoreEvent) => void events.push(event)
  const chosen = snapshot ?? (await listSnapshots(owner, { onEvent }))[0]?.id
  if (chosen === undefined) throw new Error('no snapshot is listed')
  const { target, files } = memoryTarget()
  const result: RestoreResult = await restore(owner, chosen, paths, target, { onEvent })
  return { result, files, events }
}

/** Bytes that look random and are the same for the same seed. */
export function noise(seed: string, length: number): Bytes {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 32) {
    const block = createHash('sha256')
      .update(`${seed}/${at / 32}`)
      .digest()
    bytes.set(block.subarray(0, length - at), at)
  }
  return bytes
}
