/**
 * What peers say to each other. A request or response is canonical CBOR of at most 16 KiB; beside it may travel one
 * body of at most 256 KiB, which is always a range of a shard.
 */
import { z } from 'zod'
import type { Bytes } from '../core/bytes.ts'
import { errorText, KeeptabError, type ErrorCode } from '../core/errors.ts'
import { MAX_SHARD_BYTES } from '../core/shard-sizes.ts'
import { fixedBytes, someBytes } from '../core/signed.ts'
import { KiB } from '../core/units.ts'
import { decode, encode } from '../core/wire.ts'

/** Most bytes of a shard in one body: what is lost when a transfer breaks, and what a reader may ask for at once. */
export const SLICE_BYTES = 256 * KiB

const shard = { pack: fixedBytes(32), index: z.int().min(0).max(255) }
const offset = z.int().min(0).max(MAX_SHARD_BYTES)

const requestSchema = z.discriminatedUnion('type', [
  /** May this shard be stored, and how much of it is here already? The keeper reserves room. → `offered` */
  z.strictObject({ type: z.literal('offer'), record: someBytes(10 * KiB), index: shard.index, ticket: someBytes(KiB) }),
  /** The next bytes of an offered shard, in the body, from `offset`. → `staged`, or `stored` with the last */
  z.strictObject({ type: z.literal('slice'), ...shard, offset }),
  /** `length` bytes of a kept shard; with a read ticket for whoever is none of its owner's devices. → `read` with a body */
  z.strictObject({
    type: z.literal('read'),
    ...shard,
    offset,
    length: z.int().min(1).max(SLICE_BYTES),
    ticket: someBytes(KiB).optional(),
  }),
  /** Keep this head if it is newer than the one you have. → `done` */
  z.strictObject({ type: z.literal('keep-head'), head: someBytes(8 * KiB) }),
  /** The newest heads of the asker's own account. → `heads` */
  z.strictObject({ type: z.literal('heads') }),
])

const responseSchema = z.discriminatedUnion('type', [
  /** `have` bytes are staged; send from there. */
  z.strictObject({ type: z.literal('offered'), have: offset }),
  z.strictObject({ type: z.literal('staged'), have: offset }),
  /** The whole shard is on disk; `receipt` is a signed shard receipt. */
  z.strictObject({ type: z.literal('stored'), receipt: someBytes(KiB) }),
  z.strictObject({ type: z.literal('read') }),
  z.strictObject({ type: z.literal('done') }),
  z.strictObject({ type: z.literal('heads'), heads: z.array(someBytes(8 * KiB)).max(1024) }),
  z.strictObject({ type: z.literal('error'), code: z.string().max(64), detail: z.string().max(1024) }),
])

export type PeerRequest = z.output<typeof requestSchema>
export type PeerResponse = z.output<typeof responseSchema>

export const encodeRequest = (request: PeerRequest): Bytes => encode(request)
export const encodeResponse = (response: PeerResponse): Bytes => encode(response)
/** @throws KeeptabError `malformed` */
export const decodeRequest = (bytes: Uint8Array): PeerRequest => decode(requestSchema, bytes)
/** @throws KeeptabError `malformed` */
export const decodeResponse = (bytes: Uint8Array): PeerResponse => decode(responseSchema, bytes)

/** The error a peer reported: its code when this version knows it, else `peer-refused`. */
export function errorOf(response: Extract<PeerResponse, { type: 'error' }>): KeeptabError {
  const known = Object.hasOwn(errorText, response.code)
  return new KeeptabError(known ? (response.code as ErrorCode) : 'peer-refused', response.detail)
}
