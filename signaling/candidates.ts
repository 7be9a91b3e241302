/** Which keepers can take shards now, and in what order they are asked. */
import type { Clock, Random } from '../src/core/clock.ts'
import type { AccountId, DeviceId } from '../src/core/ids.ts'
import { MAX_SHARD_BYTES } from '../src/core/shard-sizes.ts'
import { DAY, type ByteCount, type Millis } from '../src/core/units.ts'
import { hoursThere, type HoursThere, type TimedPlace } from '../src/durability/even-hours.ts'
import { LASTING_AGE } from '../src/durability/lean.ts'
import type { Networks } from '../src/durability/networks.ts'
import { drawWeight } from '../src/durability/presence.ts'
import { hoursAt, shareKept } from '../src/durability/stated-hours.ts'
import { isBarred, isVetted, newReputation, renewed, type Reputation } from '../src/durability/reputation.ts'
import { FEWEST_VETTED, inShare, mostUnvetted } from '../src/durability/vetting.ts'
import type { Stores, StoredKeeper, StoredPlace } from './db/stores.ts'

/** A keeper with less room is given nothing. */
const LEAST_FREE_BYTES: ByteCount = 2 * MAX_SHARD_BYTES
/** Not seen for so long, a keeper counts as gone for new packs. */
export const GONE_MS: Millis = 7 * DAY

/** A keeper that may be given shards, if it can take them. */
export interface Candidate extends StoredKeeper, TimedPlace {
  readonly isVetted: boolean
  /** Vetted, and here for long enough to be one that stays. */
  readonly isLasting: boolean
}

/** Keepers for the shards of one owner. */
export interface Candidates {
  /** Those that can take shards now, in the order in which they are asked. */
  readonly ordered: readonly Candidate[]
  /** Too few keepers are vetted for the rule of vetting: anybody may be taken. */
  readonly isYoung: boolean
  /** Suspended or out. */
  readonly isBarred: (keeper: DeviceId) => boolean
  /** Of some of them, those that may join a group of n in which these are. */
  readonly admitted: (some: readonly Candidate[], n: number, members: readonly DeviceId[]) => readonly Candidate[]
}

export interface CandidateParts {
  readonly clock: Clock
  readonly random: Random
  readonly isOnline: (device: DeviceId) => boolean
  readonly networks: Networks
}

/** Whoever is suspended or out is given nothing. */
export async function candidatesFor(
  { devices, reputations }: Stores,
  owner: AccountId,
  { clock, random, isOnline, networks }: CandidateParts,
): Promise<Candidates> {
  const now = clock.now()
  const known = await reputations.all()
  const reputationOf = (keeper: DeviceId): Reputation => renewed(known.get(keeper) ?? newReputation(now), now)
  const isOffered = (keeper: DeviceId): boolean => !isBarred(reputationOf(keeper))
  const keepers = (await devices.keepers())
    .filter(({ keeper }) => isOffered(keeper))
    .map((keeper): Candidate => {
      const vetted = isVetted(reputationOf(keeper.keeper), now)
      return {
        ...keeper,
        ...knownPlace(keeper.keeper, keeper, networks, now),
        isVetted: vetted,
        isLasting: vetted && keeper.seenShare !== undefined && now - (keeper.knownSince ?? now) >= LASTING_AGE,
      }
    })
  const vetted = new Set(
    keepers
      .filter(
        ({ isVetted, limitBytes, seenAt, keeper }) =>
          isVetted && limitBytes > 0 && (seenAt > now - GONE_MS || isOnline(keeper)),
      )
      .map(({ keeper }) => keeper),
  )
  const isYoung = vetted.size < FEWEST_VETTED
  const eligible = keepers.filter(
    ({ keeper, account, limitBytes, freeBytes, paused }) =>
      account !== owner && !paused && limitBytes > 0 && freeBytes >= LEAST_FREE_BYTES && isOnline(keeper),
  )
  return {
    ordered: weighted(eligible, random, now),
    isYoung,
    isBarred: (keeper) => !isOffered(keeper),
    admitted(some, n, members) {
      if (isYoung) return some
      const unvetted = [...new Set(members)].filter((keeper) => !vetted.has(keeper)).length
      return inShare(some, mostUnvetted(n) - unvetted)
    },
  }
}

/** Where these devices are, those that are known. */
export async function knownPlaces(
  { devices }: Stores,
  some: readonly DeviceId[],
  networks: Networks,
  now: Millis,
): Promise<TimedPlace[]> {
  return Array.from(await devices.places(some), ([keeper, place]) => knownPlace(keeper, place, networks, now))
}

/** Everybody is with the one coordinator there is; another one's keepers would carry its name here. */
const OPERATOR = 'this coordinator'

export const knownPlace = (keeper: DeviceId, place: StoredPlace, networks: Networks, now: Millis): TimedPlace => ({
  keeper,
  account: place.account,
  block: place.block,
  network: networks.of(place.block),
  platform: place.platform,
  operator: OPERATOR,
  there: thereOf(place, now),
})

/** Many keepers have the same. */
const known = new Map<string, HoursThere>()

function thereOf({ stated, seenShare }: StoredPlace, now: Millis): HoursThere {
  const hours = hoursAt(stated, now)
  const share = Math.round(32 * shareKept(hours, seenShare)) / 32
  const name = `${share} ${String(hours)}`
  let there = known.get(name)
  if (there === undefined) {
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(name, (there = hoursThere(hours, share)))
  }
  return there
}

const MOST_KNOWN = 10_000

/**
 * A random order in which keepers with more room tend to come first, so that all fill up at about the same time, and those
 * who have been here longer and for more of the week, so that less is to be repaired (Efraimidis and Spirakis 2006,
 * "Weighted random sampling with a reservoir", A-ES).
 */
export function weighted<K extends StoredKeeper>(keepers: readonly K[], random: Random, now: Millis): K[] {
  const weight = ({ freeBytes, knownSince = now, stated, seenShare }: StoredKeeper): number =>
    drawWeight(freeBytes, now - knownSince, shareKept(hoursAt(stated, now), seenShare))
  return keepers
    .map((keeper) => ({ keeper, key: Math.log(1 - random.fraction()) / weight(keeper) }))
    .sort((a, b) => b.key - a.key)
    .map(({ keeper }) => keeper)
}
