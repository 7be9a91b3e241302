/** Waiting for an answer no longer than a signal allows. */
import { KeeptabError } from './errors.ts'

/** What was asked for. What comes after the signal has fired changes nothing. @throws KeeptabError `aborted` as soon as it has */
export function unlessAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new KeeptabError('aborted'))
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
