/**
 * Introductions: the PeerJS server protocol, as the peerjs 1.5 client speaks it, so that two peers can exchange their
 * WebRTC offers. Unlike the original, joining takes a ticket, and `src` is always the device the ticket was made for.
 * What is relayed is a few kilobytes of session description per pair; no user byte.
 */
import { z } from 'zod'
import type { Clock } from '../src/core/clock.ts'
import { parseDeviceId, type DeviceId } from '../src/core/ids.ts'
import { MiB, type ByteCount, type Millis } from '../src/core/units.ts'
import { closeCode, send, watch, type Socket } from './sockets.ts'

/** Client → server. A heartbeat says nothing more; LEAVE without `dst` announces that the socket will close. */
const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('HEARTBEAT') }),
  z.object({
    type: z.enum(['OFFER', 'ANSWER', 'CANDIDATE', 'EXPIRE']),
    dst: z.string().transform(parseDeviceId),
    payload: z.record(z.string(), z.unknown()).optional(),
  }),
  z.object({ type: z.literal('LEAVE'), dst: z.string().transform(parseDeviceId).optional() }),
])

/** How long a message waits for a peer that is about to connect; then its sender gets EXPIRE. */
const WAIT_MS: Millis = 5000
const SWEEP_MS: Millis = 1000
/** A device goes by one name at a time; the others are of a connection or a window that has just ended. */
const MOST_VISITORS = 4
const MOST_WAITING_FOR_ONE = 200
/** Of all messages that wait, as they came in: nobody must be able to fill this program's memory. */
const MOST_WAITING_BYTES: ByteCount = 16 * MiB

interface Relayed {
  readonly type: string
  readonly src: DeviceId
  readonly dst: DeviceId
  readonly payload?: unknown
}

interface Waiting {
  readonly message: Relayed
  readonly sizeBytes: ByteCount
  readonly since: Millis
}

export interface Rendezvous {
  /**
   * Takes a socket as the one of a device; another one it had is closed.
   * @param host whose visitor it is; of many at once the oldest goes
   */
  admit(device: DeviceId, socket: Socket, host?: DeviceId): void
  /** Refuses a socket in the words of the protocol. */
  refuse(socket: Socket): void
  /** Closes the sockets of a device that may not be introduced any more, and of its visitors. */
  expel(device: DeviceId): void
  close(): void
}

export function createRendezvous(clock: Clock): Rendezvous {
  const peers = new Map<DeviceId, Socket>()
  /** Sockets of visitors by whose they are, the oldest first. */
  const visitors = new Map<DeviceId, Set<Socket>>()
  const waiting = new Map<DeviceId, Waiting[]>()
  let waitingBytes: ByteCount = 0
  const noLongerWaiting = (messages: readonly Waiting[]): void => {
    for (const { sizeBytes } of messages) waitingBytes -= sizeBytes
  }

  const expire = (message: Relayed): void => {
    const sender = peers.get(message.src)
    // As the original answers: as if it came from the peer that could not be found.
    if (sender !== undefined) send(sender, { type: 'EXPIRE', src: message.dst, dst: message.src })
  }

  let sweeping: NodeJS.Timeout | undefined
  const sweepSoon = (): void => {
    sweeping ??= setTimeout(() => {
      sweeping = undefined
      sweep()
      if (waiting.size > 0) sweepSoon()
    }, SWEEP_MS)
  }
  const sweep = (): void => {
    for (const [dst, queue] of waiting) {
      const isOld = ({ since }: Waiting): boolean => clock.now() - since >= WAIT_MS
      const [old, young] = [queue.filter(isOld), queue.filter((one) => !isOld(one))]
      noLongerWaiting(old)
      const senders = new Map(old.map(({ message }) => [message.src, message]))
      if (young.length === 0) waiting.delete(dst)
      else waiting.set(dst, young)
      senders.forEach(expire)
    }
  }

  const relay = (message: Relayed, sizeBytes: ByteCount): void => {
    const receiver = peers.get(message.dst)
    if (receiver !== undefined) {
      send(receiver, message)
      return
    }
    // Who leaves or gives up is not waited for.
    if (message.type === 'LEAVE' || message.type === 'EXPIRE') return
    const queue = waiting.get(message.dst) ?? []
    if (queue.length >= MOST_WAITING_FOR_ONE || waitingBytes + sizeBytes > MOST_WAITING_BYTES) {
      expire(message)
      return
    }
    queue.push({ message, sizeBytes, since: clock.now() })
    waitingBytes += sizeBytes
    waiting.set(message.dst, queue)
    sweepSoon()
  }

  const receive = (host: DeviceId, socket: Socket): void => {
    const sockets = visitors.get(host) ?? new Set()
    visitors.set(host, sockets.add(socket))
    const [oldest] = sockets
    if (sockets.size > MOST_VISITORS && oldest !== undefined) {
      sockets.delete(oldest)
      oldest.close(closeCode.policy, 'replaced')
    }
    socket.on('close', () => {
      sockets.delete(socket)
      if (sockets.size === 0 && visitors.get(host) === sockets) visitors.delete(host)
    })
  }

  return {
    admit(device, socket, host) {
      peers.get(device)?.close(closeCode.policy, 'replaced')
      peers.set(device, socket)
      if (host !== undefined) receive(host, socket)
      socket.on('close', () => {
        if (peers.get(device) === socket) peers.delete(device)
      })
      watch(socket, (text) => {
        const message = parse(text)
        if (message === undefined) socket.close(closeCode.policy, 'malformed')
        else if (message.type !== 'HEARTBEAT' && message.dst !== undefined) {
          relay({ ...message, src: device, dst: message.dst }, text.length)
        }
      })
      send(socket, { type: 'OPEN' })
      const queue = waiting.get(device) ?? []
      waiting.delete(device)
      noLongerWaiting(queue)
      for (const { message } of queue) send(socket, message)
    },
    refuse(socket) {
      send(socket, { type: 'INVALID-KEY', payload: { msg: 'The ticket is not valid.' } })
      socket.close(closeCode.policy, 'ticket')
    },
    expel(device) {
      for (const socket of [peers.get(device), ...(visitors.get(device) ?? [])])
        socket?.close(closeCode.policy, 'revoked')
    },
    close() {
      clearTimeout(sweeping)
      for (const socket of peers.values()) socket.close(closeCode.goingAway)
    },
  }
}

function parse(text: string): z.output<typeof messageSchema> | undefined {
  try {
    return messageSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
