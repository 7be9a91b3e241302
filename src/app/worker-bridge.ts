/** The page's end of its workers: the same interfaces as the direct code, and nothing heavy on the page's thread. */
import { proxy, transfer, transferHandlers, wrap, type Endpoint, type Remote } from 'comlink'
import { own, type Bytes } from '../core/bytes.ts'
import { KeeptabError, throwIfAborted } from '../core/errors.ts'
import { carryTypedErrors } from '../core/typed-throws.ts'
import type { ErasureCodec, IndexedShard } from '../erasure/erasure-codec.ts'
import type { ErasureWorker } from '../erasure/erasure-worker.ts'
import type { FileSealer } from '../snapshot/file-sealer.ts'
import type { SealKeys } from '../snapshot/seal.ts'
import type { SealerWorker } from '../snapshot/sealer-worker.ts'

carryTypedErrors(transferHandlers)

/**
 * The erasure codec of `workers/erasure.worker.ts`. It copies what it is given, because a transferred buffer is gone for
 * whoever had it. An abort is answered when the worker has really stopped.
 */
export function erasureInWorker(worker: Endpoint): ErasureCodec {
  const jobs = new WorkerJobs<ErasureWorker>(worker)
  return {
    encode: (code, pack, options = {}) =>
      jobs.run(options, (remote, job, onProgress) => {
        const copy = own(pack)
        return remote.encode(job, code, transfer(copy, [copy.buffer]), onProgress)
      }),
    decode: (code, shards, options = {}) =>
      jobs.run(options, (remote, job, onProgress) => remote.decode(job, code, ownShards(shards), onProgress)),
    rebuild: (code, shards, wanted, options = {}) =>
      jobs.run(options, (remote, job, onProgress) => remote.rebuild(job, code, ownShards(shards), wanted, onProgress)),
  }
}

/** The sealer of `workers/snapshot.worker.ts`. In a page a stream is always a Blob, which a worker can read by itself. */
export function sealerInWorker(worker: Endpoint, keys: SealKeys & { readonly gear: Bytes }): FileSealer {
  const jobs = new WorkerJobs<SealerWorker>(worker)
  const { chunkId, content, manifest, gear } = keys
  const ready = jobs.run({}, (remote) => remote.use({ chunkId, content, manifest, gear }))
  return {
    async seal(stream, kind, { known, emit, signal }) {
      await ready
      if (!(stream instanceof Blob)) throw new KeeptabError('internal', 'A worker reads Blobs only.')
      return jobs.run({ signal }, (remote, job) => remote.seal(job, stream, kind, proxy(known), proxy(emit)))
    },
  }
}

function ownShards(shards: readonly IndexedShard[]): readonly IndexedShard[] {
  const copies = shards.map(({ index, bytes }) => ({ index, bytes: own(bytes) }))
  return transfer(
    copies,
    copies.map(({ bytes }) => bytes.buffer),
  )
}

interface JobOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number) => void) | undefined
}

/** Runs jobs in one worker: abort, progress and errors as if the work were done here. The other end is `workers/jobs.ts`. */
class WorkerJobs<Api extends { abort(job: number): void }> {
  readonly #remote: Remote<Api>
  /** How to give up each running job. */
  readonly #pending = new Map<number, (failure: KeeptabError) => void>()
  #failure: KeeptabError | undefined
  #lastJob = 0

  /** @param worker no other WorkerJobs may use it: job numbers would meet. */
  constructor(worker: Endpoint) {
    this.#remote = wrap<Api>(worker)
    // A worker that did not load or threw outside of a job answers nothing any more; nobody may wait for it.
    worker.addEventListener('error', () => this.#fail())
    worker.addEventListener('messageerror', () => this.#fail())
  }

  /**
   * Calls the worker with a fresh job number and a progress callback that it can use.
   * @throws KeeptabError whatever the worker throws; `aborted` once it has stopped; `internal` when it is dead.
   */
  async run<T>(
    { signal, onProgress }: JobOptions,
    call: (remote: Remote<Api>, job: number, onProgress: ((done: number) => void) | undefined) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal)
    if (this.#failure) throw this.#failure
    const job = ++this.#lastJob
    const abort = (): void => void this.#remote.abort(job)
    let running = true
    // A report may be on its way when the worker has already refused; nobody expects it then.
    const report = onProgress && proxy((done: number) => running && onProgress(done))
    signal?.addEventListener('abort', abort)
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#pending.set(job, reject)
        call(this.#remote, job, report).then(resolve, reject)
      })
    } finally {
      running = false
      signal?.removeEventListener('abort', abort)
      this.#pending.delete(job)
    }
  }

  #fail(): void {
    this.#failure = new KeeptabError('internal', 'A worker stopped. Reload the page.', { help: 'reload' })
    for (const reject of this.#pending.values()) reject(this.#failure)
  }
}
