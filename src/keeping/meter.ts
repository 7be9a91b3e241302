/** Counts what a keeper sends and takes in: since its start, in this month, and all in all. */
import type { Clock } from '../core/clock.ts'
import { MiB, type ByteCount, type Millis } from '../core/units.ts'
import type { ShardStore, Traffic } from '../store/shard-store.ts'
import type { WallClock } from './limits.ts'
import type { Stopwatch } from './rate.ts'

/** A kill loses at most so much, or so long, of the count. */
const UNSAVED_BYTES: ByteCount = 4 * MiB
const UNSAVED_MS: Millis = 2000

/** Bytes that went out and came in. */
export interface Moved {
  readonly servedBytes: ByteCount
  readonly receivedBytes: ByteCount
}

export interface MeterParts {
  readonly store: ShardStore
  readonly clock: Clock
  readonly wallClock: WallClock
  readonly stopwatch: Stopwatch
  readonly onChange: () => void
}

export class Meter {
  readonly #parts: MeterParts
  #traffic: Traffic
  #sinceStart: Moved = { servedBytes: 0, receivedBytes: 0 }
  #unsavedBytes = 0
  #cancel: (() => void) | undefined
  #saving: Promise<void> = Promise.resolve()

  private constructor(parts: MeterParts, traffic: Traffic) {
    this.#parts = parts
    this.#traffic = traffic
  }

  /** Goes on from what the store remembers. @throws KeeptabError `store-failed` */
  static async open(parts: MeterParts): Promise<Meter> {
    const none = { month: '', monthServedBytes: 0, monthReceivedBytes: 0, servedBytes: 0, receivedBytes: 0 }
    return new Meter(parts, (await parts.store.traffic()) ?? none)
  }

  get sinceStart(): Moved {
    return this.#sinceStart
  }

  get allTime(): Moved {
    const { servedBytes, receivedBytes } = this.#traffic
    return { servedBytes, receivedBytes }
  }

  /** Of the month that it is now. */
  get thisMonth(): Moved & { readonly month: string } {
    const { month, monthServedBytes: servedBytes, monthReceivedBytes: receivedBytes } = this.#ofNow()
    return { month, servedBytes, receivedBytes }
  }

  add({ servedBytes = 0, receivedBytes = 0 }: Partial<Moved>): void {
    const before = this.#ofNow()
    this.#traffic = {
      month: before.month,
      monthServedBytes: before.monthServedBytes + servedBytes,
      monthReceivedBytes: before.monthReceivedBytes + receivedBytes,
      servedBytes: before.servedBytes + servedBytes,
      receivedBytes: before.receivedBytes + receivedBytes,
    }
    this.#sinceStart = {
      servedBytes: this.#sinceStart.servedBytes + servedBytes,
      receivedBytes: this.#sinceStart.receivedBytes + receivedBytes,
    }
    this.#unsavedBytes += servedBytes + receivedBytes
    if (this.#unsavedBytes >= UNSAVED_BYTES) void this.save()
    else this.#cancel ??= this.#parts.stopwatch.after(UNSAVED_MS, () => void this.save())
    this.#parts.onChange()
  }

  /** Resolves when all that was counted is on the disk, or the disk has refused; it is tried again with the next bytes. */
  save(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    this.#saving = this.#saving.then(async () => {
      if (this.#unsavedBytes === 0) return
      const unsaved = this.#unsavedBytes
      this.#unsavedBytes = 0
      await this.#parts.store.keepTraffic(this.#traffic).catch(() => (this.#unsavedBytes += unsaved))
    })
    return this.#saving
  }

  #ofNow(): Traffic {
    const { month } = this.#parts.wallClock(this.#parts.clock.now())
    if (month === this.#traffic.month) return this.#traffic
    return { ...this.#traffic, month, monthServedBytes: 0, monthReceivedBytes: 0 }
  }
}
