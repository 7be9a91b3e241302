/**
 * Looking through what is kept, so that a shard that has spoilt is found before it is needed: each one is read and checked
 * against its signed root once in a hundred days, a little at a time, and soon after whoever reads it. What is found, also
 * that a shard is no longer there, which the store notes by itself, is the keeper's to admit. Where the round is lies on
 * the disk, so that one that is seldom on does not begin anew each time.
 */
import type { Clock } from '../core/clock.ts'
import { DAY, HOUR, MINUTE, type Millis } from '../core/units.ts'
import type { ShardName } from '../store/shard-store.ts'
import { soundShard, type Kept } from './sound-shard.ts'
import type { Stopwatch } from './rate.ts'

/** One round: a hundredth of all shards a day (T21). */
const ROUND_MS: Millis = 100 * DAY
/** What was due while it was off is made up for, no further back than this. */
const MOST_BEHIND_MS: Millis = 7 * DAY
/** Between two shards, also when it is behind: one takes some milliseconds. */
const PAUSE_MS: Millis = 2000
/** While something is on its way there is one a minute: there are keepers at which something always is. */
const MOST_DEFERRED_MS: Millis = MINUTE
/** With nothing kept, and after the disk has refused. */
const REST_MS: Millis = HOUR
/** Shards that wait because they were read; beyond it they wait for the round. */
const MOST_READ = 64
/** A shard that is read again and again is not looked at each time. */
const AGAIN_MS: Millis = HOUR

export interface ScrubbingParts extends Kept {
  readonly clock: Clock
  readonly stopwatch: Stopwatch
  /** Something is on its way for somebody. */
  readonly isBusy: () => boolean
  /** This one is not what its owner signed. */
  readonly onSpoilt: (shard: ShardName) => Promise<void>
}

export class Scrubbing {
  readonly #parts: ScrubbingParts
  /** The next of the round, in their order. */
  #next: ShardName[] = []
  /** Read by somebody since. */
  readonly #read = new Map<string, ShardName>()
  /** When those were looked at that had been read, by the stopwatch. */
  readonly #looked = new Map<string, Millis>()
  #cancel: (() => void) | undefined
  #running: Promise<void> = Promise.resolve()
  #deferredMs: Millis = 0
  /** The last that was looked at had been read, so the round goes next: else it would stand still where much is read. */
  #isRoundNext = false
  #stopped = false

  constructor(parts: ScrubbingParts) {
    this.#parts = parts
  }

  start(): void {
    this.#after(PAUSE_MS)
  }

  /** Somebody reads it: it is looked at as well, as soon as nothing is on its way. */
  wasRead(shard: ShardName): void {
    const key = orderOf(shard)
    const isFresh = (this.#looked.get(key) ?? -Infinity) + AGAIN_MS > this.#parts.stopwatch.now()
    if (this.#stopped || isFresh || this.#read.size >= MOST_READ) return
    this.#read.set(key, shard)
    if (this.#read.size === 1) this.#after(PAUSE_MS)
  }

  /** Resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await this.#running
  }

  #after(ms: Millis): void {
    this.#cancel?.()
    if (this.#stopped) return
    this.#cancel = this.#parts.stopwatch.after(ms, () => {
      this.#running = this.#running
        .then(() => this.#step())
        .catch(() => REST_MS) // the disk refuses, or who has its record is away: another time
        .then((pauseMs) => this.#after(this.#read.size > 0 ? PAUSE_MS : pauseMs))
    })
  }

  /** @returns how long to wait then */
  async #step(): Promise<Millis> {
    if (this.#parts.isBusy() && this.#deferredMs < MOST_DEFERRED_MS) {
      this.#deferredMs += PAUSE_MS
      return PAUSE_MS
    }
    this.#deferredMs = 0
    const [read] = this.#read
    if (read === undefined || this.#isRoundNext) {
      this.#isRoundNext = false
      return this.#goOn()
    }
    this.#isRoundNext = true
    const [key, shard] = read
    this.#read.delete(key)
    this.#noteLooked(key)
    await this.#look(shard)
    return PAUSE_MS
  }

  /** The next shard of the round, if it is due. */
  async #goOn(): Promise<Millis> {
    const { store, clock } = this.#parts
    const { shards } = await store.usage()
    if (shards === 0) return REST_MS
    const now = clock.now()
    const stepMs = ROUND_MS / shards
    const notes = await store.scrubbed()
    const at = Math.min(now, Math.max(notes?.at ?? now - stepMs, now - Math.max(MOST_BEHIND_MS, stepMs)))
    if (now < at + stepMs) return Math.min(REST_MS, Math.max(PAUSE_MS, at + stepMs - now))
    if (this.#next.length === 0) await this.#list(notes?.after)
    const shard = this.#next.shift()
    if (shard === undefined) return PAUSE_MS
    try {
      await this.#look(shard)
    } finally {
      // Also where the disk refused: it would come to the same one again and again, and never to the others.
      await store.keepScrubbed({ after: shard, at: Math.floor(at + stepMs) })
    }
    return PAUSE_MS
  }

  /** The next hundredth of all shards, and the first of all behind the last. */
  async #list(after: ShardName | undefined): Promise<void> {
    const last = after === undefined ? '' : orderOf(after)
    const all: ShardName[] = []
    for await (const { pack, index } of this.#parts.store.list()) all.push({ pack, index })
    all.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    const rest = all.filter((shard) => orderOf(shard) > last)
    this.#next = (rest.length > 0 ? rest : all).slice(0, Math.ceil((all.length * DAY) / ROUND_MS))
  }

  #noteLooked(key: string): void {
    const now = this.#parts.stopwatch.now()
    for (const [other, at] of this.#looked) if (at + AGAIN_MS <= now) this.#looked.delete(other)
    this.#looked.set(key, now)
  }

  async #look(shard: ShardName): Promise<void> {
    if ((await soundShard(this.#parts, shard)) === 'spoilt') await this.#parts.onSpoilt(shard)
  }
}

/** Any order will do, as long as it is the same each time. */
const orderOf = ({ pack, index }: ShardName): string => `${pack} ${index}`
