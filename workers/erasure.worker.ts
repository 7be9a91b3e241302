/** Erasure coding in a thread of its own. Buffers come and go by transfer, never by copy. */
import { expose, transfer } from 'comlink'
import type { Bytes } from '../src/core/bytes.ts'
import type { ErasureWorker } from '../src/erasure/erasure-worker.ts'
import { reedSolomon } from '../src/erasure/reed-solomon.ts'
import { Jobs } from './jobs.ts'

const jobs = new Jobs()
const buffersOf = (parts: readonly Bytes[]): ArrayBuffer[] => parts.map(({ buffer }) => buffer)

const erasureWorker: ErasureWorker = {
  encode: (job, code, pack, onProgress) =>
    jobs.run(job, onProgress, async (options) => {
      const encoded = await reedSolomon.encode(code, pack, options)
      return transfer(encoded, buffersOf([...encoded.shards, ...encoded.roots]))
    }),

  decode: (job, code, shards, onProgress) =>
    jobs.run(job, onProgress, async (options) => {
      const pack = await reedSolomon.decode(code, shards, options)
      return transfer(pack, buffersOf([pack]))
    }),

  rebuild: (job, code, shards, wanted, onProgress) =>
    jobs.run(job, onProgress, async (options) => {
      const made = await reedSolomon.rebuild(code, shards, wanted, options)
      return transfer(made, buffersOf(made))
    }),

  abort: (job) => jobs.abort(job),
}

expose(erasureWorker)
