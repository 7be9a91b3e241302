/** Real coordinators, databases and peers for the contract suites; all of it in temporary folders and on free ports. */
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Kysely, sql } from 'kysely'
import { WebSocket } from 'ws'
import { own } from '../../src/core/bytes.ts'
import type { Clock, Random } from '../../src/core/clock.ts'
import type { DeviceId } from '../../src/core/ids.ts'
import type { Platform } from '../../src/core/platform.ts'
import { GiB, MiB } from '../../src/core/units.ts'
import type { Coordinator, LiveEvent } from '../../src/coordinator/coordinator.ts'
import { createHttpCoordinator } from '../../src/coordinator/http.ts'
import type { LastingLives } from '../../src/durability/lean.ts'
import { newDevice, type DeviceIdentity } from '../../src/identity/keys.ts'
import type { PlacementGroup } from '../../src/protocol/coordinator-messages.ts'
import { packIdOf, signPackRecord, signShardReceipt } from '../../src/protocol/records.ts'
import type { Config } from '../../signaling/config.ts'
import { startCoordinator, type RunningCoordinator } from '../../signaling/coordinator.ts'
import { openDatabase, type DatabaseChoice } from '../../signaling/db/database.ts'
import { postgresDialect } from '../../signaling/db/postgres.ts'
import { freePort } from './free-port.ts'

export const clock: Clock = { now: () => Date.now() }
export const random: Random = {
  bytes: (length) => own(randomBytes(length)),
  fraction: () => Math.random(),
}

/** A device of a new account, or one more of the account of `root`. */
export const newIdentity = (root = random.bytes(32)): Promise<DeviceIdentity> =>
  newDevice(root, random.bytes(32), clock.now())

/** Nothing is known of keepers that stay. */
export const noLives = (): Promise<LastingLives> => Promise.resolve({ long: undefined, recent: undefined })

const LOOK_MS = 5

/** In memory, where there is room: most of what these tests took was time in which they waited for the disk. */
const hasRoom = (folder: string): boolean => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > GiB
}
const shared = '/dev/shm'
const databasesIn = existsSync(shared) && hasRoom(shared) ? shared : tmpdir()

export const temporaryFolder = (): string => mkdtempSync(join(databasesIn, 'keeptab-coordinator-'))

/**
 * A coordinator in this process. Its log lines are collected.
 * @param itsClock one that a test moves
 * @param stopwatch time that passes whatever that clock does
 */
export async function runCoordinator(
  settings: Partial<Config> = {},
  itsClock: Clock = clock,
  stopwatch?: Clock,
): Promise<RunningCoordinator & { log: string[] }> {
  const log: string[] = []
  const config: Config = {
    host: '127.0.0.1',
    port: 0,
    oneMachine: true,
    pageDir: 'no-such-folder',
    name: 'under test',
    databaseUrl: undefined,
    stunUrls: [],
    turn: undefined,
    tls: undefined,
    networkTables: [],
    trustProxy: false,
    operatorToken: undefined,
    logLevel: 'debug',
    ...settings,
    dataDir: settings.dataDir ?? temporaryFolder(),
  }
  const removeData = (): void => {
    if (settings.dataDir === undefined) rmSync(config.dataDir, { recursive: true, force: true })
  }
  const logTo = { write: (line: string) => void log.push(line) }
  const running = await startCoordinator(config, { logTo, clock: itsClock, ...(stopwatch && { stopwatch }) }).catch(
    (thrown: unknown) => {
      removeData()
      throw thrown
    },
  )
  return {
    ...running,
    log,
    async close() {
      await running.close()
      removeData()
    },
  }
}

/** A client. With `address` it says to come through a proxy from there. */
export function connect(
  url: string,
  identity: Pick<DeviceIdentity, 'deviceKey' | 'certificate'>,
  address?: string,
  patienceMs = 10_000,
  itsClock: Clock = clock,
  platform: Platform = 'node-linux',
): Coordinator {
  const headers = address === undefined ? undefined : { 'X-Forwarded-For': address }
  class Socket extends WebSocket {
    constructor(socketUrl: string) {
      super(socketUrl, { headers })
    }
  }
  return createHttpCoordinator({
    url,
    identity,
    WebSocket: Socket,
    platform,
    fetch: (input, init) =>
      fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...headers } }),
    clock: itsClock,
    random,
    patienceMs,
  })
}

/** Goes online and waits until it is. */
export function online(coordinator: Coordinator): Promise<{ events: LiveEvent[]; end: () => void }> {
  const events: LiveEvent[] = []
  return new Promise((resolve) => {
    const end = coordinator.goOnline((event) => {
      events.push(event)
      if (event.type === 'online') resolve({ events, end })
    })
  })
}

