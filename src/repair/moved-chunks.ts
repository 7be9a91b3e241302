/**
 * Chunks that another device of the account has moved already: its newest list names packs of a strong enough code that
 * hold them. Whoever comes later names those packs too, so that what two devices have lies there once.
 *
 * Such a list only says where to look. Anybody who has a device of the account can write one, and the packs that it would
 * replace are condemned afterwards: so each chunk is read there, out of shards that have their roots, before it counts.
 */
import type { ChunkId, PackId } from '../core/ids.ts'
import type { DeviceHeads } from '../backup/heads.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import { asAbsent, readersOf, type RetentionOptions } from '../backup/retention.ts'
import type { SnapshotReader } from '../backup/snapshot-reader.ts'

export class MovedChunks {
  readonly #owner: OwnerContext
  readonly #k: number
  readonly #weak: ReadonlySet<PackId>
  readonly #signal: AbortSignal | undefined
  /** Its index has only packs that count. */
  readonly #reader: SnapshotReader
  /** Lists that were looked into. */
  readonly #lists = new Set<string>()

  /** @param owner of one key epoch. @param k fewer shards that are enough are too few. @param weak packs that are to move themselves */
  constructor(owner: OwnerContext, k: number, weak: ReadonlySet<PackId>, options: RetentionOptions) {
    this.#owner = owner
    this.#k = k
    this.#weak = weak
    this.#signal = options.signal
    this.#reader = readersOf(owner, options).whole
  }

  /**
   * Looks into the newest lists of the other devices, those of this key epoch: of another no chunk has the same name.
   * One that cannot be read now is left for the next time.
   * @throws KeeptabError `coordinator-unreachable`, `aborted`
   */
  async lookInto(histories: readonly DeviceHeads[]): Promise<void> {
    const { device, daily } = this.#owner.identity
    const lists = histories
      .filter((history) => history.device !== device)
      .flatMap(({ ends }) => ends)
      .filter(({ epoch, manifest }) => epoch === daily.epoch && !this.#lists.has(manifest.join()))
    if (lists.length === 0) return
    const strong = await this.#strong()
    for (const { manifest: packs } of lists) {
      const look = async () => {
        const manifest = await this.#reader.manifest(packs)
        await this.#reader.addIndexOf({ ...manifest, packs: manifest.packs.filter((pack) => strong.has(pack)) })
        this.#lists.add(packs.join())
      }
      await look().catch(asAbsent(this.#signal))
    }
  }

  /**
   * The pack of a strong enough code that holds a chunk; `undefined` where none is known or it cannot be read now.
   * @throws KeeptabError as `lookInto`
   */
  async packOf(chunk: ChunkId): Promise<PackId | undefined> {
    const find = async () => {
      const id = this.#reader.packOf(chunk)
      await this.#reader.chunk(chunk)
      const { k } = await this.#reader.pack(id)
      return k >= this.#k && !this.#weak.has(id) ? id : undefined
    }
    return find().catch(asAbsent(this.#signal))
  }

  /** Packs that were sent to their end, and are not to go. */
  async #strong(): Promise<ReadonlySet<PackId>> {
    const { coordinator } = this.#owner
    const condemned = new Set((await coordinator.condemned()).packs.map(({ pack }) => pack))
    const strong = (await coordinator.ownPacks()).filter(
      ({ pack, k, committedAt }) =>
        k >= this.#k && !this.#weak.has(pack) && committedAt !== undefined && !condemned.has(pack),
    )
    return new Set(strong.map(({ pack }) => pack))
  }
}
