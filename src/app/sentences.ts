/** The one plain sentence at the top of each screen, and the state behind it. Rules without a screen. */
import type { Rest } from '../keeping/limits.ts'
import { when } from './figures.ts'
import type { Message } from './language.svelte.ts'

/**
 * How well the newest backup is kept. `words-needed`: spread far enough, but only this browser could bring it back.
 * `at-risk`: so few keepers of some of it are left that nobody waits any more for those that are away.
 */
export type Safety = 'here-only' | 'spreading' | 'words-needed' | 'safe' | 'at-risk'

export interface BackupFacts {
  readonly folders: number
  /** Of them, those that a finished backup holds. */
  readonly covered: number
  readonly running: boolean
  /** Shards of the first packs are out. */
  readonly someStored: boolean
  /** How the last finished backup ended. */
  readonly finished: 'safe' | 'spreading' | undefined
  readonly wordsConfirmed: boolean
  /** A backup was started and did not finish. */
  readonly brokenOff: boolean
  /** Nothing can be read, and files that were chosen as a list are to be chosen again: not of a list that is safe. */
  readonly chooseAgain: boolean
  /** The person has stopped all backups for a while. */
  readonly paused: boolean
  readonly oneMachine: boolean
  /** Folders of which something is at risk. */
  readonly atRisk: number
}

/** Never ahead of what is acknowledged, and never `safe` before the words are on paper. */
export function safetyOf(facts: BackupFacts): Safety {
  if (facts.atRisk > 0) return 'at-risk'
  // What an earlier backup holds is still out there while a later one is on its way.
  if (facts.running || facts.brokenOff) return facts.someStored || facts.covered > 0 ? 'spreading' : 'here-only'
  if (facts.finished === undefined || facts.covered < facts.folders) return 'here-only'
  if (facts.finished === 'spreading') return 'spreading'
  return facts.wordsConfirmed ? 'safe' : 'words-needed'
}

export function backupSentence(facts: BackupFacts): Message {
  const { folders, covered } = facts
  if (folders === 0) return { id: facts.finished === undefined ? 'backup.sentence.none' : 'backup.sentence.no-folder' }
  const values = { folders, covered, atRisk: facts.atRisk }
  const safety = safetyOf(facts)
  if (safety === 'at-risk') return { id: 'backup.sentence.at-risk', values }
  if (facts.brokenOff) {
    if (facts.chooseAgain) return { id: 'backup.sentence.choose-again' }
    return { id: facts.paused ? 'backup.sentence.paused' : 'backup.sentence.broken-off' }
  }
  switch (safety) {
    case 'here-only': {
      const some = covered > 0 && facts.finished === 'safe' && facts.wordsConfirmed
      return { id: some ? 'backup.sentence.some-safe' : 'backup.sentence.here-only', values }
    }
    case 'spreading':
      return { id: facts.running ? 'backup.sentence.running' : 'backup.sentence.spreading', values }
    case 'words-needed':
      return { id: 'backup.sentence.words-needed', values }
    case 'safe':
      return { id: facts.oneMachine ? 'backup.sentence.safe-one-machine' : 'backup.sentence.safe', values }
  }
}

export interface KeepFacts {
  readonly on: boolean
  readonly online: boolean
  readonly paused: boolean
  readonly rest?: Rest | undefined
  readonly leaving?: boolean
  readonly shards: number
  readonly owners: number
}

export function keepSentence({ on, online, paused, rest, leaving, shards, owners }: KeepFacts): Message {
  if (!on) return { id: 'keep.sentence.off' }
  if (rest !== undefined && rest.why !== 'pause') {
    if (rest.until === undefined) return { id: `keep.sentence.${rest.why}` }
    return { id: `keep.sentence.${rest.why}.until`, values: { until: when(rest.until) } }
  }
  if (!online) return { id: 'keep.sentence.connecting' }
  if (leaving === true) return { id: 'keep.sentence.leaving' }
  if (rest?.until !== undefined) return { id: 'keep.sentence.paused.until', values: { until: when(rest.until) } }
  if (paused) return { id: 'keep.sentence.paused' }
  if (shards === 0) return { id: 'keep.sentence.empty' }
  return { id: 'keep.sentence.keeping', values: { owners } }
}
