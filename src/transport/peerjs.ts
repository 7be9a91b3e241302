/**
 * Links over WebRTC, with PeerJS for meeting: one RTCPeerConnection to each device, PeerJS's channel on it for control,
 * a second one, agreed beforehand, for bodies. The rendezvous only introduces; once open, a link does not need it.
 */
import type { DataConnection } from 'peerjs'
import type { Random } from '../core/clock.ts'
import { KeeptabError, messageOf } from '../core/errors.ts'
import { parseDeviceId, type DeviceId } from '../core/ids.ts'
import { bulkOver, type Bulk } from './bulk.ts'
import { BulkWorker } from './bulk-worker.ts'
import { fingerprintOf, shakeHands, type Prover } from './handshake.ts'
import { newVisitor, type Visitor } from '../identity/visitor.ts'
import { openLink } from './link.ts'
import { Membership, type Rendezvous } from './peerjs-membership.ts'
import { channelPipe, type Pipe } from './pipe.ts'
import { Switchboard } from './switchboard.ts'
import type { Link, PeerHandler, Transport } from './transport.ts'
import { Visits } from './visits.ts'

export interface PeerJsTransportOptions {
  readonly identity: Prover
  /**
   * Asked before every time of joining.
   * @param visitor who joins in this device's place
   * @throws whatever it likes; joining is tried again later
   */
  readonly rendezvous: (visitor?: Visitor) => Promise<Rendezvous>
  readonly random: Random
  /** Starts `workers/shard.worker`. Without it, or where channels cannot be moved, bodies flow on this thread. */
  readonly bulkWorker?: () => Worker
}

/** The id of the bulk channel on every connection, the same at both ends, far from those that WebRTC counts up. */
const BULK_CHANNEL = 100
/** Joins the rendezvous at once and again whenever that is lost, until it is closed. */
export function createPeerJsTransport(options: PeerJsTransportOptions): Transport {
  return new PeerJsTransport(options)
}

class PeerJsTransport implements Transport {
  readonly counted: { sentBytes: number; receivedBytes: number }
  readonly #options: PeerJsTransportOptions
  readonly #switchboard: Switchboard
  readonly #visits: Visits
  /** Whose visit this is, and who that is under this name. */
  readonly #host: PeerJsTransport | undefined
  readonly #visitor: Visitor | undefined
  #membership: Membership | undefined
  #handler: PeerHandler | undefined
  #worker: BulkWorker | undefined

