/** Transports in one process, with the delays, losses and partitions of a real network where they are asked for. */
import { toHex, type Bytes } from '../core/bytes.ts'
import type { Random } from '../core/clock.ts'
import { KeeptabError } from '../core/errors.ts'
import { newVisitor, type Visitor } from '../identity/visitor.ts'
import type { DeviceId } from '../core/ids.ts'
import { nextTurn } from '../core/next-turn.ts'
import type { Millis } from '../core/units.ts'
import { bulkOver } from './bulk.ts'
import { deferred } from './deferred.ts'
import { shakeHands, type Ends, type Prover } from './handshake.ts'
import { openLink } from './link.ts'
import { Inbox, LOW_WATER_BYTES, type Pipe } from './pipe.ts'
import { Switchboard, type Establish } from './switchboard.ts'
import type { Link, PeerHandler, Transport } from './transport.ts'
import { Visits } from './visits.ts'

export interface MemoryNetworkOptions {
  readonly random: Random
  /** How long a message is on its way, or what says it for each; 0 is the next turn of the event loop. Order stays. */
  readonly delayMs?: Millis | (() => Millis)
  /** Chance, from 0 to 1, that a message breaks its connection instead of arriving. */
  readonly breakChance?: number
}

export interface MemoryNetwork {
  /** A peer on the network; whoever joins with the same device later takes its place. */
  join(identity: Prover): Transport
  /** Breaks the connections between two devices and allows no new ones. */
  partition(a: DeviceId, b: DeviceId): void
  /** Ends all partitions. */
  heal(): void
}

export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const peers = new Map<DeviceId, Peer>()
  const wires = new Map<string, Set<Wire>>()
  const partitions = new Set<string>()

  /** A new connection between two peers, seen from each end. */
  function connection(dialler: Peer, acceptor: Peer): { dialled: Establish; accepted: Establish; lost: Promise<void> } {
    const wire = new Wire(options)
    const pair = pairOf(dialler.machine, acceptor.machine)
    const wiresOfPair = wires.get(pair) ?? new Set()
    wires.set(pair, wiresOfPair.add(wire))
    void wire.broken.then(() => wiresOfPair.delete(wire))
    const [a, b] = [fingerprint(options.random), fingerprint(options.random)]
    const ends = [
      { role: 'dialler', expected: acceptor.identity.device, ownFingerprint: a, peerFingerprint: b },
      { role: 'acceptor', expected: dialler.identity.device, ownFingerprint: b, peerFingerprint: a },
    ] as const
    return {
      dialled: (signal) => dialler.establish(wire, 0, ends[0], signal),
      accepted: (signal) => acceptor.establish(wire, 1, ends[1], signal),
      lost: wire.broken,
    }
  }

  class Peer implements Transport {
    readonly identity: Prover
    /** What it is called by its own name: a partition cuts off the machine, whatever name it goes by. */
    readonly machine: DeviceId
    readonly counted: { sentBytes: number; receivedBytes: number }
    readonly switchboard: Switchboard
    readonly #visits = new Visits(async () => {
      const name = await newVisitor(options.random)
      return { name, transport: joined(new Peer(name, this)) }
    })
    #handler: PeerHandler | undefined

    constructor(identity: Prover, host?: Peer) {
      this.identity = identity
      this.machine = host?.machine ?? identity.device
      this.counted = host?.counted ?? { sentBytes: 0, receivedBytes: 0 }
      this.switchboard = new Switchboard(identity.device)
    }

    get device(): DeviceId {
      return this.identity.device
    }

    get openLinks(): number {
      return this.switchboard.openLinks + this.#visits.openLinks
    }

    visit<T>(work: (visit: Visitor) => Promise<T>): Promise<T> {
      return this.#visits.run(work)
    }

    connect(device: DeviceId, { signal, visit }: Parameters<Transport['connect']>[1] = {}): Promise<Link> {
      if (visit !== undefined) return this.#visits.connect(visit, device, { ...(signal && { signal }) })
      return this.switchboard.connect(device, (stop) => this.#dial(device, stop), signal)
    }

    ready(): Promise<void> {
      return Promise.resolve()
    }

    serve(handler: PeerHandler): void {
      this.#handler = handler
    }

    close(): Promise<void> {
      if (peers.get(this.identity.device) === this) peers.delete(this.identity.device)
      this.switchboard.close()
      this.#visits.close()
      return Promise.resolve()
    }

    async #dial(device: DeviceId, signal: AbortSignal): Promise<Link> {
      await arrival(options.delayMs)
      const other = peers.get(device)
      if (other === undefined || partitions.has(pairOf(this.machine, other.machine))) {
        throw new KeeptabError('peer-unreachable')
      }
      const { dialled, accepted, lost } = connection(this, other)
      if (other.switchboard.arrive(this.identity.device, accepted)) return dialled(signal)
      // As on a real network, who is turned away hears nothing; when both dial at once the other's call comes instead.
      return new Promise((_, reject) => {
        const refuse = () => reject(new KeeptabError('peer-unreachable'))
        signal.addEventListener('abort', refuse, { once: true })
        void lost.then(refuse)
        if (signal.aborted) refuse()
      })
    }

    async establish(wire: Wire, end: 0 | 1, ends: Ends, signal: AbortSignal): Promise<Link> {
      const control = wire.pipe('control', end)
      const bulk = wire.pipe('bulk', end)
      signal.addEventListener('abort', () => wire.break(), { once: true })
      if (signal.aborted) wire.break()
      try {
        const remote = await shakeHands(this.identity, control, ends, options.random)
        return openLink({
          remote,
          control,
          bulk: bulkOver(bulk),
          lost: wire.broken,
          handler: () => this.#handler,
          count: (sentBytes, receivedBytes) => {
            this.counted.sentBytes += sentBytes
            this.counted.receivedBytes += receivedBytes
          },
        })
      } catch (thrown) {
        wire.break()
        throw thrown
      }
    }
  }

  const joined = (peer: Peer): Peer => {
    peers.set(peer.device, peer)
    return peer
  }

  return {
    join: (identity) => joined(new Peer(identity)),
    partition(a, b) {
      partitions.add(pairOf(a, b))
      for (const wire of wires.get(pairOf(a, b)) ?? []) wire.break()
    },
    heal: () => partitions.clear(),
  }
}

