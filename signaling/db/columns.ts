/** Columns as the stores hand them on. */

/** A whole number that may be missing: both databases read integers as bigint. */
export const numberOf = (value: bigint | null | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value)

/** A fraction is stored as a whole number of these. */
export const MILLIONTHS = 1_000_000
