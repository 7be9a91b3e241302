/** What the page itself remembers between visits: the chosen folders, how the last backup went, what is kept for others. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { KeeptabError } from '../core/errors.ts'
import type { AccountId, SnapshotId } from '../core/ids.ts'
import type { ByteCount, Millis } from '../core/units.ts'
import type { PaperCheck } from '../identity/paper-check.ts'

/** A source that was chosen once. */
export interface RememberedFolder {
  readonly id: string
  readonly name: string
  readonly way: 'folder' | 'drop' | 'files'
  /** Absent where the browser gives out no lasting handle: then it must be chosen again for each backup. */
  readonly handle?: FileSystemDirectoryHandle | undefined
  readonly files?: number | undefined
  readonly bytes?: ByteCount | undefined
  /** When it was last part of a finished backup. */
  readonly backedUpAt?: Millis | undefined
}

export interface LastBackup {
  readonly startedAt: Millis
  /** Absent when it was broken off. */
  readonly finished?: {
    readonly at: Millis
    readonly snapshot: SnapshotId
    readonly state: 'safe' | 'spreading'
    /** All keepers ran on one machine. */
    readonly oneMachine: boolean
  }
}

export interface KeepingWish {
  readonly on: boolean
  readonly paused: boolean
  readonly limitBytes: ByteCount
}

/** By what the paper with the 24 words is checked, and when it was. */
export interface RememberedPaper {
  /** Whose words they are. */
  readonly account: AccountId
  readonly checks: readonly PaperCheck[]
  /** How often the paper was proved: says which of the checks is next. */
  readonly proofs: number
  readonly provedAt: Millis
  readonly postponedAt?: Millis | undefined
}

interface PageSchema extends DBSchema {
  folders: { key: string; value: RememberedFolder }
  facts: { key: 'lastBackup' | 'keeping' | 'paper'; value: LastBackup | KeepingWish | RememberedPaper }
}

/** A database of its own, because nothing in it is worth a migration. Every method may throw KeeptabError `store-failed`. */
export class PageMemory {
  readonly #db: IDBPDatabase<PageSchema>

  private constructor(db: IDBPDatabase<PageSchema>) {
    this.#db = db
  }

  static async open(name = 'keeptab-page'): Promise<PageMemory> {
    return new PageMemory(
      await orStoreFailed(
        openDB<PageSchema>(name, 1, {
          upgrade(db) {
            db.createObjectStore('folders', { keyPath: 'id' })
            db.createObjectStore('facts')
          },
        }),
      ),
    )
  }

  folders(): Promise<RememberedFolder[]> {
    return orStoreFailed(this.#db.getAll('folders'))
  }

  async rememberFolder(folder: RememberedFolder): Promise<void> {
    await orStoreFailed(this.#db.put('folders', folder))
  }

  forgetFolder(id: string): Promise<void> {
    return orStoreFailed(this.#db.delete('folders', id))
  }

  async lastBackup(): Promise<LastBackup | undefined> {
    return (await orStoreFailed(this.#db.get('facts', 'lastBackup'))) as LastBackup | undefined
  }

  async setLastBackup(last: LastBackup): Promise<void> {
    await orStoreFailed(this.#db.put('facts', last, 'lastBackup'))
  }

  async keeping(): Promise<KeepingWish | undefined> {
    return (await orStoreFailed(this.#db.get('facts', 'keeping'))) as KeepingWish | undefined
  }

  async setKeeping(wish: KeepingWish): Promise<void> {
    await orStoreFailed(this.#db.put('facts', wish, 'keeping'))
  }

  async paper(): Promise<RememberedPaper | undefined> {
    return (await orStoreFailed(this.#db.get('facts', 'paper'))) as RememberedPaper | undefined
  }

  async setPaper(paper: RememberedPaper): Promise<void> {
    await orStoreFailed(this.#db.put('facts', paper, 'paper'))
  }
}

async function orStoreFailed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw new KeeptabError('store-failed', undefined, {}, cause)
  }
}
