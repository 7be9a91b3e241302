/**
 * Packs that are to go. A device condemns them, and is believed only if it knew every newest head of its account; a head
 * is taken only from a device that knew of every condemnation (`heads.ts`). So in whatever order the two arrive, the later
 * one was made knowing of the earlier one, and no device needs what another condemns without either of them knowing.
 */
import { equal, type Bytes } from '../src/core/bytes.ts'
import type { Clock } from '../src/core/clock.ts'
import type { SigningKey } from '../src/core/crypto.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { DeviceId, PackId } from '../src/core/ids.ts'
import type { Millis } from '../src/core/units.ts'
import type { CondemnedHere, CondemnedList, OwnPack, PastHead } from '../src/protocol/coordinator-messages.ts'
import {
  CONDEMNED_MS,
  headsDigest,
  openCondemnation,
  signDropOrder,
  type Condemnation,
} from '../src/protocol/condemnation.ts'
import { openPackRecord } from '../src/protocol/records.ts'
import { isRevoked, openRevocations } from '../src/identity/revocation.ts'
import type { Database, StoredCondemnation, Stores } from './db/stores.ts'
import { served } from './served.ts'
import type { Caller } from './tokens.ts'

const PACKS_IN_PAGE = 500
const STATEMENTS_IN_PAGE = 50
const HEADS_IN_PAGE = 20
const beforeAll = ''

export interface RetentionDesk {
  /** Every pack of the account, committed or not, by id. */
  packs(caller: Caller, after: PackId | undefined): Promise<{ packs: OwnPack[]; more: boolean }>
  /** Those that are condemned and still here, by id. */
  condemned(caller: Caller, after: PackId | undefined): Promise<CondemnedList>
  /**
   * Condemns packs; one that is condemned already stays so since then.
   * @param basis `headsDigest` of the newest heads that the device has read
   * @throws KeeptabError `conflict` when those are not all; `forbidden` for another account's pack or statement;
   *   `not-found` for a pack that is not here; `device-revoked`, `signature-invalid`, `certificate-invalid`, `malformed`
   */
  condemn(caller: Caller, request: { statements: readonly Bytes[]; basis: Bytes }): Promise<void>
  /** Takes condemnations back. @returns those of the packs that stay: never condemned, or not any more */
  reprieve(caller: Caller, packs: readonly PackId[]): Promise<PackId[]>
  /** Condemned packs of which the caller keeps shards, by id; with an order where their time is over. */
  here(caller: Caller, after: PackId | undefined): Promise<CondemnedHere>
  /** The caller has dropped what it kept of these packs. Those that it was not ordered to drop are left as they are. */
  dropped(caller: Caller, packs: readonly PackId[]): Promise<void>
  /** Heads of a device that were the newest within the last 30 days, newest first. */
  pastHeads(caller: Caller, device: DeviceId, before: number | undefined): Promise<{ heads: PastHead[]; more: boolean }>
}

