/** How peers talk: links that both ends have proven, many requests at once on each. */
import type { Bytes } from '../core/bytes.ts'
import type { AccountId, DeviceId } from '../core/ids.ts'
import type { ByteCount } from '../core/units.ts'
import type { Visitor } from '../identity/visitor.ts'
import type { PeerRequest, PeerResponse } from '../protocol/peer-messages.ts'

/** The other end of a link, after it has proven its device key, its certificate and the channel's fingerprints. */
export interface RemotePeer {
  readonly device: DeviceId
  readonly account: AccountId
}

/** A request or response with the body that travels beside it: a range of a shard, at most `SLICE_BYTES`. */
export interface Message<Head> {
  readonly head: Head
  readonly body?: Bytes
}

/**
 * Answers requests of other peers. May run many times at once. A thrown KeeptabError goes back as an `error` response.
 * @param signal fires when the asker cancels or the link is lost
 */
export type PeerHandler = (
  request: Message<PeerRequest>,
  remote: RemotePeer,
  signal: AbortSignal,
) => Promise<Message<PeerResponse>>

export interface Link {
  readonly remote: RemotePeer
  /**
   * Asks and waits for the answer. Any number may run at once; answers come in any order. The body's buffer is the
   * link's afterwards. Rejects, never returns, when the other side answers with an error.
   * @throws KeeptabError the peer's own code; `connection-lost`; `aborted` (the other side is told to stop);
   *   `timeout` when nothing at all, neither answer nor progress, came for 30 s; `malformed`
   */
  call(request: Message<PeerRequest>, options?: { readonly signal?: AbortSignal }): Promise<Message<PeerResponse>>
  /** Of bodies, those included that have not come whole. */
  readonly receivedBytes: ByteCount
  /** Resolves when the link is gone, whoever ended it. Never rejects. */
  readonly closed: Promise<void>
  close(): void
}

export interface Transport {
  /**
   * The link to a device: an open one is used again, one being opened is shared.
   * @param options.visit the name to go by, while it lasts; this device's own when left out
   * @throws KeeptabError `peer-unreachable`, `peer-impostor`, `aborted` or `timeout` (20 s, and as long again
   *   when a call from there was waited for first)
   */
  connect(
    device: DeviceId,
    options?: { readonly signal?: AbortSignal; readonly visit?: Visitor | undefined },
  ): Promise<Link>
  /**
   * Runs the work with a name to read under, which lasts until it is done. Works that run at once or soon after each other
   * share one and its links. Nothing is asked of anybody before the first link under it.
   */
  visit<T>(work: (visit: Visitor) => Promise<T>): Promise<T>
  /** Resolves once other devices can reach this one. @throws KeeptabError `coordinator-unreachable` */
  ready(): Promise<void>
  /** Sets who answers incoming requests on every link, also on those this side opened. Until then they are refused. */
  serve(handler: PeerHandler): void
  /** Payload bytes that went out and came in, bodies only, over all links: what a person's connection was used for. */
  readonly counted: { readonly sentBytes: number; readonly receivedBytes: number }
  /** Links that are open now, whoever dialled. */
  readonly openLinks: number
  /** Closes every link and leaves the rendezvous. */
  close(): Promise<void>
}
