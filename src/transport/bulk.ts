/**
 * Bodies over the bulk channel: cut into frames that interleave fairly, never more on the way than the channel's mark,
 * put together again on the other side. The same code runs on the page, in a worker and in Node.
 */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { ByteCount } from '../core/units.ts'
import { BODY_FRAME_BYTES, bodyFrame, MAX_BODIES, parseBodyFrame, type BodyFrame, type Direction } from './framing.ts'
import { HIGH_WATER_BYTES, type Pipe } from './pipe.ts'

export interface BulkListener {
  /** A whole body has arrived; `undefined` when its sender gave up. At most once for each direction and stream. */
  body(direction: Direction, stream: number, body: Bytes | undefined): void
  /** Payload went to or came from the channel, or, with zeros, what waits in the channel became less. */
  moved(sentBytes: ByteCount, receivedBytes: ByteCount): void
  /** The other side broke the rules. The listener closes the link. */
  violated(detail: string): void
}

export interface Bulk {
  /** Reads from now on; until then what arrives waits. Called once. */
  start(listener: BulkListener): void
  /** Sends a body of 1 to SLICE_BYTES bytes, whose buffer is the bulk's afterwards. Resolves when it is in the channel, or was stopped or lost. */
  send(direction: Direction, stream: number, body: Bytes): Promise<void>
  /** Gives a body up that is being sent; the other side is told. Harmless when it has gone out. */
  stop(direction: Direction, stream: number): void
  close(): void
}

/** How often a full channel is looked at, to see whether it still drains. */
const DRAIN_LOOK_MS = 2000

export function bulkOver(pipe: Pipe): Bulk {
  let listener: BulkListener | undefined
  const sender = new Sender(pipe, (bytes) => listener?.moved(bytes, 0))
  return {
    start(with_) {
      listener = with_
      const receiver = new Receiver(with_)
      pipe.listen((message) => receiver.take(message))
    },
    send: (direction, stream, body) => sender.send(direction, stream, body),
    stop: (direction, stream) => sender.stop(direction, stream),
    close: () => pipe.close(),
  }
}

interface Outgoing {
  readonly direction: Direction
  readonly stream: number
  readonly body: Bytes
  offset: number
  stopped: boolean
  readonly done: () => void
}

class Sender {
  readonly #pipe: Pipe
  readonly #sent: (bytes: ByteCount) => void
  /** The first MAX_BODIES of each direction take turns; the others wait. */
  #queue: Outgoing[] = []
  #running = false
  #closed = false

  constructor(pipe: Pipe, sent: (bytes: ByteCount) => void) {
    this.#pipe = pipe
    this.#sent = sent
    void pipe.closed.then(() => this.#giveUp())
  }

  send(direction: Direction, stream: number, body: Bytes): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((done) => {
      this.#queue.push({ direction, stream, body, offset: 0, stopped: false, done })
      if (!this.#running) void this.#run()
    })
  }

  stop(direction: Direction, stream: number): void {
    const outgoing = this.#queue.find((one) => one.direction === direction && one.stream === stream)
    if (outgoing !== undefined) outgoing.stopped = true
  }

  async #run(): Promise<void> {
    this.#running = true
    await this.#pipe.opened
    while (this.#queue.length > 0) {
      for (const outgoing of this.#turn()) {
        if (this.#pipe.bufferedBytes >= HIGH_WATER_BYTES) await this.#roomToSend()
        this.#sendFrame(outgoing)
      }
    }
    this.#running = false
    await this.#watchDrain()
  }

  /** Nothing goes out any more. */
  #giveUp(): void {
    this.#closed = true
    for (const { done } of this.#queue.splice(0)) done()
  }

  #turn(): Outgoing[] {
    const left = { request: MAX_BODIES, response: MAX_BODIES }
    return this.#queue.filter(({ direction }) => left[direction]-- > 0)
  }

  #sendFrame(outgoing: Outgoing): void {
    if (this.#closed) return
    const { direction, stream, body, offset, stopped, done } = outgoing
    const payload = stopped ? new Uint8Array(0) : body.subarray(offset, offset + BODY_FRAME_BYTES)
    this.#pipe.send(bodyFrame({ direction, stream, offset, totalBytes: body.length, payload }))
    outgoing.offset += payload.length
    this.#sent(payload.length)
    if (!stopped && outgoing.offset < body.length) return
    this.#queue = this.#queue.filter((one) => one !== outgoing)
    done()
  }

  async #roomToSend(): Promise<void> {
    const watch = setInterval(this.#drainLook(), DRAIN_LOOK_MS)
    await this.#pipe.drained()
    clearInterval(watch)
  }

  /** On a slow line the last megabyte takes minutes to leave, and a link that still moves must not pass for dead. */
  async #watchDrain(): Promise<void> {
    const look = this.#drainLook()
    while (!this.#running && this.#pipe.bufferedBytes > 0) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS))
      look()
    }
  }

  #drainLook(): () => void {
    let before = this.#pipe.bufferedBytes
    return () => {
      const now = this.#pipe.bufferedBytes
      if (now < before) this.#sent(0)
      before = now
    }
  }
}

interface Incoming {
  readonly body: Bytes
  filled: number
}

class Receiver {
  readonly #listener: BulkListener
  readonly #open = { request: new Map<number, Incoming>(), response: new Map<number, Incoming>() }
  #broken = false

  constructor(listener: BulkListener) {
    this.#listener = listener
  }

  take(message: Bytes): void {
    if (this.#broken) return
    try {
      this.#place(parseBodyFrame(message))
    } catch (thrown) {
      this.#broken = true
      this.#listener.violated(thrown instanceof KeeptabError ? thrown.message : 'internal')
    }
  }

  #place({ direction, stream, offset, totalBytes, payload }: BodyFrame): void {
    const open = this.#open[direction]
    let incoming = open.get(stream)
    if (payload.length === 0) {
      open.delete(stream)
      this.#listener.body(direction, stream, undefined)
      return
    }
    if (incoming === undefined) {
      if (open.size === MAX_BODIES) throw new KeeptabError('malformed', 'Too many bodies at once.')
      incoming = { body: new Uint8Array(totalBytes), filled: 0 }
      open.set(stream, incoming)
    }
    if (offset !== incoming.filled || totalBytes !== incoming.body.length) {
      throw new KeeptabError('malformed', 'A body frame does not continue its body.')
    }
    incoming.body.set(payload, offset)
    incoming.filled += payload.length
    this.#listener.moved(0, payload.length)
    if (incoming.filled < totalBytes) return
    open.delete(stream)
    this.#listener.body(direction, stream, incoming.body)
  }
}
