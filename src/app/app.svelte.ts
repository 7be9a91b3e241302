/** The whole app in one tab: it leads, or shows what the leading tab says. */
import { untrack } from 'svelte'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { Work } from '../store/hidden-record.ts'
import type { PageMemory } from '../store/indexeddb-page-memory.ts'
import { AccountState } from './account.svelte.ts'
import { BackupState } from './backup.svelte.ts'
import { closeSoon, openProfile, startEngine, type Engine, type Profile } from './compose.ts'
import { logThePage, eventLog } from './event-log.ts'
import type { HiddenWatch } from './hidden-watch.ts'
import type { DevicesState } from './devices.svelte.ts'
import { DrillState } from './drill.svelte.ts'
import { JoinState } from './join.svelte.ts'
import { onKitWords } from './arrivals.ts'
import { KeepState } from './keep.svelte.ts'
import { listenForInstall } from './ladder.svelte.ts'
import type { NotificationsState } from './notifications.svelte.ts'
import { PowerState } from './power.svelte.ts'
import { RestoreState } from './restore.svelte.ts'
import type { RetentionState } from './retention.svelte.ts'
import { Route } from './route.svelte.ts'
import { summaryOf, type Summary } from './summary.ts'
import { joinTabs } from './tab-leader.ts'
import { troubleOf, type Trouble } from './trouble.ts'
import { UpdateState } from './update.svelte.ts'
import { WakeLock } from './wake-lock.ts'

const loadStorageGone = () => import('./storage-gone.ts')

/** The address of this script, which has in it a hash of all that the page is built of, the ids of its texts included. */
const VERSION = import.meta.url

/** The states of a tab that works. */
export interface Desk {
  readonly account: AccountState
  readonly backup: BackupState
  readonly restore: RestoreState
  readonly keep: KeepState
  readonly drill: DrillState
  /** This device at work, started when it is first needed. */
  readonly engine: () => Promise<Engine>
  /** Loaded when somebody looks. */
  readonly devices: () => Promise<DevicesState>
  readonly retention: () => Promise<RetentionState>
  readonly hidden: () => Promise<HiddenWatch>
}

export class AppState {
  readonly route = new Route()
  readonly update = new UpdateState()
  readonly power = new PowerState()
  /** What this tab did while nobody saw it; once it has an account and so something to do. */
  hidden = $state.raw<HiddenWatch>()
  readonly join = new JoinState()
  desk = $state.raw<Desk>()
  notifications = $state.raw<NotificationsState>()
  /** Another tab works. */
  elsewhere = $state(false)
  summary = $state.raw<Summary>()
  trouble = $state.raw<Trouble>()
  /** What is on the desk is only still shown: nothing of it works any more, and `trouble` says why. */
  stopped = $state(false)
  /** Bytes are under way in this or another tab: not the time to reload. */
  readonly busy = $derived(
    this.desk === undefined ? (this.summary?.busy ?? false) : this.desk.backup.running || this.desk.restore.running,
  )

  start(): void {
    logThePage()
    this.update.start()
    void this.power.start()
    listenForInstall()
    if (!isSecureContext) return
    const tabs = joinTabs<Summary>(VERSION, {
      onLead: () => void this.#lead(),
      onFollow: (summary) => {
        this.elsewhere = true
        this.summary = summary
      },
    })
    // The root of effects that no view owns: it lives as long as the page.
    $effect.root(() => {
      $effect(() => {
        const summary = summaryOf(this)
        if (summary !== undefined) tabs.tell(summary)
      })
      const wakeLock = new WakeLock()
      $effect(() => wakeLock.want(this.desk !== undefined && (this.desk.backup.running || this.desk.restore.moving)))
      $effect(() => {
        if (this.desk?.account.identity === undefined) return
        this.desk.hidden().then(
          (watch) => (this.hidden = watch),
          () => undefined, // the work goes on without being measured
        )
      })
      $effect(() => {
        const { hold } = this.power
        this.desk?.backup.hold(hold)
        void this.desk?.keep.hold(hold)
      })
      $effect(() => {
        const { desk } = this
        const works = desk !== undefined && (desk.backup.atWork || desk.restore.running)
        const blocked = works ? 'work' : this.power.hold
        // What a drill does then is no reason to come here again.
        untrack(() => desk?.drill.giveWay(blocked))
      })
    })
  }

