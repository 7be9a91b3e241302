/** What every transport does, whatever carries its bytes. */
import { afterEach, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { equal, type Bytes } from '../../src/core/bytes.ts'
import { KeeptabError, codeOf } from '../../src/core/errors.ts'
import { idOf, parseDeviceId, type DeviceId } from '../../src/core/ids.ts'
import type { DeviceIdentity } from '../../src/identity/keys.ts'
import { SLICE_BYTES, type PeerRequest } from '../../src/protocol/peer-messages.ts'
import type { Link, PeerHandler, Transport } from '../../src/transport/transport.ts'
import { random } from './identity.ts'

/** Two peers that can reach each other, and what only the network between them can do. */
export interface Pair {
  readonly a: Transport
  readonly b: Transport
  readonly idA: DeviceIdentity
  readonly idB: DeviceIdentity
  /** Breaks the open connection between them without either asking for it. */
  readonly breakLink: () => void
  readonly close: () => Promise<void>
}

const packBytes = new Uint8Array(32)

/** A request that carries a number as its index or offset. */
const read = (offset: number, length = 1): PeerRequest => ({ type: 'read', pack: packBytes, index: 0, offset, length })
const slice = (offset: number): PeerRequest => ({ type: 'slice', pack: packBytes, index: 0, offset })

/** Answers a slice with its own body turned around. */
const mirror: PeerHandler = ({ body }) =>
  Promise.resolve(
    body === undefined ? { head: { type: 'done' } } : { head: { type: 'read' }, body: body.slice().reverse() },
  )

const never = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new KeeptabError('aborted')))
  })

const codeFrom = (work: Promise<unknown>): Promise<string> => work.then(() => 'fulfilled', codeOf)

