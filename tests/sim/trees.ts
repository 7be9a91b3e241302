/** Sources of snapshots out of a few words, with the chunks of their trees at hand. */
import { utf8, type Bytes } from '../../src/core/bytes.ts'
import { idOf, parseChunkId, type ChunkId } from '../../src/core/ids.ts'
import { dailyKeys } from '../../src/identity/keys.ts'
import type { SnapshotSource } from '../../src/snapshot/manifest.ts'
import { chunkId } from '../../src/snapshot/seal.ts'
import { TreeBuilder } from '../../src/snapshot/tree.ts'
import { noise } from './network.ts'

/** A directory; files by their content, a number, which is their size, too. Links begin with `->`. */
export interface Folder {
  readonly [name: string]: Folder | number | `->${string}`
}

const keys = await dailyKeys(noise('keys', 32), 0)

/** Keeps the chunks of all trees together, and counts the reads. */
export class Trees {
  reads = 0
  readonly #chunks = new Map<ChunkId, Bytes>()
  readonly read = (id: ChunkId): Promise<Bytes> => {
    this.reads += 1
    const bytes = this.#chunks.get(id)
    return bytes === undefined ? Promise.reject(new Error('no such chunk')) : Promise.resolve(bytes)
  }

  /** A list of sources, one for each folder in it. */
  async sources(folder: Folder): Promise<SnapshotSource[]> {
    const sources: SnapshotSource[] = []
    for (const [name, inside] of Object.entries(folder))
      if (typeof inside === 'object') sources.push(await this.source(name, inside))
    return sources
  }

  async source(name: string, folder: Folder): Promise<SnapshotSource> {
    const tree = new TreeBuilder(keys.gear, async (plain) => {
      const id = await chunkId(keys, plain)
      this.#chunks.set(id, plain)
      return id
    })
    await fill(tree, folder)
    const facts = { files: 0, directories: 0, symlinks: 0, leftOut: 0, bytes: 0 }
    return { name, way: 'path', root: await tree.finish(), ...facts }
  }
}

async function fill(tree: TreeBuilder, folder: Folder): Promise<void> {
  for (const [name, inside] of Object.entries(folder)) {
    if (typeof inside === 'number') {
      const chunks = inside === 0 ? [] : [idOf(parseChunkId, noise(`content ${inside}`, 32))]
      await tree.file(utf8(name), inside, chunks, { modifiedMicros: 1 })
    } else if (typeof inside === 'string') tree.symlink(utf8(name), utf8(inside.slice(2)))
    else {
      tree.enter(utf8(name))
      await fill(tree, inside)
      await tree.leave()
    }
  }
}
