/** What the HTTP client does when things go wrong; that it talks to a real server is in the contract suite. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createHttpCoordinator } from '../../src/coordinator/http.ts'
import type { LiveSocket } from '../../src/coordinator/live-socket.ts'
import type { LiveEvent } from '../../src/coordinator/coordinator.ts'
import { NO_PLATFORM } from '../../src/core/platform.ts'
import { idOf, parsePackId } from '../../src/core/ids.ts'
import { newVisitor } from '../../src/identity/visitor.ts'
import { newDevice } from '../../src/identity/keys.ts'
import {
  challengeSchema,
  infoSchema,
  sessionSchema,
  type LiveMessage,
} from '../../src/protocol/coordinator-messages.ts'

const bytes = (length: number, fill = 7) => new Uint8Array(length).fill(fill)
const identity = await newDevice(bytes(32, 1), bytes(32, 2), 0)
const random = { bytes, fraction: () => 0 }

interface Asked {
  readonly path: string
  readonly token: string | null
}

/** A client of a network that answers as `answer` says. */
function client(
  answer: (asked: Asked, count: number) => Response | Promise<Response>,
  options: Partial<Parameters<typeof createHttpCoordinator>[0]> = {},
) {
  const asked: Asked[] = []
  const coordinator = createHttpCoordinator({
    url: 'http://coordinator.test/',
    identity,
    WebSocket: FakeSocket,
    platform: NO_PLATFORM,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      asked.push({ path: new URL(request.url).pathname, token: request.headers.get('Authorization') })
      return answer(asked.at(-1) as Asked, asked.length)
    },
    clock: { now: () => Date.now() },
    random,
    patienceMs: 10_000,
    ...options,
  })
  return { coordinator, asked }
}

const json = (value: unknown, status = 200): Response => Response.json(value, { status })
const problem = (code: string, status: number): Response => json({ code, detail: '' }, status)
const info = (key = 3) =>
  z.encode(infoSchema, { name: 'test', publicKey: bytes(32, key), oneMachine: true, now: Date.now() })
const unreachable = (): never => {
  throw new TypeError('fetch failed')
}

/** Answers signing in, and everything else as told. */
const signingIn =
  (rest: (asked: Asked) => Response, lifeMs = 3_600_000) =>
  (asked: Asked, count: number): Response => {
    if (asked.path === '/v1/info') return json(info())
    if (asked.path === '/v1/challenge') return json(z.encode(challengeSchema, { challenge: bytes(50) }))
    if (asked.path === '/v1/session') {
      return json(z.encode(sessionSchema, { token: `token-${count}`, expiresAt: Date.now() + lifeMs }))
    }
    return rest(asked)
  }

class FakeSocket implements LiveSocket {
  static readonly opened: FakeSocket[] = []
  onmessage: ((event: never) => void) | null = null
  onclose: ((event: never) => void) | null = null
  onerror: ((event: never) => void) | null = null
  readonly url: string
  constructor(url: string) {
    this.url = url
    FakeSocket.opened.push(this)
  }
  say(message: LiveMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) } as never)
  }
  close(): void {
    this.onclose?.({} as never)
  }
}

