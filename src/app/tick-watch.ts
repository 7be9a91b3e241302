/** The pair of timers behind the measured ticks: one of this page, one of a worker. */
import { TICK_MS, TickCounter } from './hidden-ticks.ts'
import { startWorkerTicks } from './worker-ticks.ts'

/** Starts to measure; for as long as the page lives. */
export function watchTicks(): TickCounter {
  const counter = new TickCounter()
  setInterval(() => counter.page(performance.now(), document.hidden), TICK_MS)
  // Not before it is needed: most visits are short and seen.
  const startWorker = () => startWorkerTicks(TICK_MS, (at) => counter.worker(at, document.hidden))
  const onHidden = () => {
    if (!document.hidden) return
    document.removeEventListener('visibilitychange', onHidden)
    startWorker()
  }
  document.addEventListener('visibilitychange', onHidden)
  onHidden()
  return counter
}
