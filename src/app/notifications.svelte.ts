/** Tells the person what needs them, through the system: each thing once, outside of quiet hours. */
import { unprovenSince } from '../backup/proof.ts'
import type { Millis } from '../core/units.ts'
import type { NoticeKind, NoticeSettings, PageMemory, RememberedNotices } from '../store/indexeddb-page-memory.ts'
import type { BackupState } from './backup.svelte.ts'
import { day } from './figures.ts'
import type { KeepState } from './keep.svelte.ts'
import { language, t } from './language.svelte.ts'
import type { DrillState } from './drill.svelte.ts'
import {
  believe,
  hourOf,
  nothingTold,
  overdueAt,
  problemsIn,
  tell,
  withAllKinds,
  wrongsOf,
  type NoticeFacts,
} from './notices.ts'
import type { Screen } from './route.svelte.ts'

/** Between two looks at the clock. */
const LOOK_MS: Millis = 60_000
/** The browser makes of it what it wants. */
const WOKEN_EVERY_MS: Millis = 12 * 3_600_000

/** Where a click on a notification leads. */
const screenOf: Readonly<Record<NoticeKind, Screen>> = {
  'at-risk': 'backup',
  'overdue': 'backup',
  'failed': 'backup',
  'unproven': 'backup',
  'permission': 'backup',
  'lost': 'keep',
}

/** What is looked at. */
interface Watched {
  readonly backup: BackupState
  readonly keep: KeepState
  readonly drill: DrillState
}

export class NotificationsState {
  readonly #memory: PageMemory
  readonly #desk: Watched
  readonly #openedAt = Date.now()
  #remembered = $state.raw<RememberedNotices>(nothingTold)
  #now = $state(Date.now())
  /** One look after the other, so that nothing is told twice. */
  #queue: Promise<void> = Promise.resolve()

