/** Placement groups: which keepers get an owner's shards. The rules of spreading are in `durability/placement`. */
import type { Clock, Random } from '../src/core/clock.ts'
import { KeeptabError } from '../src/core/errors.ts'
import { idOf, parseGroupId, type AccountId, type DeviceId, type GroupId } from '../src/core/ids.ts'
import type { SigningKey } from '../src/core/crypto.ts'
import { HOUR, GB, type ByteCount, type Millis } from '../src/core/units.ts'
import { evenedOut, fewestThere, fillsBest, type TimedPlace } from '../src/durability/even-hours.ts'
import { capsOf, crowding, leastCrowding, waived, type KnownPlace } from '../src/durability/failure-domains.ts'
import { comesBackLean, keepsCaps, lastsLean, type LastingLives } from '../src/durability/lean.ts'
import type { Networks } from '../src/durability/networks.ts'
import { choosePlaces, happiness, placesApart, type ShardPlace } from '../src/durability/placement.ts'
import {
  FEWEST_KEEPERS,
  isLean,
  LEAN,
  NORMAL_NETWORK,
  redundancyFor,
  redundancyOf,
} from '../src/durability/redundancy.ts'
import type { Crowding, PlacementGroup, ReplaceReason } from '../src/protocol/coordinator-messages.ts'
import { signPlacementTicket } from '../src/protocol/records.ts'
import { candidatesFor, GONE_MS, knownPlaces, type Candidate, type Candidates } from './candidates.ts'
import type { Database, EndReason, Stores, StoredGroup, StoredKeeper, StoredSlot } from './db/stores.ts'
import type { Caller } from './tokens.ts'

/** Pack bytes after which a group takes no more (durability.md, Defaults). */
const GROUP_BYTES: ByteCount = 10 * GB
const TICKET_MS = 24 * HOUR

/** How long a keeper that failed an owner is not given to the same group again. */
const restMs: Readonly<Record<EndReason, Millis>> = {
  'unreachable': 10 * 60_000,
  'full': HOUR,
  'refused': HOUR,
  'corrupt': 30 * 24 * HOUR,
  'handed-over': 0,
  'gone': 0,
  'barred': 0,
}

export interface Placement {
  /** The owner's open group; made when there is none. @throws KeeptabError `not-enough-keepers` {eligible, needed} */
  open(caller: Caller): Promise<PlacementGroup>
  /** @throws KeeptabError `not-found`, also for another owner's group */
  get(caller: Caller, id: GroupId): Promise<PlacementGroup>
  /**
   * Another keeper for an index. When `keeper` is no longer there, it was replaced before and nothing changes.
   * @throws KeeptabError `not-enough-keepers` when there is no other, `not-found`
   */
  replace(
    caller: Caller,
    id: GroupId,
    failed: { index: number; keeper: DeviceId; reason: ReplaceReason },
  ): Promise<PlacementGroup>
}

/** Of whom a group may be made, and how many places apart they are. */
interface Pool {
  readonly keepers: readonly Candidate[]
  readonly places: number
  /** Those of them that stay, and whether such keepers stay long enough for lean groups. */
  readonly lasting: readonly Candidate[]
  readonly lastsLean: boolean
}

/** A group and its keepers now. */
interface KnownSlots {
  readonly group: StoredGroup
  readonly slots: readonly StoredSlot[]
  readonly crowding: Crowding
  readonly isYoung: boolean
}

/** What finding places for shards needs. */
export interface PlacementParts {
  readonly database: Database
  readonly key: SigningKey
  readonly clock: Clock
  readonly random: Random
  readonly oneMachine: boolean
  readonly isOnline: (device: DeviceId) => boolean
  readonly networks: Networks
}

