/**
 * What is worth a notification, and when. Rules without a screen.
 *
 * Of each kind there are the things that are wrong now, by name. A thing is told once; when it is over and comes back, it
 * is told again.
 */
import { isWithinHours } from '../core/hours.ts'
import { DAY, type Millis } from '../core/units.ts'
import type { NoticeKind, NoticeSettings, RememberedNotices } from '../store/indexeddb-page-memory.ts'

export const noticeKinds = [
  'at-risk',
  'overdue',
  'failed',
  'unproven',
  'permission',
  'lost',
] as const satisfies readonly NoticeKind[]

/** What is wrong now, by name. `undefined` where it cannot be known now, which raises nothing and clears nothing. */
export type Wrongs = Readonly<Record<NoticeKind, readonly string[] | undefined>>

export const usualSettings: NoticeSettings = {
  on: { 'at-risk': true, 'overdue': true, 'failed': true, 'unproven': true, 'permission': true, 'lost': true },
  overdueDays: 2,
  quiet: { fromHour: 22, toHour: 7 },
}

const nothing: Record<NoticeKind, readonly string[]> = {
  'at-risk': [],
  'overdue': [],
  'failed': [],
  'unproven': [],
  'permission': [],
  'lost': [],
}
export const nothingTold: RememberedNotices = { settings: usualSettings, told: nothing, held: nothing }

/** What an earlier version has remembered, which knew fewer kinds. */
export const withAllKinds = ({ settings, told, held, ...rest }: RememberedNotices): RememberedNotices => ({
  ...rest,
  settings: { ...settings, on: { ...usualSettings.on, ...settings.on } },
  told: { ...nothing, ...told },
  held: { ...nothing, ...held },
})

/** What the rules need to know of the tab. */
export interface NoticeFacts {
  /**
   * When the folder was last backed up that waits longest, of those that were; when none ever was, when the first backup
   * was begun; absent before that.
   */
  readonly backedUpAt: Millis | undefined
  /** Folders to back up, without those that are paused: without one nothing can be overdue. */
  readonly folders: number
  /** The last backup failed; `undefined` while nobody knows, as during the next one. */
  readonly failed: boolean | undefined
  /** When the first of the restore drills failed that are a reason to worry; absent while none is. */
  readonly unprovenSince: Millis | undefined
  /** Folders that the browser has to be asked for again. */
  readonly disconnected: readonly string[]
  /** Pieces that this tab kept and lost, since it was opened at `openedAt`. */
  readonly lost: number
  /** Folders at risk; `undefined` while nobody knows. */
  readonly atRisk: readonly string[] | undefined
  readonly openedAt: Millis
}

export function wrongsOf(facts: NoticeFacts, { settings, believed }: RememberedNotices, now: Millis): Wrongs {
  const { failed, unprovenSince, disconnected, lost, atRisk, openedAt } = facts
  const since = believed?.at ?? facts.backedUpAt
  return {
    'at-risk': atRisk,
    'overdue': isOverdue(facts, since, settings, now) ? [String(facts.backedUpAt)] : [],
    'failed': failed === undefined ? undefined : failed ? ['backup'] : [],
    'unproven': unprovenSince === undefined ? [] : [String(unprovenSince)],
    'permission': disconnected,
    // A loss is over when it is told. A later one of the same tab has a higher number.
    'lost': lost === 0 ? undefined : [`${openedAt}-${lost}`],
  }
}

const isOverdue = (facts: NoticeFacts, since: Millis | undefined, settings: NoticeSettings, now: Millis): boolean =>
  facts.folders > 0 && since !== undefined && now >= overdueAt(since, settings)

export const overdueAt = (since: Millis, { overdueDays }: NoticeSettings): Millis => since + overdueDays * DAY

/**
 * What to believe of a backup that bears a time in the future, because the clock ran ahead when it was made: that it was
 * made when this was first seen. A clock that was put right then delays a notice by days, and not by years.
 */
export function believe(remembered: RememberedNotices, backedUpAt: Millis | undefined, now: Millis): RememberedNotices {
  const { believed, ...rest } = remembered
  if (backedUpAt === undefined) return rest
  if (believed?.of === backedUpAt) return { ...rest, believed: { of: backedUpAt, at: Math.min(believed.at, now) } }
  return backedUpAt <= now ? rest : { ...rest, believed: { of: backedUpAt, at: now } }
}

/** The hour of the day where the person is. */
export const hourOf = (at: Millis): number => new Date(at).getHours()

/** @param hour of the day, where the person is @returns what to show now, and what to remember once it is shown */
export function tell(
  wrongs: Wrongs,
  remembered: RememberedNotices,
  hour: number,
): { readonly show: readonly NoticeKind[]; readonly remembered: RememberedNotices } {
  const { settings } = remembered
  const isQuiet = isWithinHours(hour, settings.quiet.fromHour, settings.quiet.toHour)
  const show: NoticeKind[] = []
  const [told, held] = [{ ...remembered.told }, { ...remembered.held }]
  for (const kind of noticeKinds) {
    const wrong = wrongs[kind]
    const known = remembered.told[kind]
    const still = wrong === undefined ? known : known.filter((thing) => wrong.includes(thing))
    const fresh = (wrong ?? remembered.held[kind]).filter((thing) => !still.includes(thing))
    told[kind] = still
    held[kind] = []
    if (fresh.length === 0 || !settings.on[kind]) continue
    if (isQuiet) held[kind] = fresh
    else {
      show.push(kind)
      told[kind] = [...still, ...fresh]
    }
  }
  return { show, remembered: { ...remembered, told, held } }
}

/** How many things wait for the person, for the badge of an installed app. A loss does not: nothing can be done about it. */
export const problemsIn = (wrongs: Wrongs): number =>
  noticeKinds.filter((kind) => kind !== 'lost' && (wrongs[kind]?.length ?? 0) > 0).length
