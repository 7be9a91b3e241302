/**
 * Which leaf a keeper is asked for, out of the beacon, and whether what it answered proves the leaf.
 *
 *   choice = HMAC-SHA-256(secret of the day, tag ‖ 0x00 ‖ keeper (32) ‖ number, u32)
 *   bytes 0–5: the point from which the next shard is asked · 6–11: where that shard goes afterwards · 12–15: the leaf,
 *   modulo the leaves of the shard · 16–31: the name of the question
 *
 * `number` counts the questions to a keeper. Every shard of a keeper lies at a place of a ring of 2^48; the first one at or
 * after the point is asked, and moves, so that a small gap before it lasts for one question only.
 */
import { concat, toHex, u32, utf8, type Bytes } from '../core/bytes.ts'
import { hmac, hmacKey } from '../core/crypto.ts'
import { macTag } from '../core/derive.ts'
import { idBytes, type DeviceId, type PackId } from '../core/ids.ts'
import { leafCountOf, verifyLeaf } from '../core/merkle.ts'
import type { ByteCount } from '../core/units.ts'

/** A place on the ring: 12 hexadecimal digits, so that a database sorts it as text. */
export type Draw = string
const DRAW_DIGITS = 12

export interface AuditChoice {
  /** Names the question: 32 hexadecimal digits. */
  readonly id: string
  readonly point: Draw
  readonly draw: Draw
  /** Which leaf of a shard of this size. */
  readonly leafOf: (shardBytes: ByteCount) => number
}

export async function chooseLeaf(secret: Bytes, keeper: DeviceId, number: number): Promise<AuditChoice> {
  const message = concat(utf8(macTag.auditChoice), Uint8Array.of(0), idBytes(keeper), u32(number))
  const bytes = await hmac(await hmacKey(secret), message)
  const leaf = new DataView(bytes.buffer, bytes.byteOffset).getUint32(12)
  return {
    id: toHex(bytes.subarray(16)),
    point: toHex(bytes.subarray(0, 6)),
    draw: toHex(bytes.subarray(6, 12)),
    leafOf: (shardBytes) => leaf % leafCountOf(shardBytes),
  }
}

/** Which of so many shards, each as likely as any other. */
export const rankOf = (point: Draw, shards: number): number =>
  Math.floor((Number.parseInt(point, 16) / 16 ** DRAW_DIGITS) * shards)

/** Where a shard lies on the ring before it is asked for the first time: the beginning of a hash is as good as chance. */
export const firstDraw = (pack: PackId): Draw => pack.slice(0, DRAW_DIGITS)

/** A leaf and its siblings up to the root, as a keeper answers. */
export interface LeafProof {
  readonly bytes: Bytes
  readonly path: readonly Bytes[]
}

/** Whether it is that leaf of the shard with this root and size, both out of the signed pack record. Never throws. */
export const provesLeaf = (
  { root, shardBytes }: { readonly root: Bytes; readonly shardBytes: ByteCount },
  leaf: number,
  { bytes, path }: LeafProof,
): Promise<boolean> => verifyLeaf({ root, leafCount: leafCountOf(shardBytes), index: leaf, leaf: bytes, proof: path })
