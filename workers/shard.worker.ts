/** The way of a shard: bulk channels live here, off the page's main thread. */
import { serveBulk, type BulkCommand } from '../src/transport/bulk-worker.ts'

const serve = serveBulk((event, transfer) => self.postMessage(event, { transfer }))
self.addEventListener('message', ({ data }: MessageEvent<BulkCommand>) => serve(data))
