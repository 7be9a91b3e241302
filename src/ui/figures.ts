/** Numbers, sizes, dates and times as people read them, in their locale. */
import type { TimeLeft } from '../app/time-left.ts'
import { GB, MB, type ByteCount, type Millis } from '../core/units.ts'

const units = [
  { bytes: 1000 * GB, unit: 'terabyte' },
  { bytes: GB, unit: 'gigabyte' },
  { bytes: MB, unit: 'megabyte' },
  { bytes: 1000, unit: 'kilobyte' },
] as const

/** `1.4 GB`, `830 kB`, `12 bytes`. */
export function size(bytes: ByteCount): string {
  const scale = units.find((step) => bytes >= step.bytes)
  const [value, unit] = scale === undefined ? [bytes, 'byte'] : [bytes / scale.bytes, scale.unit]
  const style = { style: 'unit', unit, unitDisplay: scale === undefined ? 'long' : 'short' } as const
  return new Intl.NumberFormat(undefined, { ...style, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
}

const whole = new Intl.NumberFormat()
const plural = new Intl.PluralRules('en')

/** `1 file`, `5,000 files`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${whole.format(number)} ${plural.select(number) === 'one' ? one : many}`

const percents = new Intl.NumberFormat(undefined, { style: 'percent' })
/** Rounded down: 100 % means all of it. */
export const percent = (part: number, total: number): string =>
  percents.format(total === 0 ? 1 : Math.floor((100 * part) / total) / 100)

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })

/** `today, 07:10`, or the date. */
export function when(at: Millis): string {
  const date = new Date(at)
  return date.toDateString() === new Date().toDateString() ? `today, ${time.format(date)}` : day.format(date)
}

/** `about 4–5 min left`: a range, and never zero seconds. */
export function timeLeft({ fromMs, toMs }: TimeLeft): string {
  if (toMs < 60_000) return 'less than a minute left'
  const [unit, unitMs] = toMs < 2 * 3_600_000 ? ['min', 60_000] : ['h', 3_600_000]
  const from = Math.max(1, Math.floor(fromMs / unitMs))
  const to = Math.max(1, Math.ceil(toMs / unitMs))
  return from === to ? `about ${to} ${unit} left` : `about ${from}–${to} ${unit} left`
}
