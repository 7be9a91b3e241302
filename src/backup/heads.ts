/**
 * The newest head of every device of an account: what the coordinator tells, what this device has pinned and what
 * keepers have seen, each verified, the newest of each device taken. Rollback is told, a fork is refused (T8).
 */
import { equal, type Bytes } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { codeOf, KeeptabError } from '../core/errors.ts'
import type { AccountId, DeviceId } from '../core/ids.ts'
import { openHead, type Head } from '../protocol/records.ts'
import type { RolledBack } from './events.ts'
import { readHeads } from './keeper-client.ts'
import type { OwnerContext } from './owner-context.ts'

/** Keepers asked what they have seen, for each device: a coordinator that rolls back must corrupt all of them. */
const WITNESSES = 6
const WITNESS_TIMEOUT_MS = 5000

type OnRollback = (event: RolledBack) => void

/**
 * The newest head of each device. Pins what it found.
 * @throws KeeptabError `head-forked` when two heads of one device and sequence differ; `coordinator-unreachable`
 */
export async function newestHeads(owner: OwnerContext, onRollback: OnRollback, signal?: AbortSignal): Promise<Head[]> {
  const told = new Heads(owner.identity.account)
  for (const signed of await owner.coordinator.heads()) await told.add(signed)

  const seen = new Heads(owner.identity.account)
  for (const head of told.all()) seen.addOpened(head)
  for (const signed of await owner.state.pinnedHeads()) await seen.add(signed)
  for (const signed of await witnessed(owner, seen.all(), signal)) await seen.addIfValid(signed)

  for (const head of seen.all()) {
    const before = told.of(head.device)
    if (before === undefined || before.sequence < head.sequence) {
      onRollback({ type: 'rolled-back', device: head.device, told: before?.sequence ?? 0, seen: head.sequence })
    }
    await owner.state.pinHead(head.device, head.signed)
  }
  return seen.all()
}

/** The `previous` field of the head that follows this one. */
export const linkTo = (head: Head): Promise<Bytes> => sha256(head.signed)

/** What keepers of the newest manifests remember of this account's heads. Those who do not answer soon are left out. */
async function witnessed(
  owner: OwnerContext,
  heads: readonly Head[],
  signal: AbortSignal | undefined,
): Promise<Bytes[]> {
  const located = await owner.coordinator.locatePacks(heads.flatMap(({ manifest }) => manifest.slice(0, 1)))
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

/** Newest head of each device among those given. */
class Heads {
  readonly #account: AccountId
  readonly #newest = new Map<DeviceId, Head>()

  constructor(account: AccountId) {
    this.#account = account
  }

  all(): Head[] {
    return [...this.#newest.values()]
  }

  of(device: DeviceId): Head | undefined {
    return this.#newest.get(device)
  }

  async add(signed: Bytes): Promise<void> {
    this.addOpened(await openHead(signed))
  }

  /** Like `add`, but what is no head of this account counts for nothing: a keeper may say what it likes. */
  async addIfValid(signed: Bytes): Promise<void> {
    try {
      await this.add(signed)
    } catch (thrown) {
      if (codeOf(thrown) === 'head-forked' || codeOf(thrown) === 'internal') throw thrown
    }
  }

  addOpened(head: Head): void {
    if (head.account !== this.#account) throw new KeeptabError('forbidden', 'A head is of another account.')
    const known = this.#newest.get(head.device)
    if (known?.sequence === head.sequence && !equal(known.signed, head.signed)) {
      throw new KeeptabError('head-forked', undefined, { device: head.device, sequence: head.sequence })
    }
    if (known === undefined || known.sequence < head.sequence) this.#newest.set(head.device, head)
  }
}
