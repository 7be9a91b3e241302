/**
 * The directories of a snapshot. A node is one directory: canonical CBOR
 *
 *   {v: 1, entries: [entry]}, entries in rising order of their raw names, no name twice
 *   file       {t: "f", n: name, s: size, c: chunk ids, i?: true, m?: µs, p?: mode}
 *   directory  {t: "d", n: name, c: ids of the chunks of its node, m?, p?}
 *   symlink    {t: "l", n: name, l: target, m?}
 *
 * Names and targets are byte strings: whatever bytes a file system had. `m` counts microseconds since 1970 (finer times
 * cannot be set through Node's utimes), `p` is mode & 0o7777; what the way of choosing did not tell is absent.
 * `i: true` says that `c` does not name the chunks of the file but those of the list of their ids (tree.ts).
 *
 * A directory may have 10^6 entries, so nodes are written and read entry by entry and never held as values.
 */
import { z } from 'zod'
import { concat, equal, u32, type Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import { someBytes } from '../core/signed.ts'
import type { ByteCount } from '../core/units.ts'
import { decodeFirst, encode } from '../core/wire.ts'
import { idList } from './id-list.ts'

/** Longest list of ids in an entry. */
export const MAX_ENTRY_IDS = 4096
const MAX_DIRECTORY_ENTRIES = 2 ** 20
const MAX_NAME_BYTES = 4096
/** No entry is longer: ids, name, and 64 for sizes, keys and lengths. A link has a target where others have ids. */
const MAX_ENTRY_BYTES = 32 * MAX_ENTRY_IDS + MAX_NAME_BYTES + 64

/** Dates and rights; absent where the way of choosing does not tell. */
export interface EntryMeta {
  /** Microseconds since 1970. */
  readonly modifiedMicros?: number | undefined
  /** Unix permission bits, 0…0o7777. */
  readonly mode?: number | undefined
}

export interface FileEntry extends EntryMeta {
  readonly kind: 'file'
  readonly name: Bytes
  readonly sizeBytes: ByteCount
  /** Ids one behind the other (`chunkIdsIn`): of the chunks, or of the list of chunks when `indirect`. Use `fileChunks`. */
  readonly ids: Bytes
  readonly indirect: boolean
}

export interface DirectoryEntry extends EntryMeta {
  readonly kind: 'directory'
  readonly name: Bytes
  /** Ids of the chunks of its node, one behind the other. Use `readTree`. */
  readonly ids: Bytes
}

export interface SymlinkEntry extends EntryMeta {
  readonly kind: 'symlink'
  readonly name: Bytes
  readonly target: Bytes
}

export type TreeEntry = FileEntry | DirectoryEntry | SymlinkEntry

const named = { n: someBytes(MAX_NAME_BYTES).refine(isComponent, 'must be one path component'), m: z.int().optional() }
const mode = z.int().min(0).max(0o7777).optional()
const entrySchema = z.discriminatedUnion('t', [
  z
    .strictObject({
      t: z.literal('f'),
      ...named,
      p: mode,
      s: z.int().min(0),
      c: idList(MAX_ENTRY_IDS),
      i: z.literal(true).optional(),
    })
    .refine(({ s, c }) => (s === 0) === (c.length === 0), 'must have chunks unless it is empty'),
  z.strictObject({ t: z.literal('d'), ...named, p: mode, c: idList(MAX_ENTRY_IDS) }),
  z.strictObject({ t: z.literal('l'), ...named, l: someBytes(MAX_NAME_BYTES) }),
])

/** Collects the entries of one directory, already encoded, in any order. */
export class NodeWriter {
  #bytes: Bytes = new Uint8Array(256)
  #length = 0
  /** Where name and encoding of each entry begin, and where it ends. */
  readonly #spans: Span[] = []

  /** @throws KeeptabError `malformed` for a name that is not one path component, `limit-exceeded` beyond 2^20 entries */
  add(entry: TreeEntry): void {
    if (!isComponent(entry.name) || entry.name.length > MAX_NAME_BYTES) {
      throw new KeeptabError('malformed', 'A name is not one path component.')
    }
    if (this.#spans.length === MAX_DIRECTORY_ENTRIES) {
      throw new KeeptabError('limit-exceeded', `A directory has more than ${MAX_DIRECTORY_ENTRIES} entries.`, {
        what: 'entries',
        most: MAX_DIRECTORY_ENTRIES,
      })
    }
    const name = this.#append(entry.name)
    const encoding = this.#append(encode(toWire(entry)))
    this.#spans.push({ name, encoding, end: this.#length })
  }

  /** The bytes of the node, piece by piece. @throws KeeptabError `malformed` when two entries have one name */
  *finish(): Generator<Uint8Array, void, undefined> {
    const spans = this.#spans.sort((a, b) => compareNames(this.#nameOf(a), this.#nameOf(b)))
    yield nodeHead(spans.length)
    let before: Span | undefined
    for (const span of spans) {
      if (before !== undefined && equal(this.#nameOf(before), this.#nameOf(span))) {
        throw new KeeptabError('malformed', 'A directory has the same name twice.')
      }
      yield this.#bytes.subarray(span.encoding, span.end)
      before = span
    }
  }

  #nameOf({ name, encoding }: Span): Uint8Array {
    return this.#bytes.subarray(name, encoding)
  }

  #append(bytes: Bytes): number {
    const start = this.#length
    this.#length += bytes.length
    if (this.#length > this.#bytes.length) {
      const longer = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length))
      longer.set(this.#bytes)
      this.#bytes = longer
    }
    this.#bytes.set(bytes, start)
    return start
  }
}

