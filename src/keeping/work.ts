/** Work that a keeper does for the network beside keeping: within the limits its person has set, and only when it is asked. */
import type { ByteCount } from '../core/units.ts'
import type { Link } from '../transport/transport.ts'

/** What the limits of a keeper leave. */
export interface Allowance {
  /** Not in a pause, within its hours and its month. */
  mayWork(): boolean
  /** The same link at the rates that were set; what moves is counted. */
  limited(link: Link): Link
  /**
   * Resolves when so many bytes may come in.
   * @returns the same link, over which they come as fast as for somebody without limits; what moves is counted
   * @throws KeeptabError `aborted`
   */
  prepaid(bytes: ByteCount, signal: AbortSignal): Promise<(link: Link) => Link>
}

export interface Work {
  /** There may be something to do; or, when it may not work any more, it stops with what it does. */
  wake(): void
  /** Resolves when nothing of it is under way any more. */
  stop(): Promise<void>
}

export type StartWork = (allowance: Allowance) => Work