export function transportContract(name: string, makePair: () => Promise<Pair>): void {
  describe(`a transport over ${name}`, () => {
    const pairs: Pair[] = []
    const pair = async () => {
      const made = await makePair()
      pairs.push(made)
      return made
    }
    const linked = async (handler: PeerHandler): Promise<Pair & { link: Link }> => {
      const made = await pair()
      made.b.serve(handler)
      return { ...made, link: await made.a.connect(made.idB.device) }
    }
    afterEach(async () => {
      await Promise.all(pairs.splice(0).map((made) => made.close()))
    })

    test('a link names the device and the account that the other side has proven', async () => {
      const seen: { device: DeviceId; account: string }[] = []
      const { link, idA, idB } = await linked((_, remote) => {
        seen.push(remote)
        return Promise.resolve({ head: { type: 'done' } })
      })
      await link.call({ head: { type: 'heads' } })
      expect(link.remote).toEqual({ device: idB.device, account: idB.account })
      expect(seen).toEqual([{ device: idA.device, account: idA.account }])
    })

    test('a body of any size from 0 to a whole slice goes there and comes back', async () => {
      const { link } = await linked(mirror)
      const sizes = fc.oneof(
        fc.constantFrom(0, 1, 52_428, 52_429, 52_430, SLICE_BYTES - 1, SLICE_BYTES),
        fc.integer({ min: 0, max: SLICE_BYTES }),
      )
      await fc.assert(
        fc.asyncProperty(sizes, async (size) => {
          const sent = Uint8Array.from({ length: size }, (_, i) => i * 31 + (i >> 8))
          const { body } = await link.call({ head: slice(0), body: sent.slice() })
          expect(body !== undefined && equal(body, sent.reverse())).toBe(true)
        }),
        { numRuns: 30 },
      )
      expect(await link.call({ head: slice(0) })).toEqual({ head: { type: 'done' } })
    })

    test('two hundred requests at once are answered in any order, each with its own answer', async () => {
      let release = () => {}
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      let asked = 0
      const { link } = await linked(async ({ head }) => {
        if (head.type !== 'read') throw new KeeptabError('internal')
        // The first ones wait until later ones have been answered.
        if (++asked <= 20) await released
        else if (asked === 60) release()
        return { head: { type: 'staged', have: head.offset } }
      })
      const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => link.call({ head: read(i) })))
      expect(answers.map(({ head }) => head)).toEqual(
        Array.from({ length: 200 }, (_, have) => ({ type: 'staged', have })),
      )
    })

    test('bodies of many requests at once are not mixed up, in either direction', async () => {
      const { link, b, idA } = await linked(mirror)
      const back = await b.connect(idA.device)
      expect(back.remote.device).toBe(idA.device)
      const call = async (i: number) => {
        const body = new Uint8Array(SLICE_BYTES - i).fill(i)
        const answer = await link.call({ head: slice(0), body: body.slice() })
        return answer.body !== undefined && equal(answer.body, body)
      }
      const right = await Promise.all(Array.from({ length: 40 }, (_, i) => call(i)))
      expect(right).toEqual(right.map(() => true))
    })

    test('what is counted is the bodies, at both ends', async () => {
      const { link, a, b } = await linked(mirror)
      await link.call({ head: slice(0), body: new Uint8Array(100_000) })
      await link.call({ head: slice(0) })
      expect(a.counted).toEqual({ sentBytes: 100_000, receivedBytes: 100_000 })
      expect(b.counted).toEqual({ sentBytes: 100_000, receivedBytes: 100_000 })
    })

    test('both ends of one link can ask', async () => {
      const { link, a, b, idA } = await linked(mirror)
      a.serve(() => Promise.resolve({ head: { type: 'offered', have: 7 } }))
      await link.call({ head: { type: 'heads' } })
      const back = await b.connect(idA.device)
      expect(await back.call({ head: { type: 'heads' } })).toEqual({ head: { type: 'offered', have: 7 } })
    })

    test('an error that a handler throws arrives with its code, an unexpected one without its words', async () => {
      let thrown: Error = new KeeptabError('store-full', 'No room for 7 bytes.')
      const { link } = await linked(() => Promise.reject(thrown))
      const full: unknown = await link.call({ head: read(0) }).catch((error: unknown) => error)
      expect(full).toMatchObject({
        code: 'store-full',
        message: new KeeptabError('store-full', 'No room for 7 bytes.').message,
      })
      thrown = new Error('a path nobody should see')
      const internal = (await link.call({ head: read(0) }).catch((error: unknown) => error)) as KeeptabError
      expect(internal.code).toBe('internal')
      expect(internal.message).not.toContain('path')
    })

    test('nobody answers before somebody serves', async () => {
      const { a, idB } = await pair()
      const link = await a.connect(idB.device)
      expect(await codeFrom(link.call({ head: { type: 'heads' } }))).toBe('peer-refused')
    })

    test('cancel reaches the handler and disturbs nobody else', async () => {
      let told = () => {}
      const cancelled = new Promise<void>((resolve) => {
        told = resolve
      })
      let begun = () => {}
      const waiting = new Promise<void>((resolve) => {
        begun = resolve
      })
      const { link } = await linked(async (request, remote, signal) => {
        if (request.head.type !== 'read') return mirror(request, remote, signal)
        signal.addEventListener('abort', told)
        begun()
        return never(signal)
      })
      const stop = new AbortController()
      const outcome = codeFrom(link.call({ head: read(0) }, { signal: stop.signal }))
      const others = Promise.all(
        Array.from({ length: 8 }, () => link.call({ head: slice(0), body: new Uint8Array(SLICE_BYTES) })),
      )
      await waiting
      stop.abort()
      expect(await outcome).toBe('aborted')
      await cancelled
      expect((await others).map(({ body }) => body?.length)).toEqual(Array(8).fill(SLICE_BYTES))
    })

    test('bodies that are cancelled on the way, there or back, leave a link that works', async () => {
      const { link } = await linked(mirror)
      for (let round = 0; round < 20; round++) {
        const stop = new AbortController()
        const calls = Array.from({ length: 12 }, (_, i) =>
          codeFrom(
            link.call({ head: slice(0), body: new Uint8Array(SLICE_BYTES) }, i % 2 ? { signal: stop.signal } : {}),
          ),
        )
        if (round % 2 === 0) await Promise.race(calls)
        stop.abort()
        const codes = await Promise.all(calls)
        expect(codes.filter((_, i) => i % 2 === 0)).toEqual(Array(6).fill('fulfilled'))
      }
    })

    test('a lost link rejects what is pending, and the next connect works', async () => {
      let lost = () => {}
      const handlerTold = new Promise<void>((resolve) => {
        lost = resolve
      })
      let begun = () => {}
      const waiting = new Promise<void>((resolve) => {
        begun = resolve
      })
      const { link, a, idB, breakLink } = await linked(async (request, remote, signal) => {
        if (request.head.type !== 'read') return mirror(request, remote, signal)
        signal.addEventListener('abort', lost)
        begun()
        return never(signal)
      })
      const outcome = codeFrom(link.call({ head: read(0) }))
      await waiting
      breakLink()
      expect(await outcome).toBe('connection-lost')
      await link.closed
      await handlerTold
      expect(await codeFrom(link.call({ head: read(0) }))).toBe('connection-lost')
      const next = await a.connect(idB.device)
      expect(next).not.toBe(link)
      expect(await next.call({ head: { type: 'heads' } })).toEqual({ head: { type: 'done' } })
    })

    test('closing a link ends it at both ends', async () => {
      const { link, b, idA } = await linked(mirror)
      const back = await b.connect(idA.device)
      link.close()
      await Promise.all([link.closed, back.closed])
    })

    test('connecting twice gives the same link, from both sides', async () => {
      const { a, b, idA, idB } = await pair()
      const [one, two] = await Promise.all([a.connect(idB.device), a.connect(idB.device)])
      expect(two).toBe(one)
      expect(await a.connect(idB.device)).toBe(one)
      const back = await b.connect(idA.device)
      expect(await b.connect(idA.device)).toBe(back)
    })

    test('both sides dialling at once end with links that work', async () => {
      const { a, b, idA, idB } = await pair()
      a.serve(mirror)
      b.serve(mirror)
      const [there, back] = await Promise.all([a.connect(idB.device), b.connect(idA.device)])
      const ask = (link: Link) => link.call({ head: slice(0), body: new Uint8Array(1000) })
      const answers = await Promise.all([ask(there), ask(back)])
      expect(answers.map(({ body }) => body?.length)).toEqual([1000, 1000])
    })

    test('a device that is not there, or is oneself, is unreachable', async () => {
      const { a, idA } = await pair()
      const nobody = idOf(parseDeviceId, random.bytes(32))
      expect(await codeFrom(a.connect(nobody))).toBe('peer-unreachable')
      expect(await codeFrom(a.connect(idA.device))).toMatch(/^peer-(unreachable|impostor)$/)
    })

    test('an aborted connect rejects at once and harms no other', async () => {
      const { a, idB } = await pair()
      const stop = new AbortController()
      const [outcome, link] = [codeFrom(a.connect(idB.device, { signal: stop.signal })), a.connect(idB.device)]
      stop.abort()
      expect(await outcome).toBe('aborted')
      expect((await link).remote.device).toBe(idB.device)
    })

    test('more than a slice, or a message that is too long, is refused before it is sent', async () => {
      const { link } = await linked(mirror)
      expect(await codeFrom(link.call({ head: slice(0), body: new Uint8Array(SLICE_BYTES + 1) }))).toBe(
        'limit-exceeded',
      )
      const record: Bytes = new Uint8Array(17 * 1024)
      const tooLong = { type: 'offer', record, index: 0, ticket: new Uint8Array(1) } as const
      expect(await codeFrom(link.call({ head: tooLong }))).toBe('limit-exceeded')
    })

    test('after close nothing is pending and nothing can be asked', async () => {
      const { link, a, idB } = await linked((_request, _remote, signal) => never(signal))
      const outcome = codeFrom(link.call({ head: read(0) }))
      await a.close()
      expect(await outcome).toBe('connection-lost')
      await link.closed
      expect(await codeFrom(a.connect(idB.device))).toBe('peer-unreachable')
    })
  })
}
