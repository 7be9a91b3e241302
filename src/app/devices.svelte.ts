/** The devices of this account as its screen shows them: listed, renamed, added by link; removed, and their backups given up, with the words. */
import type { KnownDevice } from '../backup/devices.ts'
import type { OwnerContext } from '../backup/owner-context.ts'
import type { Answered } from '../backup/pairing.ts'
import type { Bytes } from '../core/bytes.ts'
import type { DeviceId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import type { AccountState } from './account.svelte.ts'
import { joinParts, type Engine } from './compose.ts'
import { joinLink } from './join-link.ts'
import { troubleOf, type Trouble } from './trouble.ts'

const loadService = () => import('../backup/devices.ts')

export class DevicesState {
  readonly #account: AccountState
  readonly #engine: () => Promise<Engine>
  #stop = new AbortController()
  #answered: Answered | undefined

  /** Absent until the coordinator has told them. */
  all = $state.raw<readonly KnownDevice[]>()
  /** When each of them last backed up; absent until that is known, which takes a look at their lists. */
  backedUpAt = $state.raw<ReadonlyMap<DeviceId, Millis>>()
  /** How many backups each of them has; absent likewise. */
  backups = $state.raw<ReadonlyMap<DeviceId, number>>()
  /** This device can add others by link. */
  canInvite = $state(false)
  busy = $state(false)
  trouble = $state.raw<Trouble>()
  /** Adding: the link is shown, then the digits are compared. */
  invitation = $state.raw<{ readonly link: string; readonly code?: string | undefined }>()
  /** A device was let in just now. */
  added = $state(false)
  /** The device that is about to be removed. */
  removing = $state.raw<KnownDevice>()
  /** The removed device whose backups are about to be given up. */
  givingUp = $state.raw<KnownDevice>()
  /** Devices that still belong to the account and say what they are. */
  readonly members = $derived(
    this.all?.filter(({ removed, isComplete, hasBackup }) => !removed && (isComplete || hasBackup)),
  )
  readonly removed = $derived(
    this.all?.filter(({ removed, isComplete, hasBackup }) => removed && (isComplete || hasBackup)),
  )
  /** Devices that only ever restored with the words. */
  readonly visitors = $derived(
    this.all?.filter(({ removed, isComplete, hasBackup }) => !removed && !isComplete && !hasBackup).length ?? 0,
  )
  /** Those that go with the one that is about to be removed: it has added them. */
  readonly alongside = $derived(
    this.members?.filter(({ parent }) => parent !== undefined && parent === this.removing?.device) ?? [],
  )

  constructor(account: AccountState, engine: () => Promise<Engine>) {
    this.#account = account
    this.#engine = engine
  }

  /** Reads the list anew. */
  load(): Promise<void> {
    return this.#attempt(async () => {
      const { owner } = await this.#engine()
      const [{ listDevices }, { canInvite }] = await Promise.all([loadService(), import('../backup/pairing.ts')])
      this.all = await listDevices(owner)
      this.canInvite = await canInvite(owner.identity)
      void this.#lookForBackups()
    })
  }

  rename(name: string): Promise<void> {
    return this.#attempt(async () => {
      const { renameDevice, listDevices } = await loadService()
      const { owner } = await this.#engine()
      await renameDevice(owner, name)
      this.all = await listDevices(owner)
    })
  }

  /** Shows a link and waits for a device that opens it. */
  invite(): Promise<void> {
    this.added = false
    return this.#attempt(async () => {
      this.#stop = new AbortController()
      const { signal } = this.#stop
      const { invite } = await import('../backup/pairing.ts')
      const { owner } = await this.#engine()
      const { mailboxes } = await joinParts(signal)
      const { secret, answered } = await invite(owner, mailboxes, signal)
      this.invitation = { link: joinLink(location.origin, secret) }
      void this.#attempt(async () => {
        try {
          this.#answered = await answered
          this.invitation = { link: '', code: this.#answered.code }
        } catch (thrown) {
          this.invitation = undefined
          throw thrown
        }
      })
    })
  }

  /** The digits are the same on both: the new device gets its keys. */
  admit(): Promise<void> {
    return this.#attempt(async () => {
      await this.#answered?.admit()
      this.stopInviting()
      this.added = true
    })
  }

  stopInviting(): void {
    this.#stop.abort()
    this.#answered = undefined
    this.invitation = undefined
  }

  askToRemove(device: KnownDevice | undefined): void {
    this.trouble = undefined
    this.givingUp = undefined
    this.removing = device
  }

  askToGiveUp(device: KnownDevice | undefined): void {
    this.trouble = undefined
    this.removing = undefined
    this.givingUp = device
  }

  /** @param words the 24 words, as typed */
  remove(words: string): Promise<void> {
    return this.#withWords(words, this.removing, async (owner, root, device) => {
      const { removeDevices } = await loadService()
      await removeDevices(owner, root, [device])
    })
  }

  /** @param words the 24 words, as typed */
  giveUp(words: string): Promise<void> {
    return this.#withWords(words, this.givingUp, async (owner, root, device) => {
      const [{ giveUpBackups }, { collectGarbage }] = await Promise.all([
        loadService(),
        import('../backup/retention.ts'),
      ])
      await giveUpBackups(owner, root, device)
      void collectGarbage(owner).catch(() => undefined) // tried again behind the first backup of each day
    })
  }

  /** Does with a device what only the words can do; afterwards it is not asked for any more. */
  #withWords(
    words: string,
    device: KnownDevice | undefined,
    work: (owner: OwnerContext, root: Bytes, device: DeviceId) => Promise<void>,
  ): Promise<void> {
    return this.#attempt(async () => {
      if (device === undefined) return
      const [{ listDevices }, { rootOf }] = await Promise.all([loadService(), import('../identity/recovery.ts')])
      const root = rootOf(words)
      try {
        const { owner } = await this.#engine()
        await work(owner, root, device.device)
        this.all = await listDevices(owner)
        this.removing = this.givingUp = undefined
        this.added = false
      } finally {
        root.fill(0)
      }
    })
  }

  async #lookForBackups(): Promise<void> {
    try {
      const [{ listSnapshots }, { countByDevice, newestByDevice }] = await Promise.all([
        import('../backup/snapshots.ts'),
        loadService(),
      ])
      const { owner } = await this.#engine()
      const snapshots = await listSnapshots(owner)
      this.backedUpAt = newestByDevice(snapshots)
      this.backups = countByDevice(snapshots)
    } catch {
      // Nothing is backed up yet, or the lists cannot be read now: the screen says no more than it knows.
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.trouble = undefined
    this.busy = true
    try {
      await work()
    } catch (thrown) {
      if (this.#account.out === undefined) this.trouble = troubleOf(thrown)
    }
    this.busy = false
  }
}
