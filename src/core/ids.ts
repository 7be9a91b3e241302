/** Names of things: lower-case hexadecimal text of a fixed length, parsed once at the border and trusted after it. */
import { fromHex, toHex, type Bytes } from './bytes.ts'
import { KeeptabError } from './errors.ts'

declare const kind: unique symbol
type Id<Name extends string> = string & { readonly [kind]: Name }

/** A person: the Ed25519 public key of the recovery branch, 32 bytes. */
export type AccountId = Id<'account'>
/** One browser profile or headless process: its own Ed25519 public key, 32 bytes. Also its address in the rendezvous. */
export type DeviceId = Id<'device'>
/** A pack: SHA-256 of its signed pack record, so a record cannot be swapped under its name. */
export type PackId = Id<'pack'>
/** A chunk: keyed hash of its plain bytes, 32 bytes; equal ids mean equal bytes within one account only. */
export type ChunkId = Id<'chunk'>
/** A set of n keepers that hold up to 10 GB of one owner's packs: 16 random bytes. */
export type GroupId = Id<'group'>
/** A snapshot: 16 random bytes, drawn when its manifest is written. */
export type SnapshotId = Id<'snapshot'>

function parser<T extends string>(name: string, length: number): (text: string) => T {
  const form = new RegExp(`^[0-9a-f]{${2 * length}}$`)
  return (text) => {
    if (!form.test(text)) {
      throw new KeeptabError('malformed', `${name} must be ${2 * length} lower-case hexadecimal digits.`)
    }
    return text as T
  }
}

/** @throws KeeptabError `malformed` */
export const parseAccountId = parser<AccountId>('An account id', 32)
/** @throws KeeptabError `malformed` */
export const parseDeviceId = parser<DeviceId>('A device id', 32)
/** @throws KeeptabError `malformed` */
export const parsePackId = parser<PackId>('A pack id', 32)
/** @throws KeeptabError `malformed` */
export const parseChunkId = parser<ChunkId>('A chunk id', 32)
/** @throws KeeptabError `malformed` */
export const parseGroupId = parser<GroupId>('A group id', 16)
/** @throws KeeptabError `malformed` */
export const parseSnapshotId = parser<SnapshotId>('A snapshot id', 16)

/** The bytes behind an id. */
export function idBytes(id: AccountId | DeviceId | PackId | ChunkId | GroupId | SnapshotId): Bytes {
  const bytes = fromHex(id, id.length / 2)
  if (bytes === undefined) throw new KeeptabError('internal', 'An id was made without its parser.')
  return bytes
}

/** The id of 16 or 32 bytes that are known to be one. */
export const idOf = <T extends string>(parse: (text: string) => T, bytes: Uint8Array): T => parse(toHex(bytes))
