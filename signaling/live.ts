/** Live sockets: a device is online while its own is open. */
import type { DeviceId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import type { LiveMessage } from '../src/protocol/coordinator-messages.ts'
import { closeCode, send, watch, type Socket } from './sockets.ts'

/** Everybody comes back within this long after a stop, at a random moment. */
const BACK_IN_MS: Millis = 3000

export interface LiveSockets {
  isOnline(device: DeviceId): boolean
  readonly online: number
  /** Takes a socket as the one of a device; another one it had is told so and closed. */
  welcome(device: DeviceId, socket: Socket): void
  /** Tells a socket that its device was removed from its account, and closes it. */
  refuse(socket: Socket): void
  /** Says something to a device, if it is online. */
  tell(device: DeviceId, message: LiveMessage): void
  /** Says something to everybody who is online. */
  tellAll(message: LiveMessage): void
  /** Refuses the socket that a device has. */
  expel(device: DeviceId): void
  /** Tells everybody that this server stops, and closes. */
  leave(): void
}

/** @param note runs when a device came online or went offline by itself; a stop of this server is no going */
export function createLiveSockets(note: (device: DeviceId, online: boolean) => void): LiveSockets {
  const sockets = new Map<DeviceId, Socket>()
  let left = false
  const tell = (socket: Socket, message: LiveMessage): void => send(socket, message)
  const refuse = (socket: Socket): void => {
    tell(socket, { type: 'revoked' })
    socket.close(closeCode.policy, 'revoked')
  }

  return {
    isOnline: (device) => sockets.has(device),
    get online() {
      return sockets.size
    },
    welcome(device, socket) {
      const before = sockets.get(device)
      if (before !== undefined) {
        tell(before, { type: 'replaced' })
        before.close(closeCode.policy, 'replaced')
      }
      if (before === undefined) note(device, true)
      sockets.set(device, socket)
      socket.on('close', () => {
        if (sockets.get(device) !== socket) return
        sockets.delete(device)
        if (!left) note(device, false)
      })
      // A peer has nothing to say here; what it says is only counted.
      watch(socket, () => undefined)
      tell(socket, { type: 'welcome', device })
      // Always: whether the coordinator lost what it knew of this keeper, only the keeper can tell.
      tell(socket, { type: 'inventory-wanted' })
    },
    refuse,
    tell(device, message) {
      const socket = sockets.get(device)
      if (socket !== undefined) tell(socket, message)
    },
    tellAll(message) {
      for (const socket of sockets.values()) tell(socket, message)
    },
    expel(device) {
      const socket = sockets.get(device)
      if (socket !== undefined) refuse(socket)
    },
    leave() {
      left = true
      for (const socket of sockets.values()) {
        tell(socket, { type: 'leaving', backInMs: BACK_IN_MS })
        socket.close(closeCode.goingAway)
      }
    },
  }
}
