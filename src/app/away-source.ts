/** A source that cannot be read now: the backup keeps what the last snapshot has of it. */
import type { Source } from '../backup/source.ts'
import { KeeptabError } from '../core/errors.ts'

/** @param reason one that `reason.…` has words for */
export const awaySource = (name: string, way: Source['way'], reason: string): Source => ({
  name,
  way,
  root: { list: () => Promise.reject(new KeeptabError('source-unreadable', reason, { reason })) },
})
