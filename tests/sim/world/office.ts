/** A coordinator with its disk: stopped, killed, put back to an older copy, its clock put forward and back. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccountId } from '../../../src/core/ids.ts'
import { CONDEMNED_MS } from '../../../src/protocol/condemnation.ts'
import { openDatabase } from '../../../signaling/db/database.ts'
import type { Stores } from '../../../signaling/db/stores.ts'
import { openCoordinator, type OpenCoordinator } from '../../../signaling/coordinator.ts'
import type { Diary, Fate } from './fate.ts'
import type { Site } from './line.ts'
import type { VirtualTime } from './time.ts'

// In memory where there is such a place: nobody waits for the disk of whoever else uses it.
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
/** A database without anything in it, made once. */
let blank: Promise<string> | undefined

/** Has to run before time is virtual. */
export const blankDatabase = (): Promise<string> =>
  (blank ??= (async () => {
    const folder = mkdtempSync(join(place, 'keeptab-blank-'))
    await (await openDatabase({ dataDir: folder })).close()
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    return folder
  })())

const MOST_HASTENED = 1000

export class Office implements Site {
  /** What its clock shows beyond the true time. */
  aheadMs = 0
  /** Lines of its log: errors and nothing else. */
  readonly errors: string[] = []
  now: OpenCoordinator | undefined
  readonly #folder: string
  #data: string
  #copies = 0
  readonly #time: VirtualTime
  readonly #fate: Fate
  readonly #diary: Diary
  /** Runs when its machine closes all that was open. */
  readonly #hangUp: () => void
  readonly #closing: Promise<unknown>[] = []

  constructor(
    blankFolder: string,
    { time, fate, diary, hangUp }: { time: VirtualTime; fate: Fate; diary: Diary; hangUp: () => void },
  ) {
    this.#folder = mkdtempSync(join(place, 'keeptab-world-'))
    this.#data = join(this.#folder, '0')
    cpSync(blankFolder, this.#data, { recursive: true })
    this.#time = time
    this.#fate = fate
    this.#diary = diary
    this.#hangUp = hangUp
  }

  /** Harmless while it is open. */
  async open(): Promise<void> {
    if (this.now !== undefined) return
    const time = this.#time
    this.now = await openCoordinator(
      {
        host: '',
        port: 0,
        dataDir: this.#data,
        oneMachine: false,
        pageDir: 'no-such-folder',
        name: 'of a seed',
        databaseUrl: undefined,
        stunUrls: [],
        turn: undefined,
        tls: undefined,
        trustProxy: false,
        networkTables: [],
        operatorToken: undefined,
        logLevel: 'error',
      },
      {
        clock: { now: () => Math.floor(time.now() + this.aheadMs) },
        stopwatch: { now: () => time.now() },
        random: this.#fate.random(),
        logTo: { write: (line) => void this.errors.push(line) },
      },
    )
    this.#diary.note('the coordinator is there')
  }

  /** As an operator stops it. */
  async stop(): Promise<void> {
    const coordinator = this.now
    if (coordinator === undefined) return
    this.#diary.note('the coordinator stops')
    coordinator.leave()
    await this.#time.sleep(1000)
    this.now = undefined
    this.#hangUp()
    await coordinator.close()
  }

  /** As its machine loses power: what was on its disk then is what there is. */
  kill(): void {
    const coordinator = this.now
    if (coordinator === undefined) return
    this.#diary.note('the coordinator is killed')
    const data = this.copy()
    this.now = undefined
    this.#hangUp()
    coordinator.leave()
    this.#closing.push(coordinator.close())
    this.#data = data
  }

  /** What is on its disk now. @returns for `putBack` */
  copy(): string {
    this.#copies += 1
    const copy = join(this.#folder, String(this.#copies))
    cpSync(this.#data, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') })
    return copy
  }

  /** An older copy comes back. While it is down. */
  putBack(copy: string): void {
    this.#diary.note('an older copy comes back')
    this.#copies += 1
    this.#data = join(this.#folder, String(this.#copies))
    cpSync(copy, this.#data, { recursive: true })
  }

  /** What it has written down. */
  async look<T>(at: (stores: Stores) => Promise<T>): Promise<T> {
    const database = await openDatabase({ dataDir: this.#data })
    try {
      return await database.transaction(at)
    } finally {
      await database.close()
    }
  }

  /** It lies: the 30 days of whatever this account has condemned are over by its books. */
  async hasten(account: AccountId): Promise<void> {
    await this.look(async ({ condemnations }) => {
      for (const one of await condemnations.ofOwner(account, '', MOST_HASTENED)) {
        if (one.droppedAt !== undefined) continue
        await condemnations.remove(one.pack)
        const { since, servedAt } = one
        await condemnations.add({ ...one, since: since - CONDEMNED_MS, servedAt: servedAt - CONDEMNED_MS })
      }
    })
  }

  async dispose(): Promise<void> {
    await this.stop()
    await Promise.all(this.#closing)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
