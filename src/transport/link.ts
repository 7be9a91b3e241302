/** Many requests at once over one proven connection: calls of this side, and answers to the calls of the other. */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError, throwIfAborted } from '../core/errors.ts'
import {
  decodeResponse,
  encodeRequest,
  errorOf,
  SLICE_BYTES,
  type PeerRequest,
  type PeerResponse,
} from '../protocol/peer-messages.ts'
import { Answering } from './answering.ts'
import type { Bulk } from './bulk.ts'
import { deferred } from './deferred.ts'
import { controlFrame, MAX_BODIES, MAX_CALLS, MAX_HEAD_BYTES, parseControlFrame, type ControlFrame } from './framing.ts'
import type { ByteCount } from '../core/units.ts'
import type { Pipe } from './pipe.ts'
import { Slots } from './slots.ts'
import type { Link, Message, PeerHandler, RemotePeer } from './transport.ts'

/** What a link is made of. The link owns both channels from then on. */
export interface LinkParts {
  readonly remote: RemotePeer
  readonly control: Pipe
  readonly bulk: Bulk
  /** Resolves when the connection under the channels is gone, where that shows earlier than on the control channel. */
  readonly lost: Promise<void>
  /** Who answers now; `undefined` refuses. */
  readonly handler: () => PeerHandler | undefined
  /** Payload bytes that went and came. */
  readonly count: (sentBytes: number, receivedBytes: number) => void
}

/** How often a link looks after itself. */
const TICK_MS = 5000
/** A side that has heard nothing for almost a tick asks whether the other is still there. */
const PING_AFTER_MS = 4000
/** A link on which nothing at all moves, pings included, is dead after so long. */
const LINK_QUIET_MS = 20_000
/** A call without answer or progress is given up after so long; and the link, when a call given up gets no end either. */
const CALL_QUIET_MS = 30_000
/**
 * But neither before so many looks found it quiet: timers of a hidden page come late, and those of a sleeping machine
 * not at all, so that after waking the other side gets time to be heard.
 */
const QUIET_TICKS = 3

/** How long nothing has moved, by a clock that does not jump. */
class Quiet {
  #since = performance.now()
  #ticks = 0

  moved(): void {
    this.#since = performance.now()
    this.#ticks = 0
  }

  tick(): void {
    this.#ticks++
  }

  get ms(): number {
    return performance.now() - this.#since
  }

  isOver(limitMs: number): boolean {
    return this.#ticks >= QUIET_TICKS && this.ms >= limitMs
  }
}

/** A call from when it goes out until the other side has ended it, which a caller who gave up does not wait for. */
interface Call {
  /** Called at most once, with the answer or the reason why there is none. */
  readonly settle: (outcome: Message<PeerResponse> | KeeptabError) => void
  /** Gives the call's place to the next. */
  readonly leave: () => void
  abandoned: boolean
  readonly sendsBody: boolean
  readonly quiet: Quiet
  /** What has come of the answer: its head or what is wrong with it, and its body, `undefined` inside when cut off. */
  head?: { readonly response: PeerResponse | KeeptabError; readonly bodyBytes: number | undefined }
  body?: { readonly bytes: Bytes | undefined }
}

/** A link over channels whose other end has proven itself. It closes them when it ends, and ends when they do. */
export function openLink(parts: LinkParts): Link {
  return new OpenLink(parts)
}

