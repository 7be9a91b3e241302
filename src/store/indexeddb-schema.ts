/** The one IndexedDB database of a browser profile: who this device is, what it keeps for others, what it has backed up. */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { AccountId, DeviceId, GroupId, PackId } from '../core/ids.ts'
import type { ByteCount, Millis } from '../core/units.ts'
import type { ManifestStage } from './owner-state.ts'
import type { CondemnedNotes, ScrubNotes, Traffic } from './shard-store.ts'

/** Keys and large values are plain ArrayBuffers: a view would bring its whole buffer along into the clone. */
export interface KeeptabSchema extends DBSchema {
  // ---- keeping
  /** What a keeper sets up: how many bytes it is willing to keep; what it has sent and taken in; what is to go; how far it has looked. */
  limits: {
    key: 'keeping' | 'traffic' | 'condemned' | 'scrubbed'
    value: ByteCount | Traffic | CondemnedNotes | ScrubNotes
  }
  /** Kept shards without their bytes, so that an inventory loads none. Key: pack 32 B ‖ index 1 B. */
  shards: { key: ArrayBuffer; value: { group: GroupId; owner: AccountId; sizeBytes: ByteCount } }
  /**
   * The bytes, under the same key. ArrayBuffer and not Blob: it comes within the transaction and not from a second,
   * later read, and Chromium lays values above 64 KiB into files of their own just as it does with Blobs.
   */
  shardBytes: { key: ArrayBuffer; value: ArrayBuffer }
  /** Signed pack records, once for all shards of a pack. */
  records: { key: PackId; value: Bytes }
  heads: { key: [AccountId, DeviceId]; value: { sequence: number; signed: Bytes } }

  // ---- owning
  /** Packs by a short number, so that a chunk costs little. A number without a pack is one that was forgotten. */
  packs: { key: number; value: { id: PackId }; indexes: { id: PackId } }
  /** Number of the pack that holds a chunk. Key: chunk id, 32 B. */
  chunks: { key: ArrayBuffer; value: number }
  /** Packs on their way in the order of their numbers. `chunks` are 32 B each, one after the other. */
  journal: {
    key: number
    value: { id: PackId; record: Bytes; group: GroupId; chunks: Bytes; sourceBytes: ByteCount; pack: Bytes }
    indexes: { id: PackId }
  }
  /** Newest head seen of each device, signed bytes by device. */
  pinnedHeads: { key: string; value: Bytes }
  /** What was given up of removed devices, signed bytes by device. */
  givenUp: { key: string; value: Bytes }
  /** The manifest of the newest snapshot, and the packs that hold it; the same of the one whose head was sent last. */
  manifest: { key: ManifestStage; value: { packs: readonly PackId[]; bytes: Bytes; scannedAt?: Millis } }
  /** Plain bytes of tree and index chunks of the newest snapshot. Key: chunk id, 32 B. */
  atHand: { key: ArrayBuffer; value: Bytes }

  // ---- being somebody
  identity: { key: 'device'; value: IdentityRow | FirstIdentityRow }
  /** The root secret under a key of its own; both rows go when the words are confirmed. */
  sealedRoot: { key: 'root'; value: { key: CryptoKey; sealed: Bytes } }
}

/** A device identity as structured clone takes it; keys stay non-extractable in there. */
export interface IdentityRow extends Omit<FirstIdentityRow, 'v'> {
  readonly v: 2
  /** Keys of ended epochs, oldest first. */
  readonly past: readonly DailyKeysRow[]
  readonly box: { readonly publicKey: Bytes; readonly privateKey: CryptoKey | Bytes }
  readonly vault?: { readonly key: CryptoKey; readonly sealed: Bytes } | undefined
  readonly revocations: readonly Bytes[]
}

/** As it was before devices could be added and removed. */
interface FirstIdentityRow {
  readonly v: 1
  readonly certificate: Bytes
  readonly deviceKey: { readonly publicKey: Bytes; readonly privateKey: CryptoKey }
  readonly daily: DailyKeysRow
}

interface DailyKeysRow {
  readonly epoch: number
  readonly chunkId: CryptoKey
  readonly content: CryptoKey
  readonly manifest: CryptoKey
  readonly head: { readonly publicKey: Bytes; readonly privateKey: CryptoKey }
  readonly gear: Bytes
}

export type KeeptabDatabase = IDBPDatabase<KeeptabSchema>

/** A new version adds a step to `upgrade` and never changes an old one: databases of every release exist for ever. */
const VERSION = 3

/**
 * Opens the profile's database, made if it is not there. One engine uses it at a time (`app/tab-leader`).
 * @param onClosed the browser has closed it under us, as it does with one that it deletes
 * @throws KeeptabError `store-failed`, or `unsupported-version` when a newer Keeptab has been here
 */
export async function openDatabase(name = 'keeptab', onClosed: () => void = () => undefined): Promise<KeeptabDatabase> {
  try {
    return await openDB<KeeptabSchema>(name, VERSION, {
      upgrade(db, before, _version, tx) {
        tx.done.catch(() => undefined) // the opening fails of it, and says so
        if (before < 1) {
          for (const store of [
            'limits',
            'shards',
            'shardBytes',
            'records',
            'heads',
            'chunks',
            'pinnedHeads',
          ] as const) {
            db.createObjectStore(store)
          }
          for (const store of ['manifest', 'identity', 'sealedRoot'] as const) db.createObjectStore(store)
          db.createObjectStore('packs', { autoIncrement: true }).createIndex('id', 'id', { unique: true })
          db.createObjectStore('journal', { autoIncrement: true }).createIndex('id', 'id', { unique: true })
        }
        if (before < 2) db.createObjectStore('atHand')
        if (before < 3) db.createObjectStore('givenUp')
      },
      terminated: onClosed,
      // A newer version of the app waits in another tab: let it in; what this one still asks for fails typed.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    })
  } catch (thrown) {
    if (nameOf(thrown) === 'VersionError') throw new KeeptabError('unsupported-version', undefined, {}, thrown)
    throw storageError(thrown)
  }
}

/**
 * Runs `work` in a transaction and resolves when it is complete: on the disk, for one that writes. When anything in it
 * fails, nothing of it happened. `work` must await nothing but the transaction's own requests.
 * @throws KeeptabError `store-full` at the browser's quota, `store-failed`
 */
export async function inTransaction<Names extends StoreNames<KeeptabSchema>[], Mode extends IDBTransactionMode, T>(
  db: KeeptabDatabase,
  mode: Mode,
  names: [...Names],
  work: (tx: IDBPTransaction<KeeptabSchema, [...Names], Mode>) => Promise<T>,
): Promise<T> {
  let tx: IDBPTransaction<KeeptabSchema, [...Names], Mode> | undefined
  try {
    tx = db.transaction(names, mode, { durability: 'strict' })
    // Quota failures arrive on the transaction, perhaps after every request in it has succeeded.
    const [result] = await Promise.all([work(tx), tx.done])
    return result
  } catch (thrown) {
    abortIfOpen(tx)
    throw storageError(tx?.error ?? thrown)
  }
}

/** Whatever way out `work` took, half of it must not be committed. */
function abortIfOpen(tx: { abort(): void } | undefined): void {
  try {
    tx?.abort()
  } catch {
    // It has ended already.
  }
}

function storageError(thrown: unknown): KeeptabError {
  if (thrown instanceof KeeptabError) return thrown
  const name = nameOf(thrown)
  const full = name === 'QuotaExceededError'
  return new KeeptabError(full ? 'store-full' : 'store-failed', name, { name }, thrown)
}

const nameOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error || thrown instanceof DOMException ? thrown.name : undefined
