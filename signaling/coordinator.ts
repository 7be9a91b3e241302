/** Puts a coordinator together, and on a server. Decides nothing. */
import { readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { pino, type DestinationStream } from 'pino'
import { own } from '../src/core/bytes.ts'
import type { Clock, Random } from '../src/core/clock.ts'
import { detailOf, KeeptabError, messageOf } from '../src/core/errors.ts'
import type { DeviceId } from '../src/core/ids.ts'
import { createAccounts } from './accounts.ts'
import { createAudits } from './audits.ts'
import { openBeacon } from './beacon.ts'
import { createChurn, noteTurn, noteUnseen } from './churn.ts'
import type { Config } from './config.ts'
import { openDatabase } from './db/database.ts'
import { createHandovers } from './handovers.ts'
import { createHeads } from './heads.ts'
import { createHealth } from './health.ts'
import { createHttp } from './http.ts'
import { createIceServers } from './ice.ts'
import { createInventories } from './inventory.ts'
import { createLimits } from './limits.ts'
import { openMembership } from './membership.ts'
import { createLiveSockets } from './live.ts'
import { createNetworks, parseNetworkTable, type Networks } from '../src/durability/networks.ts'
import { createOperator } from './operator.ts'
import { createPacks } from './packs.ts'
import { createPage } from './page.ts'
import { createPairings } from './pairings.ts'
import { createPlacement } from './placement.ts'
import { openPresence } from './presence.ts'
import { createReads } from './reads.ts'
import { createRepairs } from './repairs.ts'
import { createRendezvous } from './rendezvous.ts'
import { createRetention } from './retention.ts'
import { readSecrets } from './secrets.ts'
import { createTokens } from './tokens.ts'
import { createUpgrades, type Upgrades } from './upgrades.ts'

/** A coordinator at work without a server: whoever opened it hands it requests and sockets. */
export interface OpenCoordinator {
  readonly fetch: ReturnType<typeof createHttp>['fetch']
  readonly upgrades: Upgrades
  /** Devices whose live socket is open. */
  readonly online: () => number
  /** Does now what is else done once a minute: whatever follows from time that went by. */
  readonly catchUp: () => Promise<void>
  /** Tells peers that it stops, and begins nothing by itself any more. */
  readonly leave: () => void
  /** Writes down who was here until the end, and closes the database. After `leave`. */
  readonly close: () => Promise<void>
}

export interface RunningCoordinator extends Pick<OpenCoordinator, 'upgrades' | 'online' | 'catchUp' | 'close'> {
  /** Where it listens, such as http://127.0.0.1:8787. */
  readonly url: string
  /** Tells peers, lets requests that are being answered finish, closes the database. */
  readonly close: () => Promise<void>
}

const systemClock: Clock = { now: () => Date.now() }
const steadyClock: Clock = { now: () => performance.now() }
const systemRandom: Random = { bytes: (length) => own(randomBytes(length)), fraction: () => Math.random() }

/** How often what follows from time that went by is done. */
const BEAT_MS = 60_000
/** Sockets and requests that are still there so long after a stop are cut. */
const DRAIN_MS = 5000
const MAX_HEADER_BYTES = 16 * 1024

export interface CoordinatorOptions {
  /** Where log lines go instead of standard error. */
  readonly logTo?: DestinationStream
  /** By which everything is decided that has to do with age, absence or expiry; this machine's when left out. */
  readonly clock?: Clock
  /** Time that passes evenly whatever the clock does. A given clock is taken to do so, unless this says otherwise. */
  readonly stopwatch?: Clock
  /** This machine's when left out. */
  readonly random?: Random
}

/**
 * Starts it; resolves when it listens.
 * @throws KeeptabError `config-invalid` when an address is taken or a file cannot be read; what the database throws
 */
export async function startCoordinator(config: Config, options: CoordinatorOptions = {}): Promise<RunningCoordinator> {
  const tls = config.tls && {
    cert: readSetting('TLS_CERT', config.tls.certificate),
    key: readSetting('TLS_KEY', config.tls.key),
  }
  const coordinator = await openCoordinator(config, options)
  const { upgrades } = coordinator
  try {
    const server = createAdaptorServer({
      fetch: coordinator.fetch,
      ...(tls === undefined ? { createServer } : { createServer: createSecureServer }),
      serverOptions: { ...tls, maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: 10_000, requestTimeout: 30_000 },
    }) as Server
    server.on('upgrade', (request, socket, head) => upgrades.accept(request, socket, head))
    await listen(server, config)
    const { port } = server.address() as AddressInfo
    return {
      ...coordinator,
      url: `${tls === undefined ? 'http' : 'https'}://${hostInUrl(config.host)}:${port}`,
      async close() {
        coordinator.leave()
        await closed(server, () => upgrades.terminate())
        await coordinator.close()
      },
    }
  } catch (thrown) {
    coordinator.leave()
    await coordinator.close()
    throw thrown
  }
}

/** Opens the database and takes up the work. @throws what the database throws */
export async function openCoordinator(
  config: Config,
  {
    logTo,
    clock = systemClock,
    stopwatch = clock === systemClock ? steadyClock : clock,
    random = systemRandom,
  }: CoordinatorOptions = {},
): Promise<OpenCoordinator> {
  const log = pino({ level: config.logLevel, base: null }, logTo ?? pino.destination({ dest: 2, sync: false }))
  const { oneMachine } = config
  const database = await openDatabase({ dataDir: config.dataDir, url: config.databaseUrl })
  try {
    const { key, tokenSecret } = await readSecrets(database, random)
    const tokens = createTokens(tokenSecret, clock, random)
    const presence = await openPresence({
      database,
      clock,
      stopwatch,
      async onTurn(stores, device, turn) {
        await stores.repairs.lookAtKeeper(device)
        await noteTurn(stores, device, turn, clock.now())
      },
      onUnseen: noteUnseen,
      // Each hears the new time before it takes stock.
      onJump: () => live.tellAll({ type: 'inventory-wanted' }),
    })
    const beacon = await openBeacon(database, clock, random)
    const failed = (what: string) => (thrown: unknown) => log.error({ error: messageOf(thrown) }, what)
    const live = createLiveSockets((device, online) => {
      presence.note(device, online)
      if (!online) return
      audits.cameOnline(device).catch(failed('an audit could not be planned'))
      reads.cameOnline(device).catch(failed('a read could not be planned'))
    })
    const rendezvous = createRendezvous(clock)
    const isOnline = (device: DeviceId): boolean => live.isOnline(device)
    const audits = createAudits({
      database,
      beacon,
      clock,
      random,
      isOnline,
      tell: (device, message) => live.tell(device, message),
    })
    const membership = await openMembership(database, {
      isOnline,
      tell: (device) => live.tell(device, { type: 'epoch-began' }),
      expel(device) {
        live.expel(device)
        rendezvous.expel(device)
      },
    })
    const accounts = createAccounts({ database, tokens, membership, publicKey: key.publicKey, clock, random })
    const networks = readNetworks(config.networkTables)
    const limits = createLimits({ oneMachine })
    const addressOf = addressReader(config)
    const ask = (device: DeviceId): void => live.tell(device, { type: 'repair-wanted' })
    const placing = { database, key, clock, random, oneMachine, isOnline, networks }
    const reads = createReads({ ...placing, ask, audits })
    const repairs = createRepairs({
      ...placing,
      ask,
      suspect: (by, pack, claims) => reads.suspect(by, pack, claims),
      onClaim: ({ pack, keeper, by, ...claim }) =>
        log.info(
          { ...claim, pack: short(pack), keeper: short(keeper), by: short(by) },
          'a holder gave a repair nothing',
        ),
      onSetAside: (pack, until) =>
        log.info(
          { pack: short(pack), until },
          'a pack is no code word: it is set aside until its owner makes it again',
        ),
    })
    const churn = createChurn({ database, clock, isOnline })
    const http = createHttp({
      name: config.name,
      oneMachine,
      publicKey: key.publicKey,
      database,
      accounts,
      membership,
      pairings: createPairings(clock),
      tokens,
      placement: createPlacement({ ...placing, lives: () => churn.lives() }),
      packs: createPacks(placing),
      heads: createHeads(database, clock),
      handovers: createHandovers(placing),
      inventories: createInventories(database, clock),
      retention: createRetention({ database, key, clock }),
      audits,
      beacon,
      reads,
      repairs,
      churn,
      health: createHealth({ database, clock, networks }),
      operator: createOperator({
        database,
        clock,
        token: config.operatorToken,
        online: () => live.online,
        churn: () => churn.told(),
      }),
      iceServers: createIceServers(config, clock),
      limits,
      clock,
      log,
      addressOf,
      page: createPage(config.pageDir),
      tls: config.tls !== undefined,
    })
    const upgrades = createUpgrades({ tokens, live, rendezvous, accounts, membership, limits, addressOf, log })
    const notePresence = async (): Promise<void> => {
      const gone = await presence.beat()
      if (gone.length > 0) log.info({ devices: gone.length }, 'devices count as gone')
    }
    const repair = async (): Promise<void> => {
      await repairs.beat()
      const figures = await repairs.figures()
      if (figures.queue.length > 0) log.info(figures, 'repairs')
    }
    /** What goes wrong with one of them does not keep the others from their work. */
    const beat = async (): Promise<void> => {
      for (const work of [notePresence, repair, () => audits.beat(), () => reads.beat(), () => churn.beat()])
        await work().catch(failed('a beat failed'))
    }
    let beating: Promise<void> = Promise.resolve()
    const catchUp = (): Promise<void> => (beating = beating.then(beat))
    const nextBeat = (): void => {
      if (isStopping) return
      timer = setTimeout(() => void catchUp().then(nextBeat), BEAT_MS)
    }
    let timer: NodeJS.Timeout | undefined
    let isStopping = false
    nextBeat()
    return {
      fetch: http.fetch,
      upgrades,
      online: () => live.online,
      catchUp,
      leave() {
        isStopping = true
        clearTimeout(timer)
        live.leave()
        rendezvous.close()
      },
      async close() {
        await notePresence().catch(() => undefined) // what was not written is found by the next start
        await database.close()
      },
    }
  } catch (thrown) {
    await database.close()
    throw thrown
  }
}

/** An id as it stands in logs. */
const short = (id: string): string => id.slice(0, 8)

function readSetting(name: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (thrown) {
    throw new KeeptabError('config-invalid', `${name}: the file cannot be read.`, {}, thrown)
  }
}

function readNetworks(paths: readonly string[]): Networks {
  const rows = paths.flatMap((path) => {
    const lines = readSetting('NETWORK_TABLES', path).toString('utf8').split(/\r?\n/)
    try {
      return parseNetworkTable(lines)
    } catch (thrown) {
      throw new KeeptabError('config-invalid', `NETWORK_TABLES: ${detailOf(thrown)}`, {}, thrown)
    }
  })
  return createNetworks(rows)
}

/** The other end of the connection, or behind a trusted proxy the address that proxy saw. */
const addressReader =
  ({ trustProxy }: Config) =>
  (request: IncomingMessage): string => {
    const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined
    // A list grows to the right; all but its last entry may be made up.
    const nearest = String(forwarded ?? '')
      .split(',')
      .at(-1)
      ?.trim()
    return nearest ? nearest : (request.socket.remoteAddress ?? '')
  }

const listen = (server: Server, { host, port }: Config): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (thrown) => {
      const taken = 'code' in thrown && thrown.code === 'EADDRINUSE'
      const detail = taken ? `Port ${port} is taken by another program: choose another with --port.` : messageOf(thrown)
      reject(new KeeptabError('config-invalid', detail, {}, thrown))
    })
    server.listen(port, host, resolve)
  })

/** Resolves when every connection is gone; after a while they are cut. */
const closed = (server: Server, cutSockets: () => void): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => {
      cutSockets()
      server.closeAllConnections()
    }, DRAIN_MS)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })

const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host)
