/**
 * Letting go of what nobody needs any more. A keeper drops a shard when the coordinator orders it, a device of the
 * shard's owner has signed for it, and the keeper itself has known of that very condemnation for 30 days: neither a stolen
 * device nor a coordinator that was made to believe something can take the last 30 days of anyone (X12).
 *
 * A keeper that gives space back and is told for 30 days on end that nobody needs some shard from it lets go of that one
 * without an order and without a word of the owner: the coordinator does not count it, and nobody takes it over. Here alone
 * its bare word is trusted, once it has said so for 30 days: the owner may be gone for good, and nobody else can tell.
 *
 * The 30 days are those that have passed both by this keeper's count, which never goes back and takes no more than three
 * days for any time in which it did not look, and by the coordinator's clock as told each time.
 */
import { type Bytes } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { codeOf } from '../core/errors.ts'
import type { DeviceId, PackId } from '../core/ids.ts'
import { DAY, HOUR, MINUTE, type ByteCount, type Millis } from '../core/units.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'
import type { CondemnedShard } from '../protocol/coordinator-messages.ts'
import { CONDEMNED_MS, condemnationId, openCondemnation, openDropOrder } from '../protocol/condemnation.ts'
import type { CondemnedNotes, KeptShard, ShardName, ShardStore } from '../store/shard-store.ts'
import type { Stopwatch } from './rate.ts'

/** Between two looks. */
const LOOK_MS: Millis = 6 * HOUR
/** After one that failed. */
const RETRY_MS: Millis = 10 * MINUTE
const MOST_UNSEEN_MS: Millis = 3 * DAY

export interface ClearingParts {
  readonly device: DeviceId
  readonly coordinator: Coordinator
  readonly coordinatorKey: Bytes
  readonly store: ShardStore
  readonly clock: Clock
  readonly stopwatch: Stopwatch
  /** Runs `work` while no inventory is taken. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>
  /** What is known of shards that nobody needs from here has changed. */
  readonly onUnneeded: (unneeded: Unneeded | undefined) => void
  /** A shard left the disk. */
  readonly onGone: (shard: KeptShard) => Promise<void>
}

/** What a keeper that gives space back was told is needed by nobody, and goes when its time is over. */
export interface Unneeded {
  readonly sizeBytes: ByteCount
  /** When the last of it goes, by this machine's clock. */
  readonly goneAt: Millis
}

export class Clearing {
  readonly #parts: ClearingParts
  #noted: ReadonlySet<PackId> = new Set()
  #isLooking = false
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(parts: ClearingParts) {
    this.#parts = parts
  }

  /** Remembers what was condemned when this keeper looked last. @throws KeeptabError `store-failed` */
  async open(): Promise<void> {
    const notes = await this.#parts.store.condemned()
    this.#remember(notes)
  }

