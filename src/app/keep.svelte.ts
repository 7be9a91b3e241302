/** Keeping shards for others in this tab. */
import { codeOf } from '../core/errors.ts'
import type { Keeper, KeeperState } from '../keeping/keeper.ts'
import type { KeepingLimits } from '../keeping/limits.ts'
import { HOUR, GB, type ByteCount, type Millis } from '../core/units.ts'
import { LONGEST_ANNOUNCED_MS } from '../durability/presence.ts'
import type { PageMemory } from '../store/indexeddb-page-memory.ts'
import type { AccountState } from './account.svelte.ts'
import type { Engine } from './compose.ts'
import { LadderState } from './ladder.svelte.ts'
import type { Message } from './language.svelte.ts'
import type { Hold } from './power.svelte.ts'
import { keepSentence } from './sentences.ts'
import { troubleOf, type Trouble } from './trouble.ts'

const USUAL_LIMIT_BYTES = 10 * GB
/** The browser's figures are padded and its storage is shared with our own backups: so much is never offered. */
const RESERVE_BYTES = GB

/** Between two tries to go on keeping while the coordinator is away. */
const RETRY_MS: Millis = 15_000
/** Tomorrow begins when people are up. */
const MORNING_HOUR = 7

const nothingMoved = { servedBytes: 0, receivedBytes: 0 }
const nothing: KeeperState = {
  online: false,
  paused: false,
  limitBytes: 0,
  usedBytes: 0,
  shards: 0,
  owners: 0,
  ...nothingMoved,
  month: nothingMoved,
  allTime: nothingMoved,
  lost: 0,
  audits: { asked: 0, inTime: 0 },
}

export type PauseLength = 'hour' | 'tomorrow' | 'week' | 'open'

export class KeepState {
  readonly #memory: PageMemory
  readonly #account: AccountState
  readonly #engine: () => Promise<Engine>
  #keeper: Keeper | undefined
  #pause: { readonly until?: Millis | undefined } | undefined
  /** Whether its person wants this tab to keep: written down before anything is done about it. `on` is what is. */
  #wanted = false

  readonly ladder: LadderState
  on = $state(false)
  starting = $state(false)
  kept = $state.raw<KeeperState>(nothing)
  limits = $state.raw<KeepingLimits>({ limitBytes: USUAL_LIMIT_BYTES })
  /** Everything goes to others, and then keeping stops. */
  leaving = $state(false)
  /** What the browser would let us have, less a reserve; absent where it does not say. */
  roomBytes = $state<ByteCount>()
  /** Why nothing new is taken although nobody has paused. */
  held = $state.raw<Hold>()
  trouble = $state.raw<Trouble>()

  readonly sentence = $derived<Message>(
    this.starting
      ? { id: 'keep.sentence.starting' }
      : keepSentence({ on: this.on, leaving: this.leaving, ...this.kept }),
  )

  constructor(memory: PageMemory, account: AccountState, engine: () => Promise<Engine>) {
    this.#memory = memory
    this.#account = account
    this.#engine = engine
    this.ladder = new LadderState(memory)
  }

