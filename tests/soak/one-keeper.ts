/** An owner that speaks with one keeper and nobody else, so that every byte of its connection is that keeper's. */
import type { OwnerContext } from '../../src/backup/owner-context.ts'
import type { Bytes } from '../../src/core/bytes.ts'
import { codeOf } from '../../src/core/errors.ts'
import { idBytes, type DeviceId, type PackId } from '../../src/core/ids.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { KiB, MiB, type Millis } from '../../src/core/units.ts'
import type { PlacementGroup } from '../../src/protocol/coordinator-messages.ts'
import { packIdOf, signPackRecord } from '../../src/protocol/records.ts'
import { readShard, storeShard } from '../../src/transport/keeper-client.ts'
import type { Link } from '../../src/transport/transport.ts'

/** Payload of a while that was kept busy. */
export interface Moved {
  readonly bytes: number
  readonly ms: Millis
}

export interface StoredShard {
  readonly pack: PackId
  readonly index: number
  readonly record: Bytes
  /** Of all shards of its pack. */
  readonly roots: readonly Bytes[]
  readonly receipt: Bytes
}

/** Shards on their way at once: enough that the keeper never waits for this owner. */
const AT_ONCE = 3

/** What it needs of an owner, headless or in a page. */
export type Owner = Pick<OwnerContext, 'identity' | 'coordinator' | 'transport' | 'random'>

export class OneKeeper {
  readonly #owner: Owner
  readonly #keeper: DeviceId
  readonly #group: PlacementGroup
  readonly #stored: PackId[] = []

  private constructor(owner: Owner, keeper: DeviceId, group: PlacementGroup) {
    this.#owner = owner
    this.#keeper = keeper
    this.#group = group
  }

  /** @param owner of a new account, whose group has every keeper in it: the network has no more than a group needs */
  static async meet(owner: Owner, device: string): Promise<OneKeeper> {
    const group = await owner.coordinator.group()
    const keeper = group.slots.find(({ keeper }) => keeper === device)?.keeper
    if (keeper === undefined) throw new Error(`${device} is not in the group.`)
    return new OneKeeper(owner, keeper, group)
  }

  /** Sends it new shards, one after the other, for so long. */
  storeFor(ms: Millis): Promise<Moved> {
    return this.#busyFor(ms, 'sentBytes', async (signal) => {
      await this.store(signal)
    })
  }

  /** Sends it a new shard of a pack whose other shards nobody makes. */
  async store(signal?: AbortSignal): Promise<StoredShard> {
    const { pack, index, record, roots, ticket, bytes } = await this.#newShard()
    const receipt = await storeShard(await this.#link(signal), { pack, index, record, ticket, bytes }, signal)
    this.#stored.push(pack)
    return { pack, index, record, roots, receipt }
  }

  get group(): PlacementGroup {
    return this.#group
  }

  /** Reads what it has stored, again and again, for so long. */
  readFor(ms: Millis): Promise<Moved> {
    let next = 0
    return this.#busyFor(ms, 'receivedBytes', async (signal) => {
      const pack = this.#stored[next % this.#stored.length]
      if (pack === undefined) throw new Error('Nothing was stored.')
      next += 1
      await readShard(await this.#link(signal), pack, this.#index, MiB, signal)
    })
  }

  /** Whether it answers within so long. */
  async answers(withinMs: Millis): Promise<boolean> {
    const [pack] = this.#stored
    if (pack === undefined) throw new Error('Nothing was stored.')
    const head = { type: 'read', pack: idBytes(pack), index: this.#index, offset: 0, length: 1 } as const
    const signal = AbortSignal.timeout(withinMs)
    try {
      await (await this.#link(signal)).call({ head }, { signal })
      return true
    } catch {
      return false
    }
  }

  #link(signal?: AbortSignal): Promise<Link> {
    return this.#owner.transport.connect(this.#keeper, signal && { signal })
  }

  get #index(): number {
    return this.#slot.index
  }

  get #slot(): PlacementGroup['slots'][number] {
    const slot = this.#group.slots.find(({ keeper }) => keeper === this.#keeper)
    if (slot === undefined) throw new Error('It is not in the group any more.')
    return slot
  }

  async #newShard() {
    const { code } = this.#group
    const { index, ticket } = this.#slot
    const { identity, random } = this.#owner
    const bytes = new Uint8Array(MiB)
    // As much as a browser gives at once.
    for (let at = 0; at < MiB; at += 64 * KiB) bytes.set(random.bytes(64 * KiB), at)
    const roots = Array.from({ length: code.n }, () => random.bytes(32))
    roots[index] = await merkleRoot(bytes)
    const record = await signPackRecord(identity, { ...code, shardBytes: MiB, roots })
    return { pack: await packIdOf(record), index, record, roots, ticket, bytes }
  }

  async #busyFor(
    ms: Millis,
    count: 'sentBytes' | 'receivedBytes',
    one: (signal: AbortSignal) => Promise<void>,
  ): Promise<Moved> {
    const { counted } = this.#owner.transport
    const [from, before] = [performance.now(), counted[count]]
    const end = new AbortController()
    let moved: Moved | undefined
    const timer = setTimeout(() => {
      moved = { bytes: counted[count] - before, ms: performance.now() - from }
      end.abort()
    }, ms)
    const keepOn = async (): Promise<void> => {
      while (!end.signal.aborted) await one(end.signal)
    }
    try {
      await Promise.all(
        Array.from({ length: AT_ONCE }, () =>
          keepOn().catch((thrown: unknown) => {
            if (codeOf(thrown) !== 'aborted') throw thrown
          }),
        ),
      )
    } finally {
      clearTimeout(timer)
    }
    if (moved === undefined) throw new Error('It ended before its time.')
    return moved
  }
}
