/** Being in the rendezvous: joining with a fresh ticket, and again whenever that is lost. */
import * as peerjs from 'peerjs'
import type { DataConnection, Peer as PeerJs, PeerOptions } from 'peerjs'
import type { Random } from '../core/clock.ts'
import { KeeptabError, messageOf } from '../core/errors.ts'
import type { DeviceId } from '../core/ids.ts'
import { deferred } from './deferred.ts'
import { parseSignal } from './signalling.ts'

// Node sees a CommonJS module, whose exports are all under `default`; bundlers see a real one.
const { Peer } = 'Peer' in peerjs ? peerjs : (peerjs as { default: typeof peerjs }).default

/** Where and how to meet, fresh from the coordinator: the ticket and the TURN credentials in it are short-lived. */
export interface Rendezvous {
  readonly host: string
  readonly port: number
  /** What stands before `/peerjs` in the address of the server. */
  readonly path: string
  readonly secure: boolean
  /** Admits this device once. */
  readonly ticket: string
  /** STUN and TURN servers. With none, none is used. */
  readonly iceServers: readonly RTCIceServer[]
}

/** Pauses before joining again: doubled each time, from the first to the last, and each time somewhat by chance. */
const REJOIN_MS = { first: 500, last: 30_000 }
/** A join may take so long. */
const JOIN_MS = 20_000

export interface MembershipOptions {
  readonly device: DeviceId
  readonly rendezvous: () => Promise<Rendezvous>
  readonly random: Random
  /** Somebody dials. */
  readonly arrived: (connection: DataConnection) => void
}

export class Membership {
  readonly #options: MembershipOptions
  /** The joining that is under way or next; while joined, the one that succeeded. */
  #current = deferred<PeerJs>()
  #hurry = () => {}
  readonly #expiry = new Map<DeviceId, Set<() => void>>()
  readonly #left = new AbortController()

  constructor(options: MembershipOptions) {
    this.#options = options
    void this.#run()
  }

  /** @throws KeeptabError `coordinator-unreachable` when the next try fails; trying goes on all the same */
  joined(): Promise<PeerJs> {
    this.#hurry()
    return this.#current.promise
  }

  /** Calls back when the rendezvous says that a device is not there. Returns how to stop that. */
  onExpire(device: DeviceId, listener: () => void): () => void {
    const listeners = this.#expiry.get(device) ?? new Set()
    this.#expiry.set(device, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#expiry.delete(device)
    }
  }

  leave(): void {
    this.#left.abort()
    this.#hurry()
  }

  async #run(): Promise<void> {
    const { signal } = this.#left
    let pauseMs = REJOIN_MS.first
    for (;;) {
      const joining = this.#current
      // Nobody has to be waiting for it.
      joining.promise.catch(() => undefined)
      try {
        const peer = await this.#join()
        joining.resolve(peer)
        pauseMs = REJOIN_MS.first
        await ending(peer, signal)
      } catch (thrown) {
        joining.reject(new KeeptabError('coordinator-unreachable', messageOf(thrown), {}, thrown))
      }
      this.#current = deferred()
      if (!signal.aborted) await this.#pause(pauseMs * (0.5 + this.#options.random.fraction()))
      if (signal.aborted) break
      pauseMs = Math.min(2 * pauseMs, REJOIN_MS.last)
    }
    this.#current.promise.catch(() => undefined)
    this.#current.reject(new KeeptabError('coordinator-unreachable', 'This side has left.'))
  }

  /** A new Peer each time: ticket and TURN credentials are fresh, and the old one still carries its open connections. */
  async #join(): Promise<PeerJs> {
    const { host, port, path, secure, ticket, iceServers } = await this.#options.rendezvous()
    const config = { iceServers: [...iceServers] }
    // Declared as a class, of which PeerJS wants no instance.
    const options: Omit<PeerOptions, never> = { host, port, path, secure, token: ticket, config }
    const peer = new Peer(this.#options.device, options)
    this.#check(peer)
    peer.on('connection', this.#options.arrived)
    try {
      await opening(peer, this.#left.signal)
      return peer
    } catch (thrown) {
      peer.destroy()
      throw thrown
    }
  }

  /** Stands between the socket and PeerJS. */
  #check(peer: PeerJs): void {
    const [take] = peer.socket.listeners('message')
    peer.socket.removeAllListeners('message')
    peer.socket.on('message', (message: unknown) => {
      const signal = parseSignal(message)
      if (signal === undefined) return
      if (signal.type === 'EXPIRE') {
        for (const listener of this.#expiry.get(signal.src) ?? []) listener()
        return
      }
      const isLate = signal.type === 'ANSWER' || signal.type === 'CANDIDATE'
      if (isLate && peer.getConnection(signal.src, signal.payload.connectionId) === null) return
      try {
        take?.call(peer, message)
      } catch {
        // An offer for which the host has no connection left, say. To the dialler it is as if nobody had answered.
      }
    })
  }

  /** Cut short when somebody wants to connect, but not below the first pause. */
  async #pause(ms: number): Promise<void> {
    const rest = new AbortController()
    this.#hurry = () => rest.abort()
    await wait(REJOIN_MS.first, this.#left.signal)
    await wait(ms - REJOIN_MS.first, rest.signal)
  }
}

function opening(peer: PeerJs, left: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('The rendezvous does not answer.'), JOIN_MS)
    const abort = () => fail('This side has left.')
    function fail(reason: string) {
      end()
      reject(new Error(reason))
    }
    function end() {
      clearTimeout(timer)
      left.removeEventListener('abort', abort)
    }
    left.addEventListener('abort', abort, { once: true })
    if (left.aborted) abort()
    peer.on('open', () => {
      end()
      resolve()
    })
    peer.on('error', (error) => fail(error.message))
    peer.on('disconnected', () => fail('The rendezvous hung up.'))
  })
}

/** Resolves when the rendezvous is lost, or, having left it, when this side is told to leave. */
function ending(peer: PeerJs, left: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const leave = () => {
      peer.destroy()
      resolve()
    }
    left.addEventListener('abort', leave, { once: true })
    if (left.aborted || peer.disconnected) leave()
    peer.on('disconnected', () => {
      left.removeEventListener('abort', leave)
      resolve()
    })
  })
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}
