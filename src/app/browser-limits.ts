/**
 * What this browser takes from a tab that wants to work for hours unseen, each with its cure in the catalog. Rules over
 * facts; `browser-facts.svelte.ts` collects them.
 */
import { GB, type ByteCount, type Millis } from '../core/units.ts'
import type { HiddenTicks } from '../store/hidden-record.ts'
import { hiddenGapsAreLong } from './hidden-ticks.ts'

export interface BrowserFacts {
  readonly secure: boolean
  /** What timers of this page did while it was hidden. */
  readonly hidden: HiddenTicks
  /** The tab was thrown away for memory and has just come back. */
  readonly wasDiscarded: boolean
  /** The browser stopped this page for a time. */
  readonly wasFrozen: boolean
  readonly persisted: boolean
  /** A private window, as far as the browser tells. */
  readonly forgets: boolean
  readonly freeBytes: ByteCount | undefined
  readonly notifications: NotificationPermission | undefined
  /** Runs in a window of its own, as an installed app. */
  readonly installed: boolean
  readonly wakeLock: boolean
  /** `undefined` where the browser does not tell. */
  readonly onMains: boolean | undefined
  readonly metered: boolean | undefined
  readonly observesFolders: boolean
  /** The browser can hand the work to exactly one tab. */
  readonly locks: boolean
  /** This tab keeps for others. */
  readonly keeping: boolean
  readonly openLinks: number
}

/** In the order in which they cost: the first of them is said first. */
export const limits = [
  'insecure',
  'no-locks',
  'private-window',
  'not-persistent',
  'low-space',
  'discarded',
  'frozen',
  'timers-slowed',
  'notifications-off',
  'not-installed',
  'light-sleep',
  'on-battery',
  'metered',
  'no-observer',
  'no-wake-lock',
] as const
export type Limit = (typeof limits)[number]

/** With less, there is no room to keep for others and soon none for this device's own lists. */
const LOW_BYTES: ByteCount = GB

const applies: Readonly<Record<Limit, (facts: BrowserFacts) => boolean>> = {
  'insecure': ({ secure }) => !secure,
  'no-locks': ({ locks }) => !locks,
  'private-window': ({ forgets }) => forgets,
  'not-persistent': ({ persisted }) => !persisted,
  'low-space': ({ freeBytes }) => freeBytes !== undefined && freeBytes < LOW_BYTES,
  'discarded': ({ wasDiscarded }) => wasDiscarded,
  'frozen': ({ wasFrozen, hidden }) => wasFrozen || hidden.longestStandstillMs > FROZEN_MS,
  'timers-slowed': ({ hidden }) => hiddenGapsAreLong(hidden),
  'notifications-off': ({ notifications }) => notifications !== 'granted',
  'not-installed': ({ installed }) => !installed,
  // Chromium slows timers of a hidden page to one a minute unless a data channel is open.
  'light-sleep': ({ keeping, openLinks }) => keeping && openLinks === 0,
  'on-battery': ({ onMains }) => onMains === false,
  'metered': ({ metered }) => metered === true,
  'no-observer': ({ observesFolders }) => !observesFolders,
  'no-wake-lock': ({ wakeLock }) => !wakeLock,
}

/** Even a worker stood still for so long: the whole page was stopped, or the machine slept. */
const FROZEN_MS: Millis = 30_000

export const limitsOf = (facts: BrowserFacts): readonly Limit[] => limits.filter((limit) => applies[limit](facts))
