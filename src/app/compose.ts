/**
 * The page's composition root: the only place that picks adapters. What the first paint does not need is loaded when it
 * is asked for.
 */
import type { OwnerContext } from '../backup/owner-context.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import type { HttpCoordinatorOptions } from '../coordinator/http.ts'
import type { JoinParts } from '../backup/pairing.ts'
import type { Bytes } from '../core/bytes.ts'
import type { Random } from '../core/clock.ts'
import { codeOf, isOutOfAccount, KeeptabError, type OutOfAccount } from '../core/errors.ts'
import { platformOfBrowser } from '../core/platform.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { Keeper, startKeeping } from '../keeping/keeper.ts'
import type { IdentityStore } from '../store/identity-store.ts'
import type { KeeptabDatabase } from '../store/indexeddb-schema.ts'
import type { PageMemory } from '../store/indexeddb-page-memory.ts'
import type { OperatorFigures } from '../protocol/coordinator-messages.ts'
import type { OwnerState } from '../store/owner-state.ts'
import type { TreeCache } from '../store/tree-cache.ts'
import { defaultDeviceName } from './device-name.ts'
import { loggedCoordinator, loggedTransport } from './logged.ts'
import { reach } from './reach.svelte.ts'

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
  readonly trees: TreeCache
}

/** @param onClosed as of `openDatabase`. @throws KeeptabError `store-failed` or `unsupported-version` */
export async function openProfile(onClosed: () => void): Promise<Profile> {
  checkWithoutEval()
  const [{ openDatabase }, { IndexedDbIdentityStore }, { PageMemory }, { IndexedDbTreeCache }] = await Promise.all([
    import('../store/indexeddb-schema.ts'),
    import('../store/indexeddb-identity.ts'),
    import('../store/indexeddb-page-memory.ts'),
    import('../store/indexeddb-tree-cache.ts'),
  ])
  const database = await openDatabase(undefined, onClosed)
  return {
    database,
    identities: new IndexedDbIdentityStore(database),
    memory: await PageMemory.open(),
    trees: new IndexedDbTreeCache(),
  }
}

/** Before any schema is made: zod would compile checks with `new Function`, which the page's CSP forbids and reports. */
function checkWithoutEval(): void {
  // `config` of zod writes here, too. To call it would be to load all of zod, which a first visit has no use for.
  const scope = globalThis as { __zod_globalConfig?: { jitless?: boolean } }
  const config = (scope.__zod_globalConfig ??= {})
  config.jitless = true
}

/** A device at work: one link to the coordinator, one address in the network, for owning and keeping alike. */
export interface Engine {
  readonly owner: OwnerContext
  /** What was seen of snapshots. */
  readonly trees: TreeCache
  startKeeping(options: Parameters<typeof startKeeping>[1]): Promise<Keeper>
  close(): Promise<void>
}

/** What an engine needs of whoever keeps its device. */
export interface Keeping {
  /** Keeps the identity of a later key epoch. */
  readonly advance: (identity: DeviceIdentity) => Promise<void>
  /** This device is out of its account, or cannot go on without the words. */
  readonly out: (code: OutOfAccount) => void
}

/** Leaves the network in the background: whatever goes wrong there, nobody needs that engine any more. */
export const closeSoon = (engine: Promise<Engine> | undefined): void =>
  void engine?.then((started) => started.close()).catch(() => undefined)

/**
 * Joins the network as a device.
 * @param kept where its state lies; without it that lives in memory and is gone with the page
 */
