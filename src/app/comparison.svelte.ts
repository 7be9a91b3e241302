/** What differs between a snapshot and another moment. */
import type { SnapshotLibrary } from '../backup/library.ts'
import type { SnapshotSummary } from '../backup/events.ts'
import type { SnapshotId } from '../core/ids.ts'
import type { Change } from '../snapshot/compare.ts'
import { byPath } from './name-order.ts'
import { neighbourOf } from './timeline.ts'
import { troubleOf, type Trouble } from './trouble.ts'

/** Changes that are kept for the screen; all of them are counted. */
const SHOWN = 500
const TELL_EVERY = 200

const none: Readonly<Record<Change['what'], number>> = { added: 0, changed: 0, moved: 0, removed: 0 }

export class ComparisonState {
  readonly #library: SnapshotLibrary
  readonly #snapshot: SnapshotSummary
  #run = 0
  /** The moment it is compared with; absent where there is no other. */
  other = $state.raw<SnapshotSummary>()
  running = $state(false)
  /** By path. */
  changes = $state.raw<readonly Change[]>([])
  counts = $state.raw(none)
  trouble = $state.raw<Trouble>()
  readonly total = $derived(Object.values(this.counts).reduce((sum, count) => sum + count, 0))

  constructor(library: SnapshotLibrary, snapshot: SnapshotSummary) {
    this.#library = library
    this.#snapshot = snapshot
    this.other = neighbourOf(this.moments, snapshot)
  }

  /** Every snapshot, newest first. */
  get moments(): readonly SnapshotSummary[] {
    return this.#library.snapshots.map(({ summary }) => summary)
  }

  /** Compares, unless that is done already. */
  async begin(): Promise<void> {
    if (this.#run === 0 || this.trouble !== undefined) await this.#compare()
  }

  async compareWith(id: SnapshotId): Promise<void> {
    this.other = this.#library.find(id).summary
    await this.#compare()
  }

  /** Leaves what was found so far. It begins anew when it is asked for again. */
  stop(): void {
    if (!this.running) return
    this.#run = 0
    this.running = false
  }

  async #compare(): Promise<void> {
    const { other } = this
    if (other === undefined) return
    const run = (this.#run += 1)
    this.running = true
    this.trouble = undefined
    this.changes = []
    this.counts = none
    try {
      await this.#collect(other, () => run === this.#run)
    } catch (thrown) {
      if (run === this.#run) this.trouble = troubleOf(thrown)
    }
    if (run === this.#run) this.running = false
  }

  async #collect(other: SnapshotSummary, goesOn: () => boolean): Promise<void> {
    const { compare } = await import('../snapshot/compare.ts')
    const [library, chosen] = [this.#library, this.#snapshot]
    const [older, newer] = other.createdAt <= chosen.createdAt ? [other, chosen] : [chosen, other]
    const [before, after] = await Promise.all([library.sources(older.id), library.sources(newer.id)])
    const changes: Change[] = []
    const counts: Record<Change['what'], number> = { ...none }
    let total = 0
    const tell = () => {
      if (changes.length > this.changes.length) this.changes = byPath(changes, ({ path }) => path)
      this.counts = { ...counts }
    }
    for await (const change of compare(before, after, library.tree(older.id), library.tree(newer.id))) {
      if (!goesOn()) return
      counts[change.what] += 1
      if (changes.length < SHOWN) changes.push(change)
      if ((total += 1) % TELL_EVERY === 0) tell()
    }
    if (goesOn()) tell()
  }
}
