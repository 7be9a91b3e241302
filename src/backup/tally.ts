/** How far a backup is, as a whole and for each of its sources. */
import type { ByteCount } from '../core/units.ts'
import type { BackupEvent } from './events.ts'

/** Source bytes of a pack by the source they are of. */
export type BytesBySource = Map<number, ByteCount>

export const addBytes = (bytes: BytesBySource, source: number, count: ByteCount): void =>
  void bytes.set(source, (bytes.get(source) ?? 0) + count)

const sumOf = (bytes: BytesBySource): ByteCount => [...bytes.values()].reduce((sum, count) => sum + count, 0)

/** What only one side of a backup knows. */
interface Traffic {
  /** Payload over the network so far. */
  readonly sentBytes: () => ByteCount
  /** Of packs on their way, the source bytes that keepers have acknowledged. */
  readonly underWayBytes: () => ByteCount
}

export class Tally {
  readonly #onEvent: (event: BackupEvent) => void
  readonly #traffic: Traffic
  #sources: { bytesRead: number; bytesTotal: number; filesDone: number; filesTotal: number; bytesKept: number }[] = []
  #spread = 0

  constructor(onEvent: (event: BackupEvent) => void, traffic: Traffic) {
    this.#onEvent = onEvent
    this.#traffic = traffic
  }

  get filesDone(): number {
    return this.#sum('filesDone')
  }

  /** Starts at zero. */
  begin(totals: readonly { readonly files: number; readonly bytes: ByteCount }[]): void {
    this.#sources = totals.map(({ files, bytes }) => ({
      bytesRead: 0,
      bytesTotal: bytes,
      filesDone: 0,
      filesTotal: files,
      bytesKept: 0,
    }))
    this.#spread = 0
    for (const source of this.#sources.keys()) this.#tell(source)
  }

  /** So many bytes of it are through: read, or known to be unchanged. */
  read(source: number, bytesRead: ByteCount, files = 0): void {
    const counts = this.#sources[source]
    if (counts === undefined) return
    counts.bytesRead = bytesRead
    counts.filesDone += files
    this.#tell(source)
  }

  bytesRead(source: number): ByteCount {
    return this.#sources[source]?.bytesRead ?? 0
  }

  /** These bytes are in packs that the coordinator has the records of. */
  kept(bytes: BytesBySource): void {
    for (const [source, count] of bytes) {
      const counts = this.#sources[source]
      if (counts !== undefined) counts.bytesKept += count
      this.#tell(source)
    }
  }

  /** A keeper has acknowledged a part of a pack. */
  moved(): void {
    this.#tellAll()
  }

  #tell(source: number): void {
    const counts = this.#sources[source]
    if (counts === undefined) return
    this.#onEvent({ type: 'source', source, ...counts })
    this.#tellAll()
  }

  #tellAll(): void {
    const bytesKept = this.#sum('bytesKept')
    // A pack that is given up takes its part along; what was said before stays said.
    this.#spread = Math.max(this.#spread, bytesKept + this.#traffic.underWayBytes())
    this.#onEvent({
      type: 'progress',
      bytesRead: this.#sum('bytesRead'),
      bytesTotal: this.#sum('bytesTotal'),
      filesDone: this.#sum('filesDone'),
      filesTotal: this.#sum('filesTotal'),
      bytesSent: this.#traffic.sentBytes(),
      bytesKept,
      bytesSpread: this.#spread,
    })
  }

  #sum(name: 'bytesRead' | 'bytesTotal' | 'filesDone' | 'filesTotal' | 'bytesKept'): number {
    return this.#sources.reduce((sum, counts) => sum + counts[name], 0)
  }
}

/** Packs on their way, and how much of each has arrived. */
export class UnderWay {
  readonly #packs = new Map<BytesBySource, number>()

  start(pack: BytesBySource): void {
    this.#packs.set(pack, 0)
  }

  arrived(pack: BytesBySource, stored: number, of: number): void {
    if (this.#packs.has(pack)) this.#packs.set(pack, Math.max(this.#packs.get(pack) ?? 0, stored / of))
  }

  end(pack: BytesBySource): void {
    this.#packs.delete(pack)
  }

  get bytes(): ByteCount {
    return [...this.#packs].reduce((sum, [pack, part]) => sum + Math.floor(part * sumOf(pack)), 0)
  }
}