  permission = $state<NotificationPermission | 'unsupported'>(
    'Notification' in window ? Notification.permission : 'unsupported',
  )
  /** How the last test went. */
  tested = $state<'shown' | 'failed'>()
  readonly settings = $derived(this.#remembered.settings)
  readonly #facts = $derived.by((): NoticeFacts => {
    const { backup, keep, drill } = this.#desk
    const active = backup.sources.filter(({ paused }) => !paused)
    // What was chosen as files cannot be read again by itself: beside a folder that can it is not waited for.
    const again = active.filter(({ handle }) => handle !== undefined)
    const finished = (again.length > 0 ? again : active).flatMap(({ backedUpAt }) => backedUpAt ?? [])
    const { brokenOff } = backup.facts
    return {
      backedUpAt: finished.length > 0 ? Math.min(...finished) : (backup.unfinished ?? backup.last)?.startedAt,
      folders: active.length,
      // One that was stopped by the person or by a closed tab has failed no more than one that still runs.
      failed: backup.running || (brokenOff && backup.trouble === undefined) ? undefined : brokenOff,
      unprovenSince: unprovenSince(drill.failed, this.#now),
      disconnected: backup.list.askable.map(({ id }) => id),
      lost: keep.kept.lost,
      atRisk: backup.outlook.own && backup.sources.filter((source) => backup.isAtRisk(source)).map(({ id }) => id),
      openedAt: this.#openedAt,
    }
  })
  /** Things that wait for the person, for the badge of an installed app. */
  readonly problems = $derived(problemsIn(wrongsOf(this.#facts, this.#remembered, this.#now)))

  constructor(memory: PageMemory, desk: Watched) {
    this.#memory = memory
    this.#desk = desk
  }

  async load(): Promise<void> {
    this.#remembered = withAllKinds((await this.#memory.notices()) ?? nothingTold)
    setInterval(() => (this.#now = Date.now()), LOOK_MS)
    if ('serviceWorker' in navigator)
      navigator.serviceWorker.addEventListener(
        'message',
        ({ data }: MessageEvent<{ type?: string; screen?: string }>) => {
          if (data.type === 'open-screen' && data.screen !== undefined) location.hash = data.screen
        },
      )
    void this.#watchPermission()
    // The root of effects that no view owns: it lives as long as the page.
    $effect.root(() => {
      $effect(() => {
        // The clock and the settings only say that it is time to look again.
        const [facts, permission] = [this.#facts, this.permission, this.#now, this.settings]
        void this.#enqueue(() => this.#look(facts, permission))
      })
      $effect(() => showBadge(this.problems))
    })
  }

  /** Only in answer to a click. */
  async ask(): Promise<void> {
    this.permission = await Notification.requestPermission()
  }

  /** Shows one now, also in quiet hours. Only in answer to a click. */
  async test(): Promise<void> {
    if (this.permission === 'default') await this.ask()
    if (this.permission !== 'granted') return
    this.tested = undefined
    await this.#enqueue(async () => {
      await show(t('notify.test.title'), optionsOf('test', t('notify.test.body'), 'account'))
      this.tested = 'shown'
    })
    this.tested ??= 'failed'
  }

  set(change: Partial<NoticeSettings>): Promise<void> {
    return this.#enqueue(() => this.#remember({ ...this.#remembered, settings: { ...this.settings, ...change } }))
  }

  async #look(facts: NoticeFacts, permission: NotificationsState['permission']): Promise<void> {
    const now = Date.now()
    const before = believe(this.#remembered, facts.backedUpAt, now)
    const { show: kinds, remembered } = tell(wrongsOf(facts, before, now), before, hourOf(now))
    if (permission !== 'granted') return this.#remember(before) // nobody was told
    // Shown before it is remembered: a kill in between shows the same one again in its old place, and loses none.
    for (const kind of kinds) await show(...this.#text(kind))
    await this.#remember({ ...remembered, plan: this.#plan(facts, remembered) })
    await askToBeWoken()
  }

  /** What the service worker tells when no tab is open to do it. */
  #plan(facts: NoticeFacts, { settings, told, believed }: RememberedNotices): RememberedNotices['plan'] {
    const { backedUpAt, folders } = facts
    if (backedUpAt === undefined || folders === 0 || !settings.on.overdue) return undefined
    const thing = String(backedUpAt)
    if (told.overdue.includes(thing)) return undefined
    const [title, options] = this.#text('overdue')
    return { at: overdueAt(believed?.at ?? backedUpAt, settings), thing, title, options }
  }

  #text(kind: NoticeKind): [title: string, options: NotificationOptions] {
    const { backedUpAt, disconnected, lost, atRisk } = this.#facts
    const folders = kind === 'at-risk' ? (atRisk?.length ?? 0) : disconnected.length
    const values = { when: day(backedUpAt ?? Date.now()), folders, pieces: lost }
    return [t(`notify.${kind}.title`), optionsOf(kind, t(`notify.${kind}.body`, values), screenOf[kind])]
  }

  async #remember(remembered: RememberedNotices): Promise<void> {
    if (JSON.stringify(remembered) === JSON.stringify(this.#remembered)) return
    await this.#memory.setNotices(remembered)
    this.#remembered = remembered
  }

  /** A notification that cannot be shown or remembered is tried again at the next look. */
  #enqueue(work: () => Promise<void>): Promise<void> {
    return (this.#queue = this.#queue.then(work).catch(() => undefined))
  }

  async #watchPermission(): Promise<void> {
    try {
      const status = await navigator.permissions.query({ name: 'notifications' })
      status.onchange = () => (this.permission = Notification.permission)
    } catch {
      // This browser does not tell; a reload does.
    }
  }
}

/** @param tag one of a kind is shown at a time: a later one takes the place of an earlier one */
const optionsOf = (tag: string, body: string, screen: Screen): NotificationOptions => ({
  body,
  tag,
  icon: '/icon-192.png',
  lang: language.tag,
  dir: language.direction,
  data: { screen },
})

/** Through the service worker where there is one: it answers the click also when this tab is gone by then. */
async function show(title: string, options: NotificationOptions): Promise<void> {
  const registration = 'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistration() : undefined
  if (registration?.active) return registration.showNotification(title, options)
  const notification = new Notification(title, options)
  notification.onclick = () => {
    window.focus()
    location.hash = (options.data as { screen: Screen }).screen
  }
}

/** Chromium alone wakes a service worker from time to time, and only for an installed app. */
async function askToBeWoken(): Promise<void> {
  const registration = 'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistration() : undefined
  if (registration === undefined || !('periodicSync' in registration)) return
  const { periodicSync } = registration as { periodicSync: PeriodicSyncManager }
  await periodicSync.register('overdue', { minInterval: WOKEN_EVERY_MS }).catch(() => undefined)
}

/** Not in TypeScript's own types yet. */
interface PeriodicSyncManager {
  register(tag: string, options: { minInterval: Millis }): Promise<void>
}

function showBadge(problems: number): void {
  // Not every browser has it, and some only for an installed app.
  if ('setAppBadge' in navigator) void navigator.setAppBadge(problems).catch(() => undefined)
}
