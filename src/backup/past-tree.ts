/** The trees of the last snapshot, beside a scan: what has not changed need not be read, what cannot be read stays kept. */
import type { Bytes } from '../core/bytes.ts'
import { codeOf, KeeptabError, type ErrorCode } from '../core/errors.ts'
import type { ChunkId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import { chunkIdsIn } from '../snapshot/id-list.ts'
import { chunkIds } from '../snapshot/seal.ts'
import { fileChunks, readTree, type ReadChunk } from '../snapshot/tree.ts'
import { compareNames, type EntryMeta, type TreeEntry } from '../snapshot/tree-entry.ts'
import type { OwnerContext } from './owner-context.ts'

/** The coarsest clock of a file system in use: FAT counts in steps of two seconds. */
const COARSEST_MS: Millis = 2000

/** Chunks of trees and indexes that are at hand on this device, each checked against its name. */
export function chunksAtHand({ state, identity }: Pick<OwnerContext, 'state' | 'identity'>): ReadChunk {
  return async (id) => {
    const bytes = await state.atHand(id)
    if (bytes === undefined) throw new KeeptabError('not-found', 'The chunk is not at hand.')
    const [named] = await chunkIds(identity.daily, [bytes])
    if (named !== id) throw new KeeptabError('malformed', 'The chunk at hand is another one.')
    return bytes
  }
}

/**
 * Whether a file is what the last snapshot has: same size, same time, and the time is well before that snapshot's scan
 * began, so that whatever wrote to the file since must have moved it. So is the time at which the system noted anything
 * about it, where that is told: a program that sets times back, or a file that takes the name of another, moves that one.
 * In browsers these escape; "check every byte" is for them.
 */
export function isUnchanged(
  now: EntryMeta & { readonly sizeBytes: number; readonly changedMicros?: number },
  then: EntryMeta & { readonly sizeBytes: number },
  scannedAt: Millis,
): boolean {
  const { modifiedMicros, changedMicros = modifiedMicros } = now
  const isBefore = (micros: number) => micros / 1000 < scannedAt - COARSEST_MS
  return (
    modifiedMicros !== undefined &&
    changedMicros !== undefined &&
    Math.trunc(modifiedMicros) === then.modifiedMicros &&
    now.sizeBytes === then.sizeBytes &&
    isBefore(modifiedMicros) &&
    isBefore(changedMicros)
  )
}

/** What an old snapshot may not give now; a backup goes on without. */
export const UNREADABLE: readonly ErrorCode[] = [
  'not-found',
  'too-few-shards',
  'malformed',
  'limit-exceeded',
  'decrypt-failed',
  'decompress-failed',
  'unsupported-version',
]

/**
 * One directory of the last snapshot, asked for names in rising order. Nothing of it is read before that: where it is not
 * at hand it comes from keepers.
 */
export class PastDirectory {
  readonly #ids: () => Promise<Bytes | undefined>
  readonly #read: ReadChunk
  #entries: AsyncGenerator<TreeEntry, void, undefined> | undefined
  #next: TreeEntry | undefined
  #begun = false
  #broken = false

  /** @param ids tells the chunks of its node; `undefined` when there was no such directory, as far as is known */
  constructor(ids: () => Promise<Bytes | undefined>, read: ReadChunk) {
    this.#ids = ids
    this.#read = read
  }

  /** What it has under a name; nothing where that part of it cannot be read. */
  async find(name: Bytes): Promise<TreeEntry | undefined> {
    if (!this.#begun) await this.#advance()
    while (this.#next !== undefined && compareNames(this.#next.name, name) < 0) await this.#advance()
    return this.#next !== undefined && compareNames(this.#next.name, name) === 0 ? this.#next : undefined
  }

  /** A directory in it. To be asked before names that come after this one. */
  within(name: Bytes): PastDirectory {
    const ids = async () => {
      const then = await this.find(name)
      return then?.kind === 'directory' ? then.ids : undefined
    }
    return new PastDirectory(ids, this.#read)
  }

  /** All entries, if none was asked for before; `undefined` in place of those that cannot be read. */
  async all(): Promise<(TreeEntry | undefined)[]> {
    const entries: (TreeEntry | undefined)[] = []
    await this.#advance()
    while (this.#next !== undefined) {
      entries.push(this.#next)
      await this.#advance()
    }
    return this.#broken ? [...entries, undefined] : entries
  }

  async #advance(): Promise<void> {
    try {
      if (!this.#begun) {
        this.#begun = true
        const ids = await this.#ids()
        this.#entries = ids && readTree(ids, this.#read)
      }
      const step = await this.#entries?.next()
      this.#next = step?.done === false ? step.value : undefined
    } catch (thrown) {
      if (!UNREADABLE.includes(codeOf(thrown))) throw thrown
      this.#next = undefined
      this.#broken = true
    }
  }
}

/**
 * All chunks that a tree needs, its nodes' own first.
 * @param root ids of the chunks of its root's node
 * @throws KeeptabError what `read` throws, `malformed`
 */
export async function* chunksOfTree(
  root: Bytes,
  read: ReadChunk,
): AsyncGenerator<{ readonly kind: 'file' | 'tree'; readonly chunks: readonly ChunkId[] }, void, undefined> {
  yield { kind: 'tree', chunks: [...chunkIdsIn(root)] }
  for await (const entry of readTree(root, read)) {
    if (entry.kind === 'directory') yield* chunksOfTree(entry.ids, read)
    if (entry.kind !== 'file') continue
    if (entry.indirect) yield { kind: 'tree', chunks: [...chunkIdsIn(entry.ids)] }
    const chunks: ChunkId[] = []
    for await (const chunk of fileChunks(entry, read)) chunks.push(chunk)
    if (chunks.length > 0) yield { kind: 'file', chunks }
  }
}
