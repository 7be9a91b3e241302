/** Why a browser did not write what it was given. */
import { KeeptabError } from '../core/errors.ts'

/**
 * For `catch`: an error of the browser becomes one that says why. What is an error of ours, or that the person broke it off,
 * stays as it is.
 * @param path what was to be written, for people
 * @throws KeeptabError `target-refused`
 */
export const refuse =
  (path: string) =>
  (thrown: unknown): never => {
    const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : ''
    if (thrown instanceof KeeptabError || name === 'AbortError') throw thrown
    throw new KeeptabError('target-refused', `${path}: ${reasons[name] ?? name}.`, { name }, thrown)
  }

const reasons: Readonly<Record<string, string>> = {
  NotAllowedError: 'permission denied',
  QuotaExceededError: 'the disk is full',
  TypeMismatchError: 'a file or folder of that name is in the way',
  NoModificationAllowedError: 'it is in use',
  NotFoundError: 'the folder is gone',
}