interface Span {
  readonly name: number
  readonly encoding: number
  readonly end: number
}

/** Reads the entries of one directory out of the pieces of its node. Holds a piece and an entry at most. */
export class NodeReader {
  #rest: Bytes = new Uint8Array(0)
  /** Entries still to come; `undefined` until the head is read. */
  #missing: number | undefined
  #before: Bytes | undefined;

  /** The entries that are complete with the next piece. Run the generator to its end. @throws KeeptabError `malformed` */
  *push(piece: Bytes): Generator<TreeEntry, void, undefined> {
    this.#rest = concat(this.#rest, piece)
    yield* this.#entries(MAX_ENTRY_BYTES)
  }

  /** The entries that are left when the node has ended. @throws KeeptabError `malformed` also when some are missing */
  *finish(): Generator<TreeEntry, void, undefined> {
    yield* this.#entries(1)
    if (this.#missing !== 0 || this.#rest.length > 0) throw new KeeptabError('malformed', 'A directory is cut off.')
  }

  /** @param enough reads on only while so many bytes are there, so that an entry is never met half */
  *#entries(enough: number): Generator<TreeEntry, void, undefined> {
    let at = 0
    if (this.#missing === undefined && this.#rest.length >= enough) {
      const { count, length } = readNodeHead(this.#rest)
      this.#missing = count
      at = length
    }
    while (this.#missing !== undefined && this.#missing > 0 && this.#rest.length - at >= enough) {
      const { value, length } = decodeFirst(entrySchema, this.#rest.subarray(at, at + MAX_ENTRY_BYTES))
      at += length
      this.#missing -= 1
      if (this.#before !== undefined && compareNames(this.#before, value.n) >= 0) {
        throw new KeeptabError('malformed', 'The names of a directory are not in order.')
      }
      this.#before = value.n
      yield fromWire(value)
    }
    this.#rest = this.#rest.slice(at)
  }
}

/** Order of raw bytes, as in memcmp; of two where one begins the other, the shorter is first. */
export function compareNames(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** A raw name as text for people and for ignore rules: bytes that are no UTF-8 show as U+FFFD. */
export const displayName = (name: Bytes): string => utf8Text.decode(name)
const utf8Text = new TextDecoder('utf-8', { ignoreBOM: true })

/** Not empty, not "." or "..", without "/" and NUL: a name that stays in its directory on every POSIX system. */
function isComponent(name: Bytes): boolean {
  const dots = name.length <= 2 && name.every((byte) => byte === 0x2e)
  return !dots && !name.includes(0x2f) && !name.includes(0)
}

// {v: 1, entries: [ in canonical CBOR; a head of 32 bits counts as many as fit into an array.
const NODE_PREFIX = encode({ v: 1, entries: [] }).slice(0, -1)

function nodeHead(count: number): Bytes {
  if (count < 24) return concat(NODE_PREFIX, Uint8Array.of(0x80 | count))
  if (count < 2 ** 8) return concat(NODE_PREFIX, Uint8Array.of(0x98, count))
  if (count < 2 ** 16) return concat(NODE_PREFIX, Uint8Array.of(0x99, count >>> 8, count & 0xff))
  return concat(NODE_PREFIX, Uint8Array.of(0x9a), u32(count))
}

function readNodeHead(bytes: Bytes): { count: number; length: number } {
  const lengths: Readonly<Record<number, number>> = { 0x98: 1, 0x99: 2, 0x9a: 4 }
  const start = NODE_PREFIX.length
  const first = bytes[start] ?? 0
  const more = bytes.subarray(start + 1, start + 1 + (lengths[first] ?? 0))
  const count = more.length === 0 ? first & 0x1f : more.reduce((sum, byte) => 256 * sum + byte, 0)
  const head = nodeHead(Math.min(count, 2 ** 32 - 1))
  if (!equal(head, bytes.subarray(0, head.length))) throw new KeeptabError('malformed', 'It is no directory.')
  if (count > MAX_DIRECTORY_ENTRIES) throw new KeeptabError('limit-exceeded', 'A directory has too many entries.')
  return { count, length: head.length }
}

function toWire(entry: TreeEntry) {
  const { name: n, modifiedMicros } = entry
  const micros = Math.trunc(modifiedMicros ?? Number.NaN)
  // A damaged disk tells of times beyond the year 2255, which no file needs in order to come back.
  const m = Number.isSafeInteger(micros) ? micros : undefined
  if (entry.kind === 'symlink') return { t: 'l', n, m, l: entry.target }
  const p = entry.mode === undefined ? undefined : entry.mode & 0o7777
  if (entry.kind === 'directory') return { t: 'd', n, m, p, c: entry.ids }
  return { t: 'f', n, m, p, s: entry.sizeBytes, c: entry.ids, i: entry.indirect ? true : undefined }
}

function fromWire(entry: z.output<typeof entrySchema>): TreeEntry {
  const common = { name: entry.n, ...(entry.m !== undefined && { modifiedMicros: entry.m }) }
  if (entry.t === 'l') return { kind: 'symlink', ...common, target: entry.l }
  const rights = entry.p === undefined ? {} : { mode: entry.p }
  if (entry.t === 'd') return { kind: 'directory', ...common, ...rights, ids: entry.c }
  return { kind: 'file', ...common, ...rights, sizeBytes: entry.s, ids: entry.c, indirect: entry.i === true }
}