const pairOf = (a: DeviceId, b: DeviceId): string => [a, b].sort().join()

const fingerprint = (random: Random): string =>
  `sha-256 ${toHex(random.bytes(32))
    .toUpperCase()
    .replaceAll(/(..)(?!$)/g, '$1:')}`

function arrival(delay: MemoryNetworkOptions['delayMs'] = 0): Promise<void> {
  const delayMs = typeof delay === 'number' ? delay : delay()
  return delayMs > 0 ? new Promise((resolve) => setTimeout(resolve, delayMs)) : nextTurn()
}

type PipeName = 'control' | 'bulk'

/** The connection of two peers: two pipes that break together. */
export class Wire {
  readonly #end = deferred()
  readonly broken = this.#end.promise
  #isBroken = false
  readonly #options: MemoryNetworkOptions
  readonly #inboxes: Record<PipeName, readonly [Inbox, Inbox]>

  constructor(options: MemoryNetworkOptions) {
    this.#options = options
    const inboxes = () => [new Inbox(() => this.break()), new Inbox(() => this.break())] as const
    this.#inboxes = { control: inboxes(), bulk: inboxes() }
  }

  break(): void {
    this.#isBroken = true
    this.#end.resolve()
  }

  pipe(name: PipeName, end: 0 | 1): Pipe {
    const own = this.#inboxes[name][end]
    const other = this.#inboxes[name][end === 0 ? 1 : 0]
    let bufferedBytes = 0
    let last = Promise.resolve()
    let drained: (() => void)[] = []
    const deliver = (message: Bytes) => {
      bufferedBytes -= message.length
      if (bufferedBytes <= LOW_WATER_BYTES) for (const resolve of drained.splice(0)) resolve()
      if (!this.#isBroken) other.deliver(message)
    }
    void this.broken.then(() => {
      bufferedBytes = 0
      for (const resolve of drained.splice(0)) resolve()
    })
    return {
      send: (message) => {
        if (this.#isBroken) return
        const { random, breakChance = 0 } = this.#options
        if (breakChance > 0 && random.fraction() < breakChance) {
          this.break()
          return
        }
        bufferedBytes += message.length
        const copy = message.slice()
        const arrived = arrival(this.#options.delayMs)
        last = last.then(() => arrived).then(() => deliver(copy))
      },
      get bufferedBytes() {
        return bufferedBytes
      },
      drained: () =>
        new Promise((resolve) => {
          if (bufferedBytes <= LOW_WATER_BYTES) resolve()
          else drained = [...drained, resolve]
        }),
      listen: (listener) => own.listen(listener),
      opened: Promise.resolve(),
      closed: this.broken,
      close: () => this.break(),
    }
  }
}
