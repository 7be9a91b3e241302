/** The two doors for WebSockets: `/v1/live` and the rendezvous under `/peerjs`. Both take a ticket. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import { codeOf, KeeptabError, messageOf } from '../src/core/errors.ts'
import { addressBlock } from '../src/durability/address-block.ts'
import type { Accounts } from './accounts.ts'
import type { Limits } from './limits.ts'
import type { LiveSockets } from './live.ts'
import type { Membership } from './membership.ts'
import { refusalOf } from './problem.ts'
import type { Rendezvous } from './rendezvous.ts'
import { MAX_SOCKET_MESSAGE_BYTES, type Socket } from './sockets.ts'
import type { Admitted, Tokens } from './tokens.ts'

export interface Upgrades {
  /** Listener for `upgrade` of a Node server. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /**
   * Lets somebody in.
   * @param target path and query, as asked for
   * @param open completes the opening of the socket
   * @throws KeeptabError `not-found` for another path, and what the ticket, the membership or a limit says
   */
  enter(target: string, address: string, open: () => Promise<Socket>): Promise<void>
  /** Cuts every socket that is still open. */
  terminate(): void
}

export function createUpgrades(parts: {
  readonly tokens: Tokens
  readonly live: LiveSockets
  readonly rendezvous: Rendezvous
  readonly accounts: Accounts
  readonly membership: Membership
  readonly limits: Limits
  readonly addressOf: (request: IncomingMessage) => string
  readonly log: Logger
}): Upgrades {
  const { tokens, live, rendezvous, accounts, membership, limits, addressOf, log } = parts
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_SOCKET_MESSAGE_BYTES, perMessageDeflate: false })

  const open = (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<Socket> =>
    new Promise((resolve) => {
      server.handleUpgrade(request, socket, head, resolve)
    })

  const enter: Upgrades['enter'] = async (target, address, open) => {
    await limits.count('socket-of-address', address)
    const { pathname, searchParams } = new URL(target, 'http://coordinator')
    if (pathname === '/v1/live') {
      const caller = tokens.useTicket(searchParams.get('ticket') ?? '', 'live')
      membership.check(caller)
      await accounts.seen(caller, addressBlock(address))
      const opened = await open()
      // It may have been removed while this waited.
      if (membership.isOut(caller)) live.refuse(opened)
      else live.welcome(caller.device, opened)
    } else if (rendezvousPaths.includes(pathname)) {
      const admitted = admittedBy(searchParams)
      const opened = await open()
      if (admitted === undefined || isOut(admitted)) rendezvous.refuse(opened)
      else rendezvous.admit(admitted.device, opened, admitted.host)
    } else {
      throw new KeeptabError('not-found')
    }
  }

  /** The device whose ticket this is, when it is also the id it wants; the peerjs client is told over the socket. */
  const admittedBy = (query: URLSearchParams) => {
    try {
      const admitted = tokens.useTicket(query.get('token') ?? '', 'rendezvous')
      return query.get('id') === admitted.device ? admitted : undefined
    } catch (thrown) {
      if (codeOf(thrown) === 'not-signed-in') return undefined
      throw thrown
    }
  }

  const isOut = ({ account, device, host }: Admitted): boolean => membership.isOut({ account, device: host ?? device })

  return {
    accept(request, socket, head) {
      socket.on('error', () => socket.destroy())
      enter(request.url ?? '/', addressOf(request), () => open(request, socket, head)).catch((thrown: unknown) => {
        const { status } = refusalOf(thrown)
        if (status === 500) log.error({ error: messageOf(thrown) }, 'a socket failed')
        refuse(socket, `${status} Refused`)
      })
    },
    enter,
    terminate() {
      for (const socket of server.clients) socket.terminate()
    },
  }
}

/** The peerjs client adds `peerjs` to its `path` option; both `/` and `/peerjs` lead here. */
const rendezvousPaths: readonly string[] = ['/peerjs', '/peerjs/peerjs']

const refuse = (socket: Duplex, status: string): void =>
  void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
