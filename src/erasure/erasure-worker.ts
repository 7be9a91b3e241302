/** What the page calls in `workers/erasure.worker.ts`: the codec, with a job number in place of an AbortSignal. */
import type { Bytes } from '../core/bytes.ts'
import type { EncodedPack, ErasureCode, IndexedShard } from './erasure-codec.ts'

type Report = (doneBytes: number) => void

/** Methods of `ErasureCodec`, whose errors they throw. Buffers of arguments and results are transferred. */
export interface ErasureWorker {
  encode(job: number, code: ErasureCode, pack: Bytes, onProgress?: Report): Promise<EncodedPack>
  decode(job: number, code: ErasureCode, shards: readonly IndexedShard[], onProgress?: Report): Promise<Bytes>
  rebuild(
    job: number,
    code: ErasureCode,
    shards: readonly IndexedShard[],
    wanted: readonly number[],
    onProgress?: Report,
  ): Promise<Bytes[]>
  /** Stops a job, which then rejects with `aborted`. Does nothing when it is over. */
  abort(job: number): void
}
