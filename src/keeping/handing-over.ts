/**
 * Giving space back: what is kept beyond the limit goes to other keepers, and leaves this disk only when the coordinator
 * has their receipts. What is to be moved follows from the limit and the disk alone, so a kill at any point loses nothing
 * and the next start goes on.
 */
import type { Bytes } from '../core/bytes.ts'
import { Gate } from '../core/gate.ts'
import type { DeviceId } from '../core/ids.ts'
import { unlessAborted } from '../core/unless-aborted.ts'
import type { ByteCount, Millis } from '../core/units.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import type { Handover } from '../protocol/coordinator-messages.ts'
import { checkReceipt } from '../protocol/records.ts'
import type { KeptShard, ShardStore } from '../store/shard-store.ts'
import { keepHeads, storeShard } from '../transport/keeper-client.ts'
import type { Link, Transport } from '../transport/transport.ts'
import { givingOrder } from './giving-back.ts'
import type { Stopwatch } from './rate.ts'
import { soundShard, type Kept, type SoundShard } from './sound-shard.ts'

/** Shards that are planned and handed in together. */
const BATCH = 16
/** Of them on their way at once; each is in memory as a whole. */
const AT_ONCE = 4
/** Between two rounds in which nobody took anything. */
const RETRY_MS: Millis = 60_000
/** A successor that did not take what it was sent is not asked again for so long. */
const REST_MS: Millis = 10 * 60_000

export interface HandingOverParts {
  readonly coordinator: Coordinator
  readonly transport: Transport
  readonly store: ShardStore
  readonly stopwatch: Stopwatch
  /** What is sent is checked against this first. */
  readonly kept: Kept
  /** Whether bytes may move now. */
  readonly mayRun: () => boolean
  /** A link over which bodies go out at the rate that was set, and are counted. */
  readonly limited: (link: Link) => Link
  /** Tells the coordinator all that is kept here. */
  readonly takeStock: () => Promise<void>
  /** Runs `work` while no inventory is taken. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>
  /** A shard left the disk: handed over, or found to be spoilt. */
  readonly onGone: (shard: KeptShard, why: 'handed-over' | 'spoilt') => Promise<void>
  /** How far it is has changed. */
  readonly onChange: () => Promise<void>
}

/** How far it is. */
export interface Giving {
  readonly doneBytes: ByteCount
  /** Still beyond the limit. */
  readonly leftBytes: ByteCount
  /** Nobody took any of it in the last round; it is tried again. */
  readonly waiting: boolean
}

export class HandingOver {
  readonly #parts: HandingOverParts
  readonly #stop = new AbortController()
  readonly #resting = new Map<DeviceId, Millis>()
  #running: Promise<void> | undefined
  #again = false
  #endWait: (() => void) | undefined
  #giving: Giving | undefined
  #moving = false

  constructor(parts: HandingOverParts) {
    this.#parts = parts
  }

  /** `undefined` when no more is kept than the limit. */
  get giving(): Giving | undefined {
    return this.#giving
  }

  /**
   * From before the inventory that begins a move until the one that ends it. Meanwhile nothing may be signed for again that
   * may be leaving: with such a receipt another keeper could give the same shard back here and forget it.
   */
  get moving(): boolean {
    return this.#moving
  }

