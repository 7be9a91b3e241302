/** The pair of timers behind the measured ticks: one of this page, one of a worker. */
import { TICK_MS, TickCounter } from './hidden-ticks.ts'

/** Starts to measure; for as long as the page lives. */
export function watchTicks(): TickCounter {
  const counter = new TickCounter()
  setInterval(() => counter.page(performance.now(), document.hidden), TICK_MS)
  // Not before it is needed: most visits are short and seen.
  const startWorker = () => {
    const worker = new Worker(new URL('../../workers/ticks.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<number>) => counter.worker(data, document.hidden)
    worker.postMessage(TICK_MS)
  }
  const onHidden = () => {
    if (!document.hidden) return
    document.removeEventListener('visibilitychange', onHidden)
    startWorker()
  }
  document.addEventListener('visibilitychange', onHidden)
  onHidden()
  return counter
}
