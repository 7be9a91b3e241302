/** A timer that goes on in a page that nobody sees: browsers slow the timers of such a page down to one tick a minute. */
import type { Millis } from '../core/units.ts'

/** @param onTick gets the time by the clock of the worker. @returns what ends it */
export function startWorkerTicks(everyMs: Millis, onTick: (at: Millis) => void): () => void {
  const worker = new Worker(new URL('../../workers/ticks.worker.ts', import.meta.url), { type: 'module' })
  worker.onmessage = ({ data }: MessageEvent<number>) => onTick(data)
  worker.postMessage(everyMs)
  return () => worker.terminate()
}