  /** Looks whether something is to be moved, now or, while it runs, at its next step. */
  wake(): void {
    this.#again = true
    this.#endWait?.()
    if (this.#running !== undefined || this.#stop.signal.aborted) return
    this.#running = this.#run()
      .catch(() => undefined) // the disk refused; the next change wakes it again
      .finally(() => {
        this.#running = undefined
        if (this.#again) this.wake()
      })
  }

  /** Resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.#endWait?.()
    await this.#running
  }

  async #run(): Promise<void> {
    let doneBytes = 0
    let stockTaken = false
    while (!this.#stop.signal.aborted) {
      this.#again = false
      const excess = await this.#excess()
      if (excess <= 0 || !this.#parts.mayRun()) break
      await this.#tell({ doneBytes, leftBytes: excess, waiting: this.#giving?.waiting ?? false })
      let freed = 0
      try {
        // The coordinator moves only what it knows of; and what was committed from older receipts later does not count.
        this.#moving = true
        if (!stockTaken) await unlessAborted(this.#parts.takeStock(), this.#stop.signal)
        stockTaken = true
        freed = await this.#round(excess, async (bytes) => {
          doneBytes += bytes
          await this.#tell({ doneBytes, leftBytes: Math.max(0, await this.#excess()), waiting: false })
        })
      } catch {
        // The coordinator is away, or a disk: nothing has left that was not handed over. Perhaps it took some all the same.
        stockTaken = false
      }
      if (freed > 0) continue
      const leftBytes = Math.max(0, await this.#excess())
      if (leftBytes > 0) await this.#tell({ doneBytes, leftBytes, waiting: true })
      if (leftBytes > 0) await this.#wait()
    }
    // So that a receipt of before, which an owner hands in only now, does not count for a shard that has left.
    if (this.#moving && !this.#stop.signal.aborted) {
      await unlessAborted(this.#parts.takeStock(), this.#stop.signal).catch(() => undefined)
    }
    this.#moving = false
    if ((await this.#excess()) <= 0) await this.#tell(undefined)
  }

  /** Offers everything once until enough has left. @returns how many bytes left */
  async #round(excess: ByteCount, onFreed: (bytes: ByteCount) => Promise<void>): Promise<ByteCount> {
    const kept: KeptShard[] = []
    for await (const shard of this.#parts.store.list()) kept.push(shard)
    const queue = givingOrder(kept, excess)
    let freed = 0
    while (queue.length > 0 && !this.#stop.signal.aborted && this.#parts.mayRun()) {
      let missing = await this.#excess()
      if (missing <= 0) break
      const batch: KeptShard[] = []
      for (; missing > 0 && batch.length < BATCH; missing -= batch.at(-1)?.sizeBytes ?? 0) {
        const next = queue.shift()
        if (next === undefined) break
        batch.push(next)
      }
      const bytes = await this.#move(batch)
      freed += bytes
      if (bytes > 0) await onFreed(bytes)
    }
    return freed
  }

  /** Hands over what of a batch can be. @returns how many bytes left this disk */
  async #move(batch: readonly KeptShard[]): Promise<ByteCount> {
    const { coordinator, store, alone, onGone } = this.#parts
    const planned = await unlessAborted(coordinator.handOver(batch, this.#notNow()), this.#stop.signal)
    const gate = new Gate(AT_ONCE)
    const sent: { readonly shard: KeptShard; readonly receipt: Bytes }[] = []
    await Promise.all(
      planned.map((handover) =>
        gate.run(async () => {
          const shard = batch.find(isOf(handover))
          const receipt = shard && (await this.#send(handover, shard))
          if (shard !== undefined && receipt !== undefined) sent.push({ shard, receipt })
        }),
      ),
    )
    if (sent.length === 0) return 0
    return alone(async () => {
      let freed = 0
      const receipts = sent.map(({ receipt }) => receipt)
      for (const done of await unlessAborted(coordinator.handedOver(receipts), this.#stop.signal)) {
        // A coordinator may say what it likes: nothing leaves that its successor has not signed for.
        const shard = sent.find(({ shard }) => isOf(done)(shard))?.shard
        if (shard === undefined) continue
        await store.remove(shard)
        await onGone(shard, 'handed-over')
        freed += shard.sizeBytes
      }
      return freed
    })
  }

  /** The successor's receipt, checked; `undefined` when it did not take the shard. Never rejects. */
  async #send(handover: Handover, shard: KeptShard): Promise<Bytes | undefined> {
    const { transport, limited } = this.#parts
    const { keeper, index, group, ticket } = handover
    const signal = this.#stop.signal
    // A disk that refuses is no fault of the successor's.
    const found = await this.#sound(shard).catch(() => undefined)
    if (found === undefined) return undefined
    try {
      const link = limited(await transport.connect(keeper, { signal }))
      const receipt = await storeShard(link, { ...found, pack: shard.pack, index, ticket }, signal)
      await checkReceipt(receipt, found.opened, { group, index, keeper })
      // The successor remembers what this keeper remembers of the owner's heads.
      await keepHeads(link, await this.#parts.store.heads(shard.owner))
      return receipt
    } catch {
      this.#resting.set(keeper, this.#parts.stopwatch.now() + REST_MS)
      return undefined
    }
  }

  /** What is to be sent, if it is what its owner signed; what is not was lost before, which the next inventory admits. */
  async #sound(shard: KeptShard): Promise<SoundShard | undefined> {
    const { kept, store, onGone } = this.#parts
    const found = await soundShard(kept, shard)
    if (typeof found !== 'string') return found
    if (found !== 'spoilt') return undefined
    await store.remove(shard)
    await onGone(shard, 'spoilt')
    return undefined
  }

  #notNow(): DeviceId[] {
    const now = this.#parts.stopwatch.now()
    for (const [keeper, until] of this.#resting) if (until <= now) this.#resting.delete(keeper)
    return [...this.#resting.keys()].slice(-256)
  }

  async #excess(): Promise<ByteCount> {
    const { usedBytes, limitBytes } = await this.#parts.store.usage()
    return usedBytes - limitBytes
  }

  #tell(giving: Giving | undefined): Promise<void> {
    this.#giving = giving
    return this.#parts.onChange()
  }

  /** Till it is time to try again, or something has changed since the round began. */
  #wait(): Promise<void> {
    if (this.#again) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#parts.stopwatch.after(RETRY_MS, () => this.#endWait?.())
      this.#endWait = () => {
        cancel()
        this.#endWait = undefined
        resolve()
      }
      if (this.#stop.signal.aborted) this.#endWait()
    })
  }
}

const isOf =
  ({ pack, index }: Pick<KeptShard, 'pack' | 'index'>) =>
  (shard: KeptShard): boolean =>
    shard.pack === pack && shard.index === index
