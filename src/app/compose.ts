/**
 * The page's composition root: the only place that picks adapters. What the first paint does not need is loaded when it
 * is asked for.
 */
import type { OwnerContext } from '../backup/owner-context.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import type { Random } from '../core/clock.ts'
import { KeeptabError } from '../core/errors.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { Keeper } from '../keeping/keeper.ts'
import type { ByteCount } from '../core/units.ts'
import type { IdentityStore } from '../store/identity-store.ts'
import type { KeeptabDatabase } from '../store/indexeddb-schema.ts'
import type { PageMemory } from '../store/indexeddb-page-memory.ts'
import type { OwnerState } from '../store/owner-state.ts'
import { loggedCoordinator, loggedTransport } from './logged.ts'

export const random: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => Math.random(),
}

/** Long work outlives a coordinator that is away for a while; that it is away at the start is said soon. */
const PATIENCE_MS = 15 * 60_000
const FIRST_PATIENCE_MS = 8_000

const clock = { now: () => Date.now() }

/** What this browser profile remembers. */
export interface Profile {
  readonly identities: IdentityStore
  readonly memory: PageMemory
  readonly database: KeeptabDatabase
}

/** @throws KeeptabError `store-failed` or `unsupported-version` */
export async function openProfile(): Promise<Profile> {
  await checkWithoutEval()
  const [{ openDatabase }, { IndexedDbIdentityStore }, { PageMemory }] = await Promise.all([
    import('../store/indexeddb-schema.ts'),
    import('../store/indexeddb-identity.ts'),
    import('../store/indexeddb-page-memory.ts'),
  ])
  const database = await openDatabase()
  return { database, identities: new IndexedDbIdentityStore(database), memory: await PageMemory.open() }
}

/** Before any schema is made: zod would compile checks with `new Function`, which the page's CSP forbids and reports. */
async function checkWithoutEval(): Promise<void> {
  const { config } = await import('zod')
  config({ jitless: true })
}

/** A device at work: one link to the coordinator, one address in the network, for owning and keeping alike. */
export interface Engine {
  readonly owner: OwnerContext
  startKeeping(limitBytes: ByteCount): Promise<Keeper>
  close(): Promise<void>
}

/** Leaves the network in the background: whatever goes wrong there, nobody needs that engine any more. */
export const closeSoon = (engine: Promise<Engine> | undefined): void =>
  void engine?.then((started) => started.close()).catch(() => undefined)

/**
 * Joins the network as a device.
 * @param database where its state lies; without one it lives in memory and is gone with the page
 */
export async function startEngine(identity: DeviceIdentity, database: KeeptabDatabase | undefined): Promise<Engine> {
  const [{ createHttpCoordinator }, { createPeerJsTransport }, { erasureInWorker, sealerInWorker }, state] =
    await Promise.all([
      import('../coordinator/http.ts'),
      import('../transport/peerjs.ts'),
      import('./worker-bridge.ts'),
      ownerState(database),
    ])
  const coordinator = loggedCoordinator(
    createHttpCoordinator({
      url: location.origin,
      identity,
      WebSocket,
      clock,
      random,
      patienceMs: PATIENCE_MS,
      firstPatienceMs: FIRST_PATIENCE_MS,
    }),
  )
  const peerJs = createPeerJsTransport({
    identity,
    random,
    rendezvous: async () => {
      const { ticket, iceServers } = await coordinator.ticket()
      // Out of JSON, where a key has a value or is not there, as WebRTC's types want it.
      return { ...placeOf(location), ticket, iceServers: iceServers as RTCIceServer[] }
    },
    bulkWorker: () => new Worker(new URL('../../workers/shard.worker.ts', import.meta.url), { type: 'module' }),
  })
  const transport = loggedTransport(peerJs)
  const erasure = new Worker(new URL('../../workers/erasure.worker.ts', import.meta.url), { type: 'module' })
  const codec = erasureInWorker(erasure)
  const snapshot = new Worker(new URL('../../workers/snapshot.worker.ts', import.meta.url), { type: 'module' })
  const sealer = sealerInWorker(snapshot, identity.daily)
  return {
    owner: { identity, coordinator, transport, codec, state, sealer, clock, random },
    async startKeeping(limitBytes) {
      if (database === undefined) throw new KeeptabError('internal', 'A guest keeps nothing.')
      const [{ openIndexedDbShardStore }, { startKeeping }] = await Promise.all([
        import('../store/indexeddb-shard-store.ts'),
        import('../keeping/keeper.ts'),
      ])
      const store = await openIndexedDbShardStore(database)
      return startKeeping({ identity, coordinator, transport, store, clock }, { limitBytes })
    },
    async close() {
      await transport.close()
      erasure.terminate()
      snapshot.terminate()
    },
  }
}

/** The coordinator asked once, without patience: for finding out what is wrong with the way to it. */
export async function impatientCoordinator(identity: DeviceIdentity): Promise<Coordinator> {
  await checkWithoutEval()
  const { createHttpCoordinator } = await import('../coordinator/http.ts')
  return createHttpCoordinator({ url: location.origin, identity, WebSocket, clock, random, patienceMs: 0 })
}

async function ownerState(database: KeeptabDatabase | undefined): Promise<OwnerState> {
  if (database !== undefined) {
    const { IndexedDbOwnerState } = await import('../store/indexeddb-owner-state.ts')
    return new IndexedDbOwnerState(database)
  }
  const { emptyOwnerShelf, MemoryOwnerState } = await import('../store/memory.ts')
  return new MemoryOwnerState(emptyOwnerShelf())
}

/** The coordinator is where the page came from. */
const placeOf = ({ hostname, port, protocol }: Location) => {
  const secure = protocol === 'https:'
  return { host: hostname, port: Number(port) || (secure ? 443 : 80), path: '/', secure }
}
