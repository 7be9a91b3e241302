/**
 * Who a browser profile is. All keys but the chunker's table stay non-extractable CryptoKeys, which IndexedDB clones
 * without showing their bytes. The root is encrypted under a non-extractable key of its own, so that a copy of the
 * stored rows alone does not give it away; when both rows are deleted the browser may still leave old bytes in its
 * files until it tidies them up.
 */
import type { StoreNames } from 'idb'
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { IdentityStore, StoredIdentity } from './identity-store.ts'
import { inTransaction, type IdentityRow, type KeeptabDatabase, type KeeptabSchema } from './indexeddb-schema.ts'

// A first visit has no identity, and is not to load what one is made of.
const loadCrypto = () => import('../core/crypto.ts')
const loadKeys = () => import('../identity/keys.ts')

/** The identity store in this database, which it closes when it is closed. */
export class IndexedDbIdentityStore implements IdentityStore {
  readonly #db: KeeptabDatabase

  constructor(db: KeeptabDatabase) {
    this.#db = db
  }

  async load(): Promise<StoredIdentity | undefined> {
    const [row, sealed] = await inTransaction(this.#db, 'readonly', ['identity', 'sealedRoot'], (tx) =>
      Promise.all([tx.objectStore('identity').get('device'), tx.objectStore('sealedRoot').getKey('root')]),
    )
    if (row === undefined) return undefined
    const { assembleIdentity } = await loadKeys()
    const identity = await assembleIdentity(row.v === 1 ? await this.#completed(row) : partsOf(row))
    return { identity, rootConfirmed: sealed === undefined }
  }

  async create(identity: DeviceIdentity, root: Bytes | undefined): Promise<void> {
    const row = rowOf(identity)
    const sealed = root && (await seal(root))
    await inTransaction(this.#db, 'readwrite', ['identity', 'sealedRoot'], async (tx) => {
      if ((await tx.objectStore('identity').getKey('device')) !== undefined) {
        throw new KeeptabError('already-initialised')
      }
      await tx.objectStore('identity').put(row, 'device')
      if (sealed !== undefined) await tx.objectStore('sealedRoot').put(sealed, 'root')
    })
  }

  async advance(identity: DeviceIdentity): Promise<void> {
    const before = await this.load()
    if (before?.identity.device !== identity.device) throw new KeeptabError('not-initialised')
    await inTransaction(this.#db, 'readwrite', ['identity'], (tx) => tx.store.put(rowOf(identity), 'device'))
  }

  async forget(): Promise<void> {
    await inTransaction(this.#db, 'readwrite', [...ofADevice], async (tx) => {
      await Promise.all(ofADevice.map((name) => tx.objectStore(name).clear()))
    })
  }

  async readRoot(): Promise<Bytes | undefined> {
    const row = await inTransaction(this.#db, 'readonly', ['sealedRoot'], (tx) => tx.store.get('root'))
    return row && (await loadCrypto()).decrypt(row.key, nonce, associated, row.sealed)
  }

  async confirmWords(): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['identity', 'sealedRoot'], async (tx) => {
      if ((await tx.objectStore('identity').getKey('device')) === undefined) throw new KeeptabError('not-initialised')
      await tx.objectStore('sealedRoot').delete('root')
    })
  }

  close(): Promise<void> {
    this.#db.close()
    return Promise.resolve()
  }

  /** A row of the first version gets the key that it lacks, once. */
  async #completed(row: Extract<StoredRow, { v: 1 }>): Promise<Omit<IdentityRow, 'v'>> {
    const { certificate, deviceKey, daily } = row
    const { boxKey } = await loadCrypto()
    const box = await boxKey(crypto.getRandomValues(new Uint8Array(32)))
    const parts = { certificate, deviceKey, daily, past: [], box, revocations: [] }
    await inTransaction(this.#db, 'readwrite', ['identity'], (tx) => tx.store.put({ v: 2, ...parts }, 'device'))
    return parts
  }
}

/**
 * What nobody who comes after is to find: besides the keys, what this device has backed up under which names; and what it
 * kept for others, which only this device can prove and nobody could read.
 */
const ofADevice = [
  'limits',
  'shards',
  'shardBytes',
  'records',
  'heads',
  'identity',
  'sealedRoot',
  'packs',
  'chunks',
  'journal',
  'pinnedHeads',
  'givenUp',
  'manifest',
  'atHand',
] as const satisfies StoreNames<KeeptabSchema>[]

type StoredRow = KeeptabSchema['identity']['value']

const rowOf = (identity: DeviceIdentity): IdentityRow => ({ v: 2, ...partsOf(identity) })

const partsOf = (parts: Omit<IdentityRow, 'v'>): Omit<IdentityRow, 'v'> => {
  const { certificate, deviceKey, daily, past, box, vault, revocations } = parts
  return { certificate, deviceKey, daily, past, box, ...(vault && { vault }), revocations }
}

// The key is made for this one message, so no nonce can come twice under it.
const nonce = new Uint8Array(12)
const associated = new Uint8Array(0)

async function seal(root: Bytes): Promise<{ key: CryptoKey; sealed: Bytes }> {
  const { encrypt } = await loadCrypto()
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  return { key, sealed: await encrypt(key, nonce, associated, root) }
}
