/**
 * A restore as a ZIP that is written while it is read: nothing is held but the list of names.
 * Written here and not by client-zip, because that one has no extra fields: times would be in steps of two seconds and of
 * no time zone. Entries are stored, not compressed. Layouts: PKWARE APPNOTE 6.3.10; extended timestamp: Info-ZIP 0x5455.
 */
import { concat, toHex, type Bytes } from '../core/bytes.ts'
import { crc32 } from '../core/crc32.ts'
import { KeeptabError } from '../core/errors.ts'
import { MiB } from '../core/units.ts'
import { safeName } from '../snapshot/hostile-names.ts'
import type { EntryMeta } from '../snapshot/tree-entry.ts'
import type { OnNotice, RestoreTarget } from './target.ts'

export interface ZipDownload {
  readonly target: RestoreTarget
  /** The bytes of the ZIP. Reading slowly holds the restore up; cancelling makes it fail. */
  readonly stream: ReadableStream<Bytes>
  /** Breaks the stream off, so that nobody takes half a ZIP for a whole one. */
  readonly abort: (reason: unknown) => void
}

const type = { file: 0o100000, directory: 0o040000, symlink: 0o120000 } as const
const usualMode = { file: 0o644, directory: 0o755, symlink: 0o777 } as const
type Kind = keyof typeof type

const none: Bytes = new Uint8Array(0)

/** From here on a 32-bit field says "see the ZIP64 field". */
const FULL = 0xffffffff
const SIZES_FOLLOW = 1 << 3
const NAME_IS_UTF8 = 1 << 11
/** Sizes that may wait for a slow reader. */
const WAITING_BYTES = MiB

export function zipDownload(onNotice: OnNotice): ZipDownload {
  const bySize = { highWaterMark: WAITING_BYTES, size: (bytes?: Bytes) => bytes?.length ?? 0 }
  const { readable, writable } = new TransformStream<Bytes, Bytes>({}, undefined, bySize)
  const writer = writable.getWriter()
  writer.closed.catch(() => undefined) // whoever writes next hears of it
  return {
    target: new ZipTarget(writer, onNotice),
    stream: readable,
    abort: (reason) => void writer.abort(reason).catch(() => undefined),
  }
}

interface OpenDirectory {
  /** With a slash at its end, but for the top. */
  readonly path: Bytes
  readonly taken: Set<string>
}

class ZipTarget implements RestoreTarget {
  readonly #writer: WritableStreamDefaultWriter<Bytes>
  readonly #onNotice: OnNotice
  readonly #central: Bytes[] = []
  /** From the top down to the directory that was entered last. */
  readonly #directories: OpenDirectory[] = [{ path: none, taken: new Set() }]
  /** Directories that have a line in the ZIP, by their paths in hexadecimal digits. */
  readonly #entered = new Set<string>()
  #offset = 0

  constructor(writer: WritableStreamDefaultWriter<Bytes>, onNotice: OnNotice) {
    this.#writer = writer
    this.#onNotice = onNotice
  }