const nextSocket = async (): Promise<FakeSocket> => {
  for (;;) {
    const socket = FakeSocket.opened.shift()
    if (socket !== undefined) return socket
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

describe('the HTTP client', () => {
  it('asks again while the coordinator cannot be reached', async () => {
    const told: boolean[] = []
    const { coordinator, asked } = client(
      (_, count) => (count === 1 ? unreachable() : count === 2 ? new Response('proxy', { status: 502 }) : json(info())),
      { onWait: (waits) => told.push(waits) },
    )
    expect((await coordinator.info()).name).toBe('test')
    await coordinator.info()
    expect(asked).toHaveLength(4)
    expect(told).toEqual([true, false])
  })

  it('answers another challenge when the first has run out on its way, and not for ever', async () => {
    const late = (times: number) => {
      let left = times
      return client((asked, count) =>
        asked.path === '/v1/session' && left-- > 0
          ? problem('not-signed-in', 401)
          : signingIn(() => json({ devices: [] }))(asked, count),
      )
    }
    expect(await late(1).coordinator.devices()).toEqual([])
    const { coordinator, asked } = late(Infinity)
    await expect(coordinator.devices()).rejects.toMatchObject({ code: 'not-signed-in' })
    expect(asked.filter(({ path }) => path === '/v1/session')).toHaveLength(2)
  })

  it('gives up when its patience is used up, sooner while it never got an answer', async () => {
    const told: boolean[] = []
    const { coordinator, asked } = client(unreachable, {
      patienceMs: 1e9,
      firstPatienceMs: 300,
      onWait: (waits) => told.push(waits),
    })
    await expect(coordinator.info()).rejects.toMatchObject({ code: 'coordinator-unreachable' })
    expect(asked).toHaveLength(2)
    expect(told).toEqual([true, false]) // who has given up waits no more
  })

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController()
    const { coordinator } = client(unreachable, { patienceMs: 1e9, signal: stop.signal })
    const asking = coordinator.info()
    stop.abort()
    await expect(asking).rejects.toMatchObject({ code: 'aborted' })
  })

  it('passes a refusal on with its data, and does not ask again', async () => {
    const { coordinator, asked } = client(
      signingIn(() => json({ code: 'not-enough-keepers', detail: 'x', data: { eligible: 3, needed: 6 } }, 409)),
    )
    await expect(coordinator.group()).rejects.toMatchObject({
      code: 'not-enough-keepers',
      data: { eligible: 3, needed: 6 },
    })
    expect(asked.filter(({ path }) => path === '/v1/groups')).toHaveLength(1)
  })

  it('signs in once for many calls, and again when the session is no longer known', async () => {
    let known = true
    const { coordinator, asked } = client(
      signingIn(({ token }) => {
        if (!known && token === 'Bearer token-3') return problem('not-signed-in', 401)
        return json({ heads: [] })
      }),
    )
    await Promise.all([coordinator.heads(), coordinator.heads(), coordinator.heads()])
    expect(asked.filter(({ path }) => path === '/v1/session')).toHaveLength(1)
    known = false
    await coordinator.heads()
    expect(asked.filter(({ path }) => path === '/v1/session')).toHaveLength(2)
  })

  it.each([-48, 48])('needs no right clock: %i hours off it still signs in once', async (hours) => {
    const now = () => Date.now() + hours * 3_600_000
    const { coordinator, asked } = client(
      signingIn(() => json({ heads: [] })),
      { clock: { now } },
    )
    for (let i = 0; i < 3; i++) await coordinator.heads()
    expect(asked.filter(({ path }) => path === '/v1/session')).toHaveLength(1)
  })

  it('signs in again before a session ends, by whatever clock', async () => {
    let ahead = 0
    const { coordinator, asked } = client(
      signingIn(() => json({ heads: [] })),
      { clock: { now: () => Date.now() + ahead } },
    )
    await coordinator.heads()
    ahead = 3_600_000
    for (let i = 0; i < 3; i++) await coordinator.heads()
    expect(asked.filter(({ path }) => path === '/v1/session')).toHaveLength(2)
  })

  it('asks a coordinator that knows of no visits where packs lie all the same', async () => {
    let locates = 0
    const { coordinator } = client(
      signingIn(() => ((locates += 1) === 1 ? problem('malformed', 400) : json({ packs: [] }))),
    )
    const visitor = await newVisitor(random)
    const pack = idOf(parsePackId, bytes(32))
    expect(await coordinator.locatePacks([pack], visitor)).toEqual([])
    expect(locates).toBe(2)
    const refused = client(signingIn(() => problem('malformed', 400))).coordinator
    await expect(refused.locatePacks([pack])).rejects.toMatchObject({ code: 'malformed' })
  })

  it('does not sign in for ever when every session is refused', async () => {
    const { coordinator, asked } = client(signingIn(() => problem('not-signed-in', 401)))
    await expect(coordinator.heads()).rejects.toMatchObject({ code: 'not-signed-in' })
    expect(asked.filter(({ path }) => path === '/v1/session')).toHaveLength(2)
  })

  it('refuses another coordinator at the same address', async () => {
    const { coordinator } = client((_, count) => json(info(count)))
    await coordinator.info()
    await expect(coordinator.info()).rejects.toMatchObject({ code: 'signature-invalid' })
  })

  it.each([
    ['no JSON', () => new Response('<html>')],
    ['an unknown field', () => json({ ...info(), extra: 1 })],
    ['a missing field', () => json({ name: 'test' })],
    ['a refusal that is none', () => new Response('<html>', { status: 403 })],
  ])('refuses an answer with %s', async (_, answer) => {
    await expect(client(answer).coordinator.info()).rejects.toMatchObject({ code: 'malformed' })
  })
})

describe('the live socket', () => {
  const ticket = () => json({ ticket: 'a-ticket', iceServers: [] })
  const start = () => {
    const events: LiveEvent['type'][] = []
    const end = client(signingIn(ticket)).coordinator.goOnline(({ type }) => events.push(type))
    return { events, end }
  }

  it('is online from the welcome to the close, and comes back', async () => {
    const { events, end } = start()
    const first = await nextSocket()
    expect(first.url).toBe('ws://coordinator.test/v1/live?ticket=a-ticket')
    expect(events).toEqual([])
    first.say({ type: 'welcome', device: identity.device })
    first.say({ type: 'inventory-wanted' })
    first.close()
    const second = await nextSocket()
    second.say({ type: 'welcome', device: identity.device })
    expect(events).toEqual(['online', 'inventory-wanted', 'offline', 'online'])
    end()
    expect(events).toEqual(['online', 'inventory-wanted', 'offline', 'online', 'offline'])
  })

  it('stays away when another one took over', async () => {
    const { events } = start()
    const socket = await nextSocket()
    socket.say({ type: 'welcome', device: identity.device })
    socket.say({ type: 'replaced' })
    socket.close()
    expect(events).toEqual(['online', 'offline', 'replaced'])
  })

  it('comes back after the coordinator said it leaves', async () => {
    const { end } = start()
    const socket = await nextSocket()
    socket.say({ type: 'welcome', device: identity.device })
    socket.say({ type: 'leaving', backInMs: 10 })
    socket.close()
    await nextSocket()
    end()
  })
})
