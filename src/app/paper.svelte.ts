/** Proves every quarter that the paper with the 24 words is still there and still readable, by asking for three of them. */
import type { AccountId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import type { PageMemory, RememberedPaper } from '../store/indexeddb-page-memory.ts'
import { random } from './compose.ts'
import { notInTheFuture, reminderDueAt } from './paper-reminder.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** How often a tab that stays open looks at the calendar. */
const LOOK_MS: Millis = 3_600_000

const loadChecks = () => import('../identity/paper-check.ts')

export class PaperState {
  readonly #memory: PageMemory
  #known = $state.raw<RememberedPaper>()
  /** The clock as of the last look: a screen does not change by itself between two of them. */
  #now = $state(Date.now())
  asking = $state(false)
  checking = $state(false)
  /** How the answer to the last question was: right, or not what this device remembers. */
  outcome = $state<'proved' | 'mismatch'>()
  trouble = $state.raw<Trouble>()

  /** Absent where this browser has not seen the words typed, as on a device that was added by another one. */
  readonly provedAt = $derived(this.#known?.provedAt)
  readonly dueAt = $derived(this.#known && reminderDueAt(this.#known))
  readonly due = $derived(this.dueAt !== undefined && this.dueAt <= this.#now)
  readonly #check = $derived(this.#known?.checks[this.#known.proofs % this.#known.checks.length])
  /** The places in the phrase that are asked for, from 1. */
  readonly questions = $derived(this.#check?.positions ?? [])

  constructor(memory: PageMemory) {
    this.#memory = memory
  }

  async load(account: AccountId): Promise<void> {
    const known = await this.#memory.paper()
    if (known?.account !== account) return
    this.#known = notInTheFuture(known, Date.now())
    setInterval(() => (this.#now = Date.now()), LOOK_MS)
    document.addEventListener('visibilitychange', () => (this.#now = Date.now()))
  }

  /** All 24 words were just read off the paper. Which of them are asked for later is decided once for all. */
  async proved(account: AccountId, words: readonly string[]): Promise<void> {
    const before = this.#known?.account === account ? this.#known : undefined
    const checks = before?.checks ?? (await (await loadChecks()).paperChecks(words, random))
    await this.#remember({ account, checks, proofs: (before?.proofs ?? 0) + 1, provedAt: Date.now() })
  }

  ask(): void {
    this.outcome = undefined
    this.asking = true
  }

  stopAsking(): void {
    this.asking = false
    this.outcome = undefined
  }

  postpone(): Promise<void> {
    return this.#attempt(async () => {
      this.stopAsking()
      if (this.#known !== undefined) await this.#remember({ ...this.#known, postponedAt: Date.now() })
    })
  }

  /** @param answers in the order of `questions` */
  answer(answers: readonly string[]): Promise<void> {
    return this.#attempt(async () => {
      const [known, check] = [this.#known, this.#check]
      if (known === undefined || check === undefined) return
      this.outcome = undefined
      const { provesPaper } = await loadChecks()
      if (await provesPaper(check, answers)) {
        const { account, checks, proofs } = known
        await this.#remember({ account, checks, proofs: proofs + 1, provedAt: Date.now() })
        this.asking = false
        this.outcome = 'proved'
      } else this.outcome = 'mismatch'
    })
  }

  async #remember(paper: RememberedPaper): Promise<void> {
    await this.#memory.setPaper(paper)
    this.#known = paper
    this.#now = Date.now()
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.trouble = undefined
    this.checking = true
    try {
      await work()
    } catch (thrown) {
      this.trouble = troubleOf(thrown)
    } finally {
      this.checking = false
    }
  }
}