  async enterDirectory(name: Bytes, meta: EntryMeta): Promise<void> {
    const path = concat(this.#path(name), slash)
    this.#directories.push({ path, taken: new Set() })
    if (this.#entered.has(toHex(path))) return
    this.#entered.add(toHex(path))
    await this.#whole({ path, kind: 'directory', meta }, none)
  }

  leaveDirectory(): Promise<void> {
    this.#directories.pop()
    return Promise.resolve()
  }

  /** A file whose content fails half-way stays without a line in the directory at the end: its bytes are skipped. */
  async file(name: Bytes, sizeBytes: number, meta: EntryMeta, content: AsyncIterable<Bytes>): Promise<void> {
    const entry = { path: this.#path(name), kind: 'file', meta } as const
    const start = this.#offset
    const long = sizeBytes >= FULL
    await this.#write(localHeader(entry, 0, 0, SIZES_FOLLOW, long))
    let [size, sum] = [0, 0]
    for await (const bytes of content) {
      sum = crc32(bytes, sum)
      size += bytes.length
      await this.#write(bytes)
    }
    if (size !== sizeBytes) throw new KeeptabError('internal', 'A file came out with another length than was promised.')
    await this.#write(fields(u(4, 0x08074b50), u(4, sum), u(long ? 8 : 4, size), u(long ? 8 : 4, size)))
    this.#central.push(centralHeader(entry, size, sum, SIZES_FOLLOW, start))
  }

  async symlink(name: Bytes, target: Bytes, meta: EntryMeta): Promise<void> {
    await this.#whole({ path: this.#path(name), kind: 'symlink', meta }, target)
  }

  again(): void {
    this.#directories[0]?.taken.clear()
  }

  skip(name: Bytes): void {
    const directory = this.#directories.at(-1)
    if (directory !== undefined) safeName(name, { kind: 'zip' }, directory.taken)
  }

  async finish(): Promise<void> {
    const start = this.#offset
    for (const header of this.#central) await this.#write(header)
    await this.#write(endOfCentral(this.#central.length, start, this.#offset - start))
    await this.#writer.close()
  }

  /** An entry whose few bytes are at hand. */
  async #whole(entry: Entry, bytes: Bytes): Promise<void> {
    const sum = crc32(bytes)
    this.#central.push(centralHeader(entry, bytes.length, sum, 0, this.#offset))
    await this.#write(localHeader(entry, bytes.length, sum, 0, false))
    if (bytes.length > 0) await this.#write(bytes)
  }

  /** A ZIP keeps every name, but none that would leave the directory it is unpacked in (T27). */
  #path(name: Bytes): Bytes {
    const directory = this.#directories.at(-1)
    if (directory === undefined) throw new KeeptabError('internal', 'More directories were left than entered.')
    const { bytes, text, escaped } = safeName(name, { kind: 'zip' }, directory.taken)
    if (escaped) this.#onNotice('renamed', textOf(concat(directory.path, name)), text)
    return concat(directory.path, bytes)
  }

  async #write(bytes: Bytes): Promise<void> {
    this.#offset += bytes.length
    try {
      await this.#writer.write(bytes)
    } catch (cause) {
      throw new KeeptabError(
        'target-refused',
        'The download was broken off.',
        { path: 'ZIP', reason: 'broken-off' },
        cause,
      )
    }
  }
}

const slash = Uint8Array.of(0x2f)
const textOf = (bytes: Bytes): string => new TextDecoder().decode(bytes)

interface Entry {
  readonly path: Bytes
  readonly kind: Kind
  readonly meta: EntryMeta
}

/** Local file header (§4.3.7). */
function localHeader(entry: Entry, size: number, sum: number, flags: number, long: boolean): Bytes {
  const extra = concat(extendedTimestamp(entry.meta), long ? fields(u(2, 1), u(2, 16), u(8, 0), u(8, 0)) : none)
  return concat(
    fields(
      u(4, 0x04034b50),
      u(2, 45),
      u(2, flags | nameFlag(entry.path)),
      u(2, 0),
      u(4, dosTime(entry.meta)),
      u(4, sum),
      u(4, long ? FULL : size),
      u(4, long ? FULL : size),
      u(2, entry.path.length),
      u(2, extra.length),
    ),
    entry.path,
    extra,
  )
}

/** Central directory header (§4.3.12), with a ZIP64 field (§4.5.3) for what does not fit. */
function centralHeader(entry: Entry, size: number, sum: number, flags: number, offset: number): Bytes {
  const { path, kind, meta } = entry
  const long = [...(size >= FULL ? [u(8, size), u(8, size)] : []), ...(offset >= FULL ? [u(8, offset)] : [])]
  const zip64 = long.length === 0 ? none : fields(u(2, 1), u(2, 8 * long.length), ...long)
  const extra = concat(extendedTimestamp(meta), zip64)
  const mode = type[kind] | (meta.mode ?? usualMode[kind])
  return concat(
    fields(
      u(4, 0x02014b50),
      u(2, (3 << 8) | 45), // made on Unix, so that the mode counts
      u(2, 45),
      u(2, flags | nameFlag(path)),
      u(2, 0),
      u(4, dosTime(meta)),
      u(4, sum),
      u(4, Math.min(size, FULL)),
      u(4, Math.min(size, FULL)),
      u(2, path.length),
      u(2, extra.length),
      u(2, 0),
      u(2, 0),
      u(2, 0),
      u(4, mode * 0x10000 + (kind === 'directory' ? 0x10 : 0)),
      u(4, Math.min(offset, FULL)),
    ),
    path,
    extra,
  )
}

/** End of central directory (§4.3.16), after its ZIP64 form and locator (§4.3.14, §4.3.15) when anything is too large. */
function endOfCentral(entries: number, start: number, length: number): Bytes {
  const end = fields(
    u(4, 0x06054b50),
    u(4, 0),
    u(2, Math.min(entries, 0xffff)),
    u(2, Math.min(entries, 0xffff)),
    u(4, Math.min(length, FULL)),
    u(4, Math.min(start, FULL)),
    u(2, 0),
  )
  if (entries < 0xffff && start < FULL && length < FULL) return end
  const end64 = fields(
    u(4, 0x06064b50),
    u(8, 44),
    u(2, (3 << 8) | 45),
    u(2, 45),
    u(8, 0),
    u(8, entries),
    u(8, entries),
    u(8, length),
    u(8, start),
  )
  const locator = fields(u(4, 0x07064b50), u(4, 0), u(8, start + length), u(4, 1))
  return concat(end64, locator, end)
}

/** Seconds since 1970 in UTC, where the time is known and fits. */
function extendedTimestamp({ modifiedMicros }: EntryMeta): Bytes {
  if (modifiedMicros === undefined) return none
  const seconds = Math.floor(modifiedMicros / 1_000_000)
  if (Math.abs(seconds) >= 2 ** 31) return none
  return fields(u(2, 0x5455), u(2, 5), u(1, 1), u(4, seconds))
}

/** Time in the low half, date in the high one, local, in steps of two seconds (§4.4.6). */
function dosTime({ modifiedMicros }: EntryMeta): number {
  const time = new Date((modifiedMicros ?? 0) / 1000)
  const year = time.getFullYear()
  if (!(year >= 1980 && year <= 2107)) return 0x00210000 // 1 January 1980
  const date = ((year - 1980) << 9) | ((time.getMonth() + 1) << 5) | time.getDate()
  return date * 0x10000 + ((time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1))
}

function nameFlag(path: Bytes): number {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(path)
    return NAME_IS_UTF8
  } catch {
    return 0
  }
}

interface Field {
  readonly length: number
  readonly value: number
}

const u = (length: 1 | 2 | 4 | 8, value: number): Field => ({ length, value })

/** Little-endian integers, one after the other; a negative one in two's complement. */
function fields(...list: readonly Field[]): Bytes {
  const bytes = new Uint8Array(list.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const { length, value } of list) {
    for (let i = 0; i < length; i += 1) bytes[at + i] = Math.floor(value / 256 ** i) % 256
    at += length
  }
  return bytes
}
