/** What the page itself remembers between visits: the chosen folders, how the last backup went, what is kept for others. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { KeeptabError } from '../core/errors.ts'
import type { HiddenRecord } from './hidden-record.ts'
import type { RememberedDrill } from './remembered-drill.ts'
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
  /** When it was chosen last. Not of all versions. */
  readonly chosenAt?: Millis | undefined
  readonly files?: number | undefined
  readonly bytes?: ByteCount | undefined
  /** When it was last part of a finished backup. */
  readonly backedUpAt?: Millis | undefined
  /** Ignore rules besides the defaults and those that lie in it. */
  readonly rules?: { readonly text: string; readonly defaults: boolean } | undefined
  /** Left out of backups until the person says otherwise; its last version stays kept. */
  readonly paused?: boolean | undefined
  readonly conflict?: Conflict | undefined
  readonly leftOut?: LeftOut | undefined
  /** Without a handle: what is at the top of it, to tell whether the same is chosen again. Not of all versions. */
  readonly names?: readonly string[] | undefined
}

/** What a backup left out of a source, or keeps otherwise than it is: grouped, because rules leave out by the thousand. */
export interface LeftOut {
  readonly groups: readonly {
    readonly what: 'ignored' | 'unreadable' | 'last-version' | 'changed-while-read'
    /** The rule, or the reason: the browser's name for it, or one of ours. */
    readonly detail: string
    readonly count: number
    /** The first of them. */
    readonly paths: readonly string[]
  }[]
}

/** How a source meets another one in the list. */
export interface Conflict {
  /** `renamed`: another one has its name. `inside`: it lies in the other, `around`: the other lies in it. */
  readonly what: 'renamed' | 'inside' | 'around'
  readonly other: string
}

/** A backup that was begun and has not ended. */
export interface UnfinishedBackup {
  readonly startedAt: Millis
}

/** When folders are read again, and whether the person has stopped all of it for a while. */
export interface BackupPlan {
  readonly every: 'quarter' | 'hour' | 'day' | 'hand'
  readonly paused: boolean
  /** Reads all files each time, also those that seem unchanged. */
  readonly everyByte: boolean
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
  /** When a pause ends by itself; absent: when its person says so. */
  readonly pausedUntil?: Millis | undefined
  readonly limitBytes: ByteCount
  readonly limits?: {
    readonly uploadRate?: ByteCount | undefined
    readonly downloadRate?: ByteCount | undefined
    readonly monthBytes?: ByteCount | undefined
    /** Seven days from Monday, of each its hours as bits. */
    readonly hours?: readonly number[] | undefined
  }
  /** Everything goes to others, and then keeping stops. */
  readonly leaving?: boolean
}

/** What a person says of the tab that the page cannot find out. */
export interface Ladder {
  readonly pinned: boolean
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

export type NoticeKind = 'at-risk' | 'overdue' | 'failed' | 'unproven' | 'permission' | 'lost'

export interface NoticeSettings {
  readonly on: Readonly<Record<NoticeKind, boolean>>
  readonly overdueDays: number
  /** Hours in which nothing is shown, perhaps past midnight; none when they are the same. */
  readonly quiet: { readonly fromHour: number; readonly toHour: number }
}

export interface RememberedNotices {
  readonly settings: NoticeSettings
  /** The things that are wrong and were told, by name. */
  readonly told: Readonly<Record<NoticeKind, readonly string[]>>
  /** Those that wait for the end of the quiet hours. */
  readonly held: Readonly<Record<NoticeKind, readonly string[]>>
  /** When a backup that bears a time in the future is taken to have ended. */
  readonly believed?: { readonly of: Millis; readonly at: Millis }
  /** What is to be told from `at` on when no tab is open to do it, and the name under which it then counts as told. */
  readonly plan?:
    | { readonly at: Millis; readonly thing: string; readonly title: string; readonly options: NotificationOptions }
    | undefined
}

interface PageSchema extends DBSchema {
  folders: { key: string; value: RememberedFolder }
  facts: {
    key:
      'lastBackup' | 'keeping' | 'ladder' | 'paper' | 'unfinishedBackup' | 'backupPlan' | 'notices' | 'drill' | 'hidden'
    value:
      | LastBackup
      | KeepingWish
      | Ladder
      | RememberedPaper
      | UnfinishedBackup
      | BackupPlan
      | RememberedNotices
      | RememberedDrill
      | HiddenRecord
  }
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

  /** Forgets what is of an account: its folders, backups and paper, and that this browser keeps for others in its name. */
  async forgetAccount(): Promise<void> {
    const tx = this.#db.transaction(['folders', 'facts'], 'readwrite')
    const facts = [
      'lastBackup',
      'unfinishedBackup',
      'backupPlan',
      'paper',
      'notices',
      'drill',
      'keeping',
      'hidden',
    ] as const
    const forgotten = facts.map((fact) => tx.objectStore('facts').delete(fact))
    await orStoreFailed(Promise.all([tx.objectStore('folders').clear(), ...forgotten, tx.done]))
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

  async unfinishedBackup(): Promise<UnfinishedBackup | undefined> {
    return (await orStoreFailed(this.#db.get('facts', 'unfinishedBackup'))) as UnfinishedBackup | undefined
  }

  /** @param backup `undefined` when it has ended */
  async setUnfinishedBackup(backup: UnfinishedBackup | undefined): Promise<void> {
    if (backup === undefined) await orStoreFailed(this.#db.delete('facts', 'unfinishedBackup'))
    else await orStoreFailed(this.#db.put('facts', backup, 'unfinishedBackup'))
  }

  async backupPlan(): Promise<BackupPlan | undefined> {
    return (await orStoreFailed(this.#db.get('facts', 'backupPlan'))) as BackupPlan | undefined
  }

  async setBackupPlan(plan: BackupPlan): Promise<void> {
    await orStoreFailed(this.#db.put('facts', plan, 'backupPlan'))
  }

  async keeping(): Promise<KeepingWish | undefined> {
    return (await orStoreFailed(this.#db.get('facts', 'keeping'))) as KeepingWish | undefined
  }

  async ladder(): Promise<Ladder | undefined> {
    return (await orStoreFailed(this.#db.get('facts', 'ladder'))) as Ladder | undefined
  }

  async setLadder(ladder: Ladder): Promise<void> {
    await orStoreFailed(this.#db.put('facts', ladder, 'ladder'))
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

  async drill(): Promise<RememberedDrill | undefined> {
    return (await orStoreFailed(this.#db.get('facts', 'drill'))) as RememberedDrill | undefined
  }

  async setDrill(drill: RememberedDrill): Promise<void> {
    await orStoreFailed(this.#db.put('facts', drill, 'drill'))
  }

  async hiddenRecord(): Promise<HiddenRecord | undefined> {
    return (await orStoreFailed(this.#db.get('facts', 'hidden'))) as HiddenRecord | undefined
  }

  async setHiddenRecord(record: HiddenRecord): Promise<void> {
    await orStoreFailed(this.#db.put('facts', record, 'hidden'))
  }

  async notices(): Promise<RememberedNotices | undefined> {
    return (await orStoreFailed(this.#db.get('facts', 'notices'))) as RememberedNotices | undefined
  }

  async setNotices(notices: RememberedNotices): Promise<void> {
    await orStoreFailed(this.#db.put('facts', notices, 'notices'))
  }
}

async function orStoreFailed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw new KeeptabError('store-failed', undefined, {}, cause)
  }
}
