/** The page's end of a stream that its service worker pulls out of it, part by part: not every browser can hand a stream over. */
import type { Bytes } from '../core/bytes.ts'
import type { Millis } from '../core/units.ts'
import type { PartAnswer } from '../protocol/page-ports.ts'
import { startWorkerTicks } from './worker-ticks.ts'

/** Between two signs of life to the service worker, which a browser otherwise ends after half a minute. */
const SIGN_OF_LIFE_MS: Millis = 10_000

/** What a reader or an iterator gives next. */
export type NextPart = () => Promise<{ readonly done?: boolean | undefined; readonly value?: Bytes | undefined }>

/** Answers one request for more. @returns whether there is nothing after it. Rejects with what reading did. */
export async function givePart(port: MessagePort, next: NextPart): Promise<boolean> {
  const { value, done = false } = await next()
  if (done || !value) port.postMessage({ end: true } satisfies PartAnswer)
  else {
    // Copied: whoever made the bytes may still look at them, and posting a view would carry all that it is a view of.
    const bytes = value.slice()
    port.postMessage({ bytes } satisfies PartAnswer, [bytes.buffer])
  }
  return done
}

/** Keeps the service worker awake, whichever one it is by then, also for a page that is hidden and paused. @returns what ends that */
export const keepWorkerAlive = (): (() => void) =>
  startWorkerTicks(SIGN_OF_LIFE_MS, () => navigator.serviceWorker.controller?.postMessage({ type: 'stay-alive' }))
