/** The one plain sentence at the top of each screen, and the state behind it. Rules without a screen. */

/** How well the newest backup is kept. `words-needed`: spread far enough, but only this browser could bring it back. */
export type Safety = 'here-only' | 'spreading' | 'words-needed' | 'safe'

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
  readonly oneMachine: boolean
}

/** Never ahead of what is acknowledged, and never `safe` before the words are on paper. */
export function safetyOf(facts: BackupFacts): Safety {
  // What an earlier backup holds is still out there while a later one is on its way.
  if (facts.running || facts.brokenOff) return facts.someStored || facts.covered > 0 ? 'spreading' : 'here-only'
  if (facts.finished === undefined || facts.covered < facts.folders) return 'here-only'
  if (facts.finished === 'spreading') return 'spreading'
  return facts.wordsConfirmed ? 'safe' : 'words-needed'
}

export const safetyLabel: Readonly<Record<Safety, string>> = {
  'here-only': 'Here only',
  'spreading': 'Spreading',
  'words-needed': 'Words needed',
  'safe': 'Safe',
}

export function backupSentence(facts: BackupFacts): string {
  const { folders } = facts
  const subject = folders === 1 ? 'Your folder' : `Your ${folders} folders`
  const is = folders === 1 ? 'is' : 'are'
  if (folders === 0 && facts.finished === undefined) return 'Pick a folder, and other people’s tabs keep it'
  if (folders === 0) return 'No folder is chosen any more; the last backup is still kept'
  if (facts.brokenOff) return 'The last backup was broken off; it goes on from there'
  switch (safetyOf(facts)) {
    case 'here-only':
      if (facts.covered > 0 && facts.finished === 'safe' && facts.wordsConfirmed) {
        return `${facts.covered} of ${folders} folders ${facts.covered === 1 ? 'is' : 'are'} safe`
      }
      return `${subject} ${is} on this computer only`
    case 'spreading':
      return facts.running ? `${subject} ${is} being spread` : `${subject} ${is} not spread far enough yet`
    case 'words-needed':
      return `${subject} ${is} spread. Write down the 24 words to make ${folders === 1 ? 'it' : 'them'} safe`
    case 'safe':
      return facts.oneMachine ? `${subject} ${is} safe, but everything is on this machine` : `${subject} ${is} safe`
  }
}

export interface KeepFacts {
  readonly on: boolean
  readonly online: boolean
  readonly paused: boolean
  readonly shards: number
  readonly owners: number
}

export function keepSentence({ on, online, paused, shards, owners }: KeepFacts): string {
  if (!on) return 'You keep nothing for others yet'
  if (!online) return 'Connecting; nothing that you keep is lost'
  if (paused) return 'Paused: you take nothing new and still serve what you keep'
  if (shards === 0) return 'You are a keeper. Nobody has needed your space yet'
  return owners === 1 ? 'You keep a part of one person’s backup' : `You keep parts of ${owners} people’s backups`
}
