/** The Range header of a request (RFC 9110 §14.2). */
import type { ByteCount } from '../src/core/units.ts'

/** From one offset up to another. */
export interface ByteRange {
  readonly from: ByteCount
  readonly to: ByteCount
}

/**
 * What is asked for of so many bytes. What is no single range of bytes is as good as no header, so the answer is then the
 * whole; so a server may take it.
 */
export function askedRange(header: string | null, sizeBytes: ByteCount): ByteRange | 'whole' | 'unsatisfiable' {
  const [, first, last, suffix] = /^bytes=\s*(?:(\d+)-(\d*)|-(\d+))\s*$/i.exec(header ?? '') ?? []
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), sizeBytes)
    return length === 0 ? 'unsatisfiable' : { from: sizeBytes - length, to: sizeBytes }
  }
  if (first === undefined) return 'whole'
  const [from, end] = [Number(first), last === undefined || last === '' ? Infinity : Number(last)]
  if (end < from) return 'whole'
  return from >= sizeBytes ? 'unsatisfiable' : { from, to: Math.min(end + 1, sizeBytes) }
}
