/**
 * The newest head of every device of an account: what the coordinator tells, what this device has pinned and what
 * keepers have seen, each verified, the newest of each device taken. Rollback is told; of a forked history both ends
 * are told, and neither is taken for the other (T8).
 */
import { equal, type Bytes } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { KeeptabError } from '../core/errors.ts'
import type { AccountId, DeviceId } from '../core/ids.ts'
import { isGivenUp } from '../identity/given-up.ts'
import { headCounts } from '../identity/revocation.ts'
import { openHead, type Head } from '../protocol/records.ts'
import { seenRevocations } from './epoch.ts'
import type { HeadEvent } from './events.ts'
import { seenGivenUp } from './given-up.ts'
import { readHeads } from '../transport/keeper-client.ts'
import type { OwnerContext } from './owner-context.ts'

/** Keepers asked what they have seen, for each device: a coordinator that rolls back must corrupt all of them. */
const WITNESSES = 6
const WITNESS_TIMEOUT_MS = 5000
/** Ends of a forked history that are looked at: whoever has a device's keys can make any number of them. */
const MOST_ENDS = 8

interface History {
  readonly device: DeviceId
  /** One; of a forked history every end that is known, newest first. Never empty. */
  readonly ends: readonly Head[]
}

/** What is known of one device's history. */
export interface DeviceHeads extends History {
  /** The coordinator tells an older one, or none: it was put back to an older copy, or it lies. */
  readonly isRolledBack: boolean
}

/**
 * The newest head of each device, or all ends of a history that is forked; of those that removals of
 * devices have left to count, and that were not given up. Pins what it found of histories that are not.
 * @throws KeeptabError `coordinator-unreachable`; `malformed`, `signature-invalid`, `certificate-invalid` or `forbidden`
 *   when the coordinator tells what is no head of this account, and nobody knows one that is
 */
export async function newestHeads(
  owner: OwnerContext,
  onEvent: (event: HeadEvent) => void,
  signal?: AbortSignal,
): Promise<DeviceHeads[]> {
  const { account } = owner.identity
  const removals = await seenRevocations(owner.identity)
  const givenUp = await seenGivenUp(owner, removals)
  // Whoever has the keys of an ended epoch can sign as any device of it.
  const counts = (head: Head) => headCounts(removals, head) && !isGivenUp(givenUp, removals, head)
  const told = new Heads(account, counts)
  let refused: KeeptabError | undefined
  for (const signed of await owner.coordinator.heads()) refused = (await told.addIfValid(signed)) ?? refused

  const seen = new Heads(account, counts)
  seen.addAll(told)
  for (const signed of await owner.state.pinnedHeads()) {
    const head = await openHead(signed)
    // This device may have looked into another account with its words, before it became part of this one.
    if (head.account === account) seen.add(head)
  }
  for (const signed of await witnessed(owner, await seen.ends(), signal)) await seen.addIfValid(signed)

  const found = await seen.ends()
  if (refused !== undefined && found.length === 0) throw refused
  if (refused !== undefined) onEvent({ type: 'head-refused', code: refused.code })
  const histories: DeviceHeads[] = []
  for (const { device, ends } of found) {
    const [newest, rival] = ends
    if (newest === undefined) continue
    const before = told.newest(device)?.sequence ?? 0
    const isRolledBack = before < newest.sequence
    histories.push({ device, ends, isRolledBack })
    if (isRolledBack) onEvent({ type: 'rolled-back', device, told: before, seen: newest.sequence })
    // Of a fork nothing is pinned: this device goes on trusting what it has seen itself.
    if (rival === undefined) await owner.state.pinHead(device, newest.signed)
    else onEvent({ type: 'forked', device, sequence: rival.sequence })
  }
  return histories
}

/** The `previous` field of the head that follows this one. */
export const linkTo = (head: Head): Promise<Bytes> => sha256(head.signed)

/** What keepers of the newest manifests remember of this account's heads. Those who do not answer soon are left out. */
async function witnessed(
  owner: OwnerContext,
  histories: readonly History[],
  signal: AbortSignal | undefined,
): Promise<Bytes[]> {
  const manifests = histories.flatMap(({ ends }) => ends.flatMap(({ manifest }) => manifest.slice(0, 1)))
  const located = await owner.coordinator.locatePacks([...new Set(manifests)])
  const keepers = new Set(
    located.flatMap(({ holders }) =>
      holders
        .filter(({ online }) => online)
        .slice(0, WITNESSES)
        .map((h) => h.keeper),
    ),
  )
  const stop = AbortSignal.any([AbortSignal.timeout(WITNESS_TIMEOUT_MS), ...(signal ? [signal] : [])])
  const answers = await Promise.allSettled(
    [...keepers].map(async (keeper) => {
      const link = await owner.transport.connect(keeper, { signal: stop })
      return readHeads(link, stop)
    }),
  )
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [...answer.value] : []))
}

/** All heads of an account that were heard of and count. */
class Heads {
  readonly #account: AccountId
  readonly #counts: (head: Head) => boolean
  /** Of each device, highest sequence first. */
  readonly #heads = new Map<DeviceId, Head[]>()

  constructor(account: AccountId, counts: (head: Head) => boolean) {
    this.#account = account
    this.#counts = counts
  }

  newest(device: DeviceId): Head | undefined {
    return this.#heads.get(device)?.[0]
  }

  add(head: Head): void {
    if (head.account !== this.#account) throw new KeeptabError('forbidden', 'A head is of another account.')
    if (!this.#counts(head)) return
    const heads = this.#heads.get(head.device) ?? []
    if (heads.some(({ signed }) => equal(signed, head.signed))) return
    this.#heads.set(
      head.device,
      [...heads, head].sort((a, b) => b.sequence - a.sequence),
    )
  }

  addAll(others: Heads): void {
    for (const heads of others.#heads.values()) for (const head of heads) this.add(head)
  }

  /**
   * Like `add`, but what is no head of this account counts for nothing: whoever is asked may say what it likes.
   * @returns why it does not
   */
  async addIfValid(signed: Bytes): Promise<KeeptabError | undefined> {
    try {
      this.add(await openHead(signed))
      return undefined
    } catch (thrown) {
      if (!(thrown instanceof KeeptabError) || thrown.code === 'internal') throw thrown
      return thrown
    }
  }

  /**
   * Where each history ends: with its newest heads, and with those one before that none of the newest follows. What is
   * further back is taken for what came before, as the heads between are not known.
   */
  async ends(): Promise<History[]> {
    const histories: History[] = []
    for (const [device, heads] of this.#heads) {
      const sequence = heads[0]?.sequence ?? 0
      const newest = heads.filter((head) => head.sequence === sequence)
      const before = heads.filter((head) => head.sequence === sequence - 1)
      const left: Head[] = []
      for (const head of before) {
        const link = await linkTo(head)
        if (!newest.some(({ previous }) => previous !== null && equal(previous, link))) left.push(head)
      }
      histories.push({ device, ends: [...newest, ...left].slice(0, MOST_ENDS) })
    }
    return histories
  }
}