/** @param parts.lives what is known of keepers that stay; not asked within a transaction */
export function createPlacement(parts: PlacementParts & { readonly lives: () => Promise<LastingLives> }): Placement {
  const { database, key, clock, random, oneMachine, isOnline, lives } = parts

  /**
   * Whether new packs go on into it: it has room, the network earns no better code or keepers still stay long enough for
   * a lean one, and its keepers have neither gone nor moved together, so that a pack can still become happy in it.
   */
  const isOpen = async ({ devices, groups }: Stores, group: StoredGroup, pool: Pool): Promise<boolean> => {
    if (group.storedBytes >= GROUP_BYTES) return false
    if (isLean(group) ? !pool.lastsLean : (redundancyFor(pool.places)?.n ?? 0) > group.n) return false
    const since = clock.now() - GONE_MS
    const keepers = await devices.keepers()
    const present = new Map(
      keepers
        .filter(({ keeper, limitBytes, seenAt }) => limitBytes > 0 && (seenAt > since || isOnline(keeper)))
        .map((keeper) => [keeper.keeper, keeper]),
    )
    const remaining = (await groups.slots(group)).filter(isCurrent).flatMap(({ index, keeper }): ShardPlace[] => {
      const place = present.get(keeper)
      return place === undefined ? [] : [{ ...place, index }]
    })
    return happiness(remaining, { oneMachine }) >= (redundancyOf(group.k, group.n)?.happy ?? Infinity)
  }

  /** Who takes over an index: in no failure domain of the others, and not one that failed this group a short while ago. */
  const successor = async (
    stores: Stores,
    group: StoredGroup,
    slots: readonly StoredSlot[],
    failed: { index: number; keeper: DeviceId },
    { ordered, admitted }: Candidates,
  ): Promise<StoredKeeper | undefined> => {
    const staying = slots.filter((slot) => isCurrent(slot) && slot.index !== failed.index).map(({ keeper }) => keeper)
    const { apart, members } = await thoseApart(stores, ordered, slots, staying, parts)
    const fitting = apart.filter(({ keeper }) => keeper !== failed.keeper)
    const least = leastCrowding(admitted(fitting, group.n, staying), members, capsOf(group))
    return fillsBest(ratherLasting(group, least), members, enoughThere(group))
  }

  /**
   * Of whom a group may be made, and how many places apart they are: few of them keepers that nobody knows yet, unless all
   * the others make no group.
   */
  const poolOf = ({ ordered, isYoung, admitted }: Candidates, lives: LastingLives): Pool => {
    const apart = (some: typeof ordered): number => placesApart(some, some.length, { oneMachine }).length
    const code = isYoung ? undefined : redundancyFor(apart(ordered.filter(({ isVetted }) => isVetted)))
    const keepers = code === undefined ? ordered : admitted(ordered, code.n, [])
    return {
      keepers,
      places: apart(keepers),
      lasting: ordered.filter(({ isLasting }) => isLasting),
      lastsLean: !isYoung && !oneMachine && lastsLean(lives),
    }
  }

  /** Keepers for a group of this code, each at its index; fewer than n where there are not more. */
  const drawn = (keepers: readonly Candidate[], code: { readonly k: number; readonly n: number }): Candidate[] => {
    const rules = { oneMachine, caps: capsOf(code) }
    return evenedOut(choosePlaces(keepers, code.n, rules, random), keepers, enoughThere(code), rules)
  }

  /** A lean group where those that stay are a normal network by themselves and its caps hold. */
  const drawnLean = (pool: Pool): Candidate[] | undefined => {
    const { lasting } = pool
    if (!pool.lastsLean || placesApart(lasting, NORMAL_NETWORK, { oneMachine }).length < NORMAL_NETWORK)
      return undefined
    const chosen = drawn(lasting, LEAN)
    const isSound = keepsCaps(chosen) && comesBackLean(fewestThere(chosen) / chosen.length)
    return isSound ? chosen : undefined
  }

  /** Gives the places of keepers that are suspended or out to others, where there are others. */
  const withoutBarred = async (stores: Stores, group: StoredGroup, candidates: Candidates): Promise<void> => {
    for (const { index, keeper } of (await stores.groups.slots(group)).filter(isCurrent)) {
      if (!candidates.isBarred(keeper)) continue
      const slots = await stores.groups.slots(group)
      const next = await successor(stores, group, slots, { index, keeper }, candidates)
      if (next === undefined) continue
      await stores.groups.end(group, index, keeper, clock.now(), 'barred')
      await stores.groups.assign(group, index, next.keeper, clock.now())
    }
  }

  const makeGroup = async (stores: Stores, owner: AccountId, pool: Pool): Promise<StoredGroup> => {
    const { keepers, places } = pool
    const lean = drawnLean(pool)
    const code = lean === undefined ? redundancyFor(places) : LEAN
    if (code === undefined) throw notEnough(places, FEWEST_KEEPERS)
    const at = clock.now()
    const id = idOf(parseGroupId, random.bytes(16))
    const group = { id, owner, k: code.k, n: code.n, storedBytes: 0, rebuilt: false, madeAt: at }
    await stores.groups.add(group)
    for (const [index, { keeper }] of (lean ?? drawn(keepers, code)).entries()) {
      await stores.groups.assign(group, index, keeper, at)
    }
    return group
  }

  const ownGroup = async ({ groups }: Stores, { account }: Caller, id: GroupId): Promise<StoredGroup> => {
    const group = await groups.get({ id, owner: account })
    if (group === undefined) throw new KeeptabError('not-found', 'There is no such placement group.')
    return group
  }

  const known = async (stores: Stores, group: StoredGroup, { isYoung }: Candidates): Promise<KnownSlots> => {
    const slots = (await stores.groups.slots(group)).filter(isCurrent)
    const crowding = await crowdingOf(stores, slots, group, parts)
    return { group, slots, crowding, isYoung }
  }

  const described = async ({ group, slots, crowding, isYoung }: KnownSlots): Promise<PlacementGroup> => {
    const { id, owner, k, n } = group
    const redundancy = redundancyOf(k, n)
    if (redundancy === undefined) throw new KeeptabError('internal', 'A placement group has an unknown code.')
    const expiresAt = clock.now() + TICKET_MS
    return {
      id,
      code: { k, n },
      happy: redundancy.happy,
      slots: await Promise.all(
        slots.map(async ({ index, keeper }) => ({
          index,
          keeper,
          online: isOnline(keeper),
          ticket: await signPlacementTicket(key, { group: id, owner, keeper, index, expiresAt }),
        })),
      ),
      crowding,
      trial: redundancy.trial || oneMachine || isYoung,
    }
  }

  return {
    async open(caller) {
      const lasting = await lives()
      return described(
        await database.transaction(async (stores) => {
          const candidates = await candidatesFor(stores, caller.account, parts)
          const pool = poolOf(candidates, lasting)
          const newest = await stores.groups.newest(caller.account)
          const group =
            newest !== undefined && (await isOpen(stores, newest, pool))
              ? newest
              : await makeGroup(stores, caller.account, pool)
          await withoutBarred(stores, group, candidates)
          return known(stores, group, candidates)
        }),
      )
    },

    async get(caller, id) {
      return described(
        await database.transaction(async (stores) => {
          const group = await ownGroup(stores, caller, id)
          return known(stores, group, await candidatesFor(stores, caller.account, parts))
        }),
      )
    },

    async replace(caller, id, { index, keeper, reason }) {
      return described(
        await database.transaction(async (stores) => {
          const group = await ownGroup(stores, caller, id)
          const candidates = await candidatesFor(stores, caller.account, parts)
          const before = await stores.groups.slots(group)
          if (before.some((slot) => slot.index === index && slot.keeper === keeper && isCurrent(slot))) {
            const next = await successor(stores, group, before, { index, keeper }, candidates)
            if (next === undefined) throw notEnough(0, 1)
            await stores.groups.end(group, index, keeper, clock.now(), reason)
            await stores.groups.assign(group, index, next.keeper, clock.now())
          }
          return known(stores, group, candidates)
        }),
      )
    },
  }
}

