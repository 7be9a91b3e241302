/**
 * What differs between two moments. Directories with the same chunks are the same whole and are not read, so a
 * comparison of large trees costs what has changed. A file with the same chunks elsewhere has moved.
 */
import { equal, toHex } from '../core/bytes.ts'
import type { SnapshotSource } from './manifest.ts'
import { sourceEntry } from './path-finder.ts'
import { readTree, type ReadChunk } from './tree.ts'
import { compareNames, displayName, type FileEntry, type TreeEntry } from './tree-entry.ts'

export type Change =
  /** A directory is added or removed before all that is in it. */
  | { readonly what: 'added' | 'removed'; readonly path: string; readonly entry: TreeEntry }
  /** The content; dates and rights do not count. `entry` is the later one. */
  | { readonly what: 'changed'; readonly path: string; readonly entry: TreeEntry; readonly before: TreeEntry }
  /** With everything in it, where it is a directory. */
  | { readonly what: 'moved'; readonly path: string; readonly from: string; readonly entry: TreeEntry }

/** Something that only one of the two moments has at its path. */
interface Placed {
  readonly path: string
  readonly entry: TreeEntry
  /** The directory it lies in, where that is at its path in one moment only, too. */
  readonly within?: Placed
  /** It, or something in it, was found elsewhere in the other moment. */
  isMoved?: 'whole' | 'partly'
}

/**
 * All changes from one list of sources to another, each path in at most one of them: first what changed in its place,
 * then what moved, what is gone, what is new.
 * @param readBefore reads chunks of the first, `readAfter` of the second
 * @throws KeeptabError what they throw, `malformed`
 */
export async function* compare(
  before: readonly SnapshotSource[],
  after: readonly SnapshotSource[],
  readBefore: ReadChunk,
  readAfter: ReadChunk,
): AsyncGenerator<Change, void, undefined> {
  const gone: Placed[] = []
  const come: Placed[] = []

  async function* walk(one: Entries, other: Entries, prefix: string): AsyncGenerator<Change, void, undefined> {
    for await (const [left, right] of sideBySide(one, other)) {
      if (left !== undefined && right !== undefined && sameContent(left, right)) continue
      const path = prefix + displayName((left ?? right).name)
      if (left === undefined) come.push({ path, entry: right })
      else if (right === undefined) gone.push({ path, entry: left })
      else if (left.kind === 'directory' && right.kind === 'directory') {
        yield* walk(readTree(left.ids, readBefore), readTree(right.ids, readAfter), `${path}/`)
      } else if (left.kind !== right.kind) {
        gone.push({ path, entry: left })
        come.push({ path, entry: right })
      } else yield { what: 'changed', path, entry: right, before: left }
    }
  }
  yield* walk(inOrder(before), inOrder(after), '')

  const { moved, left, fresh } = await pairUp(gone, come, readBefore, readAfter)
  yield* moved
  for (const { path, entry } of left) yield { what: 'removed', path, entry }
  for (const { path, entry } of fresh) yield { what: 'added', path, entry }
}

type Entries = AsyncIterable<TreeEntry> | Iterable<TreeEntry>
type Pair = readonly [TreeEntry, TreeEntry | undefined] | readonly [undefined, TreeEntry]

const inOrder = (sources: readonly SnapshotSource[]): TreeEntry[] =>
  sources.map(sourceEntry).sort((a, b) => compareNames(a.name, b.name))

/** Entries of one name together. Both lists come in the order of names. */
async function* sideBySide(one: Entries, other: Entries): AsyncGenerator<Pair, void, undefined> {
  const [lefts, rights] = [iterate(one), iterate(other)]
  let [left, right] = [await next(lefts), await next(rights)]
  while (left !== undefined || right !== undefined) {
    const order = left === undefined ? 1 : right === undefined ? -1 : compareNames(left.name, right.name)
    if (left !== undefined && order <= 0) yield [left, order === 0 ? right : undefined]
    else if (right !== undefined) yield [undefined, right]
    if (order <= 0) left = await next(lefts)
    if (order >= 0) right = await next(rights)
  }
}

const iterate = (entries: Entries): AsyncIterator<TreeEntry> | Iterator<TreeEntry> =>
  Symbol.asyncIterator in entries ? entries[Symbol.asyncIterator]() : entries[Symbol.iterator]()

async function next(entries: AsyncIterator<TreeEntry> | Iterator<TreeEntry>): Promise<TreeEntry | undefined> {
  const step = await entries.next()
  return step.done === true ? undefined : step.value
}

