/**
 * WebRTC and WebSocket for Node, under the names that browsers give them, so that the one PeerJS transport runs here too.
 * Import this before `src/transport/peerjs`: PeerJS looks once, when it loads, for what its host can do.
 */
import { PeerConnection, type IceServer } from 'node-datachannel'
import { RTCIceCandidate, RTCPeerConnection, RTCSessionDescription } from 'node-datachannel/polyfill'
import { WebSocket } from 'ws'
import { KeeptabError } from '../src/core/errors.ts'
import type { Millis } from '../src/core/units.ts'
import { RelayForwarders } from './relay-forwarder.ts'

/** How long a browser's first address beyond its own machine is waited for. */
const HOLD_MS: Millis = 2000

let connections = 0

/**
 * A connection that behaves more as browsers' do than the library's own. It gathers addresses only once an offer or
 * answer is asked for; the library starts as soon as a channel exists, and PeerJS makes one when it loads, with public
 * STUN servers that nobody configured. And its states are those that an event is about; the library's are those of
 * the moment, and when a failure is heard of, the connection has already gone from `failed` to `closed`.
 */
class BrowserLikePeerConnection extends RTCPeerConnection {
  readonly #native: PeerConnection
  #state: RTCPeerConnectionState = 'new'
  #iceState: RTCIceConnectionState = 'new'
  /** Candidates that have to wait, see `createOffer` and `setRemoteDescription`; `undefined` when they need not. */
  #held: Event[] | undefined
  #hold: NodeJS.Timeout | undefined
  readonly #hasRelay: boolean
  #localDescription = ''
  readonly #forwarders = new RelayForwarders(() => /^a=ice-pwd:(\S+)/m.exec(this.#localDescription)?.[1] ?? '')

  constructor(config: RTCConfiguration = {}) {
    const iceServers = (config.iceServers ?? []).flatMap(nativeServers)
    const native = new PeerConnection(`keeptab-${++connections}`, { iceServers, disableAutoNegotiation: true })
    super({ iceServers: [], peerConnection: native })
    this.#native = native
    this.#hasRelay = iceServers.some((server) => typeof server !== 'string')
    // They come over two queues; what happened to ICE, the cause, has to be heard before its effect.
    native.onStateChange((state) => {
      if (state === 'closed' || state === 'failed') this.#forwarders.close()
      setImmediate(() => {
        this.#state = state as RTCPeerConnectionState
        this.dispatchEvent(new Event('connectionstatechange'))
      })
    })
    native.onIceStateChange((state) => {
      this.#iceState = state as RTCIceConnectionState
      this.dispatchEvent(new Event('iceconnectionstatechange'))
    })
  }

  override get connectionState(): RTCPeerConnectionState {
    return this.#state
  }

  override get iceConnectionState(): RTCIceConnectionState {
    return this.#iceState
  }

  /**
   * Keeps the candidates back until the answer is taken in. The library connects while it is still doing that, and when
   * the other side is quick, it compares the peer's certificate with a fingerprint that it has not stored yet.
   */
  override async createOffer(): Promise<RTCSessionDescriptionInit> {
    this.#held = []
    this.#native.setLocalDescription('offer')
    const { type, sdp = '' } = (await super.createOffer()) as RTCSessionDescriptionInit
    this.#localDescription = sdp
    return { type, sdp: sdp.replace(/^a=(?:candidate:|end-of-candidates).*\r\n/gm, '') }
  }

  /**
   * Where there are relays, candidates wait for a browser's first from a server as well. A browser that knows where we
   * are may have its relay ask us, and then libjuice must have its forwarder already: it settles on what it has, for good.
   */
  override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await super.setRemoteDescription(description)
    const headless = /^o=rtc /m.test(description.sdp ?? '') // as libdatachannel alone names itself
    if (this.#hasRelay && !headless && this.#held !== undefined) this.#hold = setTimeout(() => this.#letGo(), HOLD_MS)
    else this.#letGo()
  }

  #letGo(): void {
    clearTimeout(this.#hold)
    const held = this.#held ?? []
    this.#held = undefined
    for (const event of held) super.dispatchEvent(event)
  }

  override dispatchEvent(event: Event): boolean {
    if (event.type !== 'icecandidate' || this.#held === undefined) return super.dispatchEvent(event)
    this.#held.push(event)
    return true
  }

  override async createAnswer(): Promise<RTCSessionDescriptionInit> {
    this.#native.setLocalDescription('answer')
    const answer = (await super.createAnswer()) as RTCSessionDescriptionInit
    this.#localDescription = answer.sdp ?? ''
    return answer
  }

  override async addIceCandidate(remote?: RTCIceCandidateInit | null): Promise<void> {
    const candidate = await this.#forwarders.insteadOf(remote?.candidate ?? '')
    await super.addIceCandidate({ ...remote, candidate })
    if (/ typ (?:srflx|relay)/.test(candidate)) this.#letGo()
  }

  override close(): void {
    clearTimeout(this.#hold)
    this.#forwarders.close()
    super.close()
  }
}

/** Fails as a browser's does: with an event that may go unheard, then `close`. The library's own throws when unheard. */
class QuietWebSocket extends WebSocket {
  constructor(url: string) {
    super(url)
    this.on('error', () => undefined)
  }
}

function nativeServers({ urls, username, credential }: RTCIceServer): (string | IceServer)[] {
  return [urls].flat().map((url) => {
    // RFC 7064 and RFC 7065: scheme, host, optional port, optional transport.
    const match = /^(stun|turns?):([^:?]+|\[[^\]]+\])(?::(\d+))?(?:\?transport=(udp|tcp))?$/.exec(url)
    const [, scheme, hostname, port, transport] = match ?? []
    if (scheme === undefined || hostname === undefined) {
      throw new KeeptabError('config-invalid', `${url} is no STUN or TURN server.`)
    }
    if (scheme === 'stun') return url
    return {
      hostname,
      port: Number(port ?? (scheme === 'turns' ? 5349 : 3478)),
      username: username ?? '',
      password: credential ?? '',
      relayType: scheme === 'turns' ? 'TurnTls' : transport === 'tcp' ? 'TurnTcp' : 'TurnUdp',
    }
  })
}

Object.assign(globalThis, {
  RTCPeerConnection: BrowserLikePeerConnection,
  RTCSessionDescription,
  RTCIceCandidate,
  WebSocket: QuietWebSocket,
})
