/** Why a browser did not read or write what it was asked to. */
import { KeeptabError, nameOf } from '../core/errors.ts'

/**
 * For `catch`: an error of the browser becomes one that says why. What is an error of ours, or that the person broke it off,
 * stays as it is.
 * @param path what was to be written, for people
 * @throws KeeptabError `target-refused` {path, reason}, with the browser's name for the reason
 */
export const refuse =
  (path: string) =>
  (thrown: unknown): never => {
    const reason = nameOf(thrown)
    if (thrown instanceof KeeptabError || reason === 'AbortError') throw thrown
    throw refusal(path, reason, thrown)
  }

/** @param reason one that `reason.…` has words for */
export const refusal = (path: string, reason: string, cause?: unknown): KeeptabError =>
  new KeeptabError('target-refused', `${path}: ${reason}.`, { path, reason }, cause)
