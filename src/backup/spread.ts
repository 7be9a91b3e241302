/**
 * Spreading packs: every shard to its place in the placement group, another keeper where one fails, the pack record
 * to the coordinator once enough shards are acknowledged. Order of writes: shards, then the record.
 */
import type { Bytes } from '../core/bytes.ts'
import { codeOf, KeeptabError, messageOf, throwIfAborted } from '../core/errors.ts'
import { Gate } from '../core/gate.ts'
import { type DeviceId, type GroupId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import type { PlacementGroup, ReplaceReason } from '../protocol/coordinator-messages.ts'
import { checkReceipt, openPackRecord, type PackRecord } from '../protocol/records.ts'
import type { JournaledPack } from '../store/owner-state.ts'
import type { BackupEvent } from './events.ts'
import { storeShard } from '../transport/keeper-client.ts'
import type { OwnerContext } from './owner-context.ts'

/** Data shards, 1 MiB each, of packs that are being sent at once by one Spreader; at least two packs are. */
const DATA_SHARDS_IN_FLIGHT = 16
/** Keepers tried for one index of one pack before the others must do. */
const TRIES_PER_SHARD = 4
/** How long a group's tickets and keepers are used before the coordinator is asked again. */
const GROUP_FRESH_MS = 30_000

type Slot = PlacementGroup['slots'][number]

/** A keeper's signature for a shard. */
interface Acknowledged {
  readonly keeper: DeviceId
  readonly receipt: Bytes
}

export class Spreader {
  readonly #owner: OwnerContext
  readonly #onEvent: (event: BackupEvent) => void
  readonly #patienceMs: Millis
  readonly #signal: AbortSignal | undefined
  readonly #keeperGates = new Map<DeviceId, Gate>()
  readonly #groups = new Map<GroupId, { group: PlacementGroup; at: number }>()
  #packGate: Gate | undefined
  #open: { group: PlacementGroup; at: number } | undefined

  /** @param patienceMs how long to wait for keepers to come online */
  constructor(
    owner: OwnerContext,
    onEvent: (event: BackupEvent) => void,
    patienceMs: Millis,
    signal: AbortSignal | undefined,
  ) {
    this.#owner = owner
    this.#onEvent = onEvent
    this.#patienceMs = patienceMs
    this.#signal = signal
  }

  /**
   * The group new packs go to. Waits a while for keepers to come online.
   * @throws KeeptabError `not-enough-keepers` when they do not
   */
  async openGroup(): Promise<PlacementGroup> {
    const now = this.#owner.clock.now()
    if (this.#open === undefined || now - this.#open.at > GROUP_FRESH_MS) {
      const group = await this.#waitForKeepers(() => this.#owner.coordinator.group())
      this.#open = { group, at: now }
      this.#groups.set(group.id, this.#open)
    }
    return this.#open.group
  }

  /**
   * Sends what is missing of a pack and commits it. Resolves when its record is on the coordinator's disk.
   * @param shards all n of them when they are at hand; made again from the journaled pack when not
   * @param onStored runs with how many of the n shards keepers have acknowledged
   * @throws KeeptabError `not-enough-keepers` when too few places took their shard; `coordinator-unreachable`; `aborted`
   */
  async spread(
    pack: JournaledPack,
    shards?: readonly Bytes[],
    onStored: (stored: number, of: number) => void = () => undefined,
  ): Promise<void> {
    const record = await openPackRecord(pack.record)
    this.#packGate ??= new Gate(Math.max(2, Math.floor(DATA_SHARDS_IN_FLIGHT / record.k)))
    await this.#packGate.run(() => this.#spread(pack, record, shards, onStored), this.#signal)
  }

  async #spread(
    pack: JournaledPack,
    record: PackRecord,
    known: readonly Bytes[] | undefined,
    onStored: (stored: number, of: number) => void,
  ): Promise<void> {
    const { codec, state } = this.#owner
    const options = this.#signal === undefined ? {} : { signal: this.#signal }
    const shards = known ?? (await codec.encode({ k: record.k, n: record.n }, pack.pack, options)).shards
    const receipts = new Map<number, Acknowledged>()
    /** How many receipts the coordinator has taken; as soon as they are enough, and again when the slow ones are in. */
    let taken: Promise<number> = Promise.resolve(0)

    let isAgain = false
    await this.#waitForKeepers(async () => {
      const group = await this.#group(pack.group, isAgain)
      isAgain = true
      const missing = group.slots.filter(({ index }) => !receipts.has(index))
      await Promise.all(
        missing.map(async (slot) => {
          const acknowledged = await this.#place(pack, record, slot, shards)
          if (acknowledged === undefined) return
          receipts.set(slot.index, acknowledged)
          onStored(receipts.size, record.n)
          this.#onEvent({ type: 'spread', stored: receipts.size, of: record.n, needed: group.happy })
          if (receipts.size === group.happy) {
            taken = this.#commit(pack, receipts).catch((thrown: unknown) => {
              // Two of these keepers may count as one place by now: the slower ones decide.
              if (codeOf(thrown) === 'not-enough-keepers') return 0
              throw thrown
            })
            taken.catch(() => undefined) // awaited below
          }
        }),
      )
      throwIfAborted(this.#signal)
      // It may have found that some of these keepers are none of the group, and left fewer.
      const counted = await taken
      if (receipts.size < group.happy) throw tooFew(receipts.size, group.happy)
      if (counted < receipts.size) await this.#commit(pack, receipts)
    })
    await state.committed(pack.id)
  }

  /**
   * Hands the receipts over, and forgets those of keepers that the coordinator does not know to be of the group.
   * @returns how many
   * @throws KeeptabError `not-enough-keepers` when the coordinator counts too few places among them
   */
  async #commit({ record, group }: JournaledPack, receipts: Map<number, Acknowledged>): Promise<number> {
    const all = [...receipts.values()].map(({ receipt }) => receipt)
    try {
      await this.#owner.coordinator.commitPack(record, group, all)
      return all.length
    } catch (thrown) {
      if (codeOf(thrown) === 'conflict') throw tooFew(all.length)
      if (codeOf(thrown) !== 'forbidden') throw thrown
      // Put back to an older copy, it has forgotten whom it gave places to since then, or hears of it from keepers just now.
      const { slots } = await this.#group(group, true)
      const isOfGroup = new Set(slots.map(({ index, keeper }) => `${index} ${keeper}`))
      for (const [index, { keeper }] of receipts) if (!isOfGroup.has(`${index} ${keeper}`)) receipts.delete(index)
      throw tooFew(receipts.size)
    }
  }

  /** One shard to its place, or to another that the coordinator names. `undefined` when none took it. */
  async #place(
    pack: JournaledPack,
    record: PackRecord,
    first: Slot,
    shards: readonly Bytes[],
  ): Promise<Acknowledged | undefined> {
    let slot: Slot | undefined = first
    let triedAgain = false
    for (let tries = 0; slot !== undefined && tries < TRIES_PER_SHARD; tries += 1) {
      const { keeper, index, ticket } = slot
      try {
        return await this.#gateOf(keeper).run(async () => {
          const options = this.#signal === undefined ? {} : { signal: this.#signal }
          const link = await this.#owner.transport.connect(keeper, options)
          const bytes = shards[index]
          if (bytes === undefined) throw new KeeptabError('internal', 'A group has more places than its code.')
          const receipt = await storeShard(
            link,
            { pack: pack.id, index, record: pack.record, ticket, bytes },
            this.#signal,
          )
          await checkReceipt(receipt, record, { group: pack.group, index, keeper })
          return { keeper, receipt }
        }, this.#signal)
      } catch (thrown) {
        const code = codeOf(thrown)
        if (this.#signal?.aborted || code === 'internal') throw thrown
        // A link that broke says little about the keeper, which still has what was sent of the shard.
        if (code === 'connection-lost' && !triedAgain) {
          triedAgain = true
          continue
        }
        const reason = reasonOf(code)
        this.#onEvent({ type: 'keeper-trouble', trouble: { keeper, what: reason, detail: messageOf(thrown) } })
        slot = await this.#another(pack.group, index, keeper, reason)
      }
    }
    return undefined
  }

  async #another(group: GroupId, index: number, keeper: DeviceId, reason: ReplaceReason): Promise<Slot | undefined> {
    try {
      const changed = await this.#owner.coordinator.replaceKeeper(group, index, keeper, reason)
      this.#groups.set(group, { group: changed, at: this.#owner.clock.now() })
      if (this.#open?.group.id === group) this.#open = this.#groups.get(group)
      return changed.slots.find((slot) => slot.index === index)
    } catch (thrown) {
      if (codeOf(thrown) === 'not-enough-keepers') return undefined
      throw thrown
    }
  }

  async #group(id: GroupId, fresh: boolean): Promise<PlacementGroup> {
    const cached = this.#groups.get(id)
    const now = this.#owner.clock.now()
    if (!fresh && cached !== undefined && now - cached.at <= GROUP_FRESH_MS) return cached.group
    const group = await this.#owner.coordinator.groupById(id)
    this.#groups.set(id, { group, at: now })
    return group
  }

  #gateOf(keeper: DeviceId): Gate {
    // One shard at a time for each keeper: a kill loses at most the slices of one, and memory stays bounded.
    const gate = this.#keeperGates.get(keeper) ?? new Gate(1)
    this.#keeperGates.set(keeper, gate)
    return gate
  }

  /** Repeats while there are too few keepers, slower each time, until patience ends. */
  async #waitForKeepers<T>(attempt: () => Promise<T>): Promise<T> {
    const { clock } = this.#owner
    // Counted from the first refusal: an attempt may take long to find out that keepers have died. And by the pauses
    // themselves, because a clock may be put back.
    let since: number | undefined
    let pausedMs = 0
    for (let pauseMs = 500; ; pauseMs = Math.min(2 * pauseMs, 8000)) {
      try {
        return await attempt()
      } catch (thrown) {
        since ??= clock.now()
        const waitedMs = Math.max(clock.now() - since, pausedMs)
        if (codeOf(thrown) !== 'not-enough-keepers' || waitedMs > this.#patienceMs) throw thrown
        this.#onEvent({ type: 'waiting', for: 'keepers' })
        await pause(pauseMs, this.#signal)
        pausedMs += pauseMs
      }
    }
  }
}

const tooFew = (places: number, needed?: number): KeeptabError =>
  new KeeptabError(
    'not-enough-keepers',
    `${places} took their part${needed === undefined ? ', not in enough different places' : ` of ${needed} needed`}.`,
    {
      eligible: places,
      needed,
    },
  )

function reasonOf(code: ReturnType<typeof codeOf>): ReplaceReason {
  if (code === 'store-full') return 'full'
  if (code === 'shard-corrupt') return 'corrupt'
  if (['peer-unreachable', 'peer-impostor', 'connection-lost', 'timeout'].includes(code)) return 'unreachable'
  return 'refused'
}

/** Waits, unless the signal fires first. @throws KeeptabError `aborted` */
function pause(ms: number, signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal)
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(new KeeptabError('aborted'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
