/** Proves once a week, and whenever the person wants to know, that what is kept comes back from nothing. */
import { codeOf } from '../core/errors.ts'
import type { ByteCount, Millis } from '../core/units.ts'
import { drillDueAt } from '../backup/drill-due.ts'
import { isElsewhere, isStruck, unprovenSince } from '../backup/proof.ts'
import type { PageMemory } from '../store/indexeddb-page-memory.ts'
import type { RememberedDrill } from '../store/remembered-drill.ts'
import type { AccountState } from './account.svelte.ts'
import type { Engine } from './compose.ts'
import type { Hold } from './power.svelte.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** Longest sleep: a machine that was asleep and a clock that was set are noticed this soon. */
const LOOK_EVERY_MS: Millis = 60_000

/** How far a source is proven to come back. */
export interface SourceProof {
  readonly provenAt: Millis | undefined
  /** The last drill could not bring all of it back. */
  readonly failed: { readonly at: Millis; readonly away: boolean } | undefined
}

export class DrillState {
  readonly #memory: PageMemory
  readonly #account: AccountState
  readonly #engine: () => Promise<Engine>
  readonly #backedUpAt: () => Millis | undefined
  /** When the last backup had ended before the work that goes first now. */
  #before: Millis | undefined
  #stop: AbortController | undefined
  #seenAt: Millis | undefined
  #triedAt: Millis | undefined
  /** Begun, and broken off for something that goes first. */
  #goesOn = false
  #awake = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #remembered = $state.raw<RememberedDrill>()

  running = $state(false)
  progress = $state.raw<{ readonly files: number; readonly bytesRead: ByteCount }>()
  /** Why none can run now: other work goes first, or work is held. */
  blocked = $state<'work' | Hold>()
  trouble = $state.raw<Trouble>()

  /** Of this account; another one's is nobody's any more. */
  readonly last = $derived.by(() =>
    this.#remembered?.account === this.#account.identity?.account ? this.#remembered : undefined,
  )
  readonly provenAt = $derived(this.last?.provenAt)
  readonly failed = $derived(this.last?.failed)
  /** The last one failed, and only in what other devices have backed up. */
  readonly elsewhere = $derived.by(
    () => this.failed !== undefined && isElsewhere(this.failed, this.#account.identity?.device),
  )

  /** @param backedUpAt when the last backup of this browser ended */
  constructor(
    memory: PageMemory,
    account: AccountState,
    engine: () => Promise<Engine>,
    backedUpAt: () => Millis | undefined,
  ) {
    this.#memory = memory
    this.#account = account
    this.#engine = engine
    this.#backedUpAt = backedUpAt
  }

  async load(): Promise<void> {
    this.#remembered = await this.#memory.drill()
  }

  /** From now on, for as long as the page lives. */
  wake(): void {
    this.#awake = true
    document.addEventListener('visibilitychange', () => this.#look())
    addEventListener('online', () => this.#look())
    this.#look()
  }

  proofOf(name: string): SourceProof {
    const { failed } = this
    const isFailed = failed !== undefined && isStruck(failed, name, this.#account.identity?.device)
    return { provenAt: this.last?.sources.get(name), failed: isFailed ? failed : undefined }
  }

  /** There is a reason to worry about a source. */
  isWorrying(name: string): boolean {
    return this.proofOf(name).failed !== undefined && unprovenSince(this.failed, Date.now()) !== undefined
  }

  /** Breaks off for what goes first, and begins again then. @param blocked `undefined`: it has passed */
  giveWay(blocked: 'work' | Hold | undefined): void {
    if (blocked === 'work' && this.blocked !== 'work') this.#before = this.#backedUpAt()
    this.blocked = blocked
    if (blocked === undefined) {
      // A page that is open for as long as a backup takes has no quiet minutes: after its work they are not waited for.
      if (this.#before !== undefined) this.#seenAt = Math.min(this.#before, this.#seenAt ?? Infinity)
      this.#look()
    } else if (this.running) {
      this.#goesOn = true
      this.#stop?.abort()
    }
  }

  /** Ends the one that runs; the next comes in its time. */
  cancel(): void {
    this.#stop?.abort()
  }

  /**
   * Runs one to its end. Only an end is remembered: one that is cut off is as if it had not been.
   * @param asked by a person, who is told why there was no end
   */
  async start(asked = true): Promise<void> {
    if (this.running || this.blocked !== undefined) return
    const { signal } = (this.#stop = new AbortController())
    this.running = true
    this.#goesOn = false
    this.#triedAt = Date.now()
    this.trouble = this.progress = undefined
    try {
      const [{ drill }, { rememberedOf }, { emptyOwnerShelf, MemoryOwnerState }, { owner }] = await Promise.all([
        import('../backup/drill.ts'),
        import('../backup/drill-remembered.ts'),
        import('../store/memory.ts'),
        this.#engine(),
      ])
      const report = await drill(owner, new MemoryOwnerState(emptyOwnerShelf()), {
        signal,
        again: this.failed?.failures ?? [],
        onProgress: (progress) => (this.progress = progress),
      })
      const remembered = rememberedOf(report, this.last, owner.identity)
      await this.#memory.setDrill(remembered)
      this.#remembered = remembered
    } catch (thrown) {
      if (asked && codeOf(thrown) !== 'aborted') this.trouble = troubleOf(thrown)
    }
    this.running = false
    this.#look()
  }

  /** Begins what is due, or sleeps until something may be. */
  #look(): void {
    if (!this.#awake) return
    clearTimeout(this.#timer)
    const now = Date.now()
    if (
      !this.running &&
      this.blocked === undefined &&
      this.#account.identity !== undefined &&
      this.#backedUpAt() !== undefined
    ) {
      this.#seenAt ??= now
      const { provenAt, failed } = this
      const at = drillDueAt({ now, seenAt: this.#seenAt, provenAt, failed, triedAt: this.#triedAt })
      if (this.#goesOn || at <= now) void this.start(false)
    }
    this.#timer = setTimeout(() => this.#look(), LOOK_EVERY_MS)
  }
}