  constructor(options: PeerJsTransportOptions, host?: PeerJsTransport, visitor?: Visitor) {
    this.#options = options
    this.#host = host
    this.#visitor = visitor
    this.counted = host?.counted ?? { sentBytes: 0, receivedBytes: 0 }
    this.#switchboard = new Switchboard(this.device)
    this.#visits = new Visits(async () => {
      const name = await newVisitor(options.random)
      return { name, transport: new PeerJsTransport(options, this, name) }
    })
    // A visitor joins when it has to reach somebody.
    if (host === undefined) this.#join()
  }

  get device(): DeviceId {
    return this.#prover.device
  }

  get #prover(): Prover {
    return this.#visitor ?? this.#options.identity
  }

  get openLinks(): number {
    return this.#switchboard.openLinks + this.#visits.openLinks
  }

  visit<T>(work: (visit: Visitor) => Promise<T>): Promise<T> {
    return this.#visits.run(work)
  }

  connect(device: DeviceId, { signal, visit }: Parameters<Transport['connect']>[1] = {}): Promise<Link> {
    if (visit !== undefined) return this.#visits.connect(visit, device, { ...(signal && { signal }) })
    return this.#switchboard.connect(device, (stop) => this.#dial(device, stop), signal)
  }

  async ready(): Promise<void> {
    await this.#join().joined()
  }

  serve(handler: PeerHandler): void {
    this.#handler = handler
  }

  close(): Promise<void> {
    this.#switchboard.close()
    this.#visits.close()
    this.#membership?.leave()
    this.#worker?.terminate()
    return Promise.resolve()
  }

  #join(): Membership {
    const { rendezvous, random } = this.#options
    this.#membership ??= new Membership({
      device: this.device,
      rendezvous: () => rendezvous(this.#visitor),
      random,
      arrived: (connection) => this.#arrived(connection),
    })
    return this.#membership
  }

  async #dial(device: DeviceId, stop: AbortSignal): Promise<Link> {
    const connection = await this.#offer(device).catch((thrown: unknown) => {
      throw new KeeptabError('peer-unreachable', messageOf(thrown), {}, thrown)
    })
    return this.#establish(connection, 'dialler', device, stop)
  }

  async #offer(device: DeviceId): Promise<DataConnection> {
    const peer = await this.#join().joined()
    // What PeerJS returns when its server went away a moment ago, other than its types say.
    const connection = peer.connect(device, { reliable: true, serialization: 'raw' }) as DataConnection | undefined
    if (connection === undefined) throw new KeeptabError('coordinator-unreachable')
    return connection
  }

  #arrived(connection: DataConnection): void {
    const device = parseDeviceId(connection.peer)
    const accepted = this.#switchboard.arrive(device, (stop) => this.#establish(connection, 'acceptor', device, stop))
    if (!accepted) connection.close()
  }

  async #establish(
    connection: DataConnection,
    role: 'dialler' | 'acceptor',
    expected: DeviceId,
    stop: AbortSignal,
  ): Promise<Link> {
    // PeerJS lets go of it when it closes.
    const { peerConnection } = connection
    // Before the descriptions are exchanged, so that it is there at both ends before the first byte is.
    const bulk = this.#bulk(peerConnection.createDataChannel('bulk', { negotiated: true, id: BULK_CHANNEL }))
    const lost = lossOf(connection, peerConnection)
    try {
      const control = await this.#opened(connection, expected, lost, stop)
      await Promise.race([described(peerConnection), control.closed])
      const hangUp = () => control.close()
      const ends = {
        role,
        expected,
        ownFingerprint: fingerprintOf(peerConnection.localDescription),
        peerFingerprint: fingerprintOf(peerConnection.remoteDescription),
      }
      stop.addEventListener('abort', hangUp, { once: true })
      const remote = await shakeHands(this.#prover, control, ends, this.#options.random)
      stop.removeEventListener('abort', hangUp)
      const link = openLink({
        remote,
        control,
        bulk: bulk.bulk,
        lost: Promise.race([lost, bulk.closed]).then(() => undefined),
        handler: () => this.#handler,
        count: (sentBytes, receivedBytes) => {
          this.counted.sentBytes += sentBytes
          this.counted.receivedBytes += receivedBytes
        },
      })
      void link.closed.then(() => connection.close())
      return link
    } catch (thrown) {
      bulk.bulk.close()
      connection.close()
      throw thrown
    }
  }

  /** The control channel, with nothing that comes over it missed. */
  #opened(
    connection: DataConnection,
    expected: DeviceId,
    lost: Promise<KeeptabError>,
    stop: AbortSignal,
  ): Promise<Pipe> {
    // Listened to from the start: where `open` and messages come over different queues, as in Node, the first message can
    // be heard before `open` is.
    let pipe: Pipe | undefined
    const listen = (channel: RTCDataChannel | undefined) => {
      if (channel !== undefined) pipe ??= channelPipe(channel)
    }
    // Other than its type says, there is none yet at the accepting side.
    listen(connection.dataChannel)
    connection.peerConnection.addEventListener('datachannel', ({ channel }) => listen(channel), { once: true })
    return new Promise((resolve, reject) => {
      const unreachable = () => reject(new KeeptabError('peer-unreachable'))
      const forget = this.#join().onExpire(expected, unreachable)
      stop.addEventListener('abort', unreachable, { once: true })
      if (stop.aborted) unreachable()
      void lost.then((reason) => {
        forget()
        reject(reason)
      })
      connection.on('open', () => {
        forget()
        stop.removeEventListener('abort', unreachable)
        resolve(pipe ?? channelPipe(connection.dataChannel))
      })
    })
  }

  #bulkWorker(): BulkWorker | undefined {
    if (this.#host !== undefined) return this.#host.#bulkWorker()
    const { bulkWorker } = this.#options
    if (bulkWorker !== undefined) this.#worker ??= new BulkWorker(bulkWorker())
    return this.#worker
  }

  #bulk(channel: RTCDataChannel): { bulk: Bulk; closed: Promise<void> } {
    const moved = this.#bulkWorker()?.attach(channel)
    if (moved !== undefined) return moved
    const pipe = channelPipe(channel)
    return { bulk: bulkOver(pipe), closed: pipe.closed }
  }
}

/** A channel can be open a moment before the browser admits to the descriptions that it was opened with. */
async function described(peerConnection: RTCPeerConnection): Promise<void> {
  while (peerConnection.localDescription === null || peerConnection.remoteDescription === null) {
    await new Promise((resolve) => {
      peerConnection.addEventListener('signalingstatechange', resolve, { once: true })
    })
  }
}

/** Resolves with the reason when the connection is gone, or will never be. */
function lossOf(connection: DataConnection, peerConnection: RTCPeerConnection): Promise<KeeptabError> {
  return new Promise((resolve) => {
    peerConnection.addEventListener('connectionstatechange', () => {
      const { connectionState, iceConnectionState } = peerConnection
      if (connectionState === 'closed') resolve(new KeeptabError('peer-unreachable'))
      if (connectionState !== 'failed') return
      // WebRTC §5.6.3: either ICE has failed or DTLS has, and DTLS fails when whoever is there lacks the key of the
      // description (RFC 8122 §6.2).
      resolve(new KeeptabError(iceConnectionState === 'failed' ? 'peer-unreachable' : 'peer-impostor'))
    })
    connection.on('error', (error) => resolve(new KeeptabError('peer-unreachable', error.message)))
    connection.on('close', () => resolve(new KeeptabError('peer-unreachable')))
  })
}
