/** A device through the key epochs of its account: who it is now, and how it goes on when one begins. */
import type { DeviceIdentity } from '../identity/keys.ts'
import { announceDevice } from './devices.ts'
import { followEpoch } from './epoch.ts'
import type { OwnerContext } from './owner-context.ts'

export interface MemberParts extends Pick<OwnerContext, 'coordinator' | 'clock' | 'random'> {
  /** Keeps the identity of a later epoch before it is used. */
  readonly store: (identity: DeviceIdentity) => Promise<void>
  /** What this device is called until the person says otherwise. */
  readonly name: string
}

/**
 * Stands in for the identity wherever the newest is wanted, such as at a coordinator's client, which signs in with the
 * certificate of the day. What must be of one epoch takes `now`.
 */
export class Member implements Pick<DeviceIdentity, 'account' | 'device' | 'deviceKey' | 'certificate'> {
  now: DeviceIdentity
  #announced = false
  #following: Promise<void> | undefined

  constructor(identity: DeviceIdentity) {
    this.now = identity
  }

  get account() {
    return this.now.account
  }

  get device() {
    return this.now.device
  }

  get deviceKey() {
    return this.now.deviceKey
  }

  get certificate() {
    return this.now.certificate
  }

  /**
   * Goes into the newest epoch, and tells the other devices what this one is called. Calls that meet share one run.
   * @throws KeeptabError `device-revoked`, `epoch-behind`, `revocation-forked`, and as the coordinator
   */
  follow(parts: MemberParts): Promise<void> {
    this.#following ??= this.#follow(parts).finally(() => (this.#following = undefined))
    return this.#following
  }

  async #follow(parts: MemberParts): Promise<void> {
    const next = await followEpoch(this.now, parts.coordinator)
    if (next !== this.now) {
      await parts.store(next)
      this.now = next
      this.#announced = false
    }
    if (this.#announced) return
    await announceDevice({ ...parts, identity: this.now }, parts.name)
    this.#announced = true
  }
}