  async #lead(): Promise<void> {
    eventLog.note('tab-leads')
    try {
      const profile = await openProfile(() => {
        loadStorageGone().then(
          ({ onStorageClosed }) => onStorageClosed(this, () => location.reload()),
          (thrown: unknown) => {
            this.trouble = troubleOf(thrown)
            this.stopped = true
          },
        )
      })
      const desk = openDesk(profile, () => this.power.hold === undefined && this.power.metered !== true)
      await Promise.all([desk.account.load(), desk.backup.load(), desk.drill.load()])
      this.desk = desk
      this.elsewhere = false
      this.join.account = desk.account
      onKitWords((words) => desk.restore.offerWords(words))
      desk.drill.wake()
      // What clears the site takes the copies of its parts, too; a first visit, which has nothing to lose, stays light.
      if (desk.account.identity !== undefined) loadStorageGone().catch(() => undefined)
      await Promise.all([desk.keep.load(), desk.backup.wake(), this.#notify(profile.memory, desk)])
    } catch (thrown) {
      this.trouble = troubleOf(thrown)
    }
  }

  async #notify(memory: PageMemory, desk: Desk): Promise<void> {
    const { NotificationsState } = await import('./notifications.svelte.ts')
    const notifications = new NotificationsState(memory, desk)
    await notifications.load()
    this.notifications = notifications
  }
}

/** @param mayReadAhead what nobody has asked for yet */
function openDesk({ identities, memory, database, trees }: Profile, mayReadAhead: () => boolean): Desk {
  const account = new AccountState(identities, trees, memory)
  let engine: { readonly of: DeviceIdentity; readonly started: Promise<Engine> } | undefined
  let counted: Engine['owner']['transport']['counted'] | undefined
  /** One engine for all that a device does, started when it is first needed; tried again when that failed. */
  const engineOf = (identity: DeviceIdentity): Promise<Engine> => {
    if (engine?.of.device === identity.device) return engine.started
    closeSoon(engine?.started)
    const advance = (next: DeviceIdentity): Promise<void> => account.advance(next)
    const started = startEngine(identity, { database, trees, advance, out: (code) => (account.out = code) })
    engine = { of: identity, started }
    started.then(
      async ({ owner }) => {
        counted = owner.transport.counted
        account.coordinator = await owner.coordinator.info().catch(() => undefined)
      },
      () => (engine = undefined),
    )
    return started
  }
  let hidden: Promise<HiddenWatch> | undefined
  let devices: DevicesState | undefined
  let retention: RetentionState | undefined
  const engineOfAccount = async () => engineOf(await account.ensure())
  const backup = new BackupState(memory, account, engineOfAccount)
  const drill = new DrillState(memory, account, engineOfAccount, () => backup.last?.finished?.at)
  backup.failedToComeBack = (name) => drill.isWorrying(name)
  const keep = new KeepState(memory, account, engineOfAccount)
  const workDone = (): Work => {
    const { servedBytes, receivedBytes: takenBytes, audits } = keep.kept
    return { sentBytes: 0, receivedBytes: 0, ...counted, servedBytes, takenBytes, ...audits }
  }
  return {
    account,
    backup,
    restore: new RestoreState(account, engineOf, (identity) => startEngine(identity, undefined), mayReadAhead),
    keep,
    drill,
    engine: engineOfAccount,
    devices: async () => {
      const { DevicesState } = await import('./devices.svelte.ts')
      return (devices ??= new DevicesState(account, engineOfAccount))
    },
    retention: async () => {
      const { RetentionState } = await import('./retention.svelte.ts')
      return (retention ??= new RetentionState(engineOfAccount, backup))
    },
    hidden: async () => {
      const { HiddenWatch } = await import('./hidden-watch.ts')
      return (hidden ??= HiddenWatch.start(memory, workDone))
    },
  }
}