export const isCurrent = (slot: StoredSlot): boolean => slot.ended === undefined

const notEnough = (eligible: number, needed: number): KeeptabError =>
  new KeeptabError('not-enough-keepers', `${eligible} can be reached, ${needed} are needed.`, { eligible, needed })

/**
 * Of some keepers those with no account and no address block of the others, and that did not fail this group a short while
 * ago; and where the others are.
 */
export async function thoseApart<K extends StoredKeeper>(
  stores: Stores,
  some: readonly K[],
  slots: readonly StoredSlot[],
  others: readonly DeviceId[],
  { clock, oneMachine, networks }: Pick<PlacementParts, 'clock' | 'oneMachine' | 'networks'>,
): Promise<{ apart: K[]; members: TimedPlace[] }> {
  const resting = new Set(
    slots.filter(({ ended }) => ended && ended.at + restMs[ended.reason] > clock.now()).map(({ keeper }) => keeper),
  )
  const members = await knownPlaces(stores, others, networks, clock.now())
  const taken = new Set(members.flatMap(({ account, block }) => (oneMachine ? [account] : [account, block])))
  const apart = some.filter(
    ({ keeper, account, block }) => !resting.has(keeper) && !taken.has(account) && !taken.has(block),
  )
  return { apart, members }
}

/** As many keepers as are to be there at every hour: with fewer that stay away for good a pack is repaired. */
export const enoughThere = ({ k, n }: { readonly k: number; readonly n: number }): number =>
  redundancyOf(k, n)?.repairAt ?? k

/** For a lean group those that stay, where there are any: it was made for their lives. */
export function ratherLasting(
  group: { readonly k: number; readonly n: number },
  fitting: readonly Candidate[],
): readonly Candidate[] {
  const lasting = isLean(group) ? fitting.filter(({ isLasting }) => isLasting) : []
  return lasting.length > 0 ? lasting : fitting
}

/** How much of a group lies together. */
export async function crowdingOf(
  stores: Stores,
  slots: readonly { readonly keeper: DeviceId }[],
  code: { readonly k: number; readonly n: number },
  { networks }: Pick<PlacementParts, 'networks'>,
): Promise<Crowding> {
  const keepers = slots.map(({ keeper }) => keeper)
  return crowdingAt(await knownPlaces(stores, keepers, networks, 0), code) // when they are there does not matter here
}

/** How much lies together in these places, each keeper's once. */
export function crowdingAt(places: readonly KnownPlace[], code: { readonly k: number; readonly n: number }): Crowding {
  const crowded = crowding(places)
  return { ...crowded, waived: waived(crowded, capsOf(code)) }
}
