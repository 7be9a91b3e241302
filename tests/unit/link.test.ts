import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { codeOf, KeeptabError } from '../../src/core/errors.ts'
import { idOf, parseAccountId, parseDeviceId } from '../../src/core/ids.ts'
import { KiB, MiB } from '../../src/core/units.ts'
import { encodeRequest, encodeResponse, SLICE_BYTES } from '../../src/protocol/peer-messages.ts'
import { bulkOver } from '../../src/transport/bulk.ts'
import { bodyFrame, controlFrame, MAX_BODIES, MAX_CALLS, type BodyFrame } from '../../src/transport/framing.ts'
import { openLink } from '../../src/transport/link.ts'
import { Wire } from '../../src/transport/memory.ts'
import { HIGH_WATER_BYTES, LOW_WATER_BYTES, type Pipe } from '../../src/transport/pipe.ts'
import type { Link, PeerHandler } from '../../src/transport/transport.ts'
import { random } from '../contract/identity.ts'

const id = new Uint8Array(32)
const remote = { device: idOf(parseDeviceId, id), account: idOf(parseAccountId, id) }
const ask = encodeRequest({ type: 'heads' })
const done = encodeResponse({ type: 'done' })
const slice = { type: 'slice', pack: id, index: 0, offset: 0 } as const

/** A link at one end, and the bare channels of somebody who says what he likes at the other. */
function linkToRogue(handler: PeerHandler = () => Promise.resolve({ head: { type: 'done' } })) {
  const wire = new Wire({ random })
  const link = openLink({
    remote,
    control: wire.pipe('control', 0),
    bulk: bulkOver(wire.pipe('bulk', 0)),
    lost: wire.broken,
    handler: () => handler,
    count: () => undefined,
  })
  return { link, control: wire.pipe('control', 1), bulk: wire.pipe('bulk', 1) }
}

const codeFrom = (work: Promise<unknown>): Promise<string> => work.then(() => 'fulfilled', codeOf)
const body = (frame: Partial<BodyFrame>) =>
  bodyFrame({ direction: 'request', stream: 1, offset: 0, totalBytes: 10, payload: new Uint8Array(10), ...frame })
const request = (stream: number, bodyBytes?: number) =>
  controlFrame({ kind: 'request', stream, message: ask, bodyBytes })

describe('a link is closed on whoever', () => {
  type Rogue = ReturnType<typeof linkToRogue>
  test.each<[string, (rogue: Rogue) => void]>([
    ['sends what is no frame', ({ control }) => control.send(new Uint8Array(3))],
    ['proves himself again', ({ control }) => control.send(controlFrame({ kind: 'proof', stream: 0, message: done }))],
    [
      'uses a stream twice',
      ({ control }) => {
        control.send(request(2))
        control.send(request(2))
      },
    ],
    [
      'answers what nobody asked',
      ({ control }) => control.send(controlFrame({ kind: 'response', stream: 1, message: done })),
    ],
    ['cancels what he never asked', ({ control }) => control.send(controlFrame({ kind: 'cancel', stream: 1 }))],
    ['sends what is no body', ({ bulk }) => bulk.send(new Uint8Array(3))],
    ['answers with a body that nobody asked for', ({ bulk }) => bulk.send(body({ direction: 'response' }))],
    ['leaves a gap in a body', ({ bulk }) => bulk.send(body({ offset: 1, payload: new Uint8Array(1) }))],
    [
      'sends a body of another length than announced',
      ({ control, bulk }) => {
        control.send(request(1, 9))
        bulk.send(body({}))
      },
    ],
    [
      'sends a body for a request without one',
      ({ control, bulk }) => {
        bulk.send(body({}))
        control.send(request(1))
      },
    ],
    [
      'sends more bodies without requests than may be under way',
      ({ bulk }) => {
        for (let stream = 1; stream <= MAX_BODIES + 1; stream++) bulk.send(body({ stream }))
      },
    ],
    [
      'begins more bodies than may be under way',
      ({ bulk }) => {
        for (let stream = 1; stream <= MAX_BODIES + 1; stream++) bulk.send(body({ stream, totalBytes: 11 }))
      },
    ],
  ])('%s', async (_, misbehave) => {
    const rogue = linkToRogue()
    misbehave(rogue)
    await rogue.link.closed
    expect(await codeFrom(rogue.link.call({ head: { type: 'heads' } }))).toBe('connection-lost')
  })

  test('asks without end, before the handlers of his requests become too many', async () => {
    let running = 0
    const { link, control } = linkToRogue((_request, _remote, signal) => {
      running++
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new KeeptabError('aborted')))
      })
    })
    for (let stream = 1; stream <= 1000; stream++) control.send(request(stream))
    await link.closed
    expect(running).toBeLessThanOrEqual(2 * MAX_CALLS)
  })
})

