/**
 * WebRTC and WebSocket for Node, under the names that browsers give them, so that the one PeerJS transport runs here too.
 * Import this before `src/transport/peerjs`: PeerJS looks once, when it loads, for what its host can do.
 */
import { PeerConnection, type IceServer } from 'node-datachannel'
import { RTCIceCandidate, RTCPeerConnection, RTCSessionDescription } from 'node-datachannel/polyfill'
import { WebSocket } from 'ws'
import { KeeptabError } from '../src/core/errors.ts'

let connections = 0

/**
 * Gathers addresses only once an offer or answer is asked for, as browsers do. The library on its own starts as soon
 * as a channel exists, and PeerJS makes one when it loads, with public STUN servers that nobody configured.
 */
class LazyPeerConnection extends RTCPeerConnection {
  readonly #native: PeerConnection

  constructor(config: RTCConfiguration = {}) {
    const iceServers = (config.iceServers ?? []).flatMap(nativeServers)
    const native = new PeerConnection(`keeptab-${++connections}`, { iceServers, disableAutoNegotiation: true })
    super({ iceServers: [], peerConnection: native })
    this.#native = native
  }

  override createOffer(): ReturnType<RTCPeerConnection['createOffer']> {
    this.#native.setLocalDescription('offer')
    return super.createOffer()
  }

  override createAnswer(): ReturnType<RTCPeerConnection['createAnswer']> {
    this.#native.setLocalDescription('answer')
    return super.createAnswer()
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
  RTCPeerConnection: LazyPeerConnection,
  RTCSessionDescription,
  RTCIceCandidate,
  WebSocket: QuietWebSocket,
})
