/** The last step of every repair: a shard that was made again to the keeper that takes it. */
import type { Bytes } from '../core/bytes.ts'
import type { RepairJob } from '../protocol/coordinator-messages.ts'
import { checkReceipt, type PackRecord } from '../protocol/records.ts'
import { storeShard } from '../transport/keeper-client.ts'
import type { Link } from '../transport/transport.ts'

export type Successor = RepairJob['successors'][number]

/** Of them on their way at once. */
export const AT_ONCE = 4

export interface MadeShard {
  readonly record: PackRecord
  /** The record as it was signed. */
  readonly signed: Bytes
  /** Of the successor's index, and what its owner has signed: that is not checked here. */
  readonly bytes: Bytes
}

/**
 * The new keeper's receipt, checked; `undefined` when it did not take the shard. Never rejects.
 * @param also what else it is told over the same link once it has it
 */
export async function bringTo(
  { index, group, keeper, ticket }: Successor,
  { record, signed, bytes }: MadeShard,
  connect: () => Promise<Link>,
  signal: AbortSignal,
  also: (link: Link) => Promise<void> = () => Promise.resolve(),
): Promise<Bytes | undefined> {
  try {
    const link = await connect()
    const receipt = await storeShard(link, { pack: record.id, index, record: signed, ticket, bytes }, signal)
    await checkReceipt(receipt, record, { group, index, keeper })
    await also(link)
    return receipt
  } catch {
    return undefined
  }
}
