/** WebSockets that are known to be alive: the server pings, because timers of a hidden tab run once a minute. */
import type { WebSocket } from 'ws'
import { createBucket } from './limits.ts'

/** Longest message a peer may send, bytes. */
export const MAX_SOCKET_MESSAGE_BYTES = 16 * 1024

/** As much of a WebSocket of `ws` as is needed here. */
export type Socket = Pick<
  WebSocket,
  'readyState' | 'OPEN' | 'bufferedAmount' | 'send' | 'close' | 'ping' | 'terminate' | 'on'
>

const PING_MS = 20_000
/** Whoever has not been heard since so many pings is dead: counted, because this program may have slept itself. */
const PINGS_UNHEARD = 2
/** Unsent bytes after which a socket is given up: whoever does not read cannot be told anything. */
const MOST_UNSENT_BYTES = 1 << 20

/** Close codes (RFC 6455 §7.4.1; IANA WebSocket Close Code Number Registry). */
export const closeCode = { goingAway: 1001, unsupported: 1003, policy: 1008, tryAgainLater: 1013 } as const

/**
 * Watches a socket until it closes: ends it when two pings in a row were followed by nothing, or when it sends more than
 * its rate.
 * @param onText runs for each text message within the limits
 */
export function watch(socket: Socket, onText: (text: string) => void): void {
  let unheard = 0
  const take = createBucket()
  const timer = setInterval(() => {
    if (unheard === PINGS_UNHEARD) socket.terminate()
    else {
      unheard += 1
      socket.ping()
    }
  }, PING_MS)
  socket.on('pong', () => {
    unheard = 0
  })
  socket.on('message', (data: Buffer | ArrayBuffer | Buffer[], isBinary: boolean) => {
    unheard = 0
    if (isBinary) socket.close(closeCode.unsupported)
    else if (!take()) socket.close(closeCode.policy, 'too many messages')
    else onText(textOf(data))
  })
  socket.on('close', () => clearInterval(timer))
  // ws closes the socket after an error (a message too long, a broken frame); there is nothing more to do.
  socket.on('error', () => undefined)
}

/** Sends JSON, or gives the socket up when the other side does not read. */
export function send(socket: Socket, message: unknown): void {
  if (socket.readyState !== socket.OPEN) return
  if (socket.bufferedAmount > MOST_UNSENT_BYTES) socket.close(closeCode.tryAgainLater)
  else socket.send(JSON.stringify(message))
}

const textOf = (data: Buffer | ArrayBuffer | Buffer[]): string =>
  Array.isArray(data)
    ? Buffer.concat(data).toString()
    : (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString()
