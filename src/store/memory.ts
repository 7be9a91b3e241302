/** The stores in memory: for simulations and tests, and the model that the real ones must behave like. */
import { own, type Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { AccountId, ChunkId, DeviceId, PackId, SnapshotId } from '../core/ids.ts'
import type { ByteCount } from '../core/units.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { IdentityStore, StoredIdentity } from './identity-store.ts'
import type { JournaledPack, ManifestStage, OnLeaving, OwnerState, RememberedManifest } from './owner-state.ts'
import { checkLength, Room, shardKey } from './room.ts'
import type {
  CondemnedNotes,
  KeptShard,
  NewShard,
  ScrubNotes,
  ShardName,
  ShardStore,
  StoreUsage,
  Traffic,
} from './shard-store.ts'
import { KEPT_TREE_BYTES, type TreeCache } from './tree-cache.ts'

interface KeptHead {
  readonly account: AccountId
  readonly device: DeviceId
  readonly sequence: number
  readonly signed: Bytes
}

/** What stays when a keeper in memory is stopped and started again. */
export interface ShardShelf {
  limitBytes: ByteCount
  readonly shards: Map<string, NewShard>
  /** By account and device. */
  readonly heads: Map<string, KeptHead>
  traffic?: Traffic
  condemned?: CondemnedNotes
  scrubbed?: ScrubNotes
}

export const emptyShelf = (limitBytes: ByteCount = 0): ShardShelf => ({
  limitBytes,
  shards: new Map(),
  heads: new Map(),
})

export class MemoryShardStore implements ShardStore {
  readonly #shelf: ShardShelf
  readonly #room: Room

  constructor(shelf: ShardShelf) {
    this.#shelf = shelf
    this.#room = new Room(shelf.limitBytes)
    for (const { sizeBytes } of shelf.shards.values()) this.#room.keep(sizeBytes)
  }

  usage(): Promise<StoreUsage> {
    return answer(() => this.#room.usage())
  }

  setLimit(limitBytes: ByteCount): Promise<void> {
    return answer(() => {
      this.#shelf.limitBytes = limitBytes
      this.#room.limitBytes = limitBytes
    })
  }

  reserve(name: ShardName, sizeBytes: ByteCount): Promise<void> {
    return answer(() => {
      const key = shardKey(name)
      if (!this.#shelf.shards.has(key)) this.#room.reserve(key, sizeBytes)
    })
  }

  release(name: ShardName): Promise<void> {
    return answer(() => this.#room.release(shardKey(name)))
  }

  async put(shard: NewShard): Promise<void> {
    checkLength(shard)
    const key = shardKey(shard)
    if (this.#shelf.shards.has(key)) return
    await this.#room.fill(key, shard.sizeBytes, () =>
      answer(() => {
        if (this.#shelf.shards.has(key)) return false
        this.#shelf.shards.set(key, { ...shard, record: own(shard.record), bytes: own(shard.bytes) })
        return true
      }),
    )
  }

  read(name: ShardName, offset: number, length: number): Promise<Bytes | undefined> {
    return answer(() => this.#sound(shardKey(name))?.bytes.slice(offset, offset + length))
  }

  has(name: ShardName): Promise<boolean> {
    return answer(() => this.#shelf.shards.has(shardKey(name)))
  }

  record(pack: PackId): Promise<Bytes | undefined> {
    return answer(() => {
      for (const shard of this.#shelf.shards.values()) if (shard.pack === pack) return own(shard.record)
      return undefined
    })
  }

  keepRecord(pack: PackId, record: Bytes): Promise<void> {
    return answer(() => {
      for (const [key, shard] of this.#shelf.shards) {
        if (shard.pack === pack) this.#shelf.shards.set(key, { ...shard, record: own(record) })
      }
    })
  }

  remove(name: ShardName): Promise<void> {
    return answer(() => this.#forget(shardKey(name)))
  }

  async *list(): AsyncIterable<KeptShard> {
    for (const key of [...this.#shelf.shards.keys()]) {
      const shard = await answer(() => this.#sound(key))
      if (shard === undefined) continue
      const { pack, index, group, owner, sizeBytes } = shard
      yield { pack, index, group, owner, sizeBytes }
    }
  }

  keepHead(head: KeptHead): Promise<void> {
    return answer(() => {
      const key = `${head.account}/${head.device}`
      if (head.sequence <= (this.#shelf.heads.get(key)?.sequence ?? -1)) return
      this.#shelf.heads.set(key, { ...head, signed: own(head.signed) })
    })
  }

  heads(account: AccountId): Promise<Bytes[]> {
    const all = [...this.#shelf.heads.values()]
    return answer(() => all.filter((head) => head.account === account).map(({ signed }) => own(signed)))
  }

  traffic(): Promise<Traffic | undefined> {
    return answer(() => this.#shelf.traffic)
  }

  keepTraffic(traffic: Traffic): Promise<void> {
    return answer(() => void (this.#shelf.traffic = traffic))
  }

  condemned(): Promise<CondemnedNotes | undefined> {
    return answer(() => this.#shelf.condemned)
  }

  keepCondemned(notes: CondemnedNotes): Promise<void> {
    return answer(() => void (this.#shelf.condemned = notes))
  }

  scrubbed(): Promise<ScrubNotes | undefined> {
    return answer(() => this.#shelf.scrubbed)
  }

  keepScrubbed(notes: ScrubNotes): Promise<void> {
    return answer(() => void (this.#shelf.scrubbed = notes))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #sound(key: string): NewShard | undefined {
    const shard = this.#shelf.shards.get(key)
    if (shard === undefined || shard.bytes.length === shard.sizeBytes) return shard
    this.#forget(key)
    return undefined
  }

  #forget(key: string): void {
    const shard = this.#shelf.shards.get(key)
    if (shard === undefined) return
    this.#shelf.shards.delete(key)
    this.#room.lose(shard.sizeBytes)
  }
}

/** What an owner's state in memory leaves behind when it is closed. */
export interface OwnerShelf {
  readonly packs: Map<ChunkId, PackId>
  readonly journal: Map<PackId, JournaledPack>
  /** By device. */
  readonly heads: Map<string, Bytes>
  /** By device. */
  readonly givenUp: Map<string, Bytes>
  readonly manifests: Map<ManifestStage, RememberedManifest>
  readonly atHand: Map<ChunkId, Bytes>
}

export const emptyOwnerShelf = (): OwnerShelf => ({
  packs: new Map(),
  journal: new Map(),
  heads: new Map(),
  givenUp: new Map(),
  manifests: new Map(),
  atHand: new Map(),
})

export class MemoryOwnerState implements OwnerState {
  readonly #shelf: OwnerShelf

  constructor(shelf: OwnerShelf) {
    this.#shelf = shelf
  }

  packsOf(chunks: readonly ChunkId[]): Promise<(PackId | undefined)[]> {
    return answer(() => chunks.map((chunk) => this.#shelf.packs.get(chunk)))
  }

  journal(pack: JournaledPack): Promise<void> {
    return answer(() => {
      this.#shelf.journal.set(pack.id, { ...pack, record: own(pack.record), pack: own(pack.pack) })
      this.#know(pack.id, pack.chunks)
    })
  }

  journaled(): Promise<JournaledPack[]> {
    return answer(() => [...this.#shelf.journal.values()])
  }

  committed(pack: PackId): Promise<void> {
    return answer(() => void this.#shelf.journal.delete(pack))
  }

  learn(pack: PackId, chunks: readonly ChunkId[]): Promise<void> {
    return answer(() => this.#know(pack, chunks))
  }

  forget(pack: PackId): Promise<void> {
    return answer(() => {
      this.#shelf.journal.delete(pack)
      for (const [chunk, holder] of this.#shelf.packs) if (holder === pack) this.#shelf.packs.delete(chunk)
    })
  }

  pinnedHeads(): Promise<Bytes[]> {
    return answer(() => [...this.#shelf.heads.values()].map(own))
  }

  pinHead(device: string, signed: Bytes): Promise<void> {
    return answer(() => void this.#shelf.heads.set(device, own(signed)))
  }

  pinnedGivenUp(): Promise<Bytes[]> {
    return answer(() => [...this.#shelf.givenUp.values()].map(own))
  }

  pinGivenUp(device: string, signed: Bytes): Promise<void> {
    return answer(() => void this.#shelf.givenUp.set(device, own(signed)))
  }

  rememberManifest({ packs, bytes, scannedAt }: RememberedManifest, stage: ManifestStage = 'newest'): Promise<void> {
    const at = scannedAt === undefined ? {} : { scannedAt }
    return answer(() => void this.#shelf.manifests.set(stage, { packs: [...packs], bytes: own(bytes), ...at }))
  }

  rememberedManifest(stage: ManifestStage = 'newest'): Promise<RememberedManifest | undefined> {
    return answer(() => this.#shelf.manifests.get(stage))
  }

  layAtHand(chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void> {
    return answer(() => {
      for (const [id, bytes] of chunks) this.#shelf.atHand.set(id, own(bytes))
    })
  }

  atHand(chunk: ChunkId): Promise<Bytes | undefined> {
    return answer(() => this.#shelf.atHand.get(chunk)?.slice())
  }

  async onlyAtHand(chunks: ReadonlySet<ChunkId>, onLeaving?: OnLeaving): Promise<void> {
    const leaving = new Map([...this.#shelf.atHand].filter(([id]) => !chunks.has(id)))
    await onLeaving?.(leaving)
    return answer(() => {
      for (const id of leaving.keys()) this.#shelf.atHand.delete(id)
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #know(pack: PackId, chunks: readonly ChunkId[]): void {
    for (const chunk of chunks) if (!this.#shelf.packs.has(chunk)) this.#shelf.packs.set(chunk, pack)
  }
}

/** A cache of trees for one visit. */
export class MemoryTreeCache implements TreeCache {
  readonly #chunks = new Map<ChunkId, Bytes>()
  readonly #sources = new Map<SnapshotId, Bytes>()
  readonly #lists = new Map<AccountId, Bytes>()
  readonly #limitBytes: ByteCount
  #bytesKept = 0

  constructor(limitBytes = KEPT_TREE_BYTES) {
    this.#limitBytes = limitBytes
  }

  chunk(id: ChunkId): Promise<Bytes | undefined> {
    return answer(() => this.#chunks.get(id))
  }

  keepChunks(chunks: ReadonlyMap<ChunkId, Bytes>): Promise<void> {
    return answer(() => {
      for (const [id, bytes] of chunks) {
        if (this.#chunks.has(id)) continue
        this.#chunks.set(id, bytes)
        this.#bytesKept += bytes.length
      }
      for (const [oldest, { length }] of this.#chunks) {
        if (this.#bytesKept <= this.#limitBytes) return
        this.#chunks.delete(oldest)
        this.#bytesKept -= length
      }
    })
  }

  sources(snapshot: SnapshotId): Promise<Bytes | undefined> {
    return answer(() => this.#sources.get(snapshot))
  }

  keepSources(snapshot: SnapshotId, bytes: Bytes): Promise<void> {
    return answer(() => void this.#sources.set(snapshot, bytes))
  }

  list(account: AccountId): Promise<Bytes | undefined> {
    return answer(() => this.#lists.get(account))
  }

  keepList(account: AccountId, bytes: Bytes): Promise<void> {
    return answer(() => void this.#lists.set(account, bytes))
  }

  clear(): Promise<void> {
    return answer(() => {
      for (const map of [this.#chunks, this.#sources, this.#lists]) map.clear()
      this.#bytesKept = 0
    })
  }
}

/** An identity store that another instance can be opened over. */
export interface IdentityShelf {
  identity?: DeviceIdentity
  root?: Bytes | undefined
}

export class MemoryIdentityStore implements IdentityStore {
  readonly #shelf: IdentityShelf

  constructor(shelf: IdentityShelf) {
    this.#shelf = shelf
  }

  load(): Promise<StoredIdentity | undefined> {
    return answer(() => {
      const { identity, root } = this.#shelf
      return identity && { identity, rootConfirmed: root === undefined }
    })
  }

  create(identity: DeviceIdentity, root: Bytes | undefined): Promise<void> {
    return answer(() => {
      if (this.#shelf.identity !== undefined) throw new KeeptabError('already-initialised')
      this.#shelf.identity = identity
      this.#shelf.root = root && own(root)
    })
  }

  advance(identity: DeviceIdentity): Promise<void> {
    return answer(() => {
      if (this.#shelf.identity?.device !== identity.device) throw new KeeptabError('not-initialised')
      this.#shelf.identity = identity
    })
  }

  forget(): Promise<void> {
    return answer(() => {
      delete this.#shelf.identity
      this.#shelf.root = undefined
    })
  }

  readRoot(): Promise<Bytes | undefined> {
    return answer(() => this.#shelf.root && own(this.#shelf.root))
  }

  confirmWords(): Promise<void> {
    return answer(() => {
      if (this.#shelf.identity === undefined) throw new KeeptabError('not-initialised')
      this.#shelf.root = undefined
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** The result of plain code as a promise; what it throws becomes a rejection. */
const answer = <T>(work: () => T): Promise<T> => new Promise((resolve) => resolve(work()))
