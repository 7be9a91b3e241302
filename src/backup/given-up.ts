/** What an account has given up of removed devices, as far as this device knows, and what of it may still be taken back. */
import { toHex, type Bytes } from '../core/bytes.ts'
import { absentOn, codeOf, type ErrorCode } from '../core/errors.ts'
import { furthest, isGivenUp, openGivenUp, reachesFurther, wasRemoved, type GivenUp } from '../identity/given-up.ts'
import type { Revocation } from '../identity/revocation.ts'
import { openHead, type Head } from '../protocol/records.ts'
import { seenRevocations } from './epoch.ts'
import type { OwnerContext } from './owner-context.ts'

/** It has lost the removal, too, which comes first (`followEpoch`); it is of a version without statements; it has too many. */
const NOT_NOW: readonly ErrorCode[] = ['conflict', 'not-found', 'limit-exceeded']

type Self = Pick<OwnerContext, 'identity' | 'coordinator' | 'state'>

/**
 * What the coordinator tells and what this device has seen before, which is given back where it was lost: so a coordinator
 * can hide it from those only that have never seen it. What is no statement of this account about a device that was
 * removed counts for nothing.
 * @param removals without one nothing can have been given up, and nobody is asked
 */
export async function seenGivenUp(owner: Self, removals: readonly Revocation[]): Promise<GivenUp[]> {
  if (removals.length === 0) return []
  const { coordinator, state } = owner
  const statements = await valid(owner, await coordinator.givenUp())
  const told = furthest(statements.filter(({ device }) => wasRemoved(removals, device)))
  const seen = furthest(await pinnedGivenUp(owner))
  for (const [device, one] of told) {
    if (reachesFurther(one, seen.get(device))) await state.pinGivenUp(device, one.signed)
  }
  for (const [device, one] of seen) {
    if (reachesFurther(one, told.get(device))) await absentOn(NOT_NOW, () => coordinator.giveUp(one.signed))
  }
  return [...furthest([...told.values(), ...seen.values()]).values()]
}

/** What this device has seen by now. */
const pinnedGivenUp = async (owner: Self): Promise<GivenUp[]> => valid(owner, await owner.state.pinnedGivenUp())

/** The heads that were given up, as the coordinator tells them and this device has pinned them: where they lead may still be there. */
export async function givenUpHeads(owner: Self): Promise<Head[]> {
  const removals = await seenRevocations(owner.identity)
  const statements = await seenGivenUp(owner, removals)
  if (statements.length === 0) return []
  const known = [...(await owner.coordinator.heads()), ...(await owner.state.pinnedHeads())]
  const heads = await opened([...new Map(known.map((signed) => [toHex(signed), signed])).values()], openHead)
  return heads.filter((head) => head.account === owner.identity.account && isGivenUp(statements, removals, head))
}

const valid = async ({ identity }: Self, signed: readonly Bytes[]): Promise<GivenUp[]> =>
  (await opened(signed, openGivenUp)).filter(({ account }) => account === identity.account)

/** Those that are what they should be. */
async function opened<T>(signed: readonly Bytes[], open: (bytes: Bytes) => Promise<T>): Promise<T[]> {
  const all = await Promise.all(
    signed.map((bytes) =>
      open(bytes).catch((thrown: unknown) => {
        if (codeOf(thrown) === 'internal') throw thrown
      }),
    ),
  )
  return all.filter((one) => one !== undefined)
}
