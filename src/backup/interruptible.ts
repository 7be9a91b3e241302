/** A coordinator that takes a request and does not answer must not keep a person from pausing or stopping. */
import { unlessAborted } from '../core/unless-aborted.ts'
import type { Coordinator } from '../coordinator/coordinator.ts'

type Method = (...asked: unknown[]) => Promise<unknown>

/**
 * The same coordinator, of which no answer is waited for once the signal has fired: every method can be repeated, so what
 * comes of a request then is found by the next run. A head is waited for all the same, because it is pinned behind it.
 */
export const interruptible = (coordinator: Coordinator, signal: AbortSignal): Coordinator =>
  new Proxy(coordinator, {
    get(_, name: keyof Coordinator) {
      const method = coordinator[name].bind(coordinator) as Method
      if (name === 'publishHead' || name === 'goOnline') return method
      return (...asked: unknown[]) => unlessAborted(method(...asked), signal)
    },
  })
