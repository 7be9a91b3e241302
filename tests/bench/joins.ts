/**
 * Joining (T5): new accounts come at a steady 200 a second, each from an address of its own, sign in and offer space. They
 * come whether those before them were answered or not, so whatever queues up is in the figure.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { createHttpCoordinator } from '../../src/coordinator/http.ts'
import { u32 } from '../../src/core/bytes.ts'
import { NO_PLATFORM } from '../../src/core/platform.ts'
import { GB, type Millis } from '../../src/core/units.ts'
import { newDevice, type DeviceIdentity } from '../../src/identity/keys.ts'
import { clock, random } from '../contract/coordinator-fixtures.ts'
import { Program } from '../e2e/program.ts'
import { print, timed } from './figure.ts'

const ROUNDS = 5
const A_SECOND = 200
const SECONDS = 10
const LIMIT_MS: Millis = 300

export async function benchJoins(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'keeptab-joins-'))
  const args = ['--import', 'tsx', 'signaling/main.ts', '--port', '0', '--data', folder]
  const coordinator = new Program(args, { TRUST_PROXY: '1', LOG_LEVEL: 'warn' })
  try {
    const url = await coordinator.line((line) => /https?:\/\/\S+/.exec(line)?.[0])
    await round(url, 0, 1)
    const sessions: Millis[] = []
    const joins: Millis[] = []
    for (let i = 1; i <= ROUNDS; i += 1) {
      const took = await round(url, i, SECONDS)
      sessions.push(slowest(took.sessions))
      joins.push(slowest(took.joins))
    }
    const limited = (values: readonly Millis[]) => values.map((ours) => ({ ours, peer: LIMIT_MS }))
    const peerName = 'limit'
    const unit = 'ms, 99th of 100'
    const each = `${A_SECOND} new accounts a second for ${SECONDS} s, SQLite`
    print({ target: 'T5', case: `the request that joins, ${each}`, peerName, unit, rounds: limited(sessions) })
    print({
      target: 'T5',
      case: `joined and space offered, four requests, ${each}`,
      peerName,
      unit,
      rounds: limited(joins),
    })
  } finally {
    await coordinator.stop()
    await rm(folder, { recursive: true })
  }
}

/** @param number of the round: no address comes twice */
async function round(url: string, number: number, seconds: number): Promise<{ sessions: Millis[]; joins: Millis[] }> {
  const sessions: Millis[] = []
  const count = A_SECOND * seconds
  const devices = await Promise.all(
    Array.from({ length: count }, () => newDevice(random.bytes(32), random.bytes(32), clock.now())),
  )
  const startedAt = performance.now()
  const joins = await Promise.all(
    devices.map(async (device, i) => {
      await setTimeout(startedAt + (i * 1000) / A_SECOND - performance.now())
      return await timed(() => joining(url, device, addressOf(number * A_SECOND * SECONDS + i), sessions))
    }),
  )
  return { sessions, joins }
}

async function joining(url: string, identity: DeviceIdentity, address: string, sessions: Millis[]): Promise<void> {
  const asThatAddress: typeof fetch = async (input, init) => {
    const headers = { ...(init?.headers as Record<string, string>), 'X-Forwarded-For': address }
    const sentAt = performance.now()
    const response = await fetch(input, { ...init, headers })
    if (new Request(input).url.endsWith('/v1/session')) sessions.push(performance.now() - sentAt)
    return response
  }
  const patienceMs = 0
  const platform = NO_PLATFORM
  const options = { url, identity, WebSocket, platform, clock, random, patienceMs, fetch: asThatAddress }
  await createHttpCoordinator(options).keep({ limitBytes: 10 * GB, freeBytes: 10 * GB, paused: false })
}

/** In 10.0.0.0/8. */
const addressOf = (number: number): string => [10, ...u32(number).subarray(1)].join('.')

/** That 99 of 100 are not slower than. */
function slowest(took: readonly Millis[]): Millis {
  return [...took].sort((a, b) => a - b)[Math.ceil(took.length * 0.99) - 1] ?? Number.NaN
}