export async function startEngine(
  identity: DeviceIdentity,
  kept: (Keeping & Pick<Profile, 'database' | 'trees'>) | undefined,
): Promise<Engine> {
  const [{ Member }, connect, { createPeerJsTransport }, { erasureInWorker, sealerInWorker }, { state, trees }] =
    await Promise.all([
      import('../backup/member.ts'),
      connector({ patienceMs: PATIENCE_MS, firstPatienceMs: FIRST_PATIENCE_MS }),
      import('../transport/peerjs.ts'),
      import('./worker-bridge.ts'),
      ownerStores(kept),
    ])
  const member = new Member(identity)
  const coordinator = loggedCoordinator(connect(member))
  const peerJs = createPeerJsTransport({
    identity: member,
    random,
    rendezvous: async (visitor) => {
      const { ticket, iceServers } = await coordinator.ticket(visitor)
      // Out of JSON, where a key has a value or is not there, as WebRTC's types want it.
      return { ...placeOf(location), ticket, iceServers: iceServers as RTCIceServer[] }
    },
    bulkWorker: () => new Worker(new URL('../../workers/shard.worker.ts', import.meta.url), { type: 'module' }),
  })
  const transport = loggedTransport(peerJs)
  const erasure = new Worker(new URL('../../workers/erasure.worker.ts', import.meta.url), { type: 'module' })
  const codec = erasureInWorker(erasure)
  /** One worker for each key epoch: a backup may still be under way in one that has ended, and one of before be compared. */
  const sealers = new Map<number, { worker: Worker; sealer: ReturnType<OwnerContext['sealerOf']> }>()
  const sealerOf: OwnerContext['sealerOf'] = (keys) => {
    let found = sealers.get(keys.epoch)
    if (found === undefined) {
      const worker = new Worker(new URL('../../workers/snapshot.worker.ts', import.meta.url), { type: 'module' })
      sealers.set(keys.epoch, (found = { worker, sealer: sealerInWorker(worker, keys) }))
    }
    return found.sealer
  }
  const follow = async ({ advance, out }: Keeping): Promise<void> => {
    try {
      await member.follow({ coordinator, clock, random, store: advance, name: defaultDeviceName() })
    } catch (thrown) {
      const code = codeOf(thrown)
      if (isOutOfAccount(code)) out(code)
      throw thrown
    }
  }
  const owner: OwnerContext = {
    get identity() {
      return member.now
    },
    sealerOf,
    coordinator,
    transport,
    codec,
    state,
    clock,
    random,
    follow: kept && (() => follow(kept)),
  }
  return {
    owner,
    trees,
    async startKeeping(options) {
      if (kept === undefined) throw new KeeptabError('internal', 'A guest keeps nothing.')
      const [{ openIndexedDbShardStore }, { startKeeping }, { repairing }] = await Promise.all([
        import('../store/indexeddb-shard-store.ts'),
        import('../keeping/keeper.ts'),
        import('../repair/repair.ts'),
      ])
      const store = await openIndexedDbShardStore(kept.database)
      const onMembership = (event: 'epoch-began' | 'revoked'): void => {
        if (event === 'revoked') kept.out('device-revoked')
        else void follow(kept).catch(() => undefined) // asked again with the next backup
      }
      const work = repairing({ coordinator, transport, store, codec })
      return startKeeping({ identity, coordinator, transport, store, clock, onMembership, work }, options)
    },
    async close() {
      await transport.close()
      erasure.terminate()
      for (const { worker } of sealers.values()) worker.terminate()
    },
  }
}

/** The whole in counts. @throws KeeptabError `not-signed-in` for a wrong token, `not-found` where none is set */
export async function operatorFigures(token: string): Promise<OperatorFigures> {
  checkWithoutEval()
  const [{ askPlainly }, { operatorSchema }] = await Promise.all([
    import('../coordinator/plain.ts'),
    import('../protocol/coordinator-messages.ts'),
  ])
  return askPlainly({ base: location.origin, path: '/v1/operator', answer: operatorSchema, token })
}

/** The coordinator asked once, without patience: for finding out what is wrong with the way to it. */
export async function impatientCoordinator(identity: DeviceIdentity): Promise<Coordinator> {
  checkWithoutEval()
  return (await connector({ patienceMs: 0 }))(identity)
}

/** A new device of the account behind a root secret, in the newest key epoch. @throws KeeptabError as the coordinator */
export async function newDeviceOf(root: Bytes): Promise<DeviceIdentity> {
  const [{ deviceOfWords }, connect] = await Promise.all([
    import('../backup/epoch.ts'),
    connector({ patienceMs: FIRST_PATIENCE_MS }),
  ])
  return deviceOfWords(root, random.bytes(32), clock.now(), connect)
}

/** What joining an account by link needs. */
export async function joinParts(signal: AbortSignal): Promise<JoinParts> {
  const [{ httpMailboxes }, connect] = await Promise.all([
    import('../coordinator/mailbox.ts'),
    connector({ patienceMs: FIRST_PATIENCE_MS }),
  ])
  return { mailboxes: httpMailboxes(location.origin), connect, clock, random, signal }
}

async function connector(
  patience: Pick<HttpCoordinatorOptions, 'patienceMs' | 'firstPatienceMs'>,
): Promise<JoinParts['connect']> {
  const { createHttpCoordinator } = await import('../coordinator/http.ts')
  const platform = platformOfBrowser(navigator.userAgent)
  const { onWait } = reach
  return (identity) =>
    createHttpCoordinator({ url: location.origin, identity, WebSocket, platform, clock, random, onWait, ...patience })
}

/** Where an owner's state lies and what it saw of snapshots: in this profile, or in memory for a guest. */
async function ownerStores(
  kept: Pick<Profile, 'database' | 'trees'> | undefined,
): Promise<{ state: OwnerState; trees: TreeCache }> {
  if (kept !== undefined) {
    const { IndexedDbOwnerState } = await import('../store/indexeddb-owner-state.ts')
    return { state: new IndexedDbOwnerState(kept.database), trees: kept.trees }
  }
  const { emptyOwnerShelf, MemoryOwnerState, MemoryTreeCache } = await import('../store/memory.ts')
  return { state: new MemoryOwnerState(emptyOwnerShelf()), trees: new MemoryTreeCache() }
}

/** The coordinator is where the page came from. */
const placeOf = ({ hostname, port, protocol }: Location) => {
  const secure = protocol === 'https:'
  return { host: hostname, port: Number(port) || (secure ? 443 : 80), path: '/', secure }
}
