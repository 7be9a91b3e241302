/** The asking side of the talk with one keeper: storing a shard, reading one, and the heads it has seen. */
import type { Bytes } from '../core/bytes.ts'
import { KeeptabError } from '../core/errors.ts'
import { idBytes, type PackId } from '../core/ids.ts'
import { SLICE_BYTES, type PeerResponse } from '../protocol/peer-messages.ts'
import type { Link, Message } from './transport.ts'

/** How many slices of one shard are on their way at once: enough to hide a round trip, little enough to lose in a kill. */
export const SLICES_IN_FLIGHT = 2

export interface ShardToStore {
  readonly pack: PackId
  readonly index: number
  readonly record: Bytes
  readonly ticket: Bytes
  readonly bytes: Bytes
}

/**
 * Stores a shard, going on from what the keeper has of it already.
 * @returns the keeper's signed receipt, not yet verified
 * @throws KeeptabError what the keeper answered or the link met
 */
export async function storeShard(link: Link, shard: ShardToStore, signal?: AbortSignal): Promise<Bytes> {
  const options = signal === undefined ? {} : { signal }
  const { record, index, ticket, bytes } = shard
  const offered = (await link.call({ head: { type: 'offer', record, index, ticket } }, options)).head
  if (offered.type === 'stored') return offered.receipt
  if (offered.type !== 'offered') throw unexpected(offered)

  const pack = idBytes(shard.pack)
  let next = offered.have
  let receipt: Bytes | undefined
  const sendSlices = async () => {
    while (next < bytes.length) {
      const offset = next
      next += SLICE_BYTES
      const body = bytes.slice(offset, offset + SLICE_BYTES)
      const { head } = await link.call({ head: { type: 'slice', pack, index, offset }, body }, options)
      if (head.type === 'stored') receipt = head.receipt
      else if (head.type !== 'staged') throw unexpected(head)
    }
  }
  await Promise.all(Array.from({ length: SLICES_IN_FLIGHT }, sendSlices))
  if (receipt === undefined) throw new KeeptabError('peer-refused', 'It took a whole shard and gave no receipt.')
  return receipt
}

/**
 * A whole shard, not verified. @param ticket read ticket, for whoever is none of the owner's devices
 * @throws KeeptabError what the keeper answered or the link met; `shard-corrupt` when it sends another length
 */
export const readShard = (
  link: Link,
  pack: PackId,
  index: number,
  shardBytes: number,
  signal?: AbortSignal,
  ticket?: Bytes,
): Promise<Bytes> => readShardPart(link, pack, index, 0, shardBytes, signal, ticket)

/** The bytes of a shard from one offset up to another, as `readShard`. */
export async function readShardPart(
  link: Link,
  pack: PackId,
  index: number,
  from: number,
  to: number,
  signal?: AbortSignal,
  ticket?: Bytes,
): Promise<Bytes> {
  const options = signal === undefined ? {} : { signal }
  const read = { type: 'read', pack: idBytes(pack), index, ...(ticket && { ticket }) } as const
  const part = new Uint8Array(to - from)
  const readSlice = async (offset: number) => {
    const length = Math.min(SLICE_BYTES, to - offset)
    const answer = await link.call({ head: { ...read, offset, length } }, options)
    if (answer.head.type !== 'read') throw unexpected(answer.head)
    if (answer.body?.length !== length) {
      throw new KeeptabError('shard-corrupt', `It sent ${answer.body?.length ?? 0} of ${length} bytes.`)
    }
    part.set(answer.body, offset - from)
  }
  const offsets = Array.from({ length: Math.ceil((to - from) / SLICE_BYTES) }, (_, i) => from + i * SLICE_BYTES)
  await Promise.all(offsets.map(readSlice))
  return part
}

/** Gives a keeper the newest head to remember. */
export async function keepHead(link: Link, head: Bytes): Promise<void> {
  expectType(await link.call({ head: { type: 'keep-head', head } }), 'done')
}

/** Gives a keeper what is known here of the heads of an owner; a shard that was stored there counts without. */
export async function keepHeads(link: Link, heads: readonly Bytes[]): Promise<void> {
  for (const head of heads) await keepHead(link, head).catch(() => undefined)
}

/** The heads of this account that a keeper has seen, not verified. */
export async function readHeads(link: Link, signal?: AbortSignal): Promise<readonly Bytes[]> {
  const answer = await link.call({ head: { type: 'heads' } }, signal === undefined ? {} : { signal })
  return expectType(answer, 'heads').heads
}

function expectType<Type extends PeerResponse['type']>(
  { head }: Message<PeerResponse>,
  type: Type,
): Extract<PeerResponse, { type: Type }> {
  if (head.type !== type) throw unexpected(head)
  return head as Extract<PeerResponse, { type: Type }>
}

const unexpected = (head: PeerResponse): KeeptabError =>
  new KeeptabError('peer-refused', `It answered "${head.type}" where that is no answer.`)
