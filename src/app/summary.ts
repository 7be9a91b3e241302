/** What the tab that works tells the others of the same profile. */
import type { Message } from './language.svelte.ts'
import type { Trouble } from './trouble.ts'

export interface Summary {
  /** What went wrong there: with one part of the page while there is `work`, else with all of it. */
  readonly trouble?: Trouble | undefined
  /** Absent where that tab works no more: then nothing holds that it said before. */
  readonly work?: Work | undefined
  readonly busy: boolean
}

interface Work {
  readonly backup: Message
  readonly keep: Message
  readonly spread: { readonly stored: number; readonly of: number }
}

/** As much of a page as others are told. */
interface Page {
  readonly desk:
    | { readonly backup: { readonly sentence: Message; readonly spread: Work['spread'] }; readonly keep: Said }
    | undefined
  readonly stopped: boolean
  readonly trouble: Trouble | undefined
  readonly busy: boolean
}

interface Said {
  readonly sentence: Message
}

/** @returns `undefined` while there is nothing to tell yet */
export function summaryOf({ desk, stopped, trouble, busy }: Page): Summary | undefined {
  if (desk === undefined || stopped) return trouble && { trouble, busy }
  const { backup, keep } = desk
  const spread = { stored: backup.spread.stored, of: backup.spread.of }
  return { trouble, work: { backup: backup.sentence, keep: keep.sentence, spread }, busy }
}
