/** Units as types: a number that means bytes cannot be handed over where milliseconds are wanted. */
declare const unit: unique symbol
type Unit<Name extends string> = number & { readonly [unit]?: Name }

/** A count of bytes, a safe integer. */
export type ByteCount = Unit<'bytes'>
/** Milliseconds: a duration, or a time since 1970-01-01T00:00Z where a name ends in `At`. */
export type Millis = Unit<'ms'>

export const KiB = 1024
export const MiB = 1024 * KiB
export const GiB = 1024 * MiB
/** Decimal units are for people: limits and sizes they type and read. */
export const MB = 1_000_000
export const GB = 1000 * MB

export const MINUTE: Millis = 60_000
export const HOUR: Millis = 60 * MINUTE
export const DAY: Millis = 24 * HOUR