class OpenLink implements Link {
  readonly remote: RemotePeer
  readonly #ended = deferred()
  readonly closed = this.#ended.promise
  receivedBytes: ByteCount = 0
  readonly #parts: LinkParts
  readonly #answering: Answering
  readonly #calls = new Map<number, Call>()
  #lastStream = 0
  readonly #places = { calls: new Slots(MAX_CALLS), bodies: new Slots(MAX_BODIES) }
  readonly #quiet = new Quiet()
  readonly #ticker = setInterval(() => this.#tick(), TICK_MS)
  #isOpen = true

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.remote = parts.remote
    this.#answering = new Answering({
      remote: parts.remote,
      handler: parts.handler,
      bulk: parts.bulk,
      send: (stream, message, bodyBytes) => this.#send({ kind: 'response', stream, message, bodyBytes }),
    })
    void Promise.race([parts.control.closed, parts.lost]).then(() => this.close())
    parts.bulk.start({
      body: (direction, stream, body) =>
        this.#orClose(() => {
          if (direction === 'request') this.#answering.body(stream, body)
          else this.#takeBody(stream, body)
        }),
      moved: (sentBytes, receivedBytes) => this.#moved(sentBytes, receivedBytes),
      violated: () => this.close(),
    })
    parts.control.listen((bytes) => this.#orClose(() => this.#take(parseControlFrame(bytes))))
  }

  async call(
    { head, body }: Message<PeerRequest>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Message<PeerResponse>> {
    throwIfAborted(signal)
    const message = encodeRequest(head)
    if (message.length > MAX_HEAD_BYTES || (body?.length ?? 0) > SLICE_BYTES) throw new KeeptabError('limit-exceeded')
    const sendsBody = body !== undefined && body.length > 0
    const leave = await this.#takePlace(sendsBody, signal)
    if (!this.#isOpen) throw new KeeptabError('connection-lost')
    return new Promise((resolve, reject) => {
      const stream = ++this.#lastStream
      const abort = () => this.#abandon(stream, new KeeptabError('aborted'))
      signal?.addEventListener('abort', abort, { once: true })
      this.#calls.set(stream, {
        settle(outcome) {
          signal?.removeEventListener('abort', abort)
          if (outcome instanceof KeeptabError) reject(outcome)
          else resolve(outcome)
        },
        leave,
        abandoned: false,
        sendsBody,
        quiet: new Quiet(),
      })
      this.#send({ kind: 'request', stream, message, bodyBytes: body?.length })
      if (sendsBody) void this.#parts.bulk.send('request', stream, body)
    })
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    clearInterval(this.#ticker)
    this.#parts.control.close()
    this.#parts.bulk.close()
    this.#answering.close()
    this.#places.calls.close()
    this.#places.bodies.close()
    for (const { settle } of this.#calls.values()) settle(new KeeptabError('connection-lost'))
    this.#calls.clear()
    this.#ended.resolve()
  }

  /** The bodies' places come first, so that calls without a body never wait behind them. */
  async #takePlace(sendsBody: boolean, signal: AbortSignal | undefined): Promise<() => void> {
    const { calls, bodies } = this.#places
    if (!sendsBody) {
      await calls.enter(signal)
      return () => calls.leave()
    }
    await bodies.enter(signal)
    try {
      await calls.enter(signal)
    } catch (thrown) {
      bodies.leave()
      throw thrown
    }
    return () => {
      calls.leave()
      bodies.leave()
    }
  }

  #take({ kind, stream, message, bodyBytes }: Required<ControlFrame>): void {
    this.#quiet.moved()
    switch (kind) {
      case 'request':
        this.#answering.request(stream, message, bodyBytes)
        break
      case 'cancel':
        this.#answering.cancel(stream)
        break
      case 'response':
        this.#takeHead(stream, message, bodyBytes)
        break
      case 'ping':
        this.#send({ kind: 'pong', stream: 0 })
        break
      case 'pong':
        break
      case 'hello':
      case 'proof':
        throw new KeeptabError('malformed', 'Who is here was settled before.')
    }
  }

  #takeHead(stream: number, message: Bytes, bodyBytes: number | undefined): void {
    const call = this.#pending(stream)
    if (call.head !== undefined) throw new KeeptabError('malformed', 'A request was answered twice.')
    let response: PeerResponse | KeeptabError
    try {
      response = decodeResponse(message)
      if (response.type === 'error') response = errorOf(response)
    } catch (thrown) {
      response = new KeeptabError('malformed', 'The answer cannot be read.', {}, thrown)
    }
    call.head = { response, bodyBytes }
    this.#finish(stream, call)
  }

  #takeBody(stream: number, bytes: Bytes | undefined): void {
    const call = this.#pending(stream)
    if (call.body !== undefined) throw new KeeptabError('malformed', 'An answer has two bodies.')
    call.body = { bytes }
    this.#finish(stream, call)
  }

  #finish(stream: number, { head, body, abandoned, settle, leave }: Call): void {
    if (head === undefined) return
    const { response, bodyBytes } = head
    const hasBody = bodyBytes !== undefined && bodyBytes > 0
    if (hasBody && body === undefined) return
    const bytes = bodyBytes === 0 ? new Uint8Array(0) : body?.bytes
    // Only an answer that nobody waits for may be cut off.
    if (bytes?.length !== bodyBytes && !(abandoned && hasBody && body?.bytes === undefined)) {
      throw new KeeptabError('malformed', 'The body of an answer is not as announced.')
    }
    this.#calls.delete(stream)
    leave()
    if (abandoned) return
    if (response instanceof KeeptabError) settle(response)
    else settle(bytes === undefined ? { head: response } : { head: response, body: bytes })
  }

  #pending(stream: number): Call {
    const call = this.#calls.get(stream)
    if (call === undefined) throw new KeeptabError('malformed', 'An answer came that nobody had asked for.')
    return call
  }

  #abandon(stream: number, reason: KeeptabError): void {
    const call = this.#calls.get(stream)
    if (call === undefined || call.abandoned) return
    call.abandoned = true
    call.quiet.moved()
    call.settle(reason)
    this.#send({ kind: 'cancel', stream })
    if (call.sendsBody) this.#parts.bulk.stop('request', stream)
  }

  #moved(sentBytes: number, receivedBytes: number): void {
    this.#quiet.moved()
    this.#parts.count(sentBytes, receivedBytes)
    this.receivedBytes += receivedBytes
    for (const { quiet, sendsBody } of this.#calls.values()) {
      // A call that sends may have to wait for what goes out, every call for what comes in.
      if (sendsBody || receivedBytes > 0) quiet.moved()
    }
  }

  #tick(): void {
    this.#quiet.tick()
    if (this.#quiet.isOver(LINK_QUIET_MS)) {
      this.close()
      return
    }
    if (this.#quiet.ms >= PING_AFTER_MS) this.#send({ kind: 'ping', stream: 0 })
    for (const [stream, { quiet, abandoned }] of this.#calls) {
      quiet.tick()
      if (!quiet.isOver(CALL_QUIET_MS)) continue
      if (abandoned) {
        this.close()
        return
      }
      this.#abandon(stream, new KeeptabError('timeout'))
    }
  }

  #send(frame: ControlFrame): void {
    this.#parts.control.send(controlFrame(frame))
  }

  /** Whoever breaks the rules of the link loses it. */
  #orClose(take: () => void): void {
    if (!this.#isOpen) return
    try {
      take()
    } catch {
      this.close()
    }
  }
}
