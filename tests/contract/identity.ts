/** Fresh devices, each of an account of its own. */
import type { Random } from '../../src/core/clock.ts'
import { newDevice, type DeviceIdentity } from '../../src/identity/keys.ts'

export const random: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => Math.random(),
}

export const newIdentity = (): Promise<DeviceIdentity> => newDevice(random.bytes(32), random.bytes(32), 0)
