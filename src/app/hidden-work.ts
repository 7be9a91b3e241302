/** What a tab moves and answers while nobody sees it, and how fast, beside the speed that it has in sight. Pure: the time comes in. */
import type { ByteCount, Millis } from '../core/units.ts'
import type { HiddenRecord, HiddenTicks, Work } from '../store/hidden-record.ts'

const noWork: Work = { sentBytes: 0, receivedBytes: 0, servedBytes: 0, takenBytes: 0, asked: 0, inTime: 0 }

/** So long a rate is measured over, so that one slice more or less does not make it. */
const WINDOW_MS: Millis = 1000
/** What was looked at so late was stopped or slowed in between: of its bytes nobody knows how long they took. */
const LATEST_MS: Millis = 3 * WINDOW_MS
/** A megabit a second. With less there was little to do, whatever the browser allowed. */
const BUSY_BYTES_A_SECOND = 125_000
/** As many busy seconds as say something, and as many as are remembered. */
const FEWEST_RATES = 10
const MOST_RATES = 60

export type Rates = Pick<HiddenRecord, 'work' | 'hiddenRates' | 'seenRates'>

export class WorkCounter {
  #counted: Rates
  #last: { readonly isHidden: boolean; readonly totals: Work } | undefined
  #window: { readonly at: Millis; readonly bytes: number } | undefined

  constructor({ work, hiddenRates, seenRates }: Rates = { work: noWork, hiddenRates: [], seenRates: [] }) {
    this.#counted = { work, hiddenRates, seenRates }
  }

  get counted(): Rates {
    return this.#counted
  }

  /**
   * To be called every second and when the page comes into sight or goes out of it.
   * @param now of a steady clock
   * @param totals all that was done; smaller than before where whoever counts has begun anew
   */
  look(now: Millis, isHidden: boolean, totals: Work): void {
    const last = this.#last
    this.#last = { isHidden, totals }
    if (last === undefined) {
      this.#window = { at: now, bytes: 0 }
      return
    }
    const done = since(last.totals, totals)
    if (last.isHidden) this.#counted = { ...this.#counted, work: sum(this.#counted.work, done) }
    const { at, bytes } = this.#window ?? { at: now, bytes: 0 }
    this.#window = { at, bytes: bytes + done.sentBytes + done.receivedBytes }
    // A second that is partly seen is of neither kind.
    if (last.isHidden !== isHidden) this.#window = { at: now, bytes: 0 }
    else if (now - at >= WINDOW_MS) this.#closeWindow(now, isHidden)
  }

  #closeWindow(now: Millis, isHidden: boolean): void {
    const { at, bytes } = this.#window ?? { at: now, bytes: 0 }
    this.#window = { at: now, bytes: 0 }
    const rate = Math.round((1000 * bytes) / (now - at))
    if (now - at > LATEST_MS || rate < BUSY_BYTES_A_SECOND) return
    const side = isHidden ? 'hiddenRates' : 'seenRates'
    this.#counted = { ...this.#counted, [side]: [...this.#counted[side], rate].slice(-MOST_RATES) }
  }
}

/** Bytes a second. */
export interface Speed {
  /** The median. */
  readonly usual: number
  readonly best: number
}

/** @returns `undefined` where too little was moved to say anything */
function speedOf(rates: readonly number[]): Speed | undefined {
  if (rates.length < FEWEST_RATES) return undefined
  const sorted = rates.toSorted((a, b) => a - b)
  return { usual: sorted[Math.floor(sorted.length / 2)] ?? 0, best: sorted.at(-1) ?? 0 }
}

/** What a screen shows. */
export interface Measured {
  readonly since: Millis
  readonly ticks: HiddenTicks
  readonly work: Work
  readonly own: { readonly sentBytes: ByteCount; readonly receivedBytes: ByteCount }
  readonly hiddenSpeed: Speed | undefined
  readonly seenSpeed: Speed | undefined
}

/** @returns `undefined` when the tab was never hidden while it was measured */
export function measuredOf({ since, ticks, work, hiddenRates, seenRates }: HiddenRecord): Measured | undefined {
  if (ticks.expected === 0) return undefined
  return { since, ticks, work, own: ownBytes(work), hiddenSpeed: speedOf(hiddenRates), seenSpeed: speedOf(seenRates) }
}

/** What was not for others was for this account: its backups go out, and what it brings back or proves comes in. */
const ownBytes = ({ sentBytes, receivedBytes, servedBytes, takenBytes }: Work) => ({
  sentBytes: Math.max(0, sentBytes - servedBytes),
  receivedBytes: Math.max(0, receivedBytes - takenBytes),
})

const each = (one: Work, other: Work, of: (a: number, b: number) => number): Work => ({
  sentBytes: of(one.sentBytes, other.sentBytes),
  receivedBytes: of(one.receivedBytes, other.receivedBytes),
  servedBytes: of(one.servedBytes, other.servedBytes),
  takenBytes: of(one.takenBytes, other.takenBytes),
  asked: of(one.asked, other.asked),
  inTime: of(one.inTime, other.inTime),
})

const sum = (one: Work, other: Work): Work => each(one, other, (a, b) => a + b)
const since = (before: Work, now: Work): Work => each(before, now, (a, b) => (b < a ? b : b - a))
