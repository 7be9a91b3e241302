/** What every transport does, whatever carries its bytes. Runs over memory, and over PeerJS in Node and in Chromium. */
import fc from 'fast-check'
import { equal, type Bytes } from '../../src/core/bytes.ts'
import { codeOf, KeeptabError, messageOf } from '../../src/core/errors.ts'
import { idOf, parseDeviceId } from '../../src/core/ids.ts'
import { nextTurn } from '../../src/core/next-turn.ts'
import type { DeviceIdentity } from '../../src/identity/keys.ts'
import { SLICE_BYTES, type PeerRequest } from '../../src/protocol/peer-messages.ts'
import { deferred } from '../../src/transport/deferred.ts'
import type { Link, PeerHandler, RemotePeer, Transport } from '../../src/transport/transport.ts'
import { random } from './identity.ts'
import { refusedWith, same, type Law } from './law.ts'

/** Two peers that can reach each other, not linked yet, and what only the network between them can do. */
export interface Pair {
  readonly a: Transport
  readonly b: Transport
  readonly idA: DeviceIdentity
  readonly idB: DeviceIdentity
  /** Breaks the open connection between them without either asking for it. */
  readonly breakLink: () => void
}

const pack = new Uint8Array(32)
const read: PeerRequest = { type: 'read', pack, index: 0, offset: 0, length: 1 }
const slice: PeerRequest = { type: 'slice', pack, index: 0, offset: 0 }
const heads: PeerRequest = { type: 'heads' }

/** Answers a body with the same one turned around. */
const mirror: PeerHandler = ({ body }) =>
  Promise.resolve(
    body === undefined ? { head: { type: 'done' } } : { head: { type: 'read' }, body: body.slice().reverse() },
  )

/** A handler that mirrors what has a body and keeps everything else waiting until it is cancelled. */
function stuck() {
  const [asked, cancelled] = [deferred(), deferred()]
  const handler: PeerHandler = (request, remote, signal) => {
    if (request.body !== undefined) return mirror(request, remote, signal)
    asked.resolve()
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        cancelled.resolve()
        reject(new KeeptabError('aborted'))
      })
    })
  }
  return { handler, asked: asked.promise, cancelled: cancelled.promise }
}

const codeFrom = (work: Promise<unknown>): Promise<string> => work.then(() => 'fulfilled', codeOf)

/** The link from a to b, which answers so. */
function linked({ a, b, idB }: Pair, handler: PeerHandler): Promise<Link> {
  b.serve(handler)
  return a.connect(idB.device)
}

