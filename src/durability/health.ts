/** How well a pack is: which of its shards count, and which threshold of its code they have fallen to. */
import type { Attendance } from './presence.ts'
import type { Redundancy } from './redundancy.ts'

/** What is known of the keeper of a shard. */
export interface ShardKeeper {
  readonly attendance: Attendance
  /** Its audits have turned it out (`reputation`). One that is suspended gets nothing new, but what it keeps counts. */
  readonly out: boolean
}

/** A shard and what is known of its keeper. */
export interface KnownShard extends ShardKeeper {
  readonly index: number
}

/** Whether what a keeper holds counts at all. */
const counts = ({ attendance, out }: ShardKeeper): boolean => attendance !== 'gone' && !out

/** The same for a pack in danger: whoever is away longer than usual is not waited for. */
const countsInDanger = (keeper: ShardKeeper): boolean => counts(keeper) && keeper.attendance === 'here'

export type HealthLevel = 'healthy' | 'repair' | 'urgent' | 'alarm' | 'lost'

export interface Health {
  readonly level: HealthLevel
  /** Distinct shards that count at this level. */
  readonly live: number
  /** Shards that may still be lost before the pack is: live − k. The fewer, the sooner it is repaired. */
  readonly risk: number
  /** Indices to be made again, ascending; none for a pack that is healthy. */
  readonly missing: readonly number[]
}

/**
 * The health of a pack by the shards that are known of it; an index that several keep counts once.
 * Repair waits for the grace of each keeper. `urgent` and `alarm` do not: they count only who is online or away as it
 * often is, and make again what all others keep. `lost` is a pack that too few keepers that count hold to rebuild it: until
 * some of those that are gone come back, or those that are out give what they have after all.
 */
export function healthOf(shards: readonly KnownShard[], { k, n, repairAt, urgentAt, alarmAt }: Redundancy): Health {
  const known = shards.filter(({ index }) => index < n)
  const patient = indicesOf(known.filter(counts))
  const strict = indicesOf(known.filter(countsInDanger))
  const verdict = (level: HealthLevel, live: ReadonlySet<number>): Health => ({
    level,
    live: live.size,
    risk: live.size - k,
    missing: level === 'healthy' ? [] : Array.from({ length: n }, (_, i) => i).filter((i) => !live.has(i)),
  })
  if (patient.size < k) return verdict('lost', patient)
  if (strict.size <= alarmAt) return verdict('alarm', strict)
  if (strict.size <= urgentAt) return verdict('urgent', strict)
  return patient.size <= repairAt ? verdict('repair', patient) : verdict('healthy', patient)
}

const indicesOf = (shards: readonly KnownShard[]): ReadonlySet<number> => new Set(shards.map(({ index }) => index))
