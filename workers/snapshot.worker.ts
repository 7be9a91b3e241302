/** Cutting, naming, compressing and sealing in a thread of its own: a file goes in as a Blob, sealed chunks come out. */
import { expose, releaseProxy, transfer, type Remote } from 'comlink'
import { KeeptabError } from '../src/core/errors.ts'
import { createFileSealer, type FileSealer, type SealSteps } from '../src/snapshot/file-sealer.ts'
import type { SealerWorker } from '../src/snapshot/sealer-worker.ts'
import { Jobs } from './jobs.ts'

const jobs = new Jobs()
let sealer: FileSealer | undefined

const sealerWorker: SealerWorker = {
  use: (keys) => {
    sealer = createFileSealer(keys)
  },

  seal: (job, stream, kind, known, emit) =>
    jobs.run(job, undefined, async ({ signal }) => {
      if (sealer === undefined) throw new KeeptabError('internal', 'The sealer has no keys.')
      const page = { known: known as Remote<SealSteps['known']>, emit: emit as Remote<SealSteps['emit']> }
      try {
        return await sealer.seal(stream, kind, {
          known: (chunks, cutBytes) => page.known(chunks, cutBytes),
          emit: (chunks) =>
            page.emit(
              transfer(
                chunks,
                chunks.map(({ sealed }) => sealed.buffer),
              ),
            ),
          signal,
        })
      } finally {
        page.known[releaseProxy]()
        page.emit[releaseProxy]()
      }
    }),

  abort: (job) => {
    jobs.abort(job)
  },
}

expose(sealerWorker)