export const transportLaws: readonly Law<Pair>[] = [
  {
    title: 'a link names the device and the account that the other side has proven',
    async run(pair) {
      const seen: RemotePeer[] = []
      const link = await linked(pair, (_, remote) => {
        seen.push(remote)
        return Promise.resolve({ head: { type: 'done' } })
      })
      await link.call({ head: heads })
      same(link.remote, { device: pair.idB.device, account: pair.idB.account })
      same(seen, [{ device: pair.idA.device, account: pair.idA.account }])
    },
  },
  {
    title: 'a body of any size from 0 to a whole slice goes there and comes back, and so does none',
    async run(pair) {
      const link = await linked(pair, mirror)
      const sizes = fc.oneof(
        fc.constantFrom(0, 1, 52_428, 52_429, 52_430, SLICE_BYTES - 1, SLICE_BYTES),
        fc.integer({ min: 0, max: SLICE_BYTES }),
      )
      await fc.assert(
        fc.asyncProperty(sizes, async (size) => {
          const sent = Uint8Array.from({ length: size }, (_, i) => i * 31 + (i >> 8))
          const { body } = await link.call({ head: slice, body: sent.slice() })
          return body !== undefined && equal(body, sent.reverse())
        }),
        { numRuns: 30 },
      )
      same(await link.call({ head: heads }), { head: { type: 'done' } })
    },
  },
  {
    title: 'two hundred requests at once are answered in any order, each with its own answer',
    async run(pair) {
      const late = deferred()
      let asked = 0
      const link = await linked(pair, async ({ head }) => {
        if (head.type !== 'read') throw new KeeptabError('internal')
        // The first ones wait until later ones have been answered.
        if (++asked <= 20) await late.promise
        else if (asked === 60) late.resolve()
        return { head: { type: 'staged', have: head.offset } }
      })
      const numbers = Array.from({ length: 200 }, (_, i) => i)
      const answers = await Promise.all(numbers.map((offset) => link.call({ head: { ...read, offset } })))
      same(
        answers.map(({ head }) => head),
        numbers.map((have) => ({ type: 'staged', have })),
      )
    },
  },
  {
    title: 'bodies of many requests at once are not mixed up, in either direction',
    async run(pair) {
      pair.a.serve(mirror)
      const there = await linked(pair, mirror)
      const back = await pair.b.connect(pair.idA.device)
      const isRight = async (link: Link, i: number) => {
        const body = new Uint8Array(SLICE_BYTES - i).fill(i)
        const answer = await link.call({ head: slice, body: body.slice() })
        return answer.body !== undefined && equal(answer.body, body)
      }
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) => [isRight(there, i), isRight(back, 40 + i)]).flat(),
      )
      same(answers.includes(false), false)
    },
  },
  {
    title: 'what is counted is the bodies, at both ends',
    async run(pair) {
      const link = await linked(pair, mirror)
      await link.call({ head: slice, body: new Uint8Array(100_000) })
      await link.call({ head: heads })
      for (const { counted } of [pair.a, pair.b]) {
        // An answer can be back before the worker that sent it has said so.
        while (counted.sentBytes < 100_000) await nextTurn()
        same(counted, { sentBytes: 100_000, receivedBytes: 100_000 })
      }
    },
  },
  {
    title: 'both ends of one link can ask',
    async run(pair) {
      pair.a.serve(() => Promise.resolve({ head: { type: 'offered', have: 7 } }))
      const link = await linked(pair, mirror)
      await link.call({ head: heads })
      const back = await pair.b.connect(pair.idA.device)
      same(await back.call({ head: heads }), { head: { type: 'offered', have: 7 } })
    },
  },
  {
    title: 'an error that a handler throws arrives with its code, an unexpected one without its words',
    async run(pair) {
      const full = new KeeptabError('store-full', 'No room for 7 bytes.')
      const thrown: Error[] = [full, new Error('a path nobody should see')]
      const link = await linked(pair, () => Promise.reject(thrown.shift() ?? full))
      const failure = async () => {
        const error: unknown = await link.call({ head: read }).catch((reason: unknown) => reason)
        return { code: codeOf(error), message: messageOf(error) }
      }
      same(await failure(), { code: full.code, message: full.message })
      const unexpected = await failure()
      same([unexpected.code, unexpected.message.includes('path')], ['internal', false])
    },
  },
  {
    title: 'nobody answers before somebody serves',
    async run({ a, idB }) {
      const link = await a.connect(idB.device)
      await refusedWith('peer-refused', link.call({ head: heads }))
    },
  },
  {
    title: 'cancel reaches the handler and disturbs nobody else',
    async run(pair) {
      const { handler, asked, cancelled } = stuck()
      const link = await linked(pair, handler)
      const stop = new AbortController()
      const outcome = codeFrom(link.call({ head: read }, { signal: stop.signal }))
      const others = Promise.all(
        Array.from({ length: 8 }, () => link.call({ head: slice, body: new Uint8Array(SLICE_BYTES) })),
      )
      await asked
      stop.abort()
      same(await outcome, 'aborted')
      await cancelled
      same(
        (await others).map(({ body }) => body?.length),
        Array(8).fill(SLICE_BYTES),
      )
    },
  },
  {
    title: 'bodies that are cancelled on the way, there or back, leave a link that works',
    async run(pair) {
      const link = await linked(pair, mirror)
      for (let round = 0; round < 20; round++) {
        const stop = new AbortController()
        const call = (options: { signal?: AbortSignal }) =>
          codeFrom(link.call({ head: slice, body: new Uint8Array(SLICE_BYTES) }, options))
        const cancelled = Array.from({ length: 6 }, () => call({ signal: stop.signal }))
        const kept = Array.from({ length: 6 }, () => call({}))
        // In one round before anything is back, in the next after the first answer.
        if (round % 2 === 0) await Promise.race(cancelled)
        stop.abort()
        await Promise.all(cancelled)
        same(await Promise.all(kept), Array(6).fill('fulfilled'))
      }
    },
  },
  {
    title: 'a lost link rejects what is pending, and the next connect works',
    async run(pair) {
      const { handler, asked, cancelled } = stuck()
      const link = await linked(pair, handler)
      const outcome = codeFrom(link.call({ head: read }))
      await asked
      pair.breakLink()
      same(await outcome, 'connection-lost')
      await Promise.all([link.closed, cancelled])
      await refusedWith('connection-lost', link.call({ head: read }))
      const next = await pair.a.connect(pair.idB.device)
      same(next === link, false)
      const { body } = await next.call({ head: slice, body: new Uint8Array(1000) })
      same(body?.length, 1000)
    },
  },
  {
    title: 'closing a link ends it at both ends',
    async run({ a, b, idA, idB }) {
      const link = await a.connect(idB.device)
      const back = await b.connect(idA.device)
      link.close()
      await Promise.all([link.closed, back.closed])
    },
  },
  {
    title: 'connecting twice gives the same link, from both sides',
    async run({ a, b, idA, idB }) {
      const [one, two] = await Promise.all([a.connect(idB.device), a.connect(idB.device)])
      same([two === one, (await a.connect(idB.device)) === one], [true, true])
      const back = await b.connect(idA.device)
      same((await b.connect(idA.device)) === back, true)
    },
  },
  {
    title: 'both sides dialling at once end with links that work',
    async run({ a, b, idA, idB }) {
      a.serve(mirror)
      b.serve(mirror)
      const [there, back] = await Promise.all([a.connect(idB.device), b.connect(idA.device)])
      const ask = (link: Link) => link.call({ head: slice, body: new Uint8Array(1000) })
      const answers = await Promise.all([ask(there), ask(back)])
      same(
        answers.map(({ body }) => body?.length),
        [1000, 1000],
      )
    },
  },
  {
    title: 'a device that is not there, or is oneself, is unreachable',
    async run({ a, idA }) {
      await refusedWith('peer-unreachable', a.connect(idOf(parseDeviceId, random.bytes(32))))
      await refusedWith('peer-unreachable', a.connect(idA.device))
    },
  },
  {
    title: 'an aborted connect rejects at once and harms no other',
    async run({ a, idB }) {
      const stop = new AbortController()
      const [outcome, link] = [codeFrom(a.connect(idB.device, { signal: stop.signal })), a.connect(idB.device)]
      stop.abort()
      same(await outcome, 'aborted')
      same((await link).remote.device, idB.device)
    },
  },
  {
    title: 'more than a slice, or a message that is too long, is refused before it is sent',
    async run(pair) {
      const link = await linked(pair, mirror)
      await refusedWith('limit-exceeded', link.call({ head: slice, body: new Uint8Array(SLICE_BYTES + 1) }))
      const record: Bytes = new Uint8Array(17 * 1024)
      const tooLong: PeerRequest = { type: 'offer', record, index: 0, ticket: new Uint8Array(1) }
      await refusedWith('limit-exceeded', link.call({ head: tooLong }))
    },
  },
  {
    title: 'after close nothing is pending and nothing can be asked',
    async run(pair) {
      const link = await linked(pair, stuck().handler)
      const outcome = codeFrom(link.call({ head: read }))
      await pair.a.close()
      same(await outcome, 'connection-lost')
      await link.closed
      await refusedWith('peer-unreachable', pair.a.connect(pair.idB.device))
    },
  },
]
