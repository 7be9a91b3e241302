/** Keeping shards for others in this tab. */
import type { Keeper, KeeperState } from '../keeping/keeper.ts'
import { GB, type ByteCount, type Millis } from '../core/units.ts'
import type { PageMemory } from '../store/indexeddb-page-memory.ts'
import type { AccountState } from './account.svelte.ts'
import type { Engine } from './compose.ts'
import type { Message } from './language.svelte.ts'
import type { Hold } from './power.svelte.ts'
import { keepSentence } from './sentences.ts'
import { troubleOf, type Trouble } from './trouble.ts'

const USUAL_LIMIT_BYTES = 10 * GB
/** The browser's figures are padded and its storage is shared with our own backups: so much is never offered. */
const RESERVE_BYTES = GB

/** Between two tries to go on keeping while the coordinator is away. */
const RETRY_MS: Millis = 15_000

const nothing: KeeperState = {
  online: false,
  paused: false,
  limitBytes: 0,
  usedBytes: 0,
  shards: 0,
  owners: 0,
  servedBytes: 0,
  receivedBytes: 0,
  month: { servedBytes: 0, receivedBytes: 0 },
  allTime: { servedBytes: 0, receivedBytes: 0 },
  lost: 0,
}

export class KeepState {
  readonly #memory: PageMemory
  readonly #account: AccountState
  readonly #engine: () => Promise<Engine>
  #keeper: Keeper | undefined
  /** The person has paused, whatever else holds it. */
  #paused = false

  on = $state(false)
  starting = $state(false)
  kept = $state.raw<KeeperState>(nothing)
  limitBytes = $state<ByteCount>(USUAL_LIMIT_BYTES)
  /** What the browser would let us have, less a reserve; absent where it does not say. */
  roomBytes = $state<ByteCount>()
  /** Whether the browser promised not to throw the kept away when the disk gets full. */
  persisted = $state(false)
  /** Why nothing new is taken although nobody has paused. */
  held = $state.raw<Hold>()
  trouble = $state.raw<Trouble>()

  readonly sentence = $derived.by((): Message =>
    this.starting ? { id: 'keep.sentence.starting' } : keepSentence({ on: this.on, ...this.kept }),
  )

  constructor(memory: PageMemory, account: AccountState, engine: () => Promise<Engine>) {
    this.#memory = memory
    this.#account = account
    this.#engine = engine
  }

  /** Goes on keeping when it was on before, also after another tab has closed. */
  async load(): Promise<void> {
    const [estimate, persisted] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()])
    this.persisted = persisted
    if (estimate.quota !== undefined) this.roomBytes = Math.max(0, estimate.quota - RESERVE_BYTES)
    const wish = await this.#memory.keeping()
    this.limitBytes = wish?.limitBytes ?? Math.min(USUAL_LIMIT_BYTES, this.roomBytes ?? Infinity)
    if (wish?.on === true) await this.#goOn(wish.paused)
  }

  async start(): Promise<void> {
    await this.#start(false)
    // Asked for now, because a browser grants it more gladly after something of value was done.
    this.persisted ||= await navigator.storage.persist()
  }

  pause(): Promise<void> {
    return this.#attempt(async () => {
      this.#paused = true
      await this.#keeper?.pause()
      await this.#remember()
    })
  }

  resume(): Promise<void> {
    return this.#attempt(async () => {
      this.#paused = false
      if (this.held === undefined) await this.#keeper?.resume()
      await this.#remember()
    })
  }

  /** Takes nothing new for a reason that passes by itself. @param why `undefined`: it has passed */
  hold(why: Hold | undefined): Promise<void> {
    return this.#attempt(async () => {
      this.held = why
      if (why !== undefined) await this.#keeper?.pause()
      else if (!this.#paused) await this.#keeper?.resume()
    })
  }

  setLimit(limitBytes: ByteCount): Promise<void> {
    return this.#attempt(async () => {
      this.limitBytes = Math.min(limitBytes, this.roomBytes ?? Infinity)
      await this.#keeper?.setLimits({ limitBytes: this.limitBytes })
      await this.#remember()
    })
  }

  stop(): Promise<void> {
    return this.#attempt(async () => {
      await this.#keeper?.stop()
      this.#keeper = undefined
      this.on = false
      this.kept = nothing
      await this.#remember()
    })
  }

  /** Nobody is here to press a button again: tries until the coordinator can be reached. */
  async #goOn(paused: boolean): Promise<void> {
    for (;;) {
      await this.#start(paused)
      if (this.trouble?.code !== 'coordinator-unreachable') return
      await new Promise((resolve) => {
        setTimeout(resolve, RETRY_MS)
        addEventListener('online', resolve, { once: true })
      })
    }
  }

  #start(paused: boolean): Promise<void> {
    return this.#attempt(async () => {
      if (this.on || this.starting) return
      this.starting = true
      try {
        await this.#account.ensure()
        const engine = await this.#engine()
        this.#keeper = await engine.startKeeping(this.limitBytes)
        this.kept = this.#keeper.state()
        this.#keeper.onChange((state) => (this.kept = state))
        this.#paused = paused
        if (paused || this.held !== undefined) await this.#keeper.pause()
        this.on = true
        await this.#remember()
      } finally {
        this.starting = false
      }
    })
  }

  async #remember(): Promise<void> {
    const { on, limitBytes } = this
    await this.#memory.setKeeping({ on, limitBytes, paused: this.#paused })
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
