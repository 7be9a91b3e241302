/** Who takes over an index of a placement group: for a keeper that gives shards up, and for those that are gone. */
import type { DeviceId } from '../src/core/ids.ts'
import { fillsBest } from '../src/durability/even-hours.ts'
import { capsOf, leastCrowding } from '../src/durability/failure-domains.ts'
import { candidatesFor, type CandidateParts, type Candidates } from './candidates.ts'
import type { EndReason, GroupName, Holder, Stores, StoredGroup, StoredKeeper, StoredSlot } from './db/stores.ts'
import { enoughThere, isCurrent, ratherLasting, thoseApart } from './placement.ts'

interface SuccessorParts extends CandidateParts {
  readonly oneMachine: boolean
}

/** A group and whoever may be asked to take shards of it. */
export interface KnownGroup {
  readonly group: StoredGroup
  slots: StoredSlot[]
  readonly candidates: Candidates
}

export interface Vacancy {
  readonly index: number
  /** Of the pack; whoever is given a shard of it in the same breath is one, too. */
  readonly holders: readonly Pick<Holder, 'index' | 'keeper'>[]
  /** They give their shards up or are gone, so they take nothing and stand in nobody's way. */
  readonly leaving: ReadonlySet<DeviceId>
  /** They did not take what they were sent before. */
  readonly not: ReadonlySet<DeviceId>
}

export interface Successors {
  know(stores: Stores, name: GroupName): Promise<KnownGroup | undefined>
  /** A holder of the same index already, or who takes its new shards, or who took over others of it, or anyone who fits. */
  find(stores: Stores, known: KnownGroup, vacancy: Vacancy): Promise<StoredKeeper | undefined>
  /**
   * Notes a successor in the group. The place of one that leaves goes to it, for new shards, too; a place that is another's
   * stays, and it gets old shards only.
   */
  assign(
    stores: Stores,
    known: KnownGroup,
    vacancy: Pick<Vacancy, 'index' | 'leaving'>,
    next: DeviceId,
    why: EndReason,
  ): Promise<void>
}

export const createSuccessors = (parts: SuccessorParts): Successors => ({
  async know(stores, name) {
    const group = await stores.groups.get(name)
    if (group === undefined) return undefined
    const candidates = await candidatesFor(stores, group.owner, parts)
    return { group, slots: await stores.groups.slots(group), candidates }
  },

  async find(stores, { group, slots, candidates }, { index, holders, leaving, not }) {
    const others = [
      ...slots.filter((slot) => isCurrent(slot) && slot.index !== index).map(({ keeper }) => keeper),
      ...holders.filter((holder) => holder.index !== index && holder.index < group.n).map(({ keeper }) => keeper),
    ].filter((keeper) => !leaving.has(keeper))
    const { apart, members } = await thoseApart(stores, candidates.ordered, slots, others, parts)
    const fits = apart.filter(({ keeper }) => !leaving.has(keeper) && !not.has(keeper))
    const admitted = candidates.admitted(fits, group.n, others)
    // Rather a newcomer too many than a shard with nobody.
    const fitting = leastCrowding(admitted.length > 0 ? admitted : fits, members, capsOf(group))
    const among = (wanted: readonly DeviceId[]) => fitting.find(({ keeper }) => wanted.includes(keeper))
    const ofIndex = slots.filter((slot) => slot.index === index)
    return (
      among(holders.filter((holder) => holder.index === index).map(({ keeper }) => keeper)) ??
      among(ofIndex.filter(isCurrent).map(({ keeper }) => keeper)) ??
      among(ofIndex.map(({ keeper }) => keeper)) ??
      fillsBest(ratherLasting(group, fitting), members, enoughThere(group))
    )
  },

  async assign({ groups }, known, { index, leaving }, next, why) {
    const at = parts.clock.now()
    const { group } = known
    const current = known.slots.find((slot) => slot.index === index && isCurrent(slot))
    if (current?.keeper === next) return
    const isFree = current === undefined || leaving.has(current.keeper)
    if (current !== undefined && isFree) await groups.end(group, index, current.keeper, at, why)
    if (isFree) await groups.assign(group, index, next, at)
    else await groups.assignPast(group, index, next, at)
    known.slots = await groups.slots(group)
  },
})
