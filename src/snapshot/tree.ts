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
 * The bytes of a node are cut by the chunker of file contents and kept as chunks of kind `tree`, so that one new file in
 * a directory of 100,000 sends little. A file of more than 4,096 chunks has `i: true`: its `c` names chunks of kind
 * `tree` whose bytes together, cut by the same chunker, are the list of its chunk ids.
 */
import { z } from 'zod'
import { concat, type Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import type { ChunkId } from '../core/ids.ts'
import { someBytes } from '../core/signed.ts'
import type { ByteCount } from '../core/units.ts'
import { decode, encode, MAX_MESSAGE_BYTES } from '../core/wire.ts'
import { chunksOf } from './chunker.ts'
import { chunkIdsIn, idList, joinIds } from './id-list.ts'

/** Longest chunk list that stands in the node itself. */
const MAX_INLINE_CHUNKS = 4096
/** Most directories inside one another. */
export const MAX_TREE_DEPTH = 1024
const MAX_DIRECTORY_ENTRIES = 1_000_000
const MAX_NAME_BYTES = 4096

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
const nodeSchema = z.strictObject({
  v: z.literal(1),
  entries: z
    .array(
      z.discriminatedUnion('t', [
        z
          .strictObject({
            t: z.literal('f'),
            ...named,
            p: mode,
            s: z.int().min(0),
            c: idList(MAX_INLINE_CHUNKS),
            i: z.literal(true).optional(),
          })
          .refine(({ s, c }) => (s === 0) === (c.length === 0), 'must have chunks unless it is empty'),
        z.strictObject({ t: z.literal('d'), ...named, p: mode, c: idList(MAX_INLINE_CHUNKS) }),
        z.strictObject({ t: z.literal('l'), ...named, l: someBytes(MAX_NAME_BYTES) }),
      ]),
    )
    .max(MAX_DIRECTORY_ENTRIES),
})
type WireEntry = z.output<typeof nodeSchema>['entries'][number]

/**
 * The entries of one directory.
 * @param node the plain bytes of all chunks of the node, joined
 * @throws KeeptabError `malformed` for anything else, a name that could leave its directory included
 */
export function parseTree(node: Bytes): TreeEntry[] {
  const { entries } = decode(nodeSchema, node)
  entries.forEach((entry, i) => {
    const before = entries[i - 1]
    if (before !== undefined && compareNames(before.n, entry.n) >= 0) {
      throw new KeeptabError('malformed', 'The names of a directory are not in order.')
    }
  })
  return entries.map(fromWire)
}

/** Fetches one chunk of kind `tree`, opened and verified. */
export type ReadChunk = (id: ChunkId) => Promise<Bytes>

/**
 * The entries of the directory whose node has these chunks.
 * @param ids `DirectoryEntry.ids`, or the root of a source
 * @throws KeeptabError `malformed`, `limit-exceeded` for a node of more than 64 MiB, or what `read` throws
 */
export async function readTree(ids: Bytes, read: ReadChunk): Promise<TreeEntry[]> {
  const parts: Bytes[] = []
  let length = 0
  for (const id of chunkIdsIn(ids)) {
    const part = await read(id)
    length += part.length
    if (length > MAX_MESSAGE_BYTES) throw new KeeptabError('limit-exceeded', 'A directory is too long.')
    parts.push(part)
  }
  return parseTree(concat(...parts))
}

/**
 * The chunks of a file, in order. Their plain lengths must add up to `sizeBytes`: the reader's to check.
 * @throws KeeptabError `malformed` for a list that is cut off, or what `read` throws
 */
export async function* fileChunks(file: FileEntry, read: ReadChunk): AsyncGenerator<ChunkId, void, undefined> {
  if (!file.indirect) {
    yield* chunkIdsIn(file.ids)
    return
  }
  let rest: Bytes = new Uint8Array(0)
  for (const id of chunkIdsIn(file.ids)) {
    const list = concat(rest, await read(id))
    const whole = list.length - (list.length % 32)
    yield* chunkIdsIn(list.subarray(0, whole))
    rest = list.slice(whole)
  }
  if (rest.length > 0) throw new KeeptabError('malformed', 'A list of chunks is cut off.')
}

/**
 * Makes the nodes of one source bottom-up out of a depth-first walk. Holds the entries of the directories that are open
 * and nothing else. Siblings may come in any order.
 */
export class TreeBuilder {
  readonly #gear: Bytes
  readonly #put: (plain: Bytes) => Promise<ChunkId>
  readonly #open: OpenDirectory[] = [{ entries: [] }]

  /**
   * @param gear `DailyKeys.gear`
   * @param put sees that a chunk of kind `tree` is kept, unless it is already, and returns its id
   */
  constructor(gear: Bytes, put: (plain: Bytes) => Promise<ChunkId>) {
    this.#gear = gear
    this.#put = put
  }

  /** @param chunks ids of its chunks in order, none for an empty file. @throws KeeptabError `malformed` for a name with a separator */
  async file(name: Bytes, sizeBytes: ByteCount, chunks: readonly ChunkId[], meta: EntryMeta = {}): Promise<void> {
    const list = joinIds(chunks)
    const indirect = chunks.length > MAX_INLINE_CHUNKS
    const c = indirect ? await this.#keep(list) : list
    this.#add({ t: 'f', n: name, s: sizeBytes, c, ...(indirect && { i: true as const }), ...wireMeta(meta) })
  }

  symlink(name: Bytes, target: Bytes, meta: EntryMeta = {}): void {
    this.#add({ t: 'l', n: name, l: target, ...wireMeta({ modifiedMicros: meta.modifiedMicros }) })
  }

  /** What comes until `leave` lies in this directory. @throws KeeptabError `limit-exceeded` at depth 1,024 */
  enter(name: Bytes, meta: EntryMeta = {}): void {
    if (this.#open.length > MAX_TREE_DEPTH) throw new KeeptabError('limit-exceeded', 'Directories are nested too deep.')
    this.#open.push({ name, meta, entries: [] })
  }

  async leave(): Promise<void> {
    const left = this.#open.pop()
    if (left?.name === undefined) throw new KeeptabError('internal', 'A directory was left that was not entered.')
    this.#add({ t: 'd', n: left.name, c: await this.#keep(nodeBytes(left.entries)), ...wireMeta(left.meta ?? {}) })
  }

  /** Ids of the chunks of the root's node, one behind the other. The builder is used up. */
  async finish(): Promise<Bytes> {
    const root = this.#open.pop()
    if (root === undefined || this.#open.length > 0) throw new KeeptabError('internal', 'A directory was not left.')
    return this.#keep(nodeBytes(root.entries))
  }

  #add(entry: WireEntry): void {
    if (!isComponent(entry.n) || entry.n.length > MAX_NAME_BYTES) {
      throw new KeeptabError('malformed', 'A name is not one path component.')
    }
    const directory = this.#open.at(-1)
    if (directory === undefined) throw new KeeptabError('internal', 'The tree was finished.')
    if (directory.entries.length === MAX_DIRECTORY_ENTRIES) {
      throw new KeeptabError('limit-exceeded', `A directory has more than ${MAX_DIRECTORY_ENTRIES} entries.`)
    }
    directory.entries.push(entry)
  }

  async #keep(bytes: Bytes): Promise<Bytes> {
    const ids: ChunkId[] = []
    for (const chunk of chunksOf(this.#gear, bytes)) ids.push(await this.#put(chunk))
    if (ids.length > MAX_INLINE_CHUNKS) throw new KeeptabError('limit-exceeded', 'A file or directory is too long.')
    return joinIds(ids)
  }
}

interface OpenDirectory {
  readonly name?: Bytes
  readonly meta?: EntryMeta
  readonly entries: WireEntry[]
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

/** Not empty, not "." or "..", without "/" and NUL: a name that stays in its directory on every POSIX system. */
function isComponent(name: Bytes): boolean {
  const dots = name.length <= 2 && name.every((byte) => byte === 0x2e)
  return !dots && !name.includes(0x2f) && !name.includes(0)
}

function nodeBytes(entries: WireEntry[]): Bytes {
  entries.sort((a, b) => compareNames(a.n, b.n))
  const node = encode({ v: 1, entries })
  if (node.length > MAX_MESSAGE_BYTES) throw new KeeptabError('limit-exceeded', 'A directory is too long.')
  entries.forEach((entry, i) => {
    const before = entries[i - 1]
    if (before !== undefined && compareNames(before.n, entry.n) === 0) {
      throw new KeeptabError('malformed', 'A directory has the same name twice.')
    }
  })
  return node
}

const wireMeta = ({ modifiedMicros, mode: bits }: EntryMeta) => ({
  ...(modifiedMicros !== undefined && { m: Math.trunc(modifiedMicros) }),
  ...(bits !== undefined && { p: bits & 0o7777 }),
})

function fromWire(entry: WireEntry): TreeEntry {
  const common = { name: entry.n, ...(entry.m !== undefined && { modifiedMicros: entry.m }) }
  if (entry.t === 'l') return { kind: 'symlink', ...common, target: entry.l }
  const rights = entry.p === undefined ? {} : { mode: entry.p }
  if (entry.t === 'd') return { kind: 'directory', ...common, ...rights, ids: entry.c }
  return { kind: 'file', ...common, ...rights, sizeBytes: entry.s, ids: entry.c, indirect: entry.i === true }
}