  /** A shard of this pack is signed for again: if it is condemned, its 30 days begin anew. @throws KeeptabError `store-failed` */
  async renew(pack: PackId): Promise<void> {
    if (!this.#noted.has(pack)) return
    const { store, alone } = this.#parts
    await alone(async () => {
      const notes = await store.condemned()
      if (notes === undefined) return
      const { watchedMs } = notes
      const anew = <T extends { readonly pack: PackId }>(one: T): T => (one.pack === pack ? { ...one, watchedMs } : one)
      await store.keepCondemned({ ...notes, heard: notes.heard.map(anew), unneeded: notes.unneeded?.map(anew) })
    })
  }

  /** Looks soon, and then from time to time. */
  wake(): void {
    if (this.#stopped || this.#isLooking) return
    this.#cancel?.()
    this.#cancel = undefined
    this.#isLooking = true
    void this.look()
      .then(
        () => LOOK_MS,
        () => RETRY_MS,
      )
      .then((pauseMs) => {
        this.#isLooking = false
        if (!this.#stopped) this.#cancel = this.#parts.stopwatch.after(pauseMs, () => this.wake())
      })
  }

  /** Nothing begins any more. */
  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  /** Hears what is condemned and drops what is due. @throws KeeptabError as the coordinator and the store */
  async look(): Promise<void> {
    const { coordinator } = this.#parts
    const { now, packs } = await coordinator.condemnedHere()
    // What is condemned does not wait for an answer to this.
    const [asked] = await Promise.allSettled([this.#askUnneeded()])
    const unneeded = asked.status === 'fulfilled' ? asked.value : undefined
    await this.#carryOut(now, packs, unneeded)
    if (asked.status === 'rejected') throw asked.reason
  }

  /** @param unneeded is not known where the coordinator did not say: then what was known stays, and nothing goes for it */
  async #carryOut(
    now: Millis,
    packs: readonly CondemnedShard[],
    unneeded: readonly ShardName[] | undefined,
  ): Promise<void> {
    const { store, alone } = this.#parts
    if (this.#stopped || (packs.length === 0 && !unneeded?.length && this.#noted.size === 0)) return
    const done = await alone(async () => {
      const kept = new Map<PackId, KeptShard[]>()
      for await (const shard of store.list()) kept.set(shard.pack, [...(kept.get(shard.pack) ?? []), shard])
      const notes = await this.#hear(now, packs, unneeded, kept)
      // On the disk before anything follows from it.
      await store.keepCondemned(notes)
      this.#remember(notes)
      if (unneeded !== undefined) await this.#letGo(now, kept, notes)
      return this.#drop(now, packs, kept, notes)
    })
    await this.#tell(done)
  }

  /** What of all that is kept here nobody needs; asked only while something is to be given back. */
  async #askUnneeded(): Promise<ShardName[]> {
    const { coordinator, store } = this.#parts
    const { usedBytes, limitBytes } = await store.usage()
    if (usedBytes <= limitBytes) return []
    const kept: KeptShard[] = []
    for await (const shard of store.list()) kept.push(shard)
    return coordinator.unneeded(kept)
  }

  #remember(notes: CondemnedNotes | undefined): void {
    this.#noted = new Set([...(notes?.heard ?? []), ...(notes?.unneeded ?? [])].map(({ pack }) => pack))
  }

  /** Once stopped it leaves that to its next start: what is ordered and not kept here is told each time. */
  async #tell(done: readonly PackId[]): Promise<void> {
    if (done.length > 0 && !this.#stopped) await this.#parts.coordinator.dropped(done)
  }

  /** What was known goes on being known since then; what is not condemned any more is forgotten. */
  async #hear(
    now: Millis,
    packs: readonly CondemnedShard[],
    unneeded: readonly ShardName[] | undefined,
    kept: ReadonlyMap<PackId, readonly KeptShard[]>,
  ): Promise<CondemnedNotes> {
    const { store, clock } = this.#parts
    const before = await store.condemned()
    const notedAt = clock.now()
    const passed = before === undefined ? 0 : Math.min(Math.max(0, notedAt - before.notedAt), MOST_UNSEEN_MS)
    const watchedMs = (before?.watchedMs ?? 0) + passed
    const known = new Map(before?.heard.map((one) => [`${one.pack} ${one.condemnation}`, one]))
    const heard: CondemnedNotes['heard'][number][] = []
    for (const { pack, statement } of packs) {
      const owner = kept.get(pack)?.[0]?.owner
      const said = await openCondemnation(statement).catch(unlessInternal)
      if (said === undefined || said.pack !== pack || said.account !== owner) continue
      const condemnation = await condemnationId(statement)
      heard.push(known.get(`${pack} ${condemnation}`) ?? { pack, condemnation, watchedMs, heardAt: now })
    }
    const since = new Map(before?.unneeded?.map((one) => [nameOf(one), one]))
    const shards =
      unneeded?.map((name) => since.get(nameOf(name)) ?? { ...name, watchedMs, heardAt: now }) ?? before?.unneeded ?? []
    return { watchedMs, notedAt, heard, ...(shards.length > 0 && { unneeded: shards }) }
  }

  /** Drops shards that nobody has needed from here for long enough, and says how long the others have yet. */
  async #letGo(
    now: Millis,
    kept: ReadonlyMap<PackId, readonly KeptShard[]>,
    { watchedMs, unneeded = [] }: CondemnedNotes,
  ): Promise<void> {
    const { store, clock, onGone, onUnneeded } = this.#parts
    let [sizeBytes, leftMs] = [0, 0]
    for (const one of unneeded) {
      const shard = kept.get(one.pack)?.find(({ index }) => index === one.index)
      if (shard === undefined) continue
      const stayMs = CONDEMNED_MS - Math.min(watchedMs - one.watchedMs, now - one.heardAt)
      if (stayMs > 0) {
        sizeBytes += shard.sizeBytes
        leftMs = Math.max(leftMs, stayMs)
        continue
      }
      await store.remove(shard)
      await onGone(shard)
    }
    onUnneeded(sizeBytes > 0 ? { sizeBytes, goneAt: clock.now() + leftMs } : undefined)
  }

  /** @returns packs of which nothing is kept here now */
  async #drop(
    now: Millis,
    packs: readonly CondemnedShard[],
    kept: ReadonlyMap<PackId, readonly KeptShard[]>,
    { watchedMs, heard }: CondemnedNotes,
  ): Promise<PackId[]> {
    const { device, coordinatorKey, store, onGone } = this.#parts
    const done: PackId[] = []
    for (const { pack, order: signed } of packs) {
      const order = signed && (await openDropOrder(signed, coordinatorKey).catch(unlessInternal))
      if (order?.keeper !== device) continue
      const shards = kept.get(pack) ?? []
      const known = heard.find((one) => one.pack === pack && one.condemnation === order.condemnation)
      const knownMs = known === undefined ? 0 : Math.min(watchedMs - known.watchedMs, now - known.heardAt)
      if (shards.length > 0 && knownMs < CONDEMNED_MS) continue
      for (const shard of shards) {
        await store.remove(shard)
        await onGone(shard)
      }
      done.push(pack)
    }
    return done
  }
}

const nameOf = ({ pack, index }: ShardName): string => `${pack} ${index}`

/** What a coordinator hands on and nobody signed counts for nothing. */
function unlessInternal(thrown: unknown): undefined {
  if (codeOf(thrown) === 'internal') throw thrown
  return undefined
}