  /** Goes on keeping when it was on before, also after another tab has closed. */
  async load(): Promise<void> {
    const [estimate] = await Promise.all([navigator.storage.estimate(), this.ladder.load()])
    if (estimate.quota !== undefined) this.roomBytes = Math.max(0, estimate.quota - RESERVE_BYTES)
    const wish = await this.#memory.keeping()
    const limitBytes = wish?.limitBytes ?? Math.min(USUAL_LIMIT_BYTES, this.roomBytes ?? Infinity)
    this.limits = { ...wish?.limits, limitBytes }
    this.leaving = wish?.leaving ?? false
    // Until its person says so, or until a time that may have passed while no tab was open.
    if (wish?.paused === true) this.#pause = { until: wish.pausedUntil }
    this.#wanted = wish?.on ?? false
    if (this.#wanted) await this.#goOn()
  }

  async start(): Promise<void> {
    this.leaving = false // whoever stopped in the middle of giving back and starts again means to keep
    this.#wanted = true
    await this.#start()
    // Asked for now, because a browser grants it more gladly after something of value was done.
    await this.ladder.persist()
  }

  /** Announced to the network together with the time of return. */
  pause(length: PauseLength): Promise<void> {
    return this.#attempt(async () => {
      this.#pause = { until: endOf(length, Date.now()) }
      // Written down first: to be told, the network may have to come back.
      await this.#remember()
      await this.#rest()
    })
  }

  resume(): Promise<void> {
    return this.#attempt(async () => {
      this.#pause = undefined
      await this.#remember()
      await this.#rest()
    })
  }

  /** Takes nothing new for a reason that passes by itself. @param why `undefined`: it has passed */
  hold(why: Hold | undefined): Promise<void> {
    return this.#attempt(async () => {
      this.held = why
      await this.#rest()
    })
  }

  /** What lies beyond a lower limit of space goes to others. */
  limit(change: Partial<KeepingLimits>): Promise<void> {
    return this.#attempt(async () => {
      const limits = { ...this.limits, ...change }
      this.limits = { ...limits, limitBytes: Math.min(limits.limitBytes, this.roomBytes ?? Infinity) }
      await this.#remember()
      await this.#keeper?.setLimits(this.#inForce)
    })
  }

  /** Everything that is kept goes to others; keeping stops when all of it has. */
  giveBack(): Promise<void> {
    return this.#attempt(async () => {
      this.leaving = true
      await this.#remember()
      await this.#keeper?.setLimits(this.#inForce)
      await this.#stopWhenEmpty()
    })
  }

  /** Keeps what has not gone yet. */
  stay(): Promise<void> {
    return this.#attempt(async () => {
      this.leaving = false
      await this.#remember()
      await this.#keeper?.setLimits(this.#inForce)
    })
  }

  stop(): Promise<void> {
    return this.#attempt(async () => {
      this.#wanted = false
      await this.#remember()
      const keeper = this.#keeper
      this.#keeper = undefined
      try {
        await keeper?.stop()
      } finally {
        this.on = false
        this.kept = nothing
      }
    })
  }

  /**
   * What was kept is gone: others make it again the sooner, the sooner they hear of it. Tries for as long as the page lives.
   * @throws KeeptabError as the coordinator, when it was reached
   */
  async lostAll(): Promise<void> {
    const keeper = this.#keeper
    this.#keeper = undefined
    this.on = false
    for (;;) {
      try {
        await keeper?.lostAll()
        return
      } catch (thrown) {
        if (codeOf(thrown) !== 'coordinator-unreachable') throw thrown
      }
    }
  }

  /** What is paused: by the person until a time, or by what holds it for as long as it does. */
  get #resting(): { readonly until?: Millis | undefined } | undefined {
    return this.held === undefined ? this.#pause : {}
  }

  async #rest(): Promise<void> {
    if (this.#resting === undefined) await this.#keeper?.resume()
    else await this.#keeper?.pause(this.#resting.until)
  }

  get #inForce(): KeepingLimits {
    return this.leaving ? { ...this.limits, limitBytes: 0 } : this.limits
  }

  /** Nobody is here to press a button again: tries until the coordinator can be reached. */
  async #goOn(): Promise<void> {
    for (;;) {
      await this.#start()
      if (this.trouble?.code !== 'coordinator-unreachable') return
      await new Promise((resolve) => {
        setTimeout(resolve, RETRY_MS)
        addEventListener('online', resolve, { once: true })
      })
    }
  }

  #start(): Promise<void> {
    return this.#attempt(async () => {
      if (this.on || this.starting) return
      this.starting = true
      try {
        await this.#account.ensure()
        await this.#remember()
        const engine = await this.#engine()
        this.#keeper = await engine.startKeeping({ ...this.#inForce, pause: this.#resting })
        this.kept = this.#keeper.state()
        this.#keeper.onChange((state) => {
          this.kept = state
          void this.#stopWhenEmpty()
        })
        this.on = true
        // What was asked for while it was starting found no keeper yet.
        await this.#keeper.setLimits(this.#inForce)
        await this.#rest()
      } finally {
        this.starting = false
      }
    })
  }

  async #stopWhenEmpty(): Promise<void> {
    const { usedBytes, giving } = this.kept
    if (!this.leaving || this.#keeper === undefined || usedBytes > 0 || giving !== undefined) return
    this.leaving = false
    await this.stop()
  }

  async #remember(): Promise<void> {
    const { leaving } = this
    const on = this.#wanted
    const { limitBytes, ...limits } = this.limits
    const paused = this.#pause !== undefined
    await this.#memory.setKeeping({ on, paused, pausedUntil: this.#pause?.until, limitBytes, limits, leaving })
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.trouble = undefined
    try {
      await work()
    } catch (thrown) {
      this.trouble = troubleOf(thrown)
    }
  }
}

function endOf(length: PauseLength, now: Millis): Millis | undefined {
  if (length === 'open') return undefined
  if (length === 'hour') return now + HOUR
  // No longer absence is waited for at once.
  if (length === 'week') return now + LONGEST_ANNOUNCED_MS
  const today = new Date(now)
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1, MORNING_HOUR).getTime()
}
