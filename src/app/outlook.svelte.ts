/** How long the sources of this browser will be kept, as far as that can be known: asked for now and then. */
import type { OwnOutlook, SourceOutlook } from '../backup/own-outlook.ts'
import type { Millis } from '../core/units.ts'
import type { Engine } from './compose.ts'

/** Between two looks; sooner while something is at risk. */
const LOOK_MS: Millis = 30 * 60_000
const LOOK_AT_RISK_MS: Millis = 2 * 60_000
/** A pack that has just been committed is looked at by the coordinator within a minute. */
const SOON_MS: Millis = 90_000

export class OutlookState {
  readonly #engine: () => Promise<Engine>
  #next: ReturnType<typeof setTimeout> | undefined
  #looking: Promise<void> | undefined
  /** Absent until something is known. */
  own = $state.raw<OwnOutlook>()
  /** Names of the sources at risk; `undefined` while nobody knows. */
  readonly atRisk = $derived(this.own && [...this.own.sources].filter(([, { atRisk }]) => atRisk).map(([name]) => name))

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine
  }

  of(name: string): SourceOutlook | undefined {
    return this.own?.sources.get(name)
  }

  /** Looks now, and from then on by itself. What cannot be asked now stays as it was. */
  look(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => (this.#looking = undefined)))
  }

  async #look(): Promise<void> {
    clearTimeout(this.#next)
    try {
      const [{ owner }, { ownOutlook }] = await Promise.all([this.#engine(), import('../backup/own-outlook.ts')])
      this.own = await ownOutlook(owner)
    } catch {
      // The coordinator cannot be reached: that is said where it matters.
    }
    const waitMs = this.own === undefined ? SOON_MS : this.atRisk?.length === 0 ? LOOK_MS : LOOK_AT_RISK_MS
    this.#next = setTimeout(() => void this.look(), waitMs)
  }
}
