/** Where a browser keeps who it is, and the root secret for as long as nobody has written the words down. */
import type { Bytes } from '../core/bytes.ts'
import type { DeviceIdentity } from '../identity/keys.ts'

export interface StoredIdentity {
  readonly identity: DeviceIdentity
  /** The words are known to be on paper: the root is not stored here any more, or never was. */
  readonly rootConfirmed: boolean
}

/** Contract: `tests/contract/identity-store.ts`. Every method may throw KeeptabError `store-failed`. */
export interface IdentityStore {
  load(): Promise<StoredIdentity | undefined>
  /**
   * Keeps a new identity in one step.
   * @param root 32 bytes, sealed until the words are confirmed; `undefined` when they were typed in just now, which
   *   confirms them
   * @throws KeeptabError `already-initialised`
   */
  create(identity: DeviceIdentity, root: Bytes | undefined): Promise<void>
  /**
   * Replaces an identity by that of the same device in a later key epoch, in one step.
   * @throws KeeptabError `not-initialised` when another device, or none, is here
   */
  advance(identity: DeviceIdentity): Promise<void>
  /**
   * Forgets who this is, the root too, what it has backed up and what it keeps for others, in one step: for a device that
   * was removed from its account or is not its owner's. Harmless when nobody is here.
   */
  forget(): Promise<void>
  /** The root, to show the words again; `undefined` when they were confirmed or there is no identity. */
  readRoot(): Promise<Bytes | undefined>
  /** Forgets the root for good. Harmless when it was done before. @throws KeeptabError `not-initialised` */
  confirmWords(): Promise<void>
  close(): Promise<void>
}
