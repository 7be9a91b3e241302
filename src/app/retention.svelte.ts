/** How long snapshots of this device stay, as screens show it: the rule, what is protected, what was removed and may come back. */
import type { SnapshotSummary } from '../backup/events.ts'
import type { OwnRetention } from '../backup/retention.ts'
import type { FoundSnapshot } from '../backup/snapshots.ts'
import type { DeviceId } from '../core/ids.ts'
import { presetOf, PRESETS, type PresetName } from '../snapshot/retention.ts'
import type { BackupState } from './backup.svelte.ts'
import type { Engine } from './compose.ts'
import { troubleOf, type Trouble } from './trouble.ts'

const loadService = () => import('../backup/retention.ts')

export type ListedSnapshot = SnapshotSummary
/** In the order of a list to choose from. */
export const presetNames = Object.keys(PRESETS) as PresetName[]

export class RetentionState {
  readonly #engine: () => Promise<Engine>
  readonly #backup: BackupState

  /** Absent until it is known, and before this device has backed up. */
  own = $state.raw<OwnRetention>()
  /** Whose snapshots these are. */
  device = $state<DeviceId>()
  /** Before the first backup there is nothing to say. */
  none = $state(false)
  #busy = $state(false)
  trouble = $state.raw<Trouble>()
  /** `undefined` for a rule that somebody else has thought of. */
  readonly preset = $derived<PresetName | undefined>(presetOf(this.own?.rule))

  /** @param backup writes the same list */
  constructor(engine: () => Promise<Engine>, backup: BackupState) {
    this.#engine = engine
    this.#backup = backup
  }

  /** Nothing can be changed now. */
  get busy(): boolean {
    return this.#busy || this.#backup.running
  }

  isProtected({ id }: SnapshotSummary): boolean {
    return this.own?.protected.includes(id) ?? false
  }

  /** Whether a snapshot may be removed, or be protected: it is this device's. */
  isOwn({ device }: SnapshotSummary): boolean {
    return this.own !== undefined && device === this.device
  }

  load(): Promise<void> {
    return this.#attempt()
  }

  setPreset(name: PresetName): Promise<void> {
    return this.#attempt(({ owner }, { setRule }) => setRule(owner, PRESETS[name]), true)
  }

  protect({ id }: SnapshotSummary, isProtected: boolean): Promise<void> {
    return this.#attempt(({ owner }, { protect }) => protect(owner, [id], isProtected))
  }

  remove({ id }: SnapshotSummary): Promise<void> {
    return this.#attempt(({ owner }, { removeSnapshots }) => removeSnapshots(owner, [id]), true)
  }

  bringBack(snapshots: readonly FoundSnapshot[]): Promise<void> {
    return this.#attempt(({ owner }, { bringBackRemoved }) => bringBackRemoved(owner, snapshots))
  }

  /**
   * @param change without one, the list is only read
   * @param clears the 30 days of what goes begin now
   */
  async #attempt(
    change?: (engine: Engine, service: Awaited<ReturnType<typeof loadService>>) => Promise<void>,
    clears = false,
  ): Promise<void> {
    this.trouble = undefined
    this.#busy = true
    try {
      const [engine, service] = await Promise.all([this.#engine(), loadService()])
      const { owner } = engine
      if (change !== undefined) await this.#backup.alone(() => change(engine, service))
      this.own = await service.ownRetention(owner)
      this.device = owner.identity.device
      this.none = false
      if (clears) void service.collectGarbage(owner).catch(() => undefined) // tried again behind the next backup
    } catch (thrown) {
      const trouble = troubleOf(thrown)
      if (trouble?.code === 'nothing-to-restore') this.none = true
      else this.trouble = trouble
    }
    this.#busy = false
  }
}
