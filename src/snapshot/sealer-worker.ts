/** What the page calls in `workers/snapshot.worker.ts`: the sealer, with a job number in place of an AbortSignal. */
import type { ChunkId } from '../core/ids.ts'
import type { Bytes } from '../core/bytes.ts'
import type { ByteCount } from '../core/units.ts'
import type { SealedStream } from './file-sealer.ts'
import type { ChunkKind, SealedChunk, SealKeys } from './seal.ts'

/** Keys and errors are those of `FileSealer`; sealed chunks are transferred. */
export interface SealerWorker {
  /** Comes before everything else. */
  use(keys: SealKeys & { readonly gear: Bytes }): void
  seal(
    job: number,
    stream: Blob,
    kind: ChunkKind,
    known: (chunks: readonly ChunkId[], cutBytes: ByteCount) => Promise<readonly boolean[]>,
    emit: (chunks: readonly SealedChunk[]) => Promise<void>,
  ): Promise<SealedStream>
  /** Stops a job, which then rejects with `aborted`. Does nothing when it is over. */
  abort(job: number): void
}