/** Looks again and again until it holds, and leaves the processor to what it waits for. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(LOOK_MS)
}

export interface Peer {
  readonly identity: DeviceIdentity
  readonly coordinator: Coordinator
}

/** Peers that are online and keep, each with its own account, by device. */
export async function startKeepers(connectTo: (identity: DeviceIdentity, i: number) => Coordinator, count: number) {
  const keepers = new Map<DeviceId, Peer & { end: () => void }>()
  for (let i = 0; i < count; i++) {
    const identity = await newIdentity()
    const coordinator = connectTo(identity, i)
    await coordinator.keep({ limitBytes: 100 * MiB, freeBytes: 100 * MiB, paused: false })
    const { end } = await online(coordinator)
    keepers.set(identity.device, { identity, coordinator, end })
  }
  return keepers
}

/** A pack record of the group's code and the receipts of the keepers at its slots. No shard is really stored. */
export async function newPack(
  owner: DeviceIdentity,
  group: PlacementGroup,
  keepers: ReadonlyMap<DeviceId, Peer>,
  storedAt = clock.now(),
) {
  const { k, n } = group.code
  const roots = Array.from({ length: n }, () => random.bytes(32))
  const record = await signPackRecord(owner, { k, n, shardBytes: MiB, roots })
  const pack = await packIdOf(record)
  const receipts = await Promise.all(
    group.slots.map(({ index, keeper }) => {
      const key = keepers.get(keeper)?.identity.deviceKey
      const root = roots[index]
      if (key === undefined || root === undefined) throw new Error('The group has a keeper that is not of this test.')
      return signShardReceipt(key, { pack, index, root, group: group.id, storedAt })
    }),
  )
  return { pack, record, receipts, roots }
}

/** For stories that count who is asked and what is moved: no whole shard of these keepers is read. */
export async function readNobody(place: DatabaseChoice, keepers: Iterable<DeviceId>): Promise<void> {
  const database = await openDatabase(place)
  for (const keeper of keepers) await database.transaction(({ reads }) => reads.put(keeper, Number.MAX_SAFE_INTEGER))
  await database.close()
}

export interface Postgres {
  readonly url: string
  /** Ends it at once, as if its machine had lost power but for what the system holds, and starts it again. */
  readonly crash: () => Promise<void>
  readonly stop: () => Promise<void>
}

/**
 * A PostgreSQL of its own on a free port.
 * @param settings of the server, such as `fsync=off`
 * @throws Error that says what to install when there is none on this machine
 */
export async function startPostgres(settings: readonly string[] = []): Promise<Postgres> {
  const bin = postgresFolder()
  const folder = mkdtempSync(join(databasesIn, 'keeptab-postgres-'))
  const user = unprivileged()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } }
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'keeptab', '-A', 'trust', '-E', 'UTF8'], {
    ...options,
    stdio: 'ignore',
  })
  const port = await freePort()
  const all = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...settings]
  const args = ['-D', data, '-p', String(port), ...all.flatMap((setting) => ['-c', setting])]
  const start = async () => {
    const server = spawn(join(bin, 'postgres'), args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
    const ended = new Promise((resolve) => server.once('exit', resolve))
    await new Promise<void>((resolve, reject) => {
      let said = ''
      server.stderr.on('data', (text: Buffer) => {
        said += text.toString()
        if (said.includes('ready to accept connections')) resolve()
      })
      server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${said}`)))
    })
    return { server, ended }
  }
  let running = await start()
  const end = async (signal: 'SIGTERM' | 'SIGQUIT') => {
    running.server.kill(signal)
    await running.ended
  }
  return {
    url: `postgres://keeptab@127.0.0.1:${port}/postgres`,
    async crash() {
      await end('SIGQUIT')
      running = await start()
    },
    async stop() {
      // Waits for the last connection to end by itself.
      await end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Both databases for `describe.each`: each starts one, which gives the URL of an empty one each time, none for SQLite. */
export const databases = [
  ['SQLite', () => Promise.resolve({ empty: () => Promise.resolve(undefined), stop: () => Promise.resolve() })],
  ['PostgreSQL', severalDatabases],
] as const

async function severalDatabases() {
  const { url, stop } = await startPostgres()
  const db = new Kysely({ dialect: postgresDialect(url) })
  let count = 0
  return {
    async empty(): Promise<string | undefined> {
      const name = `empty${(count += 1)}`
      await sql`create database ${sql.id(name)}`.execute(db)
      return url.replace(/postgres$/, name)
    },
    async stop() {
      await db.destroy()
      await stop()
    },
  }
}

function postgresFolder(): string {
  const versions = '/usr/lib/postgresql'
  const debian = existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : []
  const folders = [...debian.sort().reverse(), ...(process.env.PATH ?? '').split(delimiter)]
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
  if (found === undefined) throw new Error('These tests need PostgreSQL: apt-get install postgresql')
  return found
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
