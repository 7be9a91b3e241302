/** The answering half of a link: takes requests with their bodies, runs the handler, sends what it says. */
import type { Bytes } from '../core/bytes.ts'
import { codeOf, errorText, KeeptabError, messageOf, throwIfAborted } from '../core/errors.ts'
import { decodeRequest, encodeResponse, SLICE_BYTES, type PeerResponse } from '../protocol/peer-messages.ts'
import type { Bulk } from './bulk.ts'
import { MAX_BODIES, MAX_CALLS, MAX_HEAD_BYTES } from './framing.ts'
import type { PeerHandler, RemotePeer } from './transport.ts'

interface Parts {
  readonly remote: RemotePeer
  readonly handler: () => PeerHandler | undefined
  readonly bulk: Bulk
  readonly send: (stream: number, message: Bytes, bodyBytes: number | undefined) => void
}

interface Open {
  readonly message: Bytes
  readonly bodyBytes: number | undefined
  readonly abort: AbortController
  phase: 'body' | 'handler' | 'answer'
}

/** All methods throw KeeptabError `malformed` when the other side breaks the rules; the link is closed then. */
export class Answering {
  readonly #parts: Parts
  readonly #open = new Map<number, Open>()
  /** Bodies that overtook the head of their request, as another channel can; `undefined` when it was cut off. */
  readonly #early = new Map<number, Bytes | undefined>()
  #lastStream = 0
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  request(stream: number, message: Bytes, bodyBytes: number | undefined): void {
    if (stream <= this.#lastStream) throw new KeeptabError('malformed', 'A stream was used twice.')
    this.#lastStream = stream
    // An answer may be there before it counts as sent here, so an honest asker can be ahead of our count, but not by more.
    if (this.#open.size >= 2 * MAX_CALLS) throw new KeeptabError('malformed', 'Too many requests at once.')
    const open: Open = { message, bodyBytes, abort: new AbortController(), phase: 'body' }
    this.#open.set(stream, open)
    if (bodyBytes === undefined || bodyBytes === 0) {
      void this.#answer(stream, open, bodyBytes === 0 ? { body: new Uint8Array(0) } : {})
    } else if (this.#early.has(stream)) {
      const body = this.#early.get(stream)
      this.#early.delete(stream)
      this.body(stream, body)
    }
    for (const early of this.#early.keys()) if (early <= stream) throw unsolicited()
  }

  /** @param body `undefined` when the asker gave up sending it */
  body(stream: number, body: Bytes | undefined): void {
    const open = this.#open.get(stream)
    if (open === undefined) {
      if (stream <= this.#lastStream || this.#early.has(stream) || this.#early.size === MAX_BODIES) throw unsolicited()
      this.#early.set(stream, body)
      return
    }
    if (open.phase !== 'body' || (body !== undefined && body.length !== open.bodyBytes)) throw unsolicited()
    if (body === undefined) open.abort.abort()
    void this.#answer(stream, open, body === undefined ? {} : { body })
  }

  cancel(stream: number): void {
    if (stream > this.#lastStream) throw new KeeptabError('malformed', 'What was never asked was cancelled.')
    // Gone when the answer crossed with the cancel.
    const open = this.#open.get(stream)
    open?.abort.abort()
    if (open?.phase === 'answer') this.#parts.bulk.stop('response', stream)
  }

  /** The link is lost: handlers are told, and what they answer goes nowhere. */
  close(): void {
    this.#closed = true
    for (const { abort } of this.#open.values()) abort.abort()
    this.#open.clear()
    this.#early.clear()
  }

  async #answer(stream: number, open: Open, body: { body?: Bytes }): Promise<void> {
    open.phase = 'handler'
    const answer = await this.#handle(open, body)
    if (this.#closed) return
    open.phase = 'answer'
    this.#parts.send(stream, answer.message, answer.body?.length)
    if (answer.body !== undefined && answer.body.length > 0) {
      await this.#parts.bulk.send('response', stream, answer.body)
    }
    this.#open.delete(stream)
  }

  /** A handler that was cancelled is still waited for, so that no peer can have more of them running than it may ask. */
  async #handle({ message, abort }: Open, body: { body?: Bytes }): Promise<{ message: Bytes; body?: Bytes }> {
    const { handler, remote } = this.#parts
    try {
      throwIfAborted(abort.signal)
      const answer = handler()
      if (answer === undefined) throw new KeeptabError('peer-refused', 'It does not answer requests now.')
      const response = await answer({ head: decodeRequest(message), ...body }, remote, abort.signal)
      throwIfAborted(abort.signal)
      const encoded = encodeResponse(response.head)
      if (encoded.length > MAX_HEAD_BYTES || (response.body?.length ?? 0) > SLICE_BYTES) {
        throw new KeeptabError('limit-exceeded', 'The answer is too long.')
      }
      return response.body === undefined ? { message: encoded } : { message: encoded, body: response.body }
    } catch (thrown) {
      return { message: encodeResponse(errorResponse(thrown)) }
    }
  }
}

/** What a peer may know of an error: its code and, of those that are expected, what was special about the case. */
function errorResponse(thrown: unknown): PeerResponse {
  const code = codeOf(thrown)
  const detail = code === 'internal' ? '' : messageOf(thrown).replace(errorText[code], '').trim().slice(0, 1024)
  return { type: 'error', code, detail }
}

const unsolicited = () => new KeeptabError('malformed', 'Bytes came that nobody had announced.')
