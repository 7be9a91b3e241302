/** How long to wait before asking again: longer each time, and never all at the same moment. */
import type { Random } from '../core/clock.ts'
import { KeeptabError, throwIfAborted } from '../core/errors.ts'
import type { Millis } from '../core/units.ts'

const FIRST_MS: Millis = 250
const LONGEST_MS: Millis = 15_000

/** A wait after so many failures in a row: between half and all of a span that doubles, up to 15 s. */
export const backoff = (failures: number, random: Random): Millis =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** failures) * (0.5 + random.fraction() / 2)

/** @throws KeeptabError `aborted` as soon as the signal fires */
export async function pause(ms: Millis, signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal)
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(new KeeptabError('aborted'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
