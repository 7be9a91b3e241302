/** The composition root: which adapters a headless peer is made of. Nothing here decides anything. */
// First, because PeerJS looks for WebRTC when it loads. The WebSocket that Node 20 lacks comes from there too.
import './node-webrtc.ts'
import { setMaxListeners } from 'node:events'
import type { OwnerContext } from '../src/backup/owner-context.ts'
import type { Coordinator } from '../src/coordinator/coordinator.ts'
import { createHttpCoordinator } from '../src/coordinator/http.ts'
import type { Millis } from '../src/core/units.ts'
import { reedSolomon } from '../src/erasure/reed-solomon.ts'
import type { DeviceIdentity } from '../src/identity/keys.ts'
import type { RendezvousTicket } from '../src/protocol/coordinator-messages.ts'
import { createFileSealer } from '../src/snapshot/file-sealer.ts'
import type { OwnerState } from '../src/store/owner-state.ts'
import { createPeerJsTransport } from '../src/transport/peerjs.ts'
import type { Transport } from '../src/transport/transport.ts'
import { systemClock, systemRandom } from './system.ts'

/** Long work outlives a coordinator that is away for a while; a wrong address should be said soon. */
const PATIENCE_MS: Millis = 15 * 60_000
const FIRST_PATIENCE_MS: Millis = 10_000

// One signal ends all that a command has under way, far more than the ten listeners that Node takes for a leak.
setMaxListeners(0)

/** A device on the network. */
export interface Peer {
  readonly identity: DeviceIdentity
  readonly coordinator: Coordinator
  readonly transport: Transport
  readonly clock: typeof systemClock
  readonly random: typeof systemRandom
}

/** @param signal ends all waiting for the coordinator. The transport is the caller's to close. */
export function composePeer(identity: DeviceIdentity, url: string, signal: AbortSignal): Peer {
  const [clock, random] = [systemClock, systemRandom]
  const coordinator = createHttpCoordinator({
    url,
    identity,
    WebSocket,
    clock,
    random,
    patienceMs: PATIENCE_MS,
    firstPatienceMs: FIRST_PATIENCE_MS,
    signal,
  })
  const { hostname, port, pathname, protocol } = new URL(url)
  const secure = protocol === 'https:'
  const place = { host: hostname, port: Number(port || (secure ? 443 : 80)), path: pathname, secure }
  const rendezvous = async () => {
    const { ticket, iceServers } = await coordinator.ticket()
    return { ...place, ticket, iceServers: iceServers.map(withoutUndefined) }
  }
  return { identity, coordinator, transport: createPeerJsTransport({ identity, rendezvous, random }), clock, random }
}

export const composeOwner = (peer: Peer, state: OwnerState): OwnerContext => ({
  ...peer,
  codec: reedSolomon,
  sealer: createFileSealer(peer.identity.daily),
  state,
})

type IceServer = RendezvousTicket['iceServers'][number]

/** The types of WebRTC want a key to be there with a value or not at all. */
const withoutUndefined = ({ urls, username, credential }: IceServer): RTCIceServer => ({
  urls,
  ...(username === undefined ? {} : { username }),
  ...(credential === undefined ? {} : { credential }),
})
