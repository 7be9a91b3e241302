/** A two-way row of messages, reliable and in order: what a link needs of a data channel, and all that it needs. */
import type { Bytes } from '../core/bytes.ts'
import { KiB, MiB, type ByteCount } from '../core/units.ts'

/** A sender stops when so many bytes wait to go out; one message may go over it. */
export const HIGH_WATER_BYTES = MiB
/** It goes on when no more than this waits. */
export const LOW_WATER_BYTES = 256 * KiB
/** Most bytes that wait for a first listener; whoever sends more before both ends have proven themselves is cut off. */
const MAX_UNREAD_BYTES = 4 * MiB

export interface Pipe {
  /** Sends a message, after `opened`. Never throws: on a closed pipe it does nothing. The buffer stays the caller's. */
  send(message: Bytes): void
  /** Bytes that were sent and have not left yet. */
  readonly bufferedBytes: ByteCount
  /** Resolves when `bufferedBytes` is at most LOW_WATER_BYTES, or the pipe is closed. */
  drained(): Promise<void>
  /** Sets who gets the messages, one call for each; without a listener they wait for the next one. */
  listen(listener: ((message: Bytes) => void) | undefined): void
  /** Resolves when messages can go. */
  readonly opened: Promise<void>
  /** Resolves when the pipe is closed, by either end or by loss. */
  readonly closed: Promise<void>
  close(): void
}

/** The receiving half of every pipe: keeps messages until somebody listens. */
export class Inbox {
  #listener: ((message: Bytes) => void) | undefined
  #waiting: Bytes[] = []
  #waitingBytes = 0
  readonly #overflow: () => void

  /** @param overflow is called when more than the limit waits */
  constructor(overflow: () => void) {
    this.#overflow = overflow
  }

  listen(listener: ((message: Bytes) => void) | undefined): void {
    this.#listener = listener
    // A listener may give way to the next one while it is being told.
    while (this.#listener !== undefined) {
      const message = this.#waiting.shift()
      if (message === undefined) return
      this.#waitingBytes -= message.length
      this.#listener(message)
    }
  }

  deliver(message: Bytes): void {
    if (this.#listener !== undefined) {
      this.#listener(message)
      return
    }
    this.#waitingBytes += message.length
    if (this.#waitingBytes > MAX_UNREAD_BYTES) this.#overflow()
    else this.#waiting.push(message)
  }
}

/** Rechecks of a full channel, in case its event is lost. */
const RECHECK_MS = 1000

/** The pipe that an RTCDataChannel is, on the page, in a worker and in Node. The channel is the pipe's from then on. */
export function channelPipe(channel: RTCDataChannel): Pipe {
  channel.binaryType = 'arraybuffer'
  channel.bufferedAmountLowThreshold = LOW_WATER_BYTES
  const opened = channel.readyState === 'open' ? Promise.resolve() : once(channel, 'open')
  const closed = channel.readyState === 'closed' ? Promise.resolve() : once(channel, 'close')
  const close = () => channel.close()
  const inbox = new Inbox(close)
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    // Text is nothing that this version sends.
    if (data instanceof ArrayBuffer) inbox.deliver(new Uint8Array(data))
    else close()
  })
  return {
    send(message) {
      if (channel.readyState !== 'open') return
      try {
        channel.send(message)
      } catch {
        // The channel went down between the look and the call, or its own queue is full: either way bytes were lost.
        close()
      }
    },
    get bufferedBytes() {
      return channel.readyState === 'open' ? channel.bufferedAmount : 0
    },
    async drained() {
      while (channel.readyState === 'open' && channel.bufferedAmount > LOW_WATER_BYTES) {
        await Promise.race([low(channel), closed])
      }
    },
    listen: (listener) => inbox.listen(listener),
    opened,
    closed,
    close,
  }
}

const once = (target: EventTarget, type: string): Promise<void> =>
  new Promise((resolve) => {
    target.addEventListener(type, () => resolve(), { once: true })
  })

function low(channel: RTCDataChannel): Promise<void> {
  return new Promise((resolve) => {
    const stop = new AbortController()
    const timer = setTimeout(done, RECHECK_MS)
    channel.addEventListener('bufferedamountlow', done, { signal: stop.signal })
    function done() {
      clearTimeout(timer)
      stop.abort()
      resolve()
    }
  })
}
