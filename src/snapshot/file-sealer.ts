/** The way of a file's bytes: cut, named, and where they are new, compressed and sealed. The same code in a worker. */
import type { Bytes } from '../core/bytes.ts'
import { failingAs, throwIfAborted } from '../core/errors.ts'
import type { ChunkId } from '../core/ids.ts'
import type { ByteCount } from '../core/units.ts'
import { Chunker } from './chunker.ts'
import { chunkIds, sealChunk, type ChunkKind, type SealedChunk, type SealKeys } from './seal.ts'

/** A byte stream that is read once, from the start. A Blob can be handed to a worker as it is. */
export type ByteStream = Blob | AsyncIterable<Bytes>

export interface SealSteps {
  /** For each chunk whether it is kept already, so that it need not be sealed. `cutBytes` of the stream are cut by now. */
  readonly known: (chunks: readonly ChunkId[], cutBytes: ByteCount) => Promise<readonly boolean[]>
  /** Takes new chunks, in the order of the stream. Reading waits for it: this is what bounds memory. */
  readonly emit: (chunks: readonly SealedChunk[]) => Promise<void>
  readonly signal?: AbortSignal | undefined
}

export interface SealedStream {
  /** All chunks of the stream in order, new and known. */
  readonly chunks: readonly ChunkId[]
  readonly sizeBytes: ByteCount
}

export interface FileSealer {
  /** @throws KeeptabError `aborted`; `source-unreadable` for a Blob; whatever reading another stream or a step throws */
  seal(stream: ByteStream, kind: ChunkKind, steps: SealSteps): Promise<SealedStream>
}

/** Chunks looked up and sealed together: enough to keep several WebCrypto calls in flight. */
const BATCH = 4

/** @param keys the daily branch: chunk keys and the chunker's gear table */
export function createFileSealer(keys: SealKeys & { readonly gear: Bytes }): FileSealer {
  return {
    async seal(stream, kind, { known, emit, signal }) {
      const chunker = new Chunker(keys.gear)
      const chunks: ChunkId[] = []
      let sizeBytes = 0
      let cutBytes = 0
      let batch: Bytes[] = []

      const flush = async () => {
        const ids = await chunkIds(keys, batch)
        cutBytes += batch.reduce((sum, plain) => sum + plain.length, 0)
        const kept = await known(ids, cutBytes)
        const fresh = batch.flatMap((plain, i) => (kept[i] === true ? [] : [sealChunk(keys, kind, plain, ids[i])]))
        chunks.push(...ids)
        batch = []
        if (fresh.length > 0) await emit(await Promise.all(fresh))
      }

      for await (const bytes of readStream(stream, signal)) {
        throwIfAborted(signal)
        sizeBytes += bytes.length
        for (const chunk of chunker.push(bytes)) {
          batch.push(chunk)
          if (batch.length === BATCH) await flush()
        }
      }
      const last = chunker.finish()
      if (last !== undefined) batch.push(last)
      if (batch.length > 0) await flush()
      return { chunks, sizeBytes }
    },
  }
}

/**
 * The bytes of a stream, whichever form it came in.
 * @throws KeeptabError `source-unreadable` when a Blob cannot be read: a browser says so of a file that was deleted or
 *   changed after it was opened; `aborted` at once while a Blob does not answer, between two parts otherwise
 */
export async function* readStream(stream: ByteStream, signal?: AbortSignal): AsyncGenerator<Bytes> {
  if (!(stream instanceof Blob)) {
    yield* stream
    return
  }
  throwIfAborted(signal)
  const reader = stream.stream().getReader()
  const next = () => failingAs('source-unreadable', reader.read())
  const stop = () => void reader.cancel().catch(() => undefined)
  signal?.addEventListener('abort', stop)
  try {
    for (let part = await next(); !part.done; part = await next()) yield part.value
    throwIfAborted(signal)
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
  }
}