describe('a body may overtake its request', () => {
  test('because they travel on two channels', async () => {
    const { link, control, bulk } = linkToRogue((asked) =>
      Promise.resolve({ head: { type: 'offered', have: asked.body?.length ?? 0 } }),
    )
    const answer = new Promise((resolve) => control.listen(resolve))
    bulk.send(body({}))
    control.send(request(1, 10))
    const offered = encodeResponse({ type: 'offered', have: 10 })
    expect(await answer).toEqual(controlFrame({ kind: 'response', stream: 1, message: offered }))
    link.close()
  })
})

describe('silence', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Lets messages that are under way arrive: they travel by real turns of the event loop. */
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const seconds = async (count: number) => {
    for (let second = 0; second < count; second++) {
      await vi.advanceTimersByTimeAsync(1000)
      await settle()
    }
  }
  const isOpen = async (link: Link) => {
    let open = true
    void link.closed.then(() => {
      open = false
    })
    await settle()
    return open
  }
  const answerPings = (control: Pipe) => {
    control.listen((message) => {
      if (message[0] === controlFrame({ kind: 'ping', stream: 0 })[0]) {
        control.send(controlFrame({ kind: 'pong', stream: 0 }))
      }
    })
  }

  test('of a peer that is dead ends the link within half a minute', async () => {
    const { link } = linkToRogue()
    await seconds(15)
    expect(await isOpen(link)).toBe(true)
    await seconds(15)
    expect(await isOpen(link)).toBe(false)
  })

  test('of a peer that answers pings does not', async () => {
    const { link, control } = linkToRogue()
    answerPings(control)
    await seconds(600)
    expect(await isOpen(link)).toBe(true)
    link.close()
  })

  test('about one request ends that request after 30 seconds, and the link when it is not even ended', async () => {
    const { link, control } = linkToRogue()
    answerPings(control)
    const outcome = codeFrom(link.call({ head: { type: 'heads' } }))
    await seconds(29)
    let outcomeIsIn = false
    void outcome.then(() => {
      outcomeIsIn = true
    })
    await settle()
    expect(outcomeIsIn).toBe(false)
    await seconds(7)
    expect(await outcome).toBe('timeout')
    expect(await isOpen(link)).toBe(true)
    await seconds(36)
    expect(await isOpen(link)).toBe(false)
  })

  test('is not blamed on the other side when it was this one that slept', async () => {
    const { link, control } = linkToRogue()
    answerPings(control)
    await seconds(6)
    // The clock goes on while no timer runs.
    vi.setSystemTime(Date.now() + 3_600_000)
    const asleep = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 3_600_000)
    await seconds(5)
    expect(await isOpen(link)).toBe(true)
    asleep.mockRestore()
    link.close()
  })
})

describe('back-pressure', () => {
  test('keeps what waits in the channel at the mark and one message, and bodies take turns', async () => {
    const frames: number[] = []
    let most = 0
    let buffered = 0
    let low = () => {}
    const never = new Promise<void>(() => undefined)
    const slow: Pipe = {
      send(message) {
        frames.push(new DataView(message.buffer).getUint32(1))
        buffered += message.length
        most = Math.max(most, buffered)
      },
      get bufferedBytes() {
        return buffered
      },
      drained: () =>
        new Promise((resolve) => {
          low = resolve
        }),
      listen: () => undefined,
      opened: Promise.resolve(),
      closed: never,
      close: () => undefined,
    }
    const bulk = bulkOver(slow)
    const all = Promise.all(
      Array.from({ length: 40 }, (_, i) => bulk.send('request', i + 1, new Uint8Array(SLICE_BYTES))),
    )
    const finished = new AbortController()
    void all.then(() => finished.abort())
    while (!finished.signal.aborted) {
      buffered = Math.min(buffered, LOW_WATER_BYTES)
      low()
      await new Promise((resolve) => setImmediate(resolve))
    }
    buffered = 0
    expect(most).toBeGreaterThan(HIGH_WATER_BYTES - 64 * KiB)
    expect(most).toBeLessThanOrEqual(MiB + 64 * KiB)
    expect(frames.slice(0, 2 * MAX_BODIES)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(frames).toHaveLength(40 * 5)
  })

  test('lets no more bodies of requests out at once than the other side has to bear', async () => {
    const { link, control, bulk } = linkToRogue()
    const streams = new Set<number>()
    bulk.listen((message) => streams.add(new DataView(message.buffer).getUint32(1)))
    let heads = 0
    control.listen(() => heads++)
    const calls = Array.from({ length: 20 }, () =>
      codeFrom(link.call({ head: slice, body: new Uint8Array(SLICE_BYTES) })),
    )
    await expect.poll(() => streams.size).toBe(MAX_BODIES)
    expect(heads).toBe(MAX_BODIES)
    link.close()
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['connection-lost']))
  })
})