export function createRetention(parts: {
  readonly database: Database
  readonly key: SigningKey
  readonly clock: Clock
}): RetentionDesk {
  const { database, key, clock } = parts

  /** How long a condemned pack is still kept at least; not more than 0 when its time is over. */
  const leftMs = ({ since, servedAt }: StoredCondemnation, servedMs: Millis): Millis =>
    CONDEMNED_MS - Math.min(clock.now() - since, servedMs - servedAt)

  /** From now on nobody finds it; its holders stay until each has dropped its shards. */
  const drop = async ({ condemnations, packs, groups }: Stores, pack: PackId): Promise<void> => {
    const known = (await packs.get([pack])).get(pack)
    const record = await packs.record(pack)
    await condemnations.markDropped(pack, clock.now())
    if (known === undefined || record === undefined) return
    const { k, shardBytes } = await openPackRecord(record)
    const group = { id: known.group, owner: known.owner }
    const storedBytes = (await groups.get(group))?.storedBytes ?? 0
    if (known.committedAt !== undefined) await groups.addBytes(group, -Math.min(storedBytes, k * shardBytes))
    await packs.remove(pack)
  }

  return {
    packs: ({ account }, after) =>
      database.transaction(async ({ packs }) => {
        const found = await packs.ofOwner(account, after ?? beforeAll, PACKS_IN_PAGE)
        return {
          packs: found.map(({ id, k, committedAt }) => ({
            pack: id,
            k,
            ...(committedAt !== undefined && { committedAt }),
          })),
          more: found.length === PACKS_IN_PAGE,
        }
      }),

    condemned: ({ account }, after) =>
      database.transaction(async (stores) => {
        const servedMs = await served(stores, clock.now())
        const found = await stores.condemnations.ofOwner(account, after ?? beforeAll, PACKS_IN_PAGE)
        return {
          rounds: await stores.condemnations.rounds(account),
          packs: found.map((one) => ({
            pack: one.pack,
            since: one.since,
            goneAt: clock.now() + Math.max(0, leftMs(one, servedMs)),
          })),
          more: found.length === PACKS_IN_PAGE,
        }
      }),

    async condemn({ account }, { statements, basis }) {
      const opened = await Promise.all(
        statements.map(async (statement) => ({ statement, condemnation: await openCondemnation(statement) })),
      )
      await database.transaction(async (stores) => {
        const { heads, packs, condemnations } = stores
        const newest = (await heads.ofAccount(account)).map(({ signed }) => signed)
        if (!equal(basis, await headsDigest(newest))) {
          throw new KeeptabError('conflict', 'A device of the account has backed up meanwhile.')
        }
        await checkSigners(
          stores,
          account,
          opened.map(({ condemnation }) => condemnation),
        )
        const known = await packs.get(opened.map(({ condemnation }) => condemnation.pack))
        const servedAt = await served(stores, clock.now())
        for (const { statement, condemnation } of opened) {
          const { pack } = condemnation
          const owner = known.get(pack)?.owner
          if (owner === undefined) throw new KeeptabError('not-found', 'A pack is not here.')
          if (owner !== account) throw new KeeptabError('forbidden', 'A pack is of another account.')
          await condemnations.add({ pack, owner, statement, since: clock.now(), servedAt, droppedAt: undefined })
        }
        await condemnations.addRound(account)
      })
    },

    reprieve: ({ account }, ids) =>
      database.transaction(async ({ condemnations, packs }) => {
        const condemned = await condemnations.get(ids)
        const known = await packs.get(ids)
        const stay: PackId[] = []
        for (const id of new Set(ids)) {
          if (known.get(id)?.owner !== account) continue
          const one = condemned.get(id)
          if (one !== undefined) await condemnations.remove(id)
          stay.push(id)
        }
        return stay
      }),

    async here({ device }, after) {
      const found = await database.transaction(async (stores) => {
        const servedMs = await served(stores, clock.now())
        const page = await stores.condemnations.heldBy(device, after ?? beforeAll, STATEMENTS_IN_PAGE)
        const ordered = new Set<PackId>()
        for (const one of page) {
          if (one.droppedAt === undefined && leftMs(one, servedMs) > 0) continue
          if (one.droppedAt === undefined) await drop(stores, one.pack)
          ordered.add(one.pack)
        }
        return { page, ordered }
      })
      const issuedAt = clock.now()
      return {
        now: issuedAt,
        packs: await Promise.all(
          found.page.map(async ({ pack, statement }) => ({
            pack,
            statement,
            ...(found.ordered.has(pack) && {
              order: await signDropOrder(key, { keeper: device, condemnation: statement, issuedAt }),
            }),
          })),
        ),
        more: found.page.length === STATEMENTS_IN_PAGE,
      }
    },

    dropped: ({ device }, ids) =>
      database.transaction(async ({ condemnations, packs }) => {
        const condemned = await condemnations.get(ids)
        const gone = ids.filter((id) => condemned.get(id)?.droppedAt !== undefined)
        for (const { pack, index, keeper } of await packs.holders(gone)) {
          if (keeper === device) await packs.removeHolder({ pack, index, keeper })
        }
      }),

    pastHeads: ({ account }, device, before) =>
      database.transaction(async (stores) => {
        const now = clock.now()
        const servedMs = await served(stores, now)
        const found = await stores.heads.past(account, device, before ?? Number.MAX_SAFE_INTEGER, HEADS_IN_PAGE)
        return {
          heads: found
            .filter(({ replacedAt, servedAt }) => Math.min(now - replacedAt, servedMs - servedAt) < CONDEMNED_MS)
            .map(({ sequence, signed, replacedAt }) => ({ sequence, head: signed, replacedAt })),
          more: found.length === HEADS_IN_PAGE,
        }
      }),
  }
}

async function checkSigners(
  { revocations }: Stores,
  account: Caller['account'],
  condemnations: readonly Condemnation[],
): Promise<void> {
  const removals = await openRevocations(account, await revocations.ofAccount(account))
  for (const condemnation of condemnations) {
    if (condemnation.account !== account) throw new KeeptabError('forbidden', 'A statement is of another account.')
    if (isRevoked(removals, condemnation.certificate)) throw new KeeptabError('device-revoked')
  }
}
