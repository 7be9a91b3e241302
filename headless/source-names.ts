/**
 * What a data folder calls the places that were backed up: the file `sources` beside what it remembers of its backups.
 * A place keeps its name whatever is named beside it, or before it: of two folders `docs` the next backup would otherwise
 * take one for the other. One that is damaged is none: places are named anew, in the order in which they are given.
 */
import { basename, join } from 'node:path'
import { z } from 'zod'
import { codeOf } from '../src/core/errors.ts'
import { unusedName } from '../src/core/unused-name.ts'
import { decode, encode } from '../src/core/wire.ts'
import { readIfThere, writeDurably } from './durable-files.ts'

/** A folder, or files of one that were named singly. */
export interface Place {
  readonly kind: 'folder' | 'files'
  /** Absolute, of the folder. */
  readonly path: string
}

const schema = z.strictObject({ v: z.literal(1), names: z.array(z.tuple([z.string(), z.string()])) })

export class SourceNames {
  readonly #names: Map<string, string>
  #isSaved = true

  constructor(names: Iterable<readonly [string, string]> = []) {
    this.#names = new Map(names)
  }

  /** @throws KeeptabError `store-failed` */
  static async load(ownerDirectory: string): Promise<SourceNames> {
    const bytes = await readIfThere(fileIn(ownerDirectory))
    try {
      return new SourceNames(bytes && decode(schema, bytes).names)
    } catch (thrown) {
      if (codeOf(thrown) === 'internal') throw thrown
      return new SourceNames()
    }
  }

  /** Into a folder that is there. @throws KeeptabError `store-failed`, `store-full` */
  async save(ownerDirectory: string): Promise<void> {
    if (this.#isSaved) return
    await writeDurably(fileIn(ownerDirectory), encode({ v: 1, names: [...this.#names].map((pair) => [...pair]) }))
    this.#isSaved = true
  }

  has(place: Place): boolean {
    return this.#names.has(keyOf(place))
  }

  /** The name of a place; one that has none yet gets that of its folder, made different from all others. */
  of(place: Place): string {
    const known = this.#names.get(keyOf(place))
    if (known !== undefined) return known
    const name = unusedName(basename(place.path) || 'root', this.#names.values())
    this.#names.set(keyOf(place), name)
    this.#isSaved = false
    return name
  }
}

const keyOf = ({ kind, path }: Place): string => `${kind}:${path}`
const fileIn = (ownerDirectory: string): string => join(ownerDirectory, 'sources')
