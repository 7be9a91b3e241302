/**
 * Accounts and devices for all worlds of a process: to make one takes a tenth of a whole story. Which of them a world has
 * is its seed's.
 */
import type { Bytes } from '../../../src/core/bytes.ts'
import { newDevice, type DeviceIdentity } from '../../../src/identity/keys.ts'
import { Fate } from './fate.ts'

/** Devices are as old as a world is when it begins. */
export const BEGIN = Date.UTC(2026, 0, 5, 12)
const BEGINNINGS = 16

export interface Made {
  readonly identity: DeviceIdentity
  readonly root: Bytes
  readonly deviceSeed: Bytes
}

const made = new Map<string, Promise<DeviceIdentity>>()
const rootOf = (account: number): Bytes => new Fate(1).of(`account ${account}`).bytes(32)
const seedOf = (device: number): Bytes => new Fate(1).of(`device ${device}`).bytes(32)

export class Identities {
  readonly #accounts = new Map<string, number>()
  readonly #first: number
  #count = 0

  constructor(fate: Fate) {
    this.#first = fate.below(BEGINNINGS)
  }

  /** A device that this world has not had. @param root of an account of this world; without it one of its own */
  async next(root?: Bytes): Promise<Made> {
    const device = this.#first + this.#count
    this.#count += 1
    const account = (root && this.#accounts.get(root.join())) ?? device
    const own = rootOf(account)
    this.#accounts.set(own.join(), account)
    const deviceSeed = seedOf(device)
    const name = `${account} ${device}`
    const identity = made.get(name) ?? newDevice(own, deviceSeed, BEGIN)
    made.set(name, identity)
    return { identity: await identity, root: own, deviceSeed }
  }
}
