/** A keeper's answers to audits: the leaf and its path, or its own word that the shard is gone. */
import { own, type Bytes } from '../core/bytes.ts'
import { LEAF_BYTES, merkleProof } from '../core/merkle.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { AuditQuestion } from '../protocol/coordinator-messages.ts'
import { signAuditAnswer } from '../protocol/records.ts'
import { soundShard, type Kept } from './sound-shard.ts'

export interface Answered {
  /** Signed. */
  readonly answer: Bytes
  /** What was read is not what its owner signed: no proof of it can be had, and it is told as gone. */
  readonly isSpoilt: boolean
}

/** @throws KeeptabError `store-failed`, and as the coordinator; then nothing is known of the shard and nothing should be said */
export async function proveLeaf(
  { identity, ...kept }: Kept & { readonly identity: Pick<DeviceIdentity, 'deviceKey'> },
  { audit, pack, index, leaf }: AuditQuestion,
): Promise<Answered> {
  const shard = await soundShard(kept, { pack, index })
  const proof =
    typeof shard === 'string' || leaf >= shard.hashes.length
      ? undefined
      : {
          bytes: own(shard.bytes.subarray(leaf * LEAF_BYTES, (leaf + 1) * LEAF_BYTES)),
          path: merkleProof(shard.hashes, leaf),
        }
  const answer = await signAuditAnswer(identity.deviceKey, { audit, pack, index, leaf, proof })
  return { answer, isSpoilt: shard === 'spoilt' }
}
