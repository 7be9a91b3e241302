/** The composition root: which adapters a headless peer is made of. Nothing here decides anything. */
// First, because PeerJS looks for WebRTC when it loads. The WebSocket that Node 20 lacks comes from there too.
import './node-webrtc.ts'
import { setMaxListeners } from 'node:events'
import { hostname } from 'node:os'
import { Member } from '../src/backup/member.ts'
import type { OwnerContext } from '../src/backup/owner-context.ts'
import type { Coordinator } from '../src/coordinator/coordinator.ts'
import { createHttpCoordinator } from '../src/coordinator/http.ts'
import { platformOfNode } from '../src/core/platform.ts'
import type { Millis } from '../src/core/units.ts'
import { reedSolomon } from '../src/erasure/reed-solomon.ts'
import type { DeviceIdentity } from '../src/identity/keys.ts'
import type { Visitor } from '../src/identity/visitor.ts'
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
  /** Who it was when it was composed. */
  readonly identity: DeviceIdentity
  /** Who it is now. */
  readonly member: Member
  readonly coordinator: Coordinator
  readonly transport: Transport
  readonly clock: typeof systemClock
  readonly random: typeof systemRandom
}

/**
 * @param signal ends all waiting for the coordinator. The transport is the caller's to close.
 * @param onWait as for `createHttpCoordinator`
 */
export function composePeer(
  identity: DeviceIdentity,
  url: string,
  signal: AbortSignal,
  onWait?: (waits: boolean) => void,
): Peer {
  const [clock, random] = [systemClock, systemRandom]
  const member = new Member(identity)
  const coordinator = createHttpCoordinator({
    url,
    identity: member,
    WebSocket,
    platform: platformOfNode(process.platform),
    clock,
    random,
    patienceMs: PATIENCE_MS,
    firstPatienceMs: FIRST_PATIENCE_MS,
    signal,
    ...(onWait && { onWait }),
  })
  const { hostname: host, port, pathname, protocol } = new URL(url)
  const secure = protocol === 'https:'
  const place = { host, port: Number(port || (secure ? 443 : 80)), path: pathname, secure }
  const rendezvous = async (visitor?: Visitor) => {
    const { ticket, iceServers } = await coordinator.ticket(visitor)
    return { ...place, ticket, iceServers: iceServers.map(withoutUndefined) }
  }
  const transport = createPeerJsTransport({ identity: member, rendezvous, random })
  return { identity, member, coordinator, transport, clock, random }
}

/** @param store keeps the identity of a later key epoch; without it this device is gone with the process and follows none */
export function composeOwner(
  peer: Peer,
  state: OwnerState,
  store?: (identity: DeviceIdentity) => Promise<void>,
): OwnerContext {
  const { member, coordinator, transport, clock, random } = peer
  const parts = { coordinator, transport, codec: reedSolomon, state, clock, random }
  const follow = store && (() => followWith(peer, store))
  return {
    ...parts,
    get identity() {
      return member.now
    },
    sealerOf: createFileSealer,
    follow,
  }
}

/** Brings a device into the newest key epoch of its account. It is called what its machine is called. */
export const followWith = (
  { member, coordinator, clock, random }: Peer,
  store: (identity: DeviceIdentity) => Promise<void>,
): Promise<void> => member.follow({ coordinator, clock, random, store, name: hostname() })

type IceServer = RendezvousTicket['iceServers'][number]

/** The types of WebRTC want a key to be there with a value or not at all. */
const withoutUndefined = ({ urls, username, credential }: IceServer): RTCIceServer => ({
  urls,
  ...(username === undefined ? {} : { username }),
  ...(credential === undefined ? {} : { credential }),
})