/** Whether two entries are the same but for dates and rights, a directory with all that is in it. */
function sameContent(a: TreeEntry, b: TreeEntry): boolean {
  if (a.kind === 'symlink') return b.kind === 'symlink' && equal(a.target, b.target)
  if (a.kind === 'directory') return b.kind === 'directory' && equal(a.ids, b.ids)
  if (b.kind !== 'file') return false
  return a.sizeBytes === b.sizeBytes && a.indirect === b.indirect && equal(a.ids, b.ids)
}

/** One name for each content a file or directory may have. @returns `undefined` for what is alike without being the same */
function contentKey(entry: TreeEntry): string | undefined {
  if (entry.kind === 'directory') return `d ${toHex(entry.ids)}`
  return entry.kind === 'file' && entry.sizeBytes > 0 ? fileKey(entry) : undefined
}

/** Equal exactly when two files have the same content. */
export const fileKey = ({ ids, indirect, sizeBytes }: Pick<FileEntry, 'ids' | 'indirect' | 'sizeBytes'>): string =>
  `${indirect ? 'i' : 'f'} ${sizeBytes} ${toHex(ids)}`

/**
 * Finds what moved among what is gone and what is new. Directories are opened level by level, and only those that have
 * not been found whole on the other side by then.
 */
async function pairUp(
  gone: readonly Placed[],
  come: readonly Placed[],
  readBefore: ReadChunk,
  readAfter: ReadChunk,
): Promise<{ moved: Change[]; left: Placed[]; fresh: Placed[] }> {
  const [before, after] = [new Side(readBefore), new Side(readAfter)]
  let [lefts, rights] = [gone, come]
  const moved: Change[] = []
  const pair = (from: Placed | undefined, to: Placed | undefined) => {
    if (from === undefined || to === undefined) return
    take(from)
    take(to)
    moved.push({ what: 'moved', path: to.path, from: from.path, entry: to.entry })
  }
  while (lefts.length > 0 || rights.length > 0) {
    before.add(lefts)
    after.add(rights)
    for (const one of rights.filter(isDirectory)) pair(before.alike(one), one)
    for (const one of lefts.filter(isDirectory)) if (one.isMoved === undefined) pair(one, after.alike(one))
    lefts = await before.inside(lefts)
    rights = await after.inside(rights)
  }
  for (const one of after.left()) if (!isDirectory(one)) pair(before.alike(one), one)
  return { moved: moved.sort(byPath), left: before.left(), fresh: after.left() }
}

/** What one moment has and the other has not at the same path. */
class Side {
  readonly #read: ReadChunk
  readonly #all: Placed[] = []
  readonly #byContent = new Map<string, Placed[]>()

  constructor(read: ReadChunk) {
    this.#read = read
  }

  add(found: readonly Placed[]): void {
    for (const one of found) {
      this.#all.push(one)
      const key = contentKey(one.entry)
      if (key === undefined) continue
      const alike = this.#byContent.get(key)
      if (alike === undefined) this.#byContent.set(key, [one])
      else alike.push(one)
    }
  }

  /** The same content here, still to be had; of several preferably under the same name. */
  alike({ entry, isMoved }: Placed): Placed | undefined {
    if (isMoved !== undefined) return undefined
    const key = contentKey(entry) ?? ''
    const free = this.#byContent.get(key)?.filter((one) => one.isMoved === undefined && !isGoneWhole(one)) ?? []
    // Kept short, so that thousands of the same content do not cost thousands of looks each.
    if (free.length > 0) this.#byContent.set(key, free)
    return free.find((one) => equal(one.entry.name, entry.name)) ?? free[0]
  }

  async inside(directories: readonly Placed[]): Promise<Placed[]> {
    const found: Placed[] = []
    for (const one of directories) {
      if (one.entry.kind !== 'directory' || one.isMoved === 'whole') continue
      for await (const entry of readTree(one.entry.ids, this.#read)) {
        found.push({ path: `${one.path}/${displayName(entry.name)}`, entry, within: one })
      }
    }
    return found
  }

  /** What has not moved, in the order of paths. */
  left(): Placed[] {
    return this.#all.filter((one) => one.isMoved !== 'whole' && !isGoneWhole(one)).sort(byPath)
  }
}

const isDirectory = ({ entry }: Placed): boolean => entry.kind === 'directory'

/** Whether it moves as part of a directory. */
const isGoneWhole = ({ within }: Placed): boolean =>
  within !== undefined && (within.isMoved === 'whole' || isGoneWhole(within))

/** What it lies in is not found whole any more. */
function take(one: Placed): void {
  one.isMoved = 'whole'
  for (let outer = one.within; outer !== undefined; outer = outer.within) outer.isMoved ??= 'partly'
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0
