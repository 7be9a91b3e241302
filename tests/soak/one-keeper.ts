/** An owner that speaks with one keeper and nobody else, so that every byte of its connection is that keeper's. */
import { randomBytes } from 'node:crypto'
import { composePeer, type Peer } from '../../headless/compose.ts'
import { systemClock as clock, systemRandom as random } from '../../headless/system.ts'
import { codeOf } from '../../src/core/errors.ts'
import { idBytes, type DeviceId, type PackId } from '../../src/core/ids.ts'
import { merkleRoot } from '../../src/core/merkle.ts'
import { MiB, type Millis } from '../../src/core/units.ts'
import { newDevice } from '../../src/identity/keys.ts'
import type { PlacementGroup } from '../../src/protocol/coordinator-messages.ts'
import { packIdOf, signPackRecord } from '../../src/protocol/records.ts'
import { readShard, storeShard } from '../../src/transport/keeper-client.ts'
import type { Link } from '../../src/transport/transport.ts'

/** Payload of a while that was kept busy. */
export interface Moved {
  readonly bytes: number
  readonly ms: Millis
}

/** Shards on their way at once: enough that the keeper never waits for this owner. */
const AT_ONCE = 3

export class OneKeeper {
  readonly #peer: Peer
  readonly #keeper: DeviceId
  readonly #group: PlacementGroup
  readonly #stop: AbortController
  readonly #stored: PackId[] = []

  private constructor(peer: Peer, keeper: DeviceId, group: PlacementGroup, stop: AbortController) {
    this.#peer = peer
    this.#keeper = keeper
    this.#group = group
    this.#stop = stop
  }

  /** A new account whose placement group has that keeper in it: the network has no more keepers than a group needs. */
  static async meet(url: string, device: string): Promise<OneKeeper> {
    const stop = new AbortController()
    const identity = await newDevice(random.bytes(32), random.bytes(32), clock.now())
    const peer = composePeer(identity, url, stop.signal)
    const group = await peer.coordinator.group()
    const keeper = group.slots.find(({ keeper }) => keeper === device)?.keeper
    if (keeper === undefined) throw new Error(`${device} is not in the group.`)
    return new OneKeeper(peer, keeper, group, stop)
  }

  /** Sends it new shards, one after the other, for so long. */
  storeFor(ms: Millis): Promise<Moved> {
    return this.#busyFor(ms, 'sentBytes', async (signal) => {
      const { pack, index, record, ticket, bytes } = await this.#newShard()
      await storeShard(await this.#link(signal), { pack, index, record, ticket, bytes }, signal)
      this.#stored.push(pack)
    })
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

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#peer.transport.close()
  }

  #link(signal: AbortSignal): Promise<Link> {
    return this.#peer.transport.connect(this.#keeper, { signal })
  }

  get #index(): number {
    return this.#slot.index
  }

  get #slot(): PlacementGroup['slots'][number] {
    const slot = this.#group.slots.find(({ keeper }) => keeper === this.#keeper)
    if (slot === undefined) throw new Error('It is not in the group any more.')
    return slot
  }

  /** Of a pack whose other shards nobody makes. */
  async #newShard() {
    const { code } = this.#group
    const { index, ticket } = this.#slot
    const bytes = new Uint8Array(randomBytes(MiB))
    const roots = Array.from({ length: code.n }, () => random.bytes(32))
    roots[index] = await merkleRoot(bytes)
    const record = await signPackRecord(this.#peer.identity, { ...code, shardBytes: MiB, roots })
    return { pack: await packIdOf(record), index, record, ticket, bytes }
  }

  async #busyFor(
    ms: Millis,
    count: 'sentBytes' | 'receivedBytes',
    one: (signal: AbortSignal) => Promise<void>,
  ): Promise<Moved> {
    const { counted } = this.#peer.transport
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
