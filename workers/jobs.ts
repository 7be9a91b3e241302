/** Work that the page can stop and watch: the worker's end of `WorkerJobs` in `src/app/worker-bridge.ts`. */
import { releaseProxy, transferHandlers, type Remote } from 'comlink'
import { carryTypedErrors } from '../src/core/typed-throws.ts'

carryTypedErrors(transferHandlers)

type Report = (done: number) => void

/** What long work takes; the options of every service here have these two. */
interface JobOptions {
  readonly signal: AbortSignal
  readonly onProgress: Report | undefined
}

export class Jobs {
  readonly #running = new Map<number, AbortController>()

  /**
   * Runs `work` with a signal that `abort(job)` fires and a progress callback that reaches the page.
   * @param job a number that no other running job has.
   * @param onProgress a function of the page, seen through comlink; it is released at the end.
   */
  async run<T>(job: number, onProgress: Report | undefined, work: (options: JobOptions) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    this.#running.set(job, controller)
    const remote = onProgress as Remote<Report> | undefined
    let told: Promise<void> | undefined
    const report = remote && ((done: number) => void (told = remote(done)))
    try {
      const result = await work({ signal: controller.signal, onProgress: report })
      // Reports take another way than the answer, which must not overtake the last of them.
      await told
      return result
    } finally {
      this.#running.delete(job)
      remote?.[releaseProxy]()
    }
  }

  abort(job: number): void {
    this.#running.get(job)?.abort()
  }
}
