/** Heads: one growing chain per device, of which the coordinator keeps the newest link. */
import { equal, type Bytes } from '../src/core/bytes.ts'
import { sha256 } from '../src/core/crypto.ts'
import { KeeptabError } from '../src/core/errors.ts'
import type { Clock } from '../src/core/clock.ts'
import { MINUTE, type Millis } from '../src/core/units.ts'
import { headCounts, openRevocations, whyNotCounted } from '../src/identity/revocation.ts'
import type { SeenHead } from '../src/protocol/coordinator-messages.ts'
import { CONDEMNED_MS } from '../src/protocol/condemnation.ts'
import { openHead } from '../src/protocol/records.ts'
import type { Database } from './db/stores.ts'
import { served } from './served.ts'
import type { Caller } from './tokens.ts'

export interface Heads {
  /**
   * Takes a head that follows the newest of its device, from that device or from a keeper that has seen it: it proves
   * itself. The same bytes again change nothing. Where the coordinator has none of the device, or misses some in
   * between, it is taken too: one that lost its database, or was put back to an older copy of it, must not lock its
   * owners out, and an older head is theirs to recognise. Such a one has also forgotten what was taken back of what it was
   * told to let go: with a head that others bring, or that comes after missing ones, those 30 days begin anew.
   * @param rounds of its account's condemned packs, of which a device that publishes must know (`retention.ts`)
   * @throws KeeptabError `device-revoked` or `epoch-behind` for a head that a removal of devices does not count;
   *   `conflict`, also when packs were condemned since; `not-found` when a pack of its manifest is not committed,
   *   `signature-invalid`, `certificate-invalid`, `malformed`
   */
  publish(caller: Caller, head: { readonly head: Bytes; readonly rounds?: number | undefined }): Promise<void>
  /**
   * Of heads that a keeper has seen, the places of those that are not known here, or only older ones. Of an account that
   * it has never kept for all are: how often that backs up is none of its business.
   */
  missing(caller: Caller, seen: readonly SeenHead[]): Promise<number[]>
  /** The newest of every device of the account. */
  newest(caller: Caller): Promise<Bytes[]>
}

/** Of the heads of so long one is remembered: the one that was the newest when it began. No less is what a thief can hide. */
const PAST_EVERY_MS: Millis = 10 * MINUTE

export const createHeads = (database: Database, clock: Clock): Heads => ({
  async publish(caller, { head: signed, rounds = 0 }) {
    const head = await openHead(signed)
    const { device, account } = head
    await database.transaction(async (stores) => {
      const { heads, packs, revocations, condemnations } = stores
      const removals = await openRevocations(account, await revocations.ofAccount(account))
      if (!headCounts(removals, head)) throw whyNotCounted(removals, head)
      const newest = await heads.newest(account, device)
      if (newest !== undefined) {
        if (equal(newest.signed, signed)) return
        if (head.sequence <= newest.sequence) {
          throw new KeeptabError('conflict', `The newest head has sequence ${newest.sequence}.`)
        }
        const isNext = head.sequence === newest.sequence + 1
        if (head.previous === null || (isNext && !equal(head.previous, await sha256(newest.signed)))) {
          throw new KeeptabError('conflict', 'The head does not follow the newest one.')
        }
      }
      // A keeper brings what was taken here before, and only lost.
      if (caller.account === account && rounds !== (await condemnations.rounds(account))) {
        throw new KeeptabError('conflict', 'Packs were condemned meanwhile.')
      }
      const known = await packs.get(head.manifest)
      if (head.manifest.some((id) => known.get(id)?.owner !== account)) {
        throw new KeeptabError('not-found', 'A pack of the manifest is not committed.')
      }
      const now = clock.now()
      const [last] = await heads.past(account, device, Number.MAX_SAFE_INTEGER, 1)
      // What a thief of the device puts over it stays to be found for as long as what it needs stays (X12).
      const past = last === undefined || Math.abs(now - last.replacedAt) >= PAST_EVERY_MS ? newest : undefined
      const wasForgotten = caller.device !== device || head.sequence !== (newest?.sequence ?? 0) + 1
      await heads.put({ device, account, sequence: head.sequence, signed })
      if (past === undefined && !wasForgotten) return
      const servedAt = await served(stores, now)
      if (past !== undefined) {
        await heads.addPast({ ...past, replacedAt: now, servedAt })
        // By the clock alone, one that jumps for a moment would take those of everybody.
        await heads.forgetPast({ replacedAt: now - CONDEMNED_MS, servedAt: servedAt - CONDEMNED_MS })
      }
      if (wasForgotten) await condemnations.renew(account, now, servedAt)
    })
  },
  missing: (caller, seen) =>
    database.transaction(async ({ groups, heads }) => {
      const served = await groups.ownersServed(
        caller.device,
        seen.map(({ account }) => account),
      )
      const known = new Map(
        (await heads.sequences(served)).map((one) => [`${one.account} ${one.device}`, one.sequence]),
      )
      return [...seen.entries()]
        .filter(([, { account, device, sequence }]) => (known.get(`${account} ${device}`) ?? 0) < sequence)
        .map(([place]) => place)
    }),
  newest: ({ account }) =>
    database.transaction(async ({ heads }) => (await heads.ofAccount(account)).map(({ signed }) => signed)),
})
