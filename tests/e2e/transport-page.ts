/** The page of `transport.spec`: peers in a browser, one or a pair of them. */
import { equal } from '../../src/core/bytes.ts'
import { codeOf, messageOf } from '../../src/core/errors.ts'
import { parseDeviceId } from '../../src/core/ids.ts'
import type { DeviceIdentity } from '../../src/identity/keys.ts'
import { SLICE_BYTES } from '../../src/protocol/peer-messages.ts'
import { createPeerJsTransport } from '../../src/transport/peerjs.ts'
import type { Rendezvous } from '../../src/transport/peerjs-membership.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { newIdentity, random } from '../contract/identity.ts'
import { connections } from '../contract/made-connections.ts'
import { transportLaws } from '../contract/transport.ts'

declare global {
  /** The rendezvous of the test, in Node. */
  function invitation(): Promise<Rendezvous>
}

/** Where bodies flow: on the page or in a worker. */
export type BodiesIn = 'page' | 'worker'

/** Channels that went to a worker. */
let movedChannels = 0

function bulkWorker(): Worker {
  const worker = new Worker(new URL('../../workers/shard.worker.ts', import.meta.url), { type: 'module' })
  const post = worker.postMessage.bind(worker)
  worker.postMessage = (message: unknown, transfer?: Transferable[] | StructuredSerializeOptions) => {
    if (Array.isArray(transfer) && transfer.some((item) => item instanceof RTCDataChannel)) movedChannels++
    post(message, transfer as Transferable[])
  }
  return worker
}

async function join(identity: DeviceIdentity, bodies: BodiesIn): Promise<Transport> {
  const transport = createPeerJsTransport({
    identity,
    random,
    rendezvous: invitation,
    ...(bodies === 'worker' ? { bulkWorker } : {}),
  })
  await transport.ready()
  return transport
}

let own: Transport | undefined

const peers = {
  /** What broke a law over two peers of this page, or `undefined`. */
  async law(title: string, bodies: BodiesIn): Promise<string | undefined> {
    const law = transportLaws.find((candidate) => candidate.title === title)
    if (law === undefined) return 'there is no such law'
    const [idA, idB] = await Promise.all([newIdentity(), newIdentity()])
    const [a, b] = await Promise.all([join(idA, bodies), join(idB, bodies)])
    const breakLink = () => {
      for (const connection of connections) connection.close()
    }
    try {
      await law.run({ a, b, idA, idB, breakLink })
      return undefined
    } catch (thrown) {
      return messageOf(thrown)
    } finally {
      await Promise.all([a.close(), b.close()])
    }
  },

  /** Joins as a device that turns bodies around. */
  async serve(bodies: BodiesIn): Promise<string> {
    const identity = await newIdentity()
    own = await join(identity, bodies)
    own.serve(({ body }) =>
      Promise.resolve(
        body === undefined ? { head: { type: 'done' } } : { head: { type: 'read' }, body: body.slice().reverse() },
      ),
    )
    return identity.device
  },

  /** Sends slices to a device that turns them around, many at once. Says the code of what went wrong, or how many came back right. */
  async exchange(device: string, count: number): Promise<number | string> {
    if (own === undefined) return 'not joined'
    try {
      const link = await own.connect(parseDeviceId(device))
      const right = await Promise.all(
        Array.from({ length: count }, async (_, i) => {
          const sent = new Uint8Array(SLICE_BYTES - i).fill(i + 1, 0, 1000)
          const { body } = await link.call({
            head: { type: 'slice', pack: new Uint8Array(32), index: 0, offset: 0 },
            body: sent.slice(),
          })
          return body !== undefined && equal(body, sent.reverse())
        }),
      )
      return right.filter(Boolean).length
    } catch (thrown) {
      return codeOf(thrown)
    }
  },

  /** Resolves with the time when the link to a device is gone. */
  async lost(device: string): Promise<void> {
    const link = await own?.connect(parseDeviceId(device))
    await link?.closed
  },

  movedChannels: () => movedChannels,
}

export type Peers = typeof peers
Object.assign(globalThis, { peers })
