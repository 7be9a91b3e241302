/** What an owner's browser profile remembers of its backups. */
import type { IDBPTransaction } from 'idb'
import { concat, own, type Bytes } from '../core/bytes.ts'
import { idBytes, idOf, parseChunkId, type ChunkId, type PackId } from '../core/ids.ts'
import { inTransaction, type KeeptabDatabase, type KeeptabSchema } from './indexeddb-schema.ts'
import type { JournaledPack, ManifestStage, OnLeaving, OwnerState, RememberedManifest } from './owner-state.ts'

/** Chunks of at most 1 MiB that are in memory while they leave. */
const LEAVING_AT_ONCE = 32

/**
 * The owner state in this database, which it closes when it is closed.
 *
 * Chunks name their pack by number. A forgotten pack loses its number and nothing else, so that forgetting costs the
 * same for any size; a chunk with a number that is no pack's counts as unknown and is overwritten when it comes again.
 */
export class IndexedDbOwnerState implements OwnerState {
  readonly #db: KeeptabDatabase

  constructor(db: KeeptabDatabase) {
    this.#db = db
  }

  packsOf(chunks: readonly ChunkId[]): Promise<(PackId | undefined)[]> {
    const keys = chunks.map(keyOf)
    return inTransaction(this.#db, 'readonly', ['chunks', 'packs'], async (tx) => {
      const numbers = await Promise.all(keys.map((key) => tx.objectStore('chunks').get(key)))
      const packs = new Map<number | undefined, PackId | undefined>()
      await Promise.all(
        [...new Set(numbers)].map(async (number) => {
          if (number !== undefined) packs.set(number, (await tx.objectStore('packs').get(number))?.id)
        }),
      )
      return numbers.map((number) => packs.get(number))
    })
  }

  async journal(pack: JournaledPack): Promise<void> {
    const { id, group, sourceBytes } = pack
    const chunks = concat(...pack.chunks.map(idBytes))
    const row = { id, record: own(pack.record), group, chunks, sourceBytes, pack: own(pack.pack) }
    await inTransaction(this.#db, 'readwrite', ['journal', 'packs', 'chunks'], async (tx) => {
      const number = await tx.objectStore('journal').index('id').getKey(id)
      await tx.objectStore('journal').put(row, number)
      await know(tx, id, pack.chunks)
    })
  }

  async journaled(): Promise<JournaledPack[]> {
    const rows = await inTransaction(this.#db, 'readonly', ['journal'], (tx) => tx.store.getAll())
    return rows.map((row) => ({ ...row, chunks: chunkIdsOf(row.chunks) }))
  }

  async committed(pack: PackId): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['journal'], async (tx) => {
      const number = await tx.store.index('id').getKey(pack)
      if (number !== undefined) await tx.store.delete(number)
    })
  }

  async learn(pack: PackId, chunks: readonly ChunkId[]): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['journal', 'packs', 'chunks'], (tx) => know(tx, pack, chunks))
  }

  async forget(pack: PackId): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['journal', 'packs'], async (tx) => {
      for (const name of ['journal', 'packs'] as const) {
        const number = await tx.objectStore(name).index('id').getKey(pack)
        if (number !== undefined) await tx.objectStore(name).delete(number)
      }
    })
  }

  pinnedHeads(): Promise<Bytes[]> {
    return inTransaction(this.#db, 'readonly', ['pinnedHeads'], (tx) => tx.store.getAll())
  }

  async pinHead(device: string, signed: Bytes): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['pinnedHeads'], (tx) => tx.store.put(own(signed), device))
  }

  pinnedGivenUp(): Promise<Bytes[]> {
    return inTransaction(this.#db, 'readonly', ['givenUp'], (tx) => tx.store.getAll())
  }

  async pinGivenUp(device: string, signed: Bytes): Promise<void> {
    await inTransaction(this.#db, 'readwrite', ['givenUp'], (tx) => tx.store.put(own(signed), device))
  }

  async rememberManifest(
    { packs, bytes, scannedAt }: RememberedManifest,
    stage: ManifestStage = 'newest',
  ): Promise<void> {
    const row = { packs: [...packs], bytes: own(bytes), ...(scannedAt !== undefined && { scannedAt }) }
    await inTransaction(this.#db, 'readwrite', ['manifest'], (tx) => tx.store.put(row, stage))
  }

  rememberedManifest(stage: ManifestStage = 'newest'): Promise<RememberedManifest | undefined> {
    return inTransaction(this.#db, 'readonly', ['manifest'], (tx) => tx.store.get(stage))
  }

  async layAtHand(chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void> {
    const rows = [...chunks].map(([id, bytes]) => ({ key: keyOf(id), bytes: own(bytes) }))
    await inTransaction(this.#db, 'readwrite', ['atHand'], (tx) =>
      Promise.all(rows.map(({ key, bytes }) => tx.store.put(bytes, key))),
    )
  }

  atHand(chunk: ChunkId): Promise<Bytes | undefined> {
    return inTransaction(this.#db, 'readonly', ['atHand'], (tx) => tx.store.get(keyOf(chunk)))
  }

  async onlyAtHand(chunks: ReadonlySet<ChunkId>, onLeaving?: OnLeaving): Promise<void> {
    const keys = await inTransaction(this.#db, 'readonly', ['atHand'], (tx) => tx.store.getAllKeys())
    const others = keys.map((key) => idOf(parseChunkId, new Uint8Array(key))).filter((id) => !chunks.has(id))
    for (let at = 0; at < others.length; at += LEAVING_AT_ONCE) {
      const leaving = others.slice(at, at + LEAVING_AT_ONCE)
      if (onLeaving !== undefined) await onLeaving(await this.#allAtHand(leaving))
      await inTransaction(this.#db, 'readwrite', ['atHand'], (tx) =>
        Promise.all(leaving.map((id) => tx.store.delete(keyOf(id)))),
      )
    }
  }

  async #allAtHand(ids: readonly ChunkId[]): Promise<Map<ChunkId, Bytes>> {
    const found = await inTransaction(this.#db, 'readonly', ['atHand'], (tx) =>
      Promise.all(ids.map(async (id) => [id, await tx.store.get(keyOf(id))] as const)),
    )
    return new Map(found.flatMap(([id, bytes]) => (bytes === undefined ? [] : [[id, bytes] as const])))
  }

  close(): Promise<void> {
    this.#db.close()
    return Promise.resolve()
  }
}

/** Notes the pack of all chunks that no pack is known for yet. */
async function know(
  tx: IDBPTransaction<KeeptabSchema, ['journal', 'packs', 'chunks'], 'readwrite'>,
  pack: PackId,
  chunks: readonly ChunkId[],
): Promise<void> {
  const [packs, store] = [tx.objectStore('packs'), tx.objectStore('chunks')]
  const keys = chunks.map(keyOf)
  const numbers = await Promise.all(keys.map((key) => store.get(key)))
  const living = new Set<number>()
  await Promise.all(
    [...new Set(numbers)].map(async (number) => {
      if (number !== undefined && (await packs.getKey(number)) !== undefined) living.add(number)
    }),
  )
  const unknown = keys.filter((_, i) => !living.has(numbers[i] ?? Number.NaN))
  if (unknown.length === 0) return
  const number = (await packs.index('id').getKey(pack)) ?? (await packs.add({ id: pack }))
  await Promise.all(unknown.map((key) => store.put(number, key)))
}

const keyOf = (chunk: ChunkId): ArrayBuffer => idBytes(chunk).buffer

const chunkIdsOf = (bytes: Bytes): ChunkId[] =>
  Array.from({ length: bytes.length / 32 }, (_, i) => idOf(parseChunkId, bytes.subarray(32 * i, 32 * i + 32)))
