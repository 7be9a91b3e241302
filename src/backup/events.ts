/** What the services tell while they work: one typed stream for screens, terminals and tests. */
import type { DeviceId, SnapshotId } from '../core/ids.ts'
import type { ErrorCode, PlainError } from '../core/errors.ts'
import type { ByteCount } from '../core/units.ts'

/**
 * Something that was left out of a backup or a restore, or written under another name. `last-version`: it could not be
 * read, and the snapshot has it as the last one had it.
 */
export interface Notice {
  readonly path: string
  readonly what: 'ignored' | 'unreadable' | 'last-version' | 'changed-while-read' | 'renamed' | 'refused'
  /** The rule, what it is that has no content, the system's reason (in a page the browser's name for it), or the name it got. */
  readonly detail: string
  /** What went wrong, where something did: for whoever says it in other words. Without a stack. */
  readonly error?: PlainError
}

/** A keeper that could not be used, and why; the work goes on with others. */
export interface KeeperTrouble {
  readonly keeper: DeviceId
  readonly what: 'unreachable' | 'full' | 'refused' | 'corrupt' | 'slow'
  readonly detail: string
}

/** The coordinator's head was older than one that a keeper or this device has seen; the newer one is used. */
export interface RolledBack {
  readonly type: 'rolled-back'
  readonly device: DeviceId
  /** Sequences of the two heads; 0 when the coordinator has none. */
  readonly told: number
  readonly seen: number
}

/** A device's keys have signed two backups for one place in its history: they are in use in two places. Both are told. */
export interface Forked {
  readonly type: 'forked'
  readonly device: DeviceId
  /** The place. */
  readonly sequence: number
}

/** The coordinator told as a head of this account what is none. It was left out. */
export interface HeadRefused {
  readonly type: 'head-refused'
  /** What the first of them met. */
  readonly code: ErrorCode
}

/** What looking for the newest heads finds besides. */
export type HeadEvent = RolledBack | Forked | HeadRefused

/** None of what a device has backed up can be listed: too few of those who keep its list are there, or it is damaged. */
export interface DeviceUnread {
  readonly type: 'device-unread'
  readonly device: DeviceId
}

export type BackupEvent =
  /** Totals so far of the scan, which runs before the first byte is read. */
  | { readonly type: 'scanned'; readonly files: number; readonly directories: number; readonly bytes: ByteCount }
  | {
      readonly type: 'progress'
      /** Source bytes read, and of how many. */
      readonly bytesRead: ByteCount
      readonly bytesTotal: ByteCount
      readonly filesDone: number
      readonly filesTotal: number
      /** Payload over the network so far, parity and re-sends included. */
      readonly bytesSent: ByteCount
      /** Source bytes that are committed at the coordinator, those of earlier backups included. */
      readonly bytesKept: ByteCount
      /** The same, and of packs on their way the part that keepers have acknowledged: moves steadily. */
      readonly bytesSpread: ByteCount
    }
  /** One source of a run, by its place in the list; before its first progress the totals of the scan. */
  | {
      readonly type: 'source'
      readonly source: number
      readonly bytesRead: ByteCount
      readonly bytesTotal: ByteCount
      readonly filesDone: number
      readonly filesTotal: number
      readonly bytesKept: ByteCount
    }
  /**
   * A source that cannot be read now. `carried`: the snapshot has it as the last one had it. Otherwise it is not in the
   * snapshot, because no earlier one holds it or what holds it is gone.
   */
  | { readonly type: 'source-away'; readonly source: number; readonly carried: boolean; readonly detail: string }
  /** The ring: how many of the n places of the current group hold every shard sent to them. */
  | { readonly type: 'spread'; readonly stored: number; readonly of: number; readonly needed: number }
  /** `source` is its place in the list of sources. */
  | { readonly type: 'notice'; readonly notice: Notice; readonly source: number }
  | { readonly type: 'keeper-trouble'; readonly trouble: KeeperTrouble }
  | HeadEvent
  /** Work stands still until this is over; nothing is lost. */
  | { readonly type: 'waiting'; readonly for: 'keepers' }

export interface BackupResult {
  readonly snapshot: SnapshotId
  /** `safe` only when every pack of the snapshot is happy now, data of earlier backups included. */
  readonly state: 'safe' | 'spreading'
  /** Everything is as the last snapshot has it: `snapshot` is that one, and nothing was sent. */
  readonly unchanged: boolean
  readonly files: number
  readonly bytesRead: ByteCount
  readonly bytesSent: ByteCount
}

export type RestoreEvent =
  /** Before the first progress, where the target may have some of it already: so much of what was chosen has been looked at. */
  | { readonly type: 'comparing'; readonly files: number; readonly bytes: ByteCount }
  | {
      readonly type: 'progress'
      readonly filesDone: number
      readonly filesTotal: number
      readonly bytesDone: ByteCount
      readonly bytesTotal: ByteCount
    }
  | { readonly type: 'notice'; readonly notice: Notice }
  | { readonly type: 'keeper-trouble'; readonly trouble: KeeperTrouble }
  | HeadEvent
  | DeviceUnread
  /** Too few keepers are online for so many files and directories; 0 when not even their list can be had. */
  | { readonly type: 'waiting'; readonly for: 'keepers'; readonly entries: number }

/** One line of the list of snapshots. */
export interface SnapshotSummary {
  readonly id: SnapshotId
  readonly device: DeviceId
  readonly createdAt: number
  readonly sources: readonly string[]
  readonly files: number
  readonly bytes: ByteCount
  /** In one end of a forked history and not in the other: to be opened only by someone who chose it. */
  readonly disputed: boolean
}

export interface RestoreResult {
  readonly snapshot: SnapshotId
  readonly files: number
  readonly bytes: ByteCount
  /** Files and directories that are not back; empty means all are. */
  readonly missing: readonly Notice[]
}
