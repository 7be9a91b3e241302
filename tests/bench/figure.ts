/** One measured ratio against a named peer of the same run, as one JSON line. */
import type { Millis } from '../../src/core/units.ts'

export interface Figure {
  /** F-number of the targets, or the name of the stage where none is set. */
  readonly target: string
  readonly case: string
  readonly peerName: string
  readonly unit: string
  /** Interleaved rounds: ours and the peer's of the same round belong together. */
  readonly rounds: readonly { readonly ours: number; readonly peer: number }[]
}

/** Prints medians, and the spread of the ratio from its lowest to its highest round. */
export function print({ target, case: name, peerName, unit, rounds }: Figure): void {
  const ratios = rounds.map(({ ours, peer }) => ours / peer)
  console.log(
    JSON.stringify({
      target,
      case: name,
      ours: round(median(rounds.map(({ ours }) => ours))),
      peer: round(median(rounds.map(({ peer }) => peer))),
      peerName,
      ratio: round(median(ratios)),
      spread: [round(Math.min(...ratios)), round(Math.max(...ratios))],
      rounds: rounds.length,
      unit,
    }),
  )
}

/** Middle value of a list that is not empty. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const round = (value: number): number => Number(value.toPrecision(4))

/** How long it took. */
export async function timed(work: () => unknown): Promise<Millis> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** Megabytes (10^6 bytes) a second of work on so many bytes. */
export const rate = async (bytes: number, work: () => unknown): Promise<number> => bytes / 1000 / (await timed(work))
