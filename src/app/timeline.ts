/** The snapshots of an account as a person looks for one: by day, and beside the one to compare it with. */
import type { SnapshotSummary } from '../backup/events.ts'
import type { Millis } from '../core/units.ts'

/** What was backed up on one day of the calendar here. */
export interface TimelineDay {
  /** Its first snapshot's time: for the heading. */
  readonly at: Millis
  readonly snapshots: readonly SnapshotSummary[]
}

/** @param snapshots newest first */
export function daysOf(snapshots: readonly SnapshotSummary[]): TimelineDay[] {
  const days: { at: Millis; day: string; snapshots: SnapshotSummary[] }[] = []
  for (const snapshot of snapshots) {
    const day = new Date(snapshot.createdAt).toDateString()
    const last = days.at(-1)
    if (last?.day === day) last.snapshots.push(snapshot)
    else days.push({ at: snapshot.createdAt, day, snapshots: [snapshot] })
  }
  return days
}

/** The snapshot to compare one with unless somebody chooses: the one before it of the same device, or any before, or the next. */
export function neighbourOf(
  snapshots: readonly SnapshotSummary[],
  { id, device, createdAt }: SnapshotSummary,
): SnapshotSummary | undefined {
  const others = snapshots.filter((one) => one.id !== id)
  const earlier = others.filter((one) => one.createdAt <= createdAt)
  return earlier.find((one) => one.device === device) ?? earlier[0] ?? others.at(-1)
}
