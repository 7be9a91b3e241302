/** The least server that PeerJS can meet at: tickets that admit once, messages passed on, and a hand on what passes. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Rendezvous } from '../../src/transport/peerjs-membership.ts'

export interface Signal {
  type: string
  src?: string
  dst?: string
  payload?: unknown
}

export interface TestRendezvous {
  /** What the coordinator would hand out: the address and a fresh ticket. */
  readonly invitation: () => Promise<Rendezvous>
  /** Tickets handed out so far. */
  readonly tickets: number
  /** Whether a device is in. */
  has(device: string): boolean
  /** Changes, or with `undefined` swallows, every message that passes from now on. */
  tamper(change: (signal: Signal) => Signal | undefined): void
  /** Sends a device whatever one likes. */
  say(device: string, signal: object): void
  /** Goes away and drops everybody. */
  stop(): Promise<void>
  /** Comes back under the same address. */
  start(): Promise<void>
}

export async function testRendezvous(): Promise<TestRendezvous> {
  const devices = new Map<string, WebSocket>()
  const valid = new Set<string>()
  let issued = 0
  let port = 0
  let change: (signal: Signal) => Signal | undefined = (signal) => signal
  let server: Server | undefined

  function admit(socket: WebSocket, device: string, ticket: string) {
    if (!valid.delete(ticket)) {
      socket.send(JSON.stringify({ type: 'ERROR', payload: { msg: 'Invalid ticket' } }))
      socket.close()
      return
    }
    devices.get(device)?.close()
    devices.set(device, socket)
    socket.on('close', () => {
      if (devices.get(device) === socket) devices.delete(device)
    })
    socket.on('message', (data) => pass(socket, device, JSON.parse((data as Buffer).toString()) as Signal))
    socket.send(JSON.stringify({ type: 'OPEN' }))
  }

  function pass(socket: WebSocket, src: string, message: Signal) {
    if (message.type === 'HEARTBEAT') return
    const signal = change({ ...message, src })
    if (signal === undefined) return
    const { dst = '' } = signal
    const other = devices.get(dst)
    if (other === undefined) socket.send(JSON.stringify({ type: 'EXPIRE', src: dst, dst: src }))
    else other.send(JSON.stringify(signal))
  }

  const rendezvous: TestRendezvous = {
    invitation: () => {
      const ticket = `ticket-${++issued}`
      valid.add(ticket)
      return Promise.resolve({ host: '127.0.0.1', port, path: '/', secure: false, ticket, iceServers: [] })
    },
    get tickets() {
      return issued
    },
    has: (device) => devices.has(device),
    tamper(next) {
      change = next
    },
    say: (device, signal) => devices.get(device)?.send(JSON.stringify(signal)),
    async start() {
      const http = createServer()
      server = http
      new WebSocketServer({ server: http, path: '/peerjs' }).on('connection', (socket, request) => {
        const { searchParams } = new URL(request.url ?? '', 'http://rendezvous')
        admit(socket, searchParams.get('id') ?? '', searchParams.get('token') ?? '')
      })
      await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
      port = (http.address() as AddressInfo).port
    },
    async stop() {
      for (const socket of devices.values()) socket.terminate()
      await new Promise((resolve) => server?.close(resolve))
    },
  }
  await rendezvous.start()
  return rendezvous
}
